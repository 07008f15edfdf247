"""Official documents as Word files, laid out after GB/T 9704-2012 (党政机关公文格式).

The page holds 22 lines of 28 characters. Fonts are named as offices have them; who opens the
file without them sees the nearest he has. python-docx has no endnotes, so their part is made
here; they are real endnotes, which Word and WPS renumber and move.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

SMALL_TITLE_SONG, SONG, HEI = "方正小标宋简体", "宋体", "黑体"
FANG, KAI = "仿宋_GB2312", "楷体_GB2312"
LATIN = "Times New Roman"
HEADING_FONTS = {1: HEI, 2: KAI, 3: FANG, 4: FANG}
# The standard's sizes: 二号 22 points, 三号 16, 四号 14, 小四 12.
SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL_4 = 22.0, 16.0, 14.0, 12.0
EM = SIZE_3

# A4 less margins leaves 156 × 225 mm. A grid of whole lines of 28.95 points (579 twentieths)
# gives 22 of them; a quarter point less between characters gives 28 of size 3 in 156 mm, which
# 0.2 does not. The grid type that also counts characters doubles the pitch in LibreOffice.
WIDTH_MM = 156
LINE = 28.95
LINE_PITCH = 579
CHARACTER_SPACING = -5
# The page number stands 7 mm below the text: 35 − 7 − the height of its own line.
FOOTER_DISTANCE_MM = 22
RED = RGBColor(0xFF, 0, 0)
LARGEST_HEAD = 48
COLON, COLONS = "\uff1a", ":\uff1a"
NUMBERS = re.compile(r"[\d.,%/\-—]*")
UNFIT_FOR_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

BREAKS = {"\t": "<w:tab/>", "\n": "<w:br/>", "\r": "<w:br/>"}
# Tables are written as text: python-docx takes half a millisecond for each cell.
TABLE = (
    f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:type="auto" '
    'w:w="0"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblLook w:firstColumn="1" '
    'w:firstRow="1" w:lastColumn="0" w:lastRow="0" w:noHBand="0" w:noVBand="1" w:val="04A0"/>'
    "</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
)
CELL = (
    '<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/></w:tcPr><w:p><w:pPr><w:snapToGrid '
    'w:val="0"/><w:spacing w:lineRule="atLeast" w:line="400"/>{align}</w:pPr>{content}</w:p></w:tc>'
)
CELL_RUN = (
    f'<w:r><w:rPr><w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{{font}}" '
    f'w:cs="{LATIN}" w:hint="eastAsia"/><w:sz w:val="{int(SIZE_SMALL_4 * 2)}"/></w:rPr>'
    "{content}</w:r>"
)
NOTE_RUN = (
    '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    '<w:endnoteReference w:id="{number}"/></w:r>'
)


@dataclass(frozen=True)
class Run:
    """A piece of a paragraph; `note`, if any, becomes an endnote called after the piece."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading with its number in the text: 一、 (1), (一) (2), 1. (3), (1) (4)."""

    level: Literal[1, 2, 3, 4]
    text: str


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Table:
    """A table whose header row is repeated on every page; a header's note becomes an endnote.

    `shares` are the columns' parts of the width, in any unit; equal if empty.
    """

    header: tuple[str | Run, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...] = ()
    caption: str = ""


@dataclass(frozen=True)
class Paper:
    """Everything a document says. Empty parts are left out together with their blank lines.

    `head` is the issuer in red over the red line, `number` the 发文字号 between them.
    """

    title: str
    body: tuple[Heading | Paragraph | Table, ...]
    addressee: str = ""
    attachments: tuple[str, ...] = ()
    signature: str = ""
    date: dt.date | None = None
    head: str = ""
    number: str = ""


def paragraph(text: str) -> Paragraph:
    """A paragraph without endnotes."""
    return Paragraph((Run(text),))


def chinese_date(day: dt.date) -> str:
    """2024年3月5日: Arabic digits, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def write_docx(paper: Paper) -> bytes:
    """The .docx of `paper`."""
    writer = Writer(paper)
    buffer = io.BytesIO()
    writer.document.save(buffer)
    return buffer.getvalue()


@dataclass
class Writer:
    """One document being written, from top to bottom."""

    paper: Paper
    document: Any = field(default_factory=Document)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        paper = self.paper
        set_page(self.document)
        set_defaults(self.document)
        write_page_numbers(self.document)
        if paper.head:
            self.write_head()
        self.write_title()
        if paper.addressee:
            self.line(paper.addressee.rstrip(COLONS) + COLON)
        for block in paper.body:
            self.write_block(block)
        self.write_attachments()
        self.write_signature()
        if self.notes:
            add_endnotes(self.document, self.notes)
        self.document.core_properties.title = clean(paper.title.replace("\n", ""))
        self.document.core_properties.author = clean(paper.signature or paper.head)

    def line(self, text: str = "", *, font: str = FANG, size: float = SIZE_3) -> Any:
        """A paragraph flush left, not indented."""
        added = self.document.add_paragraph()
        if text:
            add_text(added, text, font=font, size=size)
        return added

    def write_head(self) -> None:
        """The issuer in red, 35 mm below the top of the text; number; red line; two blank lines."""
        text = clean(self.paper.head)
        size = head_size(text)
        head = self.line()
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        head.paragraph_format.space_before = Mm(35)
        head.paragraph_format.line_spacing = Pt(max(LINE, size * 1.3))
        run = add_text(head, text, font=SMALL_TITLE_SONG, size=size)
        run.font.color.rgb = RED
        self.line()
        number = self.line(self.paper.number)
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER
        add_red_line(number)
        self.line()
        self.line()

    def write_title(self) -> None:
        for part in self.paper.title.split("\n"):
            title = self.line(part, font=SMALL_TITLE_SONG, size=SIZE_2)
            title.alignment = WD_ALIGN_PARAGRAPH.CENTER
            title.paragraph_format.keep_with_next = True
            leave_grid(title)
        self.line()

    def write_block(self, block: Heading | Paragraph | Table) -> None:
        if isinstance(block, Table):
            self.write_table(block)
        elif isinstance(block, Heading):
            heading = self.line(block.text, font=HEADING_FONTS[block.level])
            indent(heading)
            heading.paragraph_format.keep_with_next = True
            set_outline_level(heading, block.level)
        else:
            added = self.document.add_paragraph()
            added.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            indent(added)
            for run in block.runs:
                add_text(added, run.text)
                self.write_note(added, run)

    def write_note(self, added: Any, run: Run) -> None:
        if run.note:
            self.notes.append(clean(run.note))
            add_endnote_reference(added, len(self.notes))

    def write_table(self, block: Table) -> None:
        if block.caption:
            caption = self.line(block.caption, font=HEI, size=SIZE_4)
            caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
            caption.paragraph_format.keep_with_next = True
        shares = block.shares or (1.0,) * len(block.header)
        widths = [Mm(WIDTH_MM * share / sum(shares)).twips for share in shares]
        header = [each if isinstance(each, Run) else Run(each) for each in block.header]
        rows = [self.row_xml(header, widths, is_header=True)]
        rows += [self.row_xml([Run(each) for each in row], widths) for row in block.rows]
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        table = parse_xml(TABLE.format(columns=columns, rows="".join(rows)))
        self.document.element.body.insert_element_before(table, "w:sectPr")

    def row_xml(self, runs: Sequence[Run], widths: list[int], *, is_header: bool = False) -> str:
        """A row that stays on one page; the header stands on each."""
        font = HEI if is_header else FANG
        cells = []
        for run, width in zip(runs, widths, strict=True):
            centred = is_header or NUMBERS.fullmatch(run.text)
            content = CELL_RUN.format(font=font, content=text_xml(clean(run.text)))
            if run.note:
                self.notes.append(clean(run.note))
                content += NOTE_RUN.format(number=len(self.notes))
            align = '<w:jc w:val="center"/>' if centred else ""
            cells.append(CELL.format(width=width, align=align, content=content))
        header = "<w:tblHeader/>" if is_header else ""
        return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{''.join(cells)}</w:tr>"

    def write_attachments(self) -> None:
        """附件: a blank line below the body, two characters in; names one under the other."""
        names = self.paper.attachments
        if names:
            self.line()
        for number, name in enumerate(names, 1):
            label = f"{number}.{name}" if len(names) > 1 else name
            added = self.line(("附件" + COLON if number == 1 else "") + label)
            added.paragraph_format.left_indent = Pt(5 * EM)
            added.paragraph_format.first_line_indent = Pt(-3 * EM if number == 1 else 0)

    def write_signature(self) -> None:
        """Issuer and date without a seal: a blank line below, set off from the right edge.

        GB/T 9704-2012, 7.3.5.2: the name ends two characters from the edge and the date begins
        two characters right of it; a date longer than the name ends two characters from the
        edge, and the name moves left.
        """
        name = self.paper.signature
        day = chinese_date(self.paper.date) if self.paper.date else ""
        if not name and not day:
            return
        blank = self.line()
        blank.paragraph_format.keep_with_next = True
        name_indent, day_indent = signature_indents(width_of(name), width_of(day))
        for text, right in ((name, name_indent), (day, day_indent)):
            if text:
                added = self.line(text)
                added.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                added.paragraph_format.right_indent = Pt(right * EM)
                added.paragraph_format.keep_with_next = text == name and bool(day)


def clean(text: str) -> str:
    """`text` without the characters XML cannot hold."""
    return UNFIT_FOR_XML.sub("", text)


def width_of(text: str) -> float:
    """Width of a line in characters: Latin letters and digits count half."""
    return sum(0.5 if sign.isascii() else 1.0 for sign in text)


def signature_indents(name: float, day: float) -> tuple[float, float]:
    """Right indents of issuer and date, in characters, from their widths."""
    if not name or name >= day:
        return 2.0, max(name - day, 0.0) if name else 4.0
    return 4.0 + day - name, 2.0


def head_size(text: str) -> int:
    """Points at which the red head fills its line but does not break: 11 characters, 36."""
    available = WIDTH_MM / 25.4 * 72
    return max(min(LARGEST_HEAD, int(available * 0.92 / max(width_of(text), 1.0))), int(SIZE_3))


def set_page(document: Any) -> None:
    """A4, margins 37, 35, 28 and 26 mm, and the grid of 22 lines."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(FOOTER_DISTANCE_MM)
    properties = section._sectPr
    for grid in properties.findall(qn("w:docGrid")):
        properties.remove(grid)
    properties.append(element("w:docGrid", type="lines", linePitch=str(LINE_PITCH)))


def set_defaults(document: Any) -> None:
    """The Normal style: 仿宋 of size 3, exact line pitch, no space between paragraphs."""
    style = document.styles["Normal"]
    style.font.size = Pt(SIZE_3)
    set_fonts(style.element.get_or_add_rPr(), FANG)
    style.element.rPr.append(element("w:lang", val="zh-CN", eastAsia="zh-CN"))
    spacing = style.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    spacing.line_spacing = Pt(LINE)
    spacing.widow_control = False
    properties = style.element.get_or_add_pPr()
    # No extra space between Chinese and Latin signs: it would break the 28 of a line.
    before = properties.find(qn("w:spacing"))
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        before.addprevious(element(name, val="0"))


def element(tag: str, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def set_fonts(properties: Any, font: str, latin: str = LATIN) -> None:
    """`font` for Chinese and for signs shared by both scripts, such as quotation marks."""
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for name, value in (("ascii", latin), ("hAnsi", latin), ("eastAsia", font), ("cs", latin)):
        fonts.set(qn(f"w:{name}"), value)
    fonts.set(qn("w:hint"), "eastAsia")


def add_text(added: Any, text: str, *, font: str = FANG, size: float = SIZE_3) -> Any:
    """A run of `text` at the end of the paragraph `added`."""
    run = added.add_run(clean(text))
    run.font.size = Pt(size)
    set_fonts(run._r.get_or_add_rPr(), font)
    if size == SIZE_3:
        size_element = run._r.rPr.find(qn("w:sz"))
        size_element.addprevious(element("w:spacing", val=str(CHARACTER_SPACING)))
    return run


def indent(added: Any) -> None:
    """Indent the first line by two characters, in points and in characters alike.

    Word takes the characters, LibreOffice the points; both stand on one element because a
    second one is ignored.
    """
    added.paragraph_format.first_line_indent = Pt(2 * EM)
    added._p.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")


def leave_grid(added: Any) -> None:
    """Keep a line of larger type from being stretched to two lines of the grid."""
    added._p.get_or_add_pPr().insert_element_before(
        element("w:snapToGrid", val="0"), "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr"
    )


def set_outline_level(added: Any, level: int) -> None:
    """Make a line a heading for the navigation pane and screen readers."""
    outline = element("w:outlineLvl", val=str(level - 1))
    added._p.get_or_add_pPr().insert_element_before(
        outline, "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange"
    )


def add_red_line(added: Any) -> None:
    """A red line under a paragraph, as wide as the text."""
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="6" '
        'w:color="FF0000"/></w:pBdr>'
    )
    added._p.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr"
    )


def text_xml(text: str) -> str:
    """The content of a run; python-docx sets tabs and breaks in the same way."""
    return "".join(
        BREAKS.get(piece) or f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
        for piece in re.split(r"([\t\n\r])", text)
        if piece
    )


def write_page_numbers(document: Any) -> None:
    """— 1 — in size 4 Song, one character from the outer edge: odd right, even left."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        added = footer.paragraphs[0]
        added.style = document.styles["Normal"]
        added.alignment = side
        one = Pt(SIZE_4)
        added.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        if side == WD_ALIGN_PARAGRAPH.RIGHT:
            added.paragraph_format.right_indent = one
        else:
            added.paragraph_format.left_indent = one
        for piece in ("— ", "begin", "PAGE", "end", " —"):
            run = added.add_run()
            run.font.size = Pt(SIZE_4)
            set_fonts(run._r.get_or_add_rPr(), SONG, latin=SONG)
            if piece == "PAGE":
                instruction = element("w:instrText")
                instruction.text = "PAGE"
                run._r.append(instruction)
            elif piece in {"begin", "end"}:
                run._r.append(element("w:fldChar", fldCharType=piece))
            else:
                run.text = piece


def add_endnote_reference(added: Any, number: int) -> None:
    run = added.add_run()
    run.font.superscript = True
    run._r.append(element("w:endnoteReference", id=str(number)))


def add_endnotes(document: Any, notes: Iterable[str]) -> None:
    """Give the document its endnotes part: the two separators Word expects, then the notes."""
    body = "".join(endnote(number, text) for number, text in enumerate(notes, 1))
    xml = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:endnotes {nsdecls("w")}>'
        '<w:endnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:endnote>'
        '<w:endnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/>'
        f"</w:r></w:p></w:endnote>{body}</w:endnotes>"
    )
    part = Part(
        PackURI("/word/endnotes.xml"),
        CONTENT_TYPE.WML_ENDNOTES,
        xml.encode(),
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.ENDNOTES)
    # Without this Word numbers endnotes i, ii, iii.
    section = document.sections[0]._sectPr
    numbering = parse_xml(f'<w:endnotePr {nsdecls("w")}><w:numFmt w:val="decimal"/></w:endnotePr>')
    section.find(qn("w:pgSz")).addprevious(numbering)
    separators = parse_xml(
        f'<w:endnotePr {nsdecls("w")}><w:numFmt w:val="decimal"/>'
        '<w:endnote w:id="-1"/><w:endnote w:id="0"/></w:endnotePr>'
    )
    settings = document.settings.element
    compat = settings.find(qn("w:compat"))
    if compat is None:
        settings.append(separators)
    else:
        compat.addprevious(separators)


def endnote(number: int, text: str) -> str:
    fonts = f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{FANG}" w:hint="eastAsia"/>'
    size = f'<w:sz w:val="{int(SIZE_SMALL_4 * 2)}"/>'
    return (
        f'<w:endnote w:id="{number}"><w:p><w:pPr><w:spacing w:line="400" '
        'w:lineRule="exact"/></w:pPr>'
        f'<w:r><w:rPr>{fonts}{size}<w:vertAlign w:val="superscript"/></w:rPr><w:endnoteRef/></w:r>'
        f'<w:r><w:rPr>{fonts}{size}</w:rPr><w:t xml:space="preserve"> {escape(text)}</w:t></w:r>'
        "</w:p></w:endnote>"
    )
