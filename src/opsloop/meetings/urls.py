"""Addresses of meetings."""

from __future__ import annotations

from django.urls import path

from opsloop.meetings.holding_urls import urlpatterns as holding
from opsloop.meetings.views import items, reading

app_name = "meetings"
urlpatterns = [
    path("meetings/<int:pk>/", reading.meeting, name="meeting"),
    path("meetings/", items.items, name="meetings"),
    *holding,
]
