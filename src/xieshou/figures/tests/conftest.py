"""The books of the figures' tests: the places, a home of its own, and one call to post."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from xieshou.analytics.readings import Reading
from xieshou.common.scoping import Actor
from xieshou.figures.answers import Answer
from xieshou.figures.definitions import Figure
from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate
from xieshou.figures.tests import factories
from xieshou.ledger.posted import PostedModel, Posting
from xieshou.parties.models import Party


@pytest.fixture
def post(office: Actor, helping_unit: Party, places_cast, xieshou_home) -> Callable[..., PostedModel]:
    """Post entries as one record of the helping unit."""

    def run(*postings: Posting, row: int | None = None) -> PostedModel:
        return factories.post(office, helping_unit, *postings, row=row)

    return run


@pytest.fixture
def value(office: Actor) -> Callable[..., int | None]:
    """The base value of a figure for the office, in a scope given by options."""

    def run(figure: Figure, *, actor: Actor = office, head: int | None = None, **options: object) -> int | None:
        return evaluate(actor=actor, figure=figure, scope=Scope.from_options(options), head=head)[0].base_value

    return run


@pytest.fixture
def answers(office: Actor) -> Callable[..., list[Answer]]:
    """The answers of a figure for the office, in a scope given by options."""

    def run(figure: Figure, *, by: tuple[str, ...] = (), actor: Actor = office, **options: object) -> list[Answer]:
        return evaluate(actor=actor, figure=figure, scope=Scope.from_options(options), by=by)

    return run


@pytest.fixture
def programme(db: None) -> Any:
    """A programme; its app stands above this one."""
    return apps.get_model("programme", "Programme").objects.create(name="定点帮扶", kind="designated")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often the books were read so far."""
    queries: list[object] = []
    rows = Reading.rows
    monkeypatch.setattr(Reading, "rows", lambda self, query: queries.append(query) or rows(self, query))
    return lambda: len(queries)
