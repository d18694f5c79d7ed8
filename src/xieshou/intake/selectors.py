"""Questions about batches: whose they are, what they have posted, what was decided before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xieshou.access.rules import MATRIX, Permission
from xieshou.access.selectors import assignments_in_force
from xieshou.common.errors import NotPermitted
from xieshou.common.scoping import Actor, Role
from xieshou.intake import staging
from xieshou.intake.errors import UnknownForm
from xieshou.intake.forms import Form, FormBinding, form_from_json
from xieshou.intake.models import Batch, Decision, PostedKey
from xieshou.intake.rules import is_row_number


def batches_for(actor: Actor) -> QuerySet[Batch]:
    """The batches of the actor's places and units, and those it began itself."""
    return Batch.objects.for_actor(actor) | Batch.objects.filter(created_by_id=actor.user_id)


def may_settle(actor: Actor, batch: Batch) -> bool:
    """Whether the actor may accept the batch, send it back or withdraw it: as an office that reaches it."""
    allowed = MATRIX[Permission.ACCEPT_BATCH]
    return any(grant.role in allowed and grant.covers(batch.place_code, _paths(batch)) for grant in actor.grants)


def may_change(actor: Actor, batch: Batch) -> bool:
    """Whether the actor may correct, hand in or discard the batch: who began it, its unit, or the office.

    Whoever sees a batch for its place alone may read it and speak about it.
    """
    if batch.created_by_id == actor.user_id or may_settle(actor, batch):
        return True
    allowed = MATRIX[Permission.DRAFT_IMPORT]
    return any(
        grant.role in allowed and grant.party_paths is not None and grant.covers(batch.place_code, _paths(batch))
        for grant in actor.grants
    )


def demand_may_change(actor: Actor, batch: Batch) -> None:
    """Raises: NotPermitted."""
    if not may_change(actor, batch):
        raise NotPermitted(
            _("批次 %(batch)s 由别的单位填报，您可以看和批注，不能改动；请找填报单位或帮扶办。") % {"batch": batch.pk},
            batch=batch.pk,
        )


def demand_may_settle(actor: Actor, batch: Batch) -> None:
    """Raises: NotPermitted."""
    if not may_settle(actor, batch):
        raise NotPermitted(
            _("批次 %(batch)s 不在您的采纳范围内；请找负责的帮扶办。") % {"batch": batch.pk}, batch=batch.pk
        )


def is_handed_in(batch: Batch) -> bool:
    """Whether the office may accept the batch now: its unit has handed it in, or the office itself brought it."""
    if batch.state == Batch.State.SUBMITTED:
        return True
    creator = batch.created_by
    return creator.is_operator or assignments_in_force().filter(user=creator, role=Role.OFFICE).exists()


def _paths(batch: Batch) -> list[str]:
    return [batch.party.path] if batch.party is not None else []


def may_have_original(actor: Actor, batch: Batch) -> bool:
    """Whether the actor, who sees the batch, may have the whole file: it brought it, or its unit handed it in.

    A batch is one sheet of its file. Whoever sees it for its place alone has the file only when there is no other
    sheet, which might speak of other places.
    """
    if actor.sees_everything or batch.created_by_id == actor.user_id:
        return True
    if batch.party is not None and any(
        grant.party_paths is not None and grant.covers(batch.place_code, [batch.party.path]) for grant in actor.grants
    ):
        return True
    return bool(batch.evaluation) and len(staging.summary(batch)["sheets"]) == 1


def form_of(batch: Batch) -> Form:
    """The form with which a batch was read, as it was on that day."""
    return form_from_json(staging.summary(batch)["form"])


def binding_of(batch: Batch, bindings: Sequence[FormBinding]) -> FormBinding:
    """What the rows of a batch become. Raises: UnknownForm."""
    for binding in bindings:
        if binding.form.key == batch.form_key and binding.form.version == batch.form_version:
            return binding
    return binding_named(batch.form_key, bindings)


def binding_named(key: str, bindings: Sequence[FormBinding]) -> FormBinding:
    """The newest version of a form. Raises: UnknownForm, naming the forms there are."""
    found = [binding for binding in bindings if binding.form.key == key]
    if not found:
        keys = "、".join(sorted({binding.form.key for binding in bindings}))
        raise UnknownForm(_("没有名为“%(key)s”的表样；可用的有：%(keys)s。") % {"key": key, "keys": keys}, key=key)
    return max(found, key=lambda binding: binding.form.version)


def is_outdated(batch: Batch) -> bool:
    """Whether a batch of the same form went into the books, or out of them, after this one was checked. One query."""
    moved = Batch.objects.filter(form_key=batch.form_key, decided_at__gt=staging.evaluated_at(batch))
    return moved.filter(state__in=(Batch.State.ACCEPTED, Batch.State.WITHDRAWN)).exclude(pk=batch.pk).exists()


def period_of(batch: Batch) -> str:
    """What stands for the period in a row's key. A cumulative statement has none: the later one restates the
    earlier."""
    if batch.basis == Batch.Basis.CUMULATIVE:
        return ""
    return f"{batch.period_from or ''}/{batch.period_to or batch.as_of or ''}"


def reason_for_replacing(batch: Batch) -> str:
    """What the reversals say of the rows that this batch replaces: which batch does, and why where somebody said."""
    words = _("由批次 %(batch)s 的数据代替") % {"batch": batch.pk}
    reason = batch.choices.get("reason", "")
    return f"{words}：{reason}" if reason else words


def remembered_columns() -> dict[tuple[str, str], str]:
    """(form key, squeezed heading) → column key, empty for "not this form's"."""
    decisions = Decision.objects.filter(kind="column").values_list("text", "answer")
    return {(text.split("|", 1)[0], text.split("|", 1)[1]): answer.strip("-") for text, answer in decisions}


def remembered_places() -> dict[str, str]:
    """Text as `matching.decision_text` writes it → place code."""
    return dict(Decision.objects.filter(kind="place").values_list("text", "answer"))


def posted_rows(batch: Batch) -> dict[int, np.ndarray[Any, Any]]:
    """Batch → rows of this batch's file and sheet that it has put into the books, itself excepted.

    Rows of another upload of the same file, and rows that came in through a returned workbook of it. Reads two columns
    of each such batch.
    """
    accepted = Batch.objects.filter(state=Batch.State.ACCEPTED, form_key=batch.form_key).exclude(pk=batch.pk)
    found = {
        other.pk: good_rows(other)
        for other in accepted.filter(original=batch.original, sheet=batch.sheet, completes=None)
        if _same_columns(other, batch)
    }
    completing = accepted.filter(completes__original=batch.original, completes__sheet=batch.sheet)
    return found | {other.pk: origin_rows(other) for other in completing}


def _same_columns(one: Batch, other: Batch) -> bool:
    """Whether two batches of a sheet read the same columns of it, and not two tables that stand side by side."""
    columns = {match["column"] for match in one.mapping.values()}
    return not columns or not other.mapping or any(match["column"] in columns for match in other.mapping.values())


def good_rows(batch: Batch) -> np.ndarray[Any, Any]:
    """The rows of a batch that go in or went in, by their number in its sheet."""
    table = pq.read_table(staging.rows_path(batch), columns=["row", "status"])
    rows: np.ndarray[Any, Any] = table.filter(pc.equal(table.column("status"), 0)).column("row").to_numpy()
    return rows


def origin_rows(batch: Batch) -> np.ndarray[Any, Any]:
    """The good rows of a returned workbook, by their number in the sheet they came from; 0 where it names none."""
    column = staging.summary(batch)["origin_column"]
    if column is None:  # a sheet of items has no rows to number
        return np.zeros(len(good_rows(batch)), dtype=np.int32)
    raw = pq.read_table(staging.raw_path(batch), columns=["row", f"c{column}"])
    raw = raw.filter(pc.is_in(raw.column("row"), value_set=pa.array(good_rows(batch), pa.int32())))
    return np.array(
        [int(text) if text and is_row_number(text) else 0 for text in raw.column(1).to_pylist()], dtype=np.int32
    )


def settled_rows(batch: Batch, besides: Batch) -> frozenset[int]:
    """Rows of a batch that need not come again: those that go in or went in with it, or by another way since.

    Args:
        besides: the batch that asks, which is not counted.
    """
    settled = set(good_rows(batch).tolist())
    duplicates = pq.read_table(staging.rows_path(batch), columns=["row", "status"])
    settled.update(duplicates.filter(pc.equal(duplicates.column("status"), 2)).column("row").to_pylist())
    for other, rows in posted_rows(batch).items():
        if other != besides.pk:
            settled.update(rows.tolist())
    return frozenset(settled)


def rows_that_count_again(batch: Batch) -> list[tuple[str, int, int, str]]:
    """The rows (key, batch, row, content) that stand in the place of this batch's once it is withdrawn.

    For each key that the batch had replaced: the newest earlier row whose own batch still stands. A key that a still
    later batch has taken over is left out, since that batch's row counts. Key and content in hexadecimal.
    """
    replaced = _replaced_by(batch)
    taken_over = _held_by_others(batch, list(replaced))
    wanted = {digest: place for digest, place in replaced.items() if digest not in taken_over}
    standing = []
    while wanted:
        earlier = Batch.objects.in_bulk({batch_id for batch_id, _row, _content in wanted.values()})
        before = {pk: _replaced_by(one) for pk, one in earlier.items()}
        standing += [
            (digest, *place) for digest, place in wanted.items() if earlier[place[0]].state == Batch.State.ACCEPTED
        ]
        wanted = {
            digest: before[place[0]][digest]
            for digest, place in wanted.items()
            if earlier[place[0]].state != Batch.State.ACCEPTED and digest in before[place[0]]
        }
    return standing


def _replaced_by(batch: Batch) -> dict[str, tuple[int, int, str]]:
    """Key of a row → the row (batch, row, content) that it replaced."""
    return {digest: (earlier, row, content) for digest, earlier, row, content in batch.choices.get("restated", ())}


def _held_by_others(batch: Batch, digests: list[str]) -> set[str]:
    held: set[str] = set()
    others = PostedKey.objects.filter(form_key=batch.form_key).exclude(batch=batch)
    for start in range(0, len(digests), 5_000):
        some = [bytes.fromhex(digest) for digest in digests[start : start + 5_000]]
        held.update(bytes(digest).hex() for digest in others.filter(digest__in=some).values_list("digest", flat=True))
    return held
