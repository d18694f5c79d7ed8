"""What each role may do (权限表), how a person's data are masked, and what an actor may do here and now."""

from collections.abc import Iterable
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xieshou.common.errors import NotPermitted
from xieshou.common.scoping import Actor, Role


class Permission(StrEnum):
    """One thing that a page or a command does. Each view, endpoint and command names exactly one."""

    VIEW_PLACES = "view_places"
    VIEW_PARTIES = "view_parties"
    VIEW_FIGURES = "view_figures"
    VIEW_RECORDS = "view_records"
    VIEW_LEDGER = "view_ledger"
    VIEW_PEOPLE = "view_people"
    EXPORT = "export"
    PROVE = "prove"
    VERIFY_LEDGER = "verify_ledger"
    SEAL_LEDGER = "seal_ledger"
    SAVE_SCOPE = "save_scope"
    NAME_HEAD = "name_head"
    DRAFT_IMPORT = "draft_import"
    ACCEPT_BATCH = "accept_batch"
    WITHDRAW_BATCH = "withdraw_batch"
    DECIDE_NAMES = "decide_names"
    TEACH_FORMS = "teach_forms"
    MANAGE_PARTIES = "manage_parties"
    MANAGE_PROGRAMMES = "manage_programmes"
    REVEAL_IDENTITY = "reveal_identity"
    ERASE_PERSON = "erase_person"
    VIEW_REVEAL_LOG = "view_reveal_log"
    MANAGE_USERS = "manage_users"
    SYSTEM_SETTINGS = "system_settings"
    BACK_UP = "back_up"


ROLE_NAMES: dict[Role, str | Promise] = {
    Role.OFFICE: gettext_lazy("帮扶办"),
    Role.UNIT_CLERK: gettext_lazy("单位经办人"),
    Role.FIELD_CADRE: gettext_lazy("驻村干部"),
    Role.COUNTY_OFFICER: gettext_lazy("受援地经办人"),
    Role.LEADER: gettext_lazy("领导"),
    Role.AUDITOR: gettext_lazy("审计"),
    Role.SPONSOR: gettext_lazy("捐赠方"),
    Role.ADMINISTRATOR: pgettext_lazy("role", "系统管理员"),
}

_EVERYBODY = frozenset(Role)
_AT_WORK = _EVERYBODY - {Role.ADMINISTRATOR}
_HANDLES_RECORDS = frozenset({Role.OFFICE, Role.UNIT_CLERK, Role.FIELD_CADRE, Role.COUNTY_OFFICER})

# Who may do what. The limits of a grant (place, party) come on top: a permission never widens what is seen.
MATRIX: dict[Permission, frozenset[Role]] = {
    # Divisions are public, and nobody can be given a limit without seeing the tree of units.
    Permission.VIEW_PLACES: _EVERYBODY,
    Permission.VIEW_PARTIES: _EVERYBODY,
    # The administrator keeps the system running and has no business with what is in it.
    Permission.VIEW_FIGURES: _AT_WORK,
    # A leader and a sponsor read figures and open their records; only the sponsor has no lists of the office's work.
    Permission.VIEW_RECORDS: _AT_WORK - {Role.SPONSOR},
    Permission.VIEW_LEDGER: _AT_WORK,
    # Masked names and numbers, for those who must tell two persons apart.
    Permission.VIEW_PEOPLE: _HANDLES_RECORDS | {Role.AUDITOR},
    Permission.EXPORT: _AT_WORK - {Role.SPONSOR},
    # A proof discloses one entry that its holder sees anyway; who gave must be able to show it.
    Permission.PROVE: _AT_WORK,
    Permission.VERIFY_LEDGER: frozenset({Role.OFFICE, Role.AUDITOR, Role.ADMINISTRATOR}),
    Permission.SEAL_LEDGER: frozenset({Role.OFFICE, Role.ADMINISTRATOR}),
    Permission.SAVE_SCOPE: _AT_WORK - {Role.SPONSOR},
    # A named head is what was reported: only the reporting office and the auditor who pins what he saw.
    Permission.NAME_HEAD: frozenset({Role.OFFICE, Role.AUDITOR}),
    # The unit submits, the office accepts: nobody else turns a workbook into entries.
    Permission.DRAFT_IMPORT: _HANDLES_RECORDS,
    Permission.ACCEPT_BATCH: frozenset({Role.OFFICE}),
    Permission.WITHDRAW_BATCH: frozenset({Role.OFFICE}),
    # A decision about a name holds for every later workbook of every unit.
    Permission.DECIDE_NAMES: frozenset({Role.OFFICE}),
    # So does a form that is taught.
    Permission.TEACH_FORMS: frozenset({Role.OFFICE}),
    Permission.MANAGE_PARTIES: frozenset({Role.OFFICE}),
    Permission.MANAGE_PROGRAMMES: frozenset({Role.OFFICE}),
    # Those who pay out or visit must at times read a whole number; each reading is logged with its reason.
    Permission.REVEAL_IDENTITY: frozenset({Role.OFFICE, Role.COUNTY_OFFICER}),
    Permission.ERASE_PERSON: frozenset({Role.OFFICE}),
    # Who reveals does not alone watch over the log.
    Permission.VIEW_REVEAL_LOG: frozenset({Role.OFFICE, Role.AUDITOR}),
    Permission.MANAGE_USERS: frozenset({Role.ADMINISTRATOR}),
    Permission.SYSTEM_SETTINGS: frozenset({Role.ADMINISTRATOR}),
    Permission.BACK_UP: frozenset({Role.ADMINISTRATOR}),
}


def may(actor: Actor, permission: Permission) -> bool:
    """Whether some grant of the actor carries the permission. Which rows it reaches, `acting_with` says."""
    return not actor.roles.isdisjoint(MATRIX[permission])


def acting_with(actor: Actor, permission: Permission) -> Actor:
    """The actor reduced to the grants that carry the permission.

    A leader of the whole group who is also clerk of one unit reads everywhere and submits for that unit alone: query
    sets are narrowed by this actor, not by the whole one. Raises: NotPermitted, when no grant carries it.
    """
    allowed = MATRIX[permission]
    grants = tuple(grant for grant in actor.grants if grant.role in allowed)
    if not grants:
        raise NotPermitted(
            _("您没有做这件事的权限；有权限的是：%(roles)s。请找系统管理员授权。") % {"roles": role_list(allowed)},
            permission=permission.value,
        )
    return Actor(user_id=actor.user_id, name=actor.name, grants=grants)


def role_list(roles: Iterable[Role]) -> str:
    """The names of the roles, in the order in which `Role` lists them, for a sentence."""
    wanted = set(roles)
    return _("、").join(str(ROLE_NAMES[role]) for role in Role if role in wanted)


def mask_name(name: str) -> str:
    """张三 → 张*, 张小三 → 张*三, 欧阳小三 → 欧**三: the first and, from three characters on, the last stay.

    Source: domain rule 6.4 (internal display; a publication list has no name of its own choosing).
    """
    if len(name) <= 1:
        return "*" * len(name)
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def mask_identity(number: str) -> str:
    """The first six characters, eight stars, the last four (internal display, rule 6.4); shorter ones: stars."""
    return f"{number[:6]}********{number[-4:]}" if len(number) >= 15 else "*" * len(number)


def mask_phone(number: str) -> str:
    """138****1234; a shorter number keeps its last two digits."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else f"{'*' * (len(number) - 2)}{number[-2:]}"
