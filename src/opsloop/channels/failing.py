"""A channel that fails again and again pauses itself, and its administrators are told (R8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.channels.events import ChannelPaused
from opsloop.channels.models import Channel, Failure, Letter
from opsloop.channels.words import OF_THE_LETTER
from opsloop.organisation.models import RoleAssignment
from opsloop.organisation.roles import Role

# So many failures within an hour pause a channel.
MOST_FAILURES = 10


@transaction.atomic
def note(*, channel: Channel, letter: Letter, code: str, at: datetime) -> None:
    """Keep a try that failed; pause the channel if there were too many. A test message pauses nothing."""
    Letter.objects.filter(pk=letter.pk, state=Letter.State.WAITING).update(error=code)
    Failure.objects.create(channel=channel, letter=letter, at=at, error=code)
    if code in OF_THE_LETTER or letter.kind == Letter.Kind.TEST:
        return
    lately = Failure.objects.filter(channel=channel, at__gt=at - timedelta(hours=1))
    pause_if_failing(channel=channel, failures=lately.count(), at=at)


@transaction.atomic
def pause_if_failing(*, channel: Channel, failures: int, at: datetime) -> bool:
    """Pause a channel that failed ten times within an hour, once, and tell the administrators."""
    if failures < MOST_FAILURES:
        return False
    rows = Channel.objects.filter(pk=channel.pk, state=Channel.State.ACTIVE)
    if not rows.update(state=Channel.State.PAUSED, paused_by_failures=True):
        return False
    people = RoleAssignment.objects.filter(role=Role.ADMIN, person__is_active=True)
    admins = tuple(people.order_by("person_id").values_list("person_id", flat=True).distinct())
    activity.record(
        ChannelPaused(
            subject_id=channel.pk, by_id=None, at=at, person_ids=admins,
            changes={"state": ["active", "paused"]},
        )
    )  # fmt: skip
    return True
