"""What a person wants to hear of, which way, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import submissions
from opsloop.activity.actions import offer_undo
from opsloop.activity.models import Undo
from opsloop.channels import queries
from opsloop.channels.models import Times, Wish
from opsloop.channels.words import mode_of
from opsloop.inbox import actions as inbox
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused


@transaction.atomic
def prefer(
    *,
    person: Person,
    inbox_topics: Sequence[str],
    wishes: Mapping[tuple[str, str], str],
    bundles: Sequence[time],
    quiet: tuple[time, time],
    rests: bool,
    at: datetime,
) -> Undo:
    """Keep what `person` wants from now on; `wishes` maps (topic, way) to a mode."""
    submissions.claim()
    before = _state(person)
    wanted = {
        "inbox": [*inbox_topics],
        "wishes": [[topic, way, mode] for (topic, way), mode in wishes.items()],
        "bundles": sorted({f"{clock:%H:%M}" for clock in bundles}),
        "quiet": [clock.isoformat() for clock in quiet],
        "rests": rests,
    }
    _keep(person, wanted)
    return offer_undo(
        verb="preferences.change", arguments={"before": before, "after": _state(person)}, by=person, at=at
    )


@transaction.atomic
def undo_prefer(*, by: Person, at: datetime, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:  # noqa: ARG001
    """Bring back what `by` wanted before.

    Raises:
        Refused: they have chosen again since.
    """
    if _state(by) != after:
        raise Refused(_("This cannot be undone: your notifications have been changed since."))
    _keep(by, before)


def _state(person: Person) -> dict[str, Any]:
    """Return all that a person wants, as `_keep` takes it."""
    choices, times = queries.choices(person), queries.times(person)
    mails = [[one.name, Wish.Way.MAIL.value, one.mail] for one in choices]
    groups = [
        [one.name, Wish.Way.GROUP.value, mode_of(is_on=one.in_groups)]
        for one in choices
        if one.goes_to_groups
    ]
    return {
        "inbox": [one.name for one in choices if one.in_inbox],
        "wishes": mails + groups,
        "bundles": [f"{clock:%H:%M}" for clock in times.clocks()],
        "quiet": [times.quiet_from.isoformat(), times.quiet_until.isoformat()],
        "rests": times.rests,
    }


def _keep(person: Person, wanted: Mapping[str, Any]) -> None:
    inbox.prefer(person=person, wanted=wanted["inbox"])
    rows = [Wish(person=person, topic=topic, way=way, mode=mode) for topic, way, mode in wanted["wishes"]]
    Wish.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person", "topic", "way"], update_fields=["mode"]
    )
    quiet_from, quiet_until = map(time.fromisoformat, wanted["quiet"])
    Times.objects.update_or_create(
        person=person,
        defaults={
            "bundles": wanted["bundles"], "quiet_from": quiet_from, "quiet_until": quiet_until,
            "rests": wanted["rests"],
        },
    )  # fmt: skip
