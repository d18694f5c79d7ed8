"""What was noticed in a workbook: one finding per cell, row or table, with its words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xieshou.intake.forms import Column, ColumnType, Form, Severity
from xieshou.intake.rules import column_letter

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The sentence of each code. Placeholders: the finding's params, and column, value, row, check.
MESSAGES: dict[str, str] = {
    "column_missing": gettext_noop("缺少“%(column)s”列；请在导入页指定是哪一列，或补上该列。"),
    "column_ambiguous": gettext_noop("“%(column)s”认作 %(value)s，但 %(rivals)s 也像；请核对，不对请在导入页改正。"),
    "other_sheet": gettext_noop("工作表“%(value)s”看来也是这种表，本次没有导入；请在导入页改选工作表，另行导入。"),
    "period_assumed": gettext_noop("表里没有写明期间，暂按 %(value)s 计；不对请说明期间或截止日期。"),
    "missing": gettext_noop("“%(column)s”没有填；请补填。"),
    "not_a_number": gettext_noop("“%(column)s”应填数字，现为“%(value)s”；请只填数字。"),
    "two_numbers": gettext_noop("“%(column)s”的“%(value)s”里有两个数；请分成两格，或只填一个数。"),
    "finer_than_fen": gettext_noop("“%(column)s”的 %(value)s 精确到分以下；请按分取整，并核对单位是元还是万元。"),
    "negative": gettext_noop("“%(column)s”为负数 %(value)s；冲减请用撤销或更正，不填负数。"),
    "too_big": gettext_noop("“%(column)s”的 %(value)s 大得不合情理；请核对数字和单位。"),
    "out_of_bounds": gettext_noop("“%(column)s”的 %(value)s 不在允许范围内；请核对。"),
    "not_whole": gettext_noop("“%(column)s”应为整数，现为 %(value)s；请改用更小的单位，或取整。"),
    "not_a_date": gettext_noop("“%(column)s”的“%(value)s”不是日期；请写成 2019-10-31 这样的年月日。"),
    "month_only": gettext_noop("“%(column)s”的“%(value)s”只写到月，按当月 1 日计；请补全日期。"),
    "month_unclear": gettext_noop(
        "“%(column)s”的 %(value)s 可能是 1 月，也可能是写成数字的 10 月，暂按 1 月 1 日计；请补全日期。"
    ),
    "not_a_period": gettext_noop("“%(column)s”的“%(value)s”不是年度或期间；请写成 2019 或 2019年1-10月。"),
    "identity_length": gettext_noop("“%(column)s”有 %(length)s 位；应为 18 位（旧证 15 位，残疾人证 20 位）。"),
    "identity_check": gettext_noop("“%(column)s”的出生日期或校验位不对；请与证件核对。"),
    "identity_rounded": gettext_noop("“%(column)s”被 Excel 存成了数字，末几位已经丢失；请把该列设为文本后重新填写。"),
    "not_in_list": gettext_noop("“%(column)s”的“%(value)s”不在列表中；可填：%(allowed)s。"),
    "too_long": gettext_noop("“%(column)s”有 %(length)s 个字，最多 %(most)s 个；请缩短。"),
    "returned_of_no_batch": gettext_noop(
        "这是一个退回的工作簿，但它所属的批次不在您的范围内、已撤销，或标记被改过；如果其中的行已经另行入账，采纳会重复，"
        "请先核对。"
    ),
    "not_calculated": gettext_noop(
        "“%(column)s”是公式，文件里没有算出的值；请在 Excel 或 WPS 中打开、保存一次再导入，或直接填数。"
    ),
    "error_cell": gettext_noop("“%(column)s”显示为 %(value)s，公式出错；请改正公式或直接填数。"),
    "unit_clash": gettext_noop("数量后面写的“%(value)s”与“%(column)s”栏不一致；请统一。"),
    "merged_amount": gettext_noop(
        "“%(column)s”的单元格合并到第 %(last)s 行：数额只计入首行，其余各行视为未填；请核对。"
    ),
    "place_unknown": gettext_noop("找不到地名“%(text)s”；请写全称或核对，也可以在导入页选定。"),
    "place_several": gettext_noop("地名“%(text)s”不能确定，可能是：%(candidates)s；请写全称，或在导入页选定。"),
    "place_blank": gettext_noop("没有填地名；请补填。"),
    "party_several": gettext_noop("有几个单位叫“%(text)s”：%(candidates)s；请写全称，或在导入页选定。"),
    "party_similar": gettext_noop(
        "单位“%(text)s”与已登记的 %(candidates)s 相近；如是同一单位请选定，否则将登记为新单位。"
    ),
    "outside_scope": gettext_noop("这一行不在您的权限范围内；请交由有权限的单位填报。"),
    "dropped": gettext_noop("已由人工略去这一行。"),
    "key_twice": gettext_noop("与第 %(other)s 行重复（同一地点、单位、期间只能有一行）；请合并或删去一行。"),
    "posted_differently": gettext_noop(
        "批次 %(batch)s 第 %(other)s 行已入账，这里的数不同；如要以这里为准，请选“更正导入”。"
    ),
    "correction": gettext_noop("将更正批次 %(batch)s 第 %(other)s 行已入账的数。"),
    "restates": gettext_noop("将以这里的累计数代替批次 %(batch)s 第 %(other)s 行截至 %(until)s 的数。"),
    "fell": gettext_noop("“%(column)s”的累计数从 %(before)s 降到 %(value)s；请核对，并在备注中说明原因。"),
    "older_statement": gettext_noop(
        "批次 %(batch)s 第 %(other)s 行已有截至 %(until)s 的累计数，晚于本表；请核对截止日期。"
    ),
    "duplicates": gettext_noop("有 %(count)s 行此前已在批次 %(batch)s 入账，不再重复入账。"),
    "all_duplicates": gettext_noop("全部 %(count)s 行此前已在批次 %(batch)s 入账：这份表已经导入过，不再重复入账。"),
    "equal_row": gettext_noop("与第 %(other)s 行内容完全相同，同样的共 %(count)s 行；默认保留，如是重复请略去。"),
    "far_above": gettext_noop(
        "“%(column)s”为 %(value)s，是同列中位数 %(median)s 的 %(times)s 倍；请核对是否把单位弄错。"
    ),
    "far_below": gettext_noop(
        "“%(column)s”为 %(value)s，只有同列中位数 %(median)s 的 1/%(times)s；请核对是否按万元填写。"
    ),
    "total_differs": gettext_noop(
        "“%(column)s”的合计写的是 %(value)s，各行之和为 %(computed)s，相差 %(difference)s；请核对。"
    ),
    "no_rows": gettext_noop("表里没有数据行；请填写后再导入。"),
    "sum_taken": gettext_noop("“%(column)s”写成算式“%(value)s”，已按其和计；请核对。"),
    "sum_in_cell": gettext_noop(
        "“%(column)s”的“%(value)s”是算式，其中的“万”可能只管最后一个数，也可能都管；请只填一个数。"
    ),
    "approximate": gettext_noop("“%(column)s”的“%(value)s”是约数；请填确数。"),
    "foreign_currency": gettext_noop(
        "“%(column)s”的“%(value)s”是外币（%(currency)s）；请按当日汇率折成人民币填写，原币种和金额写在备注里。"
    ),
    "many_listed": gettext_noop("“%(column)s”一格里列了 %(count)s 个名字和金额，合计 %(total)s 元；请每个名字写一行。"),
    "far_above_plan": gettext_noop(
        "“%(column)s”为 %(value)s，是“%(other)s” %(plan)s 的 %(times)s 倍；请核对是否把单位弄错。"
    ),
    "far_below_plan": gettext_noop(
        "“%(column)s”为 %(value)s，只有“%(other)s” %(plan)s 的 1/%(times)s；请核对是否按万元填写。"
    ),
    "far_from_history": gettext_noop(
        "“%(column)s”为 %(value)s，上次报的是 %(before)s，相差 %(times)s 倍；请核对是否把单位弄错。"
    ),
    "stated_total_exceeded": gettext_noop(
        "表外写“%(sentence)s”（%(value)s 元），而各行“%(column)s”之和已是 %(computed)s 元，相差 %(difference)s 元；"
        "请核对。"
    ),
    "stated_total_short": gettext_noop(
        "表外写“%(sentence)s”（%(value)s 元），而各行“%(column)s”之和为 %(computed)s 元，相差 %(difference)s 元；"
        "请核对是否有漏行。"
    ),
    "stated_total_partial": gettext_noop(
        "表外写“%(sentence)s”（%(value)s 元）；表里只列了一部分，各行“%(column)s”之和为 %(computed)s 元。"
    ),
    "other_table": gettext_noop("%(value)s 还有一张表或清单（%(rows)s 行），没有一并导入；需要时请在导入页另选。"),
    "sheet_not_read": gettext_noop("工作表“%(value)s”有 %(rows)s 行内容，没有认出是哪种表，没有导入；请核对。"),
    "table_below": gettext_noop(
        "第 %(value)s 行起是另一张表（%(heading)s），其下 %(rows)s 行没有导入；请把它单独存成一个文件或工作表再导入。"
    ),
    "items_unknown": gettext_noop("有 %(count)s 个项目不在表样里，没有导入：%(value)s；请核对表样。"),
    "column_not_read": gettext_noop("%(value)s 列也有数，但这种表只有一列数，没有导入；请核对。"),
    "contradictory_titles": gettext_noop(
        "“%(text)s”说的是%(one)s，而“%(value)s”说的是%(other)s；请核对这张表是哪一种。"
    ),
    "another_kind": gettext_noop("“%(value)s”里有“%(word)s”，看来不是“%(form)s”；请核对表样。"),
    "older_version": gettext_noop(
        "这是“%(value)s”第 %(version)s 版，现行的是第 %(newest)s 版；已按原版读取，请核对是否要改填新表。"
    ),
    "no_unit": gettext_noop("“%(column)s”填了 %(value)s，但没有写单位；请补上单位。"),
    "check_equal": gettext_noop("%(check)s：“%(column)s”为 %(value)s，应等于 %(expected)s；请核对。"),
    "check_at_least": gettext_noop("%(check)s：“%(column)s”为 %(value)s，小于 %(expected)s；请核对。"),
    "check_share": gettext_noop("%(check)s：“%(column)s”为 %(value)s，按各项计算为 %(expected)s；请核对。"),
    "check_mean": gettext_noop("%(check)s：“%(column)s”为 %(value)s，按各项计算为 %(expected)s；请核对。"),
    "check_sum": gettext_noop("%(check)s：“%(column)s”为 %(value)s，各项之和为 %(expected)s；请核对。"),
    "check_at_most": gettext_noop("%(check)s：“%(column)s”为 %(value)s，大于 %(expected)s；请核对。"),
    "check_product": gettext_noop("%(check)s：“%(column)s”为 %(value)s，应为 %(expected)s；请核对。"),
    "check_needs": gettext_noop("%(check)s：“%(column)s”为 %(value)s；请补填或核对。"),
}

# A few words for each code, the heading of a group of findings.
TITLES: dict[str, str] = {
    "column_missing": gettext_noop("缺少列"),
    "column_ambiguous": gettext_noop("列不能确定"),
    "other_sheet": gettext_noop("还有别的工作表"),
    "period_assumed": gettext_noop("期间是推定的"),
    "missing": gettext_noop("漏填"),
    "not_a_number": gettext_noop("不是数字"),
    "two_numbers": gettext_noop("一格两个数"),
    "finer_than_fen": gettext_noop("精确到分以下"),
    "negative": gettext_noop("负数"),
    "too_big": gettext_noop("数额过大"),
    "out_of_bounds": gettext_noop("超出范围"),
    "not_whole": gettext_noop("不是整数"),
    "not_a_date": gettext_noop("不是日期"),
    "month_only": gettext_noop("日期只到月"),
    "month_unclear": gettext_noop("月份不明"),
    "not_a_period": gettext_noop("不是期间"),
    "identity_length": gettext_noop("证件号位数不对"),
    "identity_check": gettext_noop("证件号校验不符"),
    "identity_rounded": gettext_noop("证件号末位丢失"),
    "not_in_list": gettext_noop("不在列表中"),
    "too_long": gettext_noop("文字过长"),
    "returned_of_no_batch": gettext_noop("退回的工作簿找不到原批次"),
    "not_calculated": gettext_noop("公式没有算出的值"),
    "error_cell": gettext_noop("公式出错"),
    "unit_clash": gettext_noop("单位不一致"),
    "merged_amount": gettext_noop("数额单元格合并"),
    "place_unknown": gettext_noop("找不到地名"),
    "place_several": gettext_noop("地名不能确定"),
    "place_blank": gettext_noop("没有地名"),
    "party_several": gettext_noop("单位不能确定"),
    "party_similar": gettext_noop("与已登记单位相近"),
    "outside_scope": gettext_noop("不在权限范围内"),
    "dropped": gettext_noop("人工略去"),
    "key_twice": gettext_noop("表内重复"),
    "posted_differently": gettext_noop("与已入账的不同"),
    "correction": gettext_noop("更正"),
    "restates": gettext_noop("更新累计数"),
    "fell": gettext_noop("累计数下降"),
    "older_statement": gettext_noop("已有更晚的累计数"),
    "duplicates": gettext_noop("已入过账"),
    "all_duplicates": gettext_noop("已入过账"),
    "equal_row": gettext_noop("内容相同的行"),
    "far_above": gettext_noop("数额异常大"),
    "far_below": gettext_noop("数额异常小"),
    "total_differs": gettext_noop("合计不符"),
    "no_rows": gettext_noop("没有数据行"),
    "sum_taken": gettext_noop("一格里写了算式"),
    "sum_in_cell": gettext_noop("算式不能确定"),
    "approximate": gettext_noop("约数"),
    "foreign_currency": gettext_noop("外币"),
    "many_listed": gettext_noop("一格里列了多个名字"),
    "far_above_plan": gettext_noop("远超规划数"),
    "far_below_plan": gettext_noop("远低于规划数"),
    "far_from_history": gettext_noop("与上次相差悬殊"),
    "stated_total_exceeded": gettext_noop("超过表外写的总数"),
    "stated_total_short": gettext_noop("少于表外写的总数"),
    "stated_total_partial": gettext_noop("只列了一部分"),
    "other_table": gettext_noop("还有别的表"),
    "sheet_not_read": gettext_noop("有没认出的工作表"),
    "table_below": gettext_noop("下面还有一张表"),
    "items_unknown": gettext_noop("表样里没有的项目"),
    "column_not_read": gettext_noop("有没导入的列"),
    "contradictory_titles": gettext_noop("标题前后不一"),
    "another_kind": gettext_noop("可能是另一种表"),
    "older_version": gettext_noop("旧版表样"),
    "no_unit": gettext_noop("没有写单位"),
    "check_equal": gettext_noop("勾稽不符：不相等"),
    "check_at_least": gettext_noop("勾稽不符：不足"),
    "check_share": gettext_noop("勾稽不符：比率"),
    "check_mean": gettext_noop("勾稽不符：平均数"),
    "check_sum": gettext_noop("勾稽不符：合计"),
    "check_at_most": gettext_noop("勾稽不符：超过"),
    "check_product": gettext_noop("勾稽不符：乘积"),
    "check_needs": gettext_noop("勾稽不符：缺项"),
}

_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("column", pa.string()),
        ("code", pa.string()),
        ("severity", pa.string()),
        ("value", pa.string()),
        ("params", pa.string()),
    ]
)
_FLUSHED_AT = 50_000
_NO_PARAMS: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed (发现).

    row: in the sheet, from 1; 0 for the whole table. column: form column key, "" for the whole row. cell: address such
    as "I127", "" without a column. value: as shown in the cell, masked in sensitive columns. params: particulars of
    the code, kept so that the message can be said in any language.
    """

    row: int
    column: str
    cell: str
    value: str
    code: str
    severity: Severity
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What kind of thing it is, in a few words, for a list that groups findings."""
        return _(TITLES[self.code])


class FindingsFile:
    """Writes the findings of one evaluation, in no particular order."""

    def __init__(self, path: Path, indices: Mapping[str, int]) -> None:
        self._writer = pq.ParquetWriter(path, _SCHEMA, compression="lz4")
        self._columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA.names}
        self._count = 0
        self._by_column: dict[str, dict[str, int]] = {}
        self._doubted: list[NDArray[np.int32]] = []

    def add(
        self,
        code: str,
        severity: Severity,
        column: str,
        rows: Sequence[int] | NDArray[Any],
        values: Sequence[str | None] | None,
        params: Mapping[str, Any] = _NO_PARAMS,
    ) -> None:
        """Note the same thing about several rows; `values` is what their cells show."""
        if len(rows):
            self._add(code, severity, column, rows, values, [json.dumps(params, ensure_ascii=False)] * len(rows))

    def add_each(
        self,
        code: str,
        severity: Severity,
        column: str,
        rows: Sequence[int] | NDArray[Any],
        values: Sequence[str | None] | None,
        params: Iterable[Mapping[str, Any]],
    ) -> None:
        """As `add`, with particulars for each row."""
        if len(rows):
            self._add(code, severity, column, rows, values, [json.dumps(each, ensure_ascii=False) for each in params])

    def _add(
        self,
        code: str,
        severity: Severity,
        column: str,
        rows: Sequence[int] | NDArray[Any],
        values: Sequence[str | None] | None,
        params: list[str],
    ) -> None:
        count = len(rows)
        numbers = np.asarray(rows, dtype=np.int32)
        self._columns["row"].extend(numbers.tolist())
        self._columns["column"].extend([column] * count)
        self._columns["code"].extend([code] * count)
        self._columns["severity"].extend([severity.value] * count)
        self._columns["value"].extend(values if values is not None else [""] * count)
        self._columns["params"].extend(params)
        self._count += count
        if severity is Severity.WARNING:
            self._doubted.append(numbers[numbers > 0])
        kind = {Severity.ERROR: "errors", Severity.WARNING: "doubts"}.get(severity)
        if kind and column:
            counts = self._by_column.setdefault(column, {"errors": 0, "doubts": 0})
            counts[kind] += count
        if len(self._columns["row"]) >= _FLUSHED_AT:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(pa.table(self._columns, schema=_SCHEMA))
        self._columns = {name: [] for name in _SCHEMA.names}

    def counts_by_column(self) -> dict[str, dict[str, int]]:
        """Column key → {"errors", "doubts"}."""
        return self._by_column

    def doubtful_rows(self, rows_path: Path) -> int:
        """How many of the good rows of `rows.parquet` have a warning."""
        if not self._doubted:
            return 0
        table = pq.read_table(rows_path, columns=["row", "status"])
        good = table.filter(pc.equal(table.column("status"), 0)).column("row").to_numpy()
        return int(np.isin(good, np.unique(np.concatenate(self._doubted))).sum())

    def close(self) -> int:
        """Finish the file; how many findings it holds."""
        self._flush()
        self._writer.close()
        return self._count


def read_findings(
    path: Path,
    form: Form,
    indices: Mapping[str, int],
    *,
    fixed: Mapping[str, int] | None = None,
    severities: Sequence[Severity] = tuple(Severity),
    rows: Sequence[int] | None = None,
    limit: int | None = None,
) -> Iterator[Finding]:
    """The findings of a batch by row and column, in the reader's language; those about the whole table come first.

    Args:
        indices: form column key → 0-based column of the sheet. fixed: form column key → the row where its value stands
            for every row alike (an item, a line above the table).
    """
    chosen = pc.is_in(pc.field("severity"), pa.array([severity.value for severity in severities]))
    if rows is not None:
        chosen &= pc.is_in(pc.field("row"), pa.array(rows, pa.int32()))
    table = pq.read_table(path, filters=chosen)
    order = {column.key: number for number, column in enumerate(form.columns)}
    places = pa.array([order.get(key, -1) for key in table.column("column").to_pylist()], pa.int32())
    table = table.append_column("place", places).sort_by([("row", "ascending"), ("place", "ascending")])
    if limit is not None:
        table = table.slice(0, limit)
    for batch in table.to_batches(max_chunksize=10_000):
        for line in batch.to_pylist():
            yield _finding(line, form, indices, fixed or {})


def _finding(line: Mapping[str, Any], form: Form, indices: Mapping[str, int], fixed: Mapping[str, int]) -> Finding:
    params = json.loads(line["params"])
    key = line["column"]
    column = form.column(key) if key else None
    index = indices.get(key)
    value = line["value"] or ""
    if column is not None and column.sensitive:
        value = masked(value)
    checks = {check.key: check for check in form.checks}
    words = params | {"column": column.label if column else "", "value": value, "row": line["row"]}
    if "check" in params:
        words["check"] = checks[params["check"]].label
    return Finding(
        row=line["row"],
        column=key,
        cell=f"{column_letter(index)}{fixed.get(key) or line['row']}" if index is not None and line["row"] else "",
        value=value,
        code=line["code"],
        severity=Severity(line["severity"]),
        message=_(MESSAGES[line["code"]]) % words,
        params=params,
    )


def amount(column: Column, value: int | None) -> str:
    """An amount in the words of a finding: yuan, percent, or the written unit, with thousands separators."""
    if value is None:
        return ""
    scale = 100 if column.type in (ColumnType.MONEY, ColumnType.PERCENT) else column.scale
    whole, rest = divmod(abs(value), scale)
    digits = len(str(scale)) - 1
    text = f"{whole:,}" + (f".{rest:0{digits}d}".rstrip("0") if rest else "")
    text += "%" if column.type is ColumnType.PERCENT else ""
    return f"-{text}" if value < 0 else text


def masked(text: str) -> str:
    """A sensitive cell as it may be shown: the first character and, of long texts, the last two."""
    if len(text) <= 1:
        return text
    if len(text) <= 4:
        return text[0] + "*" * (len(text) - 1)
    return text[:3] + "*" * (len(text) - 5) + text[-2:]
