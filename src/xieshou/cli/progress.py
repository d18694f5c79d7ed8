"""Progress of long work, drawn on a terminal and nowhere else."""

import sys
import time

import click

_SECONDS_BETWEEN = 0.2


class Bar:
    """One line on stderr, `label  12,345 / 20,000  61 %`, rewritten as work goes on and removed at the end."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.is_shown = sys.stderr.isatty()
        self._drawn_at = 0.0

    def steps(self, done: int, total: int) -> None:
        """The signature of the ledger's and the places' progress."""
        self._draw(done, total)

    def rows(self, *, done: int, left: int | None) -> None:
        """The signature of the imports' progress; `left` None: nobody knows yet."""
        self._draw(done, None if left is None else done + left)

    def clear(self) -> None:
        if self.is_shown and self._drawn_at:
            click.echo("\r\033[K", err=True, nl=False)
            self._drawn_at = 0.0

    def _draw(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        if not self.is_shown or now - self._drawn_at < _SECONDS_BETWEEN:
            return
        self._drawn_at = now
        share = f" / {total:,}  {100 * done // total} %" if total else ""
        click.echo(f"\r\033[K{self.label}  {done:,}{share}", err=True, nl=False)
