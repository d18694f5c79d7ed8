"""Which book is open in this thread. Apart from `book`, so that posted models can ask without a circle of imports."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db.models import Model
from django.utils.translation import gettext as _

from xieshou.ledger.errors import WrittenOutsideABook


class TouchesRecords(Protocol):
    """What a posted model needs of a book: to be told which rows were written."""

    def touch(self, model: type[Model], ids: Iterable[int]) -> None: ...


class _Open(threading.local):
    book: Any = None


_open = _Open()


def current() -> Any:
    """The book open in this thread, or None. A connection belongs to one thread, so its transaction does too."""
    return _open.book


def required(model: type[Model]) -> TouchesRecords:
    """The open book; raises `WrittenOutsideABook`."""
    book: TouchesRecords | None = _open.book
    if book is None:
        raise WrittenOutsideABook(
            _("%(model)s会记入台账，只能在记账过程中写入；请通过相应业务登记、更正或撤销。")
            % {"model": model._meta.verbose_name},
            model=model._meta.label,
        )
    return book


@contextmanager
def held(book: TouchesRecords) -> Iterator[None]:
    _open.book = book
    try:
        yield
    finally:
        _open.book = None
