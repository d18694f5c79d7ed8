"""What went around the book is found, record by record."""

import pytest
from django.db import connection, models, transaction

from xieshou.ledger.services import posting, reconcile
from xieshou.ledger.tests.factories import COLUMN_SOURCE, SOURCE, Line, columns, post_line, post_lines


def behind_the_book(statement: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_what_books_wrote_agrees(office, helping_unit):
    gone = post_lines(office, helping_unit, 50)[0]
    with posting(by=office) as book:
        book.bulk_create(COLUMN_SOURCE, columns(helping_unit, 50))
        book.supersede(SOURCE, [gone], reason="误录")

    assert reconcile([SOURCE]) == []


def test_a_record_changed_behind_the_book_is_named(office, helping_unit):
    lines = post_lines(office, helping_unit, 5)
    behind_the_book("UPDATE programme_fundstatementline SET planned_fen = 9 WHERE id = %s", lines[2].pk)

    (found,) = reconcile([SOURCE])

    assert (found.kind, found.record, found.missing, found.surplus) == ("test_line", lines[2].pk, 1, 1)
    assert "quantity 3 → 9" in found.message


def test_a_record_inserted_behind_the_book_is_named(office, helping_unit):
    line = post_line(office, helping_unit)
    copied = ", ".join(field.column for field in Line._meta.concrete_fields if not field.primary_key)
    behind_the_book(
        f"INSERT INTO programme_fundstatementline ({copied}) SELECT {copied} FROM programme_fundstatementline"
    )

    (found,) = reconcile([SOURCE])

    assert (found.record > line.pk, found.missing, found.surplus) == (True, 1, 0)


@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_record_deleted_behind_the_book_is_named(office, helping_unit, place):
    lines = post_lines(office, helping_unit, 5)
    behind_the_book("DELETE FROM programme_fundstatementline WHERE id = %s", lines[place].pk)

    (found,) = reconcile([SOURCE])

    assert (found.record, found.missing, found.surplus) == (lines[place].pk, 0, 1)


def test_a_record_superseded_behind_the_book_is_named(office, helping_unit):
    line = post_line(office, helping_unit)
    models.QuerySet.update(Line.objects.filter(pk=line.pk), superseded=True)

    (found,) = reconcile([SOURCE])

    assert (found.record, found.missing, found.surplus) == (line.pk, 0, 1)


def test_entries_of_a_kind_that_nobody_lists_are_told(office, helping_unit):
    post_line(office, helping_unit)

    (found,) = reconcile([])

    assert found.kind == "test_line"


def test_progress_is_told(office, helping_unit):
    post_lines(office, helping_unit, 5)
    told = []

    reconcile([SOURCE], progress=lambda done, total: told.append((done, total)))

    assert told == [(5, 5)]


def test_the_number_of_queries_does_not_grow_with_the_records(office, helping_unit, django_assert_num_queries):
    post_lines(office, helping_unit, 300)

    with django_assert_num_queries(8):
        reconcile([SOURCE])
