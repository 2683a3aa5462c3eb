"""Addresses of meetings."""

from __future__ import annotations

from django.urls import path

from opsloop.meetings.holding_urls import urlpatterns as holding
from opsloop.meetings.views import checking, lists, preparing, reading, rooms, settings, writing

app_name = "meetings"
urlpatterns = [
    path("meetings/", lists.meetings, name="meetings"),
    path("meetings/strip/", lists.strip, name="strip"),
    path("meetings/new/", checking.new, name="new"),
    path("meetings/new/notice/", checking.as_notice, name="as_notice"),
    path("meetings/rules/", settings.rules, name="rules"),
    path("meetings/rooms/", rooms.rooms, name="rooms"),
    path("meetings/rooms/new/", rooms.new, name="new_room"),
    path("meetings/rooms/<int:pk>/", rooms.room, name="room"),
    path("meetings/rooms/<int:pk>/removal/", rooms.room_removal, name="room_removal"),
    path("meetings/series/<int:pk>/", settings.series, name="series"),
    path("meetings/series/<int:pk>/days/", settings.series_day, name="series_day"),
    path("meetings/topics/<int:pk>/", preparing.topic, name="topic"),
    path("meetings/topics/<int:pk>/place/", preparing.topic_place, name="topic_place"),
    path("meetings/topics/<int:pk>/removal/", preparing.topic_removal, name="topic_removal"),
    path("meetings/preparations/<int:pk>/done/", preparing.preparation_done, name="preparation_done"),
    path(
        "meetings/preparations/<int:pk>/removal/", preparing.preparation_removal, name="preparation_removal"
    ),
    path("meetings/<int:pk>/", reading.meeting, name="meeting"),
    path("meetings/<int:pk>/answer/", reading.answer, name="answer"),
    path("meetings/<int:pk>/cancellation/", reading.cancellation, name="cancellation"),
    path("meetings/<int:pk>/calendar/", reading.file, name="file"),
    path("meetings/<int:pk>/edit/", writing.edit, name="edit"),
    path("meetings/<int:pk>/standing/", writing.standing, name="standing"),
    path("meetings/<int:pk>/times/", writing.times, name="times"),
    path("meetings/<int:pk>/time/", writing.time, name="time"),
    path("meetings/<int:pk>/crowd/", writing.crowd, name="crowd"),
    path("meetings/<int:pk>/topics/", preparing.topics, name="topics"),
    path("meetings/<int:pk>/preparations/", preparing.preparations, name="preparations"),
    path("meetings/<int:pk>/removal/", writing.removal, name="removal"),
    path("meetings/<int:pk>/copy/", writing.copy, name="copy"),
    *holding,
]
