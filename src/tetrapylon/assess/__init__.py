"""Assess: how badly each structure is damaged, how sure, and who said so."""
