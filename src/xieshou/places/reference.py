"""The packaged reference data: reading it, and checking that it is what was packaged.

`data/README.md` names the source and the licence of each file. Codes in the files have the digits of their level
(2, 4, 6, 9 or 12).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import lzma
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from xieshou.places.errors import ReferenceDataDamaged

FOLDER = Path(__file__).parent / "data"


def checksum() -> str:
    """SHA-256 over the packaged files. Raises: ReferenceDataDamaged, for a file that is not the one packaged."""
    whole = hashlib.sha256()
    for row in rows("checksums"):
        name, expected = row["file"], row["sha256"]
        path = FOLDER / name
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise ReferenceDataDamaged(
                _("区划数据文件 %(name)s 缺失或已损坏，请重新安装携手。") % {"name": name}, file=name
            )
        whole.update(f"{name} {expected}\n".encode("ascii"))
    return whole.hexdigest()


def rows(name: str) -> list[dict[str, str]]:
    """The lines of one small table (`name.csv` or `name.csv.xz`)."""
    return list(csv.DictReader(io.StringIO(_text(name), newline="")))


def codes_and_names(name: str) -> Iterator[tuple[str, str]]:
    """The lines of a large table of two columns, without the header."""
    lines = csv.reader(io.StringIO(_text(name), newline=""))
    next(lines)
    return ((code, title) for code, title in lines)


def _text(name: str) -> str:
    packed = FOLDER / f"{name}.csv.xz"
    if packed.exists():
        return lzma.decompress(packed.read_bytes()).decode("utf-8")
    return (FOLDER / f"{name}.csv").read_text(encoding="utf-8")


@cache
def simplified() -> dict[int, str]:
    """Traditional and variant character (code point) to the standard character; 3,417 pairs."""
    table = json.loads(lzma.decompress((FOLDER / "simplified.json.xz").read_bytes()))
    return dict(zip(map(ord, table["from"]), table["to"], strict=True))


@cache
def look_alikes() -> tuple[dict[str, str], dict[str, str]]:
    """Characters that stand for each other in names of places, and those that are merely alike in shape.

    Each maps a character to the others, in either direction.
    """
    usual: dict[str, set[str]] = defaultdict(set)
    shapes: dict[str, set[str]] = defaultdict(set)
    for row in rows("look_alikes"):
        likes = shapes if row["kind"] == "形近" else usual
        likes[row["one"]].add(row["other"])
        likes[row["other"]].add(row["one"])
    table: dict[str, str] = json.loads(lzma.decompress((FOLDER / "similar.json.xz").read_bytes()))
    for character, others in table.items():
        for other in others:
            shapes[character].add(other)
            shapes[other].add(character)
    return _joined(usual), _joined(shapes)


def _joined(likes: dict[str, set[str]]) -> dict[str, str]:
    return {character: "".join(sorted(others)) for character, others in likes.items()}
