"""Short narratives for the tests of scope: every number with a unit is a quantity, whatever the extractor does."""

import re
from decimal import Decimal

from xieshou.reports.audit.claims import Claim, Quantity
from xieshou.reports.audit.scopes.scoping import scoped
from xieshou.reports.audit.texts.cleaning import clean
from xieshou.reports.audit.texts.structure import CleanText, Structure
from xieshou.reports.audit.texts.structuring import structure_of

UNITS = {
    "元": "CNY",
    "人次": "person_time",
    "人": "person",
    "名": "person",
    "户": "household",
    "所": "school",
    "个项目": "project",
    "个县": "county",
    "县": "county",
    "次": "time",
    "期": "session",
    "吨": "tonne",
    "天": "day",
    "平方米": "m2",
    "%": "percent",
}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(万|亿)?多?余?(" + "|".join(UNITS) + ")")


def structured(raw: str) -> tuple[CleanText, Structure]:
    cleaned = clean(raw)
    return cleaned, structure_of(cleaned)


def claims_of(raw: str) -> tuple[Claim, ...]:
    """The claims of a narrative, one for each number with a unit of `UNITS`."""
    cleaned, structure = structured(raw)
    quantities = [
        Quantity(*cleaned.raw_span(*found.span()), *found.span(), value=Decimal(found[1]), unit=UNITS[found[3]])
        for found in _NUMBER.finditer(cleaned.text)
    ]
    return scoped(cleaned, structure, quantities)


def told(raw: str, *names: str) -> list[tuple[str, ...] | str]:
    """The named fields of each claim, in order; one field alone is not wrapped."""
    rows = [tuple(str(getattr(claim, name)) for name in names) for claim in claims_of(raw)]
    return [row[0] for row in rows] if len(names) == 1 else list(rows)
