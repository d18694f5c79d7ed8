"""A citation (引用): a number in a published document, with all that is needed to ask for it again.

A citation is made from an `Answer`, is numbered within its document, travels inside the file (`carriers`), and is asked
again later (`verification`). It holds no entry's particulars, only how many entries the value rests on and the ids of
the first of them: who reads the file need not be allowed to see the entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from xieshou.figures.answers import Answer
from xieshou.reports.documents.errors import CitationsUnreadable

FORMAT = "xieshou-citations"
FORMAT_VERSION = 1
MOST_CHARACTERS = 200  # of an option of a scope; the longest name of a place or a party is shorter
MOST_CITATIONS = 100_000  # a document of a thousand pages; more is damage


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A number as it was published.

    id: its number in the document, from 1; the same question keeps one number wherever it stands.
    key, figure_version: the figure, and the version of its meaning. scope: options as `Scope.as_options` gives them.
    by: the row of a break-down, {dimension: code}; "" is what is not stated; empty: the whole scope.
    base_value: whole number in base units; None is "not stated" and, with `numerator` and `denominator`, a ratio's.
    value: exact, in `unit`, as a decimal text; "" is not stated. shown: the text in the document, in `shown_unit`;
    also_shown: how else it is written elsewhere in the same document.
    scope_words, by_words: the scope and the row for people. entries: how many entries the value rests on;
    entry_ids: the first of them. head, head_name: the state of the books it was read at. partial: it was read by
    somebody who does not see all entries.
    """

    id: int
    key: str
    name: str
    scope: Mapping[str, Any]
    unit: str
    base_unit: str
    base_value: int | None
    value: str
    shown: str
    definition: str
    entries: int
    head: int
    figure_version: int
    by: Mapping[str, str] = field(default_factory=dict)
    numerator: int | None = None
    denominator: int | None = None
    shown_unit: str = ""
    also_shown: tuple[str, ...] = ()
    scope_words: str = ""
    by_words: str = ""
    summary_share: str = ""
    entry_ids: tuple[int, ...] = ()
    head_name: str = ""
    notes: tuple[str, ...] = ()
    partial: bool = False

    @classmethod
    def of(
        cls,
        answer: Answer,
        *,
        id: int,
        shown: str,
        shown_unit: str = "",
        entry_ids: Sequence[int] = (),
        scope_words: str | None = None,
        partial: bool = False,
    ) -> Citation:
        """The citation of an answer that stands in the document as `shown`."""
        return cls(
            id=id,
            key=answer.figure.key,
            name=str(answer.figure.name),
            scope=answer.scope.as_options(),
            by={dimension: member.code for dimension, member in answer.by.items()},
            unit=answer.figure.unit,
            base_unit=answer.figure.base_unit,
            base_value=answer.base_value,
            numerator=answer.numerator,
            denominator=answer.denominator,
            value=exact_text(answer.value),
            shown=shown,
            shown_unit=shown_unit,
            definition=str(answer.figure.definition),
            entries=answer.entries,
            entry_ids=tuple(entry_ids),
            head=answer.state.head,
            head_name=answer.state.name,
            figure_version=answer.figure.version,
            scope_words=answer.scope.described() if scope_words is None else scope_words,
            by_words="、".join(member.name for member in answer.by.values()),
            summary_share=exact_text(answer.summary_share),
            notes=tuple(answer.notes),
            partial=partial,
        )

    @property
    def asked(self) -> str:
        """The scope and the row in words."""
        return " · ".join(part for part in (self.scope_words, self.by_words) if part) or _("全部")

    @property
    def head_words(self) -> str:
        """The state of the books in words: the name of a 报送版本, or the last entry."""
        return self.head_name or _("第 %(entry)d 条") % {"entry": self.head}

    def as_json(self) -> dict[str, Any]:
        """Every field under its own name; empty ones left out, which `from_json` puts back."""
        document = {each.name: getattr(self, each.name) for each in fields(self)}
        for name in ("scope", "by"):
            document[name] = dict(document[name])
        for name in _LISTS:
            document[name] = list(document[name])
        return {name: value for name, value in document.items() if name in _REQUIRED or value not in _EMPTY}

    @classmethod
    def from_json(cls, document: Any) -> Citation:
        """Raises: CitationsUnreadable, naming the citation and the field."""
        if not isinstance(document, Mapping):
            raise _unreadable(_("引用应为 JSON 对象"))
        missing = sorted(_REQUIRED - set(document))
        if missing:
            raise _unreadable(
                _("第 %(id)s 处引用缺少“%(field)s”") % {"id": document.get("id", "?"), "field": missing[0]}
            )
        given = {name: document[name] for name in _TYPES if name in document}
        for name, value in given.items():
            if not isinstance(value, _TYPES[name]) or (isinstance(value, bool) and name != "partial"):
                raise _unreadable(
                    _("第 %(id)s 处引用的“%(field)s”不能读") % {"id": document.get("id", "?"), "field": name}
                )
        for name in ("scope", "by"):
            values = given.get(name, {}).values()
            if not all(isinstance(value, str | int) and len(str(value)) <= MOST_CHARACTERS for value in values):
                raise _unreadable(
                    _("第 %(id)s 处引用的“%(field)s”不能读") % {"id": document.get("id", "?"), "field": name}
                )
        if not 0 <= given["head"] < 2**63:
            raise _unreadable(_("第 %(id)s 处引用的“%(field)s”不能读") % {"id": document["id"], "field": "head"})
        for name in _LISTS:
            if name in given:
                given[name] = tuple(map(str, given[name])) if name != "entry_ids" else tuple(given[name])
        return cls(**given)


_WHOLE = (int, type(None))
_TYPES: dict[str, type | tuple[type, ...]] = {
    "id": int,
    "key": str,
    "name": str,
    "scope": Mapping,
    "unit": str,
    "base_unit": str,
    "base_value": _WHOLE,
    "value": str,
    "shown": str,
    "definition": str,
    "entries": int,
    "head": int,
    "figure_version": int,
    "by": Mapping,
    "numerator": _WHOLE,
    "denominator": _WHOLE,
    "shown_unit": str,
    "also_shown": (list, tuple),
    "scope_words": str,
    "by_words": str,
    "summary_share": str,
    "entry_ids": (list, tuple),
    "head_name": str,
    "notes": (list, tuple),
    "partial": bool,
}
_REQUIRED = frozenset(
    "id key name scope unit base_unit base_value value shown definition entries head figure_version".split()
)
_LISTS = ("also_shown", "entry_ids", "notes")
_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationList:
    """All citations of one document, as they travel inside it.

    title: of the document. template: key of the template it was made from, or "". made_at: ISO moment. made_by: the
    name of who made it. scope_words: what it is about.
    """

    citations: tuple[Citation, ...] = ()
    title: str = ""
    template: str = ""
    made_at: str = ""
    made_by: str = ""
    scope_words: str = ""

    def __iter__(self) -> Iterator[Citation]:
        return iter(self.citations)

    def __len__(self) -> int:
        return len(self.citations)

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "title": self.title,
            "template": self.template,
            "made_at": self.made_at,
            "made_by": self.made_by,
            "scope_words": self.scope_words,
            "citations": [citation.as_json() for citation in self.citations],
        }

    def as_text(self) -> str:
        """One line of JSON, as it is put into a file."""
        return json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str | bytes) -> CitationList:
        """Raises: CitationsUnreadable."""
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as broken:
            raise _unreadable(_("不是 JSON")) from broken
        if not isinstance(document, Mapping) or document.get("format") != FORMAT:
            raise _unreadable(_("不是本系统写入的引用"))
        if document.get("version") != FORMAT_VERSION:
            raise _unreadable(_("由较新版本的系统写入，请升级后再核"))
        listed = document.get("citations")
        if not isinstance(listed, list) or len(listed) > MOST_CITATIONS:
            raise _unreadable(_("引用清单不能读"))
        words = {
            name: str(document.get(name, "")) for name in ("title", "template", "made_at", "made_by", "scope_words")
        }
        return cls(citations=tuple(Citation.from_json(each) for each in listed), **words)


def exact_text(value: Decimal | None) -> str:
    """A number to its last digit, without exponent and without idle zeros; "" is not stated."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if value else "0"


def _unreadable(why: str) -> CitationsUnreadable:
    return CitationsUnreadable(_("文件里的引用无法读取：%(why)s。请用本系统生成的原文件再核。") % {"why": why})
