"""The documentation is true: its commands run and print what it shows, its links lead somewhere, nothing is missing."""

from __future__ import annotations

import doctest
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.harness import FENCE, LINK, Shown, anchors, expected, pages, plain, run, shown

import tetrapylon
from tetrapylon.cli.main import app
from tetrapylon.errors import OUTCOMES

ROOT = Path(__file__).resolve().parents[2]
PAGES = {str(page.relative_to(ROOT)): page for page in pages(ROOT)}
WITH_COMMANDS = [name for name, page in PAGES.items() if any(shown(page.read_text(encoding="utf-8")))]
DEV = "python3 dev.py"
ERRORS = {error.__name__ for error in OUTCOMES}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demonstration, made once; ``state`` beside it holds the installation's memory."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TETRAPYLON_STATE", str(folder / "state"))
        patch.chdir(folder)
        status, printed = run("tetrapylon demo --no-serve")
    assert status == 0, printed
    return folder


@pytest.fixture
def workplace(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demonstration and of the examples to work in, on a terminal of 100 columns."""
    shutil.copytree(demo, tmp_path / "work")
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "work" / "docs" / "examples")
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "work" / "state"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.mark.parametrize("name", WITH_COMMANDS)
def test_commands_run_and_print_what_the_page_shows(name: str, workplace: Path) -> None:
    for command in shown(PAGES[name].read_text(encoding="utf-8")):
        if command.command.startswith(DEV):
            continue
        assert command.command.startswith("tetrapylon "), f"{command.command}: start it with tetrapylon or {DEV}"
        status, printed = run(command.command)
        fits = expected(command.output).match(plain(printed)) if command.output.strip() else True
        refused = command.output.partition(":")[0] in ERRORS
        assert fits, f"$ {command.command}\n{plain(printed)}"
        assert (status != 0) is refused, f"$ {command.command} ends with status {status}\n{plain(printed)}"


@pytest.mark.parametrize("name", [n for n, page in PAGES.items() if ">>> " in page.read_text(encoding="utf-8")])
def test_python_examples_give_what_the_page_shows(name: str) -> None:
    result = doctest.testfile(str(PAGES[name]), module_relative=False, encoding="utf-8", optionflags=doctest.ELLIPSIS)
    assert result.attempted
    assert not result.failed


def test_dev_commands_of_the_pages_exist() -> None:
    listed = subprocess.run([sys.executable, "dev.py", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    commands = set(re.findall(r"^  (\w+)", listed.stdout, re.MULTILINE))
    used = {
        found
        for page in PAGES.values()
        for found in re.findall(r"python3 dev\.py (?!COMMAND)(\w+)", page.read_text(encoding="utf-8"))
    }
    assert {"demo", "test"} <= used <= commands


def test_the_readme_begins_with_the_two_commands() -> None:
    readme = PAGES["README.md"].read_text(encoding="utf-8")
    commands = [command.command for command in shown(readme)]
    assert [" ".join(command.split()[:3]) for command in commands[:2]] == [f"{DEV} demo", f"{DEV} test"]
    assert "not for deciding where to go" in readme


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = PAGES[name]
    for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = link.partition("#")
        if "://" in link or link.startswith("mailto:"):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name}: {link}"
        assert target.is_relative_to(ROOT), f"{name}: {link}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{name}: {link}"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [PAGES["README.md"]]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
        paths = [link.partition("#")[0] for link in links if "://" not in link]
        waiting += [found for path in paths if path and (found := (page.parent / path).resolve()).exists()]
    assert not set(PAGES.values()) - reached


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title_and_no_level_is_left_out(name: str) -> None:
    levels = [
        len(marks)
        for marks in re.findall(r"^(#{1,6}) ", FENCE.sub("", PAGES[name].read_text(encoding="utf-8")), re.MULTILINE)
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def commands() -> set[str]:
    """Every command of the command line: ``import``, ``clear ledger`` ..."""
    from typer.main import get_command

    top = get_command(app)
    return {
        f"{name} {noun}".strip()
        for name, command in top.commands.items()  # type: ignore[attr-defined]
        for noun in getattr(command, "commands", {"": None})
    }


def test_every_command_is_documented_with_an_example() -> None:
    page = PAGES["docs/cli.md"].read_text(encoding="utf-8")
    headings = set(re.findall(r"^### `tetrapylon ([a-z ]+)`$", page, re.MULTILINE))
    examples = {command.command.removeprefix("tetrapylon ") for command in shown(page)}
    for command in sorted(commands()):
        assert command in headings, f'docs/cli.md lacks a section "### `tetrapylon {command}`"'
        assert any(f"{example} ".startswith(f"{command} ") for example in examples), f"no example of {command}"
    assert headings == commands(), "a section about a command that is gone"


def test_every_option_is_documented() -> None:
    from typer.main import get_command

    page = PAGES["docs/cli.md"].read_text(encoding="utf-8")
    top = get_command(app)
    groups = [top, *(c for c in top.commands.values() if hasattr(c, "commands"))]  # type: ignore[attr-defined]
    options = {
        option
        for group in groups
        for command in group.commands.values()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    assert {"--on", "--known", "--json"} <= options
    assert not {option for option in options if f"`{option}" not in page}


def test_every_setting_is_documented() -> None:
    sources = [*Path(tetrapylon.__file__).parent.rglob("*.py"), ROOT / "dev.py", ROOT / "tests" / "conftest.py"]
    used = {name for file in sources for name in re.findall(r"TETRAPYLON_[A-Z_]*[A-Z]", file.read_text("utf-8"))}
    assert "TETRAPYLON_STATE" in used
    everything = "".join(page.read_text(encoding="utf-8") for page in PAGES.values())
    assert not {name for name in used if f"`{name}`" not in everything}


# --- the checks themselves ------------------------------------------------------------------------------------------


def test_dots_stand_for_text_in_a_line_and_for_lines() -> None:
    wanted = expected("one\n...\nfour ... (six)\n")
    assert wanted.match("one\ntwo\nthree\nfour five (six)\nmore\n")
    assert wanted.match("one\nfour  (six)\n")
    assert not wanted.match("one\nfour five\n")
    assert not wanted.match("zero\none\nfour five (six)\n")


def test_commands_are_read_from_console_blocks_only() -> None:
    text = "```console\n$ tetrapylon a \\\n    --b\nout\n$ tetrapylon c\n```\n\n```python\n$ tetrapylon d\n```\n"
    assert list(shown(text)) == [Shown("tetrapylon a --b", "out\n"), Shown("tetrapylon c", "")]


def test_a_failing_command_is_seen(workplace: Path) -> None:
    status, printed = run("tetrapylon clear gate out/palmyra/palmyra.gpkg --structure nowhere")
    assert status != 0
    assert "nowhere" in printed
    assert (workplace / "out").exists()
    assert os.environ["TETRAPYLON_STATE"].startswith(str(workplace))
