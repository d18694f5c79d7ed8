import pytest

from xieshou.places.tests.factories import load_cast


@pytest.fixture
def cast(db) -> None:
    """The few dozen places that every test of the house uses."""
    load_cast()
