"""Reports with every number cited: one county and year, and a long one, as Word and PDF; seconds and memory.

    python benchmarks/bench_reports.py [--units 700]

Made-up plans of that many units, each in a county of its own, stand in a new ledger. The first report is asked cold, as
the command line asks it: everything that a process does once is in its time. The long one is the annual case of the
whole country, with a table by county, one by unit and a chart; its pages are counted in the PDF. The version for
checking is measured too, whose annex lists each citation with its entries. Bars: county and year 5 s for both files;
40 pages 15 s and 500 MB.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from datetime import date
from itertools import pairwise

COUNTY_BAR, LONG_BAR, MEMORY_BAR, PAGES = 5, 15, 500, 40
SHOWN = "{:<44}{:>8}{:>8}{:>8}{:>8}{:>11}{:>10}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=570)
    wanted = parser.parse_args()
    home = tempfile.mkdtemp(prefix="xieshou-bench-reports-")
    os.environ |= {"XIESHOU_HOME": home, "DJANGO_SETTINGS_MODULE": "xieshou.config.settings"}
    os.environ.pop("XIESHOU_DATABASE_URL", None)
    try:
        return _measure(wanted.units)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(units: int) -> int:
    import django

    django.setup()
    county = _fill(units)
    print(SHOWN.format("report", "ask", "Word", "PDF", "pages", "citations", "MB"))
    from xieshou.reports.documents.builtin.matter import Wanted

    sheet, _pages = _report("one county, one year (cold)", "county", Wanted(year=2023, place=county))
    long, pages = _report(f"{units} counties and units", "annual", Wanted(year=2023))
    peak = _peak_megabytes()
    _report("the same for checking, entries listed", "annual", Wanted(year=2023), annex=True)
    met = sheet <= COUNTY_BAR and long <= LONG_BAR and peak <= MEMORY_BAR and pages >= PAGES
    print(
        f"\nbars: county and year {sheet:.1f} of {COUNTY_BAR} s; {pages} pages {long:.1f} of {LONG_BAR} s, "
        f"{peak:.0f} of {MEMORY_BAR} MB: {'met' if met else 'NOT met'}"
    )
    return 0 if met else 1


def _fill(units: int) -> str:
    """Plan and actual of as many units as asked for; returns the code of the first county."""
    from django.core.management import call_command

    from xieshou.access.services import local_operator
    from xieshou.ledger.services import posting
    from xieshou.parties.models import Party
    from xieshou.parties.services import create_party
    from xieshou.places import reference
    from xieshou.places.models import Place
    from xieshou.places.tests.factories import place_of
    from xieshou.programme.models import FundPlanLine
    from xieshou.programme.postings import FUND_PLAN_SOURCE

    call_command("migrate", verbosity=0)
    rows = [(code, name) for code, name in reference.codes_and_names("divisions_2023") if len(code) <= 6]
    above = {2: "", 4: 2, 6: 4}
    Place.objects.bulk_create(
        place_of(
            code.ljust(12, "0"),
            name,
            len(code) // 2,
            (code[: above[len(code)]].ljust(12, "0") if above[len(code)] else ""),
        )
        for code, name in rows
    )
    counties = [(code.ljust(12, "0"), name) for code, name in rows if len(code) == 6][:units]
    operator = local_operator()
    parties: list[Party] = [create_party(by=operator, name=f"第{number}帮扶单位") for number in range(len(counties))]
    with posting(by=operator) as book:
        lines = FundPlanLine.objects.bulk_create(
            FundPlanLine(
                party=party,
                place_code=code,
                place_as_written=name,
                occurred_from=date(2023, 1, 1),
                occurred_to=date(2023, 12, 31),
                planned_fen=123_456_789 + number * 7_919,
                actual_fen=120_000_001 + number * 8_191,
                fund_source="own",
            )
            for number, (party, (code, name)) in enumerate(zip(parties, counties, strict=True))
        )
        book.post(FUND_PLAN_SOURCE, lines)
    return counties[0][0]


def _report(title: str, key: str, wanted: object, *, annex: bool = False) -> tuple[float, int]:
    """Seconds of making both files, and the pages of the PDF."""
    import pypdfium2

    from xieshou.access.services import local_operator
    from xieshou.catalogue.figures import FIGURES
    from xieshou.reports.documents.builtin.catalogue import template_named
    from xieshou.reports.documents.services import make_report, render

    times = [time.perf_counter()]
    document = make_report(
        actor=local_operator(), template=template_named(key), wanted=wanted, figures=FIGURES, with_entries=annex
    )
    times.append(time.perf_counter())
    render(document, "docx", annex=annex)
    times.append(time.perf_counter())
    pdf = render(document, "pdf", annex=annex)
    times.append(time.perf_counter())
    pages = len(pypdfium2.PdfDocument(pdf))
    asked, word, typeset = (after - before for before, after in pairwise(times))
    print(
        SHOWN.format(
            title,
            f"{asked:.2f}",
            f"{word:.2f}",
            f"{typeset:.2f}",
            pages,
            len(document.citations),
            f"{_peak_megabytes():.0f}",
        )
    )
    return times[-1] - times[0], pages


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
