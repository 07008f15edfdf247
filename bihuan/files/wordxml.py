"""Small steps through WordprocessingML, by local names.

The transitional and the strict edition of OOXML differ in their namespaces and in nothing
that is read here.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bihuan.files.faults import Unreadable

OFF = {"0", "false", "off", "none"}


def local(element: Element) -> str:
    """The name of `element` without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child(element: Element, *path: str) -> Element | None:
    """The first descendant reached by `path`, one step a name."""
    found: Element | None = element
    for name in path:
        if found is None:
            return None
        found = next(children(found, name), None)
    return found


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of `element` called `name`."""
    return (each for each in element if local(each) == name)


def attribute(element: Element, name: str) -> str | None:
    """The attribute `name` of `element`, whatever its namespace."""
    for key, found in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return found
    return None


def value(element: Element, *path: str) -> str | None:
    """The `val` of the descendant at `path`: OOXML's way to write a property."""
    found = child(element, *path)
    return None if found is None else attribute(found, "val")


def flag(element: Element, *path: str) -> bool:
    """Whether the on-off property at `path` is on; present without a value means on."""
    found = child(element, *path)
    return found is not None and (attribute(found, "val") or "1") not in OFF


def read_part(archive: zipfile.ZipFile, name: str) -> Element | None:
    """The root of the part `name`, or None if there is no such part. Raises `Unreadable`."""
    try:
        raw = archive.read(name)
    except KeyError:
        return None
    try:
        root: Element = fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable("dtd") from error
    except (ParseError, ValueError) as error:
        raise Unreadable("damaged") from error
    return root


@dataclass(frozen=True)
class Link:
    """A relationship: what `kind` of thing lies at `target`, inside the archive or outside."""

    kind: str
    target: str
    external: bool


def links_of(archive: zipfile.ZipFile, part: str) -> list[Link]:
    """The relationships of `part` ("" for the package); inner targets as names of the archive."""
    folder, name = posixpath.split(part)
    root = read_part(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    links = []
    for element in root if root is not None else ():
        kind = (attribute(element, "Type") or "").rpartition("/")[2]
        target = attribute(element, "Target") or ""
        external = (attribute(element, "TargetMode") or "").lower() == "external"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        links.append(Link(kind, target, external))
    return links
