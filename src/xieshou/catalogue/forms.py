"""Every form that is taken in, and what its rows become."""

from pathlib import Path

from xieshou.channels.donations.services import post_distribution, withdraw_distribution
from xieshou.channels.pairings.services import post_pairings, withdraw_pairings
from xieshou.intake.forms import FormBinding, load_form
from xieshou.programme.services import (
    post_fund_plans,
    post_fund_statements,
    withdraw_fund_plans,
    withdraw_fund_statements,
)

_APPS = Path(__file__).parent.parent

BINDINGS: list[FormBinding] = [
    FormBinding(
        form=load_form(_APPS / "programme/forms/fund_report.toml"),
        post=post_fund_statements,
        withdraw=withdraw_fund_statements,
    ),
    FormBinding(
        form=load_form(_APPS / "programme/forms/fund_plan.toml"),
        post=post_fund_plans,
        withdraw=withdraw_fund_plans,
    ),
    FormBinding(
        form=load_form(_APPS / "channels/donations/forms/distribution_list.toml"),
        post=post_distribution,
        withdraw=withdraw_distribution,
    ),
    FormBinding(
        form=load_form(_APPS / "channels/pairings/forms/pairing_list.toml"),
        post=post_pairings,
        withdraw=withdraw_pairings,
    ),
]
