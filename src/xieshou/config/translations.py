"""The English catalogues: compiled at set-up, checked before a change is taken in.

    python -m xieshou.config.translations compile    every django.po becomes a django.mo beside it
    python -m xieshou.config.translations check      names what has no English, ends with 1 if anything

Message ids are the Chinese sentences themselves; each app keeps the English of its own in `locale/en`. Babel reads the
sources, so the machine needs no GNU gettext.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import click
import django
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "bilingual": None,  # help texts of the command line
}
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%[sd]")


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a source file asks for it: singular and plural where it has both."""

    file: Path
    line: int
    ids: tuple[str, ...]
    context: str | None


def compile_catalogues(package: Path) -> int:
    """Compile every catalogue below the package; how many there were."""
    catalogues = sorted(package.rglob("django.po"))
    for source in catalogues:
        with source.open("rb") as opened:
            catalogue = read_po(opened)
        with source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)
    return len(catalogues)


def missing_translations(package: Path) -> list[str]:
    """One line for each Chinese message without English, and for each whose placeholders differ between the two."""
    problems = []
    for app in _apps(package):
        catalogue = _catalogue(app)
        for message in _messages(app):
            found = catalogue.get(message.ids[0], message.context)
            translated = _texts(found.string) if found and not found.fuzzy else ()
            where = f"{message.file.relative_to(package)}:{message.line}"
            if not translated or not all(translated):
                problems.append(f"{where}: no English for {message.ids[0]!r}")
            elif _placeholders(translated[-1]) != _placeholders(message.ids[-1]):
                problems.append(f"{where}: placeholders differ in the English of {message.ids[0]!r}")
    return problems


def _apps(package: Path) -> list[Path]:
    return sorted(path.parent for path in package.rglob("apps.py"))


def _catalogue(app: Path) -> Catalog:
    path = app / "locale" / "en" / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as opened:
        return read_po(opened, locale="en")


def _messages(app: Path) -> Iterator[Message]:
    """The Chinese messages of an app's Python files and templates; its tests are no part of it."""
    for path in sorted([*app.rglob("*.py"), *app.rglob("templates/**/*.*")]):
        if {"tests", "migrations"} & set(path.relative_to(app).parts):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What is left of the markup around the messages is indented at random, which Python does not take.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).split("\n"))
        for line, found, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
            ids = _texts(found)
            if ids and CHINESE.search(ids[0]):
                yield Message(path, line, ids, context)


def _texts(found: object) -> tuple[str, ...]:
    """Babel gives one string, or a tuple of forms."""
    if isinstance(found, str):
        return (found,)
    return tuple(text for text in found if isinstance(text, str)) if isinstance(found, tuple | list) else ()


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


@click.group()
def main() -> None:
    """Compile or check the English catalogues."""
    settings.configure(USE_I18N=False)  # templatize asks for it; the product's own settings would draw its keys
    django.setup()


@main.command("compile")
def compile_command() -> None:
    compile_catalogues(Path(__file__).parent.parent)


@main.command("check")
def check_command() -> None:
    problems = missing_translations(Path(__file__).parent.parent)
    for problem in problems:
        click.echo(problem, err=True)
    raise SystemExit(1 if problems else 0)


if __name__ == "__main__":
    main()
