"""Where items may lie: a log-Gaussian Cox field with evidence, imperfect search and distance to evidence."""
