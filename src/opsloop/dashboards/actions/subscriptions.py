"""Subscribing to a dashboard, changing, pausing and ending that; and sending what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.background import queue
from opsloop.background.timers import calendar_around
from opsloop.channels import sending
from opsloop.channels.models import Channel, Letter
from opsloop.dashboards import permissions
from opsloop.dashboards.events import SubscriptionChanged
from opsloop.dashboards.models import SUBSCRIPTION_LIFECYCLE, Issue, Subscription
from opsloop.engines.timers import Late, firings
from opsloop.organisation.models import Person
from opsloop.records.changes import set_fields
from opsloop.records.refusals import Refused

FIELDS = ("scope", "department", "step", "weekday", "day", "at_time", "on_day_off", "channel")
# A dashboard of this morning is still wanted at night, one of yesterday is not: the next one comes.
LATENESS_WINDOW = timedelta(hours=12)
LATENESS = Late(each=False, within=LATENESS_WINDOW)
# More than these are a habit of a program, not of a person.
MOST = 20
# So long nothing is written of a subscription of which nothing was due.
REST = timedelta(days=1)


@transaction.atomic
def subscribe(*, values: Mapping[str, Any], by: Person, at: datetime) -> Subscription:
    """Subscribe to a dashboard; it comes from the next moment after `at` on.

    Raises:
        Forbidden, Refused: not through this channel; or there are too many already.
    """
    permissions.check_can_send_to(values["channel"], by)
    if Subscription.objects.visible_to(by).count() >= MOST:
        raise Refused(_("These are %(n)s subscriptions already. End one of them first.") % {"n": MOST})
    made = Subscription.objects.create(
        person=by, created_at=at, decided_at=at, **{name: values[name] for name in FIELDS}
    )
    _record(made, by, at, {"state": [None, made.state]})
    return made


@transaction.atomic
def change(
    *, subscription: Subscription, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> None:
    """Change a subscription that `by` saw at `version`. What it moved to counts from now on.

    Raises:
        StaleVersion: it was changed since.
    """
    permissions.check_is_alive(subscription)
    permissions.check_can_send_to(values["channel"], by)
    changes = set_fields(subscription, {name: values[name] for name in FIELDS})
    subscription.decided_at = at
    subscription.bump(version, [*FIELDS, "decided_at"])
    _record(subscription, by, at, changes)


@transaction.atomic
def move(*, subscription: Subscription, to: str, by: Person, at: datetime, version: int) -> None:
    """Pause, resume or end a subscription. What would have come while it was paused is not made up for.

    Raises:
        Refused: it has ended, or is so already.
    """
    permissions.check_is_alive(subscription)
    subscription.decided_at = at
    changes = SUBSCRIPTION_LIFECYCLE.move(subscription, to, version=version, fields=["decided_at"])
    _record(subscription, by, at, changes)


def _record(subscription: Subscription, by: Person, at: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        SubscriptionChanged(
            subject_id=subscription.pk, by_id=by.pk, at=at, person_ids=(by.pk,), changes=changes
        )
    )


def issue_due(*, at: datetime) -> int:
    """Send the dashboards whose moment has come by `at`, each moment once; return how many.

    A moment on a day off is moved as its subscription says. What was missed for longer than half a day is left out.
    """
    rows = Subscription.objects.filter(state=Subscription.State.ACTIVE, person__is_active=True)
    found = list(rows.select_related("person", "channel").order_by("pk"))
    if not found:
        return 0
    calendar = calendar_around([min(one.decided_at for one in found).date(), at.date()])
    sent = 0
    for one in found:
        zone = ZoneInfo(one.person.time_zone)
        moments = firings(one.rule(), LATENESS, one.decided_at, at, calendar=calendar, zone=zone)
        if moments:
            sent += _issue(one, moments[-1], at)
        elif at - one.decided_at > REST:
            # Nobody need go through last year to find the moment of today.
            rows.filter(pk=one.pk, decided_at=one.decided_at).update(decided_at=at - LATENESS_WINDOW)
    return sent


@transaction.atomic
def _issue(subscription: Subscription, moment: datetime, at: datetime) -> int:
    """Decide a subscription up to `at` and queue its letter; the guarded UPDATE lets one worker do so."""
    mine = Subscription.objects.filter(
        pk=subscription.pk, state=Subscription.State.ACTIVE, decided_at=subscription.decided_at
    )
    if not mine.update(decided_at=at):
        return 0
    return int(_send(subscription, moment, at) is not None)


def _send(subscription: Subscription, moment: datetime, at: datetime) -> Issue | None:
    if subscription.channel.state == Channel.State.REMOVED:
        return None
    try:
        with transaction.atomic():
            letter = Letter.objects.create(
                channel=subscription.channel,
                person=subscription.person if subscription.channel.is_mail else None,
                key=uuid4().hex, kind=Letter.Kind.DIGEST, made_at=at,
            )  # fmt: skip
            issue = Issue.objects.create(subscription=subscription, moment=moment, letter=letter)
    except IntegrityError:
        return None
    queue.add(sending.send, [letter.pk])
    return issue


@transaction.atomic
def send_now(*, subscription: Subscription, by: Person, at: datetime) -> Issue:
    """Send a dashboard at once, beside its rhythm, so that one sees what it brings.

    Raises:
        Refused: one is on its way, or its channel is gone.
    """
    permissions.check_is_alive(subscription)
    permissions.check_can_send_to(subscription.channel, by)
    waiting = subscription.issues.filter(letter__state=Letter.State.WAITING)
    if waiting.exists():
        raise Refused(_("One is on its way already. Wait for what becomes of it."))
    issue = _send(subscription, at, at)
    if issue is None:
        raise Refused(_("This channel does not exist any more. Choose another one."))
    return issue
