"""Addresses of the mechanisms every page shares."""

from __future__ import annotations

from django.urls import path

from opsloop.activity import views

app_name = "activity"
urlpatterns = [
    path("undo/<int:pk>/", views.undo, name="undo"),
    path("undo/last/", views.undo_last, name="undo_last"),
    path("live/", views.live_stream, name="live"),
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<int:pk>/", views.job_detail, name="job"),
    path("jobs/<int:pk>/cancellation/", views.job_cancellation, name="job_cancellation"),
]
