"""Why a figure is not given, said to the person who asked for it."""

from xieshou.common.errors import NotPermitted, XieshouError


class ScopeOptionWrong(XieshouError):
    """An option of a scope is unknown or cannot be read; `where["option"]` names it."""

    code = "scope_option_wrong"


class FigureRefused(XieshouError):
    """The figure cannot be asked in this way: a break-down it does not have, a growth without a period."""

    code = "figure_refused"


class FigureUnknown(XieshouError):
    """No figure has this key, name or synonym."""

    code = "figure_unknown"


class FigureNotPermitted(NotPermitted):
    """The actor has no grant at all, so no figure is theirs to see."""

    code = "figure_not_permitted"


class HeadUnknown(XieshouError):
    """No named head (报送版本) has this name."""

    code = "head_unknown"


class ScopeUnknown(XieshouError):
    """No saved scope (口径) has this name."""

    code = "scope_unknown"


class NameTaken(XieshouError):
    """A saved scope or a named head with this name exists."""

    code = "name_taken"
