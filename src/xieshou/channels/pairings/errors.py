"""What the list of pairings refuses."""

from xieshou.common.errors import XieshouError


class PairingRefused(XieshouError):
    """A pairing contradicts itself or one that is in force."""

    code = "pairing_refused"


class OrganisationRefused(XieshouError):
    """A row of a list of organisations cannot become a party."""

    code = "organisation_refused"
