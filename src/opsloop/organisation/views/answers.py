"""What the views of the organisation share: fetching, saving, and answering a refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.translation import gettext as _

from opsloop.activity.queries import history
from opsloop.organisation.forms.fields import refuse
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest


def needs(permission: Permission) -> Callable[..., Any]:
    """Refuse a page to whoever does not hold `permission` anywhere."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def wrapper(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.person.may(permission):
                raise Forbidden(_("Your role does not allow this. Ask an administrator."))
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        return wrapper

    return decorate


def attempt(form: BaseForm, verb: Callable[[], Any]) -> Any:
    """Run `verb` and return its answer (True if it has none); show a refusal in `form` and return None.

    A Forbidden without a field is no mistake in the form: it becomes the answer 403.
    """
    try:
        return verb() or True
    except Refused as refusal:
        if isinstance(refusal, Forbidden) and not refusal.field:
            raise
        refuse(form, refusal)
        return None


def conflict(
    request: PageRequest, stale: StaleVersion, *, theirs: BaseForm, subject_kind: str
) -> HttpResponse:
    """Answer 412 and say who was faster and when."""
    last = history(subject_kind, stale.record.pk).first()
    by = Person.objects.filter(pk=last.actor_id).first() if last else None
    return versions.conflict(
        request, stale, theirs=theirs, changed_by=by, changed_at=last.at if last else None
    )
