"""What the command line refuses of itself."""

from xieshou.common.errors import XieshouError


class PortTaken(XieshouError):
    """Something else listens on the port."""

    code = "port_taken"


class QueryUnreadable(XieshouError):
    """A row of the query file, or the file, is not what it must be."""

    code = "query_unreadable"


class BackupRefused(XieshouError):
    """A backup cannot be written there, or not be restored from this file or into this folder."""

    code = "backup_refused"


class BackupDamaged(BackupRefused):
    """The file is no backup, is cut off, or a part of it is not what its manifest says."""

    code = "backup_damaged"


class ExampleUnknown(XieshouError):
    """There is no sample programme of this name."""

    code = "example_unknown"


class DutyUnknown(XieshouError):
    """There is no reporting duty of this number, or it has no such period."""

    code = "duty_unknown"
