"""The cleaned view (清洗稿) of a text: what its author meant to type, each code point with its place in the raw text.

Only what cannot change the meaning of a figure is mended; nothing is guessed at. A lost character inside a number stays
as U+FFFD, and the lexer leaves such a number alone.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain

import opencc

from xieshou.reports.audit.texts.structure import CleanText

LOST = "\ufffd"

_Edit = tuple[int, int, str]  # from, until, what stands there instead

_HAN = "\u3400-\u9fff〇"
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿếềḗ\u0300\u0301\u0304\u030c"

# 驱（qū）: a pinyin gloss. The neutral syllables carry no mark of tone; （km） and （PPP） are none.
_GLOSS = re.compile(
    rf"（(?<=[{_HAN}]（)(?:(?=[a-zü]{{0,5}}[{_TONED}])[a-zü{_TONED}]{{1,9}}"
    "|de|le|me|men|ma|ne|ba|zi|zhe|tou|ge)）"
)
# 发布（bu）: some texts gloss without tones, and then all through. One or two such syllables may be a word of its own.
_TONELESS_GLOSS = re.compile(
    rf"(?:（(?<=[{_HAN}）]（)(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    "(?:[aoeuvü]|i[aeu]?|ai|ei|ui|ao|ou|u[eoa]|ve|er|[aeiu]n|[aeio]ng|i?ao|i?ang?|iong|u(?:ai|ang?))）)+"
)
_FEWEST_TONELESS = 5
# Zero-width and direction marks, control characters, soft hyphens, variation selectors, the first half of a line end.
_UNSEEN = re.compile(
    "[\x00-\x08\x0d\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e01ef](?:(?<!\r)|(?=\n))"
)
# Blanks and line ends with a figure or a Chinese character on both sides.
_GAP = re.compile(rf"[ \t\n](?<=[0-9.%{_HAN}](?s:.))[ \t\n]{{0,9}}(?=[0-9.%{_HAN}])")
_THOUSANDS = re.compile(r"[0-9](?<![0-9.][0-9])(?<![0-9]，[0-9])[0-9]{0,2}(?:[，'’ ][0-9]{3})+(?![0-9])")
_LETTER = re.compile(r"[lIOo](?:(?<=[0-9.].)|(?=[0-9.])|(?=，[0-9lIOo]{3}))")
_NUMBER_OF_LETTERS = re.compile(r"[0-9lIOo]{1,12}(?:，[0-9lIOo]{3}){0,4}(?:\.[0-9lIOo]{1,6})?")
_COUNTED_ON = re.compile("[十百千万亿余多元人名位户个家所项次年月日亩吨斤%]")
_SCALES = frozenset("万亿余多")
_AFTER_SCALES = frozenset("万亿元人名亩户吨斤册件平公")
_AFTER_DIGITS = frozenset("十百千万亿余多元人名位户个家所项次批期场亩吨斤公平米台套辆件册份条支%")
_SPACED_OUT_SHARE = 0.3  # of blanks among all characters; English has one in five or six
_SPACED_HAN = re.compile(rf"[{_HAN}] (?=[{_HAN}])")
_CHINESE_CHARACTER = re.compile(f"[{_HAN}]")
_SPACED_OUT = re.compile(r"(?<=[^ ]) (?=[^ ])")
_SPACED_DIGITS = re.compile(rf"[0-9](?<![0-9.][0-9])(?<![0-9.] [0-9])(?: [0-9.]){{2,14}}(?= ?[{_HAN}%])")
_WRAPPED_FROM = 12  # characters; a shorter line is a cell or an item of a list, not a wrapped one


def clean(raw: str) -> CleanText:
    """The cleaned view of `raw`, in linear time.

    Half-width digits, letters and per-cent signs; Chinese commas, colons, semicolons and brackets; Simplified
    characters (the character table of OpenCC, Apache 2.0). Glosses, invisible characters, blanks and line ends inside a
    figure and separators of thousands are gone; letters typed for digits are digits; a line ends in `\\n`; characters
    for private use and those that could not be decoded are U+FFFD. Paragraphs and other blanks stay.
    """
    text, starts = _edited(raw, array("i", range(len(raw))), map(_dropped, _UNSEEN.finditer(raw)))
    text = _in_standard_characters(text)
    if _is_spaced_out(text):
        text, starts = _edited(text, starts, map(_dropped, _SPACED_OUT.finditer(text)))
    text, starts = _edited(text, starts, _glosses(text))
    text, starts = _edited(text, starts, _mended(text))
    return CleanText(raw=raw, text=text, starts=starts, ends=array("i", map((1).__add__, starts)))


def _edited(text: str, starts: array[int], edits: Iterable[_Edit]) -> tuple[str, array[int]]:
    """Text and map after the edits, which are in order and never lengthen; one inside another is skipped."""
    pieces: list[str] = []
    kept: array[int] = array("i")
    done = 0
    for at, until, replacement in edits:
        if until <= done:
            continue
        pieces += text[done:at], replacement
        kept += starts[done : at + len(replacement)]
        done = until
    if not pieces:
        return text, starts
    pieces.append(text[done:])
    kept += starts[done:]
    return "".join(pieces), kept


def _is_spaced_out(text: str) -> bool:
    """Whether a blank stands behind nearly every character, as in justified lines; columns of a table have more."""
    if text.count(" ") <= len(text) * _SPACED_OUT_SHARE:
        return False
    spaced = sum(1 for _ in _SPACED_HAN.finditer(text))
    return spaced * 2 > sum(1 for _ in _CHINESE_CHARACTER.finditer(text))


def _dropped(match: re.Match[str]) -> _Edit:
    return *match.span(), ""


def _glosses(text: str) -> list[_Edit]:
    toneless = list(_TONELESS_GLOSS.finditer(text))
    found = {
        match.span() for match in chain(_GLOSS.finditer(text), toneless if len(toneless) >= _FEWEST_TONELESS else ())
    }
    return [(at, until, "") for at, until in sorted(found)]


def _mended(text: str) -> Iterator[_Edit]:
    """What to mend in a text of standard characters."""
    edits = sorted(chain(_closed_gaps(text), _joined_thousands(text), _read_letters(text)))
    done = 0
    for edit in edits:
        if edit[0] >= done:
            yield edit
            done = edit[1]


def _closed_gaps(text: str) -> Iterator[_Edit]:
    for gap in _GAP.finditer(text):
        if _belongs_together(text, *gap.span()):
            yield *gap.span(), ""
    for digits in _SPACED_DIGITS.finditer(text):
        yield from ((at, at + 1, "") for at in range(digits.start() + 1, digits.end(), 2))


def _belongs_together(text: str, at: int, until: int) -> bool:
    """Whether what stands on both sides of a gap is one figure, or a figure and its words."""
    before, after = text[at - 1], text[until]
    lines = text.count("\n", at, until)
    if "\t" in text[at:until] or (not lines and until - at > 2):
        return False  # a tab parts two cells, and so do three blanks
    if before in _SCALES:
        return after in _AFTER_SCALES and lines <= 2
    if not lines:
        digit, other = (before, after) if "0" <= before <= "9" else (after, before)
        if not "0" <= digit <= "9":
            return before == "人" and after == "次"
        return other > "\u3000" or other == "%" or other == after == "."
    if not "0" <= before <= "9":
        return before == "." and "0" <= after <= "9" and text[at - 2 : at - 1].isdecimal() and _is_wrapped(text, at)
    if after in _AFTER_DIGITS:
        return lines <= 2
    return lines == 1 and "0" <= after <= "9" and _is_wrapped(text, at)


def _is_wrapped(text: str, at: int) -> bool:
    """Whether the line that ends at `at` looks like running text cut by the width of a page inside a number."""
    line = text[max(0, at - _WRAPPED_FROM) : at]
    digits = len(line) - len(line.rstrip("0123456789."))
    year = digits == 4 and line[-4:-2] in {"19", "20"}
    return len(line) == _WRAPPED_FROM > digits and "\n" not in line and "\t" not in line and not year


def _joined_thousands(text: str) -> Iterator[_Edit]:
    for match in _THOUSANDS.finditer(text):
        at, until = match.span()
        number = match.group()
        if " " in number:
            # Two cells of a table also stand side by side; in a sentence, words touch the number on both sides.
            before, after = text[max(0, at - 2) : at].rstrip(" ")[-1:], text[until : until + 2].lstrip(" ")[:1]
            if (before and before < "\u3000" and before != "¥") or after not in _AFTER_DIGITS:
                continue
        yield from ((at + place, at + place + 1, "") for place, sign in enumerate(number) if not sign.isdecimal())


def _read_letters(text: str) -> Iterator[_Edit]:
    """l806.6万 and 1O0元: letters among digits, in front of what only a number stands in front of."""
    done = 0
    for match in _LETTER.finditer(text):
        if match.start() < done:
            continue
        at = match.start() - _digits_before(text, match.start())
        token = _NUMBER_OF_LETTERS.match(text, at)
        if token is None:
            continue
        done = token.end()
        written = token.group()
        before, after = text[at - 1 : at], text[done : done + 4].lstrip(" \n")
        foreign = before.isascii() and (before.isalnum() or before in "._-/")
        if (foreign and before) or not _COUNTED_ON.match(after) or not any(map(str.isdecimal, written)):
            continue
        if written[0] in "Oo" and written[1:2] != ".":
            continue
        for place, sign in enumerate(written, at):
            if sign == "，" or sign in _LETTER_DIGITS:
                yield place, place + 1, _LETTER_DIGITS.get(sign, "")


def _digits_before(text: str, at: int) -> int:
    before = text[max(0, at - 12) : at]
    return len(before) - len(before.rstrip("0123456789.lIOo"))


_LETTER_DIGITS = {"l": "1", "I": "1", "O": "0", "o": "0"}

# Standard in Simplified text too (通用规范汉字表 of 2013); only in a Traditional text do they stand for another one.
_ALSO_SIMPLIFIED = "乾夥徵於瞭藉著覆蘋"
_NAMES_THAT_KEEP_QIAN = re.compile("乾(?![隆坤县縣安])")
_TELLING = re.compile("[萬億個國會產業戶縣學發員]")


def _in_standard_characters(text: str) -> str:
    """Simplified and half-width, code point by code point."""
    traditional = _TELLING.search(text) is not None
    standard = text.translate(_standard_characters())
    return _NAMES_THAT_KEEP_QIAN.sub("干", standard).replace("於", "于") if traditional else standard


@cache
def _standard_characters() -> dict[int, int]:
    """Code point → its standard form, for those that have another one."""
    characters = [
        chr(point) for block in ((0x2E80, 0x2FE0), (0x3400, 0xA000), (0xF900, 0xFB00)) for point in range(*block)
    ]
    unified = [unicodedata.normalize("NFKC", character) for character in characters]
    simplified = opencc.OpenCC("t2s").convert("\n".join(unified)).split("\n")
    table = {
        ord(character): ord(standard)
        for character, standard in zip(characters, simplified, strict=True)
        if character != standard and len(standard) == 1 and character not in _ALSO_SIMPLIFIED
    }
    table |= {point: point - 0xFEE0 for point in range(0xFF01, 0xFF5F)}
    table |= {ord(sign): ord(standard) for sign, standard in zip(_SIGNS, _STANDARD_SIGNS, strict=True)}
    table |= dict.fromkeys(_BLANKS, ord(" ")) | dict.fromkeys(_LINE_ENDS, ord("\n"))
    return table | dict.fromkeys(chain(range(0xD800, 0xF900), range(0xF0000, 0xF0100)), ord(LOST))


_SIGNS = ",:;!?()，：；！？（）﹐﹒﹔﹕﹖﹗﹙﹚﹪‐‑‒–−﹣―─━〜∼～﹑｡"
_STANDARD_SIGNS = "，：；！？（），：；！？（），.；：？！（）%------———~~~、。"
_BLANKS = (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_LINE_ENDS = (0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
