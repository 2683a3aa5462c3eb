"""Addresses of templates."""

from __future__ import annotations

from django.urls import path

from opsloop.playbooks.views import pages, starting

app_name = "playbooks"
urlpatterns = [
    path("playbooks/", pages.playbooks, name="playbooks"),
    path("playbooks/new/", pages.new, name="new"),
    path("playbooks/words/", pages.words, name="words"),
    path("playbooks/choose/", starting.choose, name="choose"),
    path("playbooks/suggested/", pages.suggested, name="suggested"),
    path("playbooks/<int:pk>/", pages.playbook, name="playbook"),
    path("playbooks/<int:pk>/edit/", pages.edit, name="edit"),
    path("playbooks/<int:pk>/copy/", pages.copy, name="copy"),
    path("playbooks/<int:pk>/archive/", pages.archive, name="archive"),
    path("playbooks/<int:pk>/removal/", pages.removal, name="removal"),
    path("playbooks/<int:pk>/start/", starting.start, name="start"),
    path("playbooks/<int:pk>/preview/", starting.preview, name="preview"),
    path("projects/<int:pk>/playbook/", pages.from_project, name="from_project"),
    path("tasks/<int:pk>/playbook/", pages.from_task, name="from_task"),
]
