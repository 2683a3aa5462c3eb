"""Addresses of lessons."""

from __future__ import annotations

from django.urls import path

from opsloop.knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("knowledge/", views.lessons, name="lessons"),
    path("knowledge/new/", views.new, name="new"),
    path("knowledge/<int:pk>/", views.lesson, name="lesson"),
    path("knowledge/<int:pk>/edit/", views.edit, name="edit"),
    path("knowledge/<int:pk>/vote/", views.vote, name="vote"),
    path("knowledge/<int:pk>/confirmation/", views.confirmation, name="confirmation"),
    path("knowledge/<int:pk>/archive/", views.archive, name="archive"),
    path("tasks/<int:pk>/lessons/", views.task_lessons, name="task_lessons"),
]
