"""A chart as the pages hand it to `{% chart %}`: labelled values that lead to their rows, a target, words for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opsloop.engines.charts import Drawing, Kind, draw


@dataclass(frozen=True)
class Point:
    """One value: what stands below it, itself (None: a gap), how people say it, and where its rows are ("": nowhere).

    `is_partial`: its week or month is not over.
    """

    label: str
    value: float | None
    said: str
    url: str = ""
    is_partial: bool = False


@dataclass(frozen=True)
class Series:
    """Values of one kind. Each series has a sign of its own beside its colour, so that colour alone says nothing."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Chart:
    """Up to six series over the same labels. `name` says what it shows; `unit` stands at the scale ("%")."""

    name: str
    series: Sequence[Series]
    kind: Kind = "line"
    height: int = 112
    unit: str = ""
    target: float | None = None
    target_said: str = ""
    # What the labels are: the head of the first column of the table.
    heading: str = ""

    def drawing(self) -> Drawing:
        """Return where its marks stand."""
        values = [[point.value for point in one.points] for one in self.series]
        return draw(values, kind=self.kind, height=self.height, target=self.target)

    @property
    def labels(self) -> Sequence[Point]:
        """The points of the first series: they hold what all series share."""
        return self.series[0].points if self.series else ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(point.value is None for one in self.series for point in one.points)
