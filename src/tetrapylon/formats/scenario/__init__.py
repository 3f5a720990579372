"""Scenarios of a plan: a folder of ``scenario.toml``, ``weights.toml`` and tables as CSV files or one workbook."""

from tetrapylon.formats.scenario.columns import TABLES, Column, Kind, Sheet
from tetrapylon.formats.scenario.read import Line, Need, Scenario, read_scenario
from tetrapylon.formats.scenario.template import write_template

__all__ = ["TABLES", "Column", "Kind", "Line", "Need", "Scenario", "Sheet", "read_scenario", "write_template"]
