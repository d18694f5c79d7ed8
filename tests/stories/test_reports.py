"""A report from the command line: made, sent, saved elsewhere, and asked again after its entries were reversed."""

import shutil
import subprocess

import pytest
from click.testing import CliRunner

from tests.stories.conftest import FAW_PLAN
from xieshou.cli.main import main
from xieshou.intake.models import Batch
from xieshou.programme.models import Programme
from xieshou.reports.documents import carriers

COMPANY = "中国第一汽车集团有限公司"
SENTENCE = f"2019年，{COMPANY}定点扶贫资金计划投入4711万元，实际完成4826.6万元，资金完成率为102.45%。"


@pytest.fixture
def faw(desk) -> Batch:
    programme = Programme.objects.create(name=f"{COMPANY}定点扶贫", kind=Programme.Kind.DESIGNATED)
    return desk.take_in(FAW_PLAN, period="2019", basis="period", programme_id=programme.pk)


@pytest.mark.parametrize("kind", ["docx", "pdf", "html", "md"])
def test_the_fund_section_of_2019_is_written_with_its_citations(command, faw, tmp_path, kind):
    target = tmp_path / f"报告.{kind}"

    code, answer = command("report", "annual", "--party", COMPANY, "--year", "2019", "-o", str(target))

    assert (code, answer["citations"]) == (0, 15)
    assert SENTENCE in carriers.text_of(kind, target.read_bytes())


@pytest.mark.parametrize("kind", ["docx", "pdf", "html", "md"])
def test_a_report_audited_again_agrees_with_the_ledger_in_every_claim(command, faw, tmp_path, kind):
    target = tmp_path / f"报告.{kind}"
    command("report", "annual", "--party", COMPANY, "--year", "2019", "-o", str(target))

    code, answer = command("audit", str(target))

    verdicts = {each["claim"]: each["verdict"] for each in answer["ledger"]}
    in_sentences = [claim["id"] for claim in answer["claims"] if claim["unit"] in ("CNY", "percent")][:12]
    assert code == 0
    assert [relation for relation in answer["relations"] if relation["status"] == "contradiction"] == []
    assert [verdicts.get(claim) for claim in in_sentences] == ["agrees"] * 12
    assert set(verdicts.values()) == {"agrees"}


def test_a_published_report_stands_until_its_entries_are_reversed(command, desk, faw, tmp_path):
    target = tmp_path / "报送稿.docx"
    command("report", "annual", "--party", COMPANY, "--year", "2019", "-o", str(target))
    before, _answer = command("report", "verify", str(target))
    desk.withdraw(faw)

    after, answer = command("report", "verify", str(target))

    assert (before, after) == (0, 1)
    assert answer["changed"] == 15
    assert len(answer["results"][0]["reversed"]) == 3


def test_the_words_for_people_name_the_reversed_entries(command, desk, faw, tmp_path):
    target = tmp_path / "报送稿.docx"
    command("report", "annual", "--party", COMPANY, "--year", "2019", "-o", str(target))
    desk.withdraw(faw)

    said = CliRunner().invoke(main, ["report", "verify", str(target)]).stdout

    assert "引用 15 处，有变动 15 处" in said
    assert "冲销了条目" in said


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_the_citations_survive_being_saved_in_libreoffice(command, faw, tmp_path):
    target = tmp_path / "报送稿.docx"
    command("report", "annual", "--party", COMPANY, "--year", "2019", "-o", str(target))

    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "docx",
         "--outdir", tmp_path / "saved", target],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip

    code, answer = command("report", "verify", str(tmp_path / "saved" / target.name))
    assert (code, answer["changed"], answer["citations"]) == (0, 0, 15)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["weekly", "--year", "2019", "-o", "x.docx"], "可用的模板：annual"),
        (["county", "--year", "2019", "-o", "x.docx"], "请选一个县"),
        (["annual", "--year", "2019", "-o", "x.odt"], "不认识“x.odt”的文件格式"),
        (["--year", "2019", "-o", "x.docx"], "二者选一"),
        (["annual", "--year", "2019", "--quarter", "1", "--month", "2", "-o", "x.docx"], "不能同用"),
    ],
)
def test_wrong_use_is_said_in_a_sentence_and_writes_nothing(desk, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(main, ["report", *arguments])

    assert done.exit_code == 2
    assert sentence in done.output
    assert list(tmp_path.glob("x.*")) == []
