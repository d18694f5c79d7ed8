"""Who a donor is: an organisation becomes a party, every other name is masked."""

import pytest

from xieshou.channels.donations.donors import donor_named


@pytest.mark.parametrize(
    ("text", "organisation"),
    [
        ("河北省红十字会", "河北省红十字会"),
        ("广州市香雪制药股份公司", "广州市香雪制药股份公司"),
        ("珠海市财政国库支付中心(丽珠医药集团)", "珠海市财政国库支付中心"),
        ("鄂尔多斯市乌兰煤炭（集团)有限责任公司（内蒙古）", "鄂尔多斯市乌兰煤炭(集团)有限责任公司"),
        ("鞍山市红十字会{台安县会计结算中心（台安县红十字会）}", "鞍山市红十字会"),
        ("湖北新欣福珍集团（现金）", "湖北新欣福珍集团"),
        ("嘉兴市石佛古寺", "嘉兴市石佛古寺"),
        ("企业银行(中国)有限公司", "企业银行(中国)有限公司"),
    ],
)
def test_an_organisation_is_known_by_how_its_name_ends(text, organisation):
    assert donor_named(text).organisation == organisation


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("杜某", "杜*"),
        ("卢虚构", "卢**"),
        ("欧阳文会", "欧***"),
        ("景晟堂医疗器械专营店卢虚构", "景晟堂医疗器械专营店卢**"),
        ("虚构甲（石家庄江龙食品）", "虚**"),
        ("虚构甲、虚构乙、虚构丙等物资募捐群", "虚****"),
        ("招金期货有限公司77000元、员工23000元", "招金期货有限公司7****"),
        ("振德医疗（个人）", "振***"),
    ],
)
def test_a_name_that_may_be_a_person_s_is_masked_and_no_party(text, shown):
    donor = donor_named(text)

    assert (donor.organisation, donor.shown) == ("", shown)


@pytest.mark.parametrize("text", ["爱心人士", "个人", "爱心企业（个人）", "邮寄", "顺丰快递", "", None])
def test_words_that_tell_nobody_stay_as_they_are(text):
    assert donor_named(text).organisation == ""
    assert "*" not in donor_named(text).shown
