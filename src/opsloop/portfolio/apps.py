from __future__ import annotations

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "opsloop.portfolio"
    label = "portfolio"
