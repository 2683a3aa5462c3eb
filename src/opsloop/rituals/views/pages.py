"""Showing a ritual: the step the person stands at, as a page or as the part of it that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from opsloop.activity.models import Undo
from opsloop.engines.ritualtimes import Kind
from opsloop.rituals.actions.runs import Which
from opsloop.rituals.models import RitualRun
from opsloop.rituals.queries import evening, morning, week
from opsloop.rituals.queries.days import Day
from opsloop.rituals.queries.evening import Evening
from opsloop.rituals.queries.morning import Morning
from opsloop.rituals.queries.week import Week
from opsloop.web.http import PageRequest, add_toast, is_fragment, refresh, render_page_or_partial

Ritual = Morning | Evening | Week
RITUALS: Mapping[str, type[Morning] | type[Evening] | type[Week]] = {
    "morning": Morning,
    "evening": Evening,
    "week": Week,
}
STEPS: Mapping[str, Sequence[str]] = {
    "morning": morning.STEPS,
    "evening": evening.STEPS,
    "week": week.STEPS,
}
STEP_NAMES: Mapping[str, Promise] = {
    "leftovers": pgettext_lazy("ritual step", "Left over"),
    "pick": pgettext_lazy("ritual step", "Pick"),
    "estimates": pgettext_lazy("ritual step", "Estimate"),
    "plan": pgettext_lazy("ritual step", "Plan"),
    "review": pgettext_lazy("ritual step", "Look back"),
    "gaps": pgettext_lazy("ritual step", "Hours"),
    "note": pgettext_lazy("ritual step", "One sentence"),
    "tomorrow": pgettext_lazy("ritual step", "Tomorrow"),
    "stale": pgettext_lazy("ritual step", "Long untouched"),
    "goals": pgettext_lazy("ritual step", "Goals"),
}
LEDES: Mapping[str, Promise] = {
    "morning": _("What is left, what today is for, and whether it fits. Nothing is moved without your word."),
    "evening": _("What today brought, what goes on, and what comes first tomorrow."),
    "week": _("First the facts, then what the next week is for."),
}
# Tasks change while a ritual goes on, by others as well.
TOPICS = "tasks"


@dataclass(frozen=True)
class Step:
    """A step as the line of steps shows it."""

    name: str
    label: Promise
    is_current: bool
    is_past: bool


@login_required
@require_GET
def morning_page(request: PageRequest) -> HttpResponse:
    """Show the morning plan."""
    return show(request, "morning")


@login_required
@require_GET
def evening_page(request: PageRequest) -> HttpResponse:
    """Show the end of the day."""
    return show(request, "evening")


@login_required
@require_GET
def week_page(request: PageRequest) -> HttpResponse:
    """Show the review of the week and the goals of the next."""
    return show(request, "week")


def ritual_of(request: PageRequest, kind: str) -> Ritual:
    """Return the person's ritual of this kind, as it is now."""
    return RITUALS[kind](request.person, at=request.now)


def which(ritual: Ritual, kind: str) -> Which:
    """Return which run a ritual writes to."""
    return Which(ritual.person, kind, ritual.monday if isinstance(ritual, Week) else ritual.day.on)


def show(request: PageRequest, kind: str, **more: Any) -> HttpResponse:
    """Answer with the page of a ritual, or with `#ritual` when htmx asks for it."""
    ritual = ritual_of(request, kind)
    step = ritual.step()
    ended = ritual.run if ritual.run and not ritual.run.is_open else None
    context = {
        "rail_name": "today",
        "kind": kind,
        "title": RitualRun.Kind(kind).label,
        "lede": LEDES[kind],
        "ritual": ritual,
        "step": step,
        "step_template": f"rituals/steps/{'ended' if ended else step}.html",
        "steps": _steps(kind, step),
        "next_step": _next(kind, step),
        "ended": ended,
        "quick_estimates": morning.QUICK_ESTIMATES,
        "first_step": STEPS[kind][0],
        "is_off": step == STEPS[kind][0] and not ritual.day.calendar.is_workday(ritual.day.on),
        # Only some steps ask for a date, and the calendar is two queries.
        "days": SimpleLazyObject(lambda: _days(ritual.day)),
        "url": reverse(f"rituals:{kind}"),
        **more,
    }
    return render_page_or_partial(request, "rituals/ritual.html", "ritual", context)


def _steps(kind: str, current: str) -> list[Step]:
    names = STEPS[kind]
    at = names.index(current)
    return [Step(name, STEP_NAMES[name], place == at, place < at) for place, name in enumerate(names)]


def _days(day: Day) -> list[tuple[str, date]]:
    """Return the days that giving another date offers. Never a day off."""
    soon = day.next_workday
    monday = day.calendar.next_workday(day.on + timedelta(days=6 - day.on.weekday()))
    later = day.calendar.next_workday(day.on + timedelta(days=13))
    is_tomorrow = soon == day.on + timedelta(days=1)
    choices = {
        soon: _("Tomorrow") if is_tomorrow else _("Next working day"),
        monday: _("Beginning of next week"),
        later: _("In two weeks"),
    }
    return [(str(words), one) for one, words in choices.items()]


def _next(kind: str, step: str) -> str:
    names = STEPS[kind]
    place = names.index(step) + 1
    return names[place] if place < len(names) else ""


def answered(
    request: PageRequest,
    kind: Kind | str,
    text: str = "",
    *,
    undo: Undo | None = None,
    tasks: Sequence[int] = (),
) -> HttpResponse:
    """Answer a word of the person with the ritual as it stands now, and say what happened, with its undo."""
    if not is_fragment(request):
        return redirect(f"rituals:{kind}")
    response = show(request, kind)
    if text:
        undo_url = reverse("activity:undo", args=[undo.pk]) if undo else ""
        add_toast(response, text, undo_url=undo_url)
    # What is in this answer is fresh; other parts of the page are not.
    return refresh(response, *(f"task:{pk}" for pk in tasks)) if tasks else response
