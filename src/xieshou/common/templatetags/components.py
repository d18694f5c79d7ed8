"""Template tags and filters of the page components: icons, formats, addresses."""

import re
from datetime import date, datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xieshou.common import formats, languages

NUMBER = re.compile(r"-?[\d,]*\.?\d+")

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """One symbol of `static/common/icons.svg`; it decorates a word and is hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("common/icons.svg"),
        name,
    )


@register.simple_tag
def language_address() -> str:
    return f"/{languages.SWITCH_PATH}"


@register.filter
def whole(value: int | None) -> str:
    return formats.whole(value)


@register.filter
def money(fen: int | None, unit: str = "wan") -> str:
    """Fen in the unit that the reader chose: `{{ fen|money:unit }}`."""
    return formats.money(fen, formats.MoneyUnit(unit))


@register.filter
def day(value: date | datetime | None) -> str:
    return formats.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    return formats.moment(value)


@register.filter
def file_size(value: int) -> str:
    return formats.file_size(value)


@register.filter
def parens(text: object) -> str:
    """The text in the parentheses of the reader's language."""
    return _("（%(text)s）") % {"text": text}


@register.filter
def score(value: float | None) -> str:
    """How well something matches, 0..1, in whole percent."""
    return formats.NONE if value is None else f"{round(value * 100)} %"


@register.filter
def looks_like_number(text: str) -> bool:
    """Whether a cell as written is a number, which stands at the right."""
    return NUMBER.fullmatch(text) is not None


@register.filter
def item(mapping: dict[str, object], key: str) -> object:
    """The value of a mapping under a key that only the template's loop knows."""
    return mapping.get(key)


@register.filter
def basis_points(value: int) -> str:
    """3750 → 37.5 %."""
    return f"{value / 100:g} %"


@register.filter(name="hex")
def hexadecimal(value: bytes) -> str:
    return bytes(value).hex()
