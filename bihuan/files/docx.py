"""Word documents (.docx): the text as it is printed, numbers included.

Read from the XML itself: python-docx knows neither printed numbers nor text boxes, revisions
or content controls, and does not forbid a DTD.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from bihuan.files.faults import Extract, Unreadable
from bihuan.files.numbering import Numbering, as_number
from bihuan.files.wordxml import (
    Link,
    attribute,
    child,
    children,
    flag,
    links_of,
    local,
    read_part,
    value,
)

MAIN_PART = "word/document.xml"
# Deleted text, and what is not text: properties, instructions of fields, phonetic guides.
SKIPPED = {"del", "moveFrom", "pPr", "rPr", "instrText", "delText", "delInstrText", "rt"}
SKIPPED |= {"sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "rubyPr"}
SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
REVISIONS = {"ins", "del", "moveFrom", "moveTo"}
DDE = re.compile(r"(?:^|[\s{])DDE(?:AUTO)?\b", re.IGNORECASE)
# A host name after the slashes; a drive letter or a third slash means the author's own disk.
REMOTE = re.compile(
    r"^(?:(?:https?|ftp|smb|dav|webdav)s?:|file:(?:/{2}|/{4,})(?!/)(?![A-Za-z]:)|\\\\|//)",
    re.IGNORECASE,
)
FETCHED_KINDS = {
    "attachedTemplate",
    "oleObject",
    "subDocument",
    "frame",
    "aFChunk",
    "mailMergeSource",
}
EMBEDDED_KINDS = {"oleObject", "aFChunk", "package", "control", "activeXControlBinary"}
NOTE_KINDS = {"footnotes": "footnoteReference", "endnotes": "endnoteReference"}


def read(archive: zipfile.ZipFile) -> Extract:
    """The text of the main part: headers, footers, notes and comments stay out.

    Raises `Unreadable`: macro, external, embedded, dtd, damaged.
    """
    main = main_part(archive)
    links = links_of(archive, main) + settings_links(archive, main)
    extract = Extract("")
    check_macros(archive)
    check_links(links, extract)
    root = read_part(archive, main)
    body = child(root, "body") if root is not None else None
    if body is None:
        raise Unreadable("damaged")
    check_fields(body)
    reader = Reader(
        Styles(read_part(archive, target_of(links, "styles", "word/styles.xml"))),
        Numbering(read_part(archive, target_of(links, "numbering", "word/numbering.xml"))),
        extract,
    )
    extract.text = "\n".join(reader.blocks(body))
    return extract


def main_part(archive: zipfile.ZipFile) -> str:
    """The part the package calls its document; usually `word/document.xml`."""
    return target_of(links_of(archive, ""), "officeDocument", MAIN_PART)


def target_of(links: list[Link], kind: str, default: str) -> str:
    return next((link.target for link in links if link.kind == kind), default)


def settings_links(archive: zipfile.ZipFile, main: str) -> list[Link]:
    """The relationships of the settings part, where a remote template is named."""
    folder = main.rpartition("/")[0]
    return links_of(archive, f"{folder}/settings.xml" if folder else "settings.xml")


def check_macros(archive: zipfile.ZipFile) -> None:
    """Refuse macros, by the part itself or by the content type that announces them."""
    types = read_part(archive, "[Content_Types].xml")
    announced = (
        ""
        if types is None
        else " ".join(attribute(element, "ContentType") or "" for element in types)
    )
    named = any("vba" in name.lower() for name in archive.namelist())
    if named or "macroEnabled" in announced or "vbaProject" in announced:
        raise Unreadable("macro")


def check_links(links: list[Link], extract: Extract) -> None:
    """Refuse what Word would fetch or start when the file is opened.

    A hyperlink is only a word that can be clicked, a template on the author's own disk only a
    name: both are let through. Linked pictures are never fetched here and only mentioned.
    """
    for link in links:
        if link.external and link.kind in FETCHED_KINDS:
            if link.kind != "attachedTemplate" or REMOTE.search(link.target):
                raise Unreadable("external")
        elif link.external and link.kind == "image":
            extract.note("linked_images")
        elif not link.external and link.kind in EMBEDDED_KINDS:
            raise Unreadable("embedded")


def check_fields(body: Element) -> None:
    """Refuse fields that start another program (DDE). Word may cut the word into runs."""
    for paragraph in body.iter():
        name = local(paragraph)
        if name == "p":
            parts = (e.text or "" for e in paragraph.iter() if local(e) == "instrText")
            instruction = "".join(parts)
        elif name == "fldSimple":
            instruction = attribute(paragraph, "instr") or ""
        else:
            continue
        if DDE.search(instruction):
            raise Unreadable("external")


class Styles:
    """Which list and level a paragraph style brings along, by way of its ancestors."""

    def __init__(self, root: Element | None) -> None:
        self.styles: dict[str, Element] = {}
        self.default: str | None = None
        for style in children(root, "style") if root is not None else ():
            identifier = attribute(style, "styleId") or ""
            self.styles[identifier] = style
            is_default = (attribute(style, "default") or "0") not in {"0", "false", "off"}
            if attribute(style, "type") == "paragraph" and is_default:
                self.default = identifier

    def numbering(self, style_id: str | None) -> tuple[str | None, str | None]:
        """`numId` and `ilvl` of the style, each from the nearest ancestor that has it."""
        list_id = depth = None
        seen: set[str] = set()
        current = style_id or self.default
        while current and current in self.styles and current not in seen:
            seen.add(current)
            style = self.styles[current]
            list_id = list_id or value(style, "pPr", "numPr", "numId")
            depth = depth or value(style, "pPr", "numPr", "ilvl")
            current = value(style, "basedOn")
        return list_id, depth


class Reader:
    """Goes through a body once, in order, as the numbers require."""

    def __init__(self, styles: Styles, numbering: Numbering, extract: Extract) -> None:
        self.styles, self.numbering, self.extract = styles, numbering, extract

    def blocks(self, parent: Element) -> Iterator[str]:
        """The lines of `parent`: its paragraphs and table rows, content controls opened."""
        for element in parent:
            name = local(element)
            if name == "p":
                yield from self.paragraph(element)
            elif name == "tbl":
                yield from self.table(element)
            elif name not in SKIPPED and len(element):
                yield from self.blocks(chosen(element))

    def paragraph(self, element: Element) -> Iterator[str]:
        """The printed line of a paragraph, then those of the text boxes anchored in it."""
        boxes: list[Element] = []
        text = "".join(self.pieces(element, boxes))
        label = self.label(element) if text.strip() else ""
        yield label + text
        for box in boxes:
            yield from (line for line in self.blocks(box) if line.strip())

    def label(self, element: Element) -> str:
        """The automatic number: the paragraph's own list, else that of its style."""
        style_list, style_depth = self.styles.numbering(value(element, "pPr", "pStyle"))
        list_id = value(element, "pPr", "numPr", "numId") or style_list
        depth = value(element, "pPr", "numPr", "ilvl") or style_depth
        if not list_id or list_id == "0":
            return ""
        return self.numbering.label(list_id, as_number(depth, 0))

    def pieces(self, element: Element, boxes: list[Element]) -> Iterator[str]:
        """The text of a paragraph or run in order; text boxes are put aside into `boxes`."""
        for each in element:
            name = local(each)
            if name in REVISIONS:
                self.extract.note("revisions")
            if name in SKIPPED:
                continue
            if name == "t":
                yield each.text or ""
            elif name in SIGNS:
                yield "" if attribute(each, "type") in {"page", "column"} else SIGNS[name]
            elif name == "txbxContent":
                boxes.append(each)
            elif len(each) or name == "r":
                self.notice(each, name)
                yield from self.pieces(chosen(each), boxes)
            elif name in {"footnoteReference", "endnoteReference"}:
                self.extract.note("notes")
            elif name == "commentReference":
                self.extract.note("comments")

    def notice(self, element: Element, name: str) -> None:
        if name == "r" and (flag(element, "rPr", "vanish") or flag(element, "rPr", "webHidden")):
            self.extract.note("hidden")

    def table(self, element: Element) -> Iterator[str]:
        """One line a row, cells parted by tabs; a merged cell's text stands in its first place."""
        for row in self.rows(element):
            yield "\t".join(self.cells(row))

    def rows(self, element: Element) -> Iterator[Element]:
        for each in element:
            name = local(each)
            if name == "tr":
                if child(each, "trPr", "del") is None:
                    yield each
            elif name not in SKIPPED:
                yield from self.rows(each)

    def cells(self, row: Element) -> list[str]:
        before = as_number(value(row, "trPr", "gridBefore"), 0)
        cells = [""] * min(before, 64)
        for cell in self.each_cell(row):
            span = min(max(as_number(value(cell, "tcPr", "gridSpan"), 1), 1), 64)
            merged = child(cell, "tcPr", "vMerge")
            continued = merged is not None and attribute(merged, "val") != "restart"
            if span > 1 or merged is not None:
                self.extract.note("merged")
            lines = (re.sub(r"\s+", " ", line).strip() for line in self.blocks(cell))
            text = "" if continued else " ".join(line for line in lines if line)
            cells += [text] + [""] * (span - 1)
        return cells

    def each_cell(self, row: Element) -> Iterator[Element]:
        for each in row:
            name = local(each)
            if name == "tc":
                yield each
            elif name not in SKIPPED:
                yield from self.each_cell(each)


def chosen(element: Element) -> Element:
    """Of `AlternateContent` one branch, or everything in it would be read twice."""
    if local(element) != "AlternateContent":
        return element
    branch = child(element, "Choice")
    if branch is None:
        branch = child(element, "Fallback")
    return element if branch is None else branch
