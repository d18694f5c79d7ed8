"""OLE compound files (.xls, and what is encrypted): which streams they hold, and the cells of an .xls that show an
error.

The reading engine returns an error cell as a blank, and a blank means "not stated": so error cells are looked up here.
Formats: [MS-CFB] and [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_MINI_LIMIT = 4096
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BOUNDSHEET, _FORMULA, _BOOLERR, _EOF, _BOF, _FILEPASS = 0x85, 0x06, 0x205, 0x0A, 0x809, 0x2F


class CompoundFile:
    """A compound file held in memory. Raises `ValueError` or `struct.error` when it is damaged."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if self._data[:8] != MAGIC:
            raise ValueError("not a compound file")
        self._sector = 1 << struct.unpack_from("<H", self._data, 30)[0]
        self._mini_sector = 1 << struct.unpack_from("<H", self._data, 32)[0]
        if self._sector not in (512, 4096) or self._mini_sector != 64:
            raise ValueError("damaged header")
        directory, _, _, mini_fat, _, first_difat, _ = struct.unpack_from("<7I", self._data, 48)
        self._fat = self._read_fat(first_difat)
        self._entries = dict(self._read_directory(directory))
        self._mini_fat = self._numbers(self._chain(mini_fat, self._fat))
        self._mini_stream: bytes | None = None

    @property
    def streams(self) -> frozenset[str]:
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a stream; KeyError when there is none."""
        start, size = self._entries[name]
        if size >= _MINI_LIMIT:
            return self._chain(start, self._fat)[:size]
        if self._mini_stream is None:
            root_start, root_size = self._entries.get("Root Entry", (_FREE, 0))
            self._mini_stream = self._chain(root_start, self._fat)[:root_size]
        width = self._mini_sector
        return b"".join(self._mini_stream[n * width : (n + 1) * width] for n in self._follow(start, self._mini_fat))[
            :size
        ]

    def _read_fat(self, next_difat: int) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        for _ in range(len(self._data) // self._sector):
            if next_difat >= _FREE:
                break
            numbers = self._numbers(self._at(next_difat))
            sectors += numbers[:-1]
            next_difat = numbers[-1]
        return [number for sector in sectors if sector < _FREE for number in self._numbers(self._at(sector))]

    def _read_directory(self, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
        data = self._chain(start, self._fat)
        for offset in range(0, len(data) - 127, 128):
            length = struct.unpack_from("<H", data, offset + 64)[0]
            if data[offset + 66] in (1, 2, 5) and 2 <= length <= 64:
                name = data[offset : offset + length - 2].decode("utf-16-le", "replace")
                yield name, struct.unpack_from("<II", data, offset + 116)

    def _at(self, sector: int) -> bytes:
        return self._data[(sector + 1) * self._sector : (sector + 2) * self._sector]

    def _chain(self, start: int, fat: list[int]) -> bytes:
        return b"".join(self._at(sector) for sector in self._follow(start, fat))

    def _follow(self, start: int, fat: list[int]) -> Iterator[int]:
        for _ in range(len(fat)):  # a chain that runs in a circle ends here
            if start >= len(fat):
                return
            yield start
            start = fat[start]

    def _numbers(self, data: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def records(stream: bytes, offset: int = 0) -> Iterator[tuple[int, int, int]]:
    """(kind, offset of the data, length) of the records of an .xls workbook stream."""
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        yield kind, offset + 4, length
        offset += 4 + length


def has_filepass(stream: bytes) -> bool:
    """Whether the workbook stream is encrypted: its FILEPASS record stands among the first."""
    for count, (kind, _, _) in enumerate(records(stream)):
        if kind == _FILEPASS:
            return True
        if kind == _BOUNDSHEET or count > 50:
            return False
    return False


def error_cells(path: Path) -> dict[int, dict[tuple[int, int], str]]:
    """Sheet → 0-based (row, column) → what the cell shows, of every cell of an .xls that shows an error."""
    file = CompoundFile(path)
    stream = file.read("Workbook" if "Workbook" in file.streams else "Book")
    starts = [struct.unpack_from("<I", stream, at)[0] for kind, at, _ in records(stream) if kind == _BOUNDSHEET]
    found = {number: dict(_error_cells_from(stream, start)) for number, start in enumerate(starts)}
    return {number: cells for number, cells in found.items() if cells}


def _error_cells_from(stream: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    depth = 0
    for kind, at, length in records(stream, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            return
        if kind == _BOOLERR and length >= 8 and stream[at + 7]:
            yield struct.unpack_from("<HH", stream, at), _ERRORS.get(stream[at + 6], "#ERR")
        if kind == _FORMULA and length >= 14 and stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:
            yield struct.unpack_from("<HH", stream, at), _ERRORS.get(stream[at + 8], "#ERR")
