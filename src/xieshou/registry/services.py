"""Verbs of the registry."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.access.services import log_reveal
from xieshou.common.scoping import Actor
from xieshou.registry import bulk, rules
from xieshou.registry.errors import ErasureRefused, PeopleRefused
from xieshou.registry.keys import Keys, keys
from xieshou.registry.models import Erasure, Household, Person

CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class People:
    """Columns of people as a list names them, all of one length; None or "" is "not stated".

    identity_numbers: of any kind that `rules.identity_problem` passes. names: of the persons. household_heads: name of
    the head of the household. place_codes: 12 digits. head_identity_numbers: () when the list has no such column.
    """

    identity_numbers: Sequence[str | None]
    names: Sequence[str]
    household_heads: Sequence[str | None]
    place_codes: Sequence[str]
    head_identity_numbers: Sequence[str | None] = ()

    def __len__(self) -> int:
        return len(self.names)

    def part(self, start: int, end: int) -> People:
        return People(
            self.identity_numbers[start:end],
            self.names[start:end],
            self.household_heads[start:end],
            self.place_codes[start:end],
            self.head_identity_numbers[start:end],
        )


@dataclass(frozen=True, slots=True)
class Identified:
    """Surrogate keys, one for each row of the list; a household is None where the list names no head."""

    person_ids: list[int]
    household_ids: list[int | None]
    new_persons: int
    new_households: int


def identify_people(*, by: Actor, people: People) -> Identified:
    """The person and household of each row, registered where they are not yet known.

    A person is found by identity number (15 and 18 digits and a disability certificate of one person are one number);
    without a number by place, household head and name. A household is found by place and head: by the head's number
    where the list states it, else by the head's name. Two rows for one person give one person. What is stored of a
    known person is not changed: a list of recipients is no source for the registry.

    Cost: about 12 µs a new person on SQLite and 18 on PostgreSQL (half of it the server's), 6 µs a known one, in chunks
    of 10,000 rows (about 10 MB); benchmarks/bench_registry.py.
    Raises: PeopleRefused, for a row without name or place; RegistryKeyMissing.
    """
    with bulk.one_transaction():
        bulk.begin_identifying()
        lock = keys(may_draw=not Person.objects.exists())
        now = str(connection.ops.adapt_datetimefield_value(timezone.now()))
        parts = [
            _identify(people.part(start, start + CHUNK), lock, now, start) for start in range(0, len(people), CHUNK)
        ]
    return Identified(
        person_ids=[person_id for part in parts for person_id in part.person_ids],
        household_ids=[household_id for part in parts for household_id in part.household_ids],
        new_persons=sum(part.new_persons for part in parts),
        new_households=sum(part.new_households for part in parts),
    )


def _identify(people: People, lock: Keys, now: str, first_row: int) -> Identified:
    _demand_names_and_places(people, first_row)
    household_ids, new_households = _households(people, lock, now)
    person_ids, new_persons = _persons(people, household_ids, lock, now)
    return Identified(person_ids, household_ids, new_persons, new_households)


def _demand_names_and_places(people: People, first_row: int) -> None:
    if all(people.names) and all(people.place_codes):
        return
    row = next(
        row
        for row, (name, code) in enumerate(zip(people.names, people.place_codes, strict=True))
        if not (name and code)
    )
    raise PeopleRefused(
        _("第 %(row)d 人没有姓名或没有所在地，无法登记；请补齐后再试。") % {"row": first_row + row + 1},
        position=first_row + row,
    )


def _households(people: People, lock: Keys, now: str) -> tuple[list[int | None], int]:
    """The household id of each row, and how many are new."""
    codes, heads = people.place_codes, people.household_heads
    numbers = people.head_identity_numbers or [None] * len(people)
    # Strings as keys, not tuples: the garbage collector walks over every tuple again and again.
    keys_of_rows = [
        f"{code}|{head or ''}|{number or ''}" for code, head, number in zip(codes, heads, numbers, strict=True)
    ]
    row_of = dict(zip(keys_of_rows, range(len(people)), strict=True))
    texts = {
        key: _household_text(codes[row], heads[row], numbers[row])
        for key, row in row_of.items()
        if heads[row] or numbers[row]
    }
    found = _find_or_reserve(Household, "index", list(dict.fromkeys(texts.values())), lock)
    rows = {text: row_of[key] for key, text in texts.items()}
    new_rows = [rows[text] for text in found.new_texts]
    bulk.insert(
        Household,
        {
            "id": found.new_ids,
            "place_code": [codes[row] for row in new_rows],
            "head_name": [heads[row] or "" for row in new_rows],
            "index": found.new_indexes,
            "created_at": [now] * len(new_rows),
        },
    )
    ids = {key: found.ids[text] for key, text in texts.items()}
    return [ids.get(key) for key in keys_of_rows], len(new_rows)


def _household_text(place_code: str, head: str | None, number: str | None) -> str:
    if number:
        return f"household-number|{place_code}|{_canonical(number)}"
    return f"household-name|{place_code}|{_name_key(head or '')}"


def _persons(people: People, household_ids: list[int | None], lock: Keys, now: str) -> tuple[list[int], int]:
    """The person id of each row, and how many are new."""
    clean = rules.clean_identity
    numbers = [clean(number) if number else None for number in people.identity_numbers]
    codes, names = people.place_codes, people.names
    texts = [
        f"person-number|{number if len(number) == 18 else rules.canonical_identity(number)}"
        if number
        else f"person-name|{code}|{_name_key(head or '', name)}"
        for number, code, head, name in zip(numbers, codes, people.household_heads, names, strict=True)
    ]
    row_of = dict(zip(texts, range(len(texts)), strict=True))  # of two rows for one person the last one
    found = _find_or_reserve(Person, "identity_index", list(row_of), lock)
    rows = [row_of[text] for text in found.new_texts]
    bulk.insert(
        Person,
        {
            "id": found.new_ids,
            "household_id": [household_ids[row] for row in rows],
            "place_code": [codes[row] for row in rows],
            "name": [names[row] for row in rows],
            "identity_cipher": lock.encrypt(found.new_ids, [numbers[row] for row in rows]),
            "identity_index": found.new_indexes,
            "created_at": [now] * len(rows),
        },
    )
    return [found.ids[text] for text in texts], len(rows)


@dataclass(frozen=True, slots=True)
class _Found:
    """The id of each text; and, as columns, the texts that have no row yet, their reserved ids and blind indexes."""

    ids: dict[str, int]
    new_texts: list[str]
    new_ids: Sequence[int]
    new_indexes: list[bytes]


def _find_or_reserve(model: type[Household | Person], index_column: str, texts: list[str], lock: Keys) -> _Found:
    indexes = lock.indexes(texts)
    known = bulk.ids_by_index(model, index_column, indexes)
    new_texts = [text for text, index in zip(texts, indexes, strict=True) if index not in known]
    new_indexes = [index for index in indexes if index not in known]
    new_ids = bulk.reserve_ids(model, len(new_texts))
    ids = dict(zip(new_texts, new_ids, strict=True))
    ids |= {text: known[index] for text, index in zip(texts, indexes, strict=True) if index in known}
    return _Found(ids, new_texts, new_ids, new_indexes)


def _canonical(number: str) -> str:
    return rules.canonical_identity(rules.clean_identity(number))


def _name_key(*words: str) -> str:
    """Words that identify together; spaces inside a name (张 三) make no other name."""
    return "|".join(["".join(word.split()).replace("|", "") for word in words])


def identity_number(person: Person) -> str:
    """The whole number, "" when none is known. For `reveal_identity` and for files that law demands; never shown."""
    if person.identity_cipher is None:
        return ""
    return keys(may_draw=False).decrypt(person.pk, bytes(person.identity_cipher))


def reveal_identity(*, by: Actor, person: Person, reason: str) -> str:
    """The whole identity number of a person, "" when none is known; the act is logged with its reason.

    Raises: ReasonMissing; RegistryKeyMissing and RegistryKeyWrong, when the number cannot be read.
    """
    with transaction.atomic():
        log_reveal(by=by, subject_kind="person", subject_id=person.pk, field="identity_number", reason=reason)
        return identity_number(person)


def erase_person(*, by: Actor, person: Person, reason: str) -> Erasure:
    """Remove a person for good: name, number and blind index are gone, entries keep the surrogate key.

    The name of a head of household goes with the head, and a household without members goes with its last one. The
    ledger and every figure stay as they were. The kept original workbooks are not touched: they are erased by file.
    Raises: ErasureRefused, when the reason is missing or itself holds an identity or phone number.
    """
    if not reason.strip():
        raise ErasureRefused(_("删除个人信息须写明理由；请填写后再试。"), person_id=person.pk)
    if rules.holds_personal_number(reason):
        raise ErasureRefused(_("理由中不能写证件号码或电话号码；请改写。"), person_id=person.pk)
    with transaction.atomic():
        erasure = Erasure.objects.create(
            person_id=person.pk,
            place_code=person.place_code,
            reason=reason.strip()[:300],
            erased_by_id=by.user_id or None,
        )
        household = person.household
        Person.objects.filter(pk=person.pk).delete()
        if household is not None:
            if not household.members.exists():
                household.delete()
            elif household.head_name == person.name:
                household.head_name, household.index = "", os.urandom(16)
                household.save(update_fields=["head_name", "index"])
    return erasure
