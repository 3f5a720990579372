"""What the pages compute from a view, each once per pair of clocks."""

from __future__ import annotations

from collections.abc import Sequence

from tetrapylon.clear.ledger import Ledger
from tetrapylon.web.asked import Look
from tetrapylon.workflow.chosen import Ground, Worked, ground_of, worked_out
from tetrapylon.workflow.clear import ledger_of
from tetrapylon.workflow.coordinate import Promised, Said, promised_in, said_in


def ground(look: Look) -> Ground:
    """What structures are worked out from: everything in the file, so that what is withheld holds too."""
    return look.reading.computed(look.clocks, "ground", lambda: ground_of(look.whole))


def worked(look: Look, uids: Sequence[str]) -> Worked:
    """Condition, gate, options and next step of structures."""
    key = "worked " + " ".join(sorted(uids))
    return look.reading.computed(look.clocks, key, lambda: worked_out(ground(look), uids))


def ledger(look: Look) -> Ledger:
    """The ledger of what may be shown."""
    return look.reading.computed(look.clocks, "ledger", lambda: ledger_of(look.view))


def said(look: Look) -> Said:
    """Statements with their chains."""
    return look.reading.computed(look.clocks, "said", lambda: said_in(look.view))


def promised(look: Look) -> Promised:
    """Pledges, decisions and submissions."""
    return look.reading.computed(look.clocks, "promised", lambda: promised_in(look.view))
