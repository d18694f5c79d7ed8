"""The command line in this process, on a private database and home folder, with a few entries in the books."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from xieshou.cli.main import main
from xieshou.places import reference
from xieshou.places.models import Place, PlaceEdition
from xieshou.programme.services import record_fund_statement

CONGHUA = "440117000000"


@dataclass(frozen=True)
class Outcome:
    """What a command left behind: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


@pytest.fixture
def xieshou(xieshou_home) -> Callable[..., Outcome]:
    """`xieshou("ledger", "verify", "--json")`."""

    def run(*arguments: object) -> Outcome:
        done = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
        return Outcome(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def instance(committed_db, places_cast, xieshou_home) -> None:
    """A database with real commits in which the cast counts as all the places there are."""
    PlaceEdition.objects.create(
        checksum=reference.checksum(), place_count=Place.objects.count(), loaded_at=timezone.now()
    )


@pytest.fixture
def books(instance, office, helping_unit) -> None:
    """One line of a fund report, posted: planned 9,000 yuan, raised 1,200 of the unit's own and used it."""
    village = Place.objects.filter(code__startswith="440117", level=5).first()
    record_fund_statement(
        by=office,
        party=helping_unit,
        place_code=village.code,
        occurred_to=date(2011, 12, 31),
        planned_fen=900_000,
        invested_fen=120_000,
        own_fen=120_000,
        to_villages_fen=120_000,
    )
