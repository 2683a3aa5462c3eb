"""Addresses of meetings."""

from __future__ import annotations

from django.urls import path

from opsloop.meetings.views import reading

app_name = "meetings"
urlpatterns = [
    path("meetings/<int:pk>/", reading.meeting, name="meeting"),
]
