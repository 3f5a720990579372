"""What an installation remembers outside the file: the last head it wrote to each feed, and who writes.

If a file's feed does not end where this installation left it (a copy made elsewhere, a restored backup), writing goes
on in a new feed of the same party: a feed is never continued from two places, so it never forks by accident.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tetrapylon.model import new_uid
from tetrapylon.settings import state_folder


@dataclass
class Installation:
    """Memory of one installation in its state folder: ``heads/FEED.head`` for each feed, ``authors.json``.

    A file for each feed, so that programs writing to different records do not overwrite each other's memory; to one
    record only one writes at a time.
    """

    folder: Path = field(default_factory=state_folder)

    def head(self, feed: str) -> str | None:
        """Hash of the last entry this installation wrote to the feed; None when it never did."""
        try:
            return self._head_file(feed).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def remember(self, feed: str, head: str) -> None:
        """Note the head about to be committed; done before the commit, so that a crash can only cost a new feed."""
        _write(self._head_file(feed), head)

    def author(self, name: str | None = None) -> str:
        """Opaque uid of an author; the name stays in this installation and never enters a record."""
        file = self.folder / "authors.json"
        try:
            authors = json.loads(file.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            authors = {}
        key = name or ""
        if key not in authors:
            authors[key] = new_uid()
            _write(file, json.dumps(authors, ensure_ascii=False, indent=1))
        uid: str = authors[key]
        return uid

    def _head_file(self, feed: str) -> Path:
        return self.folder / "heads" / f"{quote(feed, safe='')}.head"


def _write(file: Path, text: str) -> None:
    """Replace a small file as a whole; its bytes are on disk before it takes the name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}.tmp")
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
