"""The hours that were worked on tasks, as a column of their lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opsloop.timekeeping.queries import minutes_by_task, minutes_of_task
from opsloop.work.queries.columns import Column

SPENT = Column(
    "spent", _("Actual hours"), "num fit more-of", kind="minutes", load=minutes_by_task, total=minutes_of_task
)
