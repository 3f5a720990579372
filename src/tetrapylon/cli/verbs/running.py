"""What every noun does: open the record, compute, print, and keep or write when asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tetrapylon.cli.options import Author, File, Json, Keep, Known, On

if TYPE_CHECKING:
    from tetrapylon.reports.document import Document

StructureOption = Annotated[
    str | None, typer.Option("--structure", help="Only this structure: its local id or uid. Default: all.")
]
Pdf = Annotated[Path, typer.Option("--out", help="File to write (PDF/A).")]
Lang = Annotated[str, typer.Option("--lang", help="Language of the document: en, fr, ru or ar.")]

Nouns = dict[str, Callable[..., None]]
"""Commands of a verb by their noun."""
Steps = tuple[Callable[..., Any], Callable[[Any], None]]
"""How the product is computed from ``(record, on=, known=)``, and how it is shown."""

_COMMON = {"on": (On, None), "known": (Known, None), "json": (Json, False), "keep": (Keep, False),
           "author": (Author, None)}  # fmt: skip


def product_command(choose: Callable[..., Steps]) -> Callable[..., None]:
    """Make a command of a function that takes the noun's own options and returns its steps.

    FILE comes first, ``--on --known --json --keep --author`` last; the docstring is the help.
    """

    def command(
        *, file: str, on: str | None, known: str | None, json: bool, keep: bool, author: str | None, **own: Any
    ) -> None:
        from tetrapylon.workflow.keeping import opened
        from tetrapylon.workflow.product import keep as keep_product

        compute, show = choose(**own)
        with opened(file, read_only=not keep) as record:
            product = compute(record, on=on, known=known)
            if json:
                typer.echo(product.text())
            else:
                show(product)
            if keep:
                typer.echo(f"Kept as {keep_product(record, product, author=author)[:12]}.", err=True)

    asked = inspect.signature(choose, eval_str=True).parameters.values()
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("file", kind, annotation=File),
        *(parameter.replace(kind=kind) for parameter in asked),
        *(inspect.Parameter(n, kind, annotation=a, default=d) for n, (a, d) in _COMMON.items()),
    ]
    command.__name__ = choose.__name__
    command.__doc__ = choose.__doc__
    command.__module__ = choose.__module__
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return command


def write_document(file: str, out: Path, compose: Callable[[Any], Document], *, json: bool) -> None:
    """Open the record, compose the document, write it, say where it lies."""
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.keeping import opened
    from tetrapylon.workflow.reporting import write

    with opened(file, read_only=True) as record:
        written = write(compose(record), out)
    emit(written, lambda w: typer.echo(f"{w.title}: {w.file} ({w.bytes / 1000:,.0f} kB)"), json=json)
