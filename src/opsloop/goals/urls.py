"""Addresses of goals."""

from __future__ import annotations

from django.urls import path

from opsloop.goals.views import check_ins, checks, goals, scope

app_name = "goals"
urlpatterns = [
    path("goals/", goals.goals, name="goals"),
    path("goals/new/", goals.new, name="new"),
    path("goals/check/", checks.check, name="check"),
    path("goals/words/", checks.words, name="words"),
    path("goals/map/", scope.scope_map, name="map"),
    path("goals/map/assignment/", scope.assignment, name="assignment"),
    path("goals/modules/", scope.modules, name="modules"),
    path("goals/modules/<int:pk>/", scope.module, name="module"),
    path("goals/<int:pk>/", goals.goal, name="goal"),
    path("goals/<int:pk>/edit/", goals.edit, name="edit"),
    path("goals/<int:pk>/closure/", goals.closure, name="closure"),
    path("goals/<int:pk>/bin/", goals.bin, name="bin"),
    path("goals/<int:pk>/history/", goals.goal_history, name="history"),
    path("goals/<int:pk>/results/<int:result>/", check_ins.check_in, name="check_in"),
]
