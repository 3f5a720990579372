"""Area ledger on polygons: accounts per product, period, method, depth and datum; the identity; withheld releases."""

from tetrapylon.clear.area.accounts import Account, Terms, accounts
from tetrapylon.clear.area.identity import Identity, identity
from tetrapylon.clear.area.ledger import AreaLedger, area_ledger
from tetrapylon.clear.area.pieces import Piece, PieceKind
from tetrapylon.clear.area.standing import Posted, Standing, posted, standing
from tetrapylon.clear.area.withheld import Alert, Withheld, withheld

__all__ = [
    "Account",
    "Alert",
    "AreaLedger",
    "Identity",
    "Piece",
    "PieceKind",
    "Posted",
    "Standing",
    "Terms",
    "Withheld",
    "accounts",
    "area_ledger",
    "identity",
    "posted",
    "standing",
    "withheld",
]
