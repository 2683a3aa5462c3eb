"""The intake queue: what other departments asked and nobody has answered, and handing it out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from opsloop.activity.submissions import once
from opsloop.collaboration.actions.intake import hand_out
from opsloop.collaboration.queries import intake as queries
from opsloop.collaboration.ruling import in_words, rules
from opsloop.collaboration.views.frame import section_tabs
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.web.http import (
    PageRequest,
    add_toast,
    hx_redirect,
    is_fragment,
    read_id,
    refresh,
    render_page_or_partial,
)

PER_PAGE, MOST_AT_ONCE = 30, 100


@login_required
@require_GET
def intake(request: PageRequest) -> HttpResponse:
    """Show what waits for an answer, late ones on top; `?department=` narrows it to one queue."""
    department = read_id(request.GET.get("department"))
    rows = queries.waiting(request.person, department)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rail_name": "collaboration",
        "tabs": section_tabs(request, "intake"),
        "page": page,
        "lines": queries.lines(list(page.object_list), request.now),
        "department": department,
        "departments": queries.departments_of(request.person),
        "rules": in_words(rules())[:1],
        "people": queries.people_of(request.person, department) if page.object_list else (),
    }
    return render_page_or_partial(request, "collaboration/intake.html", "rows", context)


@login_required
@require_GET
def people(request: PageRequest) -> HttpResponse:
    """Show who could take what waits, those with most room first."""
    if not is_fragment(request):
        return redirect("collaboration:intake")
    hands = queries.hands(request.person, read_id(request.GET.get("department")), at=request.now)
    return render(request, "collaboration/parts/hands.html", {"hands": hands, "days": queries.DAYS})


@login_required
@require_POST
@once
def handing_out(request: PageRequest) -> HttpResponse:
    """Hand the `selected` requests to the `handler`."""
    wanted = [pk for pk in (read_id(text) for text in request.POST.getlist("selected")) if pk]
    if not wanted:
        raise Refused(_("Select the requests first."), field="selected")
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(_("At most 100 at once. Hand them out in two steps."), field="selected")
    handler = Person.objects.active().filter(pk=read_id(request.POST.get("handler")) or 0).first()
    if handler is None:
        raise Refused(_("Choose who gets them."), field="handler")
    rows = list(queries.waiting(request.person).filter(pk__in=wanted))
    done = hand_out(requests=rows, handler=handler, by=request.person, at=request.now)
    if not done.given:
        raise Refused(done.refused[0][1] if done.refused else _("None of them waits for an answer any more."))
    text = ngettext(
        "%(name)s has %(count)s request now.", "%(name)s has %(count)s requests now.", len(done.given)
    ) % {"name": handler.name, "count": len(done.given)}
    left = len(wanted) - len(done.given)
    if left:
        text += " " + ngettext(
            "%(count)s was left as it is: it changed meanwhile, or they may not do it.",
            "%(count)s were left as they are: they changed meanwhile, or they may not do them.",
            left,
        ) % {"count": left}
    if request.headers.get("HX-Request") != "true":
        return hx_redirect(request, reverse("collaboration:intake"))
    return refresh(add_toast(HttpResponse(status=204), text), "requests", "inbox")


@login_required
@require_GET
def strip(request: PageRequest) -> HttpResponse:
    """Show, on Today and on the page of a team, how much waits for an answer; nothing where nothing does."""
    if not is_fragment(request):
        return redirect("collaboration:intake")
    held = queries.steered(request.person)
    found = queries.queue(request.person, at=request.now) if held is None or held else None
    return render(request, "collaboration/parts/intake_strip.html", {"queue": found})
