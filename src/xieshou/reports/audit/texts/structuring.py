"""Cutting a cleaned text into paragraphs, sentences and clauses.

Every stretch is bounded: a text without punctuation is cut by length, so that the stages behind it, which look around
inside a clause or a sentence, stay linear in the length of the text. Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xieshou.reports.audit.texts.structure import CleanText, Span, Structure

LONGEST_CLAUSE = 200
LONGEST_SENTENCE = 2_000
LONGEST_PARAGRAPH = 20_000

_LONGEST_HEADING = 45  # a heading is one line on the page; longer ones in the genre are sentences
_LONGEST_FREE_HEADING = 32  # one that carries no number
_LONGEST_CAPTION = 45  # a line without any full stop that is longer is prose broken by a page
_SHORTEST_WRAPPED = 16  # shorter lines are headings and rows of tables
_SAMPLE = 100_000  # characters that show how a text is set
_SHORTEST_REPEAT = 30  # letters and digits; shorter lines are titles, slogans and rows of tables

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_TERMINAL = re.compile(r"[。！？!?；;…：:][”’\"'』」）)】\]]*$")
_FULL_STOP = re.compile(r"[。！？!?]")
_COMMA = re.compile(r"[，,、]")
_STRAY = re.compile(r"^\W{0,2}\w{1,3}$")  # what a page break leaves of a name or a word
_CONTINUES = re.compile(r"^[，,、。；;：:）)】」』”’的了着过和与及]")

_CHINESE_NUMBER = "一二三四五六七八九十百"
_ENUMERATORS = (  # what begins a heading or an item, with its depth
    (rf"第[{_CHINESE_NUMBER}\d]{{1,4}}[章篇部][分]?", 1),
    (rf"[{_CHINESE_NUMBER}]{{1,3}}[、．.]", 1),
    (rf"第[{_CHINESE_NUMBER}\d]{{1,4}}节", 2),
    (rf"[（(][{_CHINESE_NUMBER}]{{1,3}}[）)]", 2),
    (r"\d{1,2}\.\d{1,2}(?:\.\d{1,2})?(?=[ \u3000]|[^\d.%％])(?![万亿元人户个年吨%])", 3),
    (r"\d{1,2}[、．.](?!\d)", 3),
    (r"[（(]\d{1,2}[）)]", 4),
    (r"[①-⑳]", 4),
    (rf"[{_CHINESE_NUMBER}]是", 5),
)
_ENUMERATOR = re.compile("|".join(f"({pattern})" for pattern, _depth in _ENUMERATORS))
_DEPTHS = tuple(depth for _pattern, depth in _ENUMERATORS)
_MARKDOWN = re.compile(r"(#{1,6})[ \t\u3000]*")
_PART = re.compile(r"(?:^|[^A-Za-z])(?:PART|Part|CHAPTER|Chapter)[ \u3000.]*(?:\d{1,2}|[IVX]{1,4}|[A-Z][a-z]+)\b")

# A closing quote belongs to the sentence it closes. A dot ends none: it stands in numbers, names and addresses.
_SENTENCE_END = re.compile(r"[。！？!?…]+[”’\"'』」）)】]*")
# A comma or colon between digits groups thousands, tells the time or a ratio.
_CLAUSE_END = re.compile(r"[，；;]|(?<!\d)[,:：]|[,:：](?!\d)")
_LETTERS = re.compile(r"[^\W_]+")


def structure_of(clean: CleanText) -> Structure:
    """Paragraphs, sentences and clauses of a cleaned text, in one pass.

    A paragraph is one line, or several where the lines were broken by a page or a column. Sentences lie inside
    paragraphs, clauses inside sentences, and together they cover every character that is not white space between
    paragraphs. None is longer than `LONGEST_PARAGRAPH`, `LONGEST_SENTENCE`, `LONGEST_CLAUSE`.
    levels: 一、or # or PART 1 → 1; （一）2; 1. 3; （1）4; 一是 5, for headings and for items that are none; a heading
    without a number is one deeper than the numbered one before it.
    """
    text = clean.text
    paragraphs: list[Span] = []
    sentences: list[Span] = []
    clauses: list[Span] = []
    headings: list[bool] = []
    levels: list[int] = []
    repeats: list[int] = []
    seen: dict[str, int] = {}
    depth = 0  # of the last numbered heading
    for at, until in _paragraphs(text, _is_wrapped(text)):
        index = len(paragraphs)
        words = text[at:until]
        is_heading, level = _heading(words)
        if is_heading and level:
            depth = level if level < 5 else depth
        elif is_heading:
            level = depth + 1
        paragraphs.append(Span(at, until))
        headings.append(is_heading)
        levels.append(level)
        repeats.append(_earlier(words, index, seen))
        for begins, ends in _cut(text, at, until, _SENTENCE_END, LONGEST_SENTENCE):
            sentence = len(sentences)
            sentences.append(Span(begins, ends, index))
            clauses += [
                Span(first, last, sentence) for first, last in _cut(text, begins, ends, _CLAUSE_END, LONGEST_CLAUSE)
            ]
    return Structure(
        paragraphs=tuple(paragraphs),
        sentences=tuple(sentences),
        clauses=tuple(clauses),
        headings=tuple(headings),
        levels=tuple(levels),
        repeats=tuple(repeats),
    )


def _is_wrapped(text: str) -> bool:
    """Whether the lines were cut at the edge of a page: most of the longer ones end in the middle of a sentence."""
    lines = [line for line in text[:_SAMPLE].splitlines() if len(line) >= _SHORTEST_WRAPPED]
    return sum(not _TERMINAL.search(line.rstrip()[-6:]) for line in lines) > len(lines) // 2


def _paragraphs(text: str, is_wrapped: bool) -> Iterator[tuple[int, int]]:
    """Lines without the blanks around them, those joined that a page or a column broke."""
    begins = ends = -1
    for line in _LINE.finditer(text):
        words = line.group().strip()
        if not words:
            continue
        at = line.start() + line.group().index(words)
        until = at + len(words)
        if begins >= 0:
            if until - begins <= LONGEST_PARAGRAPH and _goes_on(
                text[max(begins, ends - 400) : ends], words, is_wrapped
            ):
                ends = until
                continue
            yield from _bounded(begins, ends)
        begins, ends = at, until
    if begins >= 0:
        yield from _bounded(begins, ends)


def _bounded(at: int, until: int) -> Iterator[tuple[int, int]]:
    for begins in range(at, until, LONGEST_PARAGRAPH):
        yield begins, min(begins + LONGEST_PARAGRAPH, until)


def _goes_on(before: str, line: str, is_wrapped: bool) -> bool:
    """Whether `line` continues the paragraph that `before` ends: prose that stops without a full stop."""
    if _TERMINAL.search(before[-6:]) or _numbered(line)[0]:
        return False
    if _numbered(before)[0] and not _FULL_STOP.search(before):
        return False
    is_long = len(before) > (_LONGEST_FREE_HEADING if is_wrapped else _LONGEST_CAPTION)
    is_prose = bool(_FULL_STOP.search(before)) or (is_long and bool(_COMMA.search(before)))
    if not is_prose:
        return bool(_CONTINUES.match(line)) and len(before) > 1
    if _STRAY.match(line) or _CONTINUES.match(line) or before[-1] in "，,、“（(《":
        return True
    return not _free_heading(line)


def _numbered(words: str) -> tuple[int, int]:
    """Depth of the enumerator that a line begins with and where it ends; (0, 0) for none."""
    hashes = _MARKDOWN.match(words)
    if hashes:
        return min(len(hashes.group(1)), 4), hashes.end()
    found = _ENUMERATOR.match(words)
    if found and found.lastindex:
        return _DEPTHS[found.lastindex - 1], found.end()
    part = _PART.search(words) if len(words) <= _LONGEST_FREE_HEADING else None
    return (1, part.end()) if part else (0, 0)


def _heading(words: str) -> tuple[bool, int]:
    """Whether a paragraph is a heading, and its depth (0: none that is written)."""
    depth, _end = _numbered(words)
    if depth:
        return len(words) <= _LONGEST_HEADING and not _FULL_STOP.search(words) and words[-1] not in "；;，,", depth
    return _free_heading(words), 0


def _free_heading(words: str) -> bool:
    if len(words) > _LONGEST_FREE_HEADING or words[-1] in "，,、":
        return False
    return not _TERMINAL.search(words) and not _FULL_STOP.search(words)


def _cut(text: str, at: int, until: int, ends: re.Pattern[str], longest: int) -> Iterator[tuple[int, int]]:
    """Stretches of `text[at:until]` up to and with each end, none longer than `longest`."""
    begins = at
    for found in ends.finditer(text, at, until):
        stop = found.end()
        while stop - begins > longest:
            yield begins, begins + longest
            begins += longest
        if stop > begins:
            yield begins, stop
        begins = stop
    while begins < until:
        stop = min(begins + longest, until)
        yield begins, stop
        begins = stop


def _earlier(words: str, index: int, seen: dict[str, int]) -> int:
    """The paragraph with the same letters and digits that came first, or -1."""
    if len(words) < _SHORTEST_REPEAT:
        return -1
    key = "".join(_LETTERS.findall(words))
    if len(key) < _SHORTEST_REPEAT:
        return -1
    first = seen.setdefault(key, index)
    return -1 if first == index else first
