from xieshou.places import selectors
from xieshou.places.tests.factories import place_of

SANCUN = "440117107208"


def test_the_full_name_goes_from_the_province_down(cast):
    assert selectors.full_name(SANCUN) == "广东省广州市从化区吕田镇三村村委会"


def test_the_full_name_leaves_out_placeholders(cast):
    assert selectors.full_name("110102000000") == "北京市西城区"


def test_the_full_name_of_an_unknown_code_is_the_code(cast):
    assert selectors.full_name("990000000000") == "990000000000"


def test_full_names_of_many_places_take_two_queries_and_leave_out_unknown_codes(cast, django_assert_num_queries):
    with django_assert_num_queries(2):
        names = selectors.full_names([SANCUN, "451223000000", "990000000000"])

    assert names == {SANCUN: "广东省广州市从化区吕田镇三村村委会", "451223000000": "广西壮族自治区河池市凤山县"}


def test_names_are_the_places_own(cast):
    assert selectors.names([SANCUN, "110102000000"]) == {SANCUN: "三村村委会", "110102000000": "西城区"}


def test_ancestors_begin_with_the_province(cast):
    assert [place.name for place in selectors.ancestors(SANCUN)] == ["广东省", "广州市", "从化区", "吕田镇"]


def test_children_are_the_places_directly_below_those_that_stand_before_those_that_are_gone(cast):
    place_of("440107000000", "芳村区", 3, "440100000000", in_base=False, last_year=2004).save()

    assert [place.name for place in selectors.children("440100000000")] == ["花都区", "从化区", "增城区", "芳村区"]


def test_the_children_of_nothing_are_the_provinces(cast):
    assert {place.level for place in selectors.children("")} == {1}


def test_the_lineage_of_a_place_is_its_former_codes_and_names_oldest_first(cast):
    assert [(row.name, row.code[:6]) for row in selectors.lineage("440118000000")] == [
        ("增城县", "440125"),
        ("增城市", "449017"),
        ("增城市", "440183"),
    ]


def test_a_county_on_the_list_of_832_tells_the_year_of_its_exit(cast):
    (listed,) = selectors.designations("451223000000")

    assert (listed.kind, listed.valid_to) == ("poor_county_832", 2019)
