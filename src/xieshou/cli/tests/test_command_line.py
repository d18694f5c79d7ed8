import pytest

from xieshou.cli.main import COMMANDS, LEDGER_COMMANDS

EVERY_COMMAND = [[name] for name in COMMANDS] + [["ledger", name] for name in LEDGER_COMMANDS]


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=" ".join)
def test_every_command_explains_itself_in_chinese_and_english(xieshou, command):
    outcome = xieshou(*command, "--help")

    assert outcome.code == 0
    assert " / " in outcome.out.split("Options:")[0]


def test_the_list_of_commands_is_in_chinese_and_english(xieshou):
    outcome = xieshou("--help")

    assert "命令 / Commands" in outcome.out
    assert "导入工作簿" in outcome.out


def test_an_unknown_option_is_wrong_use_in_one_line(xieshou):
    outcome = xieshou("figures", "--bogus")

    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1


def test_an_unknown_user_is_refused_in_one_sentence_and_with_json_as_a_document(instance, xieshou):
    outcome = xieshou("doctor", "--user", "nobody", "--json")

    assert outcome.code == 2
    assert outcome.document["error"]["code"] == "user_unknown"
    assert outcome.err.count("\n") == 1


def test_a_user_without_the_permission_is_refused(instance, xieshou, stranger):
    outcome = xieshou("backup", "never-written.tar.gz", "--user", "stranger", "--json")

    assert outcome.document["error"]["code"] == "not_permitted"


def test_an_unknown_form_names_the_command_that_lists_them(instance, xieshou, tmp_path):
    outcome = xieshou("form", "no_such_form", "-o", tmp_path / "blank.xlsx")

    assert outcome.code == 2
    assert "xieshou forms" in outcome.err


def test_the_forms_are_listed(instance, xieshou):
    listed = xieshou("forms", "--json").document

    assert {"fund_report", "fund_plan", "distribution_list"} <= {form["key"] for form in listed}


def test_an_unknown_sample_names_those_there_are(instance, xieshou):
    outcome = xieshou("demo", "atlantis")

    assert outcome.code == 2
    assert "guangzhou" in outcome.err
