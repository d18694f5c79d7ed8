"""Pairings (结对): which unit helps which village or county, from a date to a date.

Dated rows, not events: nothing is posted to the ledger. The rules are in docs/rules/pairings.md.
"""
