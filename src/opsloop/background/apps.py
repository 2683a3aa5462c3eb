from __future__ import annotations

from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    name = "opsloop.background"
    label = "background"
