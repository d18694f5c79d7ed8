"""Entries of any shape for the tests of figures: one record posts whatever postings it is given."""

from datetime import date
from typing import Any

from django.apps import apps
from ibis import _

from xieshou.common.scoping import Actor
from xieshou.figures.definitions import Figure, Kind, in_units_of
from xieshou.ledger.measures import Addition, BaseUnit, Measure
from xieshou.ledger.posted import PostedModel, Posting, PostingSource
from xieshou.ledger.services import posting
from xieshou.parties.models import Party

Line: Any = apps.get_model("programme", "FundStatementLine")  # its app stands above this one

CONGHUA, LYUTIAN, GUIFENG, XIAOSHAN = "440117000000", "440117107000", "440117107207", "440117107203"
WENQUAN, TIANHU = "440117103000", "440117103201"
ZENGCHENG, PAITAN = "440118000000", "440118105203"

MONEY = Measure(
    "test.money", "资金", BaseUnit.FEN, "CNY", 100, categories={"road": "道路", "road.bridge": "桥梁", "school": "学校"}
)
HELPED = Measure("test.helped", "受助", BaseUnit.PERSON, "person")
TREES = Measure("test.trees", "果树", BaseUnit.PIECE, "piece", addition=Addition.STOCK)


def money(quantity: int, **dimensions: Any) -> Posting:
    """Money in fen, of a unit's own, done on one day of 2019 in 桂峰村 unless said otherwise."""
    return Posting(
        **{
            "measure": MONEY,
            "quantity": quantity,
            "occurred_from": date(2019, 5, 1),
            "occurred_to": date(2019, 5, 1),
            "place_code": GUIFENG,
        }
        | dimensions
    )


def year(number: int) -> dict[str, date]:
    """The whole of a year, as the period of an entry or of a scope's days."""
    return {"occurred_from": date(number, 1, 1), "occurred_to": date(number, 12, 31)}


_posted: dict[int, tuple[Posting, ...]] = {}

SOURCE = PostingSource(
    kind="test_record", model=Line, postings=lambda line: _posted[line.pk], measures=(MONEY, HELPED, TREES)
)


def post(by: Actor, party: Party, *postings: Posting, row: int | None = None) -> PostedModel:
    """One record that posts these entries, in a book of its own."""
    with posting(by=by) as book:
        line = Line.objects.create(
            party=party,
            party_as_written=party.name,
            place_code=GUIFENG,
            place_as_written="桂峰村",
            occurred_to=date(2019, 12, 31),
            row=row,
        )
        _posted[line.pk] = postings
        book.post(SOURCE, [line])
    return line


def reverse(by: Actor, line: PostedModel) -> None:
    """Take a record out of the books again."""
    with posting(by=by) as book:
        book.supersede(SOURCE, [line], reason="重复填报")


def rows_of(measure: Measure) -> Any:
    return lambda tables: tables.entries.filter(_.measure == measure.key)


def ratio(key: str, kind: Kind, numerator: Figure, denominator: Figure | None = None) -> Figure:
    return Figure(
        key=key,
        name="比值",
        definition="两个指标之比。",
        unit="percent",
        base_unit="percent",
        kind=kind,
        numerator=numerator,
        denominator=denominator,
    )


SUM = Figure(key="test.money", name="资金", definition="资金之和。", rows=rows_of(MONEY), **in_units_of(MONEY))
RECORDS = Figure(
    key="test.records",
    name="笔数",
    definition="有几笔。",
    unit="item",
    base_unit="item",
    kind=Kind.RECORDS,
    rows=rows_of(MONEY),
)
PERSONS = Figure(
    key="test.persons",
    name="人数",
    definition="有几人。",
    kind=Kind.DISTINCT,
    counts="person",
    rows=rows_of(HELPED),
    **in_units_of(HELPED),
)
STOCK = Figure(
    key="test.trees", name="果树", definition="有几株。", kind=Kind.STOCK, rows=rows_of(TREES), **in_units_of(TREES)
)
SHARE = ratio("test.share", Kind.RATIO, SUM, SUM)
COMPLETION = ratio("test.completion", Kind.COMPLETION, SUM, SUM)
GROWTH = ratio("test.growth", Kind.GROWTH, SUM)
