"""Every figure that is known."""

from xieshou.channels.donations.figures import FIGURES as DONATIONS
from xieshou.channels.statements.figures import FIGURES as STATEMENTS
from xieshou.channels.statements.figures import own_figures
from xieshou.channels.statements.measures import OWN_PREFIX
from xieshou.channels.statements.selectors import stated_measures
from xieshou.figures.definitions import Figure
from xieshou.programme.figures import FIGURES as PROGRAMME

FIGURES: list[Figure] = [*PROGRAMME, *DONATIONS, *STATEMENTS]

_BY_KEY = {figure.key: figure for figure in FIGURES}


def known_figures() -> list[Figure]:
    """The figures of the list and those of the office's own measures. One query."""
    return [*FIGURES, *own_figures()]


def figure_with_key(key: str) -> Figure | None:
    """The known figure with this key. One query, for a measure of the office's own alone."""
    if key.startswith(OWN_PREFIX):
        return next((figure for figure in own_figures() if figure.key == key), None)
    return _BY_KEY.get(key)


def offered_figures() -> list[Figure]:
    """The known figures, those of tables of totals only where such a table stands in the books. Four queries."""
    stated = stated_measures()
    return [*PROGRAMME, *DONATIONS, *(figure for figure in [*STATEMENTS, *own_figures()] if figure.key in stated)]
