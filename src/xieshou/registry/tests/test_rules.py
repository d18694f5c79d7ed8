"""When a number is an identity number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.registry.rules import (
    IdentityProblem,
    canonical_identity,
    check_identity_number,
    clean_identity,
    fictitious_identity,
    holds_personal_number,
    identity_problem,
    identity_problems,
    is_fictitious,
    with_check_character,
)

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
STANDARD = "11010519491231002X"  # the example of GB 11643
FICTITIOUS = fictitious_identity(0)

serials = st.integers(0, 29_969_999)


def test_the_example_of_the_standard_is_right():
    assert check_identity_number(STANDARD)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_that_of_the_weights_of_the_standard(digits):
    remainder = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11

    assert with_check_character(digits) == digits + "10X98765432"[remainder]


@given(serials)
def test_fictitious_numbers_are_well_formed_and_known_as_such(serial):
    number = fictitious_identity(serial)

    assert check_identity_number(number)
    assert is_fictitious(number)


@given(st.sets(serials, min_size=2, max_size=2))
def test_fictitious_numbers_differ(pair):
    one, other = pair

    assert fictitious_identity(one) != fictitious_identity(other)


def test_fictitious_numbers_end_somewhere():
    with pytest.raises(ValueError, match="29970000"):
        fictitious_identity(29_970_000)


@given(serials, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_found(serial, position, step):
    number = fictitious_identity(serial)
    digit = "0123456789X".index(number[position])
    wrong = number[:position] + str((digit + step) % 10) + number[position + 1 :]

    assert (wrong == number) == check_identity_number(wrong)


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("", IdentityProblem.LENGTH),
        (STANDARD[:-2], IdentityProblem.LENGTH),
        ("1101051949123100AX", IdentityProblem.CHARACTERS),
        ("X1010519491231002X", IdentityProblem.CHARACTERS),
        (with_check_character("99010519491231002"), IdentityProblem.DIVISION),
        (with_check_character("11010519490231002"), IdentityProblem.BIRTH_DATE),
        ("110105194912310021", IdentityProblem.CHECK_CHARACTER),
        (f"{STANDARD}91", IdentityProblem.DISABILITY_SUFFIX),
        (f"{STANDARD}48", IdentityProblem.DISABILITY_SUFFIX),
    ],
)
def test_what_is_wrong_with_a_number_is_said(number, problem):
    assert identity_problem(number) == problem


@pytest.mark.parametrize("number", [f"{STANDARD}43", f"{STANDARD}43B1", "110105491231002"])
def test_disability_certificates_and_old_numbers_are_right(number):
    assert check_identity_number(number)


def test_a_birth_after_the_day_of_the_list_is_wrong():
    assert identity_problem(STANDARD, on=date(1949, 12, 30)) == IdentityProblem.BIRTH_DATE
    assert identity_problem(STANDARD, on=date(1949, 12, 31)) is None


def test_a_number_is_cleaned_of_what_cells_add():
    assert clean_identity("'110105 19491231\u200b 002ｘ") == STANDARD


@pytest.mark.parametrize("number", [STANDARD, "110105491231002", f"{STANDARD}43", f"{STANDARD}43B1"])
def test_one_person_has_one_number_however_it_is_documented(number):
    assert canonical_identity(number) == STANDARD


@given(st.lists(st.none() | st.sampled_from([STANDARD, FICTITIOUS, "", " 110105491231002", "1", STANDARD[:-1] + "1"])))
def test_a_column_is_judged_as_its_numbers_are(texts):
    expected = [(row, identity_problem(text)) for row, text in enumerate(texts) if text]

    assert identity_problems(texts) == [(row, problem) for row, problem in expected if problem]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("本人要求删除", False),
        (f"证号{STANDARD}", True),
        ("电话１３８００００１２３４", True),
        ("台账 123456789012345678901", False),
    ],
)
def test_a_number_of_a_person_inside_a_text_is_found(text, holds):
    assert holds_personal_number(text) == holds
