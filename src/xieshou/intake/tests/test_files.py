"""Files that are refused, each with a sentence that says what to do; and those that only look odd."""

import zipfile
from pathlib import Path

import pytest

from xieshou.intake import errors
from xieshou.intake.compound import MAGIC
from xieshou.intake.kinds import Kind, kind_of
from xieshou.intake.models import Batch
from xieshou.intake.reading import Reading

HEAD = ["年度", "县", "项目类别", "资金来源", "计划（万元）", "实际（万元）"]
ROW = ["2019", "凤山县", "产业", "财政", "1771", "1806.6"]

pytestmark = pytest.mark.usefixtures("places_cast")


def cells_of(path: Path) -> list[dict[str, str]]:
    with Reading(path) as reading:
        reading.choose(0)
        return [line for chunk in reading.stream() for line in chunk.to_pylist()]


def archive_of(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["table.xlsx", "table.xls", "table.et", "table"])
def test_what_a_file_is_is_told_by_its_content_and_never_by_its_name(write, tmp_path, name):
    path = write([HEAD, ROW]).rename(tmp_path / name)

    assert kind_of(path).kind is Kind.XLSX


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_every_usual_encoding(write, encoding):
    path = write([HEAD, ROW], "table.csv", encoding=encoding)

    assert cells_of(path)[1]["c1"] == "凤山县"


@pytest.mark.parametrize("delimiter", ["\t", ";", "，"])
def test_a_text_is_read_with_every_usual_delimiter(tmp_path, delimiter):
    path = tmp_path / "table.txt"
    path.write_text("\n".join(delimiter.join(row) for row in (HEAD, ROW)), encoding="utf-8")

    assert cells_of(path)[1] == {"row": 2} | {f"c{index}": cell for index, cell in enumerate(ROW)}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"%PDF-1.7 ...", errors.NotAWorkbook),
        (b"<html><table><tr><td>1</td></tr></table></html>", errors.NotAWorkbook),
        (bytes(range(256)) * 20, errors.NotAWorkbook),
        (b"PK\x03\x04 cut off", errors.NotAWorkbook),
        (MAGIC + b"cut off", errors.NotAWorkbook),
        (b"", errors.EmptyWorkbook),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_sentence(tmp_path, content, error):
    path = tmp_path / "table.xlsx"
    path.write_bytes(content)

    with pytest.raises(error) as refusal:
        kind_of(path)

    assert refusal.value.message.endswith("。")


def test_a_word_document_is_refused(tmp_path):
    path = archive_of(tmp_path / "table.docx", {"word/document.xml": b"<w/>"})

    with pytest.raises(errors.NotAWorkbook, match="Word"):
        kind_of(path)


def test_an_archive_of_workbooks_is_refused(tmp_path):
    path = archive_of(tmp_path / "all.zip", {"a.xlsx": b"x"})

    with pytest.raises(errors.NotAWorkbook, match="压缩包"):
        kind_of(path)


def test_a_workbook_that_would_unpack_to_too_much_is_refused_before_it_is_unpacked(tmp_path):
    path = archive_of(
        tmp_path / "bomb.xlsx", {"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": bytes(100 << 20)}
    )

    with pytest.raises(errors.UnsafeArchive, match="压缩比"):
        kind_of(path)


def test_a_workbook_with_an_archive_inside_is_refused(tmp_path):
    path = archive_of(tmp_path / "nested.xlsx", {"xl/workbook.xml": b"<w/>", "xl/media/more.zip": b"PK"})

    with pytest.raises(errors.UnsafeArchive, match=r"more\.zip"):
        kind_of(path)


def test_a_workbook_of_too_many_parts_is_refused(tmp_path):
    path = archive_of(tmp_path / "many.xlsx", {f"xl/{number}.xml": b"" for number in range(5_001)})

    with pytest.raises(errors.UnsafeArchive):
        kind_of(path)


def test_a_password_is_named_as_the_reason(tmp_path, monkeypatch):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(encrypted_package())

    with pytest.raises(errors.PasswordProtected, match="密码"):
        kind_of(path)


def encrypted_package() -> bytes:
    """The smallest compound file with a stream called EncryptedPackage."""
    entries = b""
    for name, kind in (("Root Entry", 5), ("EncryptedPackage", 2)):
        text = name.encode("utf-16-le") + b"\0\0"
        entries += text.ljust(64, b"\0") + len(text).to_bytes(2, "little") + bytes([kind, 1])
        entries += b"\xff" * 12 + bytes(36) + b"\xfe\xff\xff\xff" + bytes(8)
    header = MAGIC + bytes(16) + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0" + bytes(10)
    header += (1).to_bytes(4, "little") + (1).to_bytes(4, "little") + bytes(4) + (4096).to_bytes(4, "little")
    header += b"\xfe\xff\xff\xff" + bytes(4) + b"\xfe\xff\xff\xff" + bytes(4)
    header += bytes(4) + b"\xff" * (108 * 4)
    fat = b"\xfd\xff\xff\xff\xfe\xff\xff\xff" + b"\xff" * (126 * 4)
    return header + fat + entries.ljust(512, b"\0")


def test_the_damage_of_a_workbook_is_told_and_not_raised_as_an_accident(tmp_path, opened):
    path = archive_of(tmp_path / "broken.xlsx", {"xl/workbook.xml": b"<workbook", "[Content_Types].xml": b"<x"})

    with pytest.raises(errors.NotAWorkbook):
        opened(path)


def test_an_empty_sheet_is_refused(write, opened):
    with pytest.raises(errors.EmptyWorkbook):
        opened(write([]))


def test_a_refusal_leaves_no_batch(write, opened):
    path = write([["姓名", "成绩"], ["甲", "90"]])

    with pytest.raises(errors.FormNotRecognised):
        opened(path)

    assert not Batch.objects.exists()


@pytest.mark.parametrize("rows", [[["机密★10年"], HEAD, ROW], [["", "", "", "", "", "秘密"], HEAD, ROW]])
def test_a_file_marked_as_a_state_secret_is_refused_and_not_kept(write, opened, xieshou_home, rows):
    path = write(rows)

    with pytest.raises(errors.Classified, match="不处理涉密"):
        opened(path)

    assert b"PK" not in b"".join(kept.read_bytes()[:2] for kept in (xieshou_home / "originals").iterdir())


def test_a_file_named_as_a_state_secret_is_refused(write, opened):
    with pytest.raises(errors.Classified):
        opened(write([HEAD, ROW], "【机密】资金计划.xlsx"))


def test_a_row_of_two_hundred_blank_columns_does_no_harm(write, opened):
    assert opened(write([[*HEAD, *[""] * 200], [*ROW, *[" "] * 200]])).accepted == 1


def test_a_cell_at_the_far_end_of_the_sheet_does_no_harm(write, opened):
    batch = opened(write([HEAD, ROW, *[[]] * 200_000, ["", "", "注：完"]]))

    assert (batch.rows, batch.accepted) == (1, 1)


def test_the_reading_process_knows_neither_django_nor_the_database():
    source = (Path(__file__).parents[1] / "reader_process.py").read_text(encoding="utf-8")

    assert "import django" not in source
    assert "from xieshou" not in source
