"""Bytes of a text file → characters: which encoding, and what could not be read."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cache

REPLACEMENT = "\ufffd"
_SAMPLE = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of damaged UTF-8 the most stays legible; read as UTF-8, GB18030 and Big5 lose nearly every character.
_LEGIBLE_UTF8 = 0.2
_NULS_OF_UTF16 = 0.2  # digits, blanks and line breaks; a text without any is read by its mark alone
_MOST_CONTROLS = 0.02
_PLAUSIBLE = 0.5


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how its bytes were read. damaged: characters that could not be read and stand as U+FFFD."""

    text: str
    encoding: str
    damaged: int = 0


def decoded(data: bytes) -> Decoded | None:
    """The text of the bytes; None for what is no text at all.

    By its mark (BOM), else UTF-8, else UTF-16 without mark, else GB18030 or Big5, whichever gives the more ordinary
    characters. Bytes that fit no encoding are replaced one by one and counted. Cost: linear, at most five readings.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _lossy(data, encoding)
    if (unmarked := _utf16_without_mark(data)) is not None:
        return _lossy(data, unmarked)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_quite_utf8(data)
    return Decoded(text, "utf-8") if _is_text(text) else None


def _lossy(data: bytes, encoding: str) -> Decoded | None:
    text = data.decode(encoding, "replace")
    damaged = text.count(REPLACEMENT)
    return Decoded(text, encoding, damaged) if _is_text(text) and damaged <= len(text) // 2 else None


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 2 * _NULS_OF_UTF16 or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _not_quite_utf8(data: bytes) -> Decoded | None:
    lossy = data.decode("utf-8", "replace")
    foreign = sum(character > "\x7f" for character in lossy[:_SAMPLE])
    damaged = lossy[:_SAMPLE].count(REPLACEMENT)
    readings = []
    if damaged <= foreign * _LEGIBLE_UTF8:
        readings.append((1.0, Decoded(lossy, "utf-8", lossy.count(REPLACEMENT))))
    for encoding, common in (("gb18030", _common_simplified()), ("big5hkscs", _common_traditional())):
        text = data.decode(encoding, "replace")
        readings.append((_ordinary(text, common), Decoded(text, encoding, text.count(REPLACEMENT))))
    share, best = max(readings, key=lambda reading: reading[0])
    return best if share >= _PLAUSIBLE and _is_text(best.text) else None


def _ordinary(text: str, common: frozenset[str]) -> float:
    """The share of ordinary characters among those beyond ASCII, at the head of a text."""
    foreign = [character for character in text[:_SAMPLE] if character > "\x7f"]
    return sum(character in common for character in foreign) / len(foreign) if foreign else 0.0


@cache
def _common_simplified() -> frozenset[str]:
    """The 3,755 characters of level one of GB 2312, and its signs, which any Chinese text is mostly made of."""
    return _row_characters("gb2312", [*range(0xA1, 0xA4), *range(0xB0, 0xD8)], [(0xA1, 0xFF)])


@cache
def _common_traditional() -> frozenset[str]:
    """The 5,401 characters of level one of Big5, and its signs."""
    return _row_characters("big5", [*range(0xA1, 0xA4), *range(0xA4, 0xC7)], [(0x40, 0x7F), (0xA1, 0xFF)])


def _row_characters(encoding: str, leads: list[int], trails: list[tuple[int, int]]) -> frozenset[str]:
    pairs = b"".join(bytes((lead, trail)) for lead in leads for low, high in trails for trail in range(low, high))
    return frozenset(pairs.decode(encoding, "ignore"))


def _is_text(text: str) -> bool:
    """Whether control characters are as rare as in a text."""
    sample = text[:_SAMPLE]
    controls = sum(character < " " and character not in "\t\n\r\f\v\x1a" for character in sample)
    return controls <= len(sample) * _MOST_CONTROLS
