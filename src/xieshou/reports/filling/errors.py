"""Why a superior's blank table cannot be read or filled, said to the person who asked for it."""

from xieshou.common.errors import XieshouError


class BlankRefused(XieshouError):
    """The file is no table that can be filled: another kind of file, no heading that is understood."""

    code = "blank_refused"


class MappingUnknown(XieshouError):
    """No remembered table has this number."""

    code = "mapping_unknown"
