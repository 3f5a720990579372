"""Census of the values a field holds, and fields entered twice: the last two tools of the field's reference checker.

GICHD geocheck lists every value of 229 enumerated fields with its count, for a person to read, and custom fields that
stand twice in a record [V, read in its source]. Here values that are nearly alike are also named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from tetrapylon.clear.survey.identity import trimmed
from tetrapylon.clear.survey.subject import FieldCensus, Survey
from tetrapylon.geo.checks import Flaw, Severity, check

DISTINCT = 100
"""More different values than this are no enumeration; counting stops there, so that memory stays small [P]."""
LIKENESS = 0.85
"""Share of letters in common above which a rare value may be a slip of a frequent one (difflib's ratio) [P]."""
RARE = 10
"""Times a value must be rarer than its neighbour to be called a possible slip [P]."""
LONGEST = 80
"""Letters; longer texts are no terms of an enumeration [P]."""
SHORTEST = 4
"""Letters a value must have to be compared by likeness [P]."""


class Tally:
    """Counts the values of the columns of one table, row by row."""

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self.table, self.columns = table, columns
        self.counts: list[Counter[str] | None] = [Counter() for _ in columns]
        self.empty = [0] * len(columns)

    def add(self, cells: Sequence[object]) -> None:
        """Count one row. Cells that are no text (geometries) end the counting of their column."""
        for k, cell in enumerate(cells[: len(self.columns)]):
            counts = self.counts[k]
            if counts is None:
                continue
            if cell in ("", None):
                self.empty[k] += 1
            elif not isinstance(cell, str | int | float):
                self.counts[k] = None
            else:
                counts[str(cell)] += 1
                if len(counts) > DISTINCT or len(str(cell)) > LONGEST:
                    self.counts[k] = None

    def result(self) -> Iterator[FieldCensus]:
        """Columns that look like enumerations: some value stands in more than one row."""
        for name, counts, empty in zip(self.columns, self.counts, self.empty, strict=True):
            if counts and max(counts.values()) > 1:
                ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
                yield FieldCensus(self.table, name, tuple(ordered), empty)


@check("similar-values", Severity.ADVICE, "values of one field that differ in blanks, capitals or a letter")
def similar_values(it: Survey) -> Iterator[Flaw]:
    for field in it.census:
        groups: dict[str, list[str]] = {}
        for value, _ in field.values:
            groups.setdefault(trimmed(value), []).append(value)
        counts = dict(field.values)
        for same in groups.values():
            if len(same) > 1:
                listed = ", ".join(f'"{v}" ({counts[v]:,})' for v in same)
                yield Flaw(
                    f"{field}: {listed} differ in blanks or capitals only.", None, sum(counts[v] for v in same[1:])
                )
        firsts = [same[0] for same in groups.values()]
        yield from _slips(field, firsts, counts)


@check("duplicate-field", Severity.ERROR, "a table with one field under two headings")
def duplicate_field(it: Survey) -> Iterator[Flaw]:
    """Compared without blanks, capitals, underscores and hyphens."""
    for table, headings in it.headings:
        groups: dict[str, list[str]] = {}
        for heading in headings:
            groups.setdefault(trimmed(heading.replace("_", "").replace("-", "")), []).append(heading)
        for same in groups.values():
            if len(same) > 1 and same[0].strip():
                listed = ", ".join(f'"{h}"' for h in same)
                yield Flaw(f"{table}: one field stands under {len(same)} headings: {listed}.", None, len(same))


def _slips(field: FieldCensus, values: Sequence[str], counts: dict[str, int]) -> Iterator[Flaw]:
    """Rare values that read nearly like a frequent one; numbers and days are never slips of one another."""
    words = [v for v in values if len(v) >= SHORTEST and not any(c.isdigit() for c in v)]
    for value in words:
        frequent = [w for w in words if counts[w] >= RARE * counts[value]]
        near = get_close_matches(value, frequent, 1, LIKENESS)
        if near:
            text = f'{field}: "{value}" ({counts[value]:,}) reads nearly like "{near[0]}" ({counts[near[0]]:,}).'
            yield Flaw(text, None, counts[value])
