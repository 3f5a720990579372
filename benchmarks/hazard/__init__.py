"""Cases of the hazard benchmark, one file each."""
