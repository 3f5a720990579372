"""Tetrapylon: clear, assess, restore and coordinate in one attributed record of a site."""

__version__ = "0.1.0"
