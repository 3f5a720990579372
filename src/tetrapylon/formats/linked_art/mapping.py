"""Which class of Linked Art a thing of ours is, and where its fields stand. A field not named here is said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tetrapylon.formats.linked_art.names import (
    ARCHITECTURE,
    CONDITION,
    CONSERVING,
    DESCRIPTION,
    HEIGHT,
    LENGTH,
    NOTE,
    PUBLISHING,
    RIGHTS,
    WIDTH,
    Node,
)
from tetrapylon.formats.linked_art.slots import (
    SAID,
    Built,
    Dated,
    Measured,
    Named,
    Numbered,
    Refers,
    Said,
    Slot,
    Spoken,
    Told,
    Typed,
    Written,
)


@dataclass(frozen=True)
class Mapped:
    """One entity.

    ``kind``: class of the document. ``slots``: places of its fields. ``classes``: Types every node of it has (a movable
    object is no architecture).
    ``embedded``: key under which it stands in the document of its structure, and its class there. ``linked``: property
    by which an assignment on the structure's document points to it. ``labelled``: field that gives the label where
    there is no name.
    """

    kind: str
    slots: Mapping[str, Slot]
    classes: tuple[Node, ...] = ()
    embedded: tuple[str, str] | None = None
    linked: str = ""
    labelled: str = "label"
    constants: Mapping[str, str] = field(default_factory=dict)

    def slot(self, name: str) -> Slot:
        """Place of a field."""
        return self.slots.get(name, SAID)


MAPPED: Mapping[str, Mapped] = MappingProxyType(
    {
        "source": Mapped(
            "LinguisticObject",
            {
                "heading": Named(),
                "published": Dated(("used_for", "Activity", PUBLISHING)),
                "url": Numbered(),
                "kind": Typed(),
                "access": Typed(),
                "note": Said(NOTE),
            },
            labelled="heading",
        ),
        "party": Mapped(
            "Group",
            {
                "label": Named(),
                "aliases": Named(primary=False),
                "kind": Typed(),
                "part_of": Refers("member_of", "Group"),
                "start": Dated(("formed_by", "Formation", None)),
                "end": Dated(("dissolved_by", "Dissolution", None)),
                "note": Said(NOTE),
            },
        ),
        "statement": Mapped(
            "LinguisticObject",
            {
                "said": Dated(("created_by", "Creation", None)),
                "speaker": Refers("carried_out_by", "Group", ("created_by", "Creation")),
                "derived_from": Refers("influenced_by", "LinguisticObject", ("created_by", "Creation")),
                "source": Refers("part_of", "LinguisticObject"),
                "lineage_certainty": Typed(),
                "wording": Written(),
                "language": Spoken(),
                "note": Said(NOTE),
            },
            labelled="stated_by",
        ),
        "site": Mapped("Place", {"label": Named(), "licence": Said(RIGHTS), "note": Said(NOTE)}),
        "place": Mapped(
            "Place", {"label": Named(), "kind": Typed(), "part_of": Refers("part_of", "Place"), "note": Said(NOTE)}
        ),
        "structure": Mapped(
            "HumanMadeObject",
            {
                "label": Named(),
                "aliases": Named(primary=False),
                "role": Typed(),
                "built": Built(),
                "parent": Refers("part_of", "HumanMadeObject", single=True),
                "length": Measured(LENGTH),
                "width": Measured(WIDTH),
                "height": Measured(HEIGHT),
                "osm_way": Numbered(),
                "note": Said(NOTE),
            },
            classes=(ARCHITECTURE,),
        ),
        "footprint": Mapped("Place", {"label": Named(), "osm_way": Numbered()}, linked="current_location"),
        "occurrence": Mapped(
            "Activity",
            {
                "kind": Typed(),
                "start": Dated(end="end"),
                "description": Said(DESCRIPTION),
                "place": Refers("took_place_at", "Place"),
                "statements": Told(),
                "confidence": Typed(),
                "note": Said(NOTE),
            },
            linked="present_at",
            labelled="description",
        ),
        "condition_report": Mapped(
            "AttributeAssignment",
            {
                "date": Dated(),
                "wording": Said(CONDITION),
                "date_kind": Typed(),
                "mode": Typed(),
                "damage_class": Typed("assigned"),
                "presence": Typed(),
                "confidence": Typed(),
                "statement": Told(),
            },
            embedded=("attributed_by", "AttributeAssignment"),
            labelled="wording",
            constants={"assigned_property": "classified_as"},
        ),
        "estimate": Mapped(
            "LinguisticObject",
            {
                "date": Dated(("created_by", "Creation", None)),
                "text": Written(),
                "structure": Refers("about", "HumanMadeObject"),
                "confidence": Typed(),
                "statement": Told(),
            },
            labelled="text",
        ),
        "recommendation": Mapped(
            "LinguisticObject",
            {
                "date": Dated(("created_by", "Creation", None)),
                "kind": Typed(),
                "text": Written(),
                "structure": Refers("about", "HumanMadeObject"),
                "confidence": Typed(),
                "statement": Told(),
            },
            labelled="text",
        ),
        "works": Mapped(
            "Activity",
            {
                "start": Dated(end="end", lasting=True),
                "kind": Typed(),
                "text": Said(DESCRIPTION),
                "confidence": Typed(),
                "statement": Told(),
            },
            classes=(CONSERVING,),
            embedded=("modified_by", "Modification"),
            labelled="text",
        ),
    }
)
"""The entities that a Linked Art document can hold."""

ENTITIES = frozenset(MAPPED)
