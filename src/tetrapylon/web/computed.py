"""What the pages compute from a view, each once per pair of clocks."""

from __future__ import annotations

from collections.abc import Sequence

from tetrapylon.clear.ledger import Ledger
from tetrapylon.web.asked import Asked
from tetrapylon.workflow.chosen import Ground, Worked, ground_of, worked_out
from tetrapylon.workflow.clear import ledger_of
from tetrapylon.workflow.coordinate import Promised, Said, promised_in, said_in


def ground(asked: Asked) -> Ground:
    """What structures are worked out from: everything in the file, so that what is withheld holds too."""
    return asked.reading.computed(asked.clocks, "ground", lambda: ground_of(asked.whole))


def worked(asked: Asked, uids: Sequence[str]) -> Worked:
    """Condition, gate, options and next step of structures."""
    key = "worked " + " ".join(sorted(uids))
    return asked.reading.computed(asked.clocks, key, lambda: worked_out(ground(asked), uids))


def ledger(asked: Asked) -> Ledger:
    """The ledger of what may be shown."""
    return asked.reading.computed(asked.clocks, "ledger", lambda: ledger_of(asked.view))


def said(asked: Asked) -> Said:
    """Statements with their chains."""
    return asked.reading.computed(asked.clocks, "said", lambda: said_in(asked.view))


def promised(asked: Asked) -> Promised:
    """Pledges, decisions and submissions."""
    return asked.reading.computed(asked.clocks, "promised", lambda: promised_in(asked.view))
