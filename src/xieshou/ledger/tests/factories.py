"""Records that post, for the ledger's own tests: fund statement lines under a source of the tests' own.

The model comes through the registry of apps, since its app lies above the ledger.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.apps import apps

from xieshou.common.scoping import Actor
from xieshou.ledger.measures import BaseUnit, FundSource, Measure, Stage
from xieshou.ledger.posted import PostedModel, Posting, PostingColumns, PostingSource
from xieshou.ledger.services import posting
from xieshou.parties.models import Party

Line: Any = apps.get_model("programme", "FundStatementLine")

PLANNED = Measure("test.planned", "计划", BaseUnit.FEN, "CNY", 100)
RAISED = Measure("test.raised", "筹集", BaseUnit.FEN, "CNY", 100)
USED = Measure("test.used", "使用", BaseUnit.FEN, "CNY", 100, categories={"to_household": "到户", "to_village": "到村"})

VILLAGE = "440117104201"
OTHER_VILLAGE = "440118101201"
DAY = date(2011, 9, 30)


def postings(line: Any) -> list[Posting]:
    """The plan, and what was used in households: two entries at most."""
    common = {"occurred_to": line.occurred_to, "place_code": line.place_code, "credited_to": line.party_id}
    common["batch"] = line.batch_id
    posted = []
    if line.planned_fen is not None:
        posted.append(Posting(measure=PLANNED, quantity=line.planned_fen, stage=Stage.PLANNED, **common))
    if line.own_fen is not None:
        posted.append(
            Posting(measure=RAISED, quantity=line.own_fen, fund_source=FundSource.OWN, giver=line.party_id, **common)
        )
    return posted


def column_postings(lines: Mapping[str, Any]) -> list[PostingColumns]:
    common = {name: lines[name] for name in ("occurred_to", "place_code")}
    common |= {"credited_to": lines["party_id"], "batch": lines.get("batch_id")}
    return [
        PostingColumns(measure=PLANNED, quantity=lines["planned_fen"], stage=Stage.PLANNED, **common),
        PostingColumns(
            measure=RAISED,
            quantity=lines["own_fen"],
            fund_source=FundSource.OWN,
            giver=lines["party_id"],
            **common,
        ),
    ]


SOURCE = PostingSource(kind="test_line", model=Line, postings=postings, measures=(PLANNED, RAISED, USED))
COLUMN_SOURCE = PostingSource(
    kind="test_line", model=Line, postings=postings, measures=(PLANNED, RAISED, USED), column_postings=column_postings
)


def unsaved_line(party: Party, **fields: Any) -> Any:
    return Line(
        **{
            "party": party,
            "party_as_written": party.name,
            "place_code": VILLAGE,
            "place_as_written": "桂峰村",
            "occurred_to": DAY,
            "planned_fen": 1000,
        }
        | fields
    )


def post_line(by: Actor, party: Party, **fields: Any) -> Any:
    """One line of 1000 fen planned, saved and posted in a book of its own."""
    with posting(by=by) as book:
        line = unsaved_line(party, **fields)
        line.save()
        book.post(SOURCE, [line])
    return line


def post_lines(by: Actor, party: Party, count: int) -> list[PostedModel]:
    """`count` lines with one entry each, in one book; the n-th plans n fen."""
    with posting(by=by) as book:
        lines = Line.objects.bulk_create(unsaved_line(party, planned_fen=n) for n in range(1, count + 1))
        book.post(SOURCE, lines)
    return lines


def columns(party: Party, count: int, **changed: Any) -> dict[str, Any]:
    """Columns for `Book.bulk_create`: every second line states what it raised itself."""
    return {
        "party_id": party.pk,
        "party_as_written": party.name,
        "place_code": VILLAGE,
        "place_as_written": "桂峰村",
        "occurred_to": [DAY] * count,
        "planned_fen": list(range(count)),
        "own_fen": [n if n % 2 else None for n in range(count)],
    } | changed
