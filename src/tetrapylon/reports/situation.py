"""What the documents draw on: one view of a record, computed once by the steps of the workflow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tetrapylon import __version__
from tetrapylon.assess.condition import Condition
from tetrapylon.clear.ledger import Ledger
from tetrapylon.coordinate.statements import Chain
from tetrapylon.model import REGISTRY, Claim, Party, Site, Source, Structure
from tetrapylon.model.terms import Activity
from tetrapylon.plan.next import Next
from tetrapylon.record.view import View
from tetrapylon.restore.options import StructureOptions
from tetrapylon.workflow.clear import GateOf, Gates, gates_of, ledger_of
from tetrapylon.workflow.coordinate import Promised, promised_in, said_in
from tetrapylon.workflow.headline import Headline, banner_of, headline
from tetrapylon.workflow.mapping import Drawn, drawn_structures
from tetrapylon.workflow.plan import next_of
from tetrapylon.workflow.restore import Prospects, prospects_of


@dataclass
class Situation:
    """A view, and what each verb makes of it; ``cited`` gathers the claims a document rests on."""

    view: View
    activity: Activity | None = None
    cited: dict[str, None] = field(default_factory=dict)

    def cite(self, uids: Iterable[str]) -> None:
        """Note that the document rests on these claims (uids of their things)."""
        self.cited.update(dict.fromkeys(uids))

    @cached_property
    def banner(self) -> str:
        """The warning of the case."""
        return banner_of(self.view)

    @cached_property
    def headline(self) -> Headline:
        """Counts of the view."""
        return headline(self.view)

    @cached_property
    def site(self) -> str:
        """Names of the sites."""
        return ", ".join(dict.fromkeys(c.body.label for c in self.view.resolved(Site, ever=True)))

    @cached_property
    def licences(self) -> str:
        """Licences and attributions the sites state."""
        return "; ".join(dict.fromkeys(c.body.licence for c in self.view.resolved(Site, ever=True) if c.body.licence))

    @cached_property
    def ledger(self) -> Ledger:
        """Stated clearance figures."""
        return ledger_of(self.view)

    @cached_property
    def gates(self) -> Gates:
        """Gates of all structures, for the activity asked."""
        return gates_of(self.view, activity=self.activity)

    @cached_property
    def gate(self) -> Mapping[str, GateOf]:
        """Gate by uid of the structure."""
        return {g.structure.uid: g for g in self.gates.of}

    @cached_property
    def prospects(self) -> Prospects:
        """Options, conditions and consents."""
        return prospects_of(self.view)

    @cached_property
    def condition(self) -> Mapping[str, Condition]:
        """Condition by uid of the structure."""
        return {c.structure.uid: c for c in self.prospects.conditions}

    @cached_property
    def options(self) -> Mapping[str, StructureOptions]:
        """Options by uid of the structure."""
        return {o.structure.uid: o for o in self.prospects.options}

    @cached_property
    def next(self) -> tuple[Next, ...]:
        """What comes next at each structure."""
        return next_of(self.view, self.prospects)

    @cached_property
    def promised(self) -> Promised:
        """Pledges, decisions of bodies, submissions."""
        return promised_in(self.view)

    @cached_property
    def chains(self) -> Mapping[str, Chain]:
        """Chains by uid of the statement."""
        return {c.claim.uid: c for c in said_in(self.view).chains}

    @cached_property
    def structures(self) -> tuple[Claim[Structure], ...]:
        """All structures, the most significant first (the compiler's judgement), then by name."""
        found = {c.uid: c for c in reversed(self.view.resolved(Structure))}
        return tuple(sorted(found.values(), key=lambda c: (-(c.body.significance or 0), c.body.label)))

    def structure(self, name: str) -> Claim[Structure]:
        """The structure with this local id or uid.

        Raises
        ------
        NotFound : there is none; the nearest is named.
        """
        uid = self.view.one(Structure, name).uid
        cluster = self.view.same.get(uid, frozenset((uid,)))
        return next(c for c in self.structures if c.uid in cluster)

    @cached_property
    def drawn(self) -> tuple[Drawn, ...]:
        """Outlines of structures."""
        return drawn_structures(self.view, self.condition, {uid: g.statuses for uid, g in self.gate.items()})[0]

    @cached_property
    def keepers(self) -> tuple[str, ...]:
        """Parties that keep the feeds of the record: as named now, whatever day the view is of."""
        labels = {c.uid: c.body.label for c in self.view.record.view().claims(Party, ever=True)}
        return tuple(sorted({labels.get(p, p) for p in self.view.record.parties().values()}))

    @cached_property
    def claims(self) -> Mapping[str, Claim[Any]]:
        """Every claim of the view by uid of its thing."""
        return {c.uid: c for entity in REGISTRY.values() for c in self.view.claims(entity, ever=True)}

    def sources(self) -> tuple[Claim[Source], ...]:
        """Sources of the claims cited so far, by date."""
        named = {c.source for uid in self.cited if (c := self.claims.get(uid)) is not None}
        found = [c for c in self.view.claims(Source, ever=True) if c.uid in named]
        return tuple(sorted(found, key=lambda c: (c.body.published.date, c.name)))

    def counted(self, texts: Iterable[str]) -> list[tuple[str, int]]:
        """Texts with how often each occurs, the most frequent first."""
        return Counter(texts).most_common()

    @property
    def software(self) -> str:
        """Name and version."""
        return f"Tetrapylon {__version__}"
