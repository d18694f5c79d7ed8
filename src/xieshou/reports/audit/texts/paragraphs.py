"""Texts of other shapes → plain paragraphs: lines of a PDF page, Markdown, HTML. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser

# A line that reaches this far to the right of its page goes on in the next one.
FULL_LINE = 0.86
_PAGE_NUMBER = re.compile(r"[\s—–\-·第/]*\d{1,4}[\s—–\-·页/]*(?:共?\d{1,4}页?)?[\s—–\-]*")
_ENDS_A_PARAGRAPH = tuple("。！？；：")
_LATIN = re.compile(r"[A-Za-z]")


def joined_pages(pages: Sequence[Sequence[str]]) -> str:
    """The lines of a PDF's pages as paragraphs: full lines are joined, page numbers left out.

    A line ends its paragraph where it stops short of the right edge, which is the width that most lines of the document
    reach. Between Latin letters a blank is put back.
    """
    stripped = [_without_page_number([line.strip() for line in page if line.strip()]) for page in pages]
    lines = [line for page in stripped for line in page]
    if not lines:
        return ""
    edge = _edge([_width(line) for line in lines])
    parts: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        parts.append(line)
        if _width(line) < edge * FULL_LINE or _width(line) > edge * 2 or not following:
            parts.append("\n")
        elif _LATIN.match(line[-1]) and _LATIN.match(following[0]):
            parts.append(" ")
    return "".join(parts).rstrip("\n") + "\n"


def _without_page_number(lines: list[str]) -> list[str]:
    if lines and _PAGE_NUMBER.fullmatch(lines[-1]):
        lines = lines[:-1]
    if lines and _PAGE_NUMBER.fullmatch(lines[0]):
        lines = lines[1:]
    return lines


def _edge(widths: list[int]) -> int:
    """The width of a full line: the upper quarter of the wider half of lines, where a text is set in columns."""
    ordered = sorted(widths)
    return max(ordered[len(ordered) * 3 // 4], 1)


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


_FENCE = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$|^\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?)?\s*$", re.MULTILINE)
_COMMENT = re.compile(r"<!--(?:(?!<!--).){0,4000}?-->", re.DOTALL)
_LINE_HEAD = re.compile(r"^[ \t]{0,8}(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+)", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,400})\]\([^()\n]{0,800}\)")
_EMPHASIS = re.compile(r"(\*{1,3}|_{2,3}|~~|`{1,2})(?=\S)([^*_~`\n]{1,400}?)(?<=\S)\1")


def plain_of_markdown(text: str) -> str:
    """Markdown without its signs, line by line, so that `**4,700**万元` is one figure. Tables become tabbed lines."""
    text = _FENCE.sub("", _COMMENT.sub("", text))
    text = _LINE_HEAD.sub("", _RULE.sub("", text))
    text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))
    return "\n".join(_plain_row(line) if line.lstrip().startswith("|") else line for line in text.split("\n"))


def _plain_row(line: str) -> str:
    return "\t".join(cell.strip() for cell in line.strip().strip("|").split("|"))


_UNSEEN = frozenset(["script", "style", "noscript", "template", "head", "svg", "select", "textarea"])
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody tfoot thead title tr ul".split()
)
_CELLS = frozenset(["td", "th"])


class _Words(HTMLParser):
    """Collects the words of a page, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":  # a head that is never closed ends here
            self._unseen.clear()
        if tag in _UNSEEN or (tag == "aside" and any(name == "hidden" for name, _value in attrs)):
            self._unseen.append(tag)
        elif tag in _CELLS:
            self.parts.append("\t")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        elif tag == "body" or tag == "html":
            self._unseen.clear()
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(re.sub(r"\s+", " ", data))


def plain_of_html(markup: str) -> str:
    """The words of a page that a reader sees, a line for each block, cells apart by tabs."""
    words = _Words()
    words.feed(markup)
    words.close()
    return tidy("".join(words.parts).split("\n"))


def tidy(lines: Iterable[str]) -> str:
    """Lines without blanks at their ends, blank ones left out."""
    kept = (line.strip(" \t\u3000") for line in lines)
    return "\n".join(line for line in kept if line) + "\n"
