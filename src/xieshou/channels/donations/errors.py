"""What the books of donations refuse."""

from xieshou.common.errors import XieshouError


class DistributionRefused(XieshouError):
    """A line of a distribution list cannot be counted."""

    code = "distribution_refused"


class GiftRefused(XieshouError):
    """A gift cannot be counted."""

    code = "gift_refused"
