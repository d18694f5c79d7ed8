"""Compound files: what they hold, and the error cells of an .xls."""

import struct

from xieshou.intake.compound import CompoundFile, error_cells, has_filepass
from xieshou.intake.tests.conftest import DATA


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_the_workbook_stream_of_a_real_form_is_found():
    assert "Workbook" in CompoundFile(DATA / "report-conghua-206_3.xls").streams


def test_a_real_form_without_errors_has_no_error_cells():
    assert error_cells(DATA / "report-conghua-206_3.xls") == {}


def test_an_error_value_and_a_formula_that_fails_are_both_found(tmp_path, monkeypatch):
    value = record(0x205, struct.pack("<HHHBB", 3, 4, 0, 23, 1))
    formula = record(0x06, struct.pack("<HHH", 5, 6, 0) + b"\x02\0\x07\0\0\0\xff\xff" + bytes(6))
    true = record(0x205, struct.pack("<HHHBB", 7, 8, 0, 1, 0))
    sheet = record(0x809) + value + formula + true + record(0x0A)
    globals_ = record(0x809) + record(0x85, struct.pack("<I", 4 + 8 + 4)) + record(0x0A)
    monkeypatch.setattr(CompoundFile, "__init__", lambda self, path: None)
    monkeypatch.setattr(CompoundFile, "streams", frozenset({"Workbook"}))
    monkeypatch.setattr(CompoundFile, "read", lambda self, name: globals_ + sheet)

    assert error_cells(tmp_path) == {0: {(3, 4): "#REF!", (5, 6): "#DIV/0!"}}


def test_an_encrypted_xls_is_known_by_its_filepass_record():
    assert has_filepass(record(0x809) + record(0x2F, bytes(6)))
    assert not has_filepass(record(0x809) + record(0x85, bytes(8)) + record(0x0A))
