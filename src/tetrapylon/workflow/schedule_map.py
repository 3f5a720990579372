"""The site week by week as a schedule has it: which ways are open, what is opened, where work is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tetrapylon.workflow.schedule_result import CorridorOf, Planned, Schedule, StructureOf

STATES = ("not opened", "visited", "recorded", "stabilised")
"""What a structure has become by the end of a week, least first."""
WAYS = ("closed", "open", "open by assumption")


def week_map(schedule: Schedule, monday: dt.date) -> dict[str, Any]:
    """The state at the end of one week (Monday to Sunday) as a GeoJSON FeatureCollection (RFC 7946).

    Features have ``what``: "structure" (``state`` of `STATES`, ``work`` of the week), "corridor" (``state`` of `WAYS`,
    ``because``), "place", and "work" where an activity of the week belongs to no structure. ``hold`` is True for
    whatever relies on a release that is only assumed.
    """
    sunday = monday + dt.timedelta(days=6)
    at_work = [a for a in schedule.planned if a.during(monday, sunday)]
    features = [f for c in schedule.corridors if (f := _corridor(schedule, c, sunday))]
    features += [
        _feature("place", _point(p.lon, p.lat), id=p.id, label=p.label, entry=p.entry) for p in schedule.places
    ]
    features += [f for s in schedule.structures if (f := _structure(schedule, s, at_work, sunday))]
    features += [
        _feature("work", _point(a.lon, a.lat), id=a.id, label=a.label, kind=a.kind, hold=a.hold, work=[_told(a)])
        for a in at_work
        if a.structure is None and a.lon is not None and a.lat is not None
    ]
    return {
        "type": "FeatureCollection",
        "week": monday.isoformat(),
        "until": sunday.isoformat(),
        "note": schedule.note,
        "features": features,
    }


def state_of(schedule: Schedule, structure: str, day: dt.date) -> str:
    """What a structure has become by the end of a day, of `STATES`."""
    done = {d for a in _finished(schedule, structure, day) for d in a.delivers}
    return next((s for s in reversed(STATES) if s in done), STATES[0])


def _finished(schedule: Schedule, structure: str, day: dt.date) -> list[Planned]:
    return [a for a in schedule.activities if a.structure == structure and a.last is not None and a.last <= day]


def _corridor(schedule: Schedule, corridor: CorridorOf, day: dt.date) -> dict[str, Any] | None:
    places = {p.id: p for p in schedule.places}
    ends = [places[e] for e in corridor.ends if e in places]
    if len(ends) < 2:
        return None
    open_ = corridor.opens is not None and corridor.opens <= day
    state = WAYS[0] if not open_ else WAYS[2] if corridor.hold else WAYS[1]
    line = {"type": "LineString", "coordinates": [[p.lon, p.lat] for p in ends]}
    return _feature(
        "corridor", line, id=corridor.id, state=state, hold=open_ and corridor.hold, because=corridor.because
    )


def _structure(
    schedule: Schedule, structure: StructureOf, at_work: list[Planned], day: dt.date
) -> dict[str, Any] | None:
    work = [a for a in at_work if a.structure == structure.id]
    where = next((a for a in schedule.activities if a.structure == structure.id and a.lon is not None), None)
    geometry = structure.outline or (_point(where.lon, where.lat) if where else None)
    if geometry is None:
        return None
    done = [a for a in _finished(schedule, structure.id, day) if a.delivers]
    return _feature(
        "structure",
        geometry,
        id=structure.id,
        label=structure.label,
        state=state_of(schedule, structure.id, day),
        hold=any(a.hold for a in [*work, *done]),
        work=[_told(a) for a in work],
    )


def _told(a: Planned) -> str:
    teams = ", ".join(t for t, _ in a.teams)
    return f"{'HOLD ' if a.hold else ''}{a.label} ({a.first} to {a.last}{'; ' + teams if teams else ''})"


def _point(lon: float | None, lat: float | None) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def _feature(what: str, geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"what": what, **properties}}
