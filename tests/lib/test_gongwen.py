from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml.etree import fromstring

from bihuan.files.gate import read_document
from bihuan.lib.gongwen import (
    Heading,
    Paper,
    Paragraph,
    Run,
    Table,
    chinese_date,
    head_size,
    paragraph,
    signature_indents,
    write_docx,
)

COLON = "\uff1a"
PAPER = Paper(
    title="关于第三季度机关党建\n工作情况的通报",
    head="中共某市直机关工作委员会",
    number="市直工委〔2026〕12号",
    addressee="各单位机关党委",
    body=(
        Heading(1, "一、总体情况"),
        Paragraph((Run("应开展"), Run("1890次", "应开展数 <见台账>。"), Run("已完成", "完成数。"))),
        Heading(2, "二级"),
        Heading(3, "1.三级"),
        Heading(4, "四级"),
        Table(("单位", "完成率"), (("甲局", "91%"), ("乙局", "88%")), (3, 1), "表1"),
        paragraph("特此通报。"),
    ),
    attachments=("未完成事项清单", "反馈表"),
    signature="市直机关工委",
    date=dt.date(2024, 3, 5),
)


@pytest.fixture(scope="module")
def written():
    return write_docx(PAPER)


@pytest.fixture(scope="module")
def opened(written):
    return Document(io.BytesIO(written))


def xml(written, part):
    return zipfile.ZipFile(io.BytesIO(written)).read(part).decode()


def line(opened, text):
    return next(p for p in opened.paragraphs if p.text == text)


def font(added):
    return added.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")), added.runs[0].font.size


def test_the_page_is_a4_with_the_margins_of_the_standard(opened):
    section = opened.sections[0]

    sizes = [
        section.page_width,
        section.page_height,
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    ]

    wanted = [Mm(210), Mm(297), Mm(37), Mm(35), Mm(28), Mm(26)]
    assert [round(size / 36000, 1) for size in sizes] == [round(size / 36000, 1) for size in wanted]


def test_the_grid_has_22_lines_of_28_characters(opened):
    grid = opened.sections[0]._sectPr.find(qn("w:docGrid"))
    normal = opened.styles["Normal"].paragraph_format
    body = line(opened, "特此通报。")

    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    assert normal.line_spacing == Pt(28.95)
    assert int(225 / 25.4 * 72 / 28.95) == 22
    spacing = body.runs[0]._r.rPr.find(qn("w:spacing"))
    assert spacing.get(qn("w:val")) == "-5"
    assert int(156 / 25.4 * 72 / (16 - 0.25)) == 28


def test_each_part_has_its_font_and_size(opened):
    fonts = {
        text: font(line(opened, text))
        for text in (
            "中共某市直机关工作委员会",
            "工作情况的通报",
            "各单位机关党委" + COLON,
            "一、总体情况",
            "二级",
            "1.三级",
            "四级",
            "特此通报。",
            "市直机关工委",
        )
    }

    assert fonts == {
        "中共某市直机关工作委员会": ("方正小标宋简体", Pt(head_size("中共某市直机关工作委员会"))),
        "工作情况的通报": ("方正小标宋简体", Pt(22)),
        "各单位机关党委" + COLON: ("仿宋_GB2312", Pt(16)),
        "一、总体情况": ("黑体", Pt(16)),
        "二级": ("楷体_GB2312", Pt(16)),
        "1.三级": ("仿宋_GB2312", Pt(16)),
        "四级": ("仿宋_GB2312", Pt(16)),
        "特此通报。": ("仿宋_GB2312", Pt(16)),
        "市直机关工委": ("仿宋_GB2312", Pt(16)),
    }


def test_headings_are_headings_to_the_navigation_pane(opened):
    levels = [
        line(opened, text)._p.pPr.find(qn("w:outlineLvl")).get(qn("w:val"))
        for text in ("一、总体情况", "二级", "1.三级", "四级")
    ]

    assert levels == ["0", "1", "2", "3"]


def test_paragraphs_are_indented_by_two_characters(opened):
    indents = line(opened, "特此通报。")._p.pPr.findall(qn("w:ind"))

    assert [(i.get(qn("w:firstLine")), i.get(qn("w:firstLineChars"))) for i in indents] == [
        ("640", "200")
    ]


def test_the_head_is_red_and_fits_its_line(opened):
    head = line(opened, "中共某市直机关工作委员会").runs[0].font

    assert str(head.color.rgb) == "FF0000"
    assert (head_size("某" * 11), head_size("工委"), head_size("某" * 60)) == (36, 48, 16)


def test_notes_are_real_endnotes_in_order(written):
    body, notes = xml(written, "word/document.xml"), xml(written, "word/endnotes.xml")

    assert re.findall(r'<w:endnoteReference w:id="(\d+)"/>', body) == ["1", "2"]
    assert re.findall(r'<w:endnote (?:w:type="\w+" )?w:id="(-?\d+)"', notes) == [
        "-1",
        "0",
        "1",
        "2",
    ]
    assert re.findall(r'preserve"> ([^<]*)</w:t>', notes) == [
        "应开展数 &lt;见台账&gt;。",
        "完成数。",
    ]
    assert "endnotes+xml" in xml(written, "[Content_Types].xml")
    assert "/endnotes" in xml(written, "word/_rels/document.xml.rels")
    assert '<w:numFmt w:val="decimal"/>' in xml(written, "word/settings.xml")


def test_without_notes_there_is_no_endnotes_part():
    names = zipfile.ZipFile(io.BytesIO(write_docx(Paper("题", (paragraph("文"),))))).namelist()

    assert "word/endnotes.xml" not in names


def test_a_table_has_a_header_row_that_is_repeated(opened):
    table = opened.tables[0]

    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["单位", "完成率"],
        ["甲局", "91%"],
        ["乙局", "88%"],
    ]
    headers = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert headers == [True, False, False]
    assert [round(cell.width / 36000) for cell in table.rows[0].cells] == [117, 39]


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(opened):
    section = opened.sections[0]
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]

    assert opened.settings.odd_and_even_pages_header_footer is True
    assert (odd.alignment, odd.paragraph_format.right_indent) == (2, Pt(14))
    assert (even.alignment, even.paragraph_format.left_indent) == (0, Pt(14))
    for footer in (odd, even):
        assert (footer.text, "PAGE" in footer._p.xml) == ("—  —", True)
        assert font(footer) == ("宋体", Pt(14))


def test_attachments_stand_one_under_the_other(opened):
    first, second = line(opened, f"附件{COLON}1.未完成事项清单"), line(opened, "2.反馈表")

    assert first.paragraph_format.left_indent + first.paragraph_format.first_line_indent == Pt(32)
    assert second.paragraph_format.left_indent == Pt(80)


@pytest.mark.parametrize(
    ("name", "day", "indents"),
    [
        (6.0, 6.0, (2.0, 0.0)),
        (10.0, 6.0, (2.0, 4.0)),
        (4.0, 6.5, (6.5, 2.0)),
        (0.0, 6.5, (2.0, 4.0)),
    ],
)
def test_the_date_begins_two_characters_right_of_the_name(name, day, indents):
    assert signature_indents(name, day) == indents


def test_dates_have_no_leading_zeros():
    assert chinese_date(dt.date(2024, 3, 5)) == "2024年3月5日"


def test_characters_xml_cannot_hold_are_left_out():
    written = write_docx(Paper("题\x00", (Paragraph((Run("甲\x0b乙", "丙\x01"),)),)))

    assert [p.text for p in Document(io.BytesIO(written)).paragraphs] == ["题", "", "甲乙"]


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/footer1.xml"])
def test_no_property_is_written_twice(written, part):
    root = fromstring(xml(written, part).encode())

    for properties in root.iter(qn("w:pPr"), qn("w:rPr"), qn("w:sectPr")):
        tags = [child.tag for child in properties if "Reference" not in child.tag]
        assert len(tags) == len(set(tags))


def test_the_gate_reads_what_was_written(written):
    found = read_document(written, name="通报.docx")

    assert "应开展1890次已完成" in found.text
    assert "单位\t完成率\n甲局\t91%" in found.text
    assert [notice.code for notice in found.warnings] == ["notes"]


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")), reason="no LibreOffice here"
)
def test_a_rendered_page_has_22_lines_of_28_characters(tmp_path):
    (tmp_path / "a.docx").write_bytes(write_docx(Paper("题", (paragraph("国" * 28 * 70),))))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "a.docx"]

    subprocess.run(convert, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    show = ["pdftotext", "-layout", "a.pdf", "-"]
    pages = subprocess.run(show, cwd=tmp_path, check=True, capture_output=True).stdout.decode()

    second_page = [row.strip() for row in pages.split("\f")[1].splitlines() if "国" in row]
    assert [len(row) for row in second_page] == [28] * 22
