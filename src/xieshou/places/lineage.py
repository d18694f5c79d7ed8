"""How the codes and names of former editions lead to the base edition. Pure; see docs/rules/places.md, part 3.

Codes here have six digits. A node is a code with a name: the code alone is not enough, because freed codes were given
to other places (440106 was 芳村区 until 1987 and is 天河区 since).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xieshou.places import rules

Node = tuple[str, str]

# Holders of counties that are no divisions themselves.
PLACEHOLDERS = frozenset(
    {"市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县级行政单位", "省直辖行政单位"}
)
# Two provinces were separated from another; no other division has ever changed its province in these editions.
_SEPARATED_PROVINCES = {("44", "46"), ("51", "50")}


@dataclass(frozen=True, slots=True)
class Span:
    """A code and a name that stood in the standard in some revisions (years, both included)."""

    code: str
    name: str
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class Change:
    """A change of code or name. `is_guessed`: the source filled in the successor by equal names."""

    year: int
    kind: str
    old: Node
    new: Node
    is_guessed: bool = False


@dataclass(frozen=True, slots=True)
class Former:
    """A former code and name, and where it leads.

    successor_code: in the base edition; the code itself where there is none, or what stands above when that code
        belongs to another place today.
    kind, changed_year: the first change on the way that altered more than a code.
    """

    code: str
    name: str
    successor_code: str
    first_year: int | None
    last_year: int | None
    kind: str
    changed_year: int | None


def formers(
    spans: Iterable[Span], changes: Iterable[Change], base: Mapping[str, str], decided: Mapping[Node, Former]
) -> list[Former]:
    """Every code and name that is not in the base edition, with where it leads.

    Args:
        base: codes of the base edition, province to county, with their names.
        decided: successors that this project looked up; they go before the changes of the source.
    """
    spans = list(spans)
    by_old: dict[Node, list[Change]] = defaultdict(list)
    for change in changes:
        if _is_credible(change):
            by_old[change.old].append(change)
    years = {(span.code, span.name): (span.first_year, span.last_year) for span in spans}
    for node in decided:
        years.setdefault(node, (0, 0))
    tables = _Tables(base, decided, years, by_old)

    found: list[Former] = []
    for (code, name), (first, last) in sorted(years.items()):
        if name in PLACEHOLDERS or base.get(code) == name:
            continue
        found.append(tables.follow((code, name), first or None, last or None))
    return found


class _Tables:
    """What is known of every node, by the ways in which one leads to the next."""

    def __init__(
        self,
        base: Mapping[str, str],
        decided: Mapping[Node, Former],
        years: Mapping[Node, tuple[int, int]],
        by_old: Mapping[Node, list[Change]],
    ) -> None:
        self._base, self._decided, self._years, self._by_old = base, decided, years, by_old
        self._standing = _codes_by_name(base.items())
        self._former = _codes_by_name(years)

    def follow(self, start: Node, first_year: int | None, last_year: int | None) -> Former:
        """Where a node leads in the end."""

        def led(successor_code: str, kind: str, year: int | None) -> Former:
            return Former(*start, successor_code, first_year, last_year, kind, year)

        altered: tuple[str, int | None] | None = None
        recoded: tuple[str, int | None] | None = None
        node = start
        seen: set[Node] = set()
        while True:
            code, name = node
            if self._base.get(code) == name:
                return led(code, *(altered or recoded or ("异写", None)))
            if node in self._decided:
                decided = self._decided[node]
                return led(decided.successor_code, *(altered or (decided.kind, decided.changed_year)))
            seen.add(node)
            step = self._step(node, seen)
            if step is None:
                break
            node, kind, year = step
            if kind == "同名改码":
                recoded = kind, year
            else:
                altered = altered or (kind, year)
        code, name = node
        ended = self._years.get(node, (0, 0))[1]
        if _is_other_writing(name, self._base.get(code, "")):
            return led(code, *(altered or ("异写", None)))
        return led(self._without_successor(code), *(altered or ("撤销", ended + 1 if ended else None)))

    def _step(self, node: Node, seen: set[Node]) -> tuple[Node, str, int | None] | None:
        code, name = node
        ended = self._years.get(node, (0, 0))[1]
        ahead = [change for change in self._by_old.get(node, ()) if change.new not in seen]
        if ahead:
            change = min(ahead, key=lambda change: (change.is_guessed, abs(change.year - ended - 1)))
            return change.new, change.kind, change.year
        namesakes = self._standing.get((code[:2], name), [])
        if len(namesakes) == 1:
            return (namesakes[0], name), "同名改码", ended + 1 if ended else None
        # The same name under a code that came into use when this one ended. Names of districts (城区, 郊区) repeat
        # inside a province, not inside a prefecture.
        later = [
            other
            for other in self._former.get((code[:2], name), [])
            if ended < self._years[other, name][0] <= ended + 2
            and (other, name) not in seen
            and (not name.endswith("区") or other[:4] == code[:4])
        ]
        return ((min(later), name), "同名改码", ended + 1) if later else None

    def _without_successor(self, code: str) -> str:
        above = (code[:4].ljust(6, "0"), code[:2].ljust(6, "0"))
        return code if code not in self._base else next(higher for higher in above if higher in self._base)


def _codes_by_name(nodes: Iterable[Node]) -> dict[Node, list[str]]:
    codes: dict[Node, list[str]] = defaultdict(list)
    for code, name in nodes:
        codes[code[:2], name].append(code)
    return codes


def _is_other_writing(name: str, standing: str) -> bool:
    """Whether two names of one code are one name: the same key, or one character apart (荷泽市, 菏泽市)."""
    one, other = rules.search_key(name), rules.search_key(standing)
    return bool(standing) and (
        one == other or one in other or other in one or rules.same_but_for_one(one, other) is not None
    )


def _is_credible(change: Change) -> bool:
    """Whether a change of the source can be one of a place, not of two that share a name or a code.

    The source guesses successors by equal names over the whole country (桥东区 of 石家庄 to that of 邢台), and takes a
    city for the county around it (绍兴市 for 绍兴县).
    """
    (old_code, old_name), (new_code, new_name) = change.old, change.new
    if old_code[:2] != new_code[:2] and (old_code[:2], new_code[:2]) not in _SEPARATED_PROVINCES:
        return False
    if change.is_guessed and old_name.endswith("区") and old_code[:4] != new_code[:4]:
        return False
    return not (change.kind == "区划调整" and old_name.endswith("市") and new_name.endswith("县"))
