"""Elements that name or describe a person: taken out before anything is read, and said to have been.

A record holds no names of victims, informants or staff; maXML has fields for all of them. Elements are known by their
names alone, so a name inside a free text cannot be found: free texts of accidents and comments are therefore never
read into a public field, they stay in the restricted tier with whatever else is not understood.
"""

from __future__ import annotations

from functools import lru_cache
from xml.etree.ElementTree import Element

from tetrapylon.formats.maxml.names import PERSONS, fold

EXACT = frozenset(
    {
        "reportingperson", "reportingposition", "verifiedby", "dataenterer", "dataentrypersonnel",
        "landowner", "owner", "interviewer", "interviewee", "informant", "supervisor", "teamleader", "signedby",
        "gender", "sex", "age", "occupation", "ethnicity", "religion", "maritalstatus", "nationality",
    }
)  # fmt: skip
"""Folded names of elements that hold data of one person. The first three were read in the documentation of maXML
(FieldReportInfo) and dataenterer in that of the IMSMA database; the others are recalled or presumed."""

PARTS = (
    "firstname", "lastname", "surname", "familyname", "fathername", "fathersname", "mothername", "mothersname",
    "givenname", "middlename", "fullname", "nickname", "personname", "victim", "dateofbirth", "birthdate", "birthplace",
    "placeofbirth", "telephone", "phone", "mobile", "email", "homeaddress", "streetaddress", "passport", "nationalid",
    "idcard", "contactperson", "contactname", "witness", "casualtyname", "deminername", "injury",
    "amputation", "medicalrecord", "patient",
)  # fmt: skip
"""Parts of folded names that say the same."""
COUNTS = ("number", "count", "total")
"""Beginnings and ends of folded names that hold a count of people, not a person."""


@lru_cache(maxsize=10_000)
def is_personal(name: str) -> bool:
    """True for the name of an element or attribute that holds data of one person."""
    folded = fold(name.rpartition("}")[2])
    if folded.startswith(COUNTS) or folded.endswith(COUNTS):
        return False
    return folded in EXACT or folded in PERSONS or any(part in folded for part in PARTS)


def take_out(element: Element) -> list[str]:
    """Remove personal elements and attributes below an element; returns the names of those that held something."""
    found: list[str] = []
    waiting = [element]
    while waiting:
        parent = waiting.pop()
        for name in [n for n in parent.attrib if is_personal(n)]:
            if parent.attrib.pop(name).strip():
                found.append("@" + name.rpartition("}")[2])
        for child in list(parent):
            if is_personal(str(child.tag)):
                parent.remove(child)
                if len(child) or child.attrib or (child.text or "").strip():
                    found.append(str(child.tag).rpartition("}")[2])
            else:
                waiting.append(child)
    return found
