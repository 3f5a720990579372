"""Organisations for tests of the record: each an installation with a record file, working offline until they meet."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tetrapylon.model import Entity, Party, Tier
from tetrapylon.record.derive import Stored
from tetrapylon.record.installation import Installation
from tetrapylon.record.merging import MergeReport, merge
from tetrapylon.record.record import Record
from tetrapylon.record.snapshot import snapshot
from tetrapylon.record.verifying import VerifyReport, verify

_numbers = itertools.count()


def quick_folder() -> Path:
    """A new folder in memory where the system offers that: many small commits without waiting for a disk."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="tetrapylon-offices-", dir=memory if memory.is_dir() else None))


class Office:
    """One installation and its file. Every method opens the file, does one thing, and lets go of it."""

    def __init__(self, folder: Path, name: str, file: Path | None = None) -> None:
        self.folder = folder
        self.name = name
        self.memory = folder / f"{name}-memory"
        self.file = file or folder / f"{name}.gpkg"
        if file is None:
            with Record.create(str(self.file), party=Party(label=name), installation=Installation(self.memory)):
                pass

    def open(self, *, read_only: bool = False) -> Record:
        return Record.open(str(self.file), read_only=read_only, installation=Installation(self.memory))

    @property
    def party(self) -> str:
        with self.open() as record:
            return record.own_party()

    # --- what an office does -----------------------------------------------------------------------------------------

    def says(self, body: Entity, *, about: str | None = None, published: str | None = None, **more: Any) -> Stored:
        """A claim: own words, or cited from a source published on a day."""
        with self.open() as record, record.writing() as writer:
            return writer.claim(body, subject=about, public=published, **more)

    def amends(self, target: Stored | str, body: Entity) -> Stored:
        return self._change("amend", target, body)

    def retracts(self, target: Stored | str, reason: str = "it was a mistake") -> Stored:
        return self._change("retract", target, reason)

    def disputes(self, target: Stored | str, reason: str = "we saw otherwise") -> Stored:
        return self._change("dispute", target, reason)

    def erases(self, target: Stored | str, tiers: Iterable[Tier] = tuple(Tier)) -> Stored:
        return self._change("erase", target, "asked for by the person", tiers)

    def _change(self, act: str, target: Stored | str, *arguments: Any) -> Stored:
        with self.open() as record:
            wanted = target if isinstance(target, str) else target.hash
            held = record.find_entry(wanted)
            with record.writing() as writer:
                stored: Stored = getattr(writer, act)(held, *arguments)
                return stored

    def takes_in(self, *others: Office) -> MergeReport:
        """Merge other offices' files into this one, one after the other; the report of the last."""
        report = MergeReport()
        for other in others:
            with self.open() as record, other.open(read_only=True) as theirs:
                report = merge(record, theirs)
        return report

    # --- what can be read --------------------------------------------------------------------------------------------

    def dump(self) -> list[str]:
        with self.open(read_only=True) as record:
            return list(record.dump())

    def verify(self) -> VerifyReport:
        with self.open(read_only=True) as record:
            return verify(record)

    def labels(self, entity: type[Entity], *, on: str | None = None, known: str | None = None) -> list[str]:
        """The labels of an entity's live claims, sorted."""
        with self.open(read_only=True) as record:
            return sorted(c.body.label for c in record.view(on=on, known=known).claims(entity))  # type: ignore[attr-defined]

    def feeds(self) -> set[str]:
        with self.open(read_only=True) as record:
            return set(record.feeds())

    # --- how files travel --------------------------------------------------------------------------------------------

    def copied_to(self, name: str) -> Office:
        """The file on a memory stick, opened by another installation (which remembers nothing)."""
        target = self.folder / f"{name}.gpkg"
        self.snapshot(target)
        return Office(self.folder, name, target)

    def snapshot(self, target: Path) -> None:
        with self.open(read_only=True) as record:
            snapshot(record, target)

    def twin(self, folder: Path) -> Office:
        """The same office, file and memory, in another folder: what would have happened otherwise."""
        folder.mkdir(exist_ok=True)
        target = folder / self.file.name
        self.snapshot(target)
        twin = Office(folder, self.name, target)
        shutil.copytree(self.memory, twin.memory, dirs_exist_ok=True)
        return twin


def offices(folder: Path, *names: str) -> list[Office]:
    """Fresh offices in a folder of their own."""
    place = folder / f"offices-{next(_numbers)}"
    place.mkdir()
    return [Office(place, name) for name in names]


def meet(*all_of_them: Office) -> None:
    """Everyone takes in everyone, so that all know the same (twice: the first to merge missed what came later)."""
    for _ in range(2):
        for office in all_of_them:
            office.takes_in(*(o for o in all_of_them if o is not office))
