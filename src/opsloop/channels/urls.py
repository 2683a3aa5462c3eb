"""Addresses of channels."""

from __future__ import annotations

from django.urls import path

from opsloop.channels import views

app_name = "channels"
urlpatterns = [
    path("manage/channels/", views.channel_list, name="channels"),
    path("manage/channels/new/<slug:kind>/", views.new_channel, name="new"),
    path("manage/channels/<int:pk>/", views.channel, name="channel"),
    path("manage/channels/<int:pk>/edit/", views.edit, name="edit"),
    path("manage/channels/<int:pk>/test/", views.test, name="test"),
    path("manage/channels/<int:pk>/pause/", views.pause, name="pause"),
    path("manage/channels/<int:pk>/resumption/", views.resumption, name="resumption"),
    path("manage/channels/<int:pk>/removal/", views.removal, name="removal"),
    path("settings/notifications/", views.preferences, name="preferences"),
]
