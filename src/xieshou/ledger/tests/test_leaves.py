"""The canonical text of an entry, and its leaf hash."""

import json
import subprocess
import sys
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.ledger import leaves

GOLDEN = [
    (
        (
            *(1, "2026-01-31T08:00:00.000000Z", 7, None, "2020-10-31", "done", "fund.used", "to_village", "", "grant"),
            *(1264475800, None, "exact", "summary", None, 12, 3, "440117104201", 1, None, None, None),
            *("fund_statement_line", 5, 2, 9, None, ""),
        ),
        '[1,1,"2026-01-31T08:00:00.000000Z",7,null,"2020-10-31","done","fund.used","to_village","","grant",1264475800,null,'
        '"exact","summary",null,12,3,"440117104201",1,null,null,null,"fund_statement_line",5,2,9,null,""]',
        "fd61164b47ee9ecf6a2eff902d2f8d36ef527bb6bda97d1b5875904a2298d46b",
    ),
    (
        (
            *(
                2,
                "2026-01-31T08:00:00.000001Z",
                7,
                "2019-01-01",
                "2019-12-31",
                "planned",
                "goods",
                "",
                "own",
                "returnable",
            ),
            *(-9223372036854775807, -1, "about", "listed", 1, None, None, "", None, 8, 9, 10),
            *("line", 6, 0, None, 1, '重复录入 "同一行"\n\t\x01\\/'),
        ),
        '[1,2,"2026-01-31T08:00:00.000001Z",7,"2019-01-01","2019-12-31","planned","goods","","own","returnable",'
        '-9223372036854775807,-1,"about","listed",1,null,null,"",null,8,9,10,"line",6,0,null,1,'
        '"重复录入 \\"同一行\\"\\n\\t\\u0001\\\\/"]',
        "7ad7e0a2e93e05fddc31301680394f701949e6c3ab53438c93ac0ee308a441bb",
    ),
]

values = st.tuples(*[st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=8))] * len(leaves.COLUMNS))
texts = st.text(st.sampled_from('a,"\\[]:%\n1ü中'), max_size=6)
columns = st.integers(1, 4).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.tuples(
            *[
                st.one_of(
                    st.none(),
                    st.integers(),
                    texts,
                    st.lists(st.integers(), min_size=count, max_size=count),
                    st.lists(st.one_of(st.none(), st.integers()), min_size=count, max_size=count),
                    st.lists(st.one_of(st.none(), texts), min_size=count, max_size=count),
                )
            ]
            * len(leaves.COLUMNS)
        ),
    )
)


@pytest.mark.parametrize(("entry", "text", "leaf"), GOLDEN)
def test_the_text_and_the_hash_of_an_entry_never_change(entry, text, leaf):
    assert leaves.encode(entry).decode() == text
    assert leaves.leaf_hash(entry).hex() == leaf


@given(values, values)
def test_two_entries_have_the_same_text_only_when_they_are_the_same(one, other):
    assert (leaves.encode(one) == leaves.encode(other)) == (one == other)


@given(values)
def test_the_text_says_the_whole_entry(entry):
    assert tuple(json.loads(leaves.encode(entry))) == (1, *entry)


@given(values)
def test_the_leaf_is_the_hash_of_rfc_6962(entry):
    assert leaves.leaf_hash(entry) == sha256(b"\x00" + leaves.encode(entry)).digest()


@given(columns)
def test_many_hashes_at_once_are_the_hashes_one_by_one(case):
    count, given_columns = case
    rows = [tuple(column[n] if isinstance(column, list) else column for column in given_columns) for n in range(count)]

    assert leaves.hash_columns(given_columns, count) == [leaves.leaf_hash(row) for row in rows]


@pytest.mark.parametrize("odd", [1.0, True, b"x", ["a"]])
def test_a_value_of_another_kind_has_no_hash(odd):
    with pytest.raises(TypeError):
        leaves.hash_columns([[odd], *[1] * 27], 1)


@pytest.mark.parametrize("odd", [1.0, True])
def test_a_number_of_another_kind_has_another_text(odd):
    assert leaves.encode([odd, *[1] * 27]) != leaves.encode([1] * 28)


def test_an_unknown_version_has_no_text():
    with pytest.raises(ValueError):
        leaves.encode([1] * 28, version=2)


def test_a_proof_is_checked_without_django():
    code = "import sys, xieshou.ledger.checking; sys.exit(any(name.startswith('django') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
