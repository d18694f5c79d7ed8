"""Refusals of the places app."""

from xieshou.common.errors import XieshouError


class PlaceUnknown(XieshouError):
    """The text names no division that is known, in no year."""

    code = "place_unknown"


class PlaceAmbiguous(XieshouError):
    """The text names several divisions; `where["candidates"]` lists their codes, the likeliest first."""

    code = "place_ambiguous"


class ReferenceDataDamaged(XieshouError):
    """A packaged file of reference data does not have its checksum."""

    code = "reference_data_damaged"


class MapRefused(XieshouError):
    """A layer of the map cannot be built or read."""

    code = "map_refused"
