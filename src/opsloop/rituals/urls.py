"""Addresses of rituals."""

from __future__ import annotations

from django.urls import path, re_path

from opsloop.rituals.views import answers, notes, pages

app_name = "rituals"
KIND = "(?P<kind>morning|evening|week)"
urlpatterns = [
    path("rituals/morning/", pages.morning_page, name="morning"),
    path("rituals/evening/", pages.evening_page, name="evening"),
    path("rituals/week/", pages.week_page, name="week"),
    path("rituals/morning/picks/<int:pk>/", answers.pick, name="pick"),
    path("rituals/morning/estimates/<int:pk>/", answers.estimate, name="estimate"),
    path("rituals/morning/removals/", answers.removals, name="removals"),
    path("rituals/morning/proposal/", answers.proposal, name="proposal"),
    path("rituals/morning/acceptance/", answers.acceptance, name="acceptance"),
    path("rituals/evening/gaps/", answers.gaps, name="gaps"),
    path("rituals/evening/sentence/", notes.sentence, name="sentence"),
    path("rituals/evening/top/<int:pk>/", answers.top, name="top"),
    path("rituals/week/goals/", answers.goals, name="goals"),
    path("rituals/notes/<int:pk>/", notes.note, name="note"),
    path("rituals/notes/<int:pk>/answer/", notes.reply, name="reply"),
    path("rituals/notes/<int:pk>/escalation/", notes.escalation, name="escalation"),
    re_path(rf"^rituals/{KIND}/step/$", answers.step, name="step"),
    re_path(rf"^rituals/{KIND}/completion/$", answers.completion, name="completion"),
    re_path(rf"^rituals/{KIND}/skip/$", answers.skip, name="skip"),
    re_path(rf"^rituals/{KIND}/sorting/(?P<pk>[0-9]{{1,18}})/$", answers.sort, name="sort"),
]
