"""Numbers that an address or a form field says: anybody may type anything there."""

MOST_PAGES = 1_000_000
_DIGITS_OF_A_KEY = 18  # what every database takes for a key


def key_in(text: str) -> int | None:
    """The number, where it can be the key of a row; None for whatever else stands there."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS_OF_A_KEY else None


def page_in(text: str) -> int:
    """The number of a page, from 1 to `MOST_PAGES`; 1 for whatever else stands there."""
    return min(max(key_in(text) or 1, 1), MOST_PAGES)
