"""Identity numbers: how they are written, when they are well formed, and fictitious ones. Pure functions.

Source: GB 11643-1999; domain rule 6.2.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

_SEPARATORS = re.compile(r"[\s'’`\-\u200b-\u200f\ufeff]")
_FORM = re.compile(r"[1-9]\d{16}[\dX]")
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_CHECK_CHARACTERS = "10X98765432"
_FIRST_BIRTH_YEAR, _LAST_BIRTH_YEAR = 1880, 2099
# No division begins with 440099: a number made here is well formed and belongs to nobody.
FICTITIOUS_DIVISION = "440099"
_FICTITIOUS_DAYS = 30_000  # births from 1930 to 2012
_DISABILITY_KINDS = frozenset("1234567")
_DISABILITY_GRADES = frozenset("1234")


class IdentityProblem(StrEnum):
    """Why a number is not an identity number."""

    LENGTH = "length"  # not 15, 18, 20 or 22 characters
    CHARACTERS = "characters"
    DIVISION = "division"  # no province has these first two digits
    BIRTH_DATE = "birth_date"  # no such day, or after `on`
    CHECK_CHARACTER = "check_character"
    DISABILITY_SUFFIX = "disability_suffix"  # no such kind or grade


def clean_identity(text: str) -> str:
    """The number as it is kept: half-width, without spaces, hyphens and the apostrophe of a text cell, X as capital."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def canonical_identity(number: str) -> str:
    """The 18 characters by which one person is found again, from a clean number.

    A 15-digit number gets its century and check character; a disability certificate (20 or 22 characters) begins with
    the identity number of its holder.
    """
    if len(number) == 15 and number.isdecimal():
        return with_check_character(f"{number[:6]}19{number[6:]}")
    return number[:18]


def with_check_character(first_17: str) -> str:
    """The full number of 17 digits."""
    return first_17 + _CHECK_CHARACTERS[int(first_17, 13) * 2 % 11]


def identity_problem(text: str, *, on: date | None = None) -> IdentityProblem | None:
    """What is wrong with an identity number or the number of a disability certificate (残疾人证); None when nothing is.

    Args:
        on: a birth after this day is a problem; None: not checked.
    """
    number = clean_identity(text)
    if len(number) not in (15, 18, 20, 22):
        return IdentityProblem.LENGTH
    canonical = canonical_identity(number)
    if not _FORM.fullmatch(canonical) or (len(number) > 18 and not number.isascii()):
        return IdentityProblem.CHARACTERS
    if canonical[:2] not in _PROVINCES:
        return IdentityProblem.DIVISION
    born = canonical[6:14]
    if born not in _birth_dates() or (on is not None and born > on.strftime("%Y%m%d")):
        return IdentityProblem.BIRTH_DATE
    # The weights of the standard are powers of 2 modulo 11, and 13 is 2 modulo 11: the number read to the base 13, with
    # X as its digit 10, has the remainder 1. One call instead of eighteen products; a test compares both.
    if int(canonical.replace("X", "A"), 13) % 11 != 1:
        return IdentityProblem.CHECK_CHARACTER
    if len(number) > 18 and not (number[18] in _DISABILITY_KINDS and number[19] in _DISABILITY_GRADES):
        return IdentityProblem.DISABILITY_SUFFIX
    return None


def check_identity_number(text: str, *, on: date | None = None) -> bool:
    """Whether `identity_problem` finds nothing."""
    return identity_problem(text, on=on) is None


def identity_problems(texts: Sequence[str | None], *, on: date | None = None) -> list[tuple[int, IdentityProblem]]:
    """Positions and problems of the numbers of one column; a blank is no problem. About 1 µs a number."""
    known = _birth_dates()
    latest = on.strftime("%Y%m%d") if on else "99999999"
    problems = []
    for position, text in enumerate(texts):
        # The plain case first: eighteen clean characters that pass every test.
        if (
            text
            and not (
                len(text) == 18
                and _FORM.fullmatch(text)
                and text[:2] in _PROVINCES
                and text[6:14] in known
                and text[6:14] <= latest
                and int(text.replace("X", "A"), 13) % 11 == 1
            )
            and (problem := identity_problem(text, on=on))
        ):
            problems.append((position, problem))
    return problems


@lru_cache(maxsize=1)
def _birth_dates() -> frozenset[str]:
    first = date(_FIRST_BIRTH_YEAR, 1, 1)
    days = (date(_LAST_BIRTH_YEAR, 12, 31) - first).days + 1
    return frozenset((first + timedelta(days=day)).strftime("%Y%m%d") for day in range(days))


def fictitious_identity(serial: int) -> str:
    """A well-formed number that belongs to nobody, for examples and tests; another one for each serial from 0 on.

    Raises: ValueError, beyond 29,970,000.
    """
    order, day = divmod(serial, _FICTITIOUS_DAYS)
    if not 0 <= order < 999:
        raise ValueError(f"no fictitious number {serial}")
    born = date(1930, 1, 1) + timedelta(days=day)
    return with_check_character(f"{FICTITIOUS_DIVISION}{born:%Y%m%d}{order + 1:03d}")


def is_fictitious(number: str) -> bool:
    return number.startswith(FICTITIOUS_DIVISION)


_IDENTITY_INSIDE = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)")


def holds_personal_number(text: str) -> bool:
    """Whether a free text (a reason, a note) contains an identity or mobile number, which it must not."""
    return bool(_IDENTITY_INSIDE.search(unicodedata.normalize("NFKC", text)))
