"""What makes Opsloop an app of the device: its manifest, its service worker, and the page for what is not kept."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from opsloop.web import assets

COLOUR = "#0958d9"
# An hour: browsers look at the manifest when the app is installed, and now and then afterwards.
MANIFEST_AGE = 3600
# The icons that the build draws from our mark: source name, side in pixels, what for.
ICONS = (
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("icon-maskable.png", 512, "maskable"),
)
# What every page needs, kept when the worker is installed; other built files are kept as they are met.
SHELL = ("src/styles/app.scss", "src/app.ts", "icons.svg")


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """Say what the device installs: name, icons, where it opens. The same for everybody."""
    start = reverse("desk:today")
    content = {
        "id": start,
        "name": "有序",
        "short_name": "有序",
        "description": _("Goals, ranked tasks, a realistic week and recorded work."),
        "lang": "zh-CN",
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "theme_color": COLOUR,
        "background_color": "#ffffff",
        "icons": [
            {"src": address, "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
            for name, side, purpose in ICONS
            if (address := assets.url(name))
        ],
    }
    response = JsonResponse(
        content, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = f"public, max-age={MANIFEST_AGE}"
    return response


@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    """Answer the script that keeps pages for offline, told what is built at present.

    Whatever is built anew changes its first line, so browsers take it for a new version.
    """
    script = assets.text("src/sw.ts")
    if not script:
        raise Http404
    told = {
        "version": assets.fingerprint(),
        "shell": [address for source in SHELL if (address := assets.url(source))],
        "offline": reverse("web:offline"),
    }
    response = HttpResponse(
        f"self.OPSLOOP={json.dumps(told)};\n{script}", content_type="text/javascript; charset=utf-8"
    )
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page for what is not kept on this device. It holds nothing of anybody."""
    return render(request, "web/offline.html")
