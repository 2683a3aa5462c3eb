"""Addresses of requests between departments, their forms, the intake queue, records of talks, and figures."""

from __future__ import annotations

from django.urls import path

from opsloop.collaboration.record_urls import urlpatterns as records
from opsloop.collaboration.views import answering, requests, rules, writing

app_name = "collaboration"
urlpatterns = [
    *records,
    path("requests/", requests.requests, name="requests"),
    path("requests/strip/", requests.strip, name="strip"),
    path("requests/new/", writing.new, name="new"),
    path("requests/rules/", rules.rules, name="rules"),
    path("requests/<int:pk>/", requests.request, name="request"),
    path("requests/<int:pk>/edit/", writing.edit, name="edit"),
    path("requests/<int:pk>/preview/", writing.preview, name="preview"),
    path("requests/<int:pk>/sending/", writing.sending, name="sending"),
    path("requests/<int:pk>/removal/", writing.removal, name="removal"),
    path("requests/<int:pk>/copy/", writing.copy, name="copy"),
    *[
        path(f"requests/<int:pk>/{name}/", answering.act, {"name": name}, name=name)
        for name in answering.ACTS
    ],
    path("requests/<int:pk>/agreement/", answering.agreement, name="agreement"),
    path("requests/<int:pk>/progress/", answering.progress, name="progress"),
    path("requests/<int:pk>/receipt/", answering.receipt, name="receipt"),
    path("requests/<int:pk>/return/", answering.returning, name="return"),
]
