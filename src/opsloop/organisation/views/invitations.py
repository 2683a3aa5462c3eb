"""Links for new people: several at once, again, revoked, accepted."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.organisation.actions import invitations, people
from opsloop.organisation.forms.people import AcceptForm, Invited, InviteManyForm
from opsloop.organisation.models import Department, Invitation, Person
from opsloop.organisation.queries import people as queries
from opsloop.organisation.roles import Permission
from opsloop.organisation.tokens import token_for
from opsloop.organisation.usernames import free_username
from opsloop.organisation.views.answers import attempt, needs
from opsloop.organisation.views.people import links_url, person_url
from opsloop.web.http import PageRequest, read_id, saved

MOST_LINKS = 200


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def invite_many(request: PageRequest) -> HttpResponse:
    """Add several people from a pasted list, each with a link: all of them or none."""
    form = InviteManyForm(request.POST or None, by=request.person)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form, lambda: _invite_all(request, form.cleaned_data["people"], form.cleaned_data["department"])
        )
        if made:
            text = ngettext("%(count)d person was added.", "%(count)d people were added.", len(made))
            return saved(request, links_url(made), text % {"count": len(made)}, topics=["persons"])
    context = {"rail_name": "people", "form": form}
    return render(request, "organisation/invite_many.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _invite_all(request: PageRequest, rows: Iterable[Invited], department: Department) -> list[Person]:
    taken = {name.lower() for name in Person.objects.values_list("username", flat=True)}
    everybody = []
    for row in rows:
        made = people.create(
            by=request.person,
            at=request.now,
            username=free_username(name=row.name, email=row.email, taken=taken),
            name=row.name,
            department=department,
            email=row.email,
        )
        invitations.invite(person=made, by=request.person, at=request.now)
        everybody.append(made)
    return everybody


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_GET
def invitation_links(request: PageRequest) -> HttpResponse:
    """The open links that one may hand out: of the given people, or all."""
    wanted = [pk for sent in request.GET.getlist("person") if (pk := read_id(sent)) is not None]
    found = queries.links_to_hand_out(request.person, at=request.now)
    found = found.filter(person__in=wanted) if wanted else found
    links = [(row.person, _link(request, row)) for row in found[:MOST_LINKS]]
    return render(request, "organisation/invited.html", {"rail_name": "people", "links": links})


def _link(request: PageRequest, row: Invitation) -> str:
    token = token_for(row.pk, row.invited_at)
    return request.build_absolute_uri(reverse("organisation:accept_invitation", args=[token]))


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_POST
@once
def invitation(request: PageRequest, pk: int) -> HttpResponse:
    """Make a new link for somebody; the old one stops working."""
    person = get_object_or_404(Person.objects.visible_to(request.person), pk=pk)
    invitations.invite(person=person, by=request.person, at=request.now)
    return saved(request, links_url([person]), _("The link is ready."), topics=[f"person:{pk}"])


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_POST
@once
def invitation_revocation(request: PageRequest, pk: int) -> HttpResponse:
    """Make the open link of somebody useless."""
    person = get_object_or_404(Person.objects.visible_to(request.person), pk=pk)
    invitations.revoke(person=person, by=request.person, at=request.now)
    return saved(request, person_url(person), _("The link no longer works."), topics=[f"person:{pk}"])


@never_cache
@require_http_methods(["GET", "POST"])
def accept_invitation(request: PageRequest, token: str) -> HttpResponse:
    """Set the first password by a link, once, and log in."""
    found = queries.invitation_by_token(token, at=request.now)
    if found is None:
        return render(request, "organisation/invitation_over.html", status=404)
    form = AcceptForm(request.POST or None, person=found.person)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        person = attempt(
            form, lambda: invitations.accept(invitation=found, password=password, at=request.now)
        )
        if person:
            logout(request)  # somebody else may be logged in on this machine
            messages.success(request, _("Welcome, %(name)s.") % {"name": person.name})
            answer: HttpResponse = perform_login(request, person, email_verification="none")
            return answer
    context = {"form": form, "person": found.person, "expires_at": found.expires_at}
    return render(request, "organisation/invitation.html", context, status=422 if form.errors else 200)
