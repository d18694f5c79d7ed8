"""Distribution lists of any length, invented: the input of the import benchmark.

Every row is another person with a well-formed identity number, in households of three; places are villages of one
district, so that a list looks as one county would hand it in. The same size always gives the same file.
"""

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from xieshou.registry.rules import fictitious_identity

HEAD = tuple(
    "序号 发放日期 市/县 乡镇 村 户主姓名 姓名 身份证号 与户主关系 联系电话 物资名称(项目) 规格".split()
    + "单位 数量 单价(元) 金额(元) 资金来源 捐赠/帮扶单位 领取人(代领人) 备注".split()
)
VILLAGES = (
    ("温泉镇", "温泉村"),
    ("温泉镇", "天湖村"),
    ("温泉镇", "卫东村"),
    ("良口镇", "下溪村"),
    ("吕田镇", "塘田村"),
    ("吕田镇", "安山村"),
    ("吕田镇", "草埔村"),
    ("吕田镇", "小杉村"),
    ("吕田镇", "桂峰村"),
    ("吕田镇", "三村村"),
    ("吕田镇", "份田村"),
    ("鳌头镇", "官庄村"),
)
GOODS = (
    ("大米", "10公斤/袋", "袋", 2, 58),
    ("食用油", "5升/桶", "桶", 1, 72.5),
    ("棉被", "2米×2.3米", "床", 1, 135),
    ("慰问金", "", "元", 500, 1),
    ("复合肥", "", "公斤", 50, 3.2),
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红"


def _name(line: int) -> str:
    return SURNAMES[line % 32] + GIVEN[line // 32 % 27] + GIVEN[line // 864 % 27]


def rows(count: int) -> Iterator[tuple[str | int | float, ...]]:
    for line in range(count):
        item, specification, unit, quantity, price = GOODS[line % 5]
        town, village = VILLAGES[line // 3 * 7 % 12]
        head, name = _name(line - line % 3), _name(line)
        yield (
            line + 1, f"2024-{line % 12 + 1:02d}-{line % 28 + 1:02d}", "从化区", town, village, head, name,
            fictitious_identity(line), "家庭成员" if line % 3 else "户主", f"138{line % 100_000_000:08d}", item,
            specification, unit, quantity, price, quantity * price, "社会募捐", "广州市慈善会", name, "",
        )  # fmt: skip


def write_csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(rows(count))


def write_xlsx(path: Path, count: int) -> None:
    """As a spreadsheet program writes it, with a table of shared strings; by hand, for speed."""
    strings: dict[str, int] = {}

    def cells(line: int, values: tuple[str | int | float, ...]) -> Iterator[str]:
        for column, value in enumerate(values):
            if value == "":
                continue
            address = f"{chr(65 + column)}{line}"
            if isinstance(value, str):
                yield f'<c r="{address}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
            else:
                yield f'<c r="{address}"><v>{value}</v></c>'

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for line, values in enumerate(_with_head(count), start=1):
                sheet.write(f'<row r="{line}">{"".join(cells(line, values))}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared:
            shared.write(f'{_XML}<sst xmlns="{_MAIN}" uniqueCount="{len(strings)}">'.encode())
            for text in strings:
                shared.write(f"<si><t>{escape(text)}</t></si>".encode())
            shared.write(b"</sst>")


def _with_head(count: int) -> Iterator[tuple[str | int | float, ...]]:
    yield HEAD
    yield from rows(count)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="发放清单" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    ),
}
