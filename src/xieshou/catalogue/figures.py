"""Every figure that is known."""

from xieshou.channels.donations.figures import FIGURES as DONATIONS
from xieshou.figures.definitions import Figure
from xieshou.programme.figures import FIGURES as PROGRAMME

FIGURES: list[Figure] = [*PROGRAMME, *DONATIONS]
