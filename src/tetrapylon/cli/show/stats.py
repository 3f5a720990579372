"""How the figures of a period look."""

from __future__ import annotations

import typer

from tetrapylon.cli.show.common import banner, heading, named, paragraph, table
from tetrapylon.evidence import words
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.stats import Statistics


def statistics(product: Product[Statistics]) -> None:
    """Land, the area identity, items with what became of them, incidents."""
    found = product.result
    banner(banner_of(product.view))
    paragraph(
        f"Figures from {found.start} to {found.end}, both included, as known {product.view.known[:10]}. "
        "A date counts by the last day it may mean. Nothing is added across scopes."
    )
    heading("Land, by kind and method (m2)")
    table(
        ["kind", "methods", "area", "claims", "without declared area"],
        [
            (one.kind, one.methods, words.span(one.area, "m2"), named(one.claims, 4), named(one.undeclared, 4))
            for one in found.land
        ],
    )
    paragraph(f"Area identity: {found.identity.arithmetic}")
    heading("Items: found = destroyed + moved + stored + handed over + in place + unknown")
    paragraph("Stated figures stand each alone (running totals overlap); a fate that is not on record is unknown.")
    table(
        ["what", "when", "stated by", "found", "destroyed", "moved", "stored", "handed over", "in place", "unknown"],
        [
            (
                one.what,
                one.when,
                one.stated_by,
                *(
                    words.span(value)
                    for value in (
                        one.found,
                        one.destroyed,
                        one.moved,
                        one.stored,
                        one.handed_over,
                        one.in_place,
                        one.unknown,
                    )
                ),
            )
            for one in found.items
        ],
    )
    heading("Incidents")
    table(
        ["kind", "number", "killed", "injured", "claims"],
        [
            (
                one.kind,
                one.number,
                "not counted" if one.reports else words.span(one.killed),
                "not counted" if one.reports else words.span(one.injured),
                named(one.claims, 6),
            )
            for one in found.incidents
        ],
    )
    if found.doubtful:
        typer.echo()
        paragraph(f"Date may lie inside or outside the period: {named(found.doubtful, 12)}")
