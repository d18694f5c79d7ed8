"""What every story needs: the villages of the real report, the product's own import, its own figures and commands."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from xieshou.catalogue.figures import FIGURES
from xieshou.catalogue.forms import BINDINGS
from xieshou.cli.main import main
from xieshou.common.scoping import Actor
from xieshou.figures.definitions import figure_named
from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate
from xieshou.intake import services as intake
from xieshou.intake.models import Batch
from xieshou.places import reference
from xieshou.places.models import Place, PlaceEdition
from xieshou.places.tests.factories import place_of

EXAMPLES = Path(__file__).parents[2] / "examples"
CONGHUA_REPORT = EXAMPLES / "guangzhou-conghua-2011-fund-report.xls"
FAW_PLAN = EXAMPLES / "faw-2019-fund-plan.xlsx"
DISTRIBUTION_LIST = EXAMPLES / "fictitious-distribution-list.xlsx"
CONGHUA = "440117000000"


@cache
def divisions_of(*counties: str) -> list[tuple[str, str, int, str]]:
    """Towns and villages of counties (6 digits) in the packaged edition: code, name, level, code of the place above."""
    towns = [
        (code.ljust(12, "0"), name, 4, code[:6].ljust(12, "0"))
        for code, name in reference.codes_and_names("divisions_2023")
        if len(code) == 9 and code.startswith(counties)
    ]
    villages = [
        (code, name, 5, code[:9].ljust(12, "0"))
        for code, name in reference.codes_and_names("villages_2023")
        if code.startswith(counties)
    ]
    return towns + villages


@pytest.fixture
def places(places_cast: dict[str, Place]) -> None:
    """The cast, all towns and villages of 从化 and 增城, and the note that the edition is loaded."""
    further = [row for row in divisions_of("440117", "440118") if row[0] not in places_cast]
    Place.objects.bulk_create(place_of(*row) for row in further)
    # The commands load all 620,000 villages into a database that has not noted this edition.
    PlaceEdition.objects.create(
        checksum=reference.checksum(), place_count=Place.objects.count(), loaded_at=timezone.now()
    )


@dataclass(frozen=True)
class Desk:
    """The office's desk: files go in, figures come out."""

    actor: Actor

    def draft(self, path: Path, **options: Any) -> Batch:
        return intake.open_batch(by=self.actor, path=path, name=path.name, bindings=BINDINGS, **options)

    def accept(self, batch: Batch) -> Batch:
        return intake.accept_batch(by=self.actor, batch=batch, bindings=BINDINGS)

    def take_in(self, path: Path, **options: Any) -> Batch:
        return self.accept(self.draft(path, **options))

    def withdraw(self, batch: Batch, reason: str = "误报，整批撤销") -> Batch:
        return intake.withdraw_batch(by=self.actor, batch=batch, bindings=BINDINGS, reason=reason)

    def value(self, key: str, **options: Any) -> int | None:
        """The one base value of a figure: fen of money, None for "not stated"."""
        (answer,) = self.answers(key, **options)
        return answer.base_value

    def answers(self, key: str, *, by: tuple[str, ...] = (), **options: Any) -> list[Any]:
        figure = figure_named(key, FIGURES)
        return evaluate(actor=self.actor, figure=figure, scope=Scope.from_options(options), by=by)

    def values_by(self, dimension: str, key: str, **options: Any) -> dict[str, int | None]:
        """Code of the dimension to base value."""
        return {a.by[dimension].code: a.base_value for a in self.answers(key, by=(dimension,), **options)}


@pytest.fixture
def desk(office: Actor, places: None, xieshou_home: Path) -> Desk:
    return Desk(office)


@pytest.fixture
def conghua(desk: Desk) -> Batch:
    """The real report of 从化, in the books."""
    return desk.take_in(CONGHUA_REPORT, as_of=date(2011, 12, 31))


@pytest.fixture
def command(desk: Desk) -> Callable[..., Any]:
    """`xieshou ARGUMENTS --json` in this process: its exit code and its one document."""

    def run(*arguments: str) -> tuple[int, Any]:
        done = CliRunner().invoke(main, [*arguments, "--json"], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout)

    return run
