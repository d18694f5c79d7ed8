"""How long work tells where it is."""

from typing import Protocol


class Progress(Protocol):
    """Told about rows as they are done; `left` is None while the number of rows is not known. May raise `Cancelled`."""

    def __call__(self, *, done: int, left: int | None) -> None: ...
