"""Coordinate: who said, promised, decided and consented to what."""
