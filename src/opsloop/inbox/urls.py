"""Addresses of inbox. A row is named by the newest notification it stands for."""

from __future__ import annotations

from django.urls import path

from opsloop.inbox import views

app_name = "inbox"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/count/", views.count, name="count"),
    path("inbox/waiting/", views.waiting, name="waiting"),
    path("inbox/reading/", views.reading, name="reading"),
    path("inbox/completion/", views.completion, name="completion"),
    path("inbox/snooze/", views.snooze, name="snooze"),
    path("inbox/<int:pk>/reply/", views.reply, name="reply"),
    path("inbox/<int:pk>/unread/", views.unread, name="unread"),
]
