"""Importing many claims: validate and stage outside the write lock, then add what is new in one transaction.

Re-importing adds nothing; a changed row becomes an amendment of the party's own earlier claim.
"""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Protocol

from tetrapylon.model import REGISTRY, Tier, claim_uid
from tetrapylon.model.dates import Precision, When, parse_date
from tetrapylon.model.entity import split_by_tier
from tetrapylon.record.bulk import collector_paused
from tetrapylon.record.derive import Stored, first_row
from tetrapylon.record.entry import Act, body_data, body_text
from tetrapylon.record.writer import claim_span, public_day, raise_tier

if TYPE_CHECKING:
    from tetrapylon.record.record import Record
    from tetrapylon.record.writer import Writer

CHUNK = 2_000
"""Rows staged, looked up and written together: bounds the memory of an import."""

ALWAYS = "0001-01-01"
"""Day of knowledge of background things (`Entity.background`) of a cited case: who and where, known from the start."""

Progress = Callable[[int], None]


class Incoming(Protocol):
    """What an import needs of a row; `tetrapylon.formats.row.Row` is one."""

    @property
    def entity(self) -> str: ...
    @property
    def uid(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def source(self) -> str | None: ...
    @property
    def tier(self) -> Tier | None: ...


@dataclass
class ImportReport:
    """What an import did, or would do."""

    added: int = 0
    amended: int = 0
    unchanged: int = 0
    retracted: int = 0
    """Rows whose claim the party took back earlier: they stay taken back."""
    by_entity: dict[str, int] = field(default_factory=dict)


class Staged:
    """Rows ready to be written, on disk beyond the first chunk; made outside the write lock."""

    def __init__(self, incoming: Iterable[Incoming], *, progress: Progress | None = None) -> None:
        self.count = 0
        self.published: dict[str, str] = {}
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="tetrapylon-")  # noqa: SIM115 - closed by `close`
        try:
            chunk = []
            for row in incoming:
                chunk.append(_prepare(row))
                if row.entity == "source" and (stated := row.data.get("published")):
                    when = When(parse_date(stated["date"]), Precision(stated.get("precision", "day")))
                    self.published[row.uid] = public_day(when)
                if len(chunk) >= CHUNK:
                    self._store(chunk, progress)
                    chunk = []
            self._store(chunk, progress)
        except BaseException:
            self._file.close()
            raise

    def _store(self, chunk: list[tuple[Any, ...]], progress: Progress | None) -> None:
        if chunk:
            packed = marshal.dumps(chunk)
            self._file.write(len(packed).to_bytes(8, "big") + packed)
            self.count += len(chunk)
            if progress:
                progress(self.count)

    def chunks(self) -> Iterator[list[tuple[Any, ...]]]:
        """The rows again, chunk by chunk, in the order they came."""
        self._file.seek(0)
        left = self.count
        while left > 0:
            size = int.from_bytes(self._file.read(8), "big")
            chunk = marshal.loads(self._file.read(size))  # noqa: S302 - our own temporary file
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Let go of the temporary file."""
        self._file.close()


def _prepare(row: Incoming) -> tuple[Any, ...]:
    cls = REGISTRY[row.entity]
    divided = split_by_tier(cls, row.data)
    if row.tier is not None:
        divided = raise_tier(divided, row.tier)
    if len(divided) == 1:
        bodies: tuple[tuple[str, str], ...] = (("public", body_text(divided[Tier.PUBLIC])),)
    else:
        bodies = tuple([(t._value_, body_text(divided[t])) for t in _ORDER if t in divided])
    return row.entity, row.uid, row.source, claim_span(cls, row.data), bodies


def _data(bodies: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """The JSON data of all bodies together."""
    data = body_data(bodies[0][1])
    for _, body in bodies[1:]:
        data.update(body_data(body))
    return data


def write(
    record: Record, staged: Staged, *, cited: bool, author: str | None = None, progress: Progress | None = None
) -> ImportReport:
    """Add staged rows to the own feed: all or nothing.

    ``cited``: rows are cited history, known from the end of their source's date; otherwise they are the party's own
    words, known from now.
    """
    report = ImportReport()
    sources = dict(staged.published)
    with record.writing(author) as writer:
        if cited:
            sources = {**_published(record), **sources}
        done = 0
        for chunk in staged.chunks():
            with collector_paused():
                _write_chunk(record, writer, chunk, sources if cited else None, report)
            done += len(chunk)
            if progress:
                progress(done)
    return report


def preview(record: Record, staged: Staged) -> ImportReport:
    """What `write` would do, without writing."""
    report = ImportReport()
    party = record.own_party()
    for chunk in staged.chunks():
        present = _live(record, [row[1] for row in chunk], party)
        for entity, uid, _source, _span, bodies in chunk:
            _count(report, entity, _act(present.get(claim_uid(party, entity, uid), _ABSENT), bodies))
    return report


def _write_chunk(
    record: Record, writer: Writer, chunk: list[tuple[Any, ...]], sources: dict[str, str] | None, report: ImportReport
) -> None:
    writer.flush()
    held = _live(record, [row[1] for row in chunk], writer.party)
    fresh = []
    for entity, uid, source, span, bodies in chunk:
        claim = claim_uid(writer.party, entity, uid)
        present = held.get(claim, _ABSENT)
        act = Act.ASSERT if present is _ABSENT else _act(present, bodies)
        _count(report, entity, act)
        if act is not Act.ASSERT and act is not Act.AMEND:
            continue
        targets = tuple(s.hash for s in present) if act is Act.AMEND else ()
        stored = writer.append(
            act, entity, REGISTRY[entity].entity_version, uid, claim, source, _public(entity, uid, source, sources),
            span, targets, [(_TIERS[t], body) for t, body in bodies], _data(bodies),
        )  # fmt: skip
        if uid in held.subjects:
            writer.touch(uid)
        else:
            fresh.append(first_row(stored))
            held.subjects.add(uid)
            held[claim] = (stored,)
    record.put_rows(fresh)


class _Held(dict[str, Any]):
    """Live versions of the own party's claims by claim uid: none where taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.subjects: set[str] = set()


_ABSENT = object()
_ORDER = tuple(Tier)
_TIERS = {t.value: t for t in Tier}


def _live(record: Record, subjects: list[str], party: str) -> _Held:
    held = _Held()
    ended: set[str] = set()
    own: list[Stored] = []
    for stored in record.entries(subjects):
        held.subjects.add(stored.entry.subject)
        if stored.party == party:
            own.append(stored)
            if stored.entry.act in (Act.AMEND, Act.RETRACT):
                ended.update(stored.entry.targets)
    for stored in own:
        if stored.entry.act in (Act.ASSERT, Act.AMEND):
            versions = held.setdefault(stored.entry.claim, ())
            if stored.hash not in ended:
                held[stored.entry.claim] = (*versions, stored)
    return held


def _act(present: Any, bodies: tuple[tuple[str, str], ...]) -> Act | None:
    """What becomes of a row: asserted, amended, left unchanged (None), or left retracted."""
    if present is _ABSENT:
        return Act.ASSERT
    if not present:
        return Act.RETRACT
    if any(version.withheld for version in present):  # erased or withheld here: an import does not bring it back
        return None
    new = _data(bodies)
    tiers = [_TIERS[t] for t, _ in bodies]
    same = all(new == v.data and tiers == [t for t, _ in v.entry.parts] for v in present)
    return None if same else Act.AMEND


def _count(report: ImportReport, entity: str, act: Act | None) -> None:
    if act is Act.ASSERT:
        report.added += 1
        report.by_entity[entity] = report.by_entity.get(entity, 0) + 1
    elif act is Act.AMEND:
        report.amended += 1
    elif act is Act.RETRACT:
        report.retracted += 1
    else:
        report.unchanged += 1


def _public(entity: str, uid: str, source: str | None, sources: dict[str, str] | None) -> str | None:
    if sources is None:
        return None
    if entity == "source":
        return sources.get(uid)
    if source is not None and source in sources and not REGISTRY[entity].background:
        return sources[source]
    return ALWAYS if REGISTRY[entity].background else None


def _published(record: Record) -> dict[str, str]:
    """Days from which the sources already in the record count as known."""
    from tetrapylon.model import Source

    claims = record.view(on="2200-12-31").claims(Source)
    return {c.uid: public_day(c.body.published) for c in claims}
