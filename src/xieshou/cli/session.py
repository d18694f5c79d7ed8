"""One call of a command: the database prepared, the actor known, the answer printed once."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from xieshou.access.rules import Permission, acting_with
from xieshou.access.services import actor_named, local_operator
from xieshou.cli.bilingual import bilingual
from xieshou.cli.preparation import prepare
from xieshou.common.errors import XieshouError
from xieshou.common.scoping import Actor

FOUND_PROBLEMS = 1
REFUSED = 2

_DATABASE_UNUSABLE = _("数据库不可用（%(why)s）；请检查 XIESHOU_HOME 或 XIESHOU_DATABASE_URL 所指之处。")
_FILE_UNUSABLE = _("无法读写文件 %(file)s（%(why)s）；请检查路径和权限。")


class Session:
    """Who acts and how the answer is wanted."""

    def __init__(self, *, as_json: bool, user: str | None) -> None:
        self.as_json = as_json
        self._user = user

    @cached_property
    def actor(self) -> Actor:
        """The user named by `--user`, else the built-in local operator."""
        return actor_named(self._user) if self._user else local_operator()

    def acting(self, permission: Permission) -> Actor:
        """The actor within the grants that carry this permission. Raises: NotPermitted."""
        return acting_with(self.actor, permission)

    def answer(self, document: Any, people: str) -> None:
        """Print the answer, once in a call: the document with `--json`, else the words for people."""
        click.echo(as_text(document) if self.as_json else people)

    def say(self, sentence: str) -> None:
        """A remark on the way; on stderr, where it spoils no document."""
        click.echo(sentence, err=True)

    def refuse(self, code: str, message: str, where: dict[str, Any] | None = None) -> None:
        click.echo(message, err=True)
        if self.as_json:
            click.echo(as_text({"error": (where or {}) | {"code": code, "message": message}}))


def as_text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)


def with_session(*, prepared: bool = True) -> Callable[[Callable[..., int | None]], Callable[..., int]]:
    """Give a command its `Session` and the options `--json` and `--user`, and turn refusals into exit code 2.

    Args:
        prepared: whether the database is brought up before the command runs.

    With `--json` a refusal is a document too, `{"error": {code, message, …}}`, beside the sentence on stderr.
    """

    def decorate(function: Callable[..., int | None]) -> Callable[..., int]:
        @click.option("--json", "as_json", is_flag=True, help=bilingual("输出一份 JSON"))
        @click.option("--user", metavar="NAME", help=bilingual("以此用户的身份；缺省为本机操作员"))
        @wraps(function)
        def run(*, as_json: bool, user: str | None, **options: Any) -> int:
            session = Session(as_json=as_json, user=user)
            try:
                if prepared:
                    prepare()
                return function(session, **options) or 0
            except XieshouError as refusal:
                session.refuse(refusal.code, refusal.message, refusal.where)
            except OperationalError as failure:
                session.refuse("database_unusable", _DATABASE_UNUSABLE % {"why": str(failure).strip()})
            except OSError as failure:
                session.refuse("file_unusable", _FILE_UNUSABLE % {"file": failure.filename, "why": failure.strerror})
            return REFUSED

        return run

    return decorate
