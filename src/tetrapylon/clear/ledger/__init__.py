"""Area ledger: postings of stated clearance figures, findings about them, rates, and the area identity."""

from tetrapylon.clear.ledger.accounts import Account, Posting
from tetrapylon.clear.ledger.balance import Balance, balance
from tetrapylon.clear.ledger.book import Ledger, OnRecord, ledger
from tetrapylon.clear.ledger.figures import QUANTITIES, figures
from tetrapylon.clear.ledger.rates import RANGES, rates

__all__ = [
    "QUANTITIES",
    "RANGES",
    "Account",
    "Balance",
    "Ledger",
    "OnRecord",
    "Posting",
    "balance",
    "figures",
    "ledger",
    "rates",
]
