"""Lists: columns, filters kept in the address, sorting, pages of 50, export of what is filtered.

A page declares a `Table`; the template `common/components/table.html` draws it. The address holds the whole state
(`?q=…&state=accepted&sort=-rows&page=2`), so a copied address shows a colleague the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _

from xieshou.common import exports
from xieshou.common.addresses import key_in

PAGE_SIZE = 50
COUNTED_AT_MOST = 100_000  # counting ten million rows costs more than the page; beyond this the list says "100,000+"
EXPORTED_AT_MOST = 1_000_000  # rows of one xlsx sheet, less the head

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    value: what the row says, as text or number; also what is exported, unless `export` is given.
    sort: the fields to order by, without sign; empty: not sortable. main: one of the columns that stay on a phone.
    link: the address that the cell opens. number: right-aligned, tabular. unit: shown in the head, (元).
    component: a template that draws the cell from `value` and `row`. beneath: small under the main ones on a phone.
    """

    key: str
    title: Text
    value: Callable[[Any], Any]
    sort: tuple[str, ...] = ()
    main: bool = False
    number: bool = False
    unit: Text = ""
    link: Callable[[Any], str] | None = None
    component: str = ""
    export: Callable[[Any], Any] | None = None
    wide: bool = False
    beneath: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: a chip when set, a select or a text field in the bar above the list.

    apply: narrows the rows by the given text. choices: value and label; empty: free text.
    """

    key: str
    title: Text
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]
    choices: Sequence[tuple[str, Text]] = ()
    kind: str = "text"  # the type of the input, for free text: text, date, number
    label: Callable[[str], str] | None = None

    def shown(self, value: str) -> str:
        """What the chip says."""
        if self.label is not None:
            return self.label(value)
        return str(dict(self.choices).get(value, value))


@dataclass(frozen=True, slots=True)
class Heading:
    column: Column
    address: str
    direction: str  # "", "ascending" or "descending", as aria-sort says it


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    value: Any
    link: str
    row: Any


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Chip:
    title: Text
    value: str
    without: str  # the address without this filter


@dataclass(frozen=True, slots=True)
class Field:
    filter: Filter
    value: str
    choices: list[tuple[str, Text, bool]] = field(default_factory=list)


class CountedAtMost(Paginator[Any]):
    """A paginator that stops counting at `COUNTED_AT_MOST`."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[: COUNTED_AT_MOST + 1].count()
        return len(rows)

    @property
    def is_cut(self) -> bool:
        return self.count > COUNTED_AT_MOST


class Table:
    """Base of the lists of pages.

    Subclasses state `columns`, `filters`, `search`, `default_sort`, the words for an empty list, and whether rows can
    be selected for export. Cost of a page: one count that stops at 100,000, one query for the rows, and what `prepare`
    needs for the 50 rows on the page.
    """

    name: ClassVar[str] = "list"
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    search: ClassVar[Sequence[str]] = ()  # fields in which `q` is looked for
    search_hint: ClassVar[Text] = ""
    default_sort: ClassVar[str] = ""  # key of a column, with "-" for descending
    selectable: ClassVar[bool] = False
    empty_title: ClassVar[Text] = ""
    empty_hint: ClassVar[Text] = ""

    def __init__(self, rows: QuerySet[Any] | Sequence[Any], address: QueryDict, *, may_export: bool = True) -> None:
        self.rows = rows
        self.address = address
        self.may_export = may_export

    def prepare(self, rows: list[Any]) -> Mapping[str, Any] | None:
        """Loads what the shown rows need beyond themselves, in bulk; may hang it on the rows."""

    def key_of(self, row: Any) -> str:
        return str(row.pk)

    @cached_property
    def filtered(self) -> QuerySet[Any] | Sequence[Any]:
        """The rows that the filters leave, in the asked order."""
        rows = self.rows
        if not isinstance(rows, QuerySet):
            return rows
        if self.query and self.search:
            found = Q()
            for name in self.search:
                found |= Q(**{f"{name}__icontains": self.query})
            rows = rows.filter(found)
        for chosen, value in self._set_filters():
            rows = chosen.apply(rows, value)
        if self.selectable and (selected := self.address.getlist("selected")):
            rows = rows.filter(pk__in={key_in(text) for text in selected} - {None})
        order = self._order()
        return rows.order_by(*order) if order else rows

    @property
    def query(self) -> str:
        return self.address.get("q", "").strip()

    @cached_property
    def page(self) -> Page[Any]:
        return CountedAtMost(self.filtered, PAGE_SIZE).get_page(self.address.get("page"))

    @cached_property
    def lines(self) -> list[Line]:
        rows = list(self.page.object_list)
        self.prepare(rows)
        return [
            Line(
                self.key_of(row),
                [
                    Cell(column, column.value(row), column.link(row) if column.link else "", row)
                    for column in self.columns
                ],
            )
            for row in rows
        ]

    @cached_property
    def headings(self) -> list[Heading]:
        current = self._sort()
        headings = []
        for column in self.columns:
            direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(current, "")
            following = f"-{column.key}" if direction == "ascending" else column.key
            headings.append(Heading(column, self.address_with(sort=following, page=None), direction))
        return headings

    @cached_property
    def chips(self) -> list[Chip]:
        chips = [
            Chip(chosen.title, chosen.shown(value), self.address_with(page=None, **{chosen.key: None}))
            for chosen, value in self._set_filters()
        ]
        if self.query and self.search:
            chips.insert(0, Chip(_("搜索"), self.query, self.address_with(q=None, page=None)))
        return chips

    @cached_property
    def fields(self) -> list[Field]:
        return [
            Field(
                each,
                self.address.get(each.key, ""),
                [(value, label, value == self.address.get(each.key, "")) for value, label in each.choices],
            )
            for each in self.filters
        ]

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips)

    @property
    def count_shown(self) -> str:
        paginator = self.page.paginator
        if isinstance(paginator, CountedAtMost) and paginator.is_cut:
            return f"{COUNTED_AT_MOST:,}+"
        return f"{paginator.count:,}"

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the filter form must carry along: everything in the address that it does not set itself."""
        own = {each.key for each in self.filters} | {"q", "page"}
        return [(key, value) for key, values in self.address.lists() if key not in own for value in values]

    @property
    def cleared(self) -> str:
        return self.address_with(q=None, page=None, **{each.key: None for each in self.filters})

    def pages(self) -> list[tuple[str, str, bool]]:
        """Label, address and whether it is the current page, for the pager; a gap has no address."""
        page = self.page
        return [
            (str(number), "" if number == "…" else self.address_with(page=str(number)), number == page.number)
            for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
        ]

    def address_with(self, **changes: str | None) -> str:
        """The address of the same list with other parameters; None takes one away."""
        query = self.address.copy()
        for key, value in changes.items():
            if value is None:
                query.pop(key, None)
            else:
                query[key] = value
        return f"?{query.urlencode()}" if query else "?"

    @property
    def export_addresses(self) -> list[tuple[str, str]]:
        return [
            ("xlsx", self.address_with(export="xlsx", page=None)),
            ("CSV", self.address_with(export="csv", page=None)),
        ]

    def export(self, kind: str) -> HttpResponse:
        """Every filtered row as a file: `csv`, or `xlsx` up to a million rows."""
        name = slugify(self.name, allow_unicode=True) or "list"
        head = [f"{column.title}（{column.unit}）" if column.unit else str(column.title) for column in self.columns]
        rows = self._exported_rows()
        if kind == "csv":
            return exports.csv_response(name, head, rows)  # type: ignore[return-value]
        return exports.xlsx_response(name, head, rows)

    def _exported_rows(self) -> Iterable[list[Any]]:
        rows = self.filtered
        source = rows[:EXPORTED_AT_MOST].iterator(2_000) if isinstance(rows, QuerySet) else iter(rows)
        chunk: list[Any] = []
        for row in source:
            chunk.append(row)
            if len(chunk) == 2_000:
                yield from self._exported_chunk(chunk)
                chunk = []
        yield from self._exported_chunk(chunk)

    def _exported_chunk(self, rows: list[Any]) -> Iterable[list[Any]]:
        self.prepare(rows)
        for row in rows:
            yield [(column.export or column.value)(row) for column in self.columns]

    def _set_filters(self) -> list[tuple[Filter, str]]:
        return [(each, value) for each in self.filters if (value := self.address.get(each.key, "").strip())]

    def _sort(self) -> str:
        asked = self.address.get("sort", "")
        known = {column.key for column in self.columns if column.sort}
        return asked if asked.removeprefix("-") in known else self.default_sort

    def _order(self) -> list[str]:
        asked = self._sort()
        column = next((each for each in self.columns if each.key == asked.removeprefix("-")), None)
        if column is None:
            return []
        sign = "-" if asked.startswith("-") else ""
        # The key at the end keeps pages apart where many rows are equal.
        return [f"{sign}{name}" for name in column.sort] + [f"{sign}pk"]
