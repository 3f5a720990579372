"""maXML into tables of our own columns: every claim it holds, what is not understood kept beside it."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, tostring

from tetrapylon.formats.gathered import Gathered
from tetrapylon.formats.maxml import items, own, personal
from tetrapylon.formats.maxml.names import HEAD, PERSONS, Item, Names, beside, fold
from tetrapylon.formats.maxml.parse import child, local, reports
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import Sheet
from tetrapylon.model import REGISTRY, Tier

_SHOWN = 12


def read(path: Path, *, file: str = "") -> list[Sheet]:
    """The field reports of a file as one table per entity; rows count field reports from 1.

    Personal elements are left out and named in a warning. ``maxml.toml`` beside the file adds a programme's own names.

    Raises
    ------
    Bad : the file is not maXML, is cut off or could do harm; see `parse.reports`.
    """
    return _Reader(file or path.name, beside(path.parent), path).sheets()


class _Reader:
    def __init__(self, file: str, names: Names, path: Path) -> None:
        self.names, self.path = names, path
        self.gathered = Gathered(file)
        self.personal: Counter[str] = Counter()
        self.persons: Counter[str] = Counter()
        self.refs: dict[str, set[str]] = {}
        self.parties: set[str] = set()
        self.number = 0
        self.sourced = False

    def sheets(self) -> list[Sheet]:
        for number, element in reports(self.path):
            if number:
                self._ids(element)
        for number, element in reports(self.path):
            if number == 0:
                self._header(element)
            elif fold(local(element)) == "fieldreport":
                self._report(number, element)
            else:
                reason = "is not a FieldReport: auxiliary data is not imported."
                self.gathered.bad(number, "source", Bad(local(element), reason, "FieldReport", "xml"))
        self._say_left_out()
        return self.gathered.sheets()

    # --- the file as a whole ------------------------------------------------------------------------------------------

    def _header(self, header: Element) -> None:
        datum = next((e for e in header.iter() if fold(local(e)) == "datum" and (e.text or "").strip()), None)
        if datum is not None and not any(k in fold(datum.text or "") for k in ("wgs84", "wgs1984", "4326", "crs84")):
            reason = "is not WGS 84: convert the coordinates to WGS 84 degrees before importing."
            where = "DocumentHeader/DocumentCoordinateReferenceSystem/Datum"
            raise Bad(datum.text, reason, "WGS84", "geometry", where)

    def _ids(self, report: Element) -> None:
        """Local ids of what other reports may refer to."""
        for element in report:
            for item in self.names.called(local(element)):
                if not item.each and not item.beside:
                    place = item.places.get("local_id")
                    if place:
                        one = Item(item.element, item.calls, item.entity, {"local_id": place})
                        data = items.read(one, element, "", head=None, wrong=lambda bad: None)
                        self.refs.setdefault(item.entity, set()).add(data.get("local_id", ""))

    def _say_left_out(self) -> None:
        for what, found in (("element", self.personal), ("field report", self.persons)):
            if not found:
                continue
            shown = ", ".join(f"{name} ({count})" for name, count in sorted(found.items())[:_SHOWN])
            shown += ", ..." if len(found) > _SHOWN else ""
            many = sum(found.values())
            reason = (
                f"{many} {what}{'s' if many != 1 else ''} with data of a person left out: {shown}. "
                "No name of a victim, informant or member of staff is kept."
            )
            self.gathered.bad(0, "source", Bad("", reason, code="personal", warning=True))

    # --- one field report ---------------------------------------------------------------------------------------------

    def _report(self, number: int, report: Element) -> None:
        self.number, path = number, f"FieldReport[{number}]"
        head = child(report, fold(HEAD))
        made = head is not None and head.get(own.MADE) is not None
        for element in [e for e in report if fold(local(e)) in PERSONS]:
            self.persons[local(element)] += 1
            report.remove(element)
        self.personal.update(personal.take_out(report))
        claims, rest = [], []
        for element in report:
            if element is head:
                continue
            owned = element.find(own.CLAIM) is not None or any(own.is_own(c) for c in element.iter())
            if own.is_own(element):
                self._bare(element, path)
            elif owned or self.names.called(local(element)):
                claims.append(element)
            else:
                rest.append(element)
        source, kept = self._source(head, rest, path) if head is not None and not made else ("", {})
        if head is None and rest:
            kept = {own.REST: [_text(e) for e in rest]}
        counts: Counter[str] = Counter()
        for element in claims:
            counts[local(element)] += 1
            where = f"{path}/{local(element)}" + (f"[{counts[local(element)]}]" if counts[local(element)] > 1 else "")
            self._claims(element, None if made else head, source, kept, where)
            kept = {}
        if kept and not claims:
            reason = "holds nothing that becomes a claim, and no date and identifier of its own; it is left out."
            self.gathered.bad(number, "source", Bad("", reason, code="left-out", column=path, warning=True))

    def _source(self, head: Element, rest: list[Element], path: str) -> tuple[str, dict[str, Any]]:
        """Local id or uid of the report as a source, and what claims must keep where it cannot be one."""
        claim = head.find(own.CLAIM)
        bare = items.without(head, own.is_own)
        wrongs: list[Bad] = []
        data = items.read(self.names.head, bare, f"{path}/{HEAD}", head=None, wrong=wrongs.append)
        if data.get("local_id") and not data.get("heading"):
            data["heading"] = items.made_heading(str(data["local_id"]))
        for bad in wrongs:
            self.gathered.bad(self.number, "source", bad)
        if claim is None and not (data.get("local_id") and data.get("published")):
            return "", {own.HEAD_RAW: _text(bare), **({own.REST: [_text(e) for e in rest]} if rest else {})}
        data[own.RAW] = _text(bare)
        if rest:
            data[own.REST] = [_text(e) for e in rest]
        self.sourced = True
        self._add("source", data, claim, path)
        return str((claim.get("uid") if claim is not None else None) or data["local_id"]), {}

    def _claims(self, element: Element, head: Element | None, source: str, kept: dict[str, Any], path: str) -> None:
        bare = items.without(element, own.is_own)
        raw = _text(bare)
        ours = [e for e in element.iter() if own.is_own(e)]
        owned = bool(ours)
        group = next((e.get("group", "") for e in ours if e.get("group")), "")
        group = group or hashlib.sha256(f"{path}\n{raw}".encode()).hexdigest()[:16]
        found: list[tuple[Item | None, dict[str, Any], Element | None, int | None]] = []
        main = next((i for i in self.names.called(local(element)) if not i.beside and not i.each), None)
        said: set[str] = set()  # paths already complained of: an element that two claims read is wrong once
        for item in self.names.called(local(element)):
            if item.each:
                for at, (part, whole) in enumerate(
                    zip(items.parts(item, bare), items.parts(item, element), strict=True)
                ):
                    claim = self._claim_of(whole, item.entity)
                    if claim is not None or not owned:
                        where = f"{path}/{local(part)}[{at + 1}]"
                        found.append(
                            (item, self._data(item, part, where, head, bare, group, at, owned=owned), claim, at)
                        )
                continue
            claim = self._claim_of(element, item.entity)
            if owned and claim is None:
                continue
            data = self._data(item, bare, path, head, None, group, None, said=said, owned=owned)
            if not item.beside or owned or all(n in data for n in item.needs):
                found.append((item, data, claim, None))
        known = {item.entity for item, *_ in found if item}
        for claim in [c for c in element if own.is_own(c) and c.get("entity") not in known]:
            found.append((None, {}, claim, None))
        alone = len(found) == 1 and found[0][0] is not None
        for became, data, claim, part_at in found:
            if became is None:
                assert claim is not None
                self._add(claim.get("entity", ""), data, claim, path, source)
                continue
            item = became
            holder = item is main or (main is None and part_at is None)
            fresh = items.build(item, data) if part_at is None else None
            if part_at is not None and claim is not None and not claim.get("group"):
                pass  # written afresh by us
            elif alone and fresh is not None and not kept and items.canonical(fresh) == items.canonical(bare):
                pass  # nothing in it that a fresh element would not say
            else:
                data[own.GROUP] = group
                if part_at is not None:
                    data[own.PART] = part_at
                if holder:
                    data[own.RAW] = raw
                    data.update(kept)
            self._add(item.entity, data, claim, path, source)

    def _data(
        self, item: Item, element: Element, path: str, head: Element | None, outer: Element | None, group: str,
        at: int | None, *, said: set[str] | None = None, owned: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        def wrong(bad: Bad) -> None:
            if said is None or str(bad.column) not in said:
                self.gathered.bad(self.number, item.entity, bad)
            if said is not None:
                said.add(str(bad.column))

        data = items.read(item, element, path, head=head, outer=outer, wrong=wrong)
        fields = REGISTRY[item.entity].fields()
        for name in list(data):
            if not owned and name in fields and fields[name].kind == "ref":
                self._settle_ref(data, name, str(fields[name].target))
        if "local_id" not in data and at is not None:
            outside = items.read(item, outer if outer is not None else element, path, head=head, wrong=lambda b: None)
            base = self._outer_id(outer) or outside.get("local_id") or group
            data["local_id"] = f"{base}/{at + 1}"
        for name, value in items.SILENT.get(item.entity, {}).items():
            if not owned:
                data.setdefault(name, value)
        return data

    def _outer_id(self, outer: Element | None) -> str:
        if outer is None:
            return ""
        for item in self.names.called(local(outer)):
            if not item.each:
                one = Item(item.element, item.calls, item.entity, {"local_id": item.places["local_id"]})
                found = items.read(one, outer, "", head=None, wrong=lambda bad: None).get("local_id", "")
                if found:
                    return str(found)
        return ""

    def _settle_ref(self, data: dict[str, Any], name: str, target: str) -> None:
        """A party is made where it is named; another thing is referred to only where the file holds it."""
        wanted = data[name]
        if target == "Party":
            if wanted not in self.parties:
                self.parties.add(wanted)
                self.gathered.add(self.number, Row("party", "", {"local_id": wanted, "label": wanted}))
        elif wanted not in self.refs.get(_entity(target), ()):
            del data[name]

    # --- our own elements ---------------------------------------------------------------------------------------------

    def _claim_of(self, element: Element, entity: str) -> Element | None:
        return next((c for c in element if own.is_own(c) and c.get("entity") == entity), None)

    def _bare(self, claim: Element, path: str) -> None:
        self._add(claim.get("entity", ""), {}, claim, path)

    def _add(self, entity: str, data: dict[str, Any], claim: Element | None, path: str, source: str = "") -> None:
        if entity not in REGISTRY:
            from tetrapylon.errors import nearest

            near = nearest(entity, list(REGISTRY))
            self.gathered.bad(self.number, "source", Bad(entity, "is not an entity.", near, "vocabulary", path))
            return
        if claim is None:
            if not data.get("local_id"):
                item = self.names.of(entity)
                wanted = item.places["local_id"].written if item else "local_id"
                reason = f"has no identifier ({wanted}); every claim needs one."
                self.gathered.bad(self.number, entity, Bad("", reason, code="required", column=path))
                return
            self.gathered.add(self.number, Row(entity, "", data, source or None))
            return
        tier = claim.get("tier")
        try:
            row = Row(entity, claim.get("uid", ""), data, claim.get("source") or None, Tier(tier) if tier else None)
            values, shape = own.apply(claim, self.gathered.flat(entity), row)
        except ValueError:
            self.gathered.bad(self.number, entity, Bad(tier or "", "is not a tier.", None, "vocabulary", path))
            return
        except Bad as bad:
            bad.column = f"{path}/{bad.column or ''}"
            self.gathered.bad(self.number, entity, bad)
            return
        self.gathered.add_values(self.number, entity, values, shape)


def _text(element: Element) -> str:
    element.tail = None
    return tostring(element, encoding="unicode")


def _entity(target: str) -> str:
    from tetrapylon.formats.case.convert import entity_name

    return entity_name(target)
