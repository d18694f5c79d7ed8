"""The forms that a command can name, also where no database has been made yet."""

from django.db import DatabaseError

from xieshou.catalogue.forms import BINDINGS, known_bindings
from xieshou.intake.forms import FormBinding


def forms_at_hand() -> list[FormBinding]:
    """The forms in use; without a usable database those that come with the program."""
    try:
        return [binding for binding in known_bindings() if binding.in_use]
    except DatabaseError:
        return BINDINGS
