"""The sample programmes of `xieshou demo`, each loaded through the ordinary import."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xieshou.programme.models import Programme

# The examples stand beside the package, in the root of the project.
EXAMPLES = Path(__file__).parents[3] / "examples"


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One sample programme (示例).

    party: the organisation whose work it is, created where it is missing. period, as_of, basis: what the workbooks do
    not say themselves, as `intake.services.open_batch` takes them.
    """

    key: str
    programme: str
    kind: str
    party: str
    form: str
    files: tuple[Path, ...]
    period: str | None = None
    as_of: date | None = None
    basis: str | None = None


CASES: list[DemoCase] = [
    DemoCase(
        key="guangzhou",
        programme="广州市规划到户责任到人",
        kind=Programme.Kind.IN_PROVINCE,
        party="广州市扶贫开发领导小组办公室",
        form="fund_report",
        files=(EXAMPLES / "guangzhou-conghua-2011-fund-report.xls",),
        as_of=date(2011, 12, 31),
        basis="cumulative",
    ),
    DemoCase(
        key="faw",
        programme="中国第一汽车集团有限公司定点扶贫",
        kind=Programme.Kind.DESIGNATED,
        party="中国第一汽车集团有限公司",
        form="fund_plan",
        files=(EXAMPLES / "faw-2019-fund-plan.xlsx",),
        period="2019",
        basis="period",
    ),
    DemoCase(
        key="distribution",
        programme="样例发放（虚构）",
        kind=Programme.Kind.VOLUNTARY,
        party="虚构慈善基金会",
        form="distribution_list",
        files=(EXAMPLES / "fictitious-distribution-list.xlsx",),
    ),
]


def case_named(key: str) -> DemoCase | None:
    """The case with this key, or None."""
    return next((case for case in CASES if case.key == key), None)
