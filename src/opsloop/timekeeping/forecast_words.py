"""Why a forecast says what it says, in whole sentences."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsloop.engines.forecasting import Forecast, Reason

# By whether it is one's own work, of the same category, and of about the same size.
SENTENCES: dict[tuple[bool, bool, bool], Promise] = {
    (True, True, True): gettext_lazy(
        "Your last %(n)s finished tasks of this category and size: %(change)s against the estimate in the middle."
    ),
    (True, True, False): gettext_lazy(
        "Your last %(n)s finished tasks of this category: %(change)s against the estimate in the middle."
    ),
    (True, False, True): gettext_lazy(
        "Your last %(n)s finished tasks of this size: %(change)s against the estimate in the middle."
    ),
    (False, True, True): gettext_lazy(
        "The last %(n)s finished tasks of all of this category and size:"
        " %(change)s against the estimate in the middle."
    ),
    (False, False, True): gettext_lazy(
        "The last %(n)s finished tasks of all of this size: %(change)s against the estimate in the middle."
    ),
    (False, False, False): gettext_lazy(
        "The last %(n)s finished tasks of all: %(change)s against the estimate in the middle."
    ),
}
# What carries less of a forecast than this explains nothing.
LEAST_SHARE = 0.1
MOST_REASONS = 3


def reasons(forecast: Forecast, *, own: bool) -> list[str]:
    """Return what a forecast rests on, the weightiest first; `own` when the reader owns the task.

    How far off a colleague's estimates are is not told: of their record it is only said that it counts.
    """
    if not forecast.reasons:
        return [
            _("Nobody has finished a task with an estimate and hours yet; this is what is usual elsewhere.")
        ]
    told: dict[tuple[bool, bool, bool], Reason] = {}
    for one in forecast.reasons:
        if one.share >= LEAST_SHARE and (own or not one.scope.person):
            told.setdefault(_key(one), one)
    said = [_sentence(one) for one in list(told.values())[:MOST_REASONS]]
    if not own and any(one.scope.person and one.share >= LEAST_SHARE for one in forecast.reasons):
        said.append(_("The owner's own finished tasks count too."))
    if own and forecast.is_thin:
        said.append(
            _(
                "Few finished tasks of yours are like this one, so the record of all decides; the range is wide."
            )
        )
    return said


def _key(reason: Reason) -> tuple[bool, bool, bool]:
    """Return what a level is called: of this very estimate is of this size too."""
    return reason.scope.person, reason.scope.kind, reason.scope.size or reason.scope.exact


def _sentence(reason: Reason) -> str:
    sign = "+" if reason.percent > 0 else "−" if reason.percent < 0 else "±"
    return str(SENTENCES[_key(reason)]) % {"n": reason.n, "change": f"{sign}{abs(reason.percent)} %"}
