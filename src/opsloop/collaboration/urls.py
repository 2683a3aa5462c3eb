"""Addresses of requests between departments, their forms, the intake queue, records of talks, and figures."""

from __future__ import annotations

from django.urls import URLPattern

from opsloop.collaboration.record_urls import urlpatterns as records

app_name = "collaboration"
urlpatterns: list[URLPattern] = [*records]
