"""From rows to advice: finds finished tasks like one that is estimated, and one's own past error."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from opsloop.engines import forecasting
from opsloop.engines.forecasting import Advice, Done, Features, Reserve
from opsloop.organisation.models import Person
from opsloop.search import queries as search
from opsloop.timekeeping.forecasts import Question, forecasts
from opsloop.timekeeping.queries import minutes_of_task
from opsloop.work.models import Task

# Work of two years ago was done by other people in another way.
SINCE = timedelta(days=730)
MOST_DONE = 300
MOST_FOUND = 60
# One's error of the last half year, from so many tasks.
ERROR_SINCE = timedelta(days=182)
MOST_PAIRS = 60
# The tasks of about a week share one reserve.
POOLED = 10
USUAL_RESERVE = 15


def advice(features: Features, *, by: Person, at: datetime, besides: int | None = None) -> Advice | None:
    """Return advice for a task from what `by` may see and has hours; `besides` is the task itself.

    Looked at are the latest tasks of the same owner, project or category, and those found by the title. At most
    five queries.
    """
    near = Q(pk__in=_found(features.title))
    for name, key in (
        ("owner", features.owner),
        ("project", features.project),
        ("category", features.category),
    ):
        if key is not None:
            near |= Q(**{f"{name}_id": key})
    near_rows = (
        Task.objects.visible_to(by).alive().filter(near, status=Task.Status.DONE, closed_at__gte=at - SINCE)
    )
    tasks = near_rows.exclude(pk=besides or 0).order_by("-closed_at")
    rows = tasks.values_list("pk", "title", minutes_of_task(), "category_id", "project_id", "owner_id")
    return forecasting.advise([Done(*row) for row in rows[:MOST_DONE]], features)


def _found(title: str) -> Sequence[int]:
    """Return tasks that the search finds by the longest words of a title, whoever's they are. Two queries a word."""
    words = sorted(forecasting.grams(title), key=lambda word: (-len(word), word))[:1]
    return [pk for word in words for pk in search.ranked("task", word, MOST_FOUND)]


def reserve_of(person: Person, *, at: datetime) -> Reserve:
    """Return the reserve to plan with for `person`: their own choice, else what the forecaster advises for their tasks.

    That is what ten of their latest tasks together keep in four of five cases, over their estimates, and lies between
    10 and 20 %. With too little past it is that of the organisation. `n` and `error` are of the past in any case. One
    query, and those of `forecasts`, or one for the organisation.
    """
    done = Task.objects.alive().filter(
        owner=person, status=Task.Status.DONE, closed_at__gte=at - ERROR_SINCE, closed_at__lte=at,
        estimate_minutes__gt=0,
    )  # fmt: skip
    rows = done.order_by("-closed_at").values_list("category_id", "estimate_minutes", minutes_of_task())
    known = [
        (category, estimate or 0, minutes) for category, estimate, minutes in rows[:MOST_PAIRS] if minutes
    ]
    pairs = [(estimate, minutes) for _category, estimate, minutes in known]
    found = forecasting.reserve(pairs, otherwise=USUAL_RESERVE)
    if person.reserve_percent is not None:
        return Reserve(person.reserve_percent, found.n, found.error)
    if found.n < forecasting.FEWEST_PAIRS:
        usual = person.organisation.reserve_percent if person.organisation else USUAL_RESERVE
        return forecasting.reserve(pairs, otherwise=usual)
    latest = [
        Question(person.pk, category, estimate) for category, estimate, _minutes in known[:POOLED] if estimate
    ]
    said, correlation = forecasts(latest, at=at)
    return Reserve(forecasting.pooled_reserve(said, correlation=correlation), found.n, found.error)
