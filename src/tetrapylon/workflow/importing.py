"""Bringing a case into a record, and out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tetrapylon.errors import CaseError, Problem
from tetrapylon.formats.case import Case, read_case
from tetrapylon.formats.row import Row
from tetrapylon.record import importing
from tetrapylon.record.importing import ImportReport
from tetrapylon.record.record import Record

CITED = "source date"
"""Value of a manifest's ``known_from`` that says: cited history, known from the end of its source's date."""


@dataclass(frozen=True)
class CaseImport:
    """What an import did (or would do), and what is worth a look."""

    title: str
    banner: str
    rows: int
    report: ImportReport
    warnings: tuple[Problem, ...]
    dry_run: bool


def import_case(
    record: Record, path: Path, *, mapping: Path | None = None, authority: str | None = None, dry_run: bool = False,
    author: str | None = None, progress: Callable[[str, int], None] | None = None,
) -> CaseImport:  # fmt: skip
    """Import a case folder, zip or single file: every problem at once, all or nothing, nothing twice.

    ``authority``: naming authority of a single file, from which stable uids are made.

    Raises
    ------
    CaseError : with every problem found; nothing was written.
    """
    step = (lambda name: lambda done: progress(name, done)) if progress else (lambda name: None)
    case = read_case(path, authority=authority, mapping=mapping, exists=_exists(record))
    staged = importing.Staged(_with_banner(case), progress=step("read"))
    try:
        problems = case.problems
        if case.errors:
            raise CaseError(problems)
        cited = case.manifest.known_from == CITED
        if dry_run:
            report = importing.preview(record, staged)
        else:
            report = importing.write(record, staged, cited=cited, author=author, progress=step("written"))
    finally:
        staged.close()
    manifest = case.manifest
    return CaseImport(manifest.title, manifest.banner, staged.count, report, tuple(problems), dry_run)


def _with_banner(case: Case) -> Iterator[Row]:
    """The case's rows; its sites carry the warning and licences of the manifest."""
    extra = {"banner": case.manifest.banner, "licence": case.manifest.licence}
    for row in case.rows():
        yield row._replace(data={**{k: v for k, v in extra.items() if v}, **row.data}) if row.entity == "site" else row


def _exists(record: Record) -> Callable[[str, str], bool]:
    def exists(entity: str, uid: str) -> bool:
        return any(s.entry.entity == entity or entity == "Entity" for s in record.entries([uid]))

    return exists
