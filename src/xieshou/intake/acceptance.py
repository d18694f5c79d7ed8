"""A batch on its way into the books and out again: accept, withdraw."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.intake import comparisons, moves, selectors, staging
from xieshou.intake.digests import content_digests, posted_keys, row_digests
from xieshou.intake.drafts import needs_period
from xieshou.intake.errors import BatchConflict, BatchNotReady, DecisionInvalid, NothingToAccept, PeriodNeeded
from xieshou.intake.forms import Form, FormBinding, RowChunk
from xieshou.intake.models import Batch, PostedKey
from xieshou.intake.progress import Progress
from xieshou.intake.reported import write_pairs
from xieshou.parties import services as parties

_KEYS_WRITTEN = 5_000


def accept_batch(
    *, by: Actor, batch: Batch, bindings: Sequence[FormBinding], progress: Progress | None = None
) -> Batch:
    """Post the good rows (采纳), all or none, in one transaction.

    Posts: what the form's binding posts. A process killed in the middle leaves the draft as it was.
    Raises: NotPermitted, when the actor is no office that reaches the batch; BatchNotReady, also for a draft that its
    unit has not handed in; BatchConflict, when another import has posted some of the same rows meanwhile;
    NothingToAccept; PeriodNeeded; ReasonNeeded, when cumulative amounts fall and nobody has said why.
    """
    try:
        try:
            return _accept(by, batch, bindings, progress)
        except IntegrityError:
            # Another import has just registered the same party, village or person: they are there now.
            return _accept(by, batch, bindings, progress)
    except OperationalError as error:
        if "locked" in str(error):
            raise BatchConflict(_("另一次导入正在入账，本次没有入账；请稍后再采纳一次。")) from error
        raise


def withdraw_batch(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding], reason: str) -> Batch:
    """Take a whole accepted batch back (撤销整批), by reversals; its rows may be imported again.

    Raises: NotPermitted; DecisionInvalid, without a reason; BatchNotReady.
    """
    if not reason.strip():
        raise DecisionInvalid(_("撤销整批要写明原因。"), field="reason")
    with transaction.atomic():
        batch = moves.locked(batch)
        selectors.demand_may_settle(by, batch)
        moves.demand_move(batch, Batch.State.WITHDRAWN)
        selectors.binding_of(batch, bindings).withdraw(by=by, batch=batch, reason=reason.strip())
        counting_again = selectors.rows_that_count_again(batch)
        PostedKey.objects.filter(batch=batch).delete()
        PostedKey.objects.bulk_create(
            PostedKey(
                form_key=batch.form_key,
                digest=bytes.fromhex(digest),
                batch_id=earlier,
                row=row,
                content=bytes.fromhex(content),
            )
            for digest, earlier, row, content in counting_again
        )
        return moves.moved(batch, Batch.State.WITHDRAWN, by, message=reason.strip())


def _accept(by: Actor, batch: Batch, bindings: Sequence[FormBinding], progress: Progress | None) -> Batch:
    with transaction.atomic():
        batch = moves.locked(batch)
        selectors.demand_may_settle(by, batch)
        moves.demand_move(batch, Batch.State.ACCEPTED)
        if not selectors.is_handed_in(batch):
            raise BatchNotReady(
                _("批次 %(batch)s 还没有提交；请由填报单位提交后再采纳。") % {"batch": batch.pk}, batch=batch.pk
            )
        if needs_period(batch):
            raise PeriodNeeded(_("表里没有写明金额算到哪一天；请说明期间或截止日期后再采纳。"), batch=batch.pk)
        if not batch.accepted:
            raise NothingToAccept(_("没有可以入账的行；请按提示改好后再采纳。"), batch=batch.pk)
        comparison = comparisons.compare(batch)
        moves.demand_explained(batch, comparison)
        acceptance = _Acceptance(by, batch, progress)
        selectors.binding_of(batch, bindings).post(by=by, batch=batch, chunks=acceptance.chunks())
        acceptance.demand_all_posted()
        batch.choices = batch.choices | {"restated": acceptance.restated}
        batch.save(update_fields=["choices"])
        comparisons.keep(batch, comparison)
        write_pairs(batch)
        return moves.moved(batch, Batch.State.ACCEPTED, by, message="")


class _Acceptance:
    """The good rows of one batch on their way into the books: parties found, keys written, chunk by chunk."""

    def __init__(self, by: Actor, batch: Batch, progress: Progress | None) -> None:
        self._by = by
        self._batch = batch
        self._progress = progress
        self._form: Form = selectors.form_of(batch)
        self._period = selectors.period_of(batch)
        self._done = 0
        self.restated: list[list[Any]] = []
        self._gone = comparisons.gone_rows(batch)
        self._parties = self._parties_by_text()
        self._line_digests = self._lines() if not self._form.row_key else None

    def chunks(self) -> Iterator[RowChunk]:
        """The good rows; the key of each is written before it is handed over."""
        self._tell()
        for table in staging.chunks(staging.rows_path(self._batch)):
            table = table.filter(pc.equal(table.column("status"), 0))
            if not table.num_rows:
                continue
            table = self._with_parties(table)
            rows = table.column("row").to_pylist()
            restates = self._write_keys(table, rows) | self._take_out_gone()
            yield RowChunk(rows, table.drop_columns(["row", "status"]), restates)
            self._done += len(rows)
            self._tell()

    def demand_all_posted(self) -> None:
        if self._done != self._batch.accepted:
            raise RuntimeError(f"{self._done} of {self._batch.accepted} rows were posted")

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(done=self._done, left=self._batch.accepted - self._done)

    def _parties_by_text(self) -> dict[str, int]:
        """Every party text of the good rows that had no party yet; new ones are created now."""
        texts: set[str] = set()
        names = [column.key for column in self._form.parties]
        if not names:
            return {}
        wanted = ["status", *names, *(f"{name}_as_written" for name in names)]
        for table in staging.chunks(staging.rows_path(self._batch), wanted):
            table = table.filter(pc.equal(table.column("status"), 0))
            for name in names:
                unsettled = table.filter(pc.is_null(table.column(name))).column(f"{name}_as_written")
                texts.update(text for text in unsettled.unique().to_pylist() if text)
        found = parties.parties_for_texts(by=self._by, texts=sorted(texts))
        return {text: party.pk for text, party in found.items()}

    def _with_parties(self, table: pa.Table) -> pa.Table:
        for column in self._form.parties:
            written = table.column(f"{column.key}_as_written").combine_chunks().dictionary_encode()
            ids = pa.array([self._parties.get(text) for text in written.dictionary.to_pylist()], pa.int64())
            known = pc.coalesce(table.column(column.key), ids.take(written.indices))
            table = table.set_column(table.column_names.index(column.key), column.key, known)
        return table

    def _write_keys(self, table: pa.Table, rows: list[int]) -> dict[int, tuple[int, int]]:
        """Claim the rows for this batch. Returns which rows restate which (batch, row)."""
        if not self._form.row_key:
            if self._line_digests is not None:
                self._insert((self._line_digests(row), row, None) for row in rows)
            return {}
        digests = row_digests(self._form, table, self._period)
        contents = content_digests(self._form, table)
        posted = posted_keys(self._form.key, digests)
        restates = {}
        for digest, row in zip(digests, rows, strict=True):
            if digest in posted:
                known = posted[digest]
                restates[row] = (known.batch, known.row)
                self.restated.append([digest.hex(), known.batch, known.row, known.content.hex()])
        self._demand_expected(restates)
        PostedKey.objects.filter(form_key=self._form.key, digest__in=list(posted)).delete()
        self._insert(zip(digests, rows, contents, strict=True))
        return restates

    def _take_out_gone(self) -> dict[int, tuple[int, int]]:
        """Rows that no longer appear and were chosen to be taken out, with the first chunk: replaced by no row.

        They stand under negative numbers among what the chunk's rows replace, and count again when the batch is
        withdrawn.
        """
        gone, self._gone = self._gone, {}
        self.restated += [[digest.hex(), batch, row, content.hex()] for digest, (batch, row, content) in gone.items()]
        PostedKey.objects.filter(form_key=self._form.key, digest__in=list(gone)).delete()
        return {-number: (batch, row) for number, (batch, row, _content) in enumerate(gone.values(), start=1)}

    def _demand_expected(self, restates: Mapping[int, tuple[int, int]]) -> None:
        """A row that stands in the books by now was either meant to be replaced, or posted meanwhile by another
        import."""
        corrected = set(self._batch.choices.get("corrected", ()))
        batches = Batch.objects.in_bulk({other for other, _other_row in restates.values()})
        for row, (other, _other_row) in restates.items():
            earlier = batches[other]
            later = self._batch.as_of and earlier.as_of and self._batch.as_of > earlier.as_of
            if row not in corrected and not (self._batch.basis == Batch.Basis.CUMULATIVE and later):
                raise self._conflict(other)

    def _lines(self) -> Callable[[int], bytes] | None:
        """How a row of a form without a key is claimed: a file that comes first is claimed whole, by one key.

        Later imports of the same file, and returned workbooks, claim their rows one by one.
        """
        batch = self._batch
        first = batch.completes or batch
        origin_rows: dict[int, int] = {}
        split: set[int] = set()
        if batch.completes is None:
            posted = selectors.posted_rows(batch)
            standing = selectors.good_rows(batch)
            for other, rows in posted.items():
                if np.isin(standing, rows).any():
                    raise self._conflict(other)
            if not posted:
                table = first.choices.get("table") or ""
                self._insert([(_digest(first.form_key, first.original.sha256, first.sheet + table), 0, None)])
                return None
        else:
            origin_rows = dict(
                zip(selectors.good_rows(batch).tolist(), selectors.origin_rows(batch).tolist(), strict=True)
            )
            # A row that listed many names came back as one row for each.
            split = {origin for origin, count in Counter(origin_rows.values()).items() if count > 1}

        def digest(row: int) -> bytes:
            origin = origin_rows.get(row)
            whose, number = (first, origin) if origin else (batch, row)
            name = f"{number}/{row}" if origin in split else str(number)
            return _digest(whose.form_key, whose.original.sha256, whose.sheet, name)

        return digest

    def _insert(self, keys: Iterable[tuple[bytes, int, bytes | None]]) -> None:
        statement = (
            "INSERT INTO intake_postedkey (form_key, digest, batch_id, row, content) VALUES (%s, %s, %s, %s, %s)"
        )
        lines = [(self._form.key, digest, self._batch.pk, row, content) for digest, row, content in keys]
        try:
            with connection.cursor() as cursor:
                for start in range(0, len(lines), _KEYS_WRITTEN):
                    cursor.executemany(statement, lines[start : start + _KEYS_WRITTEN])
        except IntegrityError as error:
            raise self._conflict(None) from error

    def _conflict(self, other: int | None) -> BatchConflict:
        if other is None:
            return BatchConflict(_("另一次导入刚刚把同样的行入了账，本次没有入账；请打开批次重新核对。"))
        return BatchConflict(
            _("批次 %(other)s 刚刚把同样的行入了账，本次没有入账；请打开批次重新核对。") % {"other": other}, batch=other
        )


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest()
