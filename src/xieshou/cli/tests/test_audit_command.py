"""`xieshou audit`: one file in, findings out, with and without the ledger."""

import json
import os
import subprocess
import sys
from pathlib import Path

import docx
import pytest

from xieshou.reports.audit.tests.documents import runs_commented, word_file

XIESHOU = Path(sys.executable).parent / "xieshou"
PLAN = "2019年计划投入帮扶资金4700万元，其中凤山县1771万元，镇赉县1550万元，和龙市1390万元。"
SOUND = "2019年投入帮扶资金4711万元，其中凤山县1771万元，镇赉县1550万元，和龙市1390万元。"


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "小结.txt"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_a_contradiction_ends_with_one_and_says_its_arithmetic(xieshou, report):
    done = xieshou("audit", report, "--no-ledger")

    assert done.code == 1
    assert "1771万元 + 1550万元 + 1390万元 = 4711万元" in done.out
    assert "可能的解释" in done.out


def test_a_sound_text_ends_with_nothing(xieshou, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(SOUND, encoding="utf-8")

    assert xieshou("audit", path, "--no-ledger").code == 0


def test_json_is_one_document_whose_offsets_count_in_the_file(xieshou, report):
    document = xieshou("audit", report, "--no-ledger", "--json").document

    texts = [document["text"][claim["start"] : claim["end"]] for claim in document["claims"]]
    assert (document["text"], document["encoding"], document["ledger"]) == (PLAN, "utf-8", [])
    assert texts == [claim["text"] for claim in document["claims"]]
    assert "contradiction" in [relation["status"] for relation in document["relations"]]


def test_without_the_ledger_there_is_neither_database_nor_home(report, tmp_path):
    nowhere = {"XIESHOU_HOME": str(tmp_path / "nothing"), "XIESHOU_DATABASE_URL": "sqlite:////nowhere/at.all"}

    done = subprocess.run(
        [XIESHOU, "audit", report, "--json", "--no-ledger"],
        env={key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"} | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, len(json.loads(done.stdout)["claims"])) == (1, 4)
    assert not (tmp_path / "nothing").exists()


def test_with_the_ledger_each_known_figure_gets_its_verdict(xieshou, books, report):
    done = xieshou("audit", report, "--json")

    assert done.code == 1
    assert {row["figure"] for row in done.document["ledger"]} == {"fund.planned"}
    assert done.document["ledger_asked"] is True


def test_the_printed_page_is_written(xieshou, report, tmp_path):
    xieshou("audit", report, "--no-ledger", "--html", tmp_path / "a.html")

    assert "4711万元" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_the_word_file_comes_back_with_comments(xieshou, tmp_path):
    path = word_file(tmp_path / "a.docx", PLAN)

    xieshou("audit", path, "--no-ledger", "--returned", tmp_path / "b.docx")

    assert "4700万元" in runs_commented(docx.Document(tmp_path / "b.docx"))


def test_only_a_word_file_can_come_back(xieshou, report, tmp_path):
    done = xieshou("audit", report, "--no-ledger", "--returned", tmp_path / "b.docx")

    assert done.code == 2
    assert "--html" in done.err


def test_other_texts_are_compared(xieshou, report, tmp_path):
    other = tmp_path / "通稿.txt"
    other.write_text("2019年计划投入帮扶资金4711万元。", encoding="utf-8")

    done = xieshou("audit", report, "--no-ledger", "--against", other, "--json")

    assert [(each["type"], each["other"], each["value"]) for each in done.document["against"]] == [
        ("conflict", "通稿.txt", 47_110_000)
    ]


def test_a_file_that_is_not_there_or_no_document_is_refused_in_one_sentence(xieshou, tmp_path):
    (tmp_path / "a.doc").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))

    assert xieshou("audit", tmp_path / "none.txt", "--no-ledger").code == 2
    refused = xieshou("audit", tmp_path / "a.doc", "--no-ledger", "--json")
    assert (refused.code, refused.document["error"]["code"]) == (2, "document_refused")
    assert ".docx" in refused.err


def test_two_files_without_against_are_wrong_use(xieshou, report):
    assert xieshou("audit", report, report, "--no-ledger").code == 2
