"""What the three parties do with a request. Each is a noun: a small form that opens in the drawer, and its POST."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.collaboration import permissions
from opsloop.collaboration.actions import answering, delivering, escalating
from opsloop.collaboration.forms.requests import (
    AcceptForm,
    ActForm,
    AssignForm,
    CounterForm,
    DecideForm,
    DeliverForm,
    InsistForm,
    ReceiveForm,
    SyncForm,
    WhyForm,
)
from opsloop.collaboration.models import CollaborationRequest
from opsloop.collaboration.queries.heads import superior_of
from opsloop.collaboration.queries.standard import points_of
from opsloop.collaboration.views.finding import crumbs, find
from opsloop.organisation.models import Person
from opsloop.organisation.views.answers import attempt
from opsloop.web.http import PageRequest, saved
from opsloop.web.versions import read_version


@dataclass(frozen=True)
class Act:
    """One thing that can be done: who may, its form, its verb, and its words."""

    check: Callable[[CollaborationRequest, Person], None]
    form: type[ActForm]
    verb: Callable[..., Any]
    title: Promise
    lede: Promise
    button: Promise
    icon: str
    done: Promise
    # Whether it goes to the superior, who is then named in the form.
    goes_up: bool = False
    is_danger: bool = False


ACTS: Mapping[str, Act] = {
    "acceptance": Act(
        permissions.check_can_answer, AcceptForm, answering.accept,
        gettext_lazy("Accept the request"),
        gettext_lazy("Both sides get a task with the same date; who does it tells how it goes."),
        pgettext_lazy("request", "Accept"), "check", gettext_lazy("Accepted. Both sides have their task."),
    ),
    "offer": Act(
        permissions.check_can_counter, CounterForm, answering.counter,
        gettext_lazy("Offer another date or scope"),
        gettext_lazy("Who asked agrees to it, or asks again."),
        gettext_lazy("Offer it"), "reply", gettext_lazy("The offer was sent."),
    ),
    "refusal": Act(
        permissions.check_can_answer, WhyForm, answering.decline,
        gettext_lazy("Decline the request"),
        gettext_lazy("Say why, and who could help instead; who asked may take it to your common superior."),
        gettext_lazy("Decline"), "close", gettext_lazy("Declined."), is_danger=True,
    ),
    "handler": Act(
        permissions.check_can_assign, AssignForm, answering.assign,
        gettext_lazy("Hand it to somebody else"),
        gettext_lazy("They answer it, or do it with its task. The clock goes on."),
        gettext_lazy("Hand it over"), "person", gettext_lazy("It was handed over."),
    ),
    "insistence": Act(
        permissions.check_can_agree, InsistForm, answering.insist,
        gettext_lazy("Do not take the offer"),
        gettext_lazy("The department answers again; where you had agreed before, it goes on by that."),
        gettext_lazy("Ask again"), "repeat", gettext_lazy("You asked again."),
    ),
    "withdrawal": Act(
        permissions.check_can_withdraw, WhyForm, answering.withdraw,
        gettext_lazy("Withdraw the request"),
        gettext_lazy("It stays readable and asks nothing any more; its open tasks are cancelled."),
        gettext_lazy("Withdraw the request"), "undo", gettext_lazy("The request was withdrawn."), is_danger=True,
    ),
    "appeal": Act(
        permissions.check_can_appeal, WhyForm, escalating.appeal,
        gettext_lazy("Take it to the superior"),
        gettext_lazy("The nearest superior of both departments reads the conversation and decides."),
        gettext_lazy("Take it to the superior"), "arrow-up", gettext_lazy("The superior was asked to decide."),
        goes_up=True,
    ),
    "delay": Act(
        permissions.check_can_give_up, WhyForm, escalating.give_up,
        gettext_lazy("It cannot be delivered on time"),
        gettext_lazy("The nearest superior of both departments decides: another date, a new answer, or the end."),
        gettext_lazy("Take it to the superior"), "alert", gettext_lazy("The superior was asked to decide."),
        goes_up=True,
    ),
    "delivery": Act(
        permissions.check_can_deliver, DeliverForm, delivering.deliver,
        gettext_lazy("Hand it over"),
        gettext_lazy("Who asked accepts it against the standard, or returns it. Your task is closed with it."),
        gettext_lazy("Hand it over"), "send", gettext_lazy("Handed over. Who asked accepts it now."),
    ),
    "decision": Act(
        permissions.check_can_decide, DecideForm, escalating.decide,
        pgettext_lazy("request", "Decide"),
        gettext_lazy("Both sides are bound by it, and their tasks move along."),
        pgettext_lazy("request", "Decide"), "approve", gettext_lazy("Decided. Both sides are told."),
    ),
}  # fmt: skip


def page_of(pk: int) -> str:
    """Return the address of a request."""
    return reverse("collaboration:request", args=[pk])


def _topics(pk: int) -> list[str]:
    return ["requests", f"request:{pk}", "inbox", "tasks"]


@login_required
@require_http_methods(["GET", "POST"])
@once
def act(request: PageRequest, pk: int, name: str) -> HttpResponse:
    """Show the form of an act (GET), or do it (POST)."""
    found, one = find(request, pk), ACTS[name]
    one.check(found, request.person)
    posted = request.POST if request.method == "POST" else None
    form = one.form(posted, request=found, by=request.person)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid() and _done(request, found, form, one, seen):
            return saved(request, page_of(pk), str(one.done), topics=_topics(pk))
        found = find(request, pk)
    context = {
        "rail_name": "collaboration",
        "crumbs": crumbs((found.number, page_of(pk))),
        "found": found,
        "form": form,
        "act": one,
        "points": points_of(found.standard) if name in {"delivery", "decision", "acceptance"} else [],
        "superior": superior_of(found, passing={request.person.pk}) if one.goes_up else None,
    }
    return render(request, "collaboration/act.html", context, status=422 if form.errors else 200)


def _done(request: PageRequest, found: CollaborationRequest, form: BaseForm, one: Act, seen: int) -> Any:
    values = dict(form.cleaned_data)
    if one.verb is answering.insist:
        values.setdefault("due", None)
    verb = partial(one.verb, request=found, by=request.person, at=request.now, version=seen, **values)
    return attempt(form, verb)


@login_required
@require_POST
@once
def agreement(request: PageRequest, pk: int) -> HttpResponse:
    """Agree to the offer with one press: its date and scope are the terms."""
    found = find(request, pk)
    answering.agree(request=found, by=request.person, at=request.now, version=read_version(request))
    return saved(request, page_of(pk), _("Agreed. Both sides have their task."), topics=_topics(pk))


@login_required
@require_POST
@once
def progress(request: PageRequest, pk: int) -> HttpResponse:
    """Tell the other side how it goes."""
    found, form = find(request, pk), SyncForm(request.POST)
    permissions.check_can_tell(found, request.person)
    if not form.is_valid():
        return _again(request, pk, form)
    delivering.sync(request=found, by=request.person, at=request.now, **form.cleaned_data)
    return saved(request, page_of(pk), _("The other side can read it now."), topics=_topics(pk))


@login_required
@require_POST
@once
def receipt(request: PageRequest, pk: int) -> HttpResponse:
    """Accept what was delivered, against the points of the standard."""
    return _receive(request, pk, delivering.receive, "note", _("Accepted. The request is done."))


@login_required
@require_POST
@once
def returning(request: PageRequest, pk: int) -> HttpResponse:
    """Return what was delivered, with the reason."""
    return _receive(request, pk, delivering.send_back, "why", _("Returned. Their task is open again."))


def _receive(request: PageRequest, pk: int, verb: Callable[..., Any], word: str, done: str) -> HttpResponse:
    found = find(request, pk)
    permissions.check_can_receive(found, request.person)
    form, seen = ReceiveForm(request.POST, points=points_of(found.standard)), read_version(request)
    if form.is_valid():
        data = form.cleaned_data
        values = {"met": data["met"], word: data["note"]}
        verb = partial(verb, request=found, by=request.person, at=request.now, version=seen, **values)
        if attempt(form, verb):
            return saved(request, page_of(pk), done, topics=_topics(pk))
    return _again(request, pk, form)


def _again(request: PageRequest, pk: int, form: BaseForm) -> HttpResponse:
    """Show the page again with what was typed and what is wrong with it."""
    from opsloop.collaboration.views.requests import shown

    problems = [str(problem) for some in form.errors.values() for problem in some]
    return shown(request, find(request, pk), typed=request.POST, problems=problems, status=422)
