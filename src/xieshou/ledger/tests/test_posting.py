"""The book: what is written together, and what is refused."""

# ruff: noqa: PT012  # a book refuses at its end, so the whole book stands under pytest.raises

import threading
from dataclasses import replace

import pytest
from django.db import connection, transaction

from xieshou.ledger import triggers
from xieshou.ledger.errors import (
    BookMisused,
    EntriesDiffer,
    PersonalDataRefused,
    PostingRefused,
    Unprotected,
    WrittenOutsideABook,
)
from xieshou.ledger.models import Entry
from xieshou.ledger.posted import Posting
from xieshou.ledger.services import posting
from xieshou.ledger.tests.factories import (
    COLUMN_SOURCE,
    DAY,
    PLANNED,
    RAISED,
    SOURCE,
    USED,
    Line,
    columns,
    post_line,
    post_lines,
    unsaved_line,
)


def source_with(*postings: Posting):
    return replace(SOURCE, postings=lambda line: postings)


def a_posting(**changed):
    return Posting(**({"measure": PLANNED, "quantity": 5, "occurred_to": DAY} | changed))


# What is posted


def test_a_record_becomes_the_entries_that_it_posts(office, helping_unit, ledger_rows):
    line = post_line(office, helping_unit, planned_fen=1000, own_fen=300)

    assert ledger_rows("measure", "stage", "quantity", "fund_source", "giver", "source_id", "source_line") == [
        ("test.planned", "planned", 1000, "", None, line.pk, 0),
        ("test.raised", "done", 300, "own", helping_unit.pk, line.pk, 1),
    ]


def test_a_stated_zero_posts_an_entry_of_zero(office, helping_unit, ledger_rows):
    post_line(office, helping_unit, planned_fen=0)

    assert ledger_rows("quantity") == [(0,)]


def test_what_is_not_stated_posts_nothing(office, helping_unit, ledger_rows):
    post_line(office, helping_unit, planned_fen=None)

    assert ledger_rows("quantity") == []


def test_all_entries_of_a_book_bear_one_moment_and_its_actor(office, helping_unit, ledger_rows):
    post_lines(office, helping_unit, 3)

    assert len(set(ledger_rows("posted_at"))) == 1
    assert set(ledger_rows("posted_by")) == {(office.user_id,)}


def test_a_superseded_record_adds_up_to_nothing_and_stays_visible(office, helping_unit, ledger_rows):
    line = post_line(office, helping_unit)

    with posting(by=office) as book:
        book.supersede(SOURCE, [line], reason="重复录入")

    line.refresh_from_db()
    assert line.superseded
    assert ledger_rows("quantity", "reverses", "reason") == [
        (1000, None, ""),
        (-1000, Entry.objects.earliest("pk").pk, "重复录入"),
    ]


def test_a_reversal_keeps_dimensions_and_dates_and_negates_quantity_and_value(office, helping_unit):
    mirrored = ("measure", "stage", "occurred_to", "place_code", "credited_to", "source_id", "source_line", "basis")
    line = unsaved_line(helping_unit)
    with posting(by=office) as book:
        line.save()
        book.post(source_with(a_posting(quantity=7, value_fen=70, credited_to=helping_unit.pk)), [line])
    first = Entry.objects.get()

    with posting(by=office) as book:
        book.supersede(SOURCE, [line], reason="数量有误")

    reversal = Entry.objects.get(reverses=first.pk)
    assert [getattr(reversal, name) for name in mirrored] == [getattr(first, name) for name in mirrored]
    assert (reversal.quantity, reversal.value_fen) == (-7, -70)


def test_a_corrected_record_is_reversed_and_posted_again(office, helping_unit, ledger_rows):
    line = post_line(office, helping_unit, planned_fen=1000)

    with posting(by=office) as book:
        book.supersede(SOURCE, [line], reason="金额更正")
        corrected = unsaved_line(helping_unit, planned_fen=900)
        corrected.save()
        book.post(SOURCE, [corrected])

    assert ledger_rows("quantity") == [(1000,), (-1000,), (900,)]


def test_a_batch_is_withdrawn_in_one_act(office, helping_unit, a_batch, ledger_rows):
    post_line(office, helping_unit)
    with posting(by=office) as book:
        book.bulk_create(COLUMN_SOURCE, columns(helping_unit, 4, batch_id=a_batch.pk))

    with posting(by=office) as book:
        reversed_count = book.supersede_batch(SOURCE, a_batch.pk, reason="整批撤销")

    assert reversed_count == 6
    assert Line.objects.filter(superseded=True).count() == 4
    assert sum(quantity for (quantity,) in ledger_rows("quantity")) == 1000


def test_a_record_of_the_batch_that_posted_nothing_is_superseded_with_it(office, helping_unit, a_batch):
    line = post_line(office, helping_unit, planned_fen=None, batch=a_batch)

    with posting(by=office) as book:
        book.supersede_batch(SOURCE, a_batch.pk, reason="整批撤销")

    line.refresh_from_db()
    assert line.superseded


def test_withdrawing_a_batch_twice_reverses_nothing_more(office, helping_unit, a_batch):
    post_line(office, helping_unit, batch=a_batch)
    with posting(by=office) as book:
        book.supersede_batch(SOURCE, a_batch.pk, reason="整批撤销")

    with posting(by=office) as book:
        assert book.supersede_batch(SOURCE, a_batch.pk, reason="整批撤销") == 0


# Written only inside a book


def test_a_posted_record_is_not_saved_outside_a_book(helping_unit):
    with pytest.raises(WrittenOutsideABook):
        unsaved_line(helping_unit).save()


def test_a_posted_record_is_not_deleted_outside_a_book(office, helping_unit):
    line = post_line(office, helping_unit)

    with pytest.raises(WrittenOutsideABook):
        line.delete()


@pytest.mark.parametrize(
    "write",
    [
        lambda line: Line.objects.create(party=line.party, place_code="", occurred_to=DAY),
        lambda line: Line.objects.bulk_create([line]),
        lambda line: Line.objects.bulk_update([line], ["planned_fen"]),
        lambda line: Line.objects.update(planned_fen=1),
        lambda line: Line.objects.filter(pk=line.pk).delete(),
        lambda line: Line.objects.filter(pk=line.pk)._raw_delete("default"),
        lambda line: Line.objects.update_or_create(pk=line.pk, defaults={"planned_fen": 1}),
        lambda line: Line._base_manager.update(planned_fen=1),
    ],
)
def test_no_way_of_the_query_set_writes_outside_a_book(office, helping_unit, write):
    line = post_line(office, helping_unit)

    with pytest.raises(WrittenOutsideABook):
        write(line)


def test_an_open_book_of_one_thread_opens_nothing_for_another(office, helping_unit):
    refused = []

    def write() -> None:
        with pytest.raises(WrittenOutsideABook) as refusal:
            unsaved_line(helping_unit).save()
        refused.append(refusal)

    with posting(by=office):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()

    assert len(refused) == 1


def test_a_book_serves_only_the_thread_that_opened_it(office, helping_unit):
    refused = []

    def write(book) -> None:
        with pytest.raises(BookMisused) as refusal:
            book.post(SOURCE, [])
        refused.append(refusal)

    with posting(by=office) as book:
        thread = threading.Thread(target=write, args=[book])
        thread.start()
        thread.join()

    assert len(refused) == 1


def test_a_closed_book_takes_nothing_more(office):
    with posting(by=office) as book:
        pass

    with pytest.raises(BookMisused):
        book.post(SOURCE, [])


def test_a_posting_inside_a_posting_joins_it(office, helping_unit, ledger_rows):
    with posting(by=office) as outer, posting(by=office) as inner:
        line = unsaved_line(helping_unit)
        line.save()
        inner.post(SOURCE, [line])

    assert inner is outer
    assert ledger_rows("quantity") == [(1000,)]


def test_a_posting_inside_that_of_another_person_is_refused(office, clerk):
    with posting(by=office), pytest.raises(BookMisused), posting(by=clerk):
        pass


def test_a_book_fails_whole_when_a_posting_inside_it_failed(office, helping_unit, ledger_rows):
    def half_done() -> None:
        with posting(by=office) as book:
            line = unsaved_line(helping_unit)
            line.save()
            book.post(SOURCE, [line])
            raise KeyError

    with pytest.raises(BookMisused), posting(by=office), pytest.raises(KeyError):
        half_done()

    assert ledger_rows("quantity") == []


def test_after_a_failed_book_the_next_one_opens(office, helping_unit):
    with pytest.raises(KeyError), posting(by=office):
        raise KeyError

    post_line(office, helping_unit)

    assert Entry.objects.count() == 1


# Compared at the end


def test_a_saved_record_that_is_not_posted_is_refused(office, helping_unit):
    with pytest.raises(EntriesDiffer), posting(by=office):
        unsaved_line(helping_unit).save()

    assert not Line.objects.exists()


def test_a_record_posted_twice_is_refused(office, helping_unit):
    with pytest.raises(EntriesDiffer), posting(by=office) as book:
        line = unsaved_line(helping_unit)
        line.save()
        book.post(SOURCE, [line, line])


def test_a_record_changed_after_it_was_posted_is_refused(office, helping_unit):
    with pytest.raises(EntriesDiffer, match="1000 → 900"), posting(by=office) as book:
        line = unsaved_line(helping_unit)
        line.save()
        book.post(SOURCE, [line])
        line.planned_fen = 900
        line.save()


def test_a_posted_record_changed_in_a_later_book_is_refused(office, helping_unit):
    line = post_line(office, helping_unit)

    with pytest.raises(EntriesDiffer), posting(by=office) as book:
        Line.objects.filter(pk=line.pk).update(planned_fen=900)
        book.post(SOURCE, [])


def test_a_record_deleted_without_reversing_its_entries_is_refused(office, helping_unit):
    line = post_line(office, helping_unit)

    with pytest.raises(EntriesDiffer), posting(by=office) as book:
        book.post(SOURCE, [])
        line.delete()


def test_a_record_may_be_deleted_once_its_entries_are_reversed(office, helping_unit, ledger_rows):
    line = post_line(office, helping_unit)

    with posting(by=office) as book:
        book.supersede(SOURCE, [line], reason="误录")
        line.delete()

    assert ledger_rows("quantity") == [(1000,), (-1000,)]


def test_a_field_that_posts_nothing_may_change(office, helping_unit):
    line = post_line(office, helping_unit)

    with posting(by=office) as book:
        line.place_as_written = "桂峰"
        line.save()
        book.post(SOURCE, [])

    assert Entry.objects.count() == 1


def test_a_rolled_back_part_of_a_book_leaves_nothing(office, helping_unit, ledger_rows):
    with posting(by=office) as book:
        with pytest.raises(KeyError), transaction.atomic():
            line = unsaved_line(helping_unit)
            line.save()
            book.post(SOURCE, [line])
            raise KeyError
        other = unsaved_line(helping_unit, planned_fen=5)
        other.save()
        book.post(SOURCE, [other])

    assert ledger_rows("quantity") == [(5,)]


# Refused for what it says


@pytest.mark.parametrize(
    "changed",
    [
        {"quantity": -1},
        {"quantity": 1.5},
        {"quantity": True},
        {"quantity": 2**63},
        {"value_fen": -1},
        {"category": "to_household"},
        {"measure": USED, "category": "to_nobody"},
        {"measure": replace(PLANNED, key="test.unknown")},
        {"fund_source": "lottery"},
        {"stage": "dreamt"},
        {"nature": ""},
        {"bound": "perhaps"},
        {"basis": ""},
        {"occurred_from": DAY.replace(year=2012)},
        {"occurred_to": None},
        {"occurred_to": "2011-09-30"},
        {"place_code": "440117"},
        {"giver": "7"},
        {"reason": "字" * 301},
    ],
)
def test_a_posting_that_says_what_cannot_be_is_refused(office, helping_unit, changed):
    with pytest.raises(PostingRefused), posting(by=office) as book:
        line = unsaved_line(helping_unit)
        line.save()
        book.post(source_with(a_posting(**changed)), [line])


@pytest.mark.parametrize("column", ["giver", "receiver", "credited_to", "programme", "batch"])
def test_a_posting_that_names_what_does_not_exist_is_refused(office, helping_unit, column):
    with pytest.raises(PostingRefused, match="987654"), posting(by=office) as book:
        line = unsaved_line(helping_unit)
        line.save()
        book.post(source_with(a_posting(**{column: 987654})), [line])


def test_a_person_number_in_a_reason_is_refused(office, helping_unit):
    line = post_line(office, helping_unit)

    with pytest.raises(PersonalDataRefused), posting(by=office) as book:
        book.supersede(SOURCE, [line], reason="身份证 440102199001011234 有误")


def test_a_reversal_without_a_reason_is_refused(office, helping_unit):
    line = post_line(office, helping_unit)

    with pytest.raises(PostingRefused), posting(by=office) as book:
        book.supersede(SOURCE, [line], reason=" ")


def test_an_entry_is_reversed_once_and_a_reversal_never(office, helping_unit, ledger_rows):
    line = post_line(office, helping_unit)
    with posting(by=office) as book:
        book.supersede(SOURCE, [line], reason="误录")

    with posting(by=office) as book:
        assert book.supersede(SOURCE, [line], reason="再冲一次") == 0

    assert ledger_rows("quantity") == [(1000,), (-1000,)]


# The fast path


def test_the_fast_path_writes_the_same_as_the_slow_one(office, helping_unit, ledger_rows):
    compared = ("measure", "stage", "quantity", "fund_source", "giver", "credited_to", "place_code", "occurred_to")
    with posting(by=office) as book:
        book.bulk_create(COLUMN_SOURCE, columns(helping_unit, 150))
    fast = sorted(ledger_rows(*compared), key=str)
    records = list(Line.objects.order_by("pk").values_list("planned_fen", "own_fen", "place_code", "occurred_to"))

    with posting(by=office) as book:
        book.bulk_create(SOURCE, columns(helping_unit, 150))

    assert sorted(ledger_rows(*compared)[225:], key=str) == fast
    assert list(Line.objects.order_by("pk").values_list("planned_fen", "own_fen", "place_code", "occurred_to")) == [
        *records,
        *records,
    ]


def test_the_fast_path_returns_the_ids_of_its_records_in_order(office, helping_unit):
    with posting(by=office) as book:
        ids = book.bulk_create(COLUMN_SOURCE, columns(helping_unit, 5))

    assert list(Line.objects.filter(pk__in=ids).order_by("pk").values_list("planned_fen", flat=True)) == [0, 1, 2, 3, 4]
    assert list(ids) == sorted(ids)


def test_ids_of_the_fast_path_and_of_ordinary_saves_never_meet(office, helping_unit):
    first = post_line(office, helping_unit)

    with posting(by=office) as book:
        ids = book.bulk_create(COLUMN_SOURCE, columns(helping_unit, 5))
    last = post_line(office, helping_unit)

    assert first.pk < min(ids)
    assert max(ids) < last.pk


def test_columns_that_do_not_say_what_the_records_post_are_refused(office, helping_unit):
    wrong = replace(
        COLUMN_SOURCE,
        column_postings=lambda lines: [
            replace(posted, place_code="") for posted in COLUMN_SOURCE.column_postings(lines)
        ],
    )

    with pytest.raises(EntriesDiffer), posting(by=office) as book:
        book.bulk_create(wrong, columns(helping_unit, 150))

    assert not Line.objects.exists()


def test_columns_of_different_length_are_refused(office, helping_unit):
    with pytest.raises(BookMisused), posting(by=office) as book:
        book.bulk_create(COLUMN_SOURCE, columns(helping_unit, 5, planned_fen=[1]))


def test_a_column_that_the_model_does_not_have_is_refused(office, helping_unit):
    with pytest.raises(BookMisused, match="colour"), posting(by=office) as book:
        book.bulk_create(COLUMN_SOURCE, columns(helping_unit, 5, colour="red"))


def test_the_number_of_queries_does_not_grow_with_the_records(office, helping_unit, django_assert_max_num_queries):
    post_lines(office, helping_unit, 1)

    with django_assert_max_num_queries(25):
        post_lines(office, helping_unit, 500)


# Protection


def test_no_book_opens_without_the_triggers(office, monkeypatch):
    monkeypatch.setattr(triggers, "missing", lambda connection: ["ledger_entry_no_update"])
    monkeypatch.setattr("xieshou.ledger.book._checked", threading.local())

    with pytest.raises(Unprotected, match="ledger_entry_no_update"), posting(by=office):
        pass


def test_entry_numbers_have_no_gap_on_sqlite(office, helping_unit, ledger_rows):
    post_line(office, helping_unit)
    with pytest.raises(KeyError), posting(by=office) as book:
        line = unsaved_line(helping_unit)
        line.save()
        book.post(SOURCE, [line])
        raise KeyError
    post_line(office, helping_unit)

    first, second = (number for (number,) in ledger_rows("pk"))

    assert second - first == {"sqlite": 1, "postgresql": 2}[connection.vendor]


def test_what_the_source_does_not_list_is_no_measure_of_it(office, helping_unit):
    with pytest.raises(PostingRefused), posting(by=office) as book:
        line = unsaved_line(helping_unit, own_fen=5)
        line.save()
        book.post(replace(SOURCE, measures=(PLANNED,)), [line])
    assert RAISED in SOURCE.measures
