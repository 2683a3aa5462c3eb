"""Reports as an application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "opsloop.reports"
