import pytest

from xieshou.places import reference
from xieshou.places.errors import ReferenceDataDamaged


@pytest.fixture
def copied_folder(tmp_path, monkeypatch):
    """A copy of the packaged files that a test may spoil."""
    for path in reference.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    return tmp_path


def test_the_packaged_files_are_those_that_were_packaged():
    assert len(reference.checksum()) == 64


def test_a_file_that_was_changed_is_refused_by_name(copied_folder):
    (copied_folder / "aliases.csv").write_text("name,code,kind\n", encoding="utf-8")

    with pytest.raises(ReferenceDataDamaged, match=r"aliases\.csv"):
        reference.checksum()


def test_a_file_that_is_missing_is_refused_by_name(copied_folder):
    (copied_folder / "villages_2023.csv.xz").unlink()

    with pytest.raises(ReferenceDataDamaged, match=r"villages_2023\.csv\.xz"):
        reference.checksum()


def test_every_packaged_file_has_a_checksum():
    listed = {row["file"] for row in reference.rows("checksums")}

    assert listed == {path.name for path in reference.FOLDER.iterdir()} - {"checksums.csv", "README.md"}


def test_characters_that_are_used_for_each_other_are_told_from_those_that_look_alike():
    usual, shapes = reference.look_alikes()

    assert "窿" in usual["冚"]
    assert "岐" in shapes["歧"]
