"""Published project-scheduling instances (PSPLIB ``.sm``, MMLIB ``.mm``) as a `Problem` of this package.

A renewable resource becomes a team of that size with its own skill, a non-renewable one a budget, a mode a mode, and
the objective the number of days until the last finish. The reader takes text; nothing is read from disk here.

Format: Kolisch, R. and Sprecher, A. (1997). PSPLIB - a project scheduling problem library. EJOR 96, 205-216.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from tetrapylon.errors import ValueRangeError
from tetrapylon.plan.problem import Activity, Budget, Duration, Mode, Need, Problem, Team, Weights

EPOCH = date(2000, 1, 1)
"""Arbitrary first day: the instances have no dates."""


def parse(text: str, name: str = "instance") -> Problem:
    """Read one instance.

    Parameters
    ----------
    text : contents of an ``.sm`` or ``.mm`` file.
    name : used in error messages and as the source of durations.

    Returns
    -------
    Problem whose horizon is the sum of the longest modes; its score is the makespan.

    Raises
    ------
    ValueRangeError : the text is not such an instance.
    """
    lines = text.splitlines()
    try:
        jobs = int(_after(lines, r"jobs\s.*:\s*(\d+)"))
        renewable = int(_after(lines, r"\s*- renewable\s*:\s*(\d+)"))
        stock = int(_after(lines, r"\s*- nonrenewable\s*:\s*(\d+)"))
        if int(_after(lines, r"\s*- doubly constrained\s*:\s*(\d+)")):
            raise ValueRangeError(f"{name}: doubly constrained resources are not supported.")
        at = _line(lines, "PRECEDENCE RELATIONS") + 2
        head = [[int(x) for x in line.split()] for line in lines[at : at + jobs]]
        after: list[list[str]] = [[] for _ in range(jobs)]
        for row in head:
            for successor in row[3 : 3 + row[2]]:
                after[successor - 1].append(str(row[0]))
        at = _line(lines, "REQUESTS/DURATIONS") + 1
        rows = [
            [int(x) for x in line.split()] for line in lines[at:] if re.fullmatch(r"[\s\d]+", line) and line.strip()
        ]
        amounts = rows[sum(row[1] for row in head)]
        modes: list[list[Mode]] = [[] for _ in range(jobs)]
        job = -1
        for row in rows[: sum(r[1] for r in head)]:
            if len(row) == 3 + renewable + stock:
                job = row[0] - 1
            _, days, *uses = row[-(2 + renewable + stock) :]
            modes[job].append(
                Mode(
                    id=str(len(modes[job]) + 1),
                    duration=Duration.exactly(days, name, "V"),
                    needs=tuple(Need(f"R{k + 1}", u) for k, u in enumerate(uses[:renewable]) if u and days),
                    spends={f"N{k + 1}": u for k, u in enumerate(uses[renewable:]) if u},
                )
            )
    except (ValueError, IndexError) as error:
        raise ValueRangeError(f"{name} is not a readable PSPLIB or MMLIB instance: {error}") from error
    horizon = sum(max(m.duration.likely for m in ms) for ms in modes) + 1
    return Problem(
        first=EPOCH,
        last=EPOCH + timedelta(days=horizon - 1),
        activities=tuple(
            Activity(str(i + 1), "works", tuple(ms), after=tuple(before))
            for i, (ms, before) in enumerate(zip(modes, after, strict=True))
        ),
        teams=tuple(Team(f"R{k + 1}", frozenset({f"R{k + 1}"}), size=amounts[k]) for k in range(renewable)),
        budgets=tuple(Budget(f"N{k + 1}", amounts[renewable + k]) for k in range(stock)),
        weights=Weights(visited=0, stabilised=0, recorded=0, day=1),
    )


def _after(lines: list[str], pattern: str) -> str:
    for line in lines:
        found = re.match(pattern, line)
        if found:
            return found.group(1)
    raise ValueError(f"no line matches {pattern}")


def _line(lines: list[str], start: str) -> int:
    for k, line in enumerate(lines):
        if line.lstrip().startswith(start):
            return k
    raise ValueError(f"no line begins with {start}")
