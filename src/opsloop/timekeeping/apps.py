from __future__ import annotations

from django.apps import AppConfig


class TimekeepingConfig(AppConfig):
    name = "opsloop.timekeeping"
    label = "timekeeping"
