"""The Merkle tree against RFC 6962, written out here word for word and slowly."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.ledger import merkle

sizes = st.integers(1, 300)
seeds = st.binary(max_size=4)


def leaves_of(seed: bytes, count: int) -> list[bytes]:
    return [sha256(b"\x00" + seed + n.to_bytes(4)).digest() for n in range(count)]


def reference_root(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = reference_split(len(leaves))
    return sha256(b"\x01" + reference_root(leaves[:k]) + reference_root(leaves[k:])).digest()


def reference_split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def reference_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = reference_split(len(leaves))
    if m < k:
        return [*reference_path(m, leaves[:k]), reference_root(leaves[k:])]
    return [*reference_path(m - k, leaves[k:]), reference_root(leaves[:k])]


def reference_subproof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [reference_root(leaves)]
    k = reference_split(len(leaves))
    if m <= k:
        return [*reference_subproof(m, leaves[:k], whole), reference_root(leaves[k:])]
    return [*reference_subproof(m - k, leaves[k:], False), reference_root(leaves[:k])]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_roots_are_those_of_the_test_vectors_of_certificate_transparency():
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [sha256(b"\x00" + bytes.fromhex(text)).digest() for text in inputs]

    assert [merkle.root_of(leaves[:n]).hex() for n in (1, 2, 3, 8)] == [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]


@given(seeds, st.integers(0, 300))
def test_the_root_is_that_of_the_rfc(seed, size):
    leaves = leaves_of(seed, size)

    assert merkle.root_of(leaves) == reference_root(leaves)


@given(seeds, st.lists(st.integers(0, 40), max_size=8))
def test_a_tree_grown_in_parts_is_the_tree_grown_at_once(seed, parts):
    frontier = merkle.Frontier()
    for part in parts:
        frontier.extend(leaves_of(seed, sum(parts))[frontier.size : frontier.size + part])

    assert frontier.root() == reference_root(leaves_of(seed, sum(parts)))


@given(seeds, st.integers(0, 9), st.integers(0, 31))
def test_a_tree_grown_from_subtrees_is_the_tree_of_their_leaves(seed, subtrees, rest):
    leaves = leaves_of(seed, subtrees * 32 + rest)
    frontier = merkle.Frontier()

    frontier.extend(merkle.subtree_roots(leaves[: subtrees * 32], 5), level=5)
    frontier.extend(leaves[subtrees * 32 :])

    assert (frontier.size, frontier.root()) == (len(leaves), reference_root(leaves))


def test_a_subtree_is_refused_where_it_does_not_fit():
    frontier = merkle.Frontier()
    frontier.extend(leaves_of(b"", 3))

    with pytest.raises(ValueError):
        frontier.extend(leaves_of(b"", 1), level=1)


@given(seeds, sizes, st.data())
def test_a_path_is_that_of_the_rfc_and_leads_to_the_root(seed, size, data):
    leaves = leaves_of(seed, size)
    index = data.draw(st.integers(0, size - 1))

    path = merkle.inclusion_path(index, size, lambda low, high: reference_root(leaves[low:high]))

    assert path == reference_path(index, leaves)
    assert merkle.root_from_inclusion(leaves[index], index, size, path) == reference_root(leaves)


@given(seeds, sizes, st.data())
def test_a_path_leads_elsewhere_for_another_leaf_or_place(seed, size, data):
    leaves = leaves_of(seed, size)
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    path = reference_path(index, leaves)

    assert merkle.root_from_inclusion(sha256(b"other").digest(), index, size, path) != reference_root(leaves)
    assert index == other or merkle.root_from_inclusion(leaves[index], other, size, path) != reference_root(leaves)


@given(seeds, sizes, st.data())
def test_a_path_of_another_length_leads_nowhere(seed, size, data):
    leaves = leaves_of(seed, size)
    index = data.draw(st.integers(0, size - 1))
    path = reference_path(index, leaves)

    assert merkle.root_from_inclusion(leaves[index], index, size, [*path, leaves[0]]) is None
    assert not path or merkle.root_from_inclusion(leaves[index], index, size, path[:-1]) is None
    assert merkle.root_from_inclusion(leaves[index], size, size, path) is None


@given(seeds, sizes, st.data())
def test_growth_is_proven_as_in_the_rfc(seed, size, data):
    leaves = leaves_of(seed, size)
    old = data.draw(st.integers(1, size))
    old_root, root = reference_root(leaves[:old]), reference_root(leaves)

    path = merkle.consistency_path(old, size, lambda low, high: reference_root(leaves[low:high]))

    assert path == reference_subproof(old, leaves)
    assert merkle.is_consistent(old, old_root, size, root, path)


@given(seeds, sizes, st.data())
def test_growth_is_not_proven_for_another_beginning_or_end(seed, size, data):
    leaves, other = leaves_of(seed, size), sha256(b"other").digest()
    old = data.draw(st.integers(1, size))
    old_root, root, path = reference_root(leaves[:old]), reference_root(leaves), reference_subproof(old, leaves)

    assert not merkle.is_consistent(old, other, size, root, path)
    assert not merkle.is_consistent(old, old_root, size, other, path)
    assert not merkle.is_consistent(old, old_root, size, root, [*path, other])
    assert not path or not merkle.is_consistent(old, old_root, size, root, path[:-1])
