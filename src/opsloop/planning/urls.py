"""Addresses of plans."""

from __future__ import annotations

from django.urls import path

from opsloop.planning.views import candidates, outlooks, pace, placements, proposals, styles, trying, weeks

app_name = "planning"
urlpatterns = [
    path("plan/", weeks.this_week, name="this_week"),
    path("plan/<str:week>/", weeks.week, name="week"),
    path("people/<int:person_pk>/plan/<str:week>/", weeks.week, name="person_week"),
    path("people/<int:person_pk>/plan/<str:week>/proposals/", proposals.proposals, name="proposals"),
    path("people/<int:person_pk>/plan/<str:week>/removals/", placements.removals, name="removals"),
    path("people/<int:person_pk>/plan/<str:week>/style/", styles.style, name="style"),
    path("people/<int:person_pk>/plan/<str:week>/style/effect/", styles.style_effect, name="style_effect"),
    path("what-if/", trying.own_what_if, name="own_what_if"),
    path("plan-style/own/", styles.own_style, name="own_style"),
    path("plan-style/", styles.organisation_style, name="organisation_style"),
    path("departments/<int:pk>/plan-style/", styles.department_style, name="department_style"),
    path("people/<int:person_pk>/plan/<str:week>/what-if/", trying.what_if, name="what_if"),
    path(
        "people/<int:person_pk>/plan/<str:week>/what-if/effect/", trying.what_if_effect, name="what_if_effect"
    ),
    path("people/<int:person_pk>/plan/<str:week>/tasks/<int:task_pk>/", trying.reasons, name="reasons"),
    path("plan/<str:week>/colleagues/", weeks.colleagues, name="colleagues"),
    path("people/<int:person_pk>/tray/", weeks.waiting, name="tray"),
    path("tasks/<int:pk>/candidates/", candidates.candidates, name="candidates"),
    path("tasks/<int:pk>/candidates/ranking/", candidates.candidate_ranking, name="candidate_ranking"),
    path("tasks/<int:pk>/proposal/", proposals.task_proposal, name="task_proposal"),
    path("tasks/<int:pk>/placement/", placements.place, name="place"),
    path("tasks/<int:pk>/interruption/", proposals.interruption, name="interruption"),
    path("tasks/<int:pk>/outlook/", outlooks.of_task, name="task_outlook"),
    path("projects/<int:pk>/outlook/", outlooks.of_project, name="project_outlook"),
    path("goals/<int:pk>/outlook/", outlooks.of_goal, name="goal_outlook"),
    path("throughput/", pace.throughput, name="throughput"),
    path("interruptions/", proposals.interruptions, name="interruptions"),
    path("proposals/<int:pk>/acceptance/", proposals.acceptance, name="acceptance"),
    path("placements/<int:pk>/", placements.placement, name="placement"),
    path("placements/<int:pk>/parts/", placements.parts, name="parts"),
    path("placements/<int:pk>/pin/", placements.pin, name="pin"),
    path("placements/<int:pk>/removal/", placements.removal, name="removal"),
]
