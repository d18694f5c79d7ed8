"""What holds for every model of the product, those to come included."""

import pytest
from django.apps import apps

from xieshou.common.scoping import Privacy, ScopeFields

MODELS = [model for model in apps.get_models() if model.__module__.startswith("xieshou.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_classified(model):
    fields = {field.name for field in model._meta.concrete_fields}

    assert set(model.privacy) == fields
    assert {type(privacy) for privacy in model.privacy.values()} == {Privacy}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_says_how_its_rows_are_matched_to_a_grant(model):
    assert isinstance(model.scope_fields, ScopeFields)


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_stranger_sees_no_row_of_it(model, stranger):
    assert model.objects.for_actor(stranger).query.is_empty()


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_scope_of_a_clerk_and_of_a_county_officer_is_a_query_that_runs(model, clerk, county_officer):
    assert model.objects.for_actor(clerk).count() >= 0
    assert model.objects.for_actor(county_officer).count() >= 0
