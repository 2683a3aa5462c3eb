"""Writing a request: whom to ask, an editor that keeps itself, a preview, and sending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.collaboration import permissions
from opsloop.collaboration.actions import writing as actions
from opsloop.collaboration.forms.answers import questions_of
from opsloop.collaboration.forms.requests import DraftForm
from opsloop.collaboration.models import CollaborationRequest, RequestForm
from opsloop.collaboration.queries.forms import too_soon
from opsloop.collaboration.queries.heads import doing_people
from opsloop.collaboration.queries.standard import points_of
from opsloop.collaboration.routing import handler_of
from opsloop.collaboration.ruling import answer_due, in_words, rules
from opsloop.collaboration.views.finding import crumbs, find, open_departments
from opsloop.engines.language.goalcheck import vague_words
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, hx_redirect, is_fragment, read_id, saved
from opsloop.web.versions import read_version

_LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Show whom one can ask and their forms (GET), or begin a draft to `department` with `asked_by` (POST).

    `title` and `asked` come along from where a request is proposed instead of something else.
    """
    permissions.check_may_ask(request.person)
    departments = [one for one in open_departments() if one.pk != request.person.department_id]
    forms = RequestForm.objects.visible_to(request.person).current().select_related("department", "handler")
    if request.method == "POST":
        values: dict[str, Any] = {}
        if wanted := read_id(request.POST.get("asked_by")):
            form = get_object_or_404(forms, pk=wanted)
            values = {"form": form, "to_department": form.department, "standard": form.standard}
        elif wanted := read_id(request.POST.get("department")):
            values = {"to_department": next((one for one in departments if one.pk == wanted), None)}
        values |= {name: text for name, text in _brought(request.POST).items() if text}
        made = actions.begin(values=values, by=request.person, at=request.now)
        return hx_redirect(request, reverse("collaboration:edit", args=[made.pk]))
    by_department: dict[int, list[RequestForm]] = {}
    for form in forms:
        by_department.setdefault(form.department_id, []).append(form)
    context = {
        "rail_name": "collaboration",
        "crumbs": crumbs(),
        "rows": [(one, by_department.get(one.pk, [])) for one in departments],
        "brought": _brought(request.GET),
    }
    return render(request, "collaboration/new.html", context)


def _brought(given: Mapping[str, str]) -> dict[str, str]:
    """Return what is written already, no longer than the draft holds."""
    return {
        name: given.get(name, "").strip()[:longest] for name, longest in (("title", 120), ("asked", 6000))
    }


def _form(request: PageRequest, found: CollaborationRequest, data: Any = None) -> DraftForm:
    return DraftForm(data, request=found, by=request.person, departments=open_departments())


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Show the editor of a draft (GET), or keep what is typed (POST); with `go` it leads on to the preview."""
    found = find(request, pk)
    if not found.is_draft and request.method == "GET":
        return redirect("collaboration:request", pk)
    permissions.check_can_write(found, request.person)
    if request.method == "GET":
        return render(request, "collaboration/edit.html", _editor(found, _form(request, found)))
    form, version = _form(request, found, request.POST), read_version(request)
    questions = questions_of(found.form, found.answers, request.POST)
    # A draft may leave questions open; what was typed is kept, whatever it is worth.
    if not form.is_valid():
        if is_fragment(request):
            raise Refused(str(next(iter(form.errors.values()))[0]))
        return render(request, "collaboration/edit.html", _editor(found, form), status=422)
    values = form.values()
    if questions is not None:
        questions.full_clean()
        values["answers"] = questions.answers()
    if found.form is not None and values["to_department"] != found.form.department:
        # What another department wants to know is of no use to this one.
        values["form"] = None
    try:
        kept = actions.keep(request=found, values=values, by=request.person, at=request.now, version=version)
    except StaleVersion as stale:
        return versions.conflict(request, stale, theirs=_form(request, stale.record))
    except Refused as refused:
        if is_fragment(request) or refused.field not in form.fields:
            raise
        form.add_error(refused.field, refused.reason)
        return render(request, "collaboration/edit.html", _editor(found, form), status=422)
    if is_fragment(request):
        context = {"version": kept.version, "saved_at": request.now, "too_soon": too_soon(kept, request.now)}
        return render(request, "collaboration/edit.html#request-saved", context)
    if (
        request.POST.get("go")
        and kept.form is not None
        and questions is not None
        and not questions.is_whole()
    ):
        shown = {**_editor(kept, form), "questions": questions, "version": kept.version}
        return render(request, "collaboration/edit.html", shown, status=422)
    if request.POST.get("go"):
        return hx_redirect(request, reverse("collaboration:preview", args=[pk]))
    return saved(request, reverse("collaboration:edit", args=[pk]), _("The draft was saved."))


def _editor(found: CollaborationRequest, form: DraftForm) -> dict[str, Any]:
    drafts = f"{reverse('collaboration:requests')}?box=drafts"
    return {
        "rail_name": "collaboration",
        "crumbs": crumbs((_("Drafts"), drafts)),
        "found": found,
        "form": form,
        "questions": questions_of(found.form, found.answers),
        "version": found.version,
        "saved_at": None,
        "too_soon": None,
        "rules": in_words(rules()),
    }


@login_required
@require_GET
def preview(request: PageRequest, pk: int) -> HttpResponse:
    """Show a draft as the other side will see it, who gets it, by when they answer, and what it still lacks."""
    found = find(request, pk)
    permissions.check_can_write(found, request.person)
    return _preview(request, found)


def _preview(request: PageRequest, found: CollaborationRequest, *, status: int = 200) -> HttpResponse:
    lacks = actions.lacks(found, request.now)
    spoken = _LANGUAGES.get(get_language() or "", "zh-Hans")
    texts = "\n".join((found.title, found.background, found.asked, found.standard))
    vague = {word.text: word.proposal for word in vague_words(texts, language=spoken)}
    handler = handler_of(found)
    people = (
        [handler] if handler else Person.objects.active().filter(pk__in=doing_people(found)).order_by("pk")
    )
    title = found.title or _("Draft")
    context = {
        "rail_name": "collaboration",
        "crumbs": crumbs((title, reverse("collaboration:edit", args=[found.pk]))),
        "found": found,
        "points": points_of(found.standard),
        "lacks": [one.reason for one in lacks],
        "vague": vague.items(),
        "people": list(people),
        "answer_due_at": answer_due(found, request.now) if found.to_department else None,
        "rules": in_words(rules()),
    }
    return render(request, "collaboration/preview.html", context, status=status)


@login_required
@require_POST
@once
def sending(request: PageRequest, pk: int) -> HttpResponse:
    """Send a draft to the other department."""
    found, version = find(request, pk), read_version(request)
    try:
        actions.send(request=found, by=request.person, at=request.now, version=version)
    except Refused as refused:
        if not refused.field:
            raise
        return _preview(request, find(request, pk), status=422)
    text = _("%(number)s was sent to %(department)s.") % {
        "number": found.number, "department": found.to_department,
    }  # fmt: skip
    response = hx_redirect(request, reverse("collaboration:request", args=[pk]))
    return add_toast(response, text) if request.headers.get("HX-Request") == "true" else response


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Discard a draft; the toast brings it back."""
    undo = actions.discard(request=find(request, pk), by=request.person, at=request.now)
    url = reverse("activity:undo", args=[undo.pk])
    to = f"{reverse('collaboration:requests')}?box=drafts"
    return saved(request, to, _("The draft was discarded."), topics=["requests"], undo_url=url)


@login_required
@require_POST
@once
def copy(request: PageRequest, pk: int) -> HttpResponse:
    """Begin a draft with the text of a request."""
    made = actions.copy(request=find(request, pk), by=request.person, at=request.now)
    return hx_redirect(request, reverse("collaboration:edit", args=[made.pk]))
