"""The main job in a real browser: from the first sign-in to the cell behind a number and a proof checked elsewhere.

The fixtures behind `desk_page` and `phone_page` demand that no request leaves the host and that no script fails.
"""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.conftest import CONGHUA_REPORT

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

XIESHOU = Path(sys.executable).parent / "xieshou"
JOB_MS = 60_000  # a machine that runs two test workers is slow to start Python


def answer_the_three_questions(page):
    page.fill("input[name=name]", "广州市协作办")
    page.click("main button.btn-primary")
    page.fill("textarea[name=places]", "从化市")
    page.click("main button.btn-primary")
    page.fill("input[name=year]", "2011")
    page.click("main button.btn-primary")
    page.wait_for_url("**/?place=440117000000&year=2011")


def drop(page, file):
    """Drag a file from outside onto the drop zone."""
    page.wait_for_selector("[data-drop]")
    transfer = page.evaluate_handle(
        """([name, content]) => {
            const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name));
            return transfer;
        }""",
        [file.name, base64.b64encode(file.read_bytes()).decode()],
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


def accept_the_report(page):
    """From the recognised columns, whose period is filled in from the scope, to the books."""
    page.wait_for_url("**/columns/", timeout=JOB_MS)
    assert "125 行" in page.text_content("main")
    assert "匹配度 100 %" in page.text_content("main")
    page.click("button[name=next]")
    page.wait_for_url("**/rows/")
    assert "453,309,143.65" in page.text_content("main")
    page.click("text=接受 125 行")
    page.wait_for_url("**/done/", timeout=JOB_MS)


def downloaded(page, selector, folder):
    with page.expect_download() as started:
        page.click(selector)
    target = folder / started.value.suggested_filename
    started.value.save_as(target)
    return target


def checked_elsewhere(proof, key, folder):
    """`xieshou ledger check-proof` where there is neither database nor home."""
    return subprocess.run(
        [XIESHOU, "ledger", "check-proof", proof, "--key", key],
        env=os.environ | {"XIESHOU_HOME": str(folder / "nothing"), "XIESHOU_DATABASE_URL": "sqlite:////nowhere/at.all"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_dropped_report_becomes_figures_that_lead_back_to_its_cells(desk_page, sign_in, violations, tmp_path):
    page = desk_page
    sign_in(page)
    answer_the_three_questions(page)
    drop(page, CONGHUA_REPORT)
    accept_the_report(page)
    returned = downloaded(page, "text=下载退回表", tmp_path)
    page.click("main >> text=看指标")
    page.wait_for_selector("text=45,330.91")
    page.click("main >> text=筹集帮扶资金 >> nth=0")
    page.wait_for_selector("[data-chart][data-drawn]")
    by_source = page.text_content("table.figures")
    page.click("table.figures tr:has-text('单位自筹') a.number")
    page.wait_for_selector("#drawer:not([hidden]) .trace-lines")
    page.click("#drawer .cell-link >> nth=1")
    page.wait_for_selector("#drawer .sheet .marked")
    cell = page.text_content("#drawer .sheet .marked")
    page.keyboard.press("Escape")

    assert returned.read_bytes()[:2] == b"PK"
    assert re.sub(r"\s+", " ", by_source).count("882.33") == 1
    assert "1,498.29" in by_source
    assert cell == "15000"
    assert page.is_hidden("#drawer")
    assert violations == []


def test_a_map_is_drawn_from_this_host_alone(desk_page, sign_in, violations):
    page = desk_page
    sign_in(page)
    answer_the_three_questions(page)
    drop(page, CONGHUA_REPORT)
    accept_the_report(page)

    page.goto("/figures/fund.raised/?by=county&place=&year=")

    page.wait_for_selector("[data-chart][data-drawn]", timeout=JOB_MS)
    assert "内部工作用图" in page.text_content("main")
    assert violations == []


def test_a_proof_is_downloaded_and_checked_without_the_database(desk_page, sign_in, violations, tmp_path):
    page = desk_page
    sign_in(page)
    answer_the_three_questions(page)
    drop(page, CONGHUA_REPORT)
    accept_the_report(page)
    page.click("text=看台账条目")
    page.click("table.list tbody a >> nth=0")
    page.click("text=封存，以便取证明")
    proof = downloaded(page, "text=下载证明", tmp_path)
    key = downloaded(page, "text=下载公钥", tmp_path)

    outcome = checked_elsewhere(proof, key, tmp_path)

    assert outcome.returncode == 0, outcome.stderr
    assert violations == []


def test_on_a_phone_the_drawer_is_a_page_and_the_list_is_cards(phone_page, sign_in, violations):
    page = phone_page
    sign_in(page)
    answer_the_three_questions(page)
    page.set_input_files("[data-drop] input", CONGHUA_REPORT)
    accept_the_report(page)
    page.click("main >> text=看指标")
    page.wait_for_selector("text=45,330.91")
    page.click("main >> text=筹集帮扶资金 >> nth=0")
    page.click("table.figures tr:has-text('单位自筹') a.number")
    page.wait_for_url("**/trace/**")
    page.click(".cell-link >> nth=1")
    page.wait_for_url("**/cell/")
    cell = page.text_content(".sheet .marked")
    page.click(".phone-bar >> text=台账")

    assert cell == "15000"
    assert page.is_hidden("table.list thead")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations == []


def test_keys_search_go_move_and_close(desk_page, sign_in, violations):
    page = desk_page
    sign_in(page)
    page.click("button[name=later]")
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url("**/parties/")
    page.keyboard.press("/")
    page.keyboard.type("从化")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")

    assert "从化区" in page.text_content("main")
    assert violations == []
