"""One form, one record: the answer to a submission key is given once and repeated after that (R7).

The key is stored by the transaction of the change itself (docs/adr/0007-submission-keys.md): both are there,
or neither. What a view does before and after, reading a file or asking the planner, holds no lock.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from opsloop.activity.models import SUBMISSION_DAYS, Submission
from opsloop.records.refusals import Refused

logger = logging.getLogger(__name__)
FIELD = "submission_key"
# Headers that carry the meaning of an answer; the others are made anew.
KEPT_HEADERS = (
    "Location",
    "Content-Type",
    "HX-Redirect",
    "HX-Refresh",
    "HX-Location",
    "HX-Trigger",
    "HX-Retarget",
    "HX-Reswap",
    "HX-Push-Url",
)
# How long a repeated form waits, in seconds, for the answer of the first one to be written down.
PATIENCE = 3.0
PAUSE = 0.05
# Every so many submissions, those that nobody will repeat any more are swept away.
SWEEP_EVERY = 100

View = Callable[..., HttpResponseBase]


@dataclass
class Claim:
    """The submission that a view is handling; `row_id` is set once a change has stored its key."""

    key: str
    person_id: int | None
    path: str
    at: datetime
    row_id: int | None = None

    def row(self, **values: Any) -> Submission:
        """Return the row of this submission, unsaved."""
        return Submission(key=self.key, person_id=self.person_id, path=self.path, at=self.at, **values)


_current: ContextVar[Claim | None] = ContextVar("opsloop_submission", default=None)


class AlreadySubmitted(Exception):  # noqa: N818 (no error: the answer is known)
    """The same form was handled before, or is being handled by another process."""


def claim() -> None:
    """Store the key of the submission at hand, if there is one, in the caller's transaction.

    `activity.actions.record` does so for every change; a verb that records no event calls this itself.

    Raises:
        RuntimeError: called outside a transaction; the key would stand without its change.
        AlreadySubmitted: another request has made this change; the caller's transaction is taken back.
    """
    submission = _current.get()
    if submission is None or submission.row_id:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("a submission is claimed in the transaction of its change")
    row = submission.row()
    try:
        row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadySubmitted from error
    submission.row_id = row.pk


def once(view: View) -> View:
    """Make a POST view answer a repeated or concurrent submission with the first one's answer.

    A refused form (status 400 and up) that changed nothing stores nothing, so that it can be mended and sent
    again with the same key. A form without a key is handled as it comes.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sent = request.POST.get(FIELD, "") if request.method == "POST" else ""
        if not sent or len(sent) > 64:
            return view(request, *args, **kwargs)
        submission = _read(request, sent)
        if Submission.objects.filter(key=submission.key).exists():
            return _replay(submission.key)
        token = _current.set(submission)
        try:
            response = view(request, *args, **kwargs)
        except AlreadySubmitted:
            return _replay(submission.key)
        finally:
            _current.reset(token)
        if response.status_code < 400 and isinstance(response, HttpResponse):
            _keep(submission, response)
        return response

    return wrapper


def _read(request: Any, sent: str) -> Claim:
    """Return the submission of a request. Its key counts for one person and one address only."""
    person_id = getattr(request.user, "pk", None)
    scoped = hashlib.sha256(f"{person_id or 0}\n{request.path}\n{sent}".encode()).hexdigest()
    return Claim(scoped, person_id, request.path[:300], request.now)


def _keep(submission: Claim, response: HttpResponse) -> None:
    """Write the answer down for whoever sends the form again.

    The change is made by now and the person must hear of it, so that a failure here is only logged.
    """
    answer = {
        "status": response.status_code,
        "headers": {name: response[name] for name in KEPT_HEADERS if name in response},
        "body": response.content.decode(response.charset or "utf-8"),
    }
    try:
        with transaction.atomic():
            # Not there when nothing was changed, or when the change that claimed it was taken back.
            if not Submission.objects.filter(pk=submission.row_id or 0).update(**answer):
                submission.row(**answer).save(force_insert=True)
            if submission.row_id and submission.row_id % SWEEP_EVERY == 0:
                Submission.objects.filter(at__lt=submission.at - timedelta(days=SUBMISSION_DAYS)).delete()
    except DatabaseError:
        logger.exception("the answer of submission %s was not kept", submission.key)


def _replay(key: str) -> HttpResponse:
    """Return the answer that the first request got, as soon as that is written down.

    Raises:
        Refused: it is not there in time: the first one is still at work, or broke off after its change.
    """
    for _turn in range(int(PATIENCE / PAUSE)):
        row = Submission.objects.filter(key=key).first()
        if row is not None and row.status:
            response = HttpResponse(row.body, status=row.status)
            for name, value in row.headers.items():
                response[name] = value
            return response
        time.sleep(PAUSE)
    raise Refused(_("This was saved already. Reload the page to see it; sending it again changes nothing."))
