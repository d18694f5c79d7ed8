"""Fixtures of the ledger's tests."""

from collections.abc import Callable
from typing import Any

import pytest

from xieshou.common.scoping import Actor
from xieshou.intake.models import Batch, Original
from xieshou.ledger.models import Entry


@pytest.fixture
def ledger_rows(db: None) -> Callable[..., list[tuple[Any, ...]]]:
    """Chosen columns of all entries, in order of id."""

    def rows(*columns: str) -> list[tuple[Any, ...]]:
        return list(Entry.objects.order_by("pk").values_list(*columns))

    return rows


@pytest.fixture
def a_batch(office: Actor) -> Batch:
    """An accepted batch of nothing."""
    original = Original.objects.create(sha256="0" * 64, name="a.xls", size=0, kept_by_id=office.user_id)
    return Batch.objects.create(original=original, created_by_id=office.user_id)
