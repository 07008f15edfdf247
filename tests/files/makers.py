"""Files made for the tests, byte by byte where no tool would make them."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"


def archive(parts: dict[str, bytes | str], *, stored: bool = False) -> bytes:
    buffer = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", method) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def relationships(*links: tuple[str, str, bool]) -> str:
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{REL}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if external else "/>")
        for n, (kind, target, external) in enumerate(links)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{rows}</Relationships>'


def docx(
    body: str = "",
    *,
    numbering: str = "",
    styles: str = "",
    links: tuple[tuple[str, str, bool], ...] = (),
    main_type: str = MAIN_TYPE,
    prolog: str = "",
    extra: dict[str, bytes | str] | None = None,
    namespace: str = W,
    stored: bool = False,
) -> bytes:
    """A .docx of the body's inner XML, with `w:` bound."""
    root = f'xmlns:w="{namespace}"'
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/word/document.xml" ContentType="{main_type}"/>'
        "</Types>",
        "_rels/.rels": relationships(("officeDocument", "word/document.xml", False)),
        "word/document.xml": f"{prolog}<w:document {root} {mc}><w:body>{body}</w:body>"
        "</w:document>",
    }
    if links:
        parts["word/_rels/document.xml.rels"] = relationships(*links)
    if numbering:
        parts["word/numbering.xml"] = f"<w:numbering {root}>{numbering}</w:numbering>"
    if styles:
        parts["word/styles.xml"] = f"<w:styles {root}>{styles}</w:styles>"
    return archive({**parts, **(extra or {})}, stored=stored)


def p(text: str, *, properties: str = "") -> str:
    inner = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{inner}<w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, level: int, list_id: int = 1) -> str:
    pair = f'<w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/>'
    return p(text, properties=f"<w:numPr>{pair}</w:numPr>")


def level(depth: int, fmt: str, text: str, *, start: int = 1, suffix: str = "") -> str:
    suff = f'<w:suff w:val="{suffix}"/>' if suffix else ""
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{fmt}"/>{suff}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(
    *levels: str, instances: str = '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
) -> str:
    return f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>{instances}'


OFFICIAL = lists(
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimal", "（%4）"),
)


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def pdf(*pages: list[tuple[float, float, str]], extra: bytes = b"", catalog: bytes = b"") -> bytes:
    """Pages of A4 with text at (left, bottom) in 16 points; Chinese without embedded fonts."""
    contents = []
    for lines in pages:
        rows = "".join(
            f"1 0 0 1 {left} {bottom} Tm <{text.encode('utf-16-be').hex()}> Tj\n"
            for left, bottom, text in lines
        )
        contents.append(f"BT /F1 16 Tf\n{rows}ET".encode())
    return pdf_of_streams(contents, extra=extra, catalog=catalog)


def pdf_of_streams(
    contents: list[bytes], *, extra: bytes = b"", catalog: bytes = b"", filters: bytes = b""
) -> bytes:
    count = len(contents)
    kids = b" ".join(b"%d 0 R" % (6 + 2 * n) for n in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Count %d /Kids [%b] >>" % (count, kids),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 5 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -200 1000 900]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >>",
    ]
    for number, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (7 + 2 * number)
        )
        objects.append(
            b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), filters, content)
        )
    return pdf_of_objects(objects, extra)


def pdf_of_objects(objects: list[bytes], trailer: bytes = b"") -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    size = len(objects) + 1
    out += b"trailer << /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF" % (size, trailer, start)
    return bytes(out)


def pdf_bomb(size: int) -> bytes:
    packer = zlib.compressobj(9)
    block = b" " * (1 << 20)
    packed = b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()
    return pdf_of_streams([packed], filters=b"/Filter /FlateDecode")


def ole(*streams: tuple[str, bytes]) -> bytes:
    """A compound file of one directory sector; each stream has at most one sector."""
    no, end = 0xFFFFFFFF, 0xFFFFFFFE
    header = bytearray(512)
    header[:8] = OLE_MAGIC
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIII", header, 44, 1, 1, 0, 4096, end, 0, end, 0)
    struct.pack_into("<109I", header, 76, 0, *[no] * 108)
    table = [0xFFFFFFFD, end, *[end] * len(streams)]
    table += [no] * (128 - len(table))
    directory = b"".join(
        entry(name, kind, start, size)
        for name, kind, start, size in [
            ("Root Entry", 5, end, 0),
            *((name, 2, 2 + n, len(data)) for n, (name, data) in enumerate(streams)),
        ]
    ).ljust(512, b"\0")
    sectors = b"".join(data.ljust(512, b"\0") for _, data in streams)
    return bytes(header) + struct.pack("<128I", *table) + directory + sectors


def entry(name: str, kind: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    return (head + b"\xff" * 12).ljust(116, b"\0") + struct.pack("<IQ", start, size)


def twentyfold(size: int) -> bytes:
    """`size` bytes that deflate to about a twentieth."""
    block = random.Random(1).randbytes(3_000) + bytes(57_000)
    return block * (size // len(block))


def lying_size(data: bytes, name: str, size: int) -> bytes:
    """`data` with the unpacked size of `name` changed in both headers."""
    out = bytearray(data)
    for signature, name_at, size_at in ((b"PK\x01\x02", 46, 24), (b"PK\x03\x04", 30, 22)):
        at = 0
        while (at := out.find(signature, at)) >= 0:
            if out[at + name_at : at + name_at + len(name)] == name.encode():
                struct.pack_into("<I", out, at + size_at, size)
            at += 4
    return bytes(out)


def encrypted(data: bytes) -> bytes:
    """`data` with the flag that says its entries are encrypted."""
    out = bytearray(data)
    for signature, flag_at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = 0
        while (at := out.find(signature, at)) >= 0:
            out[at + flag_at] |= 1
            at += 4
    return bytes(out)


def overlapping(data: bytes) -> bytes:
    """`data` with every entry of the directory pointing to the first one's bytes."""
    out = bytearray(data)
    at = 0
    while (at := out.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<I", out, at + 42, 0)
        at += 4
    return bytes(out)
