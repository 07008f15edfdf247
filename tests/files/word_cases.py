"""Word documents and the archives that claim to be such."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from bihuan.files.limits import MEGABYTE
from tests.files import makers as m
from tests.files.case import LINE, SECOND, TEXT, reads, refuses

PLAN_DOC = (Path(__file__).parent / "plan.doc").read_bytes()
BODY = m.p(LINE) + m.p(SECOND)


def external(kind: str, target: str) -> Callable[[], bytes]:
    return lambda: m.docx(BODY, links=((kind, target, True),))


def part(name: str, content: bytes | str) -> Callable[[], bytes]:
    return lambda: m.docx(BODY, extra={name: content})


def run(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


def text(value: str) -> str:
    return f"<w:r><w:t>{value}</w:t></w:r>"


BOX = (
    '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><w:txbxContent>'
    + m.p("框中文字")
    + "</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>"
    + m.p("框中文字")
    + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    + text("正文")
    + "</w:p>"
)
BILLION = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
XXE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
OFFICIAL_BODY = (
    m.numbered("抓学习", 0)
    + m.numbered("主题党日", 1)
    + m.numbered("每月一次", 2)
    + m.numbered("有记录", 3)
    + m.numbered("每季一课", 2)
    + m.numbered("谈心谈话", 1)
    + m.numbered("抓作风", 0)
    + m.numbered("督查", 1)
)
OFFICIAL_TEXT = (
    "一、抓学习\n（一）主题党日\n1. 每月一次\n（1）有记录\n"
    "2. 每季一课\n（二）谈心谈话\n二、抓作风\n（一）督查"
)
STYLED = (
    '<w:style w:type="paragraph" w:styleId="A"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
    '</w:pPr></w:style><w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
)
RESTARTED = (
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2">'
    '<w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    "</w:lvlOverride></w:num>"
)
MERGED = (
    "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>"
    + m.p("任务")
    + "</w:tc><w:tc>"
    + m.p("单位")
    + "</w:tc></w:tr><w:tr><w:tc>"
    + m.p("1")
    + "</w:tc><w:tc>"
    + m.p("讲党课")
    + "</w:tc><w:tc>"
    + m.p("甲")
    + m.p("乙")
    + "</w:tc></w:tr></w:tbl>"
)
REVISED = run(
    text("每季度")
    + "<w:del><w:r><w:delText>一</w:delText></w:r></w:del><w:ins>"
    + text("两")
    + "</w:ins>"
    + text("次")
)
HIDDEN = run(text("可见") + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>")
SPLIT_DDE = run(
    "<w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\x</w:instrText></w:r>"
)

DOCX = [
    reads("two paragraphs", "a.docx", lambda: m.docx(BODY), TEXT, "docx"),
    reads("stored, not deflated", "a.docx", lambda: m.docx(BODY, stored=True), TEXT, "docx"),
    reads(
        "the strict edition's namespace",
        "a.docx",
        lambda: m.docx(BODY, namespace="http://purl.oclc.org/ooxml/wordprocessingml/main"),
        TEXT,
        "docx",
    ),
    reads(
        "the four official numbering levels",
        "a.docx",
        lambda: m.docx(OFFICIAL_BODY, numbering=m.OFFICIAL),
        OFFICIAL_TEXT,
        "docx",
    ),
    reads(
        "numbers that come from a style's ancestor",
        "a.docx",
        lambda: m.docx(
            m.p("学习", properties='<w:pStyle w:val="B"/>') * 2, numbering=m.OFFICIAL, styles=STYLED
        ),
        "一、学习\n二、学习",
        "docx",
    ),
    reads(
        "a second list that starts anew",
        "a.docx",
        lambda: m.docx(
            m.numbered("甲", 0)
            + m.numbered("乙", 0)
            + m.numbered("丙", 0, 2)
            + m.numbered("丁", 0, 2),
            numbering=m.lists(m.level(0, "chineseCounting", "%1、"), instances=RESTARTED),
        ),
        "一、甲\n二、乙\n一、丙\n二、丁",
        "docx",
    ),
    reads(
        "circled numbers, start at 9, no gap",
        "a.docx",
        lambda: m.docx(
            m.numbered("甲", 0) + m.numbered("乙", 0),
            numbering=m.lists(
                m.level(0, "decimalEnclosedCircleChinese", "%1", start=9, suffix="nothing")
            ),
        ),
        "⑨甲\n⑩乙",
        "docx",
    ),
    reads(
        "articles with a text around the number",
        "a.docx",
        lambda: m.docx(
            m.numbered("总则", 0),
            numbering=m.lists(m.level(0, "chineseCountingThousand", "第%1条", start=101)),
        ),
        "第一百零一条 总则",
        "docx",
    ),
    reads(
        "bullets",
        "a.docx",
        lambda: m.docx(m.numbered("甲", 0), numbering=m.lists(m.level(0, "bullet", "\uf0b7"))),
        "• 甲",
        "docx",
    ),
    reads(
        "a table as rows with tabs",
        "a.docx",
        lambda: m.docx(m.table(("序号", "任务"), ("1", "讲党课"))),
        "序号\t任务\n1\t讲党课",
        "docx",
    ),
    reads(
        "merged cells",
        "a.docx",
        lambda: m.docx(MERGED),
        "任务\t\t单位\n1\t讲党课\t甲 乙",
        "docx",
        "merged",
    ),
    reads("a text box, read once", "a.docx", lambda: m.docx(BOX), "正文\n框中文字", "docx"),
    reads(
        "revisions as accepted",
        "a.docx",
        lambda: m.docx(REVISED),
        "每季度两次",
        "docx",
        "revisions",
    ),
    reads("hidden text, told", "a.docx", lambda: m.docx(HIDDEN), "可见隐藏", "docx", "hidden"),
    reads(
        "tabs and line breaks",
        "a.docx",
        lambda: m.docx(run(text("甲") + "<w:r><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>")),
        "甲\t乙\n丙",
        "docx",
    ),
    reads(
        "an ordinary hyperlink",
        "a.docx",
        external("hyperlink", "https://example.org/"),
        TEXT,
        "docx",
    ),
    reads(
        "a template on the author's disk",
        "a.docx",
        external("attachedTemplate", "file:///C:\\Users\\zhang\\gongwen.dotx"),
        TEXT,
        "docx",
    ),
    reads(
        "a linked picture, not fetched",
        "a.docx",
        external("image", "http://192.0.2.1/x.png"),
        TEXT,
        "docx",
        "linked_images",
    ),
    reads("a .docx called .txt", "a.txt", lambda: m.docx(BODY), TEXT, "docx", "extension"),
    refuses(
        "a remote template",
        "a.docx",
        external("attachedTemplate", "https://192.0.2.1/t.dotm"),
        "external",
    ),
    refuses(
        "a template on a share",
        "a.docx",
        external("attachedTemplate", "file://srv/t.dotm"),
        "external",
    ),
    refuses(
        "a linked OLE object", "a.docx", external("oleObject", "http://192.0.2.1/o"), "external"
    ),
    refuses("DDE cut into runs", "a.docx", lambda: m.docx(SPLIT_DDE), "external"),
    refuses(
        "DDE in a simple field",
        "a.docx",
        lambda: m.docx('<w:p><w:fldSimple w:instr=" DDE excel x "/></w:p>'),
        "external",
    ),
    refuses("macros", "a.docm", part("word/vbaProject.bin", m.OLE_MAGIC + b"x"), "macro"),
    refuses("macros called .bin", "a.docx", part("word/vbaproject.bin", b"x"), "macro"),
    refuses(
        "the macro content type", "a.docx", lambda: m.docx(BODY, main_type=m.MACRO_TYPE), "macro"
    ),
    refuses("an OLE object", "a.docx", part("word/embeddings/o.bin", m.OLE_MAGIC), "embedded"),
    refuses(
        "an embedded workbook",
        "a.docx",
        part("word/embeddings/w.xlsx", m.archive({"a": "b"})),
        "nested",
    ),
    refuses("an entity bomb", "a.docx", lambda: m.docx(BODY, prolog=BILLION), "dtd"),
    refuses("an external entity", "a.docx", lambda: m.docx(BODY, prolog=XXE), "dtd"),
    refuses(
        "an entity bomb in the styles", "a.docx", part("word/styles.xml", BILLION + "<a/>"), "dtd"
    ),
    refuses(
        "a document type in UTF-16",
        "a.docx",
        part("word/styles.xml", ('<?xml version="1.0"?>' + BILLION + "<a/>").encode("utf-16")),
        "dtd",
    ),
    refuses("a body cut off", "a.docx", part("word/document.xml", "<w:document"), "damaged"),
    refuses("no text at all", "a.docx", lambda: m.docx(m.p(" ")), "empty"),
    refuses("encrypted entries", "a.docx", lambda: m.encrypted(m.docx(BODY)), "password"),
    refuses(
        "a password",
        "a.docx",
        lambda: m.ole(("EncryptedPackage", b"x"), ("EncryptionInfo", b"y")),
        "password",
    ),
    refuses("cut in half", "a.docx", lambda: m.docx(BODY)[:400], "damaged"),
    refuses(
        "XML 100,000 levels deep",
        "a.docx",
        lambda: m.docx("<w:sdt>" * 100_000 + "</w:sdt>" * 100_000),
        "too_costly",
        "died",
        "damaged",
        "bomb_ratio",
    ),
]

ARCHIVES = [
    refuses(
        "2,001 entries",
        "a.docx",
        lambda: m.archive({str(n): "" for n in range(2001)}),
        "bomb_entries",
    ),
    refuses(
        "10,000 entries",
        "a.docx",
        lambda: m.archive({str(n): "" for n in range(10_000)}),
        "bomb_entries",
    ),
    refuses(
        "a ratio of 1,000",
        "a.docx",
        lambda: m.docx(BODY, extra={"word/media/x.png": bytes(30 * MEGABYTE)}),
        "bomb_ratio",
    ),
    refuses(
        "210 MB unpacked below the ratio",
        "a.docx",
        lambda: m.docx(BODY, extra={"word/media/x.png": m.twentyfold(210 * MEGABYTE)}),
        "bomb_size",
    ),
    refuses(
        "a lying size",
        "a.docx",
        lambda: m.lying_size(part("word/x.bin", bytes(9 * MEGABYTE))(), "word/x.bin", 10),
        "damaged",
    ),
    refuses("entries that overlap", "a.docx", lambda: m.overlapping(m.docx(BODY)), "overlapping"),
    refuses("a zip in a zip", "a.docx", part("word/x.bin", m.archive({"a": b"x" * 99})), "nested"),
    refuses("a name that climbs", "a.docx", part("../evil", "x"), "odd_names"),
    refuses("an absolute name", "a.docx", part("/etc/evil", "x"), "odd_names"),
    refuses("a drive letter", "a.docx", part("C:/evil", "x"), "odd_names"),
    refuses("a symbolic link", "a.docx", lambda: with_link(), "odd_names"),
    refuses("an ordinary zip", "a.zip", lambda: m.archive({"a.txt": TEXT}), "archive"),
    refuses("an empty zip", "a.zip", lambda: m.archive({}), "archive"),
    refuses(
        "a workbook",
        "a.xlsx",
        lambda: m.archive({"[Content_Types].xml": "<a/>", "xl/w.xml": "<a/>"}),
        "spreadsheet",
    ),
    refuses(
        "a workbook called .docx", "a.docx", lambda: m.archive({"xl/w.xml": "<a/>"}), "spreadsheet"
    ),
    refuses("slides", "a.pptx", lambda: m.archive({"ppt/p.xml": "<a/>"}), "presentation"),
    refuses("an OFD", "a.ofd", lambda: m.archive({"OFD.xml": "<a/>"}), "ofd"),
    refuses("an OpenDocument text", "a.odt", lambda: m.archive({"content.xml": "<a/>"}), "odt"),
    refuses("RAR", "a.rar", lambda: b"Rar!\x1a\x07\x00" + b"x" * 99, "archive"),
    refuses("7z", "a.7z", lambda: b"7z\xbc\xaf'\x1c" + b"x" * 99, "archive"),
]


def with_link() -> bytes:
    link = zipfile.ZipInfo("word/link")
    link.external_attr = 0o120777 << 16
    path = m.io.BytesIO(m.docx(BODY))
    with zipfile.ZipFile(path, "a") as target:
        target.writestr(link, "/etc/passwd")
    return path.getvalue()


DOC_TEXT = (
    "某市直机关工委二〇二六年工作要点\n\n一、抓好理论学习。各支部每月开展一次主题党日，每季度召开一次支部党员大会。"
    "\n\n二、抓好谈心谈话。支部书记每年与每名党员至少谈心谈话一次。\n\n序号\t任务\t牵头单位\n1\t举办读书班\t宣传部"
)
DOCS = [
    reads("an old Word document", "a.doc", lambda: PLAN_DOC, DOC_TEXT, "doc"),
    reads("one called .docx", "a.docx", lambda: PLAN_DOC, DOC_TEXT, "doc", "extension"),
    refuses("cut in half", "a.doc", lambda: PLAN_DOC[:6000], "damaged", "binary"),
    refuses("a bare OLE head", "a.doc", lambda: m.OLE_MAGIC, "damaged"),
    refuses("an old workbook", "a.xls", lambda: m.ole(("Workbook", b"x")), "spreadsheet"),
    refuses("old slides", "a.ppt", lambda: m.ole(("PowerPoint Document", b"x")), "presentation"),
    refuses(
        "a password",
        "a.doc",
        lambda: m.ole(("WordDocument", b"\xec\xa5" + b"\0" * 9 + b"\x01" + b"\0" * 20)),
        "password",
    ),
    refuses(
        "macros", "a.doc", lambda: m.ole(("WordDocument", b"\xec\xa5"), ("Macros", b"x")), "macro"
    ),
    refuses("OLE of no known kind", "a.doc", lambda: m.ole(("Something", b"x")), "binary"),
    refuses("a directory that runs in a circle", "a.doc", lambda: circular(), "binary", "damaged"),
]


def circular() -> bytes:
    data = bytearray(m.ole(("Something", b"x")))
    data[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")
    return bytes(data)
