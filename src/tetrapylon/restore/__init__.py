"""Restore: what is still possible, under which doctrine, with which fabric and whose consent."""
