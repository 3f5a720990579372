"""Options and arguments that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[str, typer.Argument(help="The record: a .gpkg file, or postgresql://...?schema=NAME.", metavar="FILE")]
On = Annotated[str | None, typer.Option("--on", help="Day on the ground, YYYY-MM-DD. Default: the day of --known.")]
Known = Annotated[
    str | None,
    typer.Option("--known", help="As known on this day or at this instant (UTC). Default: now."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Keep = Annotated[bool, typer.Option("--keep", help="Keep the product in the record, with what it was computed from.")]
Author = Annotated[
    str | None,
    typer.Option(
        "--author", help="Who writes. Only an opaque number enters the record; the name stays on this machine."
    ),
]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the screen.")]
Recognise = Annotated[
    list[str] | None,
    typer.Option("--recognise", help="Name of a party whose Decisions settle contradictions in this view; repeatable."),
]
