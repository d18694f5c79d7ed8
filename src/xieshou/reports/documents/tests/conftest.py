"""The books of the reports' tests: the published plan of three counties, and one call for a report."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.stories.conftest import FAW_PLAN, Desk, conghua, desk, places  # noqa: F401
from xieshou.catalogue.figures import FIGURES
from xieshou.common.scoping import Actor
from xieshou.intake.models import Batch
from xieshou.parties.selectors import party_at
from xieshou.programme.models import Programme
from xieshou.reports.documents.builtin.catalogue import template_named
from xieshou.reports.documents.builtin.matter import Wanted
from xieshou.reports.documents.document import Document, Paragraph, Table
from xieshou.reports.documents.renderers.runs import words_of
from xieshou.reports.documents.services import make_report

COMPANY = "中国第一汽车集团有限公司"


@pytest.fixture
def faw(desk: Desk) -> Batch:  # noqa: F811
    """Plan and actual of 2019 in three counties, as the published report states them, in the books."""
    programme = Programme.objects.create(name=f"{COMPANY}定点扶贫", kind=Programme.Kind.DESIGNATED)
    return desk.take_in(FAW_PLAN, period="2019", basis="period", programme_id=programme.pk)


@pytest.fixture
def report(office: Actor) -> Callable[..., Document]:
    """A report of the office, its scope given by the fields of `Wanted`."""

    def run(key: str, *, actor: Actor = office, with_entries: bool = False, head: int | None = None, **wanted: Any):
        return make_report(
            actor=actor,
            template=template_named(key),
            wanted=Wanted(**{"year": 2019} | wanted),
            figures=FIGURES,
            head=head,
            with_entries=with_entries,
        )

    return run


@pytest.fixture
def company(faw: Batch) -> int:
    return party_at(COMPANY).pk


def paragraphs(document: Document) -> list[str]:
    """The sentences of a report as they read."""
    return ["".join(map(words_of, block.runs)) for block in document.blocks if isinstance(block, Paragraph)]


def tables(document: Document) -> list[list[list[str]]]:
    """The tables of a report as they read, without their heads."""
    return [[[words_of(run) for run in line] for line in b.lines] for b in document.blocks if isinstance(b, Table)]
