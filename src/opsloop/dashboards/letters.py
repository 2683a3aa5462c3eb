"""What stands in a dashboard that is sent: written anew when it goes, with what its person may see then (ADR 0028)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.channels.models import Letter
from opsloop.channels.posting import Posting, PostingRow
from opsloop.dashboards.models import Issue, Subscription
from opsloop.dashboards.queries import figures, looks, teams
from opsloop.dashboards.queries.figures import Figure
from opsloop.dashboards.queries.looks import Look
from opsloop.dashboards.words import VERDICTS, heading, turned
from opsloop.web.templatetags.quick import address


def posting_of(letter: Letter) -> Posting | None:
    """Return what a letter of ours says; None of letters of others, and when its person may not see it any more."""
    issue = Issue.objects.filter(letter=letter).select_related("subscription__person").first()
    if issue is None:
        return None
    look = look_of(issue.subscription, issue)
    if look is None:
        return None
    found = teams.worst_first(figures.figures(look))
    title = f"{heading(look)} {look.stretch.name}"
    return Posting(
        subject=title,
        lead=_lead(found),
        heads=[_("Number"), _("Value"), _("Change"), _("Target"), _("State")],
        rows=[_row(one, look) for one in found],
        url=address("dashboards:dashboard") + look.address(),
        url_text=_("Open the dashboard"),
        unsubscribe=address("dashboards:subscriptions"),
    )


def look_of(subscription: Subscription, issue: Issue) -> Look | None:
    """Return what a subscription looks at, as far as its person may; None if they may not any more."""
    person = subscription.person
    departments = looks.seen_departments(person)
    sent = {"period": subscription.step, "scope": subscription.scope}
    if subscription.department_id:
        if subscription.department_id not in {one.pk for one in departments}:
            return None
        sent["department"] = str(subscription.department_id)
    look = looks.read_look(sent, person, now=issue.moment, departments=departments)
    return look if look.scope == subscription.scope else None


def _lead(found: Sequence[Figure]) -> str:
    bad = [str(one.number.label) for one in found if one.verdict == "bad"]
    if not bad:
        return _("No number misses its target by much.")
    return _("Misses its target: %(names)s.") % {"names": "、".join(bad)}


def _row(figure: Figure, look: Look) -> PostingRow:
    now, number = figure.now, figure.number
    said = number.said(now.value)
    if now.whole and number.better != "near":
        said = f"{said} ({now.part}/{now.whole})"
    target, state = number.target_said(figure.target), str(VERDICTS[figure.verdict][0])
    url = address("dashboards:number", number.code) + look.address()
    return PostingRow([str(number.label), said, turned(figure), target, state], url)


def when(issue: Issue) -> str:
    """Return the moment of an issue as lists write it."""
    return f"{timezone.localtime(issue.moment):%Y-%m-%d %H:%M}"
