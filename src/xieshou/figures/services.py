"""Verbs of figures: evaluate one, trace it, compare it between two states, save a scope, name a head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.figures.answers import Answer, Comparison, Trace
from xieshou.figures.books import Books, open_books
from xieshou.figures.definitions import Figure
from xieshou.figures.errors import NameTaken
from xieshou.figures.models import NamedHead, SavedScope
from xieshou.figures.scopes import Scope
from xieshou.ledger import services as ledger
from xieshou.ledger.posted import PostingSource
