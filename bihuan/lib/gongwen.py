"""Official documents as .docx, set as GB/T 9704-2012 《党政机关公文格式》 prescribes.

A4; margins 37, 35, 28 and 26 mm (top, bottom, left, right); 22 lines a page, 28 characters a
line of size 3 (16 pt) 仿宋; title size 2 (22 pt) 小标宋; headings 黑体, 楷体, 仿宋; page numbers in
size 4 (14 pt) between dashes, odd pages right, even pages left. Numbers may carry endnotes.

A line pitch of 28.95 pt and a character spacing of −0.25 pt give exactly 22 × 28 in Word and in
LibreOffice (a grid of the kind linesAndChars doubles the pitch in LibreOffice).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

SONG_TITLE, FANGSONG, KAITI, HEITI, SONG = (
    "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体",
)  # fmt: skip
HEADING_FONTS = {1: HEITI, 2: KAITI, 3: FANGSONG, 4: FANGSONG}
BODY, TITLE, FOLIO = Pt(16), Pt(22), Pt(14)
PITCH = Pt(28.95)
TIGHTEN = -5
"""Twentieths of a point between characters."""
ENDNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml"
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Run:
    """Some text, with the endnote that explains it, if any."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Table:
    """Rows of runs under a head that is repeated on every page."""

    head: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...]


Block = Heading | Paragraph | Table


@dataclass(frozen=True)
class Paper:
    """A document from title to date."""

    title: str
    blocks: tuple[Block, ...]
    addressee: str = ""
    signature: str = ""
    day: str = ""
    attachments: tuple[str, ...] = field(default=())


def write_docx(paper: Paper) -> bytes:
    """The paper as the bytes of a .docx file."""
    writer = _Writer()
    writer.title(paper.title)
    if paper.addressee:
        writer.line(paper.addressee + ":", indent=0)
    for block in paper.blocks:
        writer.block(block)
    for number, name in enumerate(paper.attachments, start=1):
        writer.line(f"附件:{number}.{name}" if number == 1 else f"   {number}.{name}", indent=2)
    writer.sign(paper.signature, paper.day)
    return writer.bytes()


class _Writer:
    def __init__(self) -> None:
        self.document: Any = Document()
        self.notes: list[str] = []
        self._set_page()
        self._set_body()
        self._set_folios()

    def title(self, text: str) -> None:
        paragraph = self._paragraph(WD_ALIGN_PARAGRAPH.CENTER)
        paragraph.paragraph_format.space_after = PITCH
        self._run(paragraph, text, SONG_TITLE, TITLE, tighten=0)

    def block(self, block: Block) -> None:
        match block:
            case Heading(text, level):
                paragraph = self._paragraph(indent=2)
                paragraph.paragraph_format.keep_with_next = True
                self._run(paragraph, text, HEADING_FONTS[level])
            case Paragraph(runs):
                self._runs(self._paragraph(indent=2), runs)
            case Table(head, rows):
                self._table(head, rows)

    def line(self, text: str, *, indent: int) -> None:
        self._run(self._paragraph(indent=indent), text)

    def sign(self, signature: str, day: str) -> None:
        """Without a seal: the name two characters from the right, the date below it."""
        if not signature and not day:
            return
        self._paragraph()
        for text in filter(None, (signature, day)):
            paragraph = self._paragraph(WD_ALIGN_PARAGRAPH.RIGHT)
            paragraph.paragraph_format.right_indent = Pt(32)
            self._run(paragraph, text)

    def bytes(self) -> bytes:
        if self.notes:
            self._add_notes()
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _set_page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        for old in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(old)
        grid = OxmlElement("w:docGrid")
        grid.set(qn("w:type"), "lines")
        grid.set(qn("w:linePitch"), "579")
        section._sectPr.append(grid)

    def _set_body(self) -> None:
        style = self.document.styles["Normal"]
        style.font.size = BODY
        style.font.name = "Times New Roman"
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANGSONG)
        shape = style.paragraph_format
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = PITCH
        shape.space_before = shape.space_after = Pt(0)

    def _set_folios(self) -> None:
        self.document.settings.odd_and_even_pages_header_footer = True
        section = self.document.sections[0]
        self._folio(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
        self._folio(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)

    def _folio(self, paragraph: Any, side: WD_ALIGN_PARAGRAPH) -> None:
        paragraph.alignment = side
        edge = "right_indent" if side == WD_ALIGN_PARAGRAPH.RIGHT else "left_indent"
        setattr(paragraph.paragraph_format, edge, FOLIO)
        self._run(paragraph, "— ", SONG, FOLIO, tighten=0)
        page = OxmlElement("w:fldSimple")
        page.set(qn("w:instr"), "PAGE")
        paragraph._p.append(page)
        self._run(paragraph, " —", SONG, FOLIO, tighten=0)

    def _paragraph(
        self, side: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY, *, indent: int = 0
    ) -> Any:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = side
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(16 * indent)
            # On the same element: Word ignores a second w:ind.
            paragraph._p.pPr.ind.set(qn("w:firstLineChars"), str(100 * indent))
        return paragraph

    def _run(
        self,
        paragraph: Any,
        text: str,
        font: str = FANGSONG,
        size: Pt = BODY,
        tighten: int = TIGHTEN,
    ) -> Any:
        run = paragraph.add_run(text)
        run.font.size = size
        run.font.name = "Times New Roman"
        properties = run._r.get_or_add_rPr()
        properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)
        if tighten:
            spacing = OxmlElement("w:spacing")
            spacing.set(qn("w:val"), str(tighten))
            properties.append(spacing)
        return run

    def _runs(self, paragraph: Any, runs: tuple[Run, ...], size: Pt = BODY) -> None:
        for run in runs:
            self._run(paragraph, run.text, size=size)
            if run.note:
                self._mark(paragraph, run.note)

    def _mark(self, paragraph: Any, note: str) -> None:
        self.notes.append(note)
        run = paragraph.add_run()
        run.font.superscript = True
        mark = OxmlElement("w:endnoteReference")
        mark.set(qn("w:id"), str(len(self.notes)))
        run._r.append(mark)

    def _table(self, head: tuple[str, ...], rows: tuple[tuple[Run, ...], ...]) -> None:
        table = self.document.add_table(rows=1, cols=len(head))
        table.style = "Table Grid"
        for cell, text in zip(table.rows[0].cells, head, strict=True):
            self._run(cell.paragraphs[0], text, HEITI, Pt(12), tighten=0)
        repeated = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeated)
        for row in rows:
            for cell, run in zip(table.add_row().cells, row, strict=True):
                self._runs(cell.paragraphs[0], (run,), Pt(12))
        for row in table.rows:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.line_spacing = Pt(20)
        self._paragraph()

    def _add_notes(self) -> None:
        xml = _endnotes(self.notes).encode()
        package = self.document.part.package
        part = Part(PackURI("/word/endnotes.xml"), ENDNOTES_TYPE, xml, package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.ENDNOTES)


def _endnotes(notes: list[str]) -> str:
    """The endnotes part: two separators that Word insists on, then the notes from 1."""
    separators = "".join(
        f'<w:endnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:endnote>'
        for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
    )
    told = "".join(
        f'<w:endnote w:id="{number}"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        f'<w:endnoteRef/></w:r><w:r><w:rPr><w:sz w:val="18"/></w:rPr>'
        f'<w:t xml:space="preserve"> {escape(note)}</w:t></w:r></w:p></w:endnote>'
        for number, note in enumerate(notes, start=1)
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<w:endnotes xmlns:w="{NAMESPACE}">{separators}{told}</w:endnotes>'
