"""How the area ledger on polygons looks."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tetrapylon.clear.area import Account, AreaLedger, Piece, PieceKind
from tetrapylon.clear.area.pieces import LEFT, RIGHT
from tetrapylon.cli.show.common import banner, bullet, count, heading, named, paragraph, table
from tetrapylon.workflow.area_ledger import GroundAccount
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product

LISTED = 20
"""Pieces of one kind that are listed; --json and --out hold all."""
DIFFERENCES = (PieceKind.LOST, PieceKind.OUTSIDE, PieceKind.TWICE)
OTHERS = (PieceKind.SHARED, PieceKind.CLEARED_OUTSIDE, PieceKind.CLEARED_AGAIN, PieceKind.STILL_OPEN)


def area(product: Product[GroundAccount], *, out: Path | None = None) -> None:
    """Alerts, the identity with its differences, accounts, what to look at, what is not on record."""
    result, book = product.result, product.result.ledger
    banner(banner_of(product.view))
    since = f"after {book.after} and up to {book.until}" if book.after else f"up to {book.until}"
    paragraph(f"Ground accounted for {since}, as known {product.view.known[:10]}. Areas of outlines on the ellipsoid.")
    _withheld(book)
    heading("Identity (ground covered, m2)")
    if book.pieces or book.accounts or book.identity.undrawn:
        _ground(result)
    else:
        paragraph("Undetermined: no hazard area, release or work of the period is on record, so no ground is.")
    _dated(book)
    heading("Not on record")
    for sentence in result.missing:
        bullet(sentence)
    if not result.missing:
        paragraph("nothing that the ledger needs is missing")
    if out is not None:
        heading("Layer")
        tier = product.view.highest_tier
        kept = f" Worked out from the {tier.value} tier: keep it as you keep the record." if tier.rank else ""
        paragraph(f"{count(len(book.pieces), 'piece')} of ground written to {out}.{kept}")


def _ground(result: GroundAccount) -> None:
    book = result.ledger
    _identity(book)
    heading("Accounts (never added up: other methods and depths are other figures)")
    table(
        ["product, methods, depth", "records", "sum, m2", "covered, m2", "counted twice", "declared, m2", "no outline"],
        [_account(a) for a in book.accounts],
    )
    _look(result)
    _inspection(result)


def _withheld(book: AreaLedger) -> None:
    stops = book.withheld
    heading(f"Withheld: {count(len(stops.releases), 'release')}, {_m2(book.withheld_m2)} m2")
    reasons: dict[str, list[str]] = defaultdict(list)
    for alert in stops.alerts:
        maybe = "" if alert.surely_inside else " (may lie beside)"
        reasons[alert.name].append(f"{alert.text}, {alert.since}{maybe}")
    for name, why in reasons.items():
        bullet(f"{name}: {'; '.join(dict.fromkeys(why))}")
    if stops.alerts:
        paragraph("Not to be relied on; only a new decision of the authority restores reliance.")
    if stops.unplaced:
        bullet(f"cannot be placed, so may lie in any release: {named(stops.unplaced)}")


def _identity(book: AreaLedger) -> None:
    identity = book.identity
    left = [(kind, getattr(identity, kind.name.lower())) for kind in LEFT]
    right = [(kind, getattr(identity, kind.name.lower())) for kind in RIGHT]
    rows: list[tuple[str, str, str]] = []
    for side in (left, right):
        rows += [(kind.value, str(len(book.of(kind))), _m2(m2)) for kind, m2 in side]
        rows.append(("= together", "", _m2(math.fsum(m2 for _, m2 in side))))
    rows.append(("difference", "", _m2(identity.difference)))
    table(["term", "outlines", "m2"], rows)
    paragraph(f"The ledger is {identity.verdict}." if identity.balances is None else f"The ledger {identity.verdict}.")
    if identity.undrawn:
        bullet(f"without a usable outline: {named(identity.undrawn)}")
    shares = (
        ("lost: open or found, and neither released nor open at the end", identity.lost_m2),
        ("outside: released or open at the end, in no area before", identity.outside_m2),
        ("in two terms of the left side", identity.twice_left_m2),
        ("in two terms of the right side", identity.twice_right_m2),
    )
    for text, m2 in shares:
        if m2 >= 0.5:
            bullet(f"{_m2(m2)} m2 {text}")
    _pieces(book, DIFFERENCES)


def _account(account: Account) -> tuple[str, ...]:
    declared = account.declared
    stated = len(account.uids) > len(account.undeclared)
    words = "not stated" if not stated else _m2(declared.lo) + (" or more" if math.isinf(declared.hi) else "")
    if stated and math.isfinite(declared.hi) and declared.hi > declared.lo:
        words = f"{_m2(declared.lo)} to {_m2(declared.hi)}"
    return (
        str(account.terms), str(len(account.uids)), _m2(account.posted), _m2(account.covered),
        _m2(account.double_counted), words, str(len(account.undrawn) or ""),
    )  # fmt: skip


def _look(result: GroundAccount) -> None:
    book = result.ledger
    heading("To look at")
    figures = (
        ("cleared outside any hazard area", book.cleared_outside),
        ("cleared again", book.cleared_again),
        ("released, but inside an area still open", book.still_open),
    )
    for text, m2 in figures:
        bullet(f"{text}: {_m2(m2)} m2")
    _pieces(book, OTHERS)
    for finding in result.declared[:LISTED]:
        bullet(finding.message)
    if len(result.declared) > LISTED:
        bullet(f"and {len(result.declared) - LISTED:,} more whose declared area differs")
    if not result.declared:
        bullet("declared and computed areas: none differ by more than 2 %")


def _inspection(result: GroundAccount) -> None:
    checks = result.inspection
    heading("Quality checks of what was cleared")
    share = (
        "no clearance with an outline" if checks.share is None else f"{checks.share:.0%} of {_m2(checks.cleared_m2)} m2"
    )
    paragraph(f"{count(checks.checks, 'check')}; ground inspected: {_m2(checks.inspected_m2)} m2 ({share}).")
    if checks.not_passed:
        bullet(f"not passed: {named(checks.not_passed)}")
    if checks.undrawn:
        bullet(f"without an outline, so their ground is not measured: {named(checks.undrawn)}")


def _dated(book: AreaLedger) -> None:
    remarks = (
        ("Entered after the day they were on record, state taken from the dates of releases", book.entered_late),
        ("Closed, and no release on record says when; counted as closed", book.undated),
        ("Open at the beginning, no longer on record at the end", book.withdrawn),
        ("Decided before the period, entered in it; counted in it", book.belated),
        ("Decided in the period, entered after it; left to a later period", book.deferred),
    )
    if any(names for _, names in remarks):
        heading("How entries were dated")
        for text, names in remarks:
            if names:
                bullet(f"{text}: {named(names)}")


def _pieces(book: AreaLedger, kinds: Sequence[PieceKind]) -> None:
    for kind in kinds:
        found = sorted(book.of(kind), key=lambda p: -p.m2)
        for line in _lines(found[:LISTED]):
            bullet(line, indent=2)
        if len(found) > LISTED:
            bullet(f"and {len(found) - LISTED:,} more pieces {kind.value}: --out writes all", indent=2)


def _lines(pieces: Sequence[Piece]) -> Iterator[str]:
    for piece in pieces:
        yield f"{piece.kind.value}: {_m2(piece.m2)} m2 of {' and '.join(piece.names)} ({piece.text})"


def _m2(value: float) -> str:
    return f"{round(value):,}"
