"""The installation's secret key: from the environment, or made once and kept in OPSLOOP_HOME."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read_or_create(home: Path) -> str:
    """Return the secret key kept in `home`/secret.key, making it (readable by the owner only) if missing.

    Raises:
        OSError: `home` can be neither read nor written.
    """
    path = home / "secret.key"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:  # another worker was quicker
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(64)
        file.write(key)
    return key
