from __future__ import annotations

import io
import zipfile

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from bihuan.lib.gongwen import Heading, Paper, Paragraph, Run, Table, write_docx

PAPER = Paper(
    title="关于组织生活情况的通报",
    blocks=(
        Heading("一、总体情况"),
        Paragraph((Run("共登记活动"), Run("12", note="活动次数 <口径>"), Run("次。"))),
        Table(("单位", "逾期"), ((Run("市测试局"), Run("3")),)),
    ),
    signature="市直机关工委",
    day="2024年3月5日",
)


def test_the_page_is_that_of_the_standard() -> None:
    section = Document(io.BytesIO(write_docx(PAPER))).sections[0]

    assert [round(side.mm) for side in (
        section.page_width, section.page_height, section.top_margin, section.bottom_margin,
        section.left_margin, section.right_margin,
    )] == [210, 297, 37, 35, 28, 26]  # fmt: skip
    assert section.left_margin == Mm(28)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:linePitch")) == "579"


def test_title_heading_and_body_have_their_fonts_and_sizes() -> None:
    document = Document(io.BytesIO(write_docx(PAPER)))

    def look(text: str) -> tuple[str, float]:
        run = next(r for p in document.paragraphs for r in p.runs if r.text == text)
        return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt

    assert look(PAPER.title) == ("方正小标宋简体", 22.0)
    assert look("一、总体情况") == ("黑体", 16.0)
    assert look("共登记活动") == ("仿宋_GB2312", 16.0)


def test_a_number_carries_a_real_endnote() -> None:
    with zipfile.ZipFile(io.BytesIO(write_docx(PAPER))) as archive:
        notes = archive.read("word/endnotes.xml").decode()
        body = archive.read("word/document.xml").decode()
        types = archive.read("[Content_Types].xml").decode()

    assert "活动次数 &lt;口径&gt;" in notes
    assert '<w:endnoteReference w:id="1"/>' in body
    assert "/word/endnotes.xml" in types


def test_the_head_of_a_table_is_repeated_on_every_page() -> None:
    table = Document(io.BytesIO(write_docx(PAPER))).tables[0]

    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in table.rows[1].cells] == ["市测试局", "3"]
