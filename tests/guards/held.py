"""A meeting of 林悦 that runs, with all that it leaves, as the examples of its addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from opsloop.meetings.models import ActionItem, AgendaItem, Decision, Meeting, Minutes, MinutesEdition, Seat
from opsloop.meetings.queries.minutes import content_of
from opsloop.organisation.tests.cast import NOW, Cast

OF_MEETING = (
    "presence", "all_there", "run", "beginning", "ending", "holding", "minutes", "remarks", "handing_over",
    "minutes_return", "minutes_sending", "minutes_correction", "minutes_file",
)  # fmt: skip
OF_TOPIC = ("topic_minutes", "topic_start", "topic_pause", "topic_end", "lines")
OF_ASKED = ("item", "confirmation", "dispute", "giving_up")
OF_NOTED = ("item_change", "item_removal")


def held_arguments(cast: Cast) -> dict[str, dict[str, Any]]:
    """Return an example of each record of a meeting that is held, as the arguments of the addresses."""
    meeting = Meeting.objects.create(
        number="HY2026112301", title="选题会", organiser=cast.lin, host=cast.lin, department=cast.content,
        starts_at=NOW, ends_at=NOW + timedelta(hours=1), began_at=NOW, created_at=NOW, saved_at=NOW,
        state="running", sign_in_code="123456",
    )  # fmt: skip
    for person in (cast.lin, cast.chen):
        Seat.objects.create(meeting=meeting, person=person)
    topic = AgendaItem.objects.create(meeting=meeting, title="选题", minutes=20)
    Minutes.objects.create(meeting=meeting, remarks="无", edition=1)
    due = NOW + timedelta(days=3)
    common = {"meeting": meeting, "topic": topic, "owner": cast.lin, "due_at": due, "created_at": NOW}
    noted = ActionItem.objects.create(what="定稿", **common)
    asked = ActionItem.objects.create(what="交初稿", state="asked", asked_at=NOW, answer_due_at=due, **common)
    decided = Decision.objects.create(
        meeting=meeting, topic=topic, number="JY2026001", text="每周三篇", decided_on=NOW.date()
    )
    MinutesEdition.objects.create(meeting=meeting, number=1, content=content_of(meeting), at=NOW, by=cast.lin)
    return {
        **{f"meetings:{name}": {"pk": meeting.pk} for name in OF_MEETING},
        **{f"meetings:{name}": {"pk": topic.pk} for name in OF_TOPIC},
        **{f"meetings:{name}": {"pk": asked.pk} for name in OF_ASKED},
        **{f"meetings:{name}": {"pk": noted.pk} for name in OF_NOTED},
        **{f"meetings:{name}": {"pk": decided.pk} for name in ("decision", "replacement")},
        **{f"meetings:{name}": {"pk": cast.lin.pk} for name in ("person_load", "organiser_load")},
        "meetings:tick": {"pk": meeting.pk, "person": cast.chen.pk},
        "meetings:edition": {"pk": meeting.pk, "number": 1},
        "meetings:decisions_out": {"kind": "csv"},
    }
