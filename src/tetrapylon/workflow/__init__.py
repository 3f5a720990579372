"""The steps a user runs: read the record, call an engine, return the product with what it read."""
