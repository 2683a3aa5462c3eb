"""`{% chart %}`: a trend as SVG with its figures as a table. Drawn on the server: no script, printable, dark too.

A line of each series has its own dashes and its own dots, a bar its own pattern of edges, so that nobody needs to tell
colours apart; the last value is written beside its dot. Each slot is one target for mouse and touch, as high as the
chart, and says its figures; for keyboard and screen reader the table holds the same links.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from opsloop.engines.charts import Drawing, Mark
from opsloop.web.charts import Chart, Point

register = template.Library()
# Pixels below the floor for the labels, and between the labels of a narrow chart.
LABEL_ROOM = 20


@register.simple_tag
def chart(shown: Chart, *, table: bool = True, legend: bool = True) -> SafeString:
    """Draw a chart, with its figures in a table to be unfolded; without what the page says itself."""
    if shown.is_empty:
        return _html(
            f'<p class="chart-nothing">{escape(_("The record holds nothing of this time yet."))}</p>'
        )
    drawing = shown.drawing()
    words = escape(_("%(name)s; the table below holds the figures") % {"name": shown.name})
    marks = _bars(drawing) if shown.kind == "bars" else _lines(drawing, shown)
    plot = (
        f'<svg class="chart-plot" height="{drawing.height + LABEL_ROOM}" role="group" aria-label="{words}">'
        f"{_grid(drawing)}{_target(drawing)}{marks}{_labels(drawing, shown)}{_slots(drawing, shown)}</svg>"
    )
    keys = _legend(shown) if legend and (len(shown.series) > 1 or shown.target is not None) else ""
    whole = f'<div class="chart-frame">{_axis(drawing, shown)}{plot}</div>{keys}'
    return _html(f'<figure class="chart chart-{shown.kind}">{whole}{_table(shown) if table else ""}</figure>')


def _html(text: str) -> SafeString:
    """Mark what is put together here, from parts that are escaped each."""
    return mark_safe(text)  # noqa: S308


def _grid(drawing: Drawing) -> str:
    return "".join(
        f'<line class="chart-grid" x1="0" x2="100%" y1="{y}" y2="{y}"></line>' for _value, y in drawing.ticks
    )


def _axis(drawing: Drawing, shown: Chart) -> str:
    # Beside the plot: percents within it would push the scale into the first slot.
    said = "".join(
        f'<text x="100%" y="{y + 4}">{_number(value)}{escape(shown.unit)}</text>'
        for value, y in drawing.ticks
    )
    return f'<svg class="chart-axis" height="{drawing.height + LABEL_ROOM}" aria-hidden="true">{said}</svg>'


def _number(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else f"{value:.1f}"


def _target(drawing: Drawing) -> str:
    if drawing.target is None:
        return ""
    y = drawing.target
    return f'<line class="chart-target" x1="0" x2="100%" y1="{y}" y2="{y}"></line>'


def _lines(drawing: Drawing, shown: Chart) -> str:
    found = []
    for number, marks in enumerate(drawing.series):
        known = [mark for mark in marks if mark]
        # A line is drawn between neighbours only: a week of which nothing is known is a gap, not a slope.
        found += [
            f'<line class="chart-line series-{number}{_partial(shown, number, after)}" x1="{mark.x}%" y1="{mark.y}"'
            f' x2="{after.x}%" y2="{after.y}"></line>'
            for mark, after in pairwise(marks)
            if mark and after
        ]
        found += [
            f'<circle class="chart-dot series-{number}{_partial(shown, number, mark)}" cx="{mark.x}%" cy="{mark.y}"'
            ' r="3.5"></circle>'
            for mark in known
        ]
        if len(shown.series) == 1 and known:
            found.append(_last(known[-1], shown.series[0].points))
    return "".join(found)


def _partial(shown: Chart, number: int, mark: Mark) -> str:
    return " is-partial" if shown.series[number].points[mark.slot].is_partial else ""


def _last(mark: Mark, points: Sequence[Point]) -> str:
    y = mark.y - 9 if mark.y > 22 else mark.y + 18
    end = " is-end" if mark.slot == len(points) - 1 else ""
    return f'<text class="chart-value{end}" x="{mark.x}%" y="{y}">{escape(points[mark.slot].said)}</text>'


def _bars(drawing: Drawing) -> str:
    return "".join(
        f'<rect class="chart-bar series-{number}" x="{mark.left}%" y="{mark.top}" width="{mark.width}%"'
        f' height="{max(mark.height, 1)}"></rect>'
        for number, marks in enumerate(drawing.series)
        for mark in marks
        # Nothing at all is a place without a bar; a hair line would look like a little.
        if mark and mark.value
    )


def _labels(drawing: Drawing, shown: Chart) -> str:
    y = drawing.height + LABEL_ROOM - 5
    count = len(shown.labels)
    return "".join(
        # Of a narrow chart every second is left out, the last one never.
        f'<text class="chart-label{" is-minor" if (count - 1 - slot) % 2 else ""}"'
        f' x="{round((slot + 0.5) * drawing.slot_width, 2)}%" y="{y}">{escape(point.label)}</text>'
        for slot, point in enumerate(shown.labels)
    )


def _slots(drawing: Drawing, shown: Chart) -> str:
    found = []
    for slot, point in enumerate(shown.labels):
        said = "; ".join(f"{one.name}: {one.points[slot].said}" for one in shown.series)
        hit = (
            f'<rect class="chart-slot" x="{round(slot * drawing.slot_width, 2)}%" y="0"'
            f' width="{round(drawing.slot_width, 2)}%" height="{drawing.height}">'
            f"<title>{escape(point.label)} · {escape(said)}</title></rect>"
        )
        # The table has the link for those who do not point; two tab stops to the same place would be one too many.
        found.append(f'<a href="{escape(point.url)}" tabindex="-1">{hit}</a>' if point.url else hit)
    return "".join(found)


def _legend(shown: Chart) -> str:
    keys = [
        f'<li><svg class="chart-key" aria-hidden="true">{_key(shown, number)}</svg>{escape(one.name)}</li>'
        for number, one in enumerate(shown.series)
        if len(shown.series) > 1
    ]
    if shown.target is not None:
        line = '<line class="chart-target" x1="0" x2="100%" y1="6" y2="6"></line>'
        said = escape(_("Target %(value)s") % {"value": shown.target_said or _number(shown.target)})
        keys.append(f'<li><svg class="chart-key" aria-hidden="true">{line}</svg>{said}</li>')
    return f'<ul class="chart-legend">{"".join(keys)}</ul>'


def _key(shown: Chart, number: int) -> str:
    if shown.kind == "bars":
        return f'<rect class="chart-bar series-{number}" x="4" y="1" width="12" height="10"></rect>'
    return (
        f'<line class="chart-line series-{number}" x1="0" x2="100%" y1="6" y2="6"></line>'
        f'<circle class="chart-dot series-{number}" cx="50%" cy="6" r="3.5"></circle>'
    )


def _table(shown: Chart) -> str:
    heads = "".join(f'<th scope="col" class="num">{escape(one.name)}</th>' for one in shown.series)
    rows = "".join(
        f'<tr><th scope="row" class="num">{_linked(point, point.label)}</th>'
        + "".join(f'<td class="num">{escape(one.points[slot].said)}</td>' for one in shown.series)
        + "</tr>"
        for slot, point in enumerate(shown.labels)
    )
    heading = escape(shown.heading or _("Time"))
    return (
        f'<details class="chart-figures"><summary>{escape(_("Figures as a table"))}</summary>'
        f'<div class="table-frame" tabindex="0" role="region" aria-label="{escape(shown.name)}"><table class="table">'
        f'<thead><tr><th scope="col">{heading}</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>'
    )


def _linked(point: Point, text: str) -> str:
    return f'<a href="{escape(point.url)}">{escape(text)}</a>' if point.url else str(escape(text))
