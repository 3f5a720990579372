"""Survey geometry: the rules of the mine-action field's reference checker, its gaps closed, and what they lack."""

from tetrapylon.clear.survey.claims import survey_of
from tetrapylon.clear.survey.rules import CHECKS, Examination, examine_survey, findings
from tetrapylon.clear.survey.subject import Device, Event, Limits, Loop, Parcel, Point, Product, Survey

__all__ = [
    "CHECKS",
    "Device",
    "Event",
    "Examination",
    "Limits",
    "Loop",
    "Parcel",
    "Point",
    "Product",
    "Survey",
    "examine_survey",
    "findings",
    "survey_of",
]
