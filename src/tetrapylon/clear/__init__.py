"""Clear: area ledger, gate, contamination, what is left after searching, sampling, effort, disposal."""
