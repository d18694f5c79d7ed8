"""`xieshou demo [CASE…]`: the sample programmes, through the ordinary import."""

import click
from django.utils.translation import gettext as _

from xieshou.catalogue.demo import CASES, DemoCase, case_named
from xieshou.cli.bilingual import bilingual
from xieshou.cli.errors import ExampleUnknown
from xieshou.cli.imports import import_workbook, in_words
from xieshou.cli.session import Session, with_session
from xieshou.parties.services import party_for_text
from xieshou.programme.errors import ProgrammeUnknown
from xieshou.programme.models import Programme
from xieshou.programme.selectors import programme_at
from xieshou.programme.services import create_programme

_KNOWN = ", ".join(case.key for case in CASES)


@click.command(epilog=f"{bilingual('样例')}: {_KNOWN}")
@click.argument("cases", nargs=-1, metavar="[CASE…]")
@with_session()
def command(session: Session, cases: tuple[str, ...]) -> None:
    """A second run posts nothing again: its rows are duplicates."""
    documents, words = [], []
    for case in [_case(key) for key in cases] or CASES:
        programme = _programme(session, case)
        for path in case.files:
            report = import_workbook(
                session,
                path,
                form_key=case.form,
                period=case.period,
                as_of=case.as_of,
                basis=case.basis,
                programme_id=programme.pk,
            )
            documents.append({"case": case.key} | report.as_json())
            words.append(in_words(path, report))
    session.answer(documents, "\n\n".join(words))


def _case(key: str) -> DemoCase:
    case = case_named(key)
    if case is None:
        raise ExampleUnknown(
            _("没有名为“%(name)s”的样例；现有：%(known)s。") % {"name": key, "known": _KNOWN}, name=key
        )
    return case


def _programme(session: Session, case: DemoCase) -> Programme:
    try:
        return programme_at(case.programme)
    except ProgrammeUnknown:
        party = party_for_text(by=session.actor, text=case.party)
        return create_programme(by=session.actor, name=case.programme, kind=case.kind, party=party)
