"""Places and parties of the rows: every distinct text is looked up once, doubts are kept with their candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xieshou.common.scoping import Actor, Grant
from xieshou.intake.findings import FindingsFile
from xieshou.intake.forms import Form, Severity
from xieshou.intake.rules import squeeze
from xieshou.parties import rules as party_rules
from xieshou.parties import selectors as parties
from xieshou.parties.models import Party
from xieshou.places import selectors as places

_REJECTED = 1
_SEPARATOR = "\x1f"
_ROWS_NAMED = 20
# From here on a party's name is so near to a known one that a person should look; below, it is a new party.
_LIKELY_THE_SAME = 0.85


@dataclass(slots=True)
class _Text:
    """What became of one distinct text. answer: place code or party id; verdict: known, new, joint, similar, unknown,
    several."""

    text: str
    answer: Any
    verdict: str
    candidates: list[tuple[str, str, float, str]] = field(default_factory=list)
    column: str = ""
    rows: list[int] = field(default_factory=list)
    count: int = 0

    @property
    def is_refused(self) -> bool:
        return self.verdict in ("unknown", "several")

    def as_json(self, kind: str) -> dict[str, Any]:
        return {
            "kind": kind,
            "text": self.text,
            "rows": self.rows,
            "count": self.count,
            "candidates": self.candidates,
            "verdict": self.verdict,
        }

    @property
    def params(self) -> dict[str, Any]:
        return {"text": self.text, "candidates": "、".join(label for _answer, label, _score, _why in self.candidates)}


def decision_text(text: str) -> str:
    """The form in which a text is remembered."""
    return squeeze(text)[:400]


class Places:
    """Resolves the place columns of a form."""

    def __init__(self, actor: Actor, form: Form, answers: Mapping[str, str], year: int | None) -> None:
        self._keys = [column.key for column in form.places]
        self._answers = answers
        self._year = year
        self._known: dict[str, _Text] = {}

    def match(
        self,
        values: dict[str, pa.Array],
        rows: np.ndarray[Any, Any],
        status: np.ndarray[Any, Any],
        findings: FindingsFile,
    ) -> None:
        """Add `place_code` and `place_as_written`; reject rows without one certain place."""
        if not self._keys:
            return
        parts = [pc.fill_null(values[key], "") for key in self._keys]
        encoded = pc.binary_join_element_wise(*parts, _SEPARATOR).dictionary_encode()
        addresses = encoded.dictionary.to_pylist()
        self._learn([address for address in addresses if address not in self._known])
        found = [self._known[address] for address in addresses]
        codes = pa.array([one.answer for one in found], pa.string())
        written = pa.array([address.replace(_SEPARATOR, "") or None for address in addresses], pa.string())
        values["place_code"] = codes.take(encoded.indices)
        values["place_as_written"] = written.take(encoded.indices)
        _say(found, encoded.indices, rows, status, findings, "place")

    @property
    def count(self) -> int:
        """How many distinct texts were looked up."""
        return sum(one.verdict != "blank" for one in self._known.values())

    def open_texts(self) -> list[dict[str, Any]]:
        """The places that a person has to settle; of equally likely ones those come last that another row names."""
        named = {one.answer for one in self._known.values() if one.answer}
        for one in self._known.values():
            one.candidates.sort(key=lambda candidate: (-candidate[2], candidate[0] in named))
        return [one.as_json("place") for one in self._known.values() if one.is_refused]

    def _learn(self, addresses: list[str]) -> None:
        asked = []
        for address in addresses:
            parts = address.split(_SEPARATOR)
            text = " ".join(part for part in parts if part)
            code = self._answers.get(decision_text(text))
            if not text:
                self._known[address] = _Text("", None, "blank")
            elif code:
                self._known[address] = _Text(text, code, "known")
            else:
                asked.append((address, text, parts))
        found = places.resolve_many([parts for _address, _text, parts in asked], year=self._year)
        for (address, text, parts), candidates in zip(asked, found, strict=True):
            certain = places.certain(candidates)
            lowest = max(number for number, part in enumerate(parts) if part)
            offered = [(one.code, one.path.replace(" / ", ""), one.score, one.reason) for one in candidates]
            if certain is not None:
                self._known[address] = _Text(text, certain.code, "known", offered)
            else:
                verdict = "several" if candidates else "unknown"
                self._known[address] = _Text(text, None, verdict, offered, self._keys[lowest])


class Parties:
    """Resolves the party columns of a form; what is not known yet becomes a party when the batch is accepted."""

    def __init__(self, actor: Actor, form: Form, answers: Mapping[str, int]) -> None:
        self.columns = form.parties
        self._answers = answers
        self._known: dict[str, _Text] = {}
        self.distinct: dict[str, int] = {}
        self._seen: dict[str, set[str]] = {column.key: set() for column in form.parties}

    @property
    def count(self) -> int:
        """How many distinct texts were looked up."""
        return len(self._known)

    @property
    def joint_count(self) -> int:
        return sum(len(party_rules.member_names(text)) > 1 for text in self._known)

    @property
    def new_count(self) -> int:
        return sum(one.answer is None and not one.is_refused for one in self._known.values())

    def match(
        self,
        values: dict[str, pa.Array],
        rows: np.ndarray[Any, Any],
        status: np.ndarray[Any, Any],
        findings: FindingsFile,
    ) -> None:
        """Fill each party column with the ids known by now; reject rows whose text names several parties."""
        for column in self.columns:
            encoded = values[f"{column.key}_as_written"].dictionary_encode()
            texts = encoded.dictionary.to_pylist()
            for text in texts:
                if text not in self._known:
                    self._known[text] = self._learnt(text)
            found = [self._known[text] for text in texts]
            for one in found:
                one.column = column.key
            values[column.key] = pa.array([one.answer for one in found], pa.int64()).take(encoded.indices)
            self._seen[column.key].update(texts)
            self.distinct[column.key] = len(self._seen[column.key])
            _say(found, encoded.indices, rows, status, findings, "party")

    def open_texts(self) -> list[dict[str, Any]]:
        return [one.as_json("party") for one in self._known.values() if one.verdict in ("several", "similar")]

    def members(self, text: str) -> list[int]:
        """Ids of the known parties that a text names, alone or jointly."""
        one = self._known[text]
        if one.answer is not None and one.verdict != "joint":
            return [one.answer]
        directory = parties.directory()
        return [party for name in party_rules.member_names(text) for party in directory.exact(name)[:1]]

    def _learnt(self, text: str) -> _Text:
        answer = self._answers.get(decision_text(text))
        if answer is not None:
            return _Text(text, answer, "known")
        directory = parties.directory()
        names = party_rules.member_names(text)
        exact = directory.exact(text) or directory.exact("、".join(party_rules.split_names(text)))
        if len(exact) == 1:
            return _Text(text, exact[0], "joint" if len(names) > 1 else "known")
        if len(names) > 1:
            members = [directory.exact(name) for name in names]
            known = parties.joint_of({one[0] for one in members}) if all(len(one) == 1 for one in members) else None
            return _Text(text, known, "joint")
        offered = parties.resolve_party(text)
        candidates = [(str(one.party_id), one.name, one.score, one.reason) for one in offered]
        if len(exact) > 1:
            return _Text(text, None, "several", candidates)
        likely = [one for one in candidates if one[2] >= _LIKELY_THE_SAME]
        return _Text(text, None, "similar" if likely else "new", likely or candidates)


def _say(
    found: list[_Text],
    indices: pa.Array,
    rows: np.ndarray[Any, Any],
    status: np.ndarray[Any, Any],
    findings: FindingsFile,
    kind: str,
) -> None:
    """Count the texts, remember some of their rows, and say which cannot be settled."""
    where = indices.fill_null(-1).to_numpy(zero_copy_only=False)
    counts = np.bincount(where[where >= 0], minlength=len(found))
    for number, one in enumerate(found):
        one.count += int(counts[number])
        if one.verdict in ("known", "new", "joint"):
            continue
        here = where == number
        if one.verdict != "blank" and len(one.rows) < _ROWS_NAMED:
            one.rows += rows[here][: _ROWS_NAMED - len(one.rows)].tolist()
        if one.verdict == "similar":
            findings.add(
                "party_similar", Severity.WARNING, one.column, rows[here], [one.text] * int(here.sum()), one.params
            )
            continue
        if one.verdict == "blank":
            here &= status != _REJECTED  # a missing name is said already where the form demands it
        findings.add(
            f"{kind}_{one.verdict}", Severity.ERROR, one.column, rows[here], [one.text] * int(here.sum()), one.params
        )
        status[here] = _REJECTED


def demand_scope(
    actor: Actor,
    form: Form,
    known: Parties,
    values: Mapping[str, pa.Array],
    rows: np.ndarray[Any, Any],
    status: np.ndarray[Any, Any],
    findings: FindingsFile,
) -> None:
    """Reject rows of places or parties outside every grant of the actor."""
    if actor.sees_everything:
        return
    codes = values["place_code"].to_pylist() if "place_code" in values else [None] * len(rows)
    texts = [values[f"{column.key}_as_written"].to_pylist() for column in form.parties]
    lines = list(zip(codes, *texts, strict=True))
    members = {text: known.members(text) for column in texts for text in set(column) if text}
    ids = {party for found in members.values() for party in found}
    paths = dict(Party.objects.filter(pk__in=ids).values_list("pk", "path"))
    allowed = {
        line: any(
            _covers(grant, line[0], [[paths[p] for p in members[text]] for text in line[1:] if text])
            for grant in actor.grants
        )
        for line in set(lines)
    }
    outside = np.array([not allowed[line] for line in lines]) & (status != _REJECTED)
    findings.add("outside_scope", Severity.ERROR, "", rows[outside], None)
    status[outside] = _REJECTED


def _covers(grant: Grant, code: str | None, parties_of_row: list[list[str]]) -> bool:
    """Whether a grant covers a row: its place, and one of the parties it names."""
    if grant.place_ranges is not None and not any(low <= (code or "") < high for low, high in grant.place_ranges):
        return False
    if grant.party_paths is None or not parties_of_row:
        return True
    return any(path.startswith(grant.party_paths) for paths in parties_of_row for path in paths)
