"""What the inbox and the channels below have to know of minutes and action items (TOLD in config/reactions.py)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from opsloop.activity.registry import Carriage, Tap
from opsloop.meetings.models import ActionItem
from opsloop.web.templatetags.quick import address

# What asks somebody to confirm an item; and what of the minutes goes out by mail as well, as a rule of the house.
ASKING = frozenset({"item_asked", "item_reminded"})
MAILED = frozenset({"minutes_out", "minutes_again"})


def tap(item: ActionItem, person_id: int, reason: str) -> Tap | None:
    """Return the press that confirms an action item in the inbox, while it waits for that."""
    if reason not in ASKING or item.state != ActionItem.State.ASKED or item.owner_id != person_id:
        return None
    url = f"{address('meetings:confirmation', item.pk)}?version={item.version}"
    return Tap(_("Take it on"), "check", url)


def carriage(keys: Collection[int]) -> Mapping[int, Carriage]:
    """Return how news of minutes go out: to everybody by mail as well, at the end of their quiet hours."""
    way = Carriage(mailed=MAILED, groups=frozenset(), spoken={}, at_once=False)
    return dict.fromkeys(keys, way)
