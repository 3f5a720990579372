"""When and who: one schedule over clearing, assessing and restoring.

`Problem` says what is to be planned, `solve` plans, `timetable` gives dates, teams and holds, `explain` the reasons,
`replan` plans again from progress, `chances` the milestones' odds, `conflict` why there is no plan. Nothing here reads
or writes files; whatever assumes a future release is marked HOLD until its Decision.
"""

from tetrapylon.plan.compiled import SCALE, Compiled, compile_problem
from tetrapylon.plan.conflict import Conflict, Demand, conflict
from tetrapylon.plan.draft import Draft
from tetrapylon.plan.explain import Reason, explain
from tetrapylon.plan.openings import Opening, openings
from tetrapylon.plan.problem import (
    DELIVERABLES,
    KINDS,
    Activity,
    Authorisation,
    Budget,
    Calendar,
    Corridor,
    Duration,
    Gate,
    Milestone,
    Mode,
    Need,
    Problem,
    Release,
    RouteGraph,
    Separation,
    Span,
    Team,
    Weights,
    Zone,
)
from tetrapylon.plan.rates import RATES, clearance_days
from tetrapylon.plan.replan import Move, Progress, replan
from tetrapylon.plan.rules import RULES
from tetrapylon.plan.scenarios import MilestoneChance, chances
from tetrapylon.plan.solve import Solution, Step, solve
from tetrapylon.plan.timetable import Entry, relied_on, timetable
from tetrapylon.plan.weights import weights_from_toml

__all__ = [
    "DELIVERABLES",
    "KINDS",
    "RATES",
    "RULES",
    "SCALE",
    "Activity",
    "Authorisation",
    "Budget",
    "Calendar",
    "Compiled",
    "Conflict",
    "Corridor",
    "Demand",
    "Draft",
    "Duration",
    "Entry",
    "Gate",
    "Milestone",
    "MilestoneChance",
    "Mode",
    "Move",
    "Need",
    "Opening",
    "Problem",
    "Progress",
    "Reason",
    "Release",
    "RouteGraph",
    "Separation",
    "Solution",
    "Span",
    "Step",
    "Team",
    "Weights",
    "Zone",
    "chances",
    "clearance_days",
    "compile_problem",
    "conflict",
    "explain",
    "openings",
    "relied_on",
    "replan",
    "solve",
    "timetable",
    "weights_from_toml",
]
