"""Questions about places: which one a text means, what it is called, what belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xieshou.places import gazetteer, resolution, rules
from xieshou.places.errors import PlaceAmbiguous, PlaceUnknown
from xieshou.places.gazetteer import Gazetteer
from xieshou.places.lineage import PLACEHOLDERS
from xieshou.places.models import Designation, Level, Place, PlaceLineage
from xieshou.places.resolution import CERTAIN, Candidate, Resolver

__all__ = ["CERTAIN", "Candidate"]

_CODES_IN_ONE_QUERY = 500
_CHOICES_SHOWN = 5


def resolve(
    text: str, *, within: str = "", level: int | None = None, year: int | None = None, limit: int = 5
) -> list[Candidate]:
    """The places that a name, a code or a whole address in one string may mean, the likeliest first; [] for none.

    Args:
        within: code of a place; only places in its subtree (predecessors and successors included) are considered.
        level: a `Level`; only places of this level.
        year: the year in which the text was written; weighs the names and codes that a place had.
    Cost: three to ten indexed queries, < 5 ms warm.
    """
    hits = Resolver(_gazetteer(within), year=year).text(text)
    return resolution.candidates([hits], level=level, limit=limit)[0]


def resolve_address(
    parts: Sequence[str], *, within: str = "", year: int | None = None, limit: int = 5
) -> list[Candidate]:
    """As `resolve`, for an address in columns, from the larger to the smaller (county, township, village).

    The answer is the lowest part that was stated; blank parts are passed over. When the lowest part resolves to
    nothing inside the others the list is empty: the village is never silently replaced by its township.
    """
    hits = Resolver(_gazetteer(within), year=year).address(parts)
    return resolution.candidates([hits], limit=limit)[0]


def resolve_many(
    addresses: Iterable[Sequence[str]], *, within: str = "", year: int | None = None, limit: int = 5
) -> list[list[Candidate]]:
    """`resolve_address` for many rows, each distinct address resolved once; answers in the order of the rows.

    An address in one string is a sequence of one part. Cost: a few queries per distinct county, not per row; every row
    with the same address shares one list.
    """
    rows = [tuple(address) for address in addresses]
    distinct = sorted(set(rows))  # equal counties come together, and a county read once is still at hand
    resolver = Resolver(_gazetteer(within, keeps_counties=True), year=year)
    found = resolution.candidates([resolver.address(parts) for parts in distinct], limit=limit)
    answers = dict(zip(distinct, found, strict=True))
    return [answers[row] for row in rows]


def _gazetteer(within: str, *, keeps_counties: bool = False) -> Gazetteer:
    return Gazetteer(within=subtree_ranges(within) if within else None, keeps_counties=keeps_counties)


def certain(candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate that may be taken without asking, if there is one."""
    return candidates[0] if candidates and candidates[0].score >= CERTAIN else None


def place_at(text: str) -> Place:
    """The one place that a code or name means.

    Raises: PlaceUnknown; PlaceAmbiguous, naming the candidates, when the best two are equally likely or the best is
        not certain.
    """
    candidates = resolve(text, limit=_CHOICES_SHOWN)
    if not candidates:
        raise PlaceUnknown(
            _("没有找到名为“%(text)s”的区划，请写全称（如“广东省广州市从化区”）或十二位代码。") % {"text": text},
            text=text,
        )
    best = certain(candidates)
    if best is None:
        choices = pgettext("并列", "、").join(
            f"{candidate.path.replace(' / ', '')}（{candidate.code}）" for candidate in candidates
        )
        raise PlaceAmbiguous(
            _("“%(text)s”不能确定是哪个区划，可能是：%(choices)s。请写全称或代码。")
            % {"text": text, "choices": choices},
            text=text,
            candidates=[candidate.code for candidate in candidates],
        )
    return Place.objects.get(code=best.code)


def subtree_ranges(code: str) -> tuple[tuple[str, str], ...]:
    """Half-open ranges `low <= code < high` of 12-digit codes of a place, its predecessors and its successors.

    Sorted and merged; two to six queries, nothing is cached. Rules, with docs/rules/places.md, part 5:

    - The place's own range: every code that begins as its code does.
    - Predecessors: the former codes of everything inside the own range, wherever they lie (440183 for 440118; for a
      prefecture the former codes of its counties). A former province or prefecture code counts itself alone, since
      its counties may have gone elsewhere. A code that belongs to another place today is never taken.
    - Successors: a place that is gone leads to the subtree of the place that took it up, unless that is of a higher
      level: nobody's view widens from a county to its prefecture.
    - A code that no table knows still has its own range.
    """
    code = rules.padded(code)
    return rules.merged(_ranges(code, seen=frozenset()))


def _ranges(code: str, *, seen: frozenset[str]) -> list[tuple[str, str]]:
    place = Place.objects.filter(code=code).first()
    level = Level(place.level) if place else rules.level_of_code(code)
    own = rules.own_range(code, level)
    if level > Level.COUNTY:
        return [own]
    ranges = [own, *_predecessor_ranges(own)]
    for successor in _successors(code, place, level):
        if successor.code in seen or successor.code == code:
            continue
        if place is not None and place.in_base:
            ranges.append(successor.range)
        else:
            ranges += _ranges(successor.code, seen=seen | {code})
    return ranges


def _predecessor_ranges(own: tuple[str, str]) -> list[tuple[str, str]]:
    low, high = own
    formers = PlaceLineage.objects.filter(successor_code__gte=low, successor_code__lt=high)
    outside = [former for former in formers if not low <= former.code < high]
    holders = names({former.code for former in outside})
    return [
        rules.own_range(
            former.code, Level.COUNTY if rules.level_of_code(former.code) == Level.COUNTY else Level.VILLAGE
        )
        for former in outside
        if holders.get(former.code, former.name) == former.name
    ]


def _successors(code: str, place: Place | None, level: Level) -> list[gazetteer.Row]:
    """What took up a place that is gone; for a prefecture that is gone also what took up its last counties."""
    formers = list(PlaceLineage.objects.filter(code=code).exclude(successor_code=code))
    if place is not None:
        formers = [former for former in formers if former.name == place.name]
    last_year = max((former.valid_to or 0 for former in formers), default=0)
    formers = [former for former in formers if (former.valid_to or 0) == last_year]
    if level == Level.PREFECTURE and formers:
        low, high = rules.own_range(code, level)
        formers += PlaceLineage.objects.filter(code__gt=low, code__lt=high, valid_to=last_year)
    found = gazetteer.rows_at({former.successor_code for former in formers})
    return [row for row in found if row.level >= level]


def full_name(code: str) -> str:
    """广东省广州市从化区吕田镇三村村委会: names from the province down, without 市辖区 and the like; else the code."""
    return full_names([code]).get(code, code)


def full_names(codes: Iterable[str]) -> dict[str, str]:
    """`full_name` for many, two queries per 500 codes; unknown codes are left out."""
    own = names(codes)
    above = resolution.names_above(own)
    return {
        code: "".join([*(above[higher] for higher in resolution.codes_above(code) if higher in above), name])
        for code, name in own.items()
    }


def names(codes: Iterable[str]) -> dict[str, str]:
    """The places' own names, one query per 500 codes; unknown codes are left out."""
    wanted = list(dict.fromkeys(codes))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _CODES_IN_ONE_QUERY):
        chunk = wanted[start : start + _CODES_IN_ONE_QUERY]
        found |= dict(Place.objects.filter(code__in=chunk).values_list("code", "name"))
    return found


def ancestors(code: str) -> list[Place]:
    """The places above, province first, without the place itself and without 市辖区 and the like. One query."""
    above = Place.objects.filter(code__in=resolution.codes_above(rules.padded(code))).exclude(name__in=PLACEHOLDERS)
    return list(above.order_by("level"))


def children(code: str) -> QuerySet[Place]:
    """The places directly below, those of the base edition first, by code; with "" the provinces."""
    return Place.objects.filter(parent_code=code).order_by("-in_base", "code")


def lineage(code: str) -> QuerySet[PlaceLineage]:
    """Former codes and names of a place, and what this code was called, oldest first."""
    return PlaceLineage.objects.filter(Q(successor_code=code) | Q(code=code)).order_by("valid_from", "code")


def designations(code: str) -> QuerySet[Designation]:
    """The lists on which a place stands or stood."""
    return Designation.objects.filter(place_code=code).order_by("valid_from", "kind")
