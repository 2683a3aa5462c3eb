"""Writing a notice: a template to begin with, an editor that keeps itself, a preview, and sending it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.channels.models import Channel
from opsloop.engines.language.goalcheck import vague_words
from opsloop.notices import permissions
from opsloop.notices.actions import sending as sends
from opsloop.notices.actions import writing as actions
from opsloop.notices.forms import PEOPLE, DraftForm
from opsloop.notices.library import suggestion, suggestions
from opsloop.notices.models import Importance, Notice, NoticeRules, NoticeTemplate
from opsloop.notices.queries import audience as audiences
from opsloop.notices.queries import notices as queries
from opsloop.notices.queries.audience import Audience
from opsloop.notices.ruling import in_words, rules, sending_reach, ways_of
from opsloop.notices.views.finding import find, open_departments
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
    """Show what one can begin with (GET), or begin a draft: `suggestion`, `template`, or nothing (POST)."""
    permissions.check_may_send(request.person)
    own = NoticeTemplate.objects.visible_to(request.person)
    if request.method == "POST":
        begun = suggestion(request.POST.get("suggestion", ""))
        values: dict[str, Any] = begun.values() if begun else {}
        if wanted := read_id(request.POST.get("template")):
            row = get_object_or_404(own, pk=wanted)
            values = {
                name: getattr(row, name) for name in ("importance", "title", "cause", "demands", "timing")
            }
        made = actions.begin(values=values, by=request.person, at=request.now)
        return hx_redirect(request, reverse("notices:edit", args=[made.pk]))
    context = {
        "rail_name": "notices",
        "crumbs": [(_("Notices"), reverse("notices:notices"))],
        "suggestions": suggestions(),
        "templates": own.select_related("owner"),
    }
    return render(request, "notices/new.html", context)


def _form(
    request: PageRequest, found: Notice, data: Any = None, ways: NoticeRules | None = None
) -> DraftForm:
    reach = sending_reach(request.person, ways)
    return DraftForm(data, notice=found, by=request.person, departments=open_departments(), reach=reach)


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Show the editor of a draft (GET), or keep what is typed (POST); with `go` it leads on to the preview."""
    found = find(request, pk)
    if found.author_id == request.person.pk and not found.is_draft and request.method == "GET":
        return redirect("notices:notice", pk)
    permissions.check_can_write(found, request.person)
    if request.method == "GET":
        ways = rules()
        form = _form(request, found, ways=ways)
        return render(request, "notices/edit.html", _editor(request, found, form, ways))
    form, version = _form(request, found, request.POST), read_version(request)
    if not form.is_valid():
        if is_fragment(request):
            first = next(iter(form.errors.values()))[0]
            raise Refused(str(first))
        return render(request, "notices/edit.html", _editor(request, found, form), status=422)
    try:
        kept = actions.keep(
            notice=found, values=form.values(), responsible=list(form.cleaned_data["responsible"]),
            by=request.person, at=request.now, version=version,
        )  # fmt: skip
    except StaleVersion as stale:
        return versions.conflict(request, stale, theirs=_form(request, stale.record))
    if is_fragment(request):
        return render(
            request, "notices/edit.html#notice-saved", {"version": kept.version, "saved_at": request.now}
        )
    if request.POST.get("go"):
        return hx_redirect(request, reverse("notices:preview", args=[pk]))
    return saved(request, reverse("notices:edit", args=[pk]), _("The draft was saved."))


def _editor(
    request: PageRequest, found: Notice, form: DraftForm, ways: NoticeRules | None = None
) -> dict[str, Any]:
    ways = ways or rules()
    return {
        "rail_name": "notices",
        "crumbs": [
            (_("Notices"), reverse("notices:notices")),
            (_("Drafts"), f"{reverse('notices:notices')}?box=drafts"),
        ],
        "notice": found,
        "form": form,
        "version": found.version,
        "saved_at": None,
        "people": Person.objects.active().only("name"),
        "people_id": PEOPLE,
        "ways": [(value, label, in_words(ways_of(ways, value))) for value, label in Importance.choices],
        "may_set": permissions.can(permissions.check_can_set_rules, request.person),
    }


@login_required
@require_POST
def count(request: PageRequest, pk: int) -> HttpResponse:
    """Say how many people the choice in the editor means, and who of them one may not write to. Changes nothing."""
    found = find(request, pk)
    permissions.check_can_write(found, request.person)
    form = _form(request, found, request.POST)
    form.is_valid()
    try:
        chosen = form.audience()
    except KeyError:
        chosen = Audience()
    counted = audiences.count(chosen, author=request.person, reach=sending_reach(request.person))
    return render(request, "notices/parts/count.html", {"counted": counted, "is_empty": chosen.is_empty})


@login_required
@require_GET
def preview(request: PageRequest, pk: int) -> HttpResponse:
    """Show a draft as its readers will see it, to how many it goes which way, and what it still lacks."""
    found = find(request, pk)
    permissions.check_can_write(found, request.person)
    return _preview(request, found)


def _preview(
    request: PageRequest, found: Notice, *, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    chosen = Audience.read(found.audience)
    agreed = rules()
    reach = sending_reach(request.person, agreed)
    counted = audiences.count(chosen, author=request.person, reach=reach)
    lacks = [refused.reason] if refused else _lacks(found, counted)
    spoken = _LANGUAGES.get(get_language() or "", "zh-Hans")
    texts = "\n".join((found.title, found.cause, found.demands, found.timing))
    vague = {word.text: word.proposal for word in vague_words(texts, language=spoken)}
    is_later = found.send_at is not None and found.send_at > request.now
    context = {
        "rail_name": "notices",
        "crumbs": [
            (_("Notices"), reverse("notices:notices")),
            (found.title or _("Draft"), reverse("notices:edit", args=[found.pk])),
        ],
        "notice": found,
        "responsible": queries.responsible_names(found),
        "counted": counted,
        "audience": audiences.in_words(chosen),
        "rules": in_words(ways_of(agreed, found.importance)),
        "groups": _group_names(found, chosen) if ways_of(agreed, found.importance).group else [],
        "lacks": lacks,
        "vague": vague.items(),
        "is_later": is_later,
    }
    return render(request, "notices/preview.html", context, status=status)


def _lacks(found: Notice, counted: audiences.Counted) -> list[str]:
    said = []
    if not found.title.strip():
        said.append(_("A notice needs a title."))
    if not found.demands.strip():
        said.append(_("Say what is asked of the people."))
    if not counted.total:
        said.append(_("Choose who gets it; so far it means nobody."))
    if counted.outside_count:
        names = _(", ").join(counted.outside)
        text = ngettext(
            "You may not send notices to %(count)s of these people: %(names)s. Choose other departments or people.",
            "You may not send notices to %(count)s of these people: %(names)s. Choose other departments or people.",
            counted.outside_count,
        )
        said.append(text % {"count": counted.outside_count, "names": names})
    return said


def _group_names(found: Notice, chosen: Audience) -> list[str]:
    """Return the groups whose robots would tell of it: those all of whose people get it. Three queries."""
    rows = Channel.objects.active().exclude(kind__in=[Channel.Kind.MAIL, Channel.Kind.WEBHOOK])
    known = {pk: (name, path) for pk, name, path in rows.values_list("pk", "name", "department__path")}
    if not known:
        return []
    people = audiences.people_of(chosen, author_id=found.author_id).values_list("pk", flat=True)
    where = {pk: path for pk, (_name, path) in known.items()}
    return [known[pk][0] for pk in sorted(audiences.group_channels(people, found.author_id, where=where))]


@login_required
@require_POST
@once
def sending(request: PageRequest, pk: int) -> HttpResponse:
    """Send a draft, at once or at the time it names."""
    found, version = find(request, pk), read_version(request)
    given = {"notice": found, "by": request.person, "at": request.now, "version": version}
    is_later = found.send_at is not None and found.send_at > request.now and not request.POST.get("now")
    try:
        if is_later:
            assert found.send_at is not None
            sends.schedule(**given, send_at=found.send_at)
        else:
            sends.send(**given)
    except Refused as refused:
        if not refused.field:
            raise
        return _preview(request, find(request, pk), refused=refused, status=422)
    if is_later:
        when = timezone.localtime(found.send_at)
        text = _("It goes on %(when)s; until then you can recall it.") % {"when": f"{when:%m-%d %H:%M}"}
    else:
        text = _("%(number)s is on its way.") % {"number": found.number}
    response = hx_redirect(request, reverse("notices:notice", args=[pk]))
    return add_toast(response, text) if request.headers.get("HX-Request") == "true" else response


@login_required
@require_POST
@once
def recall(request: PageRequest, pk: int) -> HttpResponse:
    """Take a scheduled notice back before it goes; it is a draft again."""
    found = find(request, pk)
    sends.recall(notice=found, by=request.person, at=request.now, version=read_version(request))
    own = found.author_id == request.person.pk
    to = reverse("notices:edit", args=[pk]) if own else reverse("notices:notices")
    return saved(request, to, _("It was recalled and is a draft again."), topics=["notices"])


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Discard a draft; the toast brings it back."""
    found = find(request, pk)
    undo = actions.discard(notice=found, by=request.person, at=request.now)
    url = reverse("activity:undo", args=[undo.pk])
    to = f"{reverse('notices:notices')}?box=drafts"
    return saved(request, to, _("The draft was discarded."), topics=["notices"], undo_url=url)


@login_required
@require_POST
@once
def copy(request: PageRequest, pk: int) -> HttpResponse:
    """Begin a draft with the text and the audience of a notice."""
    made = actions.copy(notice=find(request, pk), by=request.person, at=request.now)
    return hx_redirect(request, reverse("notices:edit", args=[made.pk]))
