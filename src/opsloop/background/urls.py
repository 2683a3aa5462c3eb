"""Addresses of the background work, for administrators."""

from __future__ import annotations

from django.urls import path

from opsloop.background import views

app_name = "background"
urlpatterns = [
    path("manage/background/", views.overview, name="overview"),
    path("manage/background/alarm/", views.alarm, name="alarm"),
    path("manage/background/retry/", views.retry, name="retry"),
    path("manage/background/discard/", views.discard, name="discard"),
]
