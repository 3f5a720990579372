"""The tables of a scenario: every column declared once, for reading, for templates and for their description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """How a cell is read. Several values in one cell are separated by semicolons."""

    TEXT = "text"
    MANY = "texts"
    NUMBER = "number"
    MEASURE = "number not below zero"
    WHOLE = "whole number"
    DAY = "day"
    FLAG = "yes or no"
    NEEDS = "needs"
    """``skill``, ``skill 3``, ``skill 3 with asset + asset``; several separated by semicolons."""
    AMOUNTS = "amounts"
    """``name 300``; several separated by semicolons."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``refers``: each value stands in the first column of that table. ``choices``: name of a closed list given to the
    reader, or the list itself.
    """

    name: str
    about: str
    kind: Kind = Kind.TEXT
    needed: bool = False
    refers: str = ""
    choices: str | tuple[str, ...] = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name (of the CSV file or sheet), columns, and whether a row is named by its first column alone."""

    name: str
    about: str
    columns: tuple[Column, ...]
    unique: bool = True
    optional: bool = True


MARKS = ("V", "C", "K", "R", "assumption", "scenario")
"""Read at its source, computed, recalled, recorded second hand, assumed, invented for this scenario."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GROUND = ("ground", "rubble", "voids")

_ORIGIN = (
    Column("source", "where the row comes from", needed=True),
    Column("mark", "how far to trust it: " + ", ".join(MARKS), needed=True, choices=MARKS),
)


TABLES: Mapping[str, Sheet] = MappingProxyType(
    {
        sheet.name: sheet
        for sheet in (
            Sheet(
                "teams",
                "Who works: skills, assets, how many units can work apart from each other.",
                (
                    Column("team", "identifier", needed=True),
                    Column("label", "name"),
                    Column("skills", "what the team can do", Kind.MANY, needed=True),
                    Column("assets", "what it has with it", Kind.MANY),
                    Column("size", "units that can work apart; empty: 1", Kind.WHOLE),
                    Column("calendar", "its calendar; empty: that of the site", refers="calendars"),
                    *_ORIGIN,
                ),
                optional=False,
            ),
            Sheet(
                "calendars",
                "Rest days, closures and seasons; the calendar named site is everybody's.",
                (
                    Column("calendar", "identifier", needed=True),
                    Column("rule", "rest: a weekday; closed: a span without work; only: a span with work", needed=True,
                           choices=("rest", "closed", "only")),
                    Column("weekday", "for rest", choices=WEEKDAYS),
                    Column("first", "first day of a span", Kind.DAY),
                    Column("last", "last day of a span", Kind.DAY),
                    *_ORIGIN,
                ),
                unique=False,
            ),
            Sheet(
                "places",
                "Nodes of the route graph.",
                (
                    Column("place", "identifier", needed=True),
                    Column("label", "name"),
                    Column("lon", "longitude, degrees (WGS 84)", Kind.NUMBER, needed=True),
                    Column("lat", "latitude, degrees (WGS 84)", Kind.NUMBER, needed=True),
                    Column("entry", "yes: the way in begins here", Kind.FLAG),
                    *_ORIGIN,
                ),
            ),
            Sheet(
                "corridors",
                "Passable ways between two places, usable while their gate holds.",
                (
                    Column("corridor", "identifier", needed=True),
                    Column("from", "one end", needed=True, refers="places"),
                    Column("to", "the other end", needed=True, refers="places"),
                    Column("gate", "the gate that must hold", needed=True, refers="gates"),
                    *_ORIGIN,
                ),
            ),
            Sheet(
                "gates",
                "What must hold before work begins. A row is one assumed release; a Decision is never written here: it"
                " is taken from the record. A gate with neither never holds.",
                (
                    Column("gate", "identifier", needed=True),
                    Column("kind", "gate, consent or hold; empty: gate", choices=("gate", "consent", "hold")),
                    Column("structure", "structure of the record whose Decisions count", choices="structure"),
                    Column("activity", "activity that the Decision must authorise", choices="activity"),
                    Column("ground", "which of ground, rubble, voids; empty: all three", Kind.MANY, choices=GROUND),
                    Column("after", "assumed: released when these activities have finished", Kind.MANY,
                           refers="activities"),
                    Column("lag_low", "working days until then, at least", Kind.WHOLE),
                    Column("lag_likely", "working days until then, likely", Kind.WHOLE),
                    Column("lag_high", "working days until then, at most", Kind.WHOLE),
                    Column("first", "assumed: holds from this day", Kind.DAY),
                    Column("last", "assumed: holds until this day", Kind.DAY),
                    Column("note", "what is assumed, in words"),
                    *_ORIGIN,
                ),
                unique=False,
            ),
            Sheet(
                "zones",
                "Heritage zones: methods admitted, people who stand by, gates that must hold.",
                (
                    Column("zone", "identifier", needed=True),
                    Column("label", "name"),
                    Column("methods", "methods admitted; empty: every method; none: no method", Kind.MANY),
                    Column("attendance", "people who stand by", Kind.NEEDS),
                    Column("gates", "gates that must hold", Kind.MANY, refers="gates"),
                    *_ORIGIN,
                ),
            ),
            Sheet(
                "separations",
                "Work of two methods closer than so many metres never runs on one day; * is every method.",
                (
                    Column("method", "method or kind", needed=True),
                    Column("other", "method or kind", needed=True),
                    Column("metres", "distance", Kind.MEASURE, needed=True),
                    *_ORIGIN,
                ),
                unique=False,
            ),
            Sheet(
                "budgets",
                "Money, or another stock that does not come back.",
                (
                    Column("budget", "identifier", needed=True),
                    Column("amount", "whole units", Kind.WHOLE, needed=True),
                    Column("unit", "unit, for people"),
                    *_ORIGIN,
                ),
            ),
            Sheet(
                "activities",
                "Pieces of work.",
                (
                    Column("activity", "identifier", needed=True),
                    Column("label", "name"),
                    Column("kind", "kind of work", needed=True, choices="kind"),
                    Column("structure", "structure of the record", choices="structure"),
                    Column("place", "where it is reached from; empty only for a study or a consent", refers="places"),
                    Column("lon", "where distances are kept from; empty: the place", Kind.NUMBER),
                    Column("lat", "", Kind.NUMBER),
                    Column("after", "activities that must have finished", Kind.MANY, refers="activities"),
                    Column("gates", "gates that must hold", Kind.MANY, refers="gates"),
                    Column("zones", "heritage zones it touches", Kind.MANY, refers="zones"),
                    Column("season", "calendar of days on which it may happen", refers="calendars"),
                    Column("earliest", "first day it may start", Kind.DAY),
                    Column("latest", "last day it may still run", Kind.DAY),
                    Column("required", "yes: there is no plan without it", Kind.FLAG),
                    Column("significance", "empty: the structure's in the case (the compiler's)", Kind.MEASURE),
                    Column("delivers", "what its completion counts as", Kind.MANY, choices="deliverable"),
                    Column("items_removed", "explosive items expected to be removed", Kind.MEASURE),
                    Column("hazards", "what the task order says of hazards"),
                    *_ORIGIN,
                ),
                optional=False,
            ),
            Sheet(
                "modes",
                "Ways to do an activity. Its days are stated, or follow from area, workers and rate.",
                (
                    Column("activity", "the activity", needed=True, refers="activities"),
                    Column("mode", "name of the mode", needed=True),
                    Column("method", "method; empty: the kind of the activity"),
                    Column("low", "working days, at least", Kind.WHOLE),
                    Column("likely", "working days, likely", Kind.WHOLE),
                    Column("high", "working days, at most", Kind.WHOLE),
                    Column("area_m2", "area to clear; then the days follow from it", Kind.MEASURE),
                    Column("workers", "deminers, dogs or machines at work every day", Kind.WHOLE),
                    Column("rate", "kind of rate", choices="rate"),
                    Column("rate_low", "measured m2 a worker and day, low", Kind.MEASURE),
                    Column("rate_likely", "measured m2 a worker and day, likely", Kind.MEASURE),
                    Column("rate_high", "measured m2 a worker and day, high", Kind.MEASURE),
                    Column("needs", "who is needed: skill 2 with asset + asset; skill ...", Kind.NEEDS),
                    Column("spends", "taken from budgets: fund 300; ...", Kind.AMOUNTS),
                    Column("cost", "weighed by the weights", Kind.MEASURE),
                    *_ORIGIN,
                ),
                unique=False,
                optional=False,
            ),
            Sheet(
                "milestones",
                "What people wait for: all of these finished, by a day where one is wished for.",
                (
                    Column("milestone", "identifier", needed=True),
                    Column("label", "name"),
                    Column("activities", "all of these finished", Kind.MANY, needed=True, refers="activities"),
                    Column("by", "wished for by this day", Kind.DAY),
                    *_ORIGIN,
                ),
            ),
            Sheet(
                "progress",
                "What has happened since the plan was made; for planning again.",
                (
                    Column("activity", "the activity", needed=True, refers="activities"),
                    Column("started", "first day of work", Kind.DAY, needed=True),
                    Column("finished", "last day of work; empty: under way", Kind.DAY),
                    Column("mode", "mode it was done in; empty: as planned"),
                    Column("remaining", "working days left from today; empty: as planned", Kind.WHOLE),
                    *_ORIGIN,
                ),
            ),
        )
    }
)  # fmt: skip
"""Tables by name, in the order of the template."""
