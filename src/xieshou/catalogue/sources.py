"""Every kind of record that posts to the ledger."""

from xieshou.channels.donations.postings import DISTRIBUTION_SOURCE, GIFT_SOURCE
from xieshou.channels.statements.postings import STATEMENT_SOURCE
from xieshou.ledger.posted import PostingSource
from xieshou.programme.postings import FUND_PLAN_SOURCE, FUND_STATEMENT_SOURCE

SOURCES: list[PostingSource] = [
    FUND_STATEMENT_SOURCE,
    FUND_PLAN_SOURCE,
    DISTRIBUTION_SOURCE,
    GIFT_SOURCE,
    STATEMENT_SOURCE,
]
