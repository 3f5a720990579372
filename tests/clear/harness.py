"""Tables that a field officer can read as tests of the gate."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from tetrapylon.clear.gate import Seen, gate
from tetrapylon.model import GateStatus

View = Callable[[dt.date], Seen]


def assert_gate(table: str, view: View, structure_uid: Callable[[str], str]) -> None:
    """Check the gate against a table.

    Columns, two or more blanks between them: structure, on, known, kind of ground ("all" for the three), gate,
    because. ``because`` holds fragments divided by ";": each must stand in a reason or name a claim that is cited;
    one that begins with "not " must do neither; "as above" repeats the fragments wanted in the row before.
    """
    lines = [line.strip() for line in table.strip().splitlines()]
    assert re.split(r"\s{2,}", lines[0]) == ["structure", "on", "known", "ground", "gate", "because"]
    assert len(lines) > 1, "the table has no row"
    wanted: list[str] = []
    for line in lines[1:]:
        name, on, known, ground, state, because = re.split(r"\s{2,}", line, maxsplit=5)
        seen = view(dt.date.fromisoformat(known))
        statuses = gate(structure_uid(name), seen, on=dt.date.fromisoformat(on))
        parts = [part.strip() for part in because.split(";")]
        before = [part for part in wanted if not part.startswith("not ")]
        wanted = [p for part in parts for p in (before if part == "as above" else [part])]
        asked = {kind: status for kind, status in statuses.items() if ground in ("all", kind)}
        assert asked, f"{line}\n  no such kind of ground: {ground}"
        for status in asked.values():
            assert status.state == state, f"{line}\n{status}"
            _because(line, wanted, status, seen)


def _because(line: str, wanted: list[str], status: GateStatus, seen: Seen) -> None:
    names = {c.uid: c.name for claims in vars(seen).values() for c in claims}
    cited = {names.get(uid, uid) for reason in status.because for uid in reason.claims}
    texts = "\n".join(reason.text for reason in status.because)
    for part in wanted:
        fragment = part.removeprefix("not ")
        there = fragment in cited or fragment in texts
        assert there is not part.startswith("not "), f"{line}\n  {part!r} against:\n{texts}\n  citing {sorted(cited)}"
