"""`xieshou forms`: the forms that an import recognises."""

import click
from django.utils.translation import gettext as _

from xieshou.cli.known_forms import forms_at_hand
from xieshou.cli.session import Session, with_session
from xieshou.cli.tables import table


@click.command()
@with_session(prepared=False)
def command(session: Session) -> None:
    forms = [binding.form for binding in forms_at_hand()]
    document = [
        {
            "key": form.key,
            "name": form.name,
            "name_en": form.name_en,
            "version": form.version,
            "basis": form.basis,
            "columns": [{"key": c.key, "name": c.name, "type": c.type, "required": c.required} for c in form.columns],
        }
        for form in forms
    ]
    rows = [[form.key, form.label, str(form.version), str(len(form.columns))] for form in forms]
    session.answer(document, table([_("表样"), _("名称"), _("版本"), _("列数")], rows, numbers=[2, 3]))
