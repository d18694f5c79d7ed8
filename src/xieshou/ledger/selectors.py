"""Questions to the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor, Grant
from xieshou.ledger import storage
from xieshou.ledger.errors import EntryUnknown
from xieshou.ledger.models import Entry, Seal
from xieshou.parties.selectors import ids_under

_IDS_IN_A_QUERY = 2_000


def entries_for(actor: Actor) -> QuerySet[Entry]:
    """The entries an actor may see: by place, and by giver, receiver or credited party. One query per party grant."""
    if actor.sees_everything:
        return Entry.objects.all()
    seen = Q(pk__in=())
    for grant in actor.grants:
        seen |= _covered(grant)
    return Entry.objects.filter(seen)


def _covered(grant: Grant) -> Q:
    condition = Q()
    if grant.place_ranges is not None:
        inside = Q(pk__in=())
        for low, high in grant.place_ranges:
            inside |= Q(place_code__gte=low, place_code__lt=high)
        condition &= inside
    if grant.party_paths is not None:
        ids = ids_under(grant.party_paths)
        condition &= Q(giver__in=ids) | Q(receiver__in=ids) | Q(credited_to__in=ids)
    return condition


def entry_for(actor: Actor, entry_id: int) -> Entry:
    """One entry; raises `EntryUnknown` also where the actor may not see it."""
    entry = entries_for(actor).filter(pk=entry_id).first()
    if entry is None:
        raise EntryUnknown(_("没有编号为 %(entry)s 的台账条目，或您无权查看。") % {"entry": entry_id}, entry=entry_id)
    return entry


def reversal_of(entry: Entry) -> Entry | None:
    """The entry that reverses this one."""
    return Entry.objects.filter(reverses=entry.pk).first()


def size() -> int:
    """How many entries there are; counts them."""
    return Entry.objects.count()


def last_entry_id() -> int:
    """The largest committed id, 0 when there is none. Not a cut: see `services.stable_cut`."""
    largest = Entry.objects.order_by("-pk").values_list("pk", flat=True).first()
    return largest or 0


def last_seal() -> Seal | None:
    return Seal.objects.order_by("-size").first()


def seals() -> QuerySet[Seal]:
    """All seals, newest first."""
    return Seal.objects.order_by("-size")


def live_entries() -> QuerySet[Entry]:
    """Entries that are neither a reversal nor reversed."""
    reversals = Entry.objects.filter(reverses=OuterRef("pk"))
    return Entry.objects.filter(~Exists(reversals), reverses=None)


def live_entries_of(kind: str, record_ids: Iterable[int]) -> QuerySet[Entry]:
    """Live entries of these records (some 2,000 at most), in order of id."""
    return live_entries().filter(source_kind=kind, source_id__in=list(record_ids)).order_by("pk")


def entries_of(kind: str, record_ids: Iterable[int]) -> QuerySet[Entry]:
    """All entries of these records, reversals included, in order of id."""
    return Entry.objects.filter(source_kind=kind, source_id__in=list(record_ids)).order_by("pk")


def live_values_of(kind: str, record_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """The live entries of these records as canonical values, in the order of `leaves.COLUMNS`."""
    found: list[tuple[Any, ...]] = []
    for chunk in storage.chunked(record_ids, _IDS_IN_A_QUERY):
        marks = ", ".join(["%s"] * len(chunk))
        found += live_values(f"e.source_kind = %s AND e.source_id IN ({marks})", [kind, *chunk])
    return found


def live_values_of_batch(kind: str, batch_id: int, *, after: int, limit: int) -> list[tuple[Any, ...]]:
    """The next live entries of one kind in a batch beyond the id `after`, as canonical values."""
    return live_values("e.batch = %s AND e.source_kind = %s AND e.id > %s", [batch_id, kind, after], limit=limit)


def live_values(condition: str, parameters: Sequence[Any], *, limit: int | None = None) -> list[tuple[Any, ...]]:
    """Live entries `e` under a condition, as canonical values in the order of `leaves.COLUMNS`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {storage.canonical_columns()} FROM ledger_entry e WHERE {condition} AND e.reverses IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM ledger_entry r WHERE r.reverses = e.id) ORDER BY e.id"
            + ("" if limit is None else f" LIMIT {limit}"),
            parameters,
        )
        return list(cursor.fetchall())


def record_ids_after(kind: str, *, after: int, limit: int) -> list[int]:
    """The next ids of records of one kind that have entries, ascending."""
    found = Entry.objects.filter(source_kind=kind, source_id__gt=after).order_by("source_id")
    return list(found.values_list("source_id", flat=True).distinct()[:limit])


def records_by_kind() -> list[tuple[str, int]]:
    """Each source kind in the ledger with its first record."""
    return list(Entry.objects.values_list("source_kind").annotate(Min("source_id")).order_by("source_kind"))
