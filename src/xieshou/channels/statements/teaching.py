"""Verbs of forms that the office teaches (自定义表): teach one, change it into a new version, retire it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.channels.statements import selectors, services
from xieshou.channels.statements.errors import TaughtFormRefused
from xieshou.channels.statements.formfiles import with_measures
from xieshou.channels.statements.measures import OWN_PREFIX
from xieshou.channels.statements.models import TaughtForm
from xieshou.common.scoping import Actor
from xieshou.intake import originals, staging
from xieshou.intake import services as intake
from xieshou.intake.forms import Form, FormBinding, form_as_json
from xieshou.intake.headings import plain
from xieshou.intake.models import Original
from xieshou.intake.previews import Preview

# Two forms that share so much of the words of the shorter one are likely one table.
NEARLY_EQUAL_FROM = 0.7
_LETTERS = "abcdefghijklmnop"


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """A measure that a taught form needs and nobody has added yet; as `services.add_measure` takes it."""

    key: str
    name: str
    base_unit: str
    unit: str
    scale: int
    addition: str
    definition: str


def letters_of(text: str) -> str:
    """Ten letters that stand for a Chinese name in a key: the same for the same name, never a romanisation."""
    return "".join(_LETTERS[byte % 16] for byte in hashlib.sha256(text.strip().encode()).digest()[:10])


def measure_key(name: str) -> str:
    """The key of a measure of the office's own with this name."""
    return f"{OWN_PREFIX}m_{letters_of(name)}"


def form_key(name: str) -> str:
    """The key of a taught form with this name."""
    return f"taught_{letters_of(name)}"


def nearest_form(form: Form, known: Sequence[Form]) -> tuple[Form, float] | None:
    """Of other forms the one that shares the most column words with this, and which part of the shorter one it is;
    None below `NEARLY_EQUAL_FROM`.
    """
    words = [plain(column.name) for column in form.columns]
    best: tuple[Form, float] | None = None
    for other in known:
        if other.key == form.key or not other.columns:
            continue
        theirs = {plain(word) for column in other.columns for word in column.words}
        share = sum(word in theirs for word in words) / max(1, min(len(words), len(other.columns)))
        # A short form within a long one is no likeness unless the short one is the new form's whole.
        if len(words) * 2 >= len(other.columns) and share >= NEARLY_EQUAL_FROM and (best is None or share > best[1]):
            best = (other, min(1.0, share))
    return best


def try_form(
    *,
    by: Actor,
    form: Form,
    bindings: Sequence[FormBinding],
    original: Original,
    measures: Sequence[NewMeasure] = (),
    sheet: str | None = None,
) -> Preview:
    """Read a kept workbook with a form that is not kept yet, beside all others, as an import would. Keeps nothing.

    Args:
        bindings: every form there is; of a form that is changed, the new version is tried beside the earlier ones.
        sheet: the sheet that the page showed.
    Raises: IntakeError, where the workbook is not recognised; MeasureRefused; StatementFormInvalid.
    """
    version = max((one.form.version for one in bindings if one.form.key == form.key), default=0) + 1
    with transaction.atomic():
        add_measures(by=by, measures=measures)
        services.check_statement_form(form)
        tried = [*bindings, services.statement_binding(replace(form, version=version))]
        batch = intake.begin_batch(by=by, path=originals.path_of(original), name=original.name, sheet=sheet)
        try:
            batch = intake.read_batch(by=by, batch=batch, bindings=tried)
            found = intake.preview(by=by, batch=batch, bindings=tried)
        finally:
            staging.discard(batch)
        transaction.set_rollback(True)
    return found


def teach_form(
    *,
    by: Actor,
    form: Form,
    known: Sequence[Form],
    measures: Sequence[NewMeasure] = (),
    layout: Mapping[str, Any] | None = None,
    sample: Original | None = None,
) -> TaughtForm:
    """Keep a new form, with the measures that it needs; all or nothing.

    Args:
        form: version 1, key as `form_key` gives it. known: every form there is, packaged and taught.
        layout, sample: what the page showed, for the next version.
    Raises: TaughtFormRefused, where the name is taken; MeasureRefused; StatementFormInvalid.
    """
    if form.name in {other.name for other in known} or form.key in {other.key for other in known}:
        raise TaughtFormRefused(
            _("已有名为“%(name)s”的表样；请换一个名称，或选它作为要换的旧表。") % {"name": form.name}, field="name"
        )
    return _keep(by, replace(form, version=1), measures, layout, sample)


def change_form(
    *,
    by: Actor,
    key: str,
    form: Form,
    measures: Sequence[NewMeasure] = (),
    layout: Mapping[str, Any] | None = None,
    sample: Original | None = None,
) -> TaughtForm:
    """Keep a new version of a taught form; batches read with the earlier ones keep theirs.

    Raises: TaughtFormRefused, where there is no such form; MeasureRefused; StatementFormInvalid.
    """
    with transaction.atomic():
        earlier = TaughtForm.objects.select_for_update().filter(form_key=key).order_by("-version").first()
        if earlier is None:
            raise TaughtFormRefused(_("没有这张自定义表；请从列表里选。"), field="replaces")
        TaughtForm.objects.filter(form_key=key).update(state=TaughtForm.State.EARLIER)
        newer = replace(form, key=key, version=earlier.version + 1)
        return _keep(by, newer, measures, layout, sample or earlier.sample)


def retire_form(*, by: Actor, key: str) -> TaughtForm:
    """Read no further workbook with a form; what is in the books stays, and can still be withdrawn.

    Raises: TaughtFormRefused, where no such form is in use.
    """
    with transaction.atomic():
        current: TaughtForm | None = (
            TaughtForm.objects.select_for_update().filter(form_key=key, state=TaughtForm.State.CURRENT).first()
        )
        if current is None:
            raise TaughtFormRefused(_("这张自定义表不在使用中。"), field="replaces")
        TaughtForm.objects.filter(form_key=key).update(
            state=TaughtForm.State.RETIRED, retired_at=timezone.now(), retired_by_id=by.user_id
        )
    current.refresh_from_db()
    return current


def add_measures(*, by: Actor, measures: Sequence[NewMeasure]) -> None:
    """Add what a form needs, each as a measure of the office's own. Raises: MeasureRefused, naming the measure."""
    for measure in measures:
        services.add_measure(by=by, **asdict(measure))


def _keep(
    by: Actor,
    form: Form,
    measures: Sequence[NewMeasure],
    layout: Mapping[str, Any] | None,
    sample: Original | None,
) -> TaughtForm:
    with transaction.atomic():
        add_measures(by=by, measures=measures)
        services.check_statement_form(form)
        form = with_measures(form, selectors.known_measures())
        taught: TaughtForm = TaughtForm.objects.create(
            form_key=form.key,
            version=form.version,
            name=form.name,
            form=form_as_json(form),
            layout=dict(layout or {}),
            sample=sample,
            created_by_id=by.user_id,
        )
    return taught
