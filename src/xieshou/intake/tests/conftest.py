"""Forms, places and small workbooks for the tests of the engine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from xieshou.common.scoping import Actor
from xieshou.intake import services, staging
from xieshou.intake.forms import Form, FormBinding, load_form
from xieshou.intake.models import Batch
from xieshou.intake.previews import Preview
from xieshou.intake.reading import Reading
from xieshou.intake.recognition import recognise
from xieshou.intake.tables import Choices, Recognition
from xieshou.places.models import Place
from xieshou.places.tests.factories import load_county

APPS = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
FORMS = {
    form.key: form
    for form in map(
        load_form,
        (
            APPS / "programme/forms/fund_report.toml",
            APPS / "programme/forms/fund_plan.toml",
            APPS / "channels/donations/forms/distribution_list.toml",
            APPS / "channels/pairings/forms/pairing_list.toml",
        ),
    )
}
END_OF_QUARTER = date(2011, 9, 30)


@dataclass
class Books:
    """Stands in for what the forms' apps do with rows: remembers them."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    restated: dict[int, tuple[int, int]] = field(default_factory=dict)
    withdrawn: list[int] = field(default_factory=list)

    def post(self, *, by: Actor, batch: Batch, chunks: Iterable[Any]) -> None:
        for chunk in chunks:
            self.restated |= chunk.restates
            columns = {key: chunk.columns[key] for key in chunk.columns}
            lines = zip(*columns.values(), strict=True)
            self.rows += [
                {"row": row, **dict(zip(columns, line, strict=True))}
                for row, line in zip(chunk.rows, lines, strict=True)
            ]

    def withdraw(self, *, by: Actor, batch: Batch, reason: str) -> None:
        self.withdrawn.append(batch.pk)

    def column(self, key: str) -> list[Any]:
        return [row[key] for row in self.rows]


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def bindings(books: Books) -> list[FormBinding]:
    return [FormBinding(form, books.post, books.withdraw) for form in FORMS.values()]


_counties: dict[str, list[dict[str, Any]]] = {}


def load(code: str) -> None:
    """Every town and village of a county; the packaged data are unpacked once a session, which takes a second."""
    if code not in _counties:
        load_county(code)
        _counties[code] = list(Place.objects.filter(code__startswith=code[:6]).values())
    else:
        Place.objects.bulk_create((Place(**values) for values in _counties[code]), ignore_conflicts=True)


@pytest.fixture
def conghua(places_cast: dict[str, Place]) -> None:
    load("440117000000")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write rows to a workbook, or to a text when the name says .csv."""

    def write_rows(rows: Iterable[Iterable[Any]], name: str = "table.xlsx", **options: Any) -> Path:
        path = tmp_path / name
        if path.suffix == ".csv":
            text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)
            path.write_bytes(text.encode(options.get("encoding", "utf-8")))
            return path
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
            sheet = book.add_worksheet(options.get("sheet", "Sheet1"))
            for number, row in enumerate(rows):
                for index, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(number, index, cell)
            for span, text in options.get("merged", {}).items():
                sheet.merge_range(span, text)
            for cell, (formula, value) in options.get("formulas", {}).items():
                sheet.write_formula(cell, formula, None, value)
        return path

    return write_rows


@pytest.fixture
def form_of(tmp_path: Path) -> Callable[[str], Form]:
    """A form from the text of its data file, without the lines that name it."""

    def load(text: str, version: int = 1) -> Form:
        path = tmp_path / f"small-{version}.toml"
        head = f'key = "small"\nversion = {version}\nname = "小表"\nname_en = "Small form"\n'
        path.write_text(head + text, encoding="utf-8")
        return load_form(path)

    return load


@pytest.fixture
def read_as() -> Callable[..., Recognition]:
    """A workbook recognised as one of these forms, nothing kept."""

    def read(path: Path, *forms: Form, **choices: Any) -> Recognition:
        with Reading(path) as reading:
            return recognise(reading.heads, forms, Choices(**{"name": path.name} | choices))

    return read


@pytest.fixture
def opened_as(office: Actor, books: Books, xieshou_home: Path) -> Callable[..., Batch]:
    """A workbook opened as a draft of a form that only the test has; a period is given, since most tests need none."""

    def open_file(path: Path, *forms: Form, **options: Any) -> Batch:
        bound = [FormBinding(form, books.post, books.withdraw) for form in forms]
        options = {"period": "2019"} | options
        return services.open_batch(by=office, path=path, name=path.name, bindings=bound, **options)

    return open_file


@pytest.fixture
def accepted_as(office: Actor, books: Books) -> Callable[..., Batch]:
    """Accept a draft of a form that only the test has."""

    def accept(batch: Batch, *forms: Form) -> Batch:
        bound = [FormBinding(form, books.post, books.withdraw) for form in forms]
        return services.accept_batch(by=office, batch=batch, bindings=bound)

    return accept


@pytest.fixture
def preview_as(office: Actor, books: Books) -> Callable[..., Preview]:
    """The preview of a draft of a form that only the test has."""

    def preview(batch: Batch, *forms: Form) -> Preview:
        bound = [FormBinding(form, books.post, books.withdraw) for form in forms]
        return services.preview(by=office, batch=batch, bindings=bound)

    return preview


@pytest.fixture
def found_as(preview_as: Callable[..., Preview]) -> Callable[..., list[tuple[str, str]]]:
    """(cell, code) of every finding of a draft of a form that only the test has."""
    return lambda batch, *forms: [(one.cell, one.code) for one in preview_as(batch, *forms).findings]


@pytest.fixture
def rows_of() -> Callable[[Batch], Any]:
    """The typed rows of a draft, as a table."""
    return lambda batch: pq.read_table(staging.rows_path(batch))


@pytest.fixture
def opened(office: Actor, bindings: list[FormBinding], xieshou_home: Path) -> Callable[..., Batch]:
    def open_file(path: Path, **options: Any) -> Batch:
        return services.open_batch(by=office, path=path, name=path.name, bindings=bindings, **options)

    return open_file


@pytest.fixture
def preview_of(office: Actor, bindings: list[FormBinding]) -> Callable[[Batch], Preview]:
    return lambda batch: services.preview(by=office, batch=batch, bindings=bindings)


@pytest.fixture
def found(preview_of: Callable[[Batch], Preview]) -> Callable[[Batch], list[tuple[str, str]]]:
    """(cell, code) of every finding of a batch; the cell is empty for the whole row or table."""
    return lambda batch: [(finding.cell, finding.code) for finding in preview_of(batch).findings]


@pytest.fixture
def conghua_report(conghua: None, opened: Callable[..., Batch]) -> Batch:
    """The real fund report of 从化, as a draft."""
    return opened(DATA / "report-conghua-206_3.xls", as_of=END_OF_QUARTER)
