import pytest

from xieshou.places import reference, selectors, services
from xieshou.places.errors import ReferenceDataDamaged
from xieshou.places.models import Designation, Level, Place, PlaceEdition, PlaceLineage

PROVINCES = ("35", "44", "50", "53", "62", "63")


@pytest.fixture
def few_provinces(monkeypatch):
    """The packaged data as if the country had six provinces: 2 seconds instead of ten."""
    codes_and_names, rows = reference.codes_and_names, reference.rows

    def some_codes(name):
        kept = ("4401", "3505") if name == "villages_2023" else PROVINCES
        return ((code, title) for code, title in codes_and_names(name) if code.startswith(kept))

    def some_rows(name):
        return [
            row for row in rows(name) if name == "checksums" or _code(row).startswith((*PROVINCES, "71", "81", "82"))
        ]

    monkeypatch.setattr(reference, "codes_and_names", some_codes)
    monkeypatch.setattr(reference, "rows", some_rows)


def _code(row):
    return row.get("code") or row.get("old_code") or row.get("code_2023") or row.get("one")


@pytest.fixture
def loaded(db, few_provinces):
    return services.load_places()


def test_places_of_every_level_are_loaded(loaded):
    assert {level for level in Level if Place.objects.filter(level=level).exists()} == set(Level)
    assert Place.objects.get(code="440117107208").name == "三村村委会"


def test_a_place_without_counties_stands_once_and_its_towns_stand_below_it(loaded):
    assert Place.objects.get(code="441900000000").level == Level.PREFECTURE
    assert selectors.children("441900000000").filter(level=Level.TOWNSHIP).exists()


def test_the_placeholders_of_jinmen_are_left_out(loaded):
    assert Place.objects.get(code="350527000000").level == Level.COUNTY


def test_taiwan_hong_kong_and_macao_with_their_parts_stand_outside_the_base_edition(loaded):
    outside = Place.objects.filter(in_base=False)

    assert set(outside.filter(level=Level.PROVINCE).values_list("name", flat=True)) == {
        "台湾省",
        "香港特别行政区",
        "澳门特别行政区",
    }
    assert outside.filter(parent_code="710000000000").count() == 20
    assert outside.filter(parent_code="810000000000").count() == 18


def test_zones_that_the_bureau_counts_apart_are_marked(loaded):
    zones = Place.objects.filter(is_statistical=True)

    assert zones.exists()
    assert all("71" <= zone.code[4:6] <= "79" for zone in zones)


def test_old_codes_and_names_lead_to_the_base_edition(loaded):
    row = PlaceLineage.objects.get(code="440183000000")

    assert (row.name, row.successor_code, row.valid_to, row.kind) == ("增城市", "440118000000", 2013, "撤市设区")


def test_the_list_of_poor_counties_carries_the_corrected_codes(loaded):
    listed = Designation.objects.filter(kind=Designation.Kind.POOR_COUNTY_832)

    assert listed.get(name_in_list="文山市").place_code == "532601000000"
    assert listed.get(name_in_list="临夏市").place_code == "622901000000"
    assert set(listed.filter(name_in_list__in=["冷湖行委", "茫崖行委"]).values_list("place_code", flat=True)) == {
        "632803000000"
    }


def test_every_listed_county_is_a_place(loaded):
    listed = set(Designation.objects.values_list("place_code", flat=True))

    assert set(Place.objects.filter(code__in=listed).values_list("code", flat=True)) == listed


def test_loading_again_changes_nothing(loaded, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        again = services.load_places()

    assert again == loaded == Place.objects.count()


def test_another_edition_replaces_everything(loaded):
    PlaceEdition.objects.update(checksum="of an older package")
    Place.objects.filter(code="440117107208").delete()

    services.load_places()

    assert Place.objects.filter(code="440117107208").exists()
    assert PlaceEdition.objects.get().checksum == reference.checksum()


def test_a_load_that_breaks_off_leaves_what_was_there(loaded, monkeypatch):
    PlaceEdition.objects.update(checksum="of an older package")
    monkeypatch.setattr(services, "_designations", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        services.load_places()

    assert Place.objects.count() == loaded
    assert PlaceEdition.objects.get().checksum == "of an older package"


def test_damaged_data_are_refused_before_anything_is_touched(loaded, monkeypatch, tmp_path):
    (tmp_path / "checksums.csv").write_text(f"file,sha256\ndivisions_2023.csv.xz,{'0' * 64}\n")
    monkeypatch.setattr(reference, "FOLDER", tmp_path)

    with pytest.raises(ReferenceDataDamaged):
        services.load_places()

    assert Place.objects.count() == loaded


def test_progress_is_reported_up_to_the_whole(db, few_provinces):
    reports = []

    count = services.load_places(progress=lambda done, total: reports.append((done, total)))

    assert reports[-1][0] == count
    assert all(done <= total for done, total in reports)


def test_the_whole_edition_has_every_village():
    rows = list(services._base_rows())

    assert sum(row[2] == Level.VILLAGE for row in rows) == 620_572  # 620,573 with the placeholder of 金门县
    assert len({row[0] for row in rows}) == len(rows)
