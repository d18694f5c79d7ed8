"""Verbs of access."""

from django.contrib.auth.models import AnonymousUser

from xieshou.access.models import User
from xieshou.common.scoping import Actor


def actor_for(user: User | AnonymousUser) -> Actor:
    raise NotImplementedError
