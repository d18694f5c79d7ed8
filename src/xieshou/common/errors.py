"""What goes wrong, said to the person at the desk: what, where, and how to mend it."""

from typing import Any


class XieshouError(Exception):
    """Base of every refusal that a user can mend.

    `code` is a stable English key for programs (`not_a_workbook`); `message` is one sentence for people, already
    translated, that says what, where and what to do; `where` holds its particulars (sheet, row, column, value …).
    Pages show the message beside the thing refused, the command line prints it and exits with 2.
    """

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, **where: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.where = where


class NotPermitted(XieshouError):
    """The actor may not do or see this."""

    code = "not_permitted"
