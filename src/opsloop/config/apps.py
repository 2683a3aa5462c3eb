"""Makes the start-up checks known to Django."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The package of settings; it has no models."""

    name = "opsloop.config"
    label = "opsloop_config"

    def ready(self) -> None:
        """Register the checks: importing them does it."""
        import_module("opsloop.config.checks")
