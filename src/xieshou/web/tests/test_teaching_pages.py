"""The pages on which the office teaches a table: who may, what is kept, what a retired form leaves."""

import pytest

from tests.stories.taught import errands
from xieshou.catalogue.forms import known_bindings
from xieshou.channels.statements.models import OwnMeasure, TaughtForm
from xieshou.intake import services as intake
from xieshou.intake.errors import FormNotRecognised
from xieshou.intake.models import Batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def unknown(office, places, xieshou_home, tmp_path):
    """A batch whose workbook no form fits."""
    path = errands(tmp_path / "errands.xlsx")
    batch = intake.begin_batch(by=office, path=path, name=path.name)
    with pytest.raises(FormNotRecognised):
        intake.read_batch(by=office, batch=batch, bindings=known_bindings())
    return batch


def as_shown(response, **changes):
    """What the page's form sends when nothing but `changes` is touched."""
    context = response.context
    sent = {
        "sheet": context["sheet"].name,
        "seen_sheet": context["sheet"].name,
        "seen": context["seen"],
        "first": context["first"],
        "last": context["last"],
        "name": context["answers"].name,
        "title_words": context["title_words"],
        "basis": context["answers"].basis.value,
    }
    for answer in context["answers"].columns:
        said = {
            "what": answer.what.value,
            "measure": answer.measure,
            "unit": answer.unit,
            "addition": answer.addition.value,
            "definition": answer.definition,
            "key": "1" if answer.is_key else "",
        }
        sent |= {f"{name}-{answer.index}": value for name, value in said.items()}
    return sent | changes


@pytest.fixture
def taught(office_client, unknown):
    """The workbook's form, taught on the page with every guess left as it is."""
    address = f"/imports/{unknown.pk}/teach/"
    office_client.post(address, as_shown(office_client.get(address), action="save"))
    return TaughtForm.objects.get()


def test_the_failed_page_leads_to_teaching(office_client, unknown):
    assert f"/imports/{unknown.pk}/teach/" in office_client.get(f"/imports/{unknown.pk}/").content.decode()


@pytest.mark.parametrize("client", ["clerk_client", "officer_client"])
def test_only_the_office_teaches(request, client, unknown):
    signed_in = request.getfixturevalue(client)

    assert signed_in.get(f"/imports/{unknown.pk}/teach/").status_code == 403
    assert signed_in.get("/imports/forms/").status_code == 403
    assert signed_in.post("/imports/forms/any/retire/").status_code == 403


def test_a_trial_keeps_nothing(office_client, unknown):
    address = f"/imports/{unknown.pk}/teach/"
    shown = office_client.post(address, as_shown(office_client.get(address), action="try"))

    assert shown.context["tried"].accepted == 2
    assert not TaughtForm.objects.exists()
    assert not OwnMeasure.objects.exists()
    assert Batch.objects.count() == 1


def test_what_is_wrong_is_said_at_its_field(office_client, unknown):
    address = f"/imports/{unknown.pk}/teach/"
    wrong = {"name": "", "measure-3": "", "definition-4": "", "what-2": "village"}
    shown = office_client.post(address, as_shown(office_client.get(address), action="save", **wrong))

    assert set(shown.context["errors"]) == {"name", "measure-3", "definition-4", "what-2"}
    assert not TaughtForm.objects.exists()


def test_saving_keeps_the_form_and_reads_the_workbook_again(office_client, unknown, taught):
    again = Batch.objects.exclude(pk=unknown.pk).get()

    assert (taught.version, len(taught.form["columns"])) == (1, 12)
    assert again.choices["form_key"] == taught.form_key
    assert again.original_id == unknown.original_id


def test_other_header_lines_are_guessed_again(office_client, unknown):
    address = f"/imports/{unknown.pk}/teach/"
    shown = office_client.post(address, as_shown(office_client.get(address), first=3, last=3, action="again"))

    assert (shown.context["first"], shown.context["last"]) == (3, 3)
    assert not shown.context["errors"]


def test_a_form_is_changed_on_the_workbook_that_it_was_taught_on(office_client, taught):
    address = f"/imports/forms/{taught.form_key}/"
    first = office_client.get(address)
    office_client.post(address, as_shown(first, action="save", **{"what-11": "skip"}))

    newest = TaughtForm.objects.get(state=TaughtForm.State.CURRENT)
    assert (newest.version, len(newest.form["columns"])) == (2, 11)
    assert TaughtForm.objects.get(version=1).form["columns"] == taught.form["columns"]


def test_the_list_is_searched_and_retires(office_client, taught):
    found = office_client.get("/imports/forms/", {"q": "跑腿账"}).content.decode()
    blank = office_client.get(f"/imports/blank/{taught.form_key}.xlsx")
    office_client.post(f"/imports/forms/{taught.form_key}/retire/")

    assert taught.name in found
    assert b"".join(blank.streaming_content)[:2] == b"PK"
    assert office_client.get(f"/imports/blank/{taught.form_key}.xlsx").status_code == 404
    assert TaughtForm.objects.get().state == TaughtForm.State.RETIRED


def test_taught_forms_cost_one_query(taught, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert known_bindings()[-1].form.key == taught.form_key
