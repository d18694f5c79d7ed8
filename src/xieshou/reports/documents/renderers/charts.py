"""Bars as SVG or PNG, drawn by Vega-Lite with the bundled font; no browser, no address."""

from __future__ import annotations

from functools import cache
from typing import Any

import pylopdf_fonts_zh_cn
import vl_convert

from xieshou.reports.documents.document import Chart
from xieshou.reports.documents.rules import printable

FONT = "Noto Sans SC"
VEGA_LITE = "5.20"
COLOURS = ("#1f5fa8", "#9dbfe3", "#7a7a7a", "#c9a227")  # told apart in grey print as well
WIDTH, BAR = 380, 22  # points; BAR: of one name
PNG_SCALE = 2.5


def svg(chart: Chart) -> str:
    _know_the_font()
    return str(vl_convert.vegalite_to_svg(specification(chart), vl_version=VEGA_LITE))


def png(chart: Chart) -> bytes:
    _know_the_font()
    return bytes(vl_convert.vegalite_to_png(specification(chart), vl_version=VEGA_LITE, scale=PNG_SCALE))


def specification(chart: Chart) -> dict[str, Any]:
    """Horizontal bars, one group for each name, since names of places are long and few fit side by side.

    Values become floats here alone: they only say how long a bar is; the numbers stand in the table.
    """
    names = [_drawn(name) for name in chart.names]
    series_names = [_drawn(series.name) for series in chart.series]
    rows = [
        {
            "name": name,
            "series": series_name,
            "value": None if value is None else float(value),
            "text": "" if value is None else f"{value:f}",
        }
        for series_name, series in zip(series_names, chart.series, strict=True)
        for name, value in zip(names, series.values, strict=True)
    ]
    y = {"field": "name", "type": "nominal", "sort": names, "title": None}
    offset = {"yOffset": {"field": "series", "sort": series_names}} if len(series_names) > 1 else {}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows},
        "width": WIDTH,
        "height": {"step": BAR / max(1, len(series_names)) * 1.6},
        "encoding": {
            "y": y,
            **offset,
            "x": {"field": "value", "type": "quantitative", "title": _drawn(chart.unit), "axis": {"tickCount": 5}},
        },
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {
                    "color": {
                        "field": "series",
                        "type": "nominal",
                        "sort": series_names,
                        "scale": {"domain": series_names, "range": list(COLOURS[: len(series_names)])},
                        "legend": {"title": None, "orient": "top"} if len(series_names) > 1 else None,
                    }
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4},
                "encoding": {"text": {"field": "text", "type": "nominal"}},
            },
        ],
        "config": {
            "aria": False,  # Vega would write the titles into expressions, which a backslash breaks
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"grid": False, "labelLimit": 220, "labelFontSize": 11, "titleFontSize": 11},
        },
    }


def _drawn(text: str) -> str:
    # The library aborts the whole process on a sign that SVG cannot hold.
    return " ".join(printable(text).split())


@cache
def _know_the_font() -> None:
    vl_convert.register_font_directory(str(pylopdf_fonts_zh_cn.sans_path().parent))
