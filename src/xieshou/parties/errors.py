"""What parties refuse."""

from xieshou.common.errors import XieshouError


class PartyUnknown(XieshouError):
    """No party has this name; `where["candidates"]` lists similar ones."""

    code = "party_unknown"


class PartyAmbiguous(XieshouError):
    """Several parties have this name; `where["candidates"]` lists them."""

    code = "party_ambiguous"


class PartyRefused(XieshouError):
    """A party cannot be created or changed like this: no name, a name that is taken, a wrong code."""

    code = "party_refused"


class MoveRefused(XieshouError):
    """A party cannot stand below itself, below a joint party or below a village."""

    code = "move_refused"


class SharesRefused(XieshouError):
    """The shares of a joint party are not one for each member, or do not add up to the whole."""

    code = "shares_refused"


class AliasRefused(XieshouError):
    """The text cannot stand for a party: it is empty."""

    code = "alias_refused"
