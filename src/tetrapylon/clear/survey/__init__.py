"""Survey geometry: the rules of the mine-action field's reference checker, its gaps closed, and what they lack."""

from tetrapylon.clear.survey.census import Tally
from tetrapylon.clear.survey.claims import survey_of
from tetrapylon.clear.survey.rules import CHECKS, Examination, examine_survey, findings
from tetrapylon.clear.survey.subject import Device, Event, FieldCensus, Limits, Loop, Parcel, Point, Product, Survey

__all__ = [
    "CHECKS",
    "Device",
    "Event",
    "Examination",
    "FieldCensus",
    "Limits",
    "Loop",
    "Parcel",
    "Point",
    "Product",
    "Survey",
    "Tally",
    "examine_survey",
    "findings",
    "survey_of",
]
