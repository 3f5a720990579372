"""Whether a structure is released for an activity: asked of the gate's verdicts, decided nowhere here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from tetrapylon.model.terms import Activity
from tetrapylon.model.verdicts import Because, GateState, GateStatus, GroundKind

Gates = Mapping[GroundKind, Sequence[GateStatus]]
"""Verdicts of the gate on one structure, per kind of ground; one for each activity asked about."""


def together(*asked: Mapping[GroundKind, GateStatus]) -> Gates:
    """Verdicts on one structure asked for several activities, side by side."""
    return {kind: tuple(verdicts[kind] for verdicts in asked if kind in verdicts) for kind in GroundKind}


def held(gates: Gates | None, activity: Activity, *, on: dt.date) -> tuple[Because, ...]:
    """Why an activity is held at a structure; empty only where a Decision in force releases all three kinds of ground.

    A kind of ground without a verdict is held, as is one released for another activity or until an earlier day.
    """
    reasons = []
    for kind in GroundKind:
        statuses = (gates or {}).get(kind, ())
        if any(_releases(s, activity, on) for s in statuses):
            continue
        known = [b for s in statuses if s.state is GateState.HELD for b in s.because]
        text = f"{kind.label}: no release for {activity.label} by a Decision in force"
        text += f" ({known[0].text})" if known else ""
        reasons.append(Because(text, tuple(dict.fromkeys(uid for b in known for uid in b.claims))))
    return tuple(reasons)


def _releases(status: GateStatus, activity: Activity, on: dt.date) -> bool:
    return (
        status.state is GateState.AUTHORISED
        and status.activity == activity
        and status.until is not None
        and on <= status.until
    )
