"""Finding people again, reading a number, erasing a person."""

import stat
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from xieshou.access.errors import ReasonMissing
from xieshou.access.models import RevealLog
from xieshou.common.scoping import Actor
from xieshou.registry.errors import ErasureRefused, PeopleRefused, RegistryKeyMissing, RegistryKeyWrong
from xieshou.registry.keys import keys
from xieshou.registry.models import Erasure, Household, Person
from xieshou.registry.rules import fictitious_identity
from xieshou.registry.services import People, erase_person, identify_people, identity_number, reveal_identity

VILLAGE = "440117107208"
NUMBER = fictitious_identity(1)


def people(*rows):
    """Rows of number, name, head of household, place code."""
    numbers, names, heads, codes = zip(*rows, strict=True)
    return People(numbers, names, heads, codes)


@pytest.fixture
def identify(db, xieshou_home, operator):
    return lambda *rows: identify_people(by=operator, people=people(*rows))


@pytest.fixture
def person(identify):
    found = identify((NUMBER, "虚构甲", "虚构户主", VILLAGE))
    return Person.objects.get(pk=found.person_ids[0])


# who is who


def test_a_new_person_is_registered_with_household_and_place(person):
    assert (person.name, person.place_code) == ("虚构甲", VILLAGE)
    assert (person.household.head_name, person.household.place_code) == ("虚构户主", VILLAGE)


def test_the_same_number_is_the_same_person_next_time(identify, person):
    found = identify((f" {NUMBER} ", "另一写法", "虚构户主", "440117107216"))

    assert found.person_ids == [person.pk]
    assert found.new_persons == 0


def test_two_lines_for_one_person_in_one_list_give_one_person(identify):
    found = identify((NUMBER, "虚构甲", "虚构户主", VILLAGE), (NUMBER, "虚构甲", "虚构户主", VILLAGE))

    assert len(set(found.person_ids)) == 1
    assert (found.new_persons, found.new_households) == (1, 1)


def test_a_disability_certificate_names_the_person_of_its_identity_number(identify, person):
    assert identify((f"{NUMBER}43", "虚构甲", "虚构户主", VILLAGE)).person_ids == [person.pk]


def test_what_is_stored_of_a_known_person_is_not_changed_by_a_list(identify, person):
    identify((NUMBER, "另一名", "另一户主", "440117107216"))

    assert list(Person.objects.values_list("name", "place_code")) == [("虚构甲", VILLAGE)]


def test_without_a_number_place_head_and_name_tell_persons_apart(identify):
    found = identify(
        (None, "虚构甲", "虚构户主", VILLAGE),
        (None, "虚构 甲", "虚构户主", VILLAGE),
        (None, "虚构甲", "另一户主", VILLAGE),
        (None, "虚构甲", "虚构户主", "440117107216"),
    )

    first, same, *others = found.person_ids
    assert first == same
    assert len({first, *others}) == 3


def test_members_of_one_household_share_it(identify):
    found = identify(
        (NUMBER, "虚构甲", "虚构户主", VILLAGE),
        (fictitious_identity(2), "虚构乙", "虚构户主", VILLAGE),
        (fictitious_identity(3), "虚构丙", "虚构户主", "440117107216"),
    )

    assert found.household_ids[0] == found.household_ids[1] != found.household_ids[2]


def test_two_heads_of_one_name_are_told_apart_by_their_numbers(db, xieshou_home, operator):
    rows = People(
        [fictitious_identity(1), fictitious_identity(2)],
        ["虚构甲", "虚构乙"],
        ["虚构户主", "虚构户主"],
        [VILLAGE, VILLAGE],
        [fictitious_identity(8), fictitious_identity(9)],
    )

    assert len(set(identify_people(by=operator, people=rows).household_ids)) == 2


def test_without_a_head_there_is_no_household(identify):
    assert identify((NUMBER, "虚构甲", None, VILLAGE)).household_ids == [None]
    assert Household.objects.count() == 0


def test_an_empty_list_names_nobody(operator, xieshou_home):
    assert identify_people(by=operator, people=People([], [], [], [])).person_ids == []


@pytest.mark.parametrize("row", [(NUMBER, "", "户主", VILLAGE), (NUMBER, "虚构甲", "户主", "")])
def test_a_person_without_name_or_place_is_refused(identify, row):
    with pytest.raises(PeopleRefused, match="第 2 人"):
        identify((NUMBER, "虚构甲", "户主", VILLAGE), row)


def test_two_persons_with_one_number_are_impossible(person):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(place_code=VILLAGE, name="虚构乙", identity_index=person.identity_index)


@pytest.mark.parametrize("name", ["制表\t符", "换\n行", "反斜\\N", "引'号\""])
def test_odd_characters_in_a_name_come_back_as_they_went_in(identify, name):
    found = identify((NUMBER, name, name, VILLAGE))

    assert Person.objects.get(pk=found.person_ids[0]).name == name


def test_a_list_of_many_rows_takes_a_handful_of_statements(identify, django_assert_max_num_queries):
    rows = [(fictitious_identity(serial), "虚构", f"户主{serial // 3}", VILLAGE) for serial in range(1_000)]
    identify(*rows)

    with django_assert_max_num_queries(16):
        found = identify(*rows)

    assert found.new_persons == 0
    assert len(set(found.person_ids)) == 1_000


class TestIdentifyingIsIdempotent(TestCase):
    @settings(deadline=None, max_examples=30)
    @given(
        st.lists(
            st.tuples(
                st.none() | st.integers(0, 5).map(fictitious_identity),
                st.sampled_from(["虚构甲", "虚构乙"]),
                st.none() | st.sampled_from(["户主一", "户主二"]),
                st.sampled_from([VILLAGE, "440117107216"]),
            ),
            min_size=1,
            max_size=12,
        )
    )
    def test_a_list_read_twice_names_the_same_people_and_adds_nobody(self, rows):
        operator = Actor(user_id=0, name="")
        first = identify_people(by=operator, people=people(*rows))

        again = identify_people(by=operator, people=people(*rows))

        assert (again.person_ids, again.household_ids) == (first.person_ids, first.household_ids)
        assert (again.new_persons, again.new_households) == (0, 0)


def test_two_imports_at_once_register_a_person_once(committed_db, xieshou_home):
    rows = people(*((fictitious_identity(serial), "虚构", "户主", VILLAGE) for serial in range(300)))
    found, both = [], threading.Barrier(2)

    def run():
        both.wait()
        found.append(identify_people(by=Actor(user_id=0, name=""), people=rows))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert found[0].person_ids == found[1].person_ids
    assert Person.objects.count() == 300


# keys and numbers


def test_the_number_is_not_in_the_database_in_the_clear(person):
    assert NUMBER.encode() not in bytes(person.identity_cipher)
    assert identity_number(person) == NUMBER


def test_the_keys_lie_outside_the_database_readable_for_their_owner_alone(person, xieshou_home):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (xieshou_home / "keys").glob("registry*")}

    assert modes == {"registry.key": 0o600, "registry-index.key": 0o600}


def test_lost_keys_are_not_replaced_by_new_ones(identify, person, xieshou_home):
    (xieshou_home / "keys" / "registry.key").unlink()

    with pytest.raises(RegistryKeyMissing, match=r"registry\.key"):
        identify((fictitious_identity(2), "虚构乙", "户主", VILLAGE))


def test_a_cipher_moved_to_another_person_does_not_open(identify, person):
    [other_id] = identify((fictitious_identity(2), "虚构乙", "户主", VILLAGE)).person_ids
    other = Person.objects.get(pk=other_id)
    other.identity_cipher = person.identity_cipher

    with pytest.raises(RegistryKeyWrong):
        identity_number(other)


def test_the_blind_index_is_hmac_sha256(xieshou_home):
    import hmac

    index = keys(may_draw=True).indexes(["某"])
    key = bytes.fromhex((xieshou_home / "keys" / "registry-index.key").read_text())

    assert index == [hmac.digest(key, "某".encode(), "sha256")[:16]]


# revealing


def test_revealing_a_number_is_logged_with_its_reason(person, office):
    assert reveal_identity(by=office, person=person, reason="核对补贴") == NUMBER

    log = RevealLog.objects.get()
    assert (log.user_id, log.subject_id, log.field, log.reason) == (
        office.user_id,
        person.pk,
        "identity_number",
        "核对补贴",
    )


def test_a_number_is_not_revealed_without_a_reason(person, office):
    with pytest.raises(ReasonMissing):
        reveal_identity(by=office, person=person, reason=" ")


def test_who_has_no_number_reveals_none(identify, office):
    [person_id] = identify((None, "虚构甲", "户主", VILLAGE)).person_ids

    assert reveal_identity(by=office, person=Person.objects.get(pk=person_id), reason="核对") == ""


# erasing


def test_an_erased_person_leaves_the_key_the_place_and_the_reason(person, office):
    erase_person(by=office, person=person, reason="本人要求")

    assert Person.objects.count() == Household.objects.count() == 0
    assert list(Erasure.objects.values_list("person_id", "place_code", "reason", "erased_by")) == [
        (person.pk, VILLAGE, "本人要求", office.user_id)
    ]


def test_an_erased_persons_id_is_never_given_to_another(identify, person, office):
    erase_person(by=office, person=person, reason="本人要求")

    assert identify((NUMBER, "虚构甲", "虚构户主", VILLAGE)).person_ids != [person.pk]


def test_the_household_of_an_erased_head_keeps_its_members_and_loses_the_name(identify, office):
    head_id, member_id = identify(
        (NUMBER, "虚构户主", "虚构户主", VILLAGE), (fictitious_identity(2), "虚构乙", "虚构户主", VILLAGE)
    ).person_ids

    erase_person(by=office, person=Person.objects.get(pk=head_id), reason="本人要求")

    assert Person.objects.get(pk=member_id).household.head_name == ""


@pytest.mark.parametrize("reason", ["", f"证号{NUMBER}"])
def test_an_erasure_needs_a_reason_that_names_nobody(person, office, reason):
    with pytest.raises(ErasureRefused):
        erase_person(by=office, person=person, reason=reason)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.create(person_id=1, place_code=VILLAGE, reason="")
