"""PDF files, web pages, plain text, and files of other kinds."""

from __future__ import annotations

from bihuan.files.limits import MEGABYTE
from tests.files import makers as m
from tests.files.case import LINE, SECOND, TEXT, reads, refuses

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
        "the raised call of a note inside a line",
        "a.pdf",
        lambda: m.pdf([(LEFT, TOP, "应开展"), (130, TOP + 5, "1"), (146, TOP, "次。")]),
        "应开展1次。",
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
        "a stream of 700 MB",
        "a.pdf",
        lambda: m.pdf_bomb(700 * MEGABYTE),
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
