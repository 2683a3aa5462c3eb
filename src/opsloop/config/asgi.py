"""The ASGI application that granian serves."""

from __future__ import annotations

import os

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class Handler(ASGIHandler):
    """Answers a request in one visit of its thread: our middleware and all views but the live stream are synchronous.

    Django's own way goes back to the event loop for the view and for each hook of a middleware, some ten crossings
    of 0.1 ms and more. An asynchronous view still runs in the loop; its stream is sent from there as before.
    """

    def __init__(self) -> None:
        """Load the middleware as a synchronous chain."""
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer, made in the thread of this request."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsloop.config.settings")
django.setup(set_prefix=False)
application = Handler()
