"""What an installation remembers outside the file: the last head it wrote to each feed, and who writes.

If a file's feed does not end where this installation left it (a copy made elsewhere, a restored backup), writing goes
on in a new feed of the same party: a feed is never continued from two places, so it never forks by accident.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tetrapylon.model import new_uid
from tetrapylon.settings import state_folder


@dataclass
class Installation:
    """Memory of one installation, kept in ``memory.json`` of its state folder."""

    folder: Path = field(default_factory=state_folder)

    def _load(self) -> dict[str, Any]:
        try:
            data = json.loads(self._file.read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            data = {}
        return {"heads": {}, "authors": {}, **data}

    @property
    def _file(self) -> Path:
        return self.folder / "memory.json"

    def _save(self, data: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)

    def head(self, feed: str) -> str | None:
        """Hash of the last entry this installation wrote to the feed; None when it never did."""
        head: str | None = self._load()["heads"].get(feed)
        return head

    def remember(self, feed: str, head: str) -> None:
        """Note the head about to be committed; done before the commit, so that a crash can only cost a new feed."""
        data = self._load()
        data["heads"][feed] = head
        self._save(data)

    def author(self, name: str | None = None) -> str:
        """Opaque uid of an author; the name stays in this installation and never enters a record."""
        data = self._load()
        key = name or ""
        if key not in data["authors"]:
            data["authors"][key] = new_uid()
            self._save(data)
        uid: str = data["authors"][key]
        return uid
