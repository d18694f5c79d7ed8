"""Writes the example workbooks that no office published: `python examples/make.py` writes the same bytes every time."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import xlsxwriter

from xieshou.registry.rules import fictitious_identity

HERE = Path(__file__).parent

# 中国第一汽车集团有限公司: “全轮驱动”, 决战决胜脱贫攻坚, 2021-01-12, part 3 (1): plan and actual by county, 万元.
FAW_2019 = (("凤山县", 1771, 1806.6), ("镇赉县", 1550, 1615), ("和龙市", 1390, 1405))

FUND_PLAN_HEAD = (
    "序号",
    "年度",
    "县（市、区）",
    "帮扶单位",
    "项目类别",
    "资金来源",
    "计划（万元）",
    "实际（万元）",
    "备注",
)

DISTRIBUTION_HEAD = tuple(
    "序号 发放日期 市/县 乡镇 村 户主姓名 姓名 身份证号 与户主关系 联系电话 物资名称(项目) 规格".split()
    + "单位 数量 单价(元) 金额(元) 资金来源 捐赠/帮扶单位 领取人(代领人) 备注".split()
)

# Item, specification, unit, quantity, unit price in yuan.
GOODS = (
    ("大米", "10公斤/袋", "袋", 2, 58),
    ("食用油", "5升/桶", "桶", 1, 72.5),
    ("棉被", "2米×2.3米", "床", 1, 135),
    ("春节慰问金", "", "元", 500, 1),
    ("复合肥", "", "公斤", 50, 3.2),
)
VILLAGES = ("巴旁村", "松仁村", "久文村")
FIRST_DAY = date(2024, 1, 22)
SURNAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


def workbook(name: str) -> xlsxwriter.Workbook:
    """A workbook without the clock in it, so that equal content is an equal file."""
    book = xlsxwriter.Workbook(HERE / name)
    book.set_properties({"created": datetime(2021, 1, 12, tzinfo=UTC)})
    return book


def write_fund_plan() -> None:
    with workbook("faw-2019-fund-plan.xlsx") as book:
        sheet = book.add_worksheet("2019年资金计划")
        title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
        cell = book.add_format({"border": 1})
        sheet.set_column(0, len(FUND_PLAN_HEAD) - 1, 14)
        sheet.set_column(3, 3, 30)
        sheet.merge_range(0, 0, 0, 8, "中国第一汽车集团有限公司2019年定点扶贫资金计划与完成情况表", title)
        sheet.write_row(1, 0, FUND_PLAN_HEAD, head)
        for line, (county, planned, actual) in enumerate(FAW_2019, start=1):
            values = (line, 2019, county, "中国第一汽车集团有限公司", "", "", planned, actual, "")
            sheet.write_row(line + 1, 0, values, cell)
        planned, actual = (sum(round(row[part] * 10) for row in FAW_2019) / 10 for part in (1, 2))
        sheet.write_row(5, 0, ("合计", "", "", "", "", "", planned, actual, ""), cell)
        sheet.write_string(6, 0, "注：1.按公开报道所列分县数填写；报道未列类别与来源，相应栏为空（未填，不等于0）。")
        sheet.write_string(7, 0, "    2.报道正文称“计划投入4700万元”，分县计划之和为4711万元。")


def write_distribution_list() -> None:
    with workbook("fictitious-distribution-list.xlsx") as book:
        sheet = book.add_worksheet("发放清单")
        title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
        cell = book.add_format({"border": 1})
        day = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
        last = len(DISTRIBUTION_HEAD) - 1
        sheet.set_column(0, last, 12)
        sheet.set_column(7, 7, 20)
        sheet.merge_range(0, 0, 0, last, "帮扶物资、资金发放清单（虚构示例：人名、号码、单位均为编造）", title)
        sheet.write_row(1, 0, DISTRIBUTION_HEAD, head)
        total = 0.0
        for line in range(20):
            item, specification, unit, quantity, price = GOODS[line % len(GOODS)]
            person = f"示例{SURNAMES[line]}"
            household_head = f"示例{SURNAMES[line - line % 2]}"
            total += quantity * price
            values = (
                line + 1, None, "凤山县", "凤城镇", VILLAGES[line // 2 * 6 // 20], household_head, person,
                fictitious_identity(10_000 + 701 * line),
                "户主" if person == household_head else "配偶", f"1380000{line:04d}", item, specification, unit,
                quantity, price, quantity * price, "社会募捐", "虚构慈善基金会", person, "虚构示例",
            )  # fmt: skip
            sheet.write_row(line + 2, 0, values, cell)
            sheet.write_datetime(line + 2, 1, FIRST_DAY + timedelta(days=line // 5), day)
        sheet.write_row(22, 0, ["合计", *[""] * 14, total, *[""] * 4], cell)


if __name__ == "__main__":
    write_fund_plan()
    write_distribution_list()
