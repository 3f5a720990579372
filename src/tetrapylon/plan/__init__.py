"""When and who: one schedule over clearing, assessing and restoring."""
