"""What stands between the marks of a template, as a Chinese Word types it, read as plain: pure functions over text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Quotation marks of every kind open and close a text; Word turns straight ones into curly ones while one types.
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‟": '"', "＂": '"', "「": '"', "」": '"', "‘": "'", "’": "'", "＇": "'"}
)
# Everything else, outside of a text only: what is written in quotation marks stays as it is.
_SIGNS = str.maketrans(
    {
        "（": "(", "）": ")", "，": ",", "、": ",", "：": ":", "．": ".", "。": ".", "＝": "=", "＞": ">", "＜": "<",
        "！": "!", "［": "[", "］": "]", "【": "[", "】": "]", "｜": "|", "－": "-", "＋": "+", "＊": "*", "／": "/",
        "％": "%", "＿": "_", "\u3000": " ", "\xa0": " ", "\u2009": " ", "\u200b": " ", "\t": " ", "\n": " ",
        "≥": ">=", "≤": "<=", "≠": "!=",
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        **{chr(0xFF21 + letter): chr(0x41 + letter) for letter in range(26)},
        **{chr(0xFF41 + letter): chr(0x61 + letter) for letter in range(26)},
    }
)  # fmt: skip
_WORDS = {
    "如果": "if", "否则如果": "elif", "否则": "else", "结束如果": "endif", "循环": "for", "结束循环": "endfor",
    "设": "set", "在": "in", "且": "and", "或": "or", "非": "not",
}  # fmt: skip
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")
_WORD = re.compile(r"(?<![\w.])(" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")(?![\w(])")
# A brace within a mark would make the search quadratic in a text of braces, and means nothing there.
MARK = re.compile(r"[{｛]{2}(?P<value>[^{}｛｝]*)[}｝]{2}|[{｛][%％](?P<order>[^{}｛｝]*?)[%％][}｝]")
_LOOSE = re.compile(r"[{｛]{2}|[}｝]{2}|[{｛][%％]|[%％][}｝]")

OPENING = {"if": "endif", "for": "endfor"}
CLOSING = frozenset(OPENING.values())
BETWEEN = frozenset({"else", "elif"})
ORDERS = frozenset({*OPENING, *CLOSING, *BETWEEN, "set"})


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a paragraph: `start` and `end` in its text; order: its first word when it is an order, else ""."""

    start: int
    end: int
    code: str
    order: str = ""


def plain_code(text: str) -> str:
    """The inside of a mark with plain quotation marks, brackets, commas, digits and English orders."""
    text = text.translate(_QUOTES)
    pieces, end = [], 0
    for literal in _TEXT.finditer(text):
        pieces += [_plain(text[end : literal.start()]), literal[0]]
        end = literal.end()
    return "".join((*pieces, _plain(text[end:]))).strip()


def _plain(text: str) -> str:
    return _WORD.sub(lambda match: _WORDS[match[1]], text.translate(_SIGNS))


def marks_in(text: str) -> Iterator[Mark]:
    """The marks of a paragraph, in order."""
    for found in MARK.finditer(text):
        if found["order"] is None:
            yield Mark(found.start(), found.end(), plain_code(found["value"]))
        else:
            code = plain_code(found["order"]).strip("-+ ")
            yield Mark(found.start(), found.end(), code, code.split(" ", 1)[0].split("(", 1)[0])


def loose_mark(text: str) -> str:
    """A mark that has no partner in the paragraph, "" where all have one."""
    found = _LOOSE.search(MARK.sub("", text))
    return found[0] if found else ""
