"""Quantities: numbers with their units, and what is no claim at all."""
