#!/usr/bin/env python3
"""Set up, run, test and check Tetrapylon. Standard library only: Python and pip are enough.

    python3 dev.py COMMAND [arguments]

The environment is .venv; the commands that need one make it first, from requirements/*.txt.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OLDEST = ROOT / ".venv-oldest"
TOOLS = ROOT / ".tools"
LOCKS = ROOT / "requirements"
SUPPORTED = ((3, 11), (3, 14))
EXE = ".exe" if os.name == "nt" else ""


def main(arguments: list[str]) -> int:
    """Run one command; its exit status is ours."""
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        print(__doc__)
        for command, function in COMMANDS.items():
            print(f"  {command:9} {(function.__doc__ or '').splitlines()[0]}")
        return 0 if name in ("help", "-h", "--help") else 2
    try:
        return COMMANDS[name](rest)
    except subprocess.CalledProcessError as error:
        print(f"dev.py {name}: {Path(error.cmd[0]).name} ended with status {error.returncode}", file=sys.stderr)
        return error.returncode if error.returncode > 0 else 1
    except KeyboardInterrupt:
        return 130


# --- the environment ------------------------------------------------------------------------------------------------


def setup(arguments: list[str]) -> int:
    """Make .venv with every optional part and the development tools (--core: only what the demo needs)."""
    sync(core="--core" in arguments)
    print(f"Ready: {script('tetrapylon')}")
    return 0


def sync(*, core: bool) -> None:
    """Bring .venv to what requirements/*.txt say. Core adds what is missing, removes nothing; the full set is exact."""
    lock = LOCKS / ("core.txt" if core else "all.txt")
    note = VENV / "locked.txt"
    held = note.read_text(encoding="utf-8").split() if note.exists() else []
    wanted = fingerprint(lock)
    if wanted in held or (core and fingerprint(LOCKS / "all.txt") in held):
        return
    if not Path(script("python")).exists():
        call(uv(), "venv", "--quiet", "--python", python_request(sys.version_info[:2], sys.executable), str(VENV))
    target = ["--quiet", "--python", script("python")]
    call(uv(), "pip", "install" if core else "sync", *target, "--only-binary", ":all:", "--require-hashes",
         *(["-r"] if core else []), str(lock))  # fmt: skip
    call(uv(), "pip", "install", *target, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    note.write_text(wanted + "\n", encoding="utf-8")


def fingerprint(lock: Path) -> str:
    """What an environment made from this lock is known by: the lock's content and the project's declaration."""
    return hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def lock(arguments: list[str]) -> int:
    """Choose versions anew and write requirements/*.txt, with hashes ([--upgrade] [uv's own arguments])."""
    common = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--python-version", "3.11"]
    sources = ["pyproject.toml", str(LOCKS / "build.in")]
    for name, extra in (("core.txt", []), ("all.txt", ["--all-extras", "--group", "dev"])):
        call(uv(), "pip", "compile", "--quiet", *sources, *common, *extra, *arguments, "-o", str(LOCKS / name))
    return 0


def python_request(version: tuple[int, ...], executable: str) -> str:
    """This Python when it is a supported one, else any supported one that uv finds or fetches."""
    if SUPPORTED[0] <= tuple(version) <= SUPPORTED[1]:
        return executable
    return f">={SUPPORTED[0][0]}.{SUPPORTED[0][1]},<{SUPPORTED[1][0]}.{SUPPORTED[1][1] + 1}"


def uv() -> str:
    """The uv on PATH, else one of our own in .tools (a plain `pip install` is refused by some distributions)."""
    found = shutil.which("uv") or own_uv()
    if not found:
        print("Fetching uv into .tools ...", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        try:
            call(*pip, "--target", str(TOOLS), "uv>=0.9", PIP_ROOT_USER_ACTION="ignore")
        except subprocess.CalledProcessError:
            print("pip could not fetch uv. Is pip installed (Debian: python3-pip), and the network there?")
            raise
        found = own_uv()
    if not found:
        sys.exit("uv was installed into .tools but its program is not there; delete .tools and try again.")
    return found


def own_uv() -> str | None:
    """The uv that an earlier command put into .tools."""
    return first(TOOLS.glob(f"*/uv{EXE}"))


def script(name: str, venv: Path = VENV) -> str:
    """Path of a program of the environment."""
    return str(venv / ("Scripts" if os.name == "nt" else "bin") / f"{name}{EXE}")


def call(*command: str, **environment: str) -> None:
    """Run a program in the repository root; a failure raises CalledProcessError."""
    inherited = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    if system_certificates():
        inherited.setdefault("UV_SYSTEM_CERTS", "true")
    subprocess.run(command, cwd=ROOT, env={**inherited, **environment}, check=True)


def system_certificates() -> bool:
    """Whether the system trusts somebody: then uv does too, which networks with a proxy of their own need."""
    store = ssl.get_default_verify_paths()
    return os.name == "nt" or bool(store.cafile and Path(store.cafile).exists())


# --- running it -----------------------------------------------------------------------------------------------------


def demo(arguments: list[str]) -> int:
    """Set up and run the main job on Palmyra ([--out DIR] [--no-serve])."""
    sync(core=True)
    return subprocess.run([script("tetrapylon"), "demo", *arguments]).returncode


def test(arguments: list[str]) -> int:
    """Set up and pass the tests ([--require-services] [--oldest] [pytest arguments])."""
    venv = VENV
    if "--oldest" in arguments:
        venv = oldest()
    else:
        sync(core=False)
    rest = [argument for argument in arguments if argument != "--oldest"]
    return subprocess.run([script("python", venv), "-m", "pytest", *rest], cwd=ROOT).returncode


def oldest() -> Path:
    """An environment of its own with the lowest version that pyproject.toml allows of each direct dependency."""
    call(uv(), "venv", "--quiet", "--clear", "--python", "3.11", str(OLDEST))
    install = [uv(), "pip", "install", "--quiet", "--python", script("python", OLDEST), "--resolution", "lowest-direct"]
    call(*install, "--group", "dev", "--all-extras", "-r", "pyproject.toml")
    call(*install, "--no-deps", "--editable", ".")
    return OLDEST


def bench(arguments: list[str]) -> int:
    """Run a benchmark and enforce its floors (NAME [--data DIR] [--json]; no NAME lists them)."""
    sync(core=False)
    return subprocess.run([script("python"), "-m", "benchmarks", *arguments], cwd=ROOT).returncode


# --- checking it ----------------------------------------------------------------------------------------------------


def lint(arguments: list[str]) -> int:
    """Style, formatting, types and the floors of the architecture."""
    sync(core=False)
    checks = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", "--strict"], ["lint-imports"])
    failed = []
    for name, *options in checks:
        print(f"--- {name} {' '.join(options)}", flush=True)
        if subprocess.run([script(name), *options], cwd=ROOT).returncode:
            failed.append(" ".join([name, *options]))
    print(f"lint: {', '.join(failed)} failed" if failed else "lint: clean")
    return 1 if failed else 0


def audit(arguments: list[str]) -> int:
    """Compare the locked dependencies with the published advisories (pip-audit); one it cannot judge fails."""
    sync(core=False)
    locked = str(LOCKS / "all.txt")
    call(script("pip-audit"), "--disable-pip", "--strict", "--require-hashes", "--requirement", locked, *arguments)
    return 0


def doctor(arguments: list[str]) -> int:
    """Say what this machine has and what is missing."""
    for name, found, remedy in findings():
        print(f"{'ok     ' if found else 'missing'} {name:11} {found or remedy}")
    return 0


def findings() -> list[tuple[str, str, str]]:
    """(what, what was found or nothing, what to do) for everything the software can use."""
    memory = sqlite3.connect(":memory:")
    rtree = ("ENABLE_RTREE",) in memory.execute("PRAGMA compile_options").fetchall()
    free = shutil.disk_usage(ROOT).free / 1e9
    this_python = f"{platform.python_version()} {sys.executable}"
    usable = python_request(sys.version_info[:2], sys.executable) == sys.executable
    return [
        ("python", this_python if usable else "", "3.11 to 3.14 is needed; uv will look for one"),
        ("uv", shutil.which("uv") or own_uv() or "", "fetched into .tools by the first command that needs it"),
        ("environment", str(VENV) if Path(script("python")).exists() else "", "python3 dev.py setup"),
        ("sqlite", f"{sqlite3.sqlite_version} with R-tree" if rtree else "", "this Python's SQLite has no R-tree"),
        ("PostGIS", postgis_control() or "", "python3 dev.py services (tests only)"),
        ("Chromium", chromium() or "", "python3 dev.py services (tests only)"),
        ("Java", shutil.which("java") or "", "python3 dev.py services (checks of field forms only)"),
        ("fonts", noto() or "", "python3 dev.py services (fonts-noto-core; Arabic labels in tests)"),
        ("disk", f"{free:.1f} GB free" if free > 3 else "", f"{free:.1f} GB free; the full set needs about 3 GB"),
    ]


# --- services -------------------------------------------------------------------------------------------------------


def services(arguments: list[str]) -> int:
    """Install PostGIS, Chromium, fonts and Java from Debian packages (root), or say how."""
    if not missing_packages():
        print("services: everything is there")
        return 0
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        print("Run as root on Debian or Ubuntu (elsewhere: the packages of the same purpose):")
        print(f"  apt-get update\n  apt-get install --no-install-recommends {' '.join(missing_packages())}")
        return 1
    call(apt, "update", "-qq")
    quiet = ["-qq", "-o=Dpkg::Use-Pty=0", "-o=Acquire::Retries=3", "--yes", "--no-install-recommends"]
    call(apt, "install", *quiet, *missing_packages(), DEBIAN_FRONTEND="noninteractive")
    return 0


def missing_packages() -> list[str]:
    """The Debian packages that bring what is not there yet."""
    wanted = {
        "chromium": chromium(),
        "fonts-noto-core": noto(),
        "default-jre-headless": shutil.which("java"),
        "poppler-utils": shutil.which("pdftoppm"),
    }
    missing = [package for package, present in wanted.items() if not present]
    return missing if postgis_control() else [postgis_package(), *missing]


def postgis_package() -> str:
    """The PostGIS package for the newest PostgreSQL that this distribution has."""
    if not shutil.which("apt-cache"):
        return "postgresql-15-postgis-3"
    search = ["apt-cache", "search", "--names-only", "^postgresql-[0-9]+-postgis-3$"]
    return newest_postgis(subprocess.run(search, capture_output=True, text=True, check=True).stdout)


def newest_postgis(listing: str) -> str:
    """The highest PostgreSQL in the output of `apt-cache search`; 15 where the lists are still empty."""
    versions = re.findall(r"^postgresql-(\d+)-postgis-3\b", listing, re.MULTILINE)
    return f"postgresql-{max(map(int, versions), default=15)}-postgis-3"


def postgis_control() -> str | None:
    """Where PostGIS says that it is installed, newest PostgreSQL first."""
    debian = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    newest = sorted(debian, key=lambda path: -int(path.parts[4]))
    pg_config = shutil.which("pg_config")
    if newest or not pg_config:
        return first(newest)
    shared = subprocess.run([pg_config, "--sharedir"], capture_output=True, text=True).stdout.strip()
    return first([path for path in [Path(shared) / "extension" / "postgis.control"] if path.exists()])


def chromium() -> str | None:
    """A browser of the Chromium family for the tests of the pages."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("TETRAPYLON_TEST_BROWSER") or first(filter(None, map(shutil.which, names)))


def noto() -> str | None:
    """A font with Arabic letters for what the browser tests draw."""
    return first(Path("/usr/share/fonts").rglob("NotoSansArabic-Regular.ttf"))


def first(found: Iterable[str | Path]) -> str | None:
    """The first of what was found, or None."""
    return next((str(one) for one in found), None)


COMMANDS = {f.__name__: f for f in (setup, demo, test, services, bench, doctor, lint, lock, audit)}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
