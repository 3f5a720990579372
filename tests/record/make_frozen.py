"""Makes the frozen record of a release, once: python -m tests.record.make_frozen tests/record/frozen/RELEASE

The record holds every act, all four tiers, feeds of two parties (one in two feeds), withheld and erased parts, an
entity and a field no version knows, cited and native claims. Its layers, as lines of text, lie beside it. The frozen
record of a release that is out is never made again: every later version must read it as it is.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import shapely
from tests.support.offices import Office, offices, quick_folder

from tetrapylon.model import Decision, HazardReport, SameAs, Source, Statement, Structure, Tier, When, thing_uid
from tetrapylon.model.dates import Precision, parse_date
from tetrapylon.model.hazards import HazardKind
from tetrapylon.model.terms import DecisionKind
from tetrapylon.record.entry import Act
from tetrapylon.record.importing import ALWAYS
from tetrapylon.record.layers import layer
from tetrapylon.record.record import Record
from tetrapylon.record.sharing import share

TOWER, GATE, PAPER = (thing_uid("example", "structure", name) for name in ("tower", "gate", "paper"))


def make(folder: Path) -> None:
    """Write ``record.gpkg`` and ``layers.txt``."""
    folder.mkdir(parents=True)
    work = quick_folder()
    museum, engineers = offices(work, "museum", "engineers")
    fill(museum, engineers)
    museum.snapshot(folder / "record.gpkg")
    with museum.open() as record:
        (folder / "layers.txt").write_text("\n".join(lines(record)) + "\n", "utf-8")
    shutil.rmtree(work)


def fill(museum: Office, engineers: Office) -> None:
    """Both parties speak, meet, contradict, correct, dispute and erase."""
    april = When(parse_date("2016-04-26"))
    square = shapely.from_wkt("POLYGON ((38.27 34.54, 38.28 34.54, 38.28 34.55, 38.27 34.55, 38.27 34.54))")
    month = When(parse_date("2016-04-01"), Precision.MONTH)
    museum.says(Source(local_id="paper", heading="A newspaper", published=month), about=PAPER, published="2016-04-30")
    cited = {"source": PAPER, "published": "2016-04-30"}
    tower = museum.says(Structure(local_id="tower", label="Tower", geometry=square), about=TOWER, published=ALWAYS)
    museum.amends(tower, Structure(local_id="tower", label="Tower 13", geometry=square, aliases=("برج", "Tour")))
    museum.says(Statement(said=april, stated_by="an official", wording="original wording", language="en"), **cited)
    gone = museum.says(Statement(said=april, wording="erased wording"), tier=Tier.PERSONAL, **cited)
    museum.retracts(museum.says(Structure(label="a mistake")))
    museum.says(
        Decision(kind=DecisionKind.REFUSE, made_by=museum.party, start=april, about=(TOWER,), signed_by="the director")
    )
    museum.erases(gone)

    device = shapely.Point(38.275, 34.545)
    report = HazardReport(date=april, kind=next(iter(HazardKind)), description="device seen", geometry=device)
    engineers.takes_in(museum)
    engineers.says(report)
    engineers.says(Structure(label="levelled", extra={"colour": "ochre"}), about=GATE)
    engineers.says(SameAs(one=TOWER, other=GATE))
    dispute = engineers.disputes(tower.hash)
    engineers.disputes(TOWER, "not the tower we know")
    engineers.retracts(dispute)
    with engineers.open() as record, record.writing() as writer:
        writer.add(Act.ASSERT, "moon_base", GATE, {"crew": 3}, version=7)

    laptop = museum.copied_to("laptop")
    laptop.says(Structure(label="standing"), about=GATE)
    with engineers.open() as record:
        share(record, museum.folder / "share.gpkg")
    museum.takes_in(laptop, Office(museum.folder, "share", museum.folder / "share.gpkg"))


def lines(record: Record) -> Iterator[str]:
    """The layers as sorted lines: table, entry and what is not empty, so that a new field changes nothing."""
    hashes = dict(record.store.query("SELECT fid, hash FROM entry"))
    for table in record.store.layers():
        shape = layer(table)
        names = ", ".join(f'l."{name}"' for name in shape.names)
        geometry = f", {record.store.geometry_column()}" if shape.spatial else ", NULL"
        found = []
        for fid, *values, outline in record.store.query(f'SELECT {names}{geometry} FROM "{table}" l'):
            row = {n: v for n, v in zip(shape.names[1:], values, strict=True) if v is not None}
            if outline is not None:
                row["geometry"] = record.store.decode_geometries([outline])[0].wkt
            found.append(f"{table} {hashes[fid]} {json.dumps(row, ensure_ascii=False, sort_keys=True)}")
        yield from sorted(found)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
