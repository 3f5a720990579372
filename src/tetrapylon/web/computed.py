"""What the pages compute from a view, each once per pair of clocks."""

from __future__ import annotations


from tetrapylon.assess.condition import Condition
from tetrapylon.clear.ledger import Ledger
from tetrapylon.plan.next import Next
from tetrapylon.web.asked import Asked
from tetrapylon.workflow.assess import conditions_of
from tetrapylon.workflow.clear import GateOf, Gates, gates_of, ledger_of
from tetrapylon.workflow.coordinate import Promised, Said, promised_in, said_in
from tetrapylon.workflow.plan import next_of
from tetrapylon.workflow.restore import Prospects, prospects_of


def conditions(asked: Asked) -> dict[str, Condition]:
    """Condition by uid of the structure."""
    return asked.reading.computed(
        asked.clocks, "conditions", lambda: {c.structure.uid: c for c in conditions_of(asked.view)}
    )


def gates(asked: Asked) -> Gates:
    """Gates, worked out from everything in the file: what is withheld holds too."""
    return asked.reading.computed(asked.clocks, "gates", lambda: gates_of(asked.whole))


def gate_by_structure(asked: Asked) -> dict[str, GateOf]:
    """Gate by uid of the structure."""
    return {g.structure.uid: g for g in gates(asked).of}


def ledger(asked: Asked) -> Ledger:
    """The ledger of what may be shown."""
    return asked.reading.computed(asked.clocks, "ledger", lambda: ledger_of(asked.view))


def prospects(asked: Asked) -> Prospects:
    """Options, judged from everything in the file, as the gate is."""
    return asked.reading.computed(asked.clocks, "prospects", lambda: prospects_of(asked.whole))


def next_actions(asked: Asked) -> tuple[Next, ...]:
    """The next action at each structure."""
    return asked.reading.computed(asked.clocks, "next", lambda: next_of(asked.whole, prospects(asked)))


def said(asked: Asked) -> Said:
    """Statements with their chains."""
    return asked.reading.computed(asked.clocks, "said", lambda: said_in(asked.view))


def promised(asked: Asked) -> Promised:
    """Pledges, decisions and submissions."""
    return asked.reading.computed(asked.clocks, "promised", lambda: promised_in(asked.view))


__all__ = ["conditions", "gate_by_structure", "gates", "ledger", "next_actions", "promised", "prospects", "said"]
