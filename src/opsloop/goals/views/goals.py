"""The tree of goals, one goal, and its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.goals import actions, forms, permissions
from opsloop.goals.models import Goal, Module
from opsloop.goals.queries import goals as queries
from opsloop.goals.queries import tree
from opsloop.goals.views.answers import changed_by, find, topics, undo_url
from opsloop.goals.views.checks import shown
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import (
    PageRequest,
    add_toast,
    hx_redirect,
    is_fragment,
    read_id,
    refresh,
    render_page_or_partial,
    saved,
)


def _filters(query: QueryDict) -> tree.Filters:
    only = [pk for one in query.get("only", "").split(",")[:50] if (pk := read_id(one)) is not None]
    status, horizon = query.get("status", ""), query.get("horizon", "")
    sign, group = query.get("sign", ""), query.get("group", "")
    return tree.Filters(
        status=status if status in Goal.Status.values else "",
        horizon=horizon if horizon in Goal.Horizon.values else "",
        department=read_id(query.get("department")),
        module=read_id(query.get("module")),
        owner=read_id(query.get("owner")),
        sign=sign if sign in tree.SIGNS else "",
        q=query.get("q", "").strip()[:100],
        group=group if group in tree.GROUPS else "",
        only=only,
    )


@login_required
@require_GET
def goals(request: PageRequest) -> HttpResponse:
    """Show the tree of goals with attainment; the completion of the work behind them comes from `work`."""
    filters = _filters(request.GET)
    departments = Department.objects.visible_to(request.person).filter(closed_at__isnull=True)
    options = {
        "department": list(departments.order_by("path").values_list("pk", "name")),
        "module": list(Module.objects.values_list("pk", "name")),
    }
    context = {
        "rail_name": "goals",
        "filters": filters,
        "tree": tree.tree(request.person, filters, now=request.now),
        "most": tree.MOST,
        "statuses": Goal.Status.choices,
        "horizons": Goal.Horizon.choices,
        "signs": tree.SIGNS.items(),
        "groups": tree.GROUPS.items(),
        "options": options,
        "chips": _chips(request, filters, options),
        "may_create": request.person.may(Permission.WORK_CREATE),
        "may_export": request.person.may(Permission.TABLES_EXPORT),
    }
    return render_page_or_partial(request, "goals/goals.html", "tree", context)


def _chips(
    request: PageRequest, filters: tree.Filters, options: Mapping[str, Sequence[tuple[int, str]]]
) -> list[dict[str, Any]]:
    """Return the filters that are on, each with the address without it."""
    shown: list[tuple[str, Any, Any]] = []
    if filters.horizon:
        shown.append(("horizon", _("Horizon"), Goal.Horizon(filters.horizon).label))
    for name, key, chosen in (
        ("department", _("Department"), filters.department),
        ("module", _("Work module"), filters.module),
    ):
        if chosen is not None:
            shown.append((name, key, dict(options[name]).get(chosen, _("Unknown"))))
    if filters.owner is not None:
        owner = Person.objects.visible_to(request.person).filter(pk=filters.owner).first()
        shown.append(("owner", _("Owner"), owner.name if owner else _("Unknown")))
    if filters.sign:
        shown.append(("sign", _("Sign"), tree.SIGNS[filters.sign]))
    if filters.q:
        shown.append(("q", _("Text"), filters.q))
    if filters.only:
        shown.append(("only", _("Selection"), len(filters.only)))
    return [
        {"key": key, "text": str(text), "remove_url": _without(request.GET, name)}
        for name, key, text in shown
    ]


def _without(query: QueryDict, name: str) -> str:
    rest = query.copy()
    rest.pop(name, None)
    return f"{reverse('goals:goals')}?{rest.urlencode()}"


@login_required
@require_GET
def goal(request: PageRequest, pk: int) -> HttpResponse:
    """Show a goal: its measures against time, what it is aligned to, the work behind it, its history."""
    found = find(request, pk)
    today = timezone.localtime(request.now).date()
    context = {
        "rail_name": "goals",
        "goal": found,
        "story": queries.story(found, request.person, now=request.now),
        "crumbs": [(_("Goals"), reverse("goals:goals"))],
        "verdict": shown(queries.judge_goal(found, get_language() or "", today=today)),
        "may_edit": permissions.can_edit(found, request.person),
        "may_create": request.person.may(Permission.WORK_CREATE),
        "history": queries.history(found, request.person),
    }
    return render_page_or_partial(request, "goals/goal.html", "goal-body", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Set a goal with its key results."""
    if not request.person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))
    before = _carried_on(request)
    initial = _proposed(request)
    rows: Sequence[Mapping[str, Any]] = ()
    if before is not None:
        initial, rows = queries.next_of(before)
    form = forms.GoalForm(request.POST or None, person=request.person, initial=initial)
    results = forms.result_forms(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid() and results.is_valid():
        try:
            made = actions.create(
                by=request.person, at=request.now, key_results=forms.result_rows(results), previous=before,
                **form.cleaned_data,
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            text = _("The goal “%(title)s” was set.") % {"title": made.title}
            address = reverse("goals:goal", args=[made.pk])
            return saved(request, address, text, topics=["goals"], link=address, link_text=_("Open"))
    return _form(request, form, results, None, before=before)


def _proposed(request: PageRequest) -> dict[str, Any]:
    """Return what a new goal starts with: one's own, or what the address asks for; below a goal the next horizon.

    Who sets the goals of all starts with one of the whole organisation.
    """
    person = request.person
    sets_all = person.reaches.departments(Permission.GOAL_EDIT) is None
    named = {
        name: read_id(request.GET[name]) for name in ("parent", "module", "department") if name in request.GET
    }
    initial: dict[str, Any] = {"owner": person.pk, "department": person.department_id}
    parent = queries.visible(person).filter(pk=named.get("parent") or 0).first()
    if parent is not None:
        order = list(Goal.Horizon)
        initial["horizon"] = order[min(order.index(Goal.Horizon(parent.horizon)) + 1, len(order) - 1)]
        initial["module"] = parent.module_id
    elif sets_all:
        initial["department"] = None
    return initial | named


def _carried_on(request: PageRequest) -> Goal | None:
    """Return the goal of the period before that the new one is copied from, if any."""
    pk = read_id(request.GET.get("copy"))
    return find(request, pk) if pk is not None else None


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a goal and its key results."""
    found = find(request, pk)
    permissions.check_can_edit(found, request.person)
    form = forms.GoalForm(request.POST or None, person=request.person, goal=found)
    results = forms.result_forms(request.POST or None, goal=found)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid() and results.is_valid():
            try:
                undo = actions.change(
                    goal=found, values=form.cleaned_data, key_results=forms.result_rows(results),
                    by=request.person, at=request.now, version=seen,
                )  # fmt: skip
            except StaleVersion as stale:
                theirs = forms.GoalForm(person=request.person, goal=stale.record)
                return versions.conflict(request, stale, theirs=theirs, **changed_by(stale.record))
            except Refused as refused:
                form.refuse(refused)
            else:
                text = _("The goal “%(title)s” was saved.") % {"title": found.title}
                address = reverse("goals:goal", args=[pk])
                return saved(request, address, text, topics=topics(pk), undo_url=undo_url(undo))
    return _form(request, form, results, found)


def _form(
    request: PageRequest,
    form: forms.GoalForm,
    results: Any,
    found: Goal | None,
    *,
    before: Goal | None = None,
) -> HttpResponse:
    back = reverse("goals:goal", args=[found.pk]) if found else reverse("goals:goals")
    context = {
        "form": form, "results": results, "goal": found, "before": before, "rail_name": "goals", "back": back,
    }  # fmt: skip
    wrong = bool(form.errors) or results.is_bound
    return render(request, "goals/goal_form.html", context, status=422 if wrong else 200)


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
@once
def closure(request: PageRequest, pk: int) -> HttpResponse:
    """Close a goal as reached, missed or cancelled with a note (POST), or take it up again (DELETE)."""
    found = find(request, pk)
    permissions.check_can_edit(found, request.person)
    if request.method == "GET":
        return _closure(request, found, None)
    seen = versions.read_version(request)
    if request.method == "DELETE":
        text = _("“%(title)s” is active again.") % {"title": found.title}
        return _close(request, found, {"status": Goal.Status.ACTIVE}, seen, text)
    form = forms.ClosureForm(request.POST)
    if not form.is_valid():
        return _closure(request, found, form)
    return _close(
        request, found, form.cleaned_data, seen, _("“%(title)s” was closed.") % {"title": found.title}
    )


def _closure(request: PageRequest, found: Goal, form: forms.ClosureForm | None) -> HttpResponse:
    """Show the form that closes a goal; it proposes what the measures say."""
    share = queries.story(found, request.person, now=request.now).attainment
    reached = share is not None and share >= 100
    initial = {
        "status": Goal.Status.ACHIEVED if reached else Goal.Status.MISSED, "closing_note": found.closing_note,
    }  # fmt: skip
    shown_form = form or forms.ClosureForm(initial=initial)
    context = {"form": shown_form, "goal": found, "share": share, "rail_name": "goals"}
    return render(request, "goals/closure.html", context, status=422 if form else 200)


def _close(
    request: PageRequest, found: Goal, values: Mapping[str, Any], seen: int, text: str
) -> HttpResponse:
    try:
        undo = actions.change(goal=found, values=values, by=request.person, at=request.now, version=seen)
    except StaleVersion as stale:
        if request.method == "DELETE":
            return versions.plain_conflict(request, stale)
        theirs = forms.ClosureForm(
            initial={"status": stale.record.status, "closing_note": stale.record.closing_note}
        )
        return versions.conflict(request, stale, theirs=theirs, **changed_by(stale.record))
    to = reverse("goals:goal", args=[found.pk])
    if request.method == "DELETE":
        response = refresh(HttpResponse(status=204), *topics(found.pk))
        return add_toast(response, text, undo_url=undo_url(undo))
    return saved(request, to, text, topics=topics(found.pk), undo_url=undo_url(undo))


@login_required
@require_POST
def bin(request: PageRequest, pk: int) -> HttpResponse:  # noqa: A001  (the noun of the address)
    """Move a goal to the recycle bin."""
    found = find(request, pk)
    undo = actions.put_in_bin(
        goal=found, by=request.person, at=request.now, version=versions.read_version(request)
    )
    response = hx_redirect(request, reverse("goals:goals"))
    text = _("The goal “%(title)s” was moved to the recycle bin.") % {"title": found.title}
    return refresh(add_toast(response, text, undo_url=undo_url(undo)), "goals")


@login_required
@require_GET
def goal_history(request: PageRequest, pk: int) -> HttpResponse:
    """Show more of a goal's history."""
    found = find(request, pk)
    if not is_fragment(request):
        return redirect("goals:goal", pk=pk)
    page = queries.history(found, request.person, before=read_id(request.GET.get("before")) or 0)
    return render(request, "goals/history.html", {"history": page, "goal": found})
