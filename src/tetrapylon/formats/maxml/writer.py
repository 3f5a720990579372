"""Writing maXML: one document; claims that came from maXML go back into what they came in, the others stand fresh."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from tetrapylon.formats.gathered import DocumentWriter
from tetrapylon.formats.maxml import items, own
from tetrapylon.formats.maxml.names import HEAD, Item, shipped
from tetrapylon.formats.maxml.parse import fragment
from tetrapylon.formats.row import Row
from tetrapylon.model import REGISTRY

FILE = "case.xml"
LOSSES = (
    "Other programs read hazard areas, clearance, searches, items, accidents, quality checks and places; every other "
    "claim, and every field maXML has no element for, stands in elements of our own that they skip.",
    "Ground has no holes in maXML: a hazard area is written with its outer rings, searched or inspected ground with a "
    "hole only in our own elements, so that nobody takes the hole for searched.",
    "The names of elements inside an item are in part presumed: the full schema of maXML is not public.",
    "Data of persons is never written into the elements that maXML has for it.",
    "The header of a document that came in is not kept, and comments and processing instructions are not.",
)
"""What does not survive maXML, or only for us. Reading back what we wrote restores all values."""

register_namespace("tp", own.NAMESPACE)


class Writer(DocumentWriter):
    """Writes rows into one document; use as a context manager."""

    format, file = "maxml", FILE

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.names = shipped()
        self.sources: dict[str, Row] = {}
        self.groups: dict[str, list[Row]] = {}
        self.called: dict[str, str] = {}

    def add(self, row: Row) -> None:
        """Write one row, or keep it until the others of its item are there."""
        if self.out is None:
            out = self.begin()
            out.write('<?xml version="1.0" encoding="UTF-8"?>\n<MineActionFieldReport>\n')
            out.write(
                "<DocumentHeader><DocumentName>Tetrapylon export</DocumentName><DocumentCoordinateReferenceSystem>"
            )
            out.write("<CoordinateSystem>Geographic</CoordinateSystem><Datum>WGS84</Datum>")
            out.write("</DocumentCoordinateReferenceSystem></DocumentHeader>\n")
        if row.entity in ("party", "hazard_area"):
            self.called[row.uid] = str(row.data.get("label") or row.data.get("local_id") or "")
        if row.entity == "source" and own.RAW in row.data:
            self.sources[row.uid] = row
        elif own.GROUP in row.data:
            self.groups.setdefault(f"{row.source}\n{row.data[own.GROUP]}", []).append(row)
        else:
            self._write(self._fresh_report(row))

    # --- claims that stand alone --------------------------------------------------------------------------------------

    def _fresh_report(self, row: Row) -> Element:
        report = Element("FieldReport")
        self._made_head(report, row)
        item = self.names.of(row.entity)
        if item is None:
            own.add(report, self.flat(row.entity), row, None)
            return report
        report.append(self._fresh(item, row))
        return report

    def _fresh(self, item: Item, row: Row) -> Element:
        element = items.build(item, self._by_name(row))
        _cleaned(element)
        outer = element
        if item.each:
            outer = Element(item.element)
            outer.append(element)
        readable = items.read(item, element, "", head=None, outer=outer, wrong=lambda bad: None)
        own.add(element, self.flat(row.entity), row, readable)
        return outer

    def _by_name(self, row: Row) -> dict[str, Any]:
        """Data of a row with the names of parties and hazard areas in place of their uids; unknown ones left out."""
        fields = REGISTRY[row.entity].fields()
        data = dict(row.data)
        for name in [n for n in data if n in fields and fields[n].kind == "ref" and not fields[n].many]:
            called = self.called.get(str(data[name]))
            data[name] = called or None
        return data

    def _made_head(self, report: Element, row: Row) -> None:
        head = SubElement(report, HEAD, {own.MADE: "true"})
        SubElement(head, "FieldReportName").text = f"Tetrapylon {REGISTRY[row.entity].title()}"
        start = REGISTRY[row.entity].span[0]
        when = row.data.get(start) if start else None
        if when:
            SubElement(head, "ReportingDate").text = when["date"]

    # --- claims that came from maXML ----------------------------------------------------------------------------------

    def finish(self, out: IO[str]) -> None:
        """Write the claims that came from maXML, each in what it came in."""
        by_source: dict[str, list[list[Row]]] = {}
        for rows in self.groups.values():
            by_source.setdefault(rows[0].source or "", []).append(rows)
        for uid, source in self.sources.items():
            report = Element("FieldReport")
            head = fragment(str(source.data[own.RAW]))
            if head is None:
                head = Element(HEAD)
            readable = items.read(self.names.head, head, "", head=None, wrong=lambda bad: None)
            items.change(self.names.head, head, _told(source, readable), readable)
            _cleaned(head)
            readable = items.read(self.names.head, head, "", head=None, wrong=lambda bad: None)
            own.add(head, self.flat("source"), source, readable)
            report.append(head)
            for rows in by_source.pop(uid, []):
                self._regroup(report, rows, head)
            _append_rest(report, source)
            self._write(report)
        for groups in by_source.values():
            for rows in groups:
                report = Element("FieldReport")
                raw = next((r.data[own.HEAD_RAW] for r in rows if own.HEAD_RAW in r.data), None)
                head = fragment(str(raw)) if raw else None
                if head is not None:
                    report.append(head)
                else:
                    self._made_head(report, rows[0])
                self._regroup(report, rows, head)
                for row in rows:
                    _append_rest(report, row)
                self._write(report)
        out.write("</MineActionFieldReport>\n")

    def _regroup(self, report: Element, rows: list[Row], head: Element | None) -> None:
        """The item that rows came from, with what they say by now; rows whose item was withheld stand fresh."""
        whole = next((fragment(str(r.data[own.RAW])) for r in rows if own.RAW in r.data), None)
        if whole is None:
            for row in rows:
                item = self.names.of(row.entity)
                if item is None:
                    own.add(report, self.flat(row.entity), row, None)
                else:
                    report.append(self._fresh(item, row))
            return
        report.append(whole)
        placed: list[tuple[Item, Element, Row]] = []
        for row in rows:
            item = self.names.of(row.entity)
            part: Element | None = whole
            if item is not None and own.PART in row.data:
                repeated = items.parts(item, whole)
                at = row.data[own.PART]
                part = repeated[at] if isinstance(at, int) and at < len(repeated) else None
            if item is None or part is None:
                own.add(whole, self.flat(row.entity), row, None)
            else:
                placed.append((item, part, row))
        for item, part, row in placed:
            before = self._read(item, part, whole, head)
            told = _told(row, before)
            items.change(item, part, told, before)
        _cleaned(whole)
        for item, part, row in placed:
            own.add(part, self.flat(row.entity), row, self._read(item, part, whole, head))

    def _read(self, item: Item, part: Element, whole: Element, head: Element | None) -> dict[str, Any]:
        bare = items.without(part, own.is_own)
        return items.read(item, bare, "", head=head, outer=whole if part is not whole else None, wrong=lambda bad: None)

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _write(self, report: Element) -> None:
        assert self.out is not None
        report.tail = None
        self.out.write(tostring(report, encoding="unicode") + "\n")


def _told(row: Row, before: dict[str, Any]) -> dict[str, Any]:
    """What a row says where the item can say it.

    Refs, uids by now, stay as the item names them; what reading made up for an item that was silent stays out of it.
    """
    fields = REGISTRY[row.entity].fields()
    made_up = {**items.SILENT.get(row.entity, {}), "local_id": row.data.get("local_id")}
    if row.entity == "source":
        made_up["heading"] = items.made_heading(str(row.data.get("local_id")))
    told = {k: v for k, v in row.data.items() if k in before or made_up.get(k) != v}
    for name in [n for n in told if n in fields and fields[n].kind == "ref"]:
        if name in before:
            told[name] = before[name]
        else:
            del told[name]
    return told


def _append_rest(report: Element, row: Row) -> None:
    for text in row.data.get(own.REST, ()):
        element = fragment(str(text))
        if element is not None:
            report.append(element)


def _cleaned(element: Element) -> None:
    for part in element.iter():
        part.text = own.clean(part.text) if part.text else part.text
        for name, value in part.attrib.items():
            part.set(name, own.clean(value))
