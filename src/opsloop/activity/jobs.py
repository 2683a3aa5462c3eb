"""The job centre's work: a row that a person can watch and cancel, done by a worker of the queue."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from opsloop.activity import registry
from opsloop.activity.models import JOB_LIFECYCLE, Job
from opsloop.background import queue
from opsloop.records.refusals import Refused
from opsloop.web import clock

logger = logging.getLogger(__name__)
# Seconds between two writes of the progress: often enough to watch, too seldom to slow the work.
PROGRESS_EVERY = 0.4


class Cancelled(Exception):  # noqa: N818  (the person's wish, not an error)
    """The owner asked for the job to stop."""


class Progress:
    """Tells the job centre how far a job is, and the job whether to stop."""

    def __init__(self, job: Job) -> None:
        """Report on `job`."""
        self._job = job
        self._written = 0.0

    def advance(self, done: int, total: int) -> None:
        """Say that `done` of `total` is done. Call it outside the transaction of the work.

        Raises:
            Cancelled: the owner wants the job to stop; nothing more may be written.
        """
        if time.monotonic() - self._written < PROGRESS_EVERY and done < total:
            return
        self._written = time.monotonic()
        Job.objects.filter(pk=self._job.pk).update(done=done, total=total)
        if Job.objects.filter(pk=self._job.pk, cancel_requested=True).exists():
            raise Cancelled


@transaction.atomic
def start(*, kind: str, title: str, owner: Any, arguments: dict[str, Any], at: datetime) -> Job:
    """Queue a job of `kind` (a key of JOBS in config/reactions.py) and return its row.

    Row and queue entry commit together with the caller's transaction.
    """
    job = Job.objects.create(kind=kind, title=title, owner_id=owner.pk, arguments=arguments, queued_at=at)
    run.enqueue(job.pk)
    return job


@transaction.atomic
def cancel(*, job: Job) -> None:
    """Ask a job to stop; one that has not begun ends at once.

    Raises:
        Refused: the job has ended already.
    """
    waiting = Job.objects.filter(pk=job.pk, status=JOB_LIFECYCLE.start)
    if waiting.update(status=Job.Status.CANCELLED, cancel_requested=True, finished_at=_now()):
        return
    if not Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING).update(cancel_requested=True):
        raise Refused(_("This job has ended already."))


@task(queue_name=queue.LONG)
def run(job_id: int) -> None:
    """Do one queued job; called by the worker, perhaps again after a crash.

    Claimed by a conditional UPDATE, so that two workers never do the same job at once. A job that was
    running when its worker died is done again: the work of each kind must have its effect only once.
    """
    claimable = Job.objects.filter(pk=job_id, status__in=JOB_LIFECYCLE.before(Job.Status.RUNNING))
    if not claimable.update(status=Job.Status.RUNNING, started_at=_now()):
        return
    job = Job.objects.select_related("owner").get(pk=job_id)
    with translation.override(job.owner.language):
        _do(job)


def _do(job: Job) -> None:
    try:
        result = registry.job_work(job.kind)(job=job, progress=Progress(job))
    except Cancelled:
        _finish(job, status=Job.Status.CANCELLED)
    except Refused as refusal:
        _finish(job, status=Job.Status.FAILED, error=refusal.reason)
    except Exception:
        logger.exception("job %s of kind %s failed", job.pk, job.kind)
        sentence = _("This job failed unexpectedly. Nothing of it was kept. Job number: %(number)s.")
        _finish(job, status=Job.Status.FAILED, error=sentence % {"number": job.pk})
    else:
        _finish(job, status=Job.Status.DONE, result=result, result_url=result.get("url", ""))


def _finish(job: Job, *, status: Job.Status, **values: Any) -> None:
    rows = Job.objects.filter(pk=job.pk, status__in=JOB_LIFECYCLE.before(status))
    rows.update(status=status, finished_at=_now(), **values)


def _given_up(job_id: int) -> None:
    """Say that a job failed whose workers died every time."""
    for job in Job.objects.filter(pk=job_id).active().select_related("owner"):
        with translation.override(job.owner.language):
            sentence = _("This job stopped the program that did it, five times. Tell your administrator.")
        _finish(job, status=Job.Status.FAILED, error=sentence)


def _revived(job_id: int) -> None:
    """Let a failed job wait again, because an administrator tries it once more."""
    values = {"status": Job.Status.QUEUED, "finished_at": None, "error": "", "done": 0}
    Job.objects.filter(pk=job_id, status=Job.Status.FAILED).update(**values)


queue.hear(run, given_up=_given_up, revived=_revived)


def _now() -> datetime:
    """Read the clock: a worker has no request to hand time in."""
    return clock.now()
