"""What may stand in a text that can never be erased."""

import pytest

from xieshou.ledger.rules import has_personal_number


@pytest.mark.parametrize(
    "text",
    [
        "440102199001011234",
        "身份证440102199001011234。",
        "44010219900101123X",
        "44010219900101123x",
        "440102 19900101 1234",
        "440102-19900101-1234",
        "４４０１０２１９９００１０１１２３４",
        "440102\u200b199001011234",
        "残疾证44010219900101123411",
        "440102900101123",
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "电话：１３８１２３４５６７８",
        "020-83123456",
        "(020)83123456",
        "0771 2812345",
    ],
)
def test_identity_and_phone_numbers_are_found(text):
    assert has_personal_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "重复录入",
        "2011年9月30日至2012年10月31日",
        "2011-09-30 2012-10-31",
        "金额由300,500,000元改为720000元",
        "区划440117104201有误",
        "统一社会信用代码 124401004553506123",
        "第138行",
        "批次 20110930123456",
        "合同 12345678901234567890",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert not has_personal_number(text)
