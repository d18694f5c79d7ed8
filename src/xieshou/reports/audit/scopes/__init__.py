"""Scopes: the period, place, actor and kind of each quantity, inherited from heading to clause."""
