"""Finds the files that Vite built, by the manifest it leaves beside them.

A page must not fail because nothing has been built yet (a fresh checkout, a test run without node), so a
missing manifest or entry gives an empty address instead of an error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

MANIFEST = Path(__file__).resolve().parent / "static" / "dist" / "manifest.json"


@dataclass
class Manifest:
    """Vite's manifest, read again when the file on disk is a newer one."""

    path: Path
    _read_at: float = -1.0
    _entries: dict[str, Any] = field(default_factory=dict)

    def entries(self) -> dict[str, Any]:
        """Return the entries by source name; empty while nothing is built."""
        if self._read_at < 0 or settings.DEBUG:
            self._refresh()
        return self._entries

    def _refresh(self) -> None:
        try:
            changed_at = self.path.stat().st_mtime
        except FileNotFoundError:
            self._read_at, self._entries = 0.0, {}
            return
        if changed_at != self._read_at:
            self._entries = json.loads(self.path.read_text(encoding="utf-8"))
            self._read_at = changed_at


_manifest = Manifest(MANIFEST)


def url(source: str) -> str:
    """Return the address of a built file by its source name, such as "src/app.ts"; "" when not built."""
    entry = _manifest.entries().get(source)
    return _address(entry["file"]) if entry else ""


def text(source: str) -> str:
    """Return the content of a built script by its source name; "" when not built."""
    entry = _manifest.entries().get(source)
    return (_manifest.path.parent / entry["file"]).read_text(encoding="utf-8") if entry else ""


def fingerprint() -> str:
    """Return a name for what is built at present: another one as soon as any built file is another."""
    files = sorted(entry["file"] for entry in _manifest.entries().values())
    return sha256("\n".join(files).encode()).hexdigest()[:12]


@cache
def _address(file: str) -> str:
    # Every icon of a page asks for the same few; joining an address costs more than drawing the icon.
    return static(f"dist/{file}")


def icon_names() -> frozenset[str]:
    """Return the names that `{% icon %}` knows; the same file tells Vite which icons to draw."""
    return _ICONS


_ICONS: frozenset[str] = frozenset(
    json.loads((Path(__file__).resolve().parent / "icons.json").read_text(encoding="utf-8"))
)
