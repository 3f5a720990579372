"""Entry point of the ``tetrapylon`` command. Heavy modules are imported inside commands: help answers at once."""

from __future__ import annotations

import sys

import typer

from tetrapylon import __version__
from tetrapylon.cli import record_commands, report_commands, verbs
from tetrapylon.errors import TetrapylonError, outcome

app = typer.Typer(
    name="tetrapylon",
    help="One attributed record of a site: clear, assess, restore, coordinate - and plan across them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _main(
    version: bool = typer.Option(False, "--version", help="Print the version and end.", is_eager=True),
) -> None:
    if version:
        typer.echo(f"tetrapylon {__version__}")
        raise typer.Exit


record_commands.add_to(app)
verbs.add_to(app)
report_commands.add_to(app)


def run() -> None:
    """Run the command; an expected error is printed as a sentence, and decides the exit code."""
    try:
        app()
    except TetrapylonError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(outcome(error).exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    run()
