"""The main job on the shipped case, end to end: import, ledger, gate, condition, options, statements, what is next."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from tetrapylon.model import ClearanceClaim, Party
from tetrapylon.model.terms import PartyKind
from tetrapylon.record.record import Record
from tetrapylon.record.verifying import require_sound
from tetrapylon.workflow.assess import condition_report
from tetrapylon.workflow.clear import Gates, clearance_ledger, gate_report
from tetrapylon.workflow.coordinate import Promised, Said, commitments, consent_report, statements
from tetrapylon.workflow.headline import Headline, banner_of, headline
from tetrapylon.workflow.importing import CaseImport, import_case
from tetrapylon.workflow.plan import plan_next
from tetrapylon.workflow.product import Product, as_json
from tetrapylon.workflow.restore import restoration_options

ON = "2025-10-31"
"""The last day the case speaks about."""
ORIGIN = "moscow_times_20160328"
"""The article the project starts from."""
BEFORE, AFTER = "2016-04-26", "2016-04-27"
"""The day the refusal at the Temple of Bel happened, and the day it was published."""
BEL = "temple_of_bel_cella"


@dataclass(frozen=True)
class Demo:
    """Everything the demonstration computed, and where it lies."""

    folder: Path
    seconds: float
    banner: str
    imported: CaseImport
    headline: Headline
    ledger: Product[Any]
    gates: Product[Gates]
    bel_before: Product[Gates]
    bel_after: Product[Gates]
    conditions: Product[Any]
    options: Product[Any]
    statements: Product[Said]
    commitments: Product[Promised]
    next: Product[Any]
    cleared: frozenset[str]
    """Uids of the claims of clearance."""
    files: tuple[Path, ...]

    def data(self) -> dict[str, Any]:
        """What came out as JSON data; the products themselves lie in ``files``."""
        return {
            "banner": self.banner,
            "headline": str(self.headline),
            "counts": as_json(self.headline),
            "imported": as_json(self.imported),
            "files": [str(f) for f in self.files],
            "seconds": round(self.seconds, 3),
        }


def case_folder() -> Path:
    """Folder of the shipped Palmyra case."""
    return Path(str(resources.files("tetrapylon.cases"))) / "palmyra"


def run_demo(out: Path, *, progress: Callable[[str, int], None] | None = None) -> Demo:
    """Run the main job on Palmyra and write its outputs; a second run finds its record and adds nothing.

    Raises
    ------
    RecordError, RecordDamaged : the folder holds a record that cannot be used.
    """
    started = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    file = out / "palmyra.gpkg"
    if not file.exists():
        Record.create(str(file), party=Party(label="Compiler of the Palmyra case", kind=PartyKind.RESEARCH)).close()
    with Record.open(str(file)) as record:
        imported = import_case(record, case_folder(), progress=progress)
        require_sound(record)
        at = {"on": ON, "known": ON}
        products: dict[str, Product[Any]] = {
            "ledger": clearance_ledger(record, **at),
            "gates": gate_report(record, **at),
            "gate-bel-2016-04-26": gate_report(record, structure=BEL, on=BEFORE, known=BEFORE),
            "gate-bel-2016-04-27": gate_report(record, structure=BEL, on=BEFORE, known=AFTER),
            "condition": condition_report(record, **at),
            "options": restoration_options(record, illustrative=True, **at),
            "statements": statements(record, source=ORIGIN, also=("UNESCO",), **at),
            "commitments": commitments(record, **at),
            "consents": consent_report(record, **at),
            "next": plan_next(record, **at),
        }
        files = [file]
        for name, product in products.items():
            target = out / f"{name}.json"
            target.write_text(product.text() + "\n", encoding="utf-8")
            files.append(target)
        view = record.view(**at)
        return Demo(
            folder=out,
            seconds=time.perf_counter() - started,
            banner=banner_of(view),
            imported=imported,
            headline=headline(view),
            ledger=products["ledger"],
            gates=products["gates"],
            bel_before=products["gate-bel-2016-04-26"],
            bel_after=products["gate-bel-2016-04-27"],
            conditions=products["condition"],
            options=products["options"],
            statements=products["statements"],
            commitments=products["commitments"],
            next=products["next"],
            cleared=frozenset(c.uid for c in view.claims(ClearanceClaim)),
            files=tuple(files),
        )
