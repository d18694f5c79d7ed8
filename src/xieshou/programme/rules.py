"""What a fund report may say. Sources: notes 1 to 5 of the Guangzhou quarterly form three; docs/rules/programme.md."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

# The fields in which a group plans its money: headings of the published reports on designated assistance.
FUND_FIELDS: dict[str, StrOrPromise] = {
    "infrastructure": _("基础设施"),
    "industry": _("产业"),
    "education": _("教育"),
    "health": _("医疗健康"),
    "training": _("培训"),
    "employment": _("就业"),
    "consumption": _("消费帮扶"),
    "party_building": _("党建"),
    "relief": _("救急难"),
    "other": _("其他"),
}

# The two uses of the quarterly form (note 3: invested = to households + to villages).
FUND_USES: dict[str, StrOrPromise] = {"to_household": _("到户"), "to_village": _("到村")}

USE_COLUMNS = ("to_households_fen", "to_villages_fen")
SOURCE_COLUMNS = ("government_fen", "credit_fen", "own_fen", "donated_fen", "attracted_fen")
MONEY_COLUMNS = ("planned_fen", "invested_fen", *USE_COLUMNS, *SOURCE_COLUMNS)


def cut_differences(amounts: Mapping[str, int | None]) -> dict[str, int]:
    """By how many fen each cut of the invested money misses it; empty when both agree.

    Keys of the answer: "uses" (note 3) and "sources" (note 4). A cut of which nothing is stated is not compared, nor is
    anything when the invested amount is not stated; a blank beside stated parts counts as nothing here, and only here.
    """
    invested = amounts.get("invested_fen")
    if invested is None:
        return {}
    differences = {}
    for cut, columns in (("uses", USE_COLUMNS), ("sources", SOURCE_COLUMNS)):
        stated = [amount for column in columns if (amount := amounts.get(column)) is not None]
        if stated and sum(stated) != invested:
            differences[cut] = sum(stated) - invested
    return differences
