"""Help texts in Chinese and English side by side, without Django: `--help` must not need a database or its settings."""

import gettext
import os
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


@cache
def _english(app: str) -> gettext.NullTranslations:
    return gettext.translation("django", PACKAGE / app / "locale", languages=["en"], fallback=True)


def bilingual(chinese: str) -> str:
    """The Chinese sentence and its English; the Chinese alone where the catalogue was not compiled."""
    english = _english("cli").gettext(chinese)
    return chinese if english == chinese else f"{chinese} / {english}"


def spoken(chinese: str, *, app: str = "cli") -> str:
    """The sentence of an app in the terminal's language."""
    return _english(app).gettext(chinese) if language() == "en" else chinese


def language() -> str:
    """The language of the answers: English where the terminal speaks English, else Chinese. Code of Django's list."""
    for name in ("XIESHOU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "zh-hans"
    return "zh-hans"
