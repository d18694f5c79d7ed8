"""What the books of a programme refuse."""

from xieshou.common.errors import XieshouError


class FundStatementRefused(XieshouError):
    """A line of a fund report contradicts itself."""

    code = "fund_statement_refused"


class ProgrammeUnknown(XieshouError):
    """A text names no programme."""

    code = "programme_unknown"


class ProgrammeRefused(XieshouError):
    """A programme cannot be set up so."""

    code = "programme_refused"
