"""Documents to print and send: what they consist of, how they are drawn, and how they become PDF/A."""
