"""Draws the lifecycles in code as diagrams into docs/states/; `tests/guards/test_states.py` compares them.

Run: .venv/bin/python tools/states.py
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "states"


def pages() -> dict[str, str]:
    """Return file name -> content of docs/states/."""
    from opsloop.activity.models import JOB_LIFECYCLE
    from opsloop.background.models import ERRAND_LIFECYCLE
    from opsloop.channels.models import CHANNEL_LIFECYCLE, LETTER_LIFECYCLE
    from opsloop.collaboration.models import REQUEST_LIFECYCLE
    from opsloop.dashboards.models import SUBSCRIPTION_LIFECYCLE
    from opsloop.exchange.models import IMPORT_LIFECYCLE
    from opsloop.meetings.models import ACTION_LIFECYCLE, MEETING_LIFECYCLE, MINUTES_LIFECYCLE
    from opsloop.notices.models import NOTICE_LIFECYCLE
    from opsloop.progress.models import BLOCKER_LIFECYCLE, DELAY_LIFECYCLE
    from opsloop.reports.models import REPORT_LIFECYCLE, SCHEDULE_LIFECYCLE, SENDING_LIFECYCLE
    from opsloop.reviews.models import REVIEW_LIFECYCLE
    from opsloop.timekeeping.models import TIMESHEET_LIFECYCLE
    from opsloop.work.models import DELIVERY_LIFECYCLE

    return {
        f"{lifecycle.name.lower()}.md": (
            f"# {lifecycle.name}\n\nDrawn from the table in code by `tools/states.py`; do not edit.\n\n"
            f"```mermaid\n{lifecycle.diagram()}\n```\n"
        )
        for lifecycle in (
            IMPORT_LIFECYCLE,
            JOB_LIFECYCLE,
            DELIVERY_LIFECYCLE,
            REVIEW_LIFECYCLE,
            REPORT_LIFECYCLE,
            SCHEDULE_LIFECYCLE,
            SENDING_LIFECYCLE,
            TIMESHEET_LIFECYCLE,
            BLOCKER_LIFECYCLE,
            DELAY_LIFECYCLE,
            CHANNEL_LIFECYCLE,
            LETTER_LIFECYCLE,
            ERRAND_LIFECYCLE,
            SUBSCRIPTION_LIFECYCLE,
            NOTICE_LIFECYCLE,
            REQUEST_LIFECYCLE,
            MEETING_LIFECYCLE,
            MINUTES_LIFECYCLE,
            ACTION_LIFECYCLE,
        )
    }


def main() -> None:
    """Write the pages."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsloop.config.settings")
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in pages().items():
        (FOLDER / name).write_text(content, "utf-8")


if __name__ == "__main__":
    main()
