"""What a file of the corpus is, and the text most of them carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LINE = "一、每季度召开一次支部党员大会。"
SECOND = "二、十二月底前完成述职评议。"
TEXT = f"{LINE}\n{SECOND}"


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
