"""Addresses of reports. `name` is a period (2026-W48, 2026-11); `whose` is "me", or "d" or "p" and a key."""

from __future__ import annotations

from django.urls import path

from opsloop.reports.views import files, merging, pages, schedules

app_name = "reports"
urlpatterns = [
    path("reports/", pages.reports, name="reports"),
    path("reports/schedules/", schedules.schedules, name="schedules"),
    path("reports/schedules/new/<str:whose>/", schedules.new, name="new_schedule"),
    path("reports/schedules/<int:pk>/", schedules.schedule, name="schedule"),
    path("reports/schedules/<int:pk>/edit/", schedules.edit, name="edit_schedule"),
    path("reports/schedules/<int:pk>/pause/", schedules.pause, name="pause"),
    path("reports/schedules/<int:pk>/resumption/", schedules.resumption, name="resumption"),
    path("reports/schedules/<int:pk>/skip/", schedules.skip, name="skip"),
    path("reports/schedules/<int:pk>/removal/", schedules.removal, name="removal"),
    path("reports/<int:pk>/", pages.read, name="read"),
    path("reports/<int:pk>/file/", files.file, name="file"),
    path("reports/<int:pk>/withdrawal/", pages.withdrawal, name="withdrawal"),
    path("reports/parts/<int:pk>/removal/", merging.removal, name="drop_part"),
    path("reports/overview/<str:name>/", files.overview, name="overview"),
    path("reports/<str:name>/<str:whose>/", pages.report, name="report"),
    path("reports/<str:name>/<str:whose>/lines/<slug:which>/", pages.lines, name="lines"),
    path("reports/<str:name>/<str:whose>/capacity/", pages.capacity, name="capacity"),
    path("reports/<str:name>/<str:whose>/submission/", pages.submission, name="submission"),
    path("reports/<str:name>/<str:whose>/parts/", merging.parts, name="parts"),
    path("reports/<str:name>/<str:whose>/asking/", merging.asking, name="asking"),
    path("reports/<str:name>/<str:whose>/rows/<slug:key>/", files.rows, name="rows"),
]
