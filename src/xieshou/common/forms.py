"""The base of forms on pages: one column, label above, help below, the error beside the field."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from xieshou.common.errors import XieshouError


class PageForm(forms.Form):
    """A form drawn by `common/components/form.html`; its widgets carry the classes of the style sheet."""

    required_css_class = "required"
    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)

    def __getitem__(self, name: str) -> forms.BoundField:
        field = self.fields.get(name)
        if field is not None:
            _style(field.widget)
        return super().__getitem__(name)

    def refuse(self, refusal: XieshouError) -> None:
        """Show why a service refused: beside the field that its `where` names, else above the form."""
        name = refusal.where.get("field")
        self.add_error(name if name in self.fields else NON_FIELD_ERRORS, refusal.message)


def _style(widget: forms.Widget) -> None:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple | forms.HiddenInput):
        return
    known = "form-select" if isinstance(widget, forms.Select) else "form-control"
    classes = widget.attrs.get("class", "").split()
    if known not in classes:
        widget.attrs["class"] = " ".join([*classes, known])
