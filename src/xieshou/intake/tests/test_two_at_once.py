"""Two imports at the same moment, with real commits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from xieshou.access.services import local_operator
from xieshou.intake import errors, services
from xieshou.intake.forms import FormBinding
from xieshou.intake.models import Batch, PostedKey
from xieshou.intake.tests.conftest import FORMS, Books
from xieshou.places.tests.factories import load_cast

HEAD = ["年度", "县", "计划（万元）", "实际（万元）"]
ROWS = [["2019", "凤山县", "1771", "1806.6"], ["2019", "镇赉县", "1550", "1600"]]


@pytest.fixture
def drafts(committed_db, xieshou_home, write):
    """Two drafts with the same rows, and the bindings that post them."""
    load_cast()
    books = Books()
    bindings = [FormBinding(FORMS["fund_plan"], books.post, books.withdraw)]
    batches = [
        services.open_batch(by=local_operator(), path=path, name=path.name, bindings=bindings)
        for path in (write([HEAD, *ROWS], "one.xlsx"), write([HEAD, *reversed(ROWS)], "two.xlsx"))
    ]
    return batches, bindings


def test_of_two_imports_at_once_one_goes_in_whole_and_the_other_not_at_all(drafts):
    batches, bindings = drafts
    together = Barrier(2)

    def accept(batch):
        try:
            together.wait(timeout=30)
            services.accept_batch(by=local_operator(), batch=batch, bindings=bindings)
        except errors.BatchConflict as conflict:
            return conflict.message
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        sentences = sorted(pool.map(accept, batches))

    assert sentences[0] == ""
    assert "没有入账" in sentences[1]
    assert sorted(Batch.objects.values_list("state", flat=True)) == ["accepted", "draft"]
    assert PostedKey.objects.count() == 2
