"""The words of a clause in one writing, and which of them say more than a figure's own. Pure; no catalogue needed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache

from xieshou.reports.audit.word_lists import FOLDER

_PLACE_WORD = re.compile(r"[\u4e00-\u9fff]{1,8}?(?:自治区|自治州|自治县|省|市|县|区|州|盟|旗)")
_CONTENT = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,}")
_PERIOD_WORD = re.compile(r"[0-9０-９.,，、—\-~至到%]+\s*(?:年|月|日|季度)?")
_SIGNS = re.compile(r"[\s“”\"'《》（）()：:；;。]+")
_RECORD = FOLDER / "meaning.toml"


@cache
def lexicon() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(_RECORD.read_text("utf-8"))


def normalised(text: str, names: Sequence[str] = ()) -> str:
    """A clause in one writing: names of places and parties out, synonyms to the first of their group."""
    for name in sorted(names, key=len, reverse=True):
        if name:
            text = text.replace(name, "|")
    pattern, first = _synonyms()
    return pattern.sub(lambda found: first[found[0]], _SIGNS.sub("", text))


def further_words(text: str, term: str = "") -> list[str]:
    """Words of a normalised text that are neither the term's nor general: what makes it narrower."""
    for start in range(max(len(term) - 1, 0)):
        for end in range(len(term), start + 1, -1):
            if term[start:end] in text:
                text = text.replace(term[start:end], "|")
                break
    text = _PERIOD_WORD.sub("|", _PLACE_WORD.sub("|", text))
    return _CONTENT.findall(_general().sub("|", text))


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    groups: Sequence[Sequence[str]] = lexicon()["same"]  # type: ignore[assignment]
    first = {word: group[0] for group in groups for word in group[1:]}
    return re.compile("|".join(sorted(first, key=len, reverse=True))), first


@cache
def _general() -> re.Pattern[str]:
    words = str(lexicon()["general"]).split()
    return re.compile("|".join(sorted(words, key=len, reverse=True)))
