"""A meeting that 林悦 calls, and a draft of hers, as the examples of their addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from opsloop.meetings.models import AgendaItem, Meeting, Preparation, Room, Seat, Series
from opsloop.organisation.tests.cast import NOW, Cast

OF_CALLED = ("meeting", "answer", "cancellation", "file", "copy")
OF_DRAFT = ("edit", "standing", "times", "time", "crowd", "topics", "preparations", "removal")
OF_TOPIC = ("topic", "topic_place", "topic_removal")
OF_PREPARATION = ("preparation_done", "preparation_removal")


def called_arguments(cast: Cast) -> dict[str, dict[str, Any]]:
    """Return an example of each record of a meeting that is called, as the arguments of the addresses."""
    common = {
        "organiser": cast.lin,
        "host": cast.lin,
        "department": cast.content,
        "time_zone": "Asia/Shanghai",
    }
    common |= {"starts_at": NOW + timedelta(days=2), "ends_at": NOW + timedelta(days=2, hours=1)}
    series = Series.objects.create(
        organiser=cast.lin, rule="FREQ=WEEKLY", starts_at=common["starts_at"], time_zone="Asia/Shanghai",
        made_until=common["starts_at"],
    )  # fmt: skip
    meeting = Meeting.objects.create(
        number="HY2026112302", title="周会", state="called", called_at=NOW, created_at=NOW, saved_at=NOW,
        series=series, occurs_at=common["starts_at"], **common,
    )  # fmt: skip
    draft = Meeting.objects.create(title="草稿", created_at=NOW, saved_at=NOW, **common)
    for one in (meeting, draft):
        Seat.objects.create(meeting=one, person=cast.lin)
        Seat.objects.create(meeting=one, person=cast.chen)
    topic = AgendaItem.objects.create(meeting=draft, title="预算", minutes=20)
    preparation = Preparation.objects.create(meeting=meeting, text="数据", owner=cast.chen)
    room = Room.objects.create(name="黄山厅", seats=8, created_at=NOW)
    return {
        **{f"meetings:{name}": {"pk": meeting.pk} for name in OF_CALLED},
        **{f"meetings:{name}": {"pk": draft.pk} for name in OF_DRAFT},
        **{f"meetings:{name}": {"pk": topic.pk} for name in OF_TOPIC},
        **{f"meetings:{name}": {"pk": preparation.pk} for name in OF_PREPARATION},
        **{f"meetings:{name}": {"pk": room.pk} for name in ("room", "room_removal")},
        **{f"meetings:{name}": {"pk": series.pk} for name in ("series", "series_day")},
    }
