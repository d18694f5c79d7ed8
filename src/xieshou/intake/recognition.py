"""Finding the form, the sheet, the header and the columns of a workbook, and saying why.

Nothing is taken on the strength of the file's name. Every pair of sheet and form is tried; the best pair wins, with the
words that matched as its reason. What was considered besides and what else lies in the workbook is told, never mixed
in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from xieshou.intake import item_tables, row_tables
from xieshou.intake.errors import Classified, EmptyWorkbook, FormNotRecognised
from xieshou.intake.forms import Form, Layout
from xieshou.intake.headings import plain
from xieshou.intake.periods import stated_in
from xieshou.intake.reading import SheetHead
from xieshou.intake.row_tables import SheetGrid
from xieshou.intake.rules import classified_mark, column_letter
from xieshou.intake.surroundings import blocks_of, contradictions, is_other_kind, lists_beside, stated_cells
from xieshou.intake.tables import Alternative, Choices, OtherTable, Recognition

# Below this a sheet is not the form: less than half of what the form needs was found.
RECOGNISED_FROM = 0.5
# A form that explains less of the sheet's columns than this is another form with some columns in common.
EXPLAINED_FROM = 0.3
# Another table that fits a form so well holds data too, and is named with it.
OTHERS_FROM = 0.7
# A reading that lacks a column, and yet fits so much better, is what the sheet is meant to be.
_BETTER_BY = 0.1
_ALTERNATIVES = 3
# A sheet of more rows is no table that lies on its side.
TRANSPOSED_AT_MOST = 120
# Of a long catalogue, so many forms are read in full on a sheet.
FORMS_TRIED = 6
# A sheet that no form fits is told of when it holds so much.
_UNKNOWN_ROWS, _UNKNOWN_COLUMNS = 5, 3


def refuse_classified(heads: Sequence[SheetHead]) -> None:
    """Raises: Classified, when a cell of a sheet's first rows is a mark of secrecy."""
    for sheet in heads:
        for number, row in enumerate(sheet.head, start=1):
            for index, text in enumerate(row):
                if text and len(text) < 40 and (mark := classified_mark(text)):
                    raise Classified(
                        _(
                            "工作表“%(sheet)s”的 %(cell)s 标有“%(mark)s”：本系统不处理涉密信息，文件未保存；"
                            "请改走涉密渠道。"
                        )
                        % {"sheet": sheet.name, "cell": f"{column_letter(index)}{number}", "mark": mark}
                    )


def recognise(
    heads: Sequence[SheetHead], forms: Sequence[Form], choices: Choices, until: date | None = None
) -> Recognition:
    """The form and table that fit best; columns may be missing, which `missing` names.

    Args:
        until: the last day that the table speaks of, where somebody has said it: decides between versions of a form.
    Raises: EmptyWorkbook; FormNotRecognised, naming the nearest form and what it lacks.
    """
    candidates = _candidates(heads, choices)
    found = sorted(
        _all_readings(candidates, forms, choices), key=lambda each: _rank(each, choices, until), reverse=True
    )
    best = _best(found)
    best = _meant_instead(best, found) or best
    chosen = bool(choices.form_key or choices.columns)
    if best is None or (not chosen and not _is_whole(best)):
        _refuse_lying_tables(candidates, forms, choices)
    if best is None or (not chosen and (best.score < RECOGNISED_FROM or best.explained < EXPLAINED_FROM)):
        raise FormNotRecognised(_nothing_fits(candidates, best))
    return _with_the_rest(best, found, [head for head in heads if not head.hidden], forms, choices, until)


def _best(found: Sequence[Recognition]) -> Recognition | None:
    """The best reading of a sheet, of the sheets that are filled in; blank forms come last."""
    by_sheet: dict[int, Recognition] = {}
    for reading in found:
        by_sheet.setdefault(reading.sheet.index, reading)
    order = list(by_sheet.values())
    whole = [one for one in order if _is_whole(one)]
    return next((one for one in whole if one.filled), next(iter(whole or order), None))


def _meant_instead(reading: Recognition | None, found: Iterable[Recognition]) -> Recognition | None:
    """Another form of the same sheet that lacks a column but fits it much better: last year's form, which had fewer.

    Taken for a form that happens to be whole, a table of villages would go into the books as one of counties.
    """
    if reading is None or not _is_whole(reading):
        return None
    return next(
        (
            one
            for one in found
            if one.sheet.index == reading.sheet.index
            and one.header_row == reading.header_row
            and one.form.key != reading.form.key
            and one.missing
            and one.titled
            and len(one.matches) > len(reading.matches)
            and one.explained > reading.explained
            and one.score >= reading.score + _BETTER_BY
        ),
        None,
    )


def _is_whole(reading: Recognition) -> bool:
    return not reading.missing and reading.score >= RECOGNISED_FROM and reading.explained >= EXPLAINED_FROM


def tables(heads: Sequence[SheetHead], forms: Sequence[Form], choices: Choices) -> tuple[Recognition, ...]:
    """Every table of the workbook that fits a form by itself, in the order of sheets and rows: one batch for each.

    Choose one of them by `Choices.sheet` and, where a sheet holds several, `Choices.table`.
    """
    found = _all_readings(_candidates(heads, choices), forms, choices)
    ranked = sorted(found, key=lambda each: _rank(each, choices, None), reverse=True)
    apart: list[Recognition] = []
    for one in ranked:
        if (
            _meant_instead(one, ranked) is None
            and _is_a_table(one)
            and not any(_overlap(one, other) for other in apart)
        ):
            apart.append(one)
    apart.sort(key=lambda each: (each.sheet.index, each.first_header_row, each.span))
    return tuple(_with_the_rest(one, ranked, list(heads), forms, choices, None) for one in apart)


def _candidates(heads: Sequence[SheetHead], choices: Choices) -> list[SheetHead]:
    candidates = [sheet for sheet in heads if choices.sheet is None or sheet.name == choices.sheet]
    candidates = [sheet for sheet in candidates if any(any(row) for row in sheet.head)]
    # A hidden sheet holds lists for the others; it is read only when chosen, or when nothing else is there.
    candidates = [sheet for sheet in candidates if not sheet.hidden or choices.sheet] or candidates
    if not candidates:
        raise EmptyWorkbook(_("工作簿里没有可读的内容；请确认导入的是填好的表。"))
    return candidates


def _all_readings(sheets: Iterable[SheetHead], forms: Sequence[Form], choices: Choices) -> Iterator[Recognition]:
    wanted = [form for form in forms if not choices.form_key or form.key == choices.form_key]
    for sheet in sheets:
        whole = SheetGrid(sheet)
        for grid in (whole, *map(SheetGrid, _parts(whole))):
            for form in _worth_trying(grid, wanted):
                read = item_tables.readings if form.layout is Layout.ITEMS else row_tables.readings
                for reading in read(grid, form, choices):
                    reading = replace(reading, sheet=sheet)
                    if not choices.table or reading.area.split(":")[0] == choices.table:
                        yield reading


def _worth_trying(grid: SheetGrid, forms: Sequence[Form]) -> Sequence[Form]:
    """The forms that share the most words with the sheet, for their length: most of a catalogue shares next to none."""
    if len(forms) <= FORMS_TRIED:
        return forms
    joined = set().union(*(header.words for header in grid.headers), grid.item_words)

    def shared(form: Form) -> float:
        words = row_tables.form_words(form)
        found = sum(any(plain(word) in joined for word in column.words) for column in form.columns)
        titled = bool(row_tables.titled_with(form, grid.sheet, grid.title_cells))
        return (found + titled) * (0.5 + 0.5 * found / len(form.columns)) if words & joined or titled else 0.0

    likely = sorted(forms, key=shared, reverse=True)
    return [form for form in likely[:FORMS_TRIED] if shared(form)] or likely[:FORMS_TRIED]


def _parts(grid: SheetGrid) -> Iterator[SheetHead]:
    """The blocks of a sheet that blank columns part, each as if it were alone: two tables side by side."""
    sheet, blocks = grid.sheet, blocks_of(stated_cells(row_tables.as_wide(grid.sheet)))
    if len(blocks) < 2:
        return
    for first, last in blocks:
        head = [[cell if first <= index <= last else "" for index, cell in enumerate(row)] for row in sheet.head]
        merged = [span for span in sheet.merged if first <= span[1] and span[3] <= last]
        yield replace(sheet, head=head, merged=merged)


def _rank(reading: Recognition, choices: Choices, until: date | None) -> tuple[object, ...]:
    """Sorts the better reading last: whole and likely, well matched, titled as the form, of its year."""
    rivals = sum(len(match.rivals) for match in reading.matches.values())
    return (
        _is_whole(reading),
        round(reading.score, 4),
        reading.titled,
        _is_of_its_time(reading, choices, until) is not False,
        -rivals,
        -_loose_lines(reading),
        -reading.first_header_row,
        reading.first_header_row - reading.header_row,
        reading.form.version,
    )


def _loose_lines(reading: Recognition) -> int:
    """How many lines of the header no merged cell ties to the next: a line of labels above a table is none of it."""
    lines = range(reading.first_header_row - 1, reading.header_row - 1)
    return sum(
        not any(
            first <= line <= last and (last > first or right > left) for first, left, last, right in _merged(reading)
        )
        for line in lines
    )


def _merged(reading: Recognition) -> list[tuple[int, int, int, int]]:
    return [span for span in reading.sheet.merged if span[0] < reading.header_row]


def _is_of_its_time(reading: Recognition, choices: Choices, until: date | None) -> bool | None:
    """Whether the version of the form is meant for the table's period; None when the table does not say its period."""
    last = until or stated_in(reading.titles, reading.sheet.name, choices.name).last
    if last is None:
        return None
    form = reading.form
    return (form.valid_from is None or form.valid_from <= last) and (form.valid_to is None or last <= form.valid_to)


def _with_the_rest(
    best: Recognition,
    found: Sequence[Recognition],
    heads: Sequence[SheetHead],
    forms: Sequence[Form],
    choices: Choices,
    until: date | None,
) -> Recognition:
    """The reading with what was considered besides it, what else lies in the workbook, and what contradicts it."""
    below = [
        one
        for one in found
        if one.sheet.index == best.sheet.index and _is_a_table(one) and _is_below(one, best) and _share(one, best)
    ]
    last_row = min((one.first_header_row - 1 for one in below), default=best.last_row)
    best = replace(best, last_row=last_row)
    others = _other_tables(best, found, heads, choices)
    warnings = [*best.warnings, *contradictions(best.form, best.sheet, best.titles, choices.name)]
    warnings += _older_version(best, forms, choices, until)
    return replace(
        best,
        alternatives=tuple(_alternatives(best, found)),
        tables=tuple(others),
        others=tuple(dict.fromkeys(one.sheet for one in others if one.form_key and one.sheet != best.sheet.name)),
        warnings=tuple(warnings),
    )


def _is_a_table(reading: Recognition) -> bool:
    return not reading.missing and reading.score >= OTHERS_FROM and reading.explained >= EXPLAINED_FROM


def _share(one: Recognition, other: Recognition) -> bool:
    """Whether two tables of a sheet stand in the same columns."""
    return one.span[0] <= other.span[1] and other.span[0] <= one.span[1]


def _is_below(one: Recognition, other: Recognition) -> bool:
    """Whether the one begins below the other's header and is not the same header repeated on the next page."""
    return one.first_header_row > other.header_row and _places(one) != _places(other)


def _places(reading: Recognition) -> tuple[str, dict[str, int]]:
    """The form and which column of the sheet each of its columns is."""
    return reading.form.key, {key: match.index for key, match in reading.matches.items() if not match.row}


def _overlap(one: Recognition, other: Recognition) -> bool:
    if one.sheet.index != other.sheet.index or not _share(one, other):
        return False
    upper, lower = sorted((one, other), key=lambda each: each.first_header_row)
    return not _is_below(lower, upper) or (upper.last_row or 0) >= lower.first_header_row


def _other_tables(
    best: Recognition, found: Sequence[Recognition], heads: Sequence[SheetHead], choices: Choices
) -> list[OtherTable]:
    """What the batch will not take in: tables on other sheets, below and beside, and lists that no form fits."""
    apart: list[Recognition] = [best]
    for one in found:
        if _is_a_table(one) and not any(_overlap(one, other) for other in apart):
            apart.append(one)
    tables = [
        OtherTable(one.sheet.name, one.area, one.form.key, one.form.label, rows=(one.sheet.rows or 0) - one.header_row)
        for one in apart[1:]
    ]
    here = SheetGrid(best.sheet)
    beside = lists_beside(best.sheet, here.stated, best.span, best.first_header_row - 1)
    known = [one for one in apart[1:] if one.sheet.index == best.sheet.index]
    tables += [block for block in beside if not any(one.area.split(":")[0][:1] == block.area[:1] for one in known)]
    if choices.sheet is None:
        named = {one.sheet.index for one in apart}
        tables += [
            OtherTable(head.name, "", rows=head.rows or 0)
            for head in heads
            if head.index not in named and _holds_a_table(head)
        ]
    return tables


def _holds_a_table(head: SheetHead) -> bool:
    filled = [row for row in head.head if sum(bool(cell.strip()) for cell in row) >= _UNKNOWN_COLUMNS]
    return len(filled) >= _UNKNOWN_ROWS


def _alternatives(best: Recognition, found: Sequence[Recognition]) -> Iterator[Alternative]:
    """The next best pairs of form and sheet, each once, with the reason why they were not taken."""
    seen = {(best.form.key, best.form.version, best.sheet.index)}
    for one in found:
        what = (one.form.key, one.form.version, one.sheet.index)
        if what in seen:
            continue
        seen.add(what)
        if len(seen) > _ALTERNATIVES + 1:
            return
        yield Alternative(one.form.label, one.sheet.name, round(one.score, 3), len(one.matches), _why_not(one, best))


def _why_not(one: Recognition, best: Recognition) -> str:
    if one.missing:
        names = [one.form.column(key).label for key in one.missing]
        return _("缺少 %(missing)s") % {"missing": "、".join(names[:5]) + ("……" if len(names) > 5 else "")}
    if is_other_kind(one.form, one.sheet, one.titles):
        return _("标题说的是另一种表")
    if one.explained < EXPLAINED_FROM:
        return _("只有 %(found)d 列与表样相符") % {"found": len(one.matches)}
    if one.form.key == best.form.key and one.sheet.index == best.sheet.index:
        return _("另一个版本更相符")
    return _("相符程度较低")


def _older_version(
    best: Recognition, forms: Sequence[Form], choices: Choices, until: date | None
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """A form of last year: read with its own version, and said so."""
    newer = [form for form in forms if form.key == best.form.key and form.version > best.form.version]
    if newer and not _is_of_its_time(best, choices, until):
        newest = max(newer, key=lambda form: form.version)
        words = {"version": str(best.form.version), "newest": str(newest.version)}
        yield "older_version", best.form.label, words


def _refuse_lying_tables(sheets: Sequence[SheetHead], forms: Sequence[Form], choices: Choices) -> None:
    """Raises: FormNotRecognised, for a table whose headings stand in the first column and its records in columns."""
    rows = [form for form in forms if form.layout is Layout.ROWS]
    lying = [_transposed(sheet) for sheet in sheets if sheet.width <= len(sheet.head) <= TRANSPOSED_AT_MOST]
    for reading in _all_readings(lying, rows, choices):
        if _is_a_table(reading):
            raise FormNotRecognised(
                _(
                    "工作表“%(sheet)s”是横着填的“%(form)s”：项目在 %(column)s 列，每一列是一条记录；"
                    "请在 Excel 里复制后用“选择性粘贴—转置”转成每行一条记录，再导入。"
                )
                % {
                    "sheet": reading.sheet.name,
                    "form": reading.form.label,
                    "column": column_letter(reading.header_row - 1),
                }
            )


def _transposed(sheet: SheetHead) -> SheetHead:
    columns = [list(column) for column in zip(*row_tables.as_wide(sheet), strict=True)]
    merged = [(left, first, right, last) for first, left, last, right in sheet.merged]
    return replace(sheet, head=columns, merged=merged, width=len(sheet.head), rows=sheet.width)


def _nothing_fits(sheets: Sequence[SheetHead], best: Recognition | None) -> str:
    names = "、".join(sheet.name for sheet in sheets if sheet.name) or _("（文本文件）")
    if best is None or not best.matches:
        return _(
            "在工作表 %(sheets)s 里没有找到已知表样的表头；请确认文件，或用空白表重新填写，或在导入页指定表样。"
        ) % {"sheets": names}
    if not best.missing:
        return _(
            "没有认出这张表：工作表“%(sheet)s”第 %(row)d 行有 %(all)d 列，其中只有 %(found)d 列与“%(form)s”相符；"
            "请确认文件，或在导入页指定表样。"
        ) % {
            "sheet": best.sheet.name,
            "row": best.header_row,
            "all": sum(bool(header) for header in best.headers),
            "found": len(best.matches),
            "form": best.form.label,
        }
    return _(
        "没有认出这张表：工作表“%(sheet)s”第 %(row)d 行最接近“%(form)s”，但缺少 %(missing)s；"
        "请确认文件，或在导入页指定表样和列。"
    ) % {
        "sheet": best.sheet.name,
        "row": best.header_row,
        "form": best.form.label,
        "missing": "、".join(best.form.column(key).label for key in best.missing),
    }
