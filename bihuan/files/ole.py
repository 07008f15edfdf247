"""The directory of an OLE compound file ([MS-CFB]): enough to tell what kind it is."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from bihuan.files.faults import Unreadable

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = 512
HEADER_SECTORS = 109
ENTRY = 128
END_OF_CHAIN = 0xFFFFFFFA
STREAM, EMPTY = 2, 0


@dataclass(frozen=True)
class Item:
    """One storage or stream of the container; `start` is its first sector."""

    name: str
    kind: int
    start: int
    size: int


class Container:
    """A compound file read as far as its directory. Raises `Unreadable("damaged")`."""

    def __init__(self, data: bytes) -> None:
        if len(data) < HEADER or not data.startswith(MAGIC):
            raise Unreadable("damaged")
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in (9, 12):
            raise Unreadable("damaged")
        self.data, self.sector = data, 1 << shift
        self.table = self._read_table()
        first = struct.unpack_from("<I", data, 48)[0]
        self.items = [item for item in map(self._item, self._entries(first)) if item.kind != EMPTY]

    def names(self) -> set[str]:
        return {item.name for item in self.items}

    def head(self, name: str, size: int) -> bytes:
        """The first `size` bytes (at most one sector) of the stream `name`, or nothing."""
        for item in self.items:
            if item.name == name and item.kind == STREAM:
                return self._at(item.start)[:size]
        return b""

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self.sector
        return self.data[start : start + self.sector]

    def _read_table(self) -> list[int]:
        """The chain table, from the sectors the header names; later ones are not needed."""
        numbers = struct.unpack_from(f"<{HEADER_SECTORS}I", self.data, 76)
        table: list[int] = []
        for number in numbers:
            if number >= END_OF_CHAIN:
                break
            sector = self._at(number)
            table.extend(struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4]))
        return table

    def _entries(self, first: int) -> list[bytes]:
        entries: list[bytes] = []
        seen: set[int] = set()
        number = first
        while number < END_OF_CHAIN and number not in seen:
            seen.add(number)
            sector = self._at(number)
            entries += [sector[at : at + ENTRY] for at in range(0, len(sector) - ENTRY + 1, ENTRY)]
            number = self.table[number] if number < len(self.table) else END_OF_CHAIN
        return entries

    @staticmethod
    def _item(entry: bytes) -> Item:
        length = min(struct.unpack_from("<H", entry, 64)[0], 64)
        name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", entry, 116)
        return Item(name, entry[66], start, size)
