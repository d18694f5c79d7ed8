"""From an entry to its leaf hash. Imports no Django: a proof is checked with this module on any machine.

Version 1. The leaf is SHA-256 over one zero byte (RFC 6962, 2.1) and the UTF-8 text of a JSON array: the number 1, then
the columns in the order of `COLUMNS`. The array has no white space. Texts escape `"`, `\\` and the control characters
below U+0020, the latter as `\\b \\t \\n \\f \\r` or `\\u00xx` in lower case, and nothing else. Whole numbers are
decimal, absent is `null` (RFC 8785, but for whole numbers of any size). Days are `2020-10-31`, the moment
`2026-01-31T08:00:00.000000Z`.
Two different entries never have the same text: JSON keeps texts, numbers and null apart and says where each ends.

A new column starts a new version: a list of columns is added here, and old entries keep theirs.
"""

from collections.abc import Sequence
from hashlib import sha256
from json import JSONEncoder
from typing import Any

VERSION = 1
COLUMNS = (
    "id",
    "posted_at",
    "posted_by",
    "occurred_from",
    "occurred_to",
    "stage",
    "measure",
    "category",
    "fund_source",
    "nature",
    "quantity",
    "value_fen",
    "bound",
    "basis",
    "giver",
    "receiver",
    "credited_to",
    "place_code",
    "programme",
    "project",
    "household",
    "person",
    "source_kind",
    "source_id",
    "source_line",
    "batch",
    "reverses",
    "reason",
)

json_text = JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, allow_nan=False).encode


def encode(values: Sequence[Any], *, version: int = VERSION) -> bytes:
    """The canonical text of an entry; values in the order of `COLUMNS`, days and moment already as text.

    Raises ValueError for an unknown version or another number of values, TypeError for a value that JSON cannot hold.
    """
    if version != VERSION or len(values) != len(COLUMNS):
        raise ValueError(f"leaf version {version!r} with {len(values)} columns")
    return json_text((version, *values)).encode()


def leaf_hash(values: Sequence[Any], *, version: int = VERSION) -> bytes:
    """The 32 bytes stored as `Entry.leaf`."""
    return sha256(b"\x00" + encode(values, version=version)).digest()


def hash_columns(columns: Sequence[Any], count: int) -> list[bytes]:
    """The leaf hashes of `count` entries at once, from columns in the order of `COLUMNS`.

    A column is a list with a value per entry, or one value for all. Equal to `leaf_hash` of each entry; about 1.5 µs an
    entry where most columns are one value, since their text is written once.
    """
    template, varying = [str(VERSION)], []
    for column in columns:
        if not isinstance(column, list):
            template.append(json_text(column).replace("%", "%%"))
            continue
        types = set(map(type, column))
        template.append("%s")
        if types == {int}:
            varying.append(column)
        elif types == {int, type(None)}:
            varying.append(["null" if value is None else value for value in column])
        elif all(kind is type(None) or issubclass(kind, str) for kind in types):
            texts = {value: json_text(value) for value in set(column)}
            varying.append([texts[value] for value in column])
        else:
            raise TypeError(f"a column of leaves cannot hold {types}")
    text = "\x00[" + ",".join(template) + "]"
    if not varying:
        return [sha256((text % ()).encode()).digest()] * count
    return [sha256((text % row).encode()).digest() for row in zip(*varying, strict=True)]
