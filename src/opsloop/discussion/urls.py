"""Addresses of discussion. What is talked about is named by kind and key: /talk/task/12/."""

from __future__ import annotations

from django.urls import path

from opsloop.discussion.views import comments, files, talk

app_name = "discussion"
urlpatterns = [
    path("talk/<slug:kind>/<int:pk>/", talk.talk, name="talk"),
    path("talk/<slug:kind>/<int:pk>/comments/", talk.said, name="said"),
    path("talk/<slug:kind>/<int:pk>/names/", talk.names, name="names"),
    path("talk/<slug:kind>/<int:pk>/watching/", talk.watching, name="watching"),
    path("talk/<slug:kind>/<int:pk>/files/", files.files, name="files"),
    path("comments/<int:pk>/", comments.comment, name="comment"),
    path("comments/<int:pk>/edit/", comments.edit, name="edit"),
    path("comments/<int:pk>/bin/", comments.bin, name="bin"),
    path("comments/<int:pk>/reactions/", comments.reactions, name="reactions"),
    path("files/<int:pk>/", files.download, name="download"),
    path("files/<int:pk>/picture/", files.picture, name="picture"),
    path("files/<int:pk>/text/", files.text, name="text"),
    path("files/<int:pk>/bin/", files.bin, name="file_bin"),
]
