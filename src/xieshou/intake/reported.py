"""Which units and places a batch speaks of, and which batches answer for a period (已报)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q, QuerySet

from xieshou.intake import selectors, staging
from xieshou.intake.deadlines import ReportPeriod
from xieshou.intake.models import Batch, ReportedPair
from xieshou.parties.selectors import directory

_GOOD, _POSTED_BEFORE = 0, 2
_WRITTEN_AT_ONCE = 5_000


def write_pairs(batch: Batch) -> None:
    """Note which units and places the rows of a batch speak of, in place of what was noted before."""
    ReportedPair.objects.filter(batch=batch).delete()
    ReportedPair.objects.bulk_create(_pairs(batch), batch_size=_WRITTEN_AT_ONCE)


def answering(form_key: str, period: ReportPeriod) -> QuerySet[Batch]:
    """The batches of a form whose amounts run to a day within the period, the latest step last.

    A cumulative statement answers for the period in which its day lies, another for the one in which its own ends.
    """
    within = Q(as_of__range=(period.first, period.last)) | Q(as_of=None, period_to__range=(period.first, period.last))
    handed_in = (Batch.State.SUBMITTED, Batch.State.RETURNED, Batch.State.ACCEPTED, Batch.State.DRAFT)
    return Batch.objects.filter(within, form_key=form_key, state__in=handed_in).order_by("decided_at", "pk")


def pairs_of(batches: Iterable[Batch]) -> dict[int, list[ReportedPair]]:
    """Batch → the units and places that its rows speak of; one query, and the rows of batches from before pairs were
    noted."""
    wanted = {batch.pk: batch for batch in batches}
    found: defaultdict[int, list[ReportedPair]] = defaultdict(list)
    for pair in ReportedPair.objects.filter(batch__in=wanted).select_related("party"):
        found[pair.batch_id].append(pair)
    for pk, batch in wanted.items():
        if pk not in found and batch.state == Batch.State.ACCEPTED and batch.evaluation:
            found[pk] = list(_pairs(batch))
    return dict(found)


def _pairs(batch: Batch) -> list[ReportedPair]:
    form = selectors.form_of(batch)
    path = staging.rows_path(batch)
    if not path.exists():
        return []
    unit = form.parties[0].key if form.parties else ""
    columns = [*([unit, f"{unit}_as_written"] if unit else []), *(["place_code"] if form.places else [])]
    counts: Counter[tuple[Any, ...]] = Counter()
    for table in staging.chunks(path, ["status", *columns]):
        table = table.filter(pc.is_in(table.column("status"), value_set=pa.array([_GOOD, _POSTED_BEFORE], pa.int8())))
        for values in table.group_by(columns).aggregate([([], "count_all")]).to_pylist():
            written = values.get(f"{unit}_as_written") or ""
            counts[values.get(unit), written, values.get("place_code") or ""] += values["count_all"]
    parties = _registered(batch, {written for party, written, _place in counts if party is None and written})
    return [
        ReportedPair(
            batch=batch,
            party_id=party or parties.get(written),
            party_as_written=written[:500],
            place_code=place,
            rows=rows,
        )
        for (party, written, place), rows in counts.items()
    ]


def _registered(batch: Batch, texts: set[str]) -> dict[str, int]:
    """Texts whose party was registered when the batch was accepted."""
    known = directory()
    exact = {text: known.exact(text) for text in texts}
    return {text: parties[0] for text, parties in exact.items() if len(parties) == 1}
