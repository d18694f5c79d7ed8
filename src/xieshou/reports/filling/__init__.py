"""Blank tables of a superior filled from the ledger (填上级空表)."""
