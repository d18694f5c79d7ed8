"""A planned figure quoted as done (计划数当作完成数)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import Relation, RelationKind, Status
from xieshou.reports.audit.relations import cues, explanations
from xieshou.reports.audit.relations.comparisons import as_decimal
from xieshou.reports.audit.relations.likeness import agree, is_telling, likeness
from xieshou.reports.audit.relations.narrative import Narrative, Reading, neighbours
from xieshou.reports.audit.relations.phrases import amount_shown

_ALIKE = 0.5
_SEEN = 8  # figures of one value that are compared with a plan


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    """Pairs of plan and actual that differ, and a third figure told as done that repeats the plan."""
    done: dict[tuple[str, Fraction], list[Reading]] = defaultdict(list)
    for reading in narrative.readings:
        if not (reading.is_plan or reading.is_each or reading.is_change or reading.is_base or reading.depth):
            done[reading.unit, reading.extent.value].append(reading)
    for plan, actual in neighbours(narrative.readings):
        if not _is_pair(plan, actual):
            continue
        for quoted in done[plan.unit, plan.extent.value][:_SEEN]:
            if quoted.sentence != plan.sentence and _quotes(plan, actual, quoted):
                yield _quoted(narrative, plan, actual, quoted)


def _is_pair(plan: Reading, actual: Reading) -> bool:
    return (
        plan.is_plan
        and not actual.is_plan
        and plan.unit == actual.unit
        and plan.sentence == actual.sentence
        and plan.unit != "percent"
        and len(actual.lead) <= 12
        and bool(cues.DONE.search(actual.clause))
        and plan.extent.value != actual.extent.value
    )


def _quotes(plan: Reading, actual: Reading, quoted: Reading) -> bool:
    """Whether a figure speaks of what was planned and done: same place, year and words."""
    one, two = actual.claim, quoted.claim
    return (
        is_telling(plan)
        and quoted.places == plan.places
        and one.place == two.place
        and one.period == two.period
        and agree(one.actor, two.actor)
        and (not quoted.sense or not plan.sense or quoted.sense == plan.sense)
        and likeness(plan, quoted) >= _ALIKE
    )


def _quoted(narrative: Narrative, plan: Reading, actual: Reading, quoted: Reading) -> Relation:
    words = {
        "quoted": narrative.shown(quoted),
        "plan": narrative.shown(plan),
        "actual": narrative.shown(actual),
        "difference": amount_shown(abs(actual.extent.value - quoted.extent.value), quoted.claim.quantity),
    }
    return Relation(
        kind=RelationKind.EQUAL,
        claims=(actual.claim.id, quoted.claim.id),
        expression=f"#{actual.claim.id}",
        computed=as_decimal(actual.extent.value),
        stated=quoted.claim.quantity.value,
        status=Status.CONTRADICTION,
        message=_("%(quoted)s作为已完成的数，另一处实际完成为%(actual)s，相差%(difference)s。") % words,
        explanations=(
            _("%(quoted)s与计划数%(plan)s相同，计划数与实际完成数或有混用。") % words,
            *explanations.of_value(narrative, (actual, quoted), (quoted.extent.value, actual.extent.value)),
        ),
    )
