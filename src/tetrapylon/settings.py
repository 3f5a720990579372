"""Settings of an installation, read from ``TETRAPYLON_*`` environment variables; every one has a default."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def state_folder() -> Path:
    """Where an installation keeps its own memory: ``TETRAPYLON_STATE``, else the platform's folder for such data."""
    if chosen := os.environ.get("TETRAPYLON_STATE"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "tetrapylon"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "tetrapylon"
    return Path(os.environ.get("XDG_STATE_HOME", str(Path.home() / ".local" / "state"))) / "tetrapylon"


def busy_seconds() -> float:
    """How long a writer waits for another one to finish: ``TETRAPYLON_BUSY_SECONDS``, default 5."""
    return float(os.environ.get("TETRAPYLON_BUSY_SECONDS", "5"))


def assets_folder() -> Path:
    """Where the artefacts of a record in a database lie: ``TETRAPYLON_ASSETS``, else ``assets`` in the state folder."""
    return Path(os.environ.get("TETRAPYLON_ASSETS", str(state_folder() / "assets")))
