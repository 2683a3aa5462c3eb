"""Addresses of progress, risks, delays and the stand-up."""

from __future__ import annotations

from django.urls import path

from opsloop.progress.views import (
    blockers,
    board,
    counting,
    delays,
    likes,
    panel,
    risks,
    rules,
    standup,
    telling,
)

app_name = "progress"
urlpatterns = [
    path("progress/", board.board, name="board"),
    path("progress/mine/", telling.mine, name="mine"),
    path("progress/strip/", telling.strip, name="strip"),
    path("progress/rules/", rules.rules, name="rules"),
    path("progress/causes/", rules.cause, name="cause"),
    path("progress/nudges/<int:pk>/", telling.nudge, name="nudge"),
    path("progress/notes/<int:pk>/", blockers.taking_up, name="taking_up"),
    path("tasks/<int:pk>/progress/", telling.tell, name="tell"),
    path("tasks/<int:pk>/progress/panel/", panel.panel, name="panel"),
    path("tasks/<int:pk>/risk/", panel.risk, name="risk"),
    path("tasks/<int:pk>/delay/", delays.ask, name="ask"),
    path("blockers/<int:pk>/", blockers.blocker, name="blocker"),
    path("blockers/<int:pk>/owner/", blockers.owner, name="blocker_owner"),
    path("blockers/<int:pk>/clearing/", blockers.clearing, name="clearing"),
    path("blockers/<int:pk>/task/", blockers.task, name="blocker_task"),
    path("risks/", risks.risks, name="risks"),
    path("delays/", counting.delays, name="delays"),
    path("delays/out/<str:kind>/", counting.export, name="delays_out"),
    path("delays/likes/", likes.like_delays, name="like_delays"),
    path("delays/waiting/", delays.waiting, name="waiting"),
    path("delays/<int:pk>/", delays.delay, name="delay"),
    path("delays/<int:pk>/approval/", delays.approval, name="approval"),
    path("delays/<int:pk>/rejection/", delays.rejection, name="rejection"),
    path("delays/<int:pk>/offer/", delays.offer, name="offer"),
    path("delays/<int:pk>/taking/", delays.taking, name="taking"),
    path("delays/<int:pk>/withdrawal/", delays.withdrawal, name="withdrawal"),
    path("standup/", standup.of_team, name="standup"),
    path("projects/<int:pk>/standup/", standup.of_project, name="project_standup"),
]
