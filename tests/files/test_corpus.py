"""Every kind of file a stranger may send, and what the gate must say to each."""

from __future__ import annotations

import resource
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bihuan.files.gate import FileRefused, read_document
from bihuan.files.limits import MEGABYTE
from bihuan.files.messages import REFUSALS
from tests.files import makers as m

PLAN_DOC = (Path(__file__).parent / "plan.doc").read_bytes()
LINE = "一、每季度召开一次支部党员大会。"
SECOND = "二、十二月底前完成述职评议。"
TEXT = f"{LINE}\n{SECOND}"
BODY = m.p(LINE) + m.p(SECOND)
GROWTH_MEGABYTES = 100


@dataclass(frozen=True)
class Case:
    """A file, and either its text with the notices or the codes with which it may be refused."""

    title: str
    name: str
    make: Callable[[], bytes]
    text: str | None = None
    kind: str = ""
    notices: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def reads(
    title: str, name: str, make: Callable[[], bytes], text: str, kind: str, *notices: str
) -> Case:
    return Case(title, name, make, text, kind, notices)


def refuses(title: str, name: str, make: Callable[[], bytes], *codes: str) -> Case:
    return Case(title, name, make, refused=codes)


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
    reads("stored, not deflated", "a.docx", lambda: m.docx(BODY), TEXT, "docx"),
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
    refuses(
        "a body cut off", "a.docx", part("word/document.xml", "<w:document"), "odd_names", "damaged"
    ),
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
        "a ratio of 1,000", "a.docx", part("word/media/x.png", bytes(30 * MEGABYTE)), "bomb_ratio"
    ),
    refuses(
        "210 MB unpacked below the ratio",
        "a.docx",
        part("word/media/x.png", (bytes(11000) + bytes(range(256)) * 1) * 19_000),
        "bomb_size",
        "bomb_ratio",
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


LEFT, INDENTED, TOP = 80, 112, 700
FULL = "各级党组织要认真落实组织生活制度每月开展一次主题党日并及"
PDFS = [
    reads(
        "broken lines joined, paragraphs kept",
        "a.pdf",
        lambda: m.pdf(
            [
                (INDENTED, TOP, FULL[:26]),
                (LEFT, TOP - 29, FULL),
                (LEFT, TOP - 58, "时记录。"),
                (INDENTED, TOP - 87, SECOND),
            ]
        ),
        FULL[:26] + FULL + "时记录。\n" + SECOND,
        "pdf",
    ),
    reads(
        "a paragraph over the page's end, page numbers dropped",
        "a.pdf",
        lambda: m.pdf(
            [(LEFT, TOP - 29 * n, FULL) for n in range(6)] + [(400, 60, "— 1 —")],
            [(LEFT, TOP, "时记录。"), (90, 60, "— 2 —")],
        ),
        FULL * 6 + "时记录。",
        "pdf",
    ),
    reads(
        "a page without text among others",
        "a.pdf",
        lambda: m.pdf([(LEFT, TOP, LINE)], []),
        LINE,
        "pdf",
        "pages_without_text",
    ),
    reads(
        "JavaScript, never run, but told",
        "a.pdf",
        lambda: m.pdf(
            [(LEFT, TOP, LINE)], catalog=b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
        ),
        LINE,
        "pdf",
        "active",
    ),
    reads(
        "a launch action",
        "a.pdf",
        lambda: m.pdf([(LEFT, TOP, LINE)], catalog=b"/OpenAction << /S /Launch /F (cmd.exe) >>"),
        LINE,
        "pdf",
        "active",
    ),
    refuses("pictures only", "a.pdf", lambda: m.pdf([], []), "scanned"),
    refuses("a password", "a.pdf", lambda: m.pdf([(LEFT, TOP, LINE)], extra=LOCK), "password"),
    refuses("100,000 pages", "a.pdf", lambda: many_pages(), "too_many_pages", "damaged"),
    refuses(
        "a stream of 2 GB",
        "a.pdf",
        lambda: m.pdf_bomb(2048 * MEGABYTE),
        "too_costly",
        "died",
        "scanned",
        "damaged",
    ),
    refuses("cut off", "a.pdf", lambda: m.pdf([(LEFT, TOP, LINE)])[:200], "damaged", "scanned"),
    refuses("only a head", "a.pdf", lambda: b"%PDF-1.7\n", "damaged"),
]
LOCK = (
    b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ("
    + b"o" * 32
    + b") /U ("
    + b"u" * 32
    + b") >> /ID [(0123456789abcdef) (0123456789abcdef)]"
)


def many_pages() -> bytes:
    kids = b"3 0 R " * 100_000
    return m.pdf_of_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 100000 /Kids [%b] >>" % kids,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


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


PAGE = (
    "<!DOCTYPE html><html><head><title>网站</title><style>p{}</style></head>"
    "<body><nav>首页 导航</nav>"
    "<div class='nav'><a href='/'>首页</a></div><h1>工作要点</h1><div id='zoom'><p>"
    + LINE
    + "</p><p>"
    + SECOND
    + "</p><script>alert(1)</script></div><div class='footer'>版权所有</div></body></html>"
)
HTML = [
    reads("a page of a site", "a.html", lambda: PAGE.encode(), "工作要点\n" + TEXT, "html"),
    reads(
        "one saved as .doc",
        "a.doc",
        lambda: PAGE.encode(),
        "工作要点\n" + TEXT,
        "html",
        "extension",
    ),
    reads("one in GBK", "a.htm", lambda: PAGE.encode("gbk"), "工作要点\n" + TEXT, "html"),
    reads(
        "one in Big5, declared",
        "a.htm",
        lambda: (
            "<html><meta charset=big5><body><p>機關黨支部應當每季召開會議</p></body></html>".encode(
                "big5"
            )
        ),
        "機關黨支部應當每季召開會議",
        "html",
    ),
    reads(
        "a table and line breaks",
        "a.html",
        lambda: (
            "<html><body>甲<br>乙<table><tr><td>1</td><td><p>丙</p></td></tr></table></body></html>".encode()
        ),
        "甲\n乙\n1\t丙",
        "html",
    ),
    reads(
        "hidden parts left out",
        "a.html",
        lambda: "<body><p>甲</p><p style='display:none'>乙</p><p hidden>丙</p></body>".encode(),
        "甲",
        "html",
    ),
    refuses("100,000 levels", "a.html", lambda: ("<div>" * 100_000 + "甲").encode(), "too_costly"),
    refuses(
        "MHT",
        "a.mht",
        lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related; x\r\n\r\n",
        "mht",
    ),
    refuses("only scripts", "a.html", lambda: b"<html><script>1</script></html>", "empty"),
    refuses("SVG", "a.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image"),
    refuses(
        "Word's flat XML",
        "a.xml",
        lambda: b"<?xml version='1.0'?><?mso-application progid=\"Word.Document\"?><a/>",
        "rtf",
    ),
]

RARE = "刘\u9fb4、\ufe10、\u1e3f"
TEXTS = [
    reads("UTF-8", "a.txt", lambda: TEXT.encode(), TEXT, "txt"),
    reads("UTF-8 with a mark", "a.txt", lambda: TEXT.encode("utf-8-sig"), TEXT, "txt"),
    reads("GBK", "a.txt", lambda: TEXT.encode("gbk"), TEXT, "txt"),
    reads(
        "eight characters of GBK",
        "a.txt",
        lambda: "张伟，3月底前".encode("gbk"),
        "张伟，3月底前",
        "txt",
    ),
    reads("one character of GBK", "a.txt", lambda: "好".encode("gbk"), "好", "txt"),
    reads(
        "four-byte GB18030",
        "a.txt",
        lambda: "张\U00020087㛃".encode("gb18030"),
        "张\U00020087㛃",
        "txt",
    ),
    reads(
        "GB 18030-2022 positions",
        "a.txt",
        lambda: "刘".encode("gbk") + b"\xfe\x59\xa1\xa2\xa6\xd9\xa1\xa2\xa8\xbc",
        RARE,
        "txt",
    ),
    reads(
        "GB18030 with its mark",
        "a.txt",
        lambda: b"\x84\x31\x95\x33" + TEXT.encode("gb18030"),
        TEXT,
        "txt",
    ),
    reads("UTF-16 with a mark", "a.txt", lambda: TEXT.encode("utf-16"), TEXT, "txt"),
    reads(
        "UTF-16 big-endian with a mark",
        "a.txt",
        lambda: b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT,
        "txt",
    ),
    reads("UTF-16 without a mark", "a.txt", lambda: TEXT.encode("utf-16-le"), TEXT, "txt"),
    reads(
        "UTF-16 big-endian without a mark", "a.txt", lambda: TEXT.encode("utf-16-be"), TEXT, "txt"
    ),
    reads("UTF-32", "a.txt", lambda: TEXT.encode("utf-32"), TEXT, "txt"),
    reads("ASCII", "a.txt", lambda: b"Plan 2026", "Plan 2026", "txt"),
    reads(
        "line ends of three systems",
        "a.txt",
        lambda: "甲\r\n乙\r丙\n丁".encode(),
        "甲\n乙\n丙\n丁",
        "txt",
    ),
    reads("many blank lines", "a.txt", lambda: "甲\n\n \n\n\n乙\n\n".encode(), "甲\n\n乙", "txt"),
    reads(
        "zero-width and bidirectional marks",
        "a.txt",
        lambda: "甲\u200b乙\u202e丙".encode(),
        "甲\u200b乙\u202e丙",
        "txt",
        "invisible",
    ),
    reads(
        "control characters", "a.txt", lambda: "甲\x07乙\x1b".encode(), "甲乙", "txt", "controls"
    ),
    reads(
        "private-use characters", "a.txt", lambda: "张\ue123".encode(), "张\ue123", "txt", "private"
    ),
    reads("a text called .pdf", "a.pdf", lambda: TEXT.encode(), TEXT, "txt", "extension"),
    refuses("nothing", "a.txt", lambda: b"", "empty"),
    refuses("blanks", "a.txt", lambda: b" \r\n\t ", "empty"),
    refuses("a mark and nothing", "a.txt", lambda: b"\xef\xbb\xbf", "empty"),
    refuses("half a GB18030 character", "a.txt", lambda: TEXT.encode("gbk")[:-1], "half_character"),
    refuses(
        "half a UTF-16 character", "a.txt", lambda: TEXT.encode("utf-16")[:-1], "half_character"
    ),
    refuses(
        "half a surrogate pair",
        "a.txt",
        lambda: b"\xff\xfe" + b"\x40\xd8" + "好".encode("utf-16-le"),
        "half_character",
    ),
    refuses(
        "GBK inside UTF-8",
        "a.txt",
        lambda: (TEXT * 3).encode() + "好".encode("gbk"),
        "mixed_encoding",
    ),
    refuses("zero bytes", "a.txt", lambda: bytes(range(256)) * 4, "binary"),
    refuses("a program", "a.exe", lambda: b"MZ\x90\x00" + bytes(99), "binary"),
    refuses("a database", "a.db", lambda: b"SQLite format 3\0" + bytes(99), "binary"),
    refuses("a PNG called .docx", "a.docx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), "image"),
    refuses("a JPEG", "a.jpg", lambda: b"\xff\xd8\xff\xe0" + bytes(99), "image"),
    refuses("GIF and script in one", "a.txt", lambda: b"GIF89a/*" + bytes(9) + b"*/=1;", "image"),
    refuses("RTF", "a.rtf", lambda: b"{\\rtf1 x}", "rtf"),
    refuses("21 MB", "a.txt", lambda: b"x" * (21 * MEGABYTE), "too_large"),
    refuses("200 MB", "a.txt", lambda: bytes(200 * MEGABYTE), "too_large"),
    refuses("more text than a plan has", "a.txt", lambda: b"abcd\n" * 500_000, "too_long"),
]

GROUPS = {"docx": DOCX, "zip": ARCHIVES, "pdf": PDFS, "doc": DOCS, "html": HTML, "txt": TEXTS}
CASES = [pytest.param(c, id=f"{group}: {c.title}") for group, cs in GROUPS.items() for c in cs]


@pytest.mark.parametrize("case", CASES)
def test_the_gate_answers_each_file_as_expected(case, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(case.make())
    before = peak_megabytes()

    if case.refused:
        with pytest.raises(FileRefused) as caught:
            read_document(path, name=case.name)
        assert caught.value.code in case.refused
        assert case.name in str(caught.value) and "%(" not in str(caught.value)
    else:
        document = read_document(path, name=case.name)
        found = (document.text, document.kind.value, tuple(w.code for w in document.warnings))
        assert found == (case.text, case.kind, case.notices)

    assert peak_megabytes() - before < GROWTH_MEGABYTES


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_the_corpus_is_large_enough():
    assert len(CASES) >= 60


def test_every_message_has_its_placeholders_filled():
    values = {"name": "甲.docx", "limit": 1, "line": 1, "byte": 1}

    sentences = [str(FileRefused(code, **values)) for code in REFUSALS]

    assert all("甲.docx" in sentence for sentence in sentences)
