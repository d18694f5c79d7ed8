"""A workbook from the command line to the books, by the same steps as the pages."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.catalogue.forms import known_bindings
from xieshou.cli.progress import Bar
from xieshou.cli.session import Session
from xieshou.common.errors import XieshouError
from xieshou.common.formats import scaled
from xieshou.intake import returned as returned_workbook
from xieshou.intake import services as intake
from xieshou.intake.models import Batch
from xieshou.intake.previews import Report

_FINDINGS_SHOWN = 20


def import_workbook(
    session: Session,
    path: Path,
    *,
    form_key: str | None = None,
    period: str | None = None,
    as_of: date | None = None,
    basis: str | None = None,
    programme_id: int | None = None,
    reason: str = "",
    dry_run: bool = False,
    returned: Path | None = None,
) -> Report:
    """Open, report, accept what is good, write what goes back; a draft that cannot be accepted is not left behind."""
    clerk, office = session.acting(Permission.DRAFT_IMPORT), session.acting(Permission.ACCEPT_BATCH)
    bar = Bar(path.name)
    batch = intake.open_batch(
        by=clerk,
        path=path,
        name=path.name,
        bindings=known_bindings(),
        form_key=form_key,
        period=period,
        as_of=as_of,
        basis=basis,
        programme_id=programme_id,
        progress=bar.rows,
    )
    try:
        if returned:
            returned_workbook.write(batch, returned)
        if reason:
            batch = intake.explain(by=clerk, batch=batch, reason=reason)
        if batch.accepted and not dry_run:
            batch = intake.accept_batch(by=office, batch=batch, bindings=known_bindings(), progress=bar.rows)
    except XieshouError:
        intake.discard_batch(by=clerk, batch=batch)
        raise
    finally:
        bar.clear()
    report = intake.report(
        by=clerk, batch=batch, bindings=known_bindings(), returned=str(returned) if returned else None
    )
    if batch.state == Batch.State.ACCEPTED:
        return report
    intake.discard_batch(by=clerk, batch=batch)
    return replace(report, batch=None)


def in_words(path: Path, report: Report) -> str:
    """The outcome for people: counts, totals that differ, the first findings."""
    lines = [
        _("%(file)s：认作“%(form)s”（工作表 %(sheet)s，表头第 %(header)s 行）")
        % {"file": path.name, "form": _form_label(report.form), "sheet": report.sheet, "header": report.header_row},
        _("共 %(rows)s 行：入账 %(accepted)s，退回 %(rejected)s，已入过账 %(duplicates)s")
        % {
            "rows": report.rows,
            "accepted": report.accepted,
            "rejected": report.rejected,
            "duplicates": report.duplicates,
        },
    ]
    lines += [
        _("合计行“%(column)s”写的是 %(stated)s，各行之和是 %(computed)s")
        % {
            "column": total.label,
            "stated": scaled(total.stated, total.scale),
            "computed": scaled(total.computed, total.scale),
        }
        for total in report.totals
        if not total.agrees
    ]
    findings = [*report.errors, *report.warnings]
    lines += [f"  {finding.cell or finding.row or ''}  {finding.message}" for finding in findings[:_FINDINGS_SHOWN]]
    if len(findings) > _FINDINGS_SHOWN:
        lines.append(_("另有 %(count)s 处，用 --json 或 --returned 查看") % {"count": len(findings) - _FINDINGS_SHOWN})
    if report.batch is None:
        lines.append(_("没有入账。"))
    else:
        lines.append(_("批次 %(batch)s 已入账。") % {"batch": report.batch})
    return "\n".join(lines)


def _form_label(key: str) -> str:
    return next((binding.form.label for binding in known_bindings() if binding.form.key == key), key)
