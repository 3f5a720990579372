"""The frozen heart of the record: what an entry and a part are, byte for byte. The page is docs/format.md.

An entry is a short text, one ``name value`` per line in a fixed order; its hash is the SHA-256 of those bytes. Bodies
lie outside, one part per sensitivity tier; the entry holds only a salted SHA-256 of each. A part may be withheld or
erased and the chain still verifies. Bytes are hashed as stored, never re-serialised.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from tetrapylon.errors import RecordDamaged
from tetrapylon.model import Tier

FIRST_LINE = "tetrapylon entry 1"
NAMES = (
    "feed", "seq", "prev", "recorded", "public", "from", "to", "precision", "act", "claim", "entity", "version",
    "subject", "source", "author", "targets",
)  # fmt: skip
NOTHING = "-"
"""Stands for an empty value."""

SALT_BYTES = 16


class Act(StrEnum):
    """What an entry does."""

    ASSERT = "assert"
    AMEND = "amend"
    """Replaces the whole body of the entries it targets."""
    RETRACT = "retract"
    DISPUTE = "dispute"
    ERASE = "erase"
    """Parts of the entries it targets are erased, here and at every later merge."""
    RECEIVE = "receive"
    """Names the heads taken in from other feeds: witnesses them and dates our knowledge."""


class Entry(NamedTuple):
    """One entry of a feed. Dates and times are ISO 8601 text in UTC; hashes are lower-case hexadecimal.

    ``targets`` are entry hashes; a target of an erasure may carry ``/tier`` to name one part.
    """

    feed: str
    seq: int
    prev: str | None
    recorded: str
    public: str | None
    valid_from: str | None
    valid_to: str | None
    precision: str | None
    act: Act
    claim: str
    entity: str
    version: int
    subject: str
    source: str | None
    author: str
    targets: tuple[str, ...]
    parts: tuple[tuple[Tier, str], ...]

    def text(self) -> str:
        """The entry as stored and hashed."""
        parts = "".join([f"part {tier._value_} {digest}\n" for tier, digest in self.parts])
        return (
            f"{FIRST_LINE}\nfeed {self.feed}\nseq {self.seq}\nprev {self.prev or NOTHING}\n"
            f"recorded {self.recorded}\npublic {self.public or NOTHING}\nfrom {self.valid_from or NOTHING}\n"
            f"to {self.valid_to or NOTHING}\nprecision {self.precision or NOTHING}\nact {self.act._value_}\n"
            f"claim {self.claim}\nentity {self.entity}\nversion {self.version}\nsubject {self.subject}\n"
            f"source {self.source or NOTHING}\nauthor {self.author}\n"
            f"targets {' '.join(self.targets) or NOTHING}\n{parts}"
        )

    def hash(self) -> str:
        """SHA-256 of the text, hexadecimal."""
        return hash_text(self.text())

    @classmethod
    def parse(cls, text: str) -> Entry:
        """Read an entry's text.

        Raises
        ------
        RecordDamaged : a line is missing, out of order or not understood.
        """
        lines = text.split("\n")
        try:
            if lines[0] != FIRST_LINE or lines[-1] != "":
                raise ValueError(lines[0][:40])
            values: list[str | None] = []
            for name, line in zip(NAMES, lines[1:17], strict=True):
                key, _, value = line.partition(" ")
                if key != name or not value:
                    raise ValueError(line[:60])
                values.append(None if value == NOTHING else value)
            parts = []
            for line in lines[17:-1]:
                key, tier, digest = line.split(" ")
                if key != "part" or len(digest) != 64:
                    raise ValueError(line[:60])
                parts.append((Tier(tier), digest))
            feed, seq, prev, recorded, public, start, end, precision, act, claim, entity, version, subject = values[:13]
            source, author, targets = values[13:]
            if not (feed and seq and recorded and act and claim and entity and version and subject and author):
                raise ValueError("an obligatory value is empty")
            return cls(
                feed=feed, seq=int(seq), prev=prev, recorded=recorded, public=public, valid_from=start, valid_to=end,
                precision=precision, act=Act(act), claim=claim, entity=entity, version=int(version), subject=subject,
                source=source, author=author, targets=tuple(targets.split(" ")) if targets else (), parts=tuple(parts),
            )  # fmt: skip
        except ValueError as error:
            raise RecordDamaged(f"An entry's text is not understood: {error}.") from None


def is_token(value: str) -> bool:
    """True for a value an entry's line can hold: some printable characters, no space among them, not the empty mark."""
    return value.isprintable() and " " not in value and value not in ("", NOTHING)


def part_digest(salt: bytes, body: str) -> str:
    """SHA-256 of salt and body bytes, hexadecimal: what an entry holds of a part."""
    return sha256(salt + body.encode()).hexdigest()


def hash_text(text: str) -> str:
    """SHA-256 of UTF-8 text, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def body_text(data: Mapping[str, Any]) -> str:
    """JSON data as body text: keys sorted, no spaces, UTF-8. Numbers are finite: the values were checked before."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


def body_data(text: str | bytes) -> dict[str, Any]:
    """Body text as JSON data.

    Raises
    ------
    RecordDamaged : the text is not JSON, or not an object.
    """
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RecordDamaged(f"A body is not JSON: {error}.", hint="Run: tetrapylon verify FILE") from None
    if not isinstance(data, dict):
        raise RecordDamaged("A body is not a JSON object.", hint="Run: tetrapylon verify FILE")
    return data


def now() -> str:
    """The present instant as the record writes it: ISO 8601, UTC, milliseconds."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def end_of(known: str) -> str:
    """The last instant ``known`` means: a day runs to its last millisecond, an instant is itself."""
    return f"{known}T23:59:59.999Z" if len(known) == 10 else known
