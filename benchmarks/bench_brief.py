"""Documents: the situation report of Palmyra from the start of the process to the finished PDF, and its stages."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from benchmarks.harness import Figure, interleave

LIMIT_S = 5.0
"""The most a situation report may take, process start included."""
COMMAND = "from tetrapylon.cli.main import run; run()"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--repeats", type=int, default=3, help="how often each is run (default 3)")


def run(args: argparse.Namespace) -> list[Figure]:
    """Measure."""
    with tempfile.TemporaryDirectory(prefix="tetrapylon-brief-") as there:
        os.environ["TETRAPYLON_STATE"] = str(Path(there) / "state")
        file = palmyra(Path(there))
        return [*whole(file, Path(there), args.repeats), *stages(file, args.repeats)]


def palmyra(folder: Path) -> str:
    """A record of the shipped case."""
    from tetrapylon.cases import folder as case
    from tetrapylon.model import Party
    from tetrapylon.record.record import Record
    from tetrapylon.workflow.importing import import_case

    file = str(folder / "palmyra.gpkg")
    with Record.create(file, party=Party(label="Bench")) as record:
        import_case(record, case("palmyra"))
    return file


def whole(file: str, folder: Path, repeats: int) -> list[Figure]:
    """The command in a process of its own, in English and Arabic, beside an interpreter that only loads numpy."""
    busy: dict[str, list[float]] = {}

    def command(name: str, *arguments: str) -> None:
        before = getrusage(RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", *arguments], check=True, capture_output=True, cwd=folder)
        after = getrusage(RUSAGE_CHILDREN)
        busy.setdefault(name, []).append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    timings = interleave(
        {
            "en": lambda: command("en", COMMAND, "brief", file),
            "ar": lambda: command("ar", COMMAND, "brief", file, "--lang", "ar"),
            "numpy": lambda: command("numpy", "import numpy"),
        },
        repeats=repeats,
    )
    conditions = f"Palmyra, a fresh process each time, best of {repeats}"
    return [
        Figure("situation report, English", timings["en"].best, "s", limit=LIMIT_S, conditions=conditions),
        Figure("situation report, Arabic", timings["ar"].best, "s", limit=LIMIT_S, conditions=conditions),
        Figure("processor time of the English one", min(busy["en"]), "s", limit=3.0, conditions=conditions),
        Figure("a process that only imports numpy", timings["numpy"].best, "s", conditions=conditions),
    ]


def stages(file: str, repeats: int) -> list[Figure]:
    """Composing and setting the report in a process that has loaded everything."""
    from tetrapylon.reports.render import pdf
    from tetrapylon.workflow.keeping import opened
    from tetrapylon.workflow.reporting import brief_from

    with opened(file, read_only=True) as record:
        document = brief_from(record)
        timings = interleave({"compose": lambda: brief_from(record), "set": lambda: pdf(document)}, repeats=repeats)
    told = "everything loaded"
    return [
        Figure("composing", timings["compose"].best, "s", conditions=told),
        Figure("setting as PDF/A-2a", timings["set"].best, "s", conditions=f"{told}; the typesetter keeps what it set"),
    ]
