"""The command line as a person and a script meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.main_job.conftest import LAST, ON, Command

from tetrapylon import errors
from tetrapylon.cli.show import common
from tetrapylon.model import Decision, Structure, When, parse_date, thing_uid
from tetrapylon.model.terms import DecisionKind
from tetrapylon.record.record import Record
from tetrapylon.record.verifying import verify
from tetrapylon.workflow.assess import condition_report
from tetrapylon.workflow.checking import check_record
from tetrapylon.workflow.clear import clearance_ledger, gate_report
from tetrapylon.workflow.coordinate import commitments, consent_report, statements
from tetrapylon.workflow.keeping import opened
from tetrapylon.workflow.plan import plan_next
from tetrapylon.workflow.product import Product, as_json
from tetrapylon.workflow.restore import restoration_options

BEL = "temple_of_bel_cella"
PRODUCTS: list[tuple[tuple[str, ...], Callable[[Record], Product[Any]]]] = [
    (("clear", "ledger"), lambda r: clearance_ledger(r, **LAST)),
    (("clear", "gate"), lambda r: gate_report(r, **LAST)),
    (("clear", "gate", "--structure", BEL, "--activity", "visit"),
     lambda r: gate_report(r, structure=BEL, activity="visit", **LAST)),
    (("assess", "condition"), lambda r: condition_report(r, **LAST)),
    (("restore", "options", "--illustrative"), lambda r: restoration_options(r, illustrative=True, **LAST)),
    (("coordinate", "statements"), lambda r: statements(r, **LAST)),
    (("coordinate", "commitments"), lambda r: commitments(r, **LAST)),
    (("coordinate", "consents"), lambda r: consent_report(r, **LAST)),
    (("plan", "next"), lambda r: plan_next(r, **LAST)),
]  # fmt: skip


@pytest.mark.parametrize(("words", "compute"), PRODUCTS, ids=[" ".join(words) for words, _ in PRODUCTS])
def test_json_is_what_the_workflow_returns(
    palmyra: Record, seen: Command, words: tuple[str, ...], compute: Callable[[Record], Product[Any]]
) -> None:
    done = seen(*words, "--json")
    assert done.code == 0
    assert done.json == json.loads(compute(palmyra).text())
    assert done.json["view"] == {"on": ON, "known": ON, "recognise": []}


def test_json_of_verify_and_check(palmyra: Record, command: Command, palmyra_file: Path) -> None:
    assert command("verify", palmyra_file, "--json").json == as_json(verify(palmyra))
    assert command("check", palmyra_file, "--known", ON, "--json").json == json.loads(
        json.dumps(as_json(check_record(palmyra, known=ON)))
    )


def test_every_command_answers_in_json_and_takes_both_clocks_where_it_reads_a_view() -> None:
    import typer.main

    from tetrapylon.cli.main import app

    group: Any = typer.main.get_command(app)
    leaves = {
        (name, noun): command
        for name, verb in group.commands.items()
        for noun, command in (verb.commands.items() if hasattr(verb, "commands") else [("", verb)])
    }
    assert len(leaves) > 20
    for name, leaf in leaves.items():
        options = {o for p in leaf.params for o in p.opts}
        reads_a_record = any(p.name == "file" for p in leaf.params)
        if name[0] != "serve":
            assert "--json" in options, name
        if (name[1] and reads_a_record) or name[0] in ("check", "export"):
            assert "--known" in options, name
            assert options & {"--on", "--date"}, name
        assert leaf.help, name
        assert all(getattr(p, "help", None) for p in leaf.params if p.name != "help"), name


# --- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("clear", "gate", "{record}", "--structure", "temple_of_bel_cela"), errors.NotFound,
         'Did you mean "temple_of_bel_cella"?'),
        (("coordinate", "statements", "{record}", "--source", "moscow_times_2016328"), errors.NotFound,
         'Did you mean "moscow_times_20160328"?'),
        (("clear", "gate", "{record}", "--on", "2016-04-31"), errors.ValueRangeError, "YYYY-MM-DD"),
        (("clear", "gate", "{record}", "--known", "yesterday"), errors.ValueRangeError, "YYYY-MM-DD"),
        (("clear", "gate", "{record}", "--activity", "visitt"), errors.VocabularyError, 'Did you mean "visit"?'),
        (("clear", "gate", "{record}", "--recognise", "Compilr"), errors.NotFound, 'Did you mean "Compiler"?'),
        (("export", "{record}", "--out", "{new}", "--tiers", "publik"), errors.VocabularyError,
         'Did you mean "public"?'),
        (("share", "{record}", "--for", "Museum", "--out", "{new}", "--tiers", "partner"), errors.VocabularyError,
         'Did you mean "partners"?'),
        (("export", "{record}", "--out", "{new}", "--format", "cvs"), errors.NotFound, 'Did you mean "csv"?'),
        (("init", "{new}", "--party", "Office", "--kind", "operatr"), errors.VocabularyError,
         'Did you mean "operator"?'),
        (("template", "hazard_reports", "--out", "{new}.csv"), errors.NotFound, 'Did you mean "hazard_report"?'),
        (("clear", "ledger", "{new}"), errors.NotFound, "There is no file"),
        (("import", "{new}", "--into", "{record}"), errors.NotFound, "There is no file or folder"),
        (("clear", "ledger", "{text}"), errors.RecordDamaged, "not a record"),
        (("verify", "{text}"), errors.RecordDamaged, "not a record"),
        (("retract", "{record}", "nothing-like-it", "--reason", "x"), errors.NotFound, "nothing-like-it"),
        (("share", "{record}", "--for", "Museum", "--out", "{text}"), errors.RecordError, "exists already"),
    ],
)  # fmt: skip
def test_an_error_says_what_to_do_and_decides_the_exit_code(
    command: Command, copy: Path, tmp_path: Path, arguments: tuple[str, ...], error: type[Any], said: str
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a record", encoding="utf-8")
    places = {"record": copy, "new": tmp_path / "new", "text": text}
    done = command(*(a.format(**places) for a in arguments))
    assert done.code == errors.OUTCOMES[error].exit_code
    assert said in done.err
    assert done.err.startswith(error.__name__ + ": ")
    assert done.out == ""
    assert text.read_text(encoding="utf-8") == "not a record"
    assert not (tmp_path / "new").exists()


def test_a_damaged_record_is_named_by_verify_with_its_exit_code(command: Command, copy: Path) -> None:
    copy.write_bytes(copy.read_bytes().replace(b"Two sappers collapsed", b"Ten sappers collapsed"))
    done = command("verify", copy)
    assert done.code == errors.OUTCOMES[errors.RecordDamaged].exit_code
    assert "Does not verify: 1" in done.out


def test_a_record_that_nobody_here_owns_says_how_to_join(command: Command, copy: Path, tmp_path: Path) -> None:
    share = tmp_path / "share.gpkg"
    command("share", copy, "--for", "Museum", "--out", share)
    done = command("clear", "ledger", share, "--keep")
    assert done.code == errors.OUTCOMES[errors.NotPermitted].exit_code
    assert "tetrapylon init FILE --party NAME" in done.err


# --- help -----------------------------------------------------------------------------------------------------------


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['tetrapylon', '--help']\n"
        "from tetrapylon.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sorted({m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    loaded = set(done.stdout.split("LOADED")[1].split())
    heavy = {"numpy", "scipy", "shapely", "pyproj", "pyogrio", "openpyxl", "fastapi", "uvicorn", "jinja2", "babel",
             "numba", "ortools", "rapidfuzz", "sqlite3"}  # fmt: skip
    assert not loaded & heavy
    for word in ("init", "import", "verify", "clear", "assess", "restore", "coordinate", "plan", "demo"):
        assert word in done.stdout


# --- what it looks like -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(("words", "compute"), PRODUCTS, ids=[" ".join(words) for words, _ in PRODUCTS])
def test_lines_fit_the_screen(
    seen: Command, monkeypatch: pytest.MonkeyPatch, width: int, words: tuple[str, ...], compute: object
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    long = [line for line in seen(*words).out.splitlines() if len(line) > width]
    assert long == []


def test_names_in_arabic_keep_columns_in_place(capsys: pytest.CaptureFixture[str]) -> None:
    common.table(["name", "grade"], [("معبد بِلّ", "5"), ("Temple of Bel", "4-5")])
    _, _, arabic, latin = capsys.readouterr().out.splitlines()
    assert arabic.startswith("\u2068معبد بِلّ\u2069"), "isolated, so that the columns beside it keep their order"
    shown = [c for c in arabic if c not in "\u2068\u2069\u0650\u0651"]
    assert shown.index("5") == latin.index("4-5")


@pytest.mark.parametrize(("number", "said"), [(0, "0 feeds"), (1, "1 feed"), (2, "2 feeds"), (2000, "2,000 feeds")])
def test_a_number_agrees_with_its_noun(number: int, said: str) -> None:
    assert common.count(number, "feed") == said


# --- whose Decisions count --------------------------------------------------------------------------------------------


def test_a_decision_settles_only_for_those_who_recognise_its_maker(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "office.gpkg"
    command("init", file, "--party", "Antiquities office", "--kind", "antiquities")
    tower = thing_uid("test", "structure", "tower")
    with opened(str(file)) as record:
        office = record.own_party()
        with record.writing() as writer:
            first = writer.claim(Structure(local_id="tower", label="Tower"), subject=tower)
            writer.claim(Structure(local_id="tower", label="Gate"), subject=tower)
            writer.claim(
                Decision(
                    kind=DecisionKind.SETTLE, made_by=office, start=When(parse_date("2020-01-01")), about=(first.hash,)
                )
            )

    def contested(*more: str) -> int:
        done = command("check", file, "--json", *more)
        assert done.code == 0, done.err
        return sum(len(c["entries"]) for c in done.json["contests"])

    assert contested() == 2
    assert contested("--recognise", "Antiquities office") == 1
    gate = command("clear", "gate", file, "--recognise", "Antiquities office", "--json").json
    assert gate["view"]["recognise"] == [office]


def test_an_empty_record_is_no_error(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "empty.gpkg"
    command("init", file, "--party", "Office")
    for words in (*(w for w, _ in PRODUCTS if "--structure" not in w), ("check",)):
        done = command(*words[:2], file, *words[2:])
        assert done.code == 0, (words, done.err)
        assert "Traceback" not in done.err
