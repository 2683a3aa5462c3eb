"""Addresses of dashboards."""

from __future__ import annotations

from django.urls import path

from opsloop.dashboards.views import numbers, pages, subscriptions

app_name = "dashboards"
urlpatterns = [
    path("dashboard/", pages.dashboard, name="dashboard"),
    path("dashboard/attention/", pages.attention, name="attention"),
    path("dashboard/causes/", pages.causes, name="causes"),
    path("dashboard/teams/", pages.team_lines, name="teams"),
    path("dashboard/numbers/<slug:code>/", numbers.number, name="number"),
    path("dashboard/numbers/<slug:code>/out/<str:kind>/", numbers.export, name="export"),
    path("dashboard/numbers/<slug:code>/target/", numbers.target, name="target"),
    path("dashboard/subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("dashboard/subscriptions/new/", subscriptions.new, name="new_subscription"),
    path("dashboard/subscriptions/<int:pk>/", subscriptions.edit, name="subscription"),
    path("dashboard/subscriptions/<int:pk>/pause/", subscriptions.pause, name="pause"),
    path("dashboard/subscriptions/<int:pk>/resumption/", subscriptions.resumption, name="resumption"),
    path("dashboard/subscriptions/<int:pk>/removal/", subscriptions.removal, name="removal"),
    path("dashboard/subscriptions/<int:pk>/sending/", subscriptions.sending, name="sending"),
]
