"""The audit of a narrative at the command line: files in, findings out. Starts no database."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils.translation import gettext as _

from xieshou.cli.bilingual import language
from xieshou.common.errors import XieshouError
from xieshou.reports.audit import printed, returned
from xieshou.reports.audit.against import crossings
from xieshou.reports.audit.auditing import Audit, audit_text
from xieshou.reports.audit.errors import DocumentRefused
from xieshou.reports.audit.findings import Finding, findings_of
from xieshou.reports.audit.marks import marked
from xieshou.reports.audit.texts.reading import Document, DocumentKind, read_document

FOUND_PROBLEMS = 1
REFUSED = 2
_FILE_UNUSABLE = (
    "无法读写文件 %(file)s（%(why)s）；请检查路径和权限。"  # the sentence of `cli.session`, in its catalogue
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a call asks for: the file, the texts to compare it with, and where the answers go."""

    file: Path
    others: tuple[Path, ...] = ()
    html: Path | None = None
    returned: Path | None = None


Found = tuple[Audit, tuple[Finding, ...]]
Auditor = Callable[[Document, Sequence[tuple[str, Document]]], Found]


def audit_alone(wanted: Wanted, *, as_json: bool) -> int:
    """Audit without the ledger; returns the exit code."""
    _speak()
    try:
        document, words, code = answered(wanted, _without_ledger)
    except XieshouError as refusal:
        return _refused(refusal.code, refusal.message, as_json=as_json)
    except OSError as failure:
        message = _(_FILE_UNUSABLE) % {"file": failure.filename, "why": failure.strerror}
        return _refused("file_unusable", message, as_json=as_json)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2) if as_json else words)
    return code


def answered(wanted: Wanted, audit: Auditor) -> tuple[dict[str, Any], str, int]:
    """Read, audit, write what was asked for: the document, the words for people, the exit code.

    Raises: DocumentRefused; OSError.
    """
    document = read_document(wanted.file)
    if wanted.returned is not None and document.kind is not DocumentKind.WORD:
        raise DocumentRefused(
            _("%(file)s 不是 .docx，不能带批注退回；请另存为 .docx，或改用 --html。") % {"file": wanted.file.name}
        )
    found, findings = audit(document, [(path.name, read_document(path)) for path in wanted.others])
    if wanted.html is not None:
        page = printed.page(found, marked(found, findings), title=wanted.file.name, language=language())
        wanted.html.write_text(page, encoding="utf-8")
    if wanted.returned is not None:
        returned.write(audit=found, findings=findings, original=wanted.file, out=wanted.returned)
    open_ones = [finding for finding in findings if finding.is_open]
    as_document = found.as_json() | {"findings": [finding.as_json() for finding in findings]}
    return as_document, in_words(wanted, found, findings), FOUND_PROBLEMS if open_ones else 0


def in_words(wanted: Wanted, audit: Audit, findings: Sequence[Finding]) -> str:
    """The counts, then each finding with its arithmetic and what may explain it."""
    text = marked(audit, findings)
    counts = "　".join(f"{state.sign} {state.word} {state.count}" for state in text.states)
    head = _("%(file)s：%(figures)d 个数字，%(findings)d 处需要看。") % {
        "file": wanted.file.name,
        "figures": len(audit.claims),
        "findings": sum(finding.is_open for finding in findings),
    }
    told = [returned.in_words(finding) for finding in findings if finding.is_open]
    return "\n\n".join(part for part in ("\n".join([head, counts, *audit.remarks]), *told) if part)


def _without_ledger(document: Document, others: Sequence[tuple[str, Document]]) -> Found:
    audit = audit_text(document.text, encoding=document.encoding, remarks=document.remarks)
    if others:
        audit = replace(audit, crossings=crossings(audit, [(name, audit_text(other.text)) for name, other in others]))
    return audit, findings_of(audit)


def _speak() -> None:
    """Make gettext answer: in Chinese by the sentences themselves, in English by the catalogues, which apps own."""
    if settings.configured:
        return
    if language() == "en":
        from xieshou.cli.main import start_django  # only English needs the apps, for their catalogues

        start_django()
    else:
        settings.configure(USE_I18N=False)


def _refused(code: str, message: str, *, as_json: bool) -> int:
    click.echo(message, err=True)
    if as_json:
        click.echo(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False, indent=2))
    return REFUSED
