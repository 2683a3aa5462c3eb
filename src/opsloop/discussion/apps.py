from __future__ import annotations

from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    name = "opsloop.discussion"
    label = "discussion"
