"""The task order of a team in two languages: what, where, when, by which method, and what holds it.

A task that relies on a release that is only assumed prints HOLD until its Decision exists; the order itself authorises
nothing. What people fill in is blank.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tetrapylon.errors import NotFound, nearest
from tetrapylon.reports import parts
from tetrapylon.reports.document import (
    Blanks,
    Block,
    Checklist,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Parallel,
    Picture,
    Run,
    Said,
    SignOff,
    Table,
    Text,
)
from tetrapylon.reports.plan_maps import team_map
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.workflow.schedule_result import Planned, Schedule, TeamOf, ZoneOf

RADIO = ("channel", "reserve", "control", "check_in")
MEDEVAC = ("medic", "vehicle", "route", "hospital", "rehearsed")
RELEASED = ("decision_number", "decision_by", "decision_until")
CHECKS = ("check_decision", "check_radio", "check_medevac", "check_heritage", "check_neighbours")


def task_order(
    seen: Situation,
    schedule: Schedule,
    team: str,
    words: Wording,
    other: Wording,
    *,
    made: dt.datetime,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Document:
    """The order of one team for what it does from ``first`` to ``last``; None: from the first or to the last day.

    Raises
    ------
    NotFound : the schedule has no such team, or nothing for it in the period.
    """
    of = next((t for t in schedule.teams if t.id == team), None)
    if of is None:
        near = nearest(team, [t.id for t in schedule.teams])
        raise NotFound(f'The schedule has no team "{team}".', hint=f'Did you mean "{near}"?' if near else None)
    tasks = schedule.of_team(team, first or dt.date.min, last or dt.date.max)
    if not tasks:
        raise NotFound(f'The schedule has nothing for the team "{team}" in this period.')
    days = [d for t in tasks for d in (t.first, t.last) if d is not None]
    return _Order(seen, schedule, of, tasks, words, other).document(made, first or min(days), last or max(days))


class _Order:
    def __init__(
        self,
        seen: Situation,
        schedule: Schedule,
        team: TeamOf,
        tasks: Sequence[Planned],
        words: Wording,
        other: Wording,
    ) -> None:
        self.seen, self.schedule, self.team, self.tasks = seen, schedule, team, tasks
        self.words, self.other = words, other
        self.labels = {t.id: t.label for t in schedule.teams} | {s.id: s.label for s in schedule.structures}
        self.labels |= {p.id: p.label for p in schedule.places}

    def document(self, made: dt.datetime, first: dt.date, last: dt.date) -> Document:
        words, schedule = self.words, self.schedule
        plan = Said(schedule.title)
        blocks: list[Block] = [*self._opening(first, last), *self._map(), *self._list()]
        blocks += [*self._checks(), *self._emergency()]
        for number, task in enumerate(self.tasks, 1):
            blocks += self._task(number, task)
        blocks += self._closing(made)
        return Document(
            title=words("order_title", team=Said(self.team.label, name=True)),
            subtitle=words("order_period", plan=plan, first=first, last=last),
            banner=parts.banner(self.seen, words),
            foot=words(
                "order_foot",
                software=self.seen.software,
                made=f"{made:%Y-%m-%d}",
                on=schedule.on,
                known=schedule.known[:10],
            ),
            made=int(made.timestamp()),
            blocks=tuple(blocks),
            language=words.code,
            page_word=words.plain("page"),
        )

    def _both(self, key: str) -> tuple[Run, ...]:
        """A label in both languages."""
        return (*self.words(key), " · ", Said(self.other.plain(key), self.other.code, name=True))

    def _parallel(self, *keys: str, strong: bool = False, **values: object) -> Block:
        rows = tuple(
            (Paragraph(self.words(k, **values), strong=strong), Paragraph(self.other(k, **values), strong=strong))
            for k in keys
        )
        return Parallel(self.other.code, rows)

    def _opening(self, first: dt.date, last: dt.date) -> list[Block]:
        held = sum(t.hold for t in self.tasks)
        key = "held_tasks" if held else "no_held_tasks"
        facts: list[tuple[Text, Text]] = [
            (self._both("team"), Said(f"{self.team.label} ({self.team.id})", name=True)),
            (self._both("skills"), Said(", ".join(self.team.skills), name=True)),
            (self._both("assets"), Said(", ".join(self.team.assets) or "-", name=True)),
            (self._both("period"), (Figure(f"{first}"), " - ", Figure(f"{last}"))),
        ]
        if self.schedule.note:
            facts.append((self._both("scenario"), Said(self.schedule.note)))
        return [
            self._parallel(key, strong=True, held=held, tasks=len(self.tasks)),
            self._parallel("authorises_nothing", "find_stop", "find_artefact"),
            Facts(tuple(facts)),
            *(
                Paragraph(Said(told, w.code), quiet=True)
                for w in (self.words, self.other)
                if (told := w.plain("unreviewed"))
            ),
        ]

    def _map(self) -> list[Block]:
        drawn = team_map(self.schedule, self.tasks)
        if not drawn:
            return []
        caption = (*self.words("map_tasks"), " ", Said(self.other.plain("map_tasks"), self.other.code, name=True))
        return [Picture(drawn, caption, self.words.plain("map_tasks_description"), 92)]

    def _list(self) -> list[Block]:
        head = ("", *(self._both(k) for k in ("task", "place", "first", "last", "method", "with", "begin")))
        rows = tuple(
            (
                Figure(str(number)),
                Said(t.label),
                Said(self.labels.get(t.structure or t.place or "", t.place or "-"), name=True),
                Figure(str(t.first)),
                Figure(str(t.last)),
                Said(t.method or t.kind),
                Said(self._with(t) or "-", name=True),
                self._both("hold") if t.hold else self._both("on_gate"),
            )
            for number, t in enumerate(self.tasks, 1)
        )
        return [Heading(self._both("tasks")), Table(head, rows, (0, 5, 3, 0, 0, 2, 3, 3))]

    def _with(self, task: Planned) -> str:
        return ", ".join(self.labels.get(t, t) for t, _ in task.teams if t != self.team.id)

    def _checks(self) -> list[Block]:
        own, other = (Checklist(tuple(w(k) for k in CHECKS)) for w in (self.words, self.other))
        return [Heading(self._both("before")), Parallel(self.other.code, ((own, other),))]

    def _task(self, number: int, task: Planned) -> list[Block]:
        blocks: list[Block] = [
            Heading((Figure(f"{number}."), " ", Said(task.label), ": ", Figure(f"{task.first} - {task.last}"))),
        ]
        if task.holds:
            blocks.append(self._parallel("assumes", strong=True, releases=Said("; ".join(task.holds))))
        elif task.hold:
            before = {a.id: a.label for a in self.schedule.activities}
            work = Said(", ".join(before.get(a, a) for a in task.holds_through))
            blocks.append(self._parallel("follows_hold", strong=True, work=work))
        zones = [z for z in self.schedule.zones if z.id in task.zones]
        low, likely, high = task.days
        facts: list[tuple[Text, Text]] = [
            (self._both("way_in"), Said(task.way) if task.way else "-"),
            (self._both("hazards"), Said(task.hazards) if task.hazards else self._both("hazards_none")),
            (self._both("methods_allowed"), self._allowed(task)),
        ]
        facts += [(self._both("heritage"), self._zone(z)) for z in zones]
        if not zones:
            facts.append((self._both("heritage"), self._both("heritage_none")))
        facts += [
            (self._both("apart"), self._apart(task)),
            (
                self._both("days"),
                self.words(
                    "days_of",
                    low=low,
                    likely=likely,
                    high=high,
                    source=Said(task.days_source),
                    mark=Said(task.days_mark),
                ),
            ),
        ]
        blocks.append(Facts(tuple(facts)))
        if task.hold:
            blocks += [
                Paragraph(self._both("released"), lead=True),
                Blanks(tuple(self._both(k) for k in RELEASED)),
            ]
        return blocks

    def _allowed(self, task: Planned) -> Text:
        limits = [set(z.methods) for z in self.schedule.zones if z.id in task.zones and z.methods is not None]
        if not limits:
            return self._both("any_method")
        return Said(", ".join(sorted(set.intersection(*limits))))

    def _zone(self, zone: ZoneOf) -> Text:
        told: list[Run] = [Said(zone.label, name=True)]
        if zone.attendance:
            told += ["; ", *self.words("stands_by", who=Said(", ".join(zone.attendance)))]
        if zone.gates:
            told += ["; ", *self.words("gates", gates=Said(", ".join(zone.gates)))]
        return (*told, ". ", Said(zone.source))

    def _apart(self, task: Planned) -> Text:
        method = task.method or task.kind
        told: list[Text] = []
        for a, b, metres, _ in self.schedule.separations:
            if method in (a, b) or "*" in (a, b):
                far = b if a == method else a
                other = Said("*" if far == "*" else far, name=True)
                told.append(self.words("metres_from", metres=f"{metres:g}", other=other))
        return self.words.listed(told, "semicolon") if told else self._both("apart_none")

    def _emergency(self) -> list[Block]:
        blocks: list[Block] = []
        for heading, keys in (("radio", RADIO), ("medevac", MEDEVAC)):
            blocks += [Heading(self._both(heading)), Blanks(tuple(self._both(k) for k in keys))]
        return blocks

    def _closing(self, made: dt.datetime) -> list[Block]:
        columns = tuple(self._both(k) for k in ("name", "function", "signature"))
        return [
            Heading(self._both("handed")),
            SignOff(columns, (self._both("given_by"), self._both("taken_by"))),
            Heading(self.words("provenance")),
            Facts(
                (
                    (self.words("made"), Figure(f"{made:%Y-%m-%d %H:%M} UTC")),
                    (self.words("software"), Figure(self.seen.software)),
                    (self.words("tier"), self.words("tier_restricted")),
                )
            ),
        ]
