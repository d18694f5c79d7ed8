"""Where templates run: jinja's sandbox, narrowed until nothing is left but the functions of a report.

A template can call what it is given, compare, choose and repeat. It reaches no attribute that is not declared, no name
of Python, no file; every loop counts against one budget. Texts are never multiplied or joined, and lists hold no
lists, so that nothing doubles with each line until the memory is full.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined, nodes
from jinja2.filters import FILTERS as DEFAULT_FILTERS
from jinja2.sandbox import SandboxedEnvironment
from jinja2.tests import TESTS as DEFAULT_TESTS

from xieshou.reports.documents.errors import ReportRefused
from xieshou.reports.documents.rules import plain, printable, rounded
from xieshou.reports.documents.word_templates.structure import (
    ORDER,
    ORDER_END,
    PRIVATE,
    REMARK,
    REMARK_END,
    VALUE,
    VALUE_END,
)  # fmt: skip

MOST_TURNS = 20_000  # of all loops of a document together
MOST_DEPTH = 4  # loops within loops
NUMBERS = (int, float, Decimal)
MOST_CHARACTERS = 20_000_000  # of a rendered part, its markup included: a report of a thousand pages
MOST_PLACES = 6
PRINTED = (*NUMBERS, Undefined)
KEPT_FILTERS = ("abs", "default", "first", "last", "length")
KEPT_TESTS = ("defined", "none", "undefined")
_COUNTED = "counted"


class Open:
    """Base of what a template may look into: the attributes named in `shown`, and no other."""

    shown: ClassVar[frozenset[str]] = frozenset()


class ReportEnvironment(SandboxedEnvironment):
    """See the module."""

    intercepted_binops = frozenset({"*", "/", "//", "**", "%", "+", "-"})

    def __init__(self, filters: Mapping[str, Callable[..., Any]], names: Mapping[str, Any]) -> None:
        super().__init__(
            variable_start_string=VALUE,
            variable_end_string=VALUE_END,
            block_start_string=ORDER,
            block_end_string=ORDER_END,
            comment_start_string=REMARK,
            comment_end_string=REMARK_END,
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_finished,
            cache_size=0,
        )
        self.filters = (
            {name: DEFAULT_FILTERS[name] for name in KEPT_FILTERS}
            | dict(filters)
            | {"round": _rounded, _COUNTED: self._counted}
        )
        self.tests = {name: DEFAULT_TESTS[name] for name in KEPT_TESTS}
        self.globals = dict(names)
        self._turns = 0

    def template(self, source: str) -> Template:
        """A template whose loops all count. Raises: TemplateSyntaxError, with the line; ReportRefused."""
        tree = self.parse(source)
        _narrow(tree, 0)
        return Template.from_code(self, self.compile(tree, None, "<template>"), self.make_globals(None))

    def rendered(self, template: Template) -> str:
        """What a template says. Raises: ReportRefused, when its loops make it longer than any report."""
        pieces, length = [], 0
        for piece in template.generate():
            length += len(piece)
            if length > MOST_CHARACTERS:
                raise ReportRefused(_("填好的报告过长；请减少循环，或拆成几份报告。"))
            pieces.append(piece)
        return "".join(pieces)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, Open) and attr in obj.shown

    def is_safe_callable(self, obj: Any) -> bool:
        return bool(getattr(obj, "is_report_function", False))

    def call_binop(self, context: Any, operator_: str, left: Any, right: Any) -> Any:
        if operator_ not in _ARITHMETIC or not (_is_number(left) and _is_number(right)):
            raise ReportRefused(_("“%(sign)s”两边须是数字。") % {"sign": operator_})
        return _ARITHMETIC[operator_](_exact(left), _exact(right))

    def _counted(self, items: Any) -> Iterator[Any]:
        if not isinstance(items, list | tuple):
            raise ReportRefused(_('“for … in”后面须是一个清单，例如 各县("fund.raised")。'))
        for item in items:
            self._turns += 1
            if self._turns > MOST_TURNS:
                raise ReportRefused(_("循环超过 %(most)d 次；请缩小范围或拆成几份报告。") % {"most": MOST_TURNS})
            yield item


_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _narrow(tree: nodes.Node, depth: int) -> None:
    """Let every loop take its items through the count; refuse loops too deep within each other, and what can grow."""
    for child in tree.iter_child_nodes():
        if isinstance(child, nodes.Concat):
            raise TemplateSyntaxError(_("“~”不能用，请把两处双大括号并排写"), child.lineno)
        if _is_list(child) and not all(isinstance(item, nodes.Const) for item in child.iter_child_nodes()):
            raise TemplateSyntaxError(_("清单里只能写文字和数字"), child.lineno)
        below = depth
        if isinstance(child, nodes.For):
            below = depth + 1
            if below > MOST_DEPTH:
                raise ReportRefused(_("循环最多嵌套 %(most)d 层。") % {"most": MOST_DEPTH})
            child.iter = nodes.Filter(child.iter, _COUNTED, [], [], None, None, lineno=child.lineno)
        _narrow(child, below)


def _is_list(node: nodes.Node) -> bool:
    """Whether a node makes a list; the names that a loop or `set` gives to its parts make none."""
    return isinstance(node, nodes.List | nodes.Dict) or (isinstance(node, nodes.Tuple) and node.ctx == "load")


def _is_number(value: Any) -> bool:
    return (isinstance(value, NUMBERS) and not isinstance(value, bool)) or hasattr(value, "number")


def _exact(value: Any) -> Decimal:
    number = getattr(value, "number", value)
    if number is None:
        raise ReportRefused(_("未填的数字不能计算；请先用 if 判断。"))
    return Decimal(str(number))


def _rounded(value: Any, places: Any = 0) -> Decimal:
    if not (isinstance(places, int) and 0 <= places <= MOST_PLACES):
        raise ReportRefused(_("小数位数须是 0 到 %(most)d 之间的整数。") % {"most": MOST_PLACES})
    return rounded(_exact(value), places)


def _finished(value: Any) -> Any:
    """What a mark prints. Numbers and charts become tokens only after this, so that no text can pretend to be one."""
    if isinstance(value, str):
        return type(value)(printable(PRIVATE.sub("", value)))
    if hasattr(value, "__html__"):
        return value
    if value is None or not isinstance(value, PRINTED):
        raise ReportRefused(_("这里写出的不是文字或数字；清单请用 for 逐行写，函数名后面要有括号。"))
    return plain(value) if isinstance(value, Decimal) else value
