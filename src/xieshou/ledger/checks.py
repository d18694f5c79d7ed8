"""Django system checks: posted models cannot be written behind the book's back, the triggers stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.db import connections
from django.db.models import CASCADE, SET, SET_DEFAULT, SET_NULL

from xieshou.ledger import triggers
from xieshou.ledger.posted import PostedModel

_WRITES_THE_ROW = {CASCADE, SET, SET_DEFAULT, SET_NULL}


def posted_models_are_written_only_by_books(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A foreign key that cascades would change or delete a posted row without asking `PostedModel`."""
    return [
        checks.Error(
            f"{model.__name__}.{field.name}: a posted model's foreign key must be PROTECT, RESTRICT or DO_NOTHING",
            obj=model,
            id="ledger.E001",
        )
        for model in apps.get_models()
        if issubclass(model, PostedModel)
        for field in model._meta.concrete_fields
        if field.remote_field is not None and field.remote_field.on_delete in _WRITES_THE_ROW
    ]


def triggers_stand(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A warning, not an error: `migrate`, which mends it, must still run."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if not set(triggers.TABLES) <= set(connection.introspection.table_names()):
            continue
        absent = triggers.missing(connection)
        if absent:
            found.append(
                checks.Warning(
                    f"the ledger is not protected against change: {', '.join(absent)} missing",
                    hint="run `manage.py migrate`, which sets the triggers again, and `xieshou ledger verify`",
                    id="ledger.W001",
                )
            )
    return found


def register_checks() -> None:
    checks.register(posted_models_are_written_only_by_books, checks.Tags.models)
    checks.register(triggers_stand, checks.Tags.database)
