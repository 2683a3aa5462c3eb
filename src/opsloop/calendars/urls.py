"""Addresses of calendars."""

from __future__ import annotations

from django.urls import path

from opsloop.calendars.views import appointments, outside

app_name = "calendars"
urlpatterns = [
    path("settings/calendars/", outside.mine, name="mine"),
    path("appointments/new/", appointments.new, name="new_appointment"),
    path("appointments/<int:pk>/", appointments.edit, name="appointment"),
    path("appointments/<int:pk>/skips/", appointments.skips, name="appointment_skips"),
    path("appointments/<int:pk>/removal/", appointments.removal, name="appointment_removal"),
    path("settings/calendars/outside/new/", outside.subscribe, name="subscribe"),
    path("settings/calendars/outside/<int:pk>/", outside.subscription, name="subscription"),
    path("settings/calendars/outside/<int:pk>/removal/", outside.unsubscription, name="unsubscription"),
    path("settings/calendars/refresh/", outside.refreshing, name="refresh"),
    path("settings/calendars/feed/", outside.feed_link, name="feed_link"),
    path("settings/calendars/feed/revocation/", outside.feed_revocation, name="feed_revocation"),
]
