"""Addresses of a team."""

from __future__ import annotations

from django.urls import path

from opsloop.team.views import arranging, day, grid, rounds, waiting

app_name = "team"
urlpatterns = [
    path("team/", day.today, name="today"),
    path("team/morning/", rounds.morning, name="morning"),
    path("team/morning/step/", rounds.step, name="step"),
    path("team/morning/completion/", rounds.completion, name="completion"),
    path("team/morning/skip/", rounds.skip, name="skip"),
    path("team/absences/", day.absences, name="absences"),
    path("team/blocked/", waiting.blocked, name="blocked"),
    path("team/unassigned/", waiting.unassigned, name="unassigned"),
    path("team/approvals/", waiting.approvals, name="approvals"),
    path("team/tasks/<int:pk>/answer/", waiting.answer, name="answer"),
    path("team/tasks/<int:pk>/carrying-up/", waiting.carrying_up, name="carrying_up"),
    path("team/tasks/<int:pk>/candidates/", waiting.candidates, name="candidates"),
    path("team/tasks/<int:pk>/day/", grid.laying, name="laying"),
    path("team/arrangements/", arranging.arrangements, name="arrangements"),
    path("team/arrangements/<int:pk>/", arranging.arrangement, name="arrangement"),
    path("team/plan/", grid.this_week, name="this_week"),
    path("team/plan/<str:week>/", grid.week, name="week"),
    path("team/plan/<str:week>/proposal/", grid.proposal, name="proposal"),
    path("team/plan/<str:week>/decision/", grid.decision, name="decision"),
    path("team/proposals/<int:pk>/", grid.part, name="part"),
]
