"""What the registry refuses."""

from xieshou.common.errors import XieshouError


class RegistryKeyMissing(XieshouError):
    """The key with which stored identity numbers were encrypted is not there."""

    code = "registry_key_missing"


class RegistryKeyWrong(XieshouError):
    """A stored identity number was not encrypted with this key, or was changed in the database."""

    code = "registry_key_wrong"


class PeopleRefused(XieshouError):
    """A person cannot be identified: neither number nor name, or no place."""

    code = "people_refused"


class ErasureRefused(XieshouError):
    """A person cannot be erased like this: no reason, or personal data in the reason."""

    code = "erasure_refused"
