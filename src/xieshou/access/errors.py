"""What access refuses."""

from xieshou.common.errors import XieshouError


class UserUnknown(XieshouError):
    """No active user has this name."""

    code = "user_unknown"


class UserRefused(XieshouError):
    """A user cannot be created or changed like this: name taken, password too weak."""

    code = "user_refused"


class GrantRefused(XieshouError):
    """A role cannot be given or taken like this: dates the wrong way round, last administrator."""

    code = "grant_refused"


class AlreadySetUp(XieshouError):
    """The first administrator exists."""

    code = "already_set_up"


class ReasonMissing(XieshouError):
    """A masked value is uncovered only for a stated reason."""

    code = "reason_missing"
