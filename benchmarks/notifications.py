"""News: from cause to inbox, 5,000 recipients of one event, and what the queue does in a second.

    python benchmarks/notifications.py [--recipients 5000] [--no-mails] [--json]
    DATABASE_URL=postgres://…/opsloop_bench python benchmarks/notifications.py

Works on an installation of its own in a temporary folder, or on the database that DATABASE_URL names, which it
fills. Everybody watches one task and has an address; a comment on it is the cause. Measured by the clock: the
transaction of the comment until it is committed (the inbox is full then), what a worker does until all letters are
made, and the
sending of all mails to a server on this machine that keeps nothing. Goals: 2 s for a handful of recipients, 30 s for
inbox and letters of 5,000. The exit code is 1 when one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

GOAL_FEW, GOAL_MANY = 2.0, 30.0
ERRANDS = 2000


def prepare(home: str) -> None:
    """Open an empty installation with its tables."""
    os.environ.setdefault("OPSLOOP_HOME", home)
    os.environ.setdefault("OPSLOOP_OUTBOUND_ALLOW", "127.0.0.1/32")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
    from opsloop.cli import installation
    from opsloop.cli import migrate as migrations

    installation.load()
    if migrations.pending():
        migrations.upgrade()


def people(count: int) -> Any:
    """Make an organisation of `count` people with addresses; return who writes and the task."""
    from opsloop.organisation.models import Department, Organisation, Person, RoleAssignment
    from opsloop.work.actions import tasks

    now = datetime.now(UTC)
    Organisation.objects.get_or_create(pk=1, defaults={"name": "青禾", "set_up_at": now})
    home = Department.objects.create(name="运营部", position=0)
    home.path = f"/{home.pk}/"
    home.save()
    stamp = f"{time.time_ns() // 1_000_000}"
    rows = [
        Person(
            username=f"p{stamp}-{n}",
            email=f"p{stamp}-{n}@example.cn",
            name=f"同事{n}",
            department=home,
            password="!",
        )
        for n in range(count + 1)
    ]
    writer, *others = Person.objects.bulk_create(rows, batch_size=500)
    RoleAssignment.objects.create(person=writer, role="admin", department=None, granted_at=now)
    RoleAssignment.objects.bulk_create(
        [RoleAssignment(person=one, role="member", department=home, granted_at=now) for one in others],
        batch_size=500,
    )
    task = tasks.create(by=writer, at=now, title="双十一全员动员", owner=writer, department=home)
    return writer, others, task


def watch(task: Any, others: Any) -> None:
    """Let everybody watch the task and want mail at once."""
    from opsloop.channels.models import Times, Wish
    from opsloop.discussion.models import Watch

    Watch.objects.bulk_create(
        [Watch(task=task, person=one, is_on=True, since=datetime.now(UTC)) for one in others], batch_size=500
    )
    wishes = [Wish(person=one, topic="talk", way="mail", mode="now") for one in others]
    Wish.objects.bulk_create(wishes, batch_size=500)
    times = [Times(person=one, quiet_from="00:00", quiet_until="00:00", rests=False) for one in others]
    Times.objects.bulk_create(times, batch_size=500)


def measured(work: Any, *arguments: Any, **options: Any) -> tuple[float, float]:
    """Return the seconds that a call takes, by the clock and of CPU in this process."""
    began, used = time.perf_counter(), time.process_time()
    work(*arguments, **options)
    return round(time.perf_counter() - began, 2), round(time.process_time() - used, 2)


def run(recipients: int, *, mails: bool = True) -> dict[str, Any]:
    """Do it all and return the figures."""
    from opsloop.background import queue, running
    from opsloop.background.models import Errand
    from opsloop.background.tests import chores
    from opsloop.channels.actions import channels
    from opsloop.channels.models import Letter
    from opsloop.channels.tests import servers
    from opsloop.discussion.actions import comments
    from opsloop.inbox.models import Notification

    found: dict[str, Any] = {}
    with servers.mailbox() as mailbox:
        for count in (10, recipients):
            writer, others, task = people(count)
            watch(task, others)
            if count == 10:
                values = {"name": "邮件", "host": "127.0.0.1", "port": mailbox.port, "security": "none"}
                values["sender"] = "ops@example.cn"
                channels.add(
                    kind="mail", values=values, site="http://x.example", by=writer, at=datetime.now(UTC)
                )
            now = datetime.now(UTC)
            cause = measured(comments.add, subject=task, text="请看", by=writer, at=now)
            assert Notification.objects.filter(subject_id=task.pk).count() == count
            pack = measured(running.drain, queues=[queue.QUICK])
            before = len(mailbox.mails)
            send = measured(running.drain) if mails else (0.0, 0.0)
            found[str(count)] = {
                "inbox_s": cause[0],
                "letters_s": pack[0],
                "mails_s": send[0],
                "cpu_s": {"inbox": cause[1], "letters": pack[1], "mails": send[1]},
                "mails": len(mailbox.mails) - before,
            }
    assert not mails or not Letter.objects.exclude(state="sent").exists()
    assert Letter.objects.count() == 10 + recipients
    Errand.objects.all().delete()
    queue.add_many(chores.write, [(number,) for number in range(ERRANDS)])
    seconds, used = measured(running.drain)
    assert Errand.objects.filter(status="done").count() >= ERRANDS
    found["errands_a_second"] = round(ERRANDS / seconds)
    found["errands_a_second_of_cpu"] = round(ERRANDS / used)
    return found


def main() -> int:
    """Measure, print, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipients", type=int, default=5000)
    parser.add_argument("--no-mails", action="store_true", help="make the letters and send none")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        prepare(home)
        found = run(options.recipients, mails=not options.no_mails)
    few, many = found["10"], found[str(options.recipients)]
    print(json.dumps(found, indent=None if options.json else 2))
    return int(few["inbox_s"] > GOAL_FEW or many["inbox_s"] + many["letters_s"] > GOAL_MANY)


if __name__ == "__main__":
    sys.exit(main())
