"""The drafter's own Word document back, with a comment at each doubtful figure (带批注退回)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from xieshou.reports.audit.auditing import Audit
from xieshou.reports.audit.findings import Finding
from xieshou.reports.audit.marks import SIGNS, words
from xieshou.reports.audit.texts import reading

AUTHOR = "携手 · 报告审核"
INITIALS = "审"


def write(*, audit: Audit, findings: Sequence[Finding], original: Path, out: Path) -> int:
    """Write `original` with comments to `out`; returns how many were written.

    A finding is told once, at the figure that it is told of first; the other figures it is about point there. Findings
    closed with a 口径说明 are left out. Formatting, pictures and tracked changes stay as they are.
    Raises: DocumentRefused.
    """
    said: dict[int, list[str]] = defaultdict(list)
    for finding in findings:
        if finding.is_open:
            first, *others = finding.claims
            said[first].append(in_words(finding))
            for claim in others:
                said[claim].append(_pointer(audit, finding))
    spans = {claim.id: (claim.quantity.start, claim.quantity.end) for claim in audit.claims}
    remarks = [(*spans[claim], "\n".join(dict.fromkeys(lines))) for claim, lines in sorted(said.items())]
    return reading.write_comments(original, out, remarks, author=AUTHOR, initials=INITIALS)


def in_words(finding: Finding) -> str:
    """A finding as lines of text: its word, its sentence, the arithmetic, what may explain it."""
    lines = [f"{SIGNS[finding.verdict]} {words()[finding.verdict.value]}：{finding.message}"]
    if finding.beside:
        lines.append(_("对照：%(text)s") % {"text": finding.beside})
    if finding.explanations:
        lines.append(_("可能的解释："))
        lines += [f"· {explanation}" for explanation in finding.explanations]
    return "\n".join(lines)


def _pointer(audit: Audit, finding: Finding) -> str:
    first = audit.claim(finding.claims[0]).quantity
    return _("%(sign)s 与“%(text)s”有关，见该处批注。") % {
        "sign": SIGNS[finding.verdict],
        "text": audit.text[first.start : first.end],
    }
