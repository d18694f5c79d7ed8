"""`xieshou import FILE…`: from workbooks to the books, by the same steps as the pages."""

from datetime import datetime
from pathlib import Path

import click
from django.utils.translation import gettext as _

from xieshou.cli.bilingual import bilingual
from xieshou.cli.import_piles import import_each, is_archive_of_files
from xieshou.cli.imports import import_workbook, in_words
from xieshou.cli.session import FOUND_PROBLEMS, Session, with_session
from xieshou.intake.previews import Report


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--form", "form_key", metavar="NAME", help=bilingual("表样；缺省由系统识别"))
@click.option("--period", metavar="P", help=bilingual("报告期：2019、2019-10、2019Q3、2018..2020-10"))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="D", help=bilingual("累计数截至之日"))
@click.option("--basis", type=click.Choice(["period", "cumulative"]), help=bilingual("金额是本期发生还是累计"))
@click.option("--reason", metavar="TEXT", default="", help=bilingual("累计数下降时的原因，写在冲销的条目上"))
@click.option("--dry-run", is_flag=True, help=bilingual("只核对，不入账"))
@click.option(
    "--returned", metavar="FILE", type=click.Path(path_type=Path), help=bilingual("把退回的行写到此文件；缺省不写")
)
@with_session()
def command(
    session: Session,
    files: tuple[Path, ...],
    form_key: str | None,
    period: str | None,
    as_of: datetime | None,
    basis: str | None,
    reason: str,
    dry_run: bool,
    returned: Path | None,
) -> int:
    """Of several files, or of a zip, each answers for itself, and one that is refused does not stop the rest.

    Exit code 1 when a row or a file was rejected; rows that were accepted with a flag are no problem.
    """
    if returned and (len(files) > 1 or is_archive_of_files(files[0])):
        raise click.UsageError(_("--returned 只能与一个文件一起使用"))

    def taken_in(path: Path) -> Report:
        return import_workbook(
            session,
            path,
            form_key=form_key,
            period=period,
            as_of=as_of.date() if as_of else None,
            basis=basis,
            reason=reason,
            dry_run=dry_run,
            returned=returned,
        )

    if len(files) == 1 and not is_archive_of_files(files[0]):
        report = taken_in(files[0])
        session.answer(report.as_json(), in_words(files[0], report))
        return FOUND_PROBLEMS if report.rejected else 0
    outcomes = list(import_each(files, taken_in))
    session.answer([outcome.as_json() for outcome in outcomes], "\n\n".join(outcome.words for outcome in outcomes))
    return FOUND_PROBLEMS if any(outcome.is_problem for outcome in outcomes) else 0
