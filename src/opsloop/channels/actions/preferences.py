"""What a person wants to hear of, which way, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from django.db import transaction

from opsloop.activity import submissions
from opsloop.channels.models import Times, Wish
from opsloop.inbox import actions as inbox
from opsloop.organisation.models import Person


@transaction.atomic
def prefer(
    *,
    person: Person,
    inbox_topics: Sequence[str],
    wishes: Mapping[tuple[str, str], str],
    bundles: Sequence[time],
    quiet: tuple[time, time],
    rests: bool,
) -> None:
    """Keep what `person` wants from now on; `wishes` maps (topic, way) to a mode."""
    submissions.claim()
    inbox.prefer(person=person, wanted=inbox_topics)
    rows = [Wish(person=person, topic=topic, way=way, mode=mode) for (topic, way), mode in wishes.items()]
    Wish.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person", "topic", "way"], update_fields=["mode"]
    )
    Times.objects.update_or_create(
        person=person,
        defaults={
            "bundles": sorted({f"{clock:%H:%M}" for clock in bundles}),
            "quiet_from": quiet[0],
            "quiet_until": quiet[1],
            "rests": rests,
        },
    )
