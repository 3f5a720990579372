"""What the pages compute from a view, each once per pair of clocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tetrapylon.clear.ledger import Ledger
from tetrapylon.errors import NotPermitted
from tetrapylon.model import Tier
from tetrapylon.web.asked import Look
from tetrapylon.workflow.chosen import Ground, Worked, ground_of, worked_out
from tetrapylon.workflow.clear import ledger_of
from tetrapylon.workflow.coordinate import Promised, Said, promised_in, said_in

if TYPE_CHECKING:
    from tetrapylon.workflow.area_ledger import GroundAccount


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


def ground_account(look: Look, since: str | None) -> tuple[GroundAccount, Tier]:
    """The ledger on polygons from a day on, and the highest tier of all that was read for it."""

    def make() -> tuple[GroundAccount, Tier]:
        from tetrapylon.workflow.area_ledger import ground_account as account_of

        product = account_of(look.reading.record(), start=since, on=look.clocks.on, known=look.clocks.known)
        return product.result, product.highest_tier

    return look.reading.computed(look.clocks, f"ground account {since}", make)


def must_be_shown(look: Look, tier: Tier, what: str) -> None:
    """Refuse what rests on a tier that this server does not give out.

    Raises
    ------
    NotPermitted : saying how to start a server that does.
    """
    if tier not in look.view.shown:
        tiers = ",".join(t.value for t in Tier if t.rank <= tier.rank)
        raise NotPermitted(
            f"{what} rests on claims of the tier {tier.value}, which this server does not give out.",
            hint=f"Start one that does: tetrapylon serve FILE --tiers {tiers}",
        )
