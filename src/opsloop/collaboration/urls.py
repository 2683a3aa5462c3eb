"""Addresses of requests between departments, their forms, the intake queue, records of talks, and figures."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "collaboration"
urlpatterns: list[URLPattern] = []
