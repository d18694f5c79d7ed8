"""Every form that is taken in, and what its rows become."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xieshou.channels.donations.services import post_distribution, post_gifts, withdraw_distribution, withdraw_gifts
from xieshou.channels.pairings.organisations import post_organisations, withdraw_organisations
from xieshou.channels.pairings.services import post_pairings, withdraw_pairings
from xieshou.channels.statements.formfiles import STATEMENT_FORMS, with_vocabulary
from xieshou.channels.statements.models import TaughtForm
from xieshou.channels.statements.selectors import taught_versions
from xieshou.channels.statements.services import statement_binding
from xieshou.intake.forms import Form, FormBinding, load_form
from xieshou.programme.services import (
    post_fund_plans,
    post_fund_statements,
    withdraw_fund_plans,
    withdraw_fund_statements,
)

_APPS = Path(__file__).parent.parent


def _form(path: str) -> Form:
    return with_vocabulary(load_form(_APPS / path))


BINDINGS: list[FormBinding] = [
    FormBinding(
        form=_form("programme/forms/fund_report.toml"),
        post=post_fund_statements,
        withdraw=withdraw_fund_statements,
    ),
    FormBinding(
        form=_form("programme/forms/fund_plan.toml"),
        post=post_fund_plans,
        withdraw=withdraw_fund_plans,
    ),
    FormBinding(
        form=_form("channels/donations/forms/distribution_list.toml"),
        post=post_distribution,
        withdraw=withdraw_distribution,
    ),
    FormBinding(
        form=_form("channels/pairings/forms/pairing_list.toml"),
        post=post_pairings,
        withdraw=withdraw_pairings,
    ),
    FormBinding(
        form=_form("channels/pairings/forms/organisation_list.toml"),
        post=post_organisations,
        withdraw=withdraw_organisations,
    ),
    FormBinding(
        form=_form("channels/donations/forms/gifts_of_goods.toml"),
        post=post_gifts,
        withdraw=withdraw_gifts,
    ),
    FormBinding(
        form=_form("channels/donations/forms/gifts_of_cash.toml"),
        post=post_gifts,
        withdraw=withdraw_gifts,
    ),
    *(statement_binding(form) for form in STATEMENT_FORMS),
]


def known_bindings() -> list[FormBinding]:
    """The forms of the list and those that the office has taught on a page. One query."""
    return [*BINDINGS, *map(_taught_binding, taught_versions())]


def _taught_binding(taught: TaughtForm) -> FormBinding:
    return replace(statement_binding(taught.as_form()), in_use=taught.state != TaughtForm.State.RETIRED)


def forms_in_use(bindings: Sequence[FormBinding]) -> dict[str, Form]:
    """The newest version of each form that new workbooks are read with, by key."""
    return {binding.form.key: binding.form for binding in bindings if binding.in_use}
