"""dev.py: what a person with a fresh clone meets first."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def dev(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", repository / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, repository / "dev.py", *arguments], capture_output=True, text=True)


def test_only_the_standard_library_is_imported(repository: Path) -> None:
    tree = ast.parse((repository / "dev.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    outside = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert outside == set()


def test_it_parses_on_a_python_too_old_to_run_the_software(repository: Path) -> None:
    """An older python3 must get as far as finding a newer one."""
    text = (repository / "dev.py").read_text(encoding="utf-8")
    compile(text, "dev.py", "exec", flags=ast.PyCF_ONLY_AST, dont_inherit=True)
    assert ast.parse(text, feature_version=(3, 8)).body


def test_without_arguments_every_command_is_explained(repository: Path, dev: ModuleType) -> None:
    shown = run(repository, "help")
    assert shown.returncode == 0
    for name, function in dev.COMMANDS.items():
        assert f"  {name}" in shown.stdout
        assert function.__doc__.splitlines()[0] in shown.stdout


def test_an_unknown_command_is_an_error(repository: Path) -> None:
    shown = run(repository, "tset")
    assert shown.returncode == 2
    assert "  test" in shown.stdout


def test_doctor_names_what_the_software_can_use(repository: Path) -> None:
    shown = run(repository, "doctor")
    assert shown.returncode == 0
    found = {line.split()[1]: line.split()[0] for line in shown.stdout.splitlines()}
    assert found["python"] == "ok"
    assert found["sqlite"] == "ok"
    assert {"uv", "PostGIS", "Chromium", "Java", "disk"} <= set(found)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_a_supported_python_is_the_one_used(dev: ModuleType, version: tuple[int, int]) -> None:
    assert dev.python_request(version, "/the/python") == "/the/python"


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 15)])
def test_any_other_python_is_replaced_by_a_supported_one(dev: ModuleType, version: tuple[int, int]) -> None:
    assert dev.python_request(version, "/the/python") == ">=3.11,<3.15"


def test_the_newest_postgis_of_the_distribution_is_chosen(dev: ModuleType) -> None:
    listing = """\
postgresql-9-postgis-3 - Geographic objects support for PostgreSQL 9
postgresql-17-postgis-3 - Geographic objects support for PostgreSQL 17
postgresql-17-postgis-3-scripts - Geographic objects support for PostgreSQL 17 -- SQL scripts
postgresql-18-postgis-30 - not this one
"""
    assert dev.newest_postgis(listing) == "postgresql-17-postgis-3"


def test_an_ordinary_account_is_told_the_packages(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    monkeypatch.setattr(dev, "postgis_control", lambda: None)
    monkeypatch.setattr(dev, "chromium", lambda: None)
    assert dev.services([]) == 1
    told = capsys.readouterr().out
    assert "apt-get install --no-install-recommends postgresql-15-postgis-3 chromium" in told
    assert "default-jre-headless" in told


def test_uv_on_the_path_is_preferred_to_fetching_one(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/somewhere/uv" if name == "uv" else None)
    monkeypatch.setattr(dev, "call", lambda *command, **environment: pytest.fail(f"ran {command}"))
    assert dev.uv() == "/somewhere/uv"


def test_what_the_demo_needs_is_less_than_what_the_tests_need(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "call", lambda *command, **environment: commands.append(command))
    monkeypatch.setattr(dev, "uv", lambda: "uv")
    monkeypatch.setattr(dev, "VENV", tmp_path)
    (tmp_path / "bin").mkdir()
    dev.sync(core=True)
    demo = list(commands)
    dev.sync(core=False)
    everything = commands[len(demo) :]
    assert any(c[:3] == ("uv", "pip", "install") and str(c[-1]).endswith("core.txt") for c in demo)
    assert not any("sync" in c for c in demo), "running the demo after the tests must not remove anything"
    assert any(c[:3] == ("uv", "pip", "sync") and str(c[-1]).endswith("all.txt") for c in everything)
    assert all("--require-hashes" in c for c in commands if str(c[-1]).endswith(".txt"))
    commands.clear()
    dev.sync(core=True)
    dev.sync(core=False)
    assert commands == [], "an environment that is as the lock says is left alone"


def test_a_failing_program_ends_the_command_with_its_status(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(dev.COMMANDS, "lint", lambda rest: dev.call(sys.executable, "-c", "raise SystemExit(7)"))
    assert dev.main(["lint"]) == 7
    assert "ended with status 7" in capsys.readouterr().err


def test_the_readme_gives_the_two_commands(repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    assert "python3 dev.py demo" in readme
    assert "python3 dev.py test" in readme


def test_ci_runs_the_services_the_tests_and_the_checks(repository: Path) -> None:
    script = (repository / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    for command in ("dev.py services", "dev.py test --require-services", "dev.py lint"):
        assert command in script
