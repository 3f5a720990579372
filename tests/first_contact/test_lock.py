"""The locks: complete, hashed, within the declared bounds, and free of addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SYSTEMS = {
    "linux": ("linux", "x86_64", "Linux", "posix"),
    "macos": ("darwin", "arm64", "Darwin", "posix"),
    "windows": ("win32", "AMD64", "Windows", "nt"),
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LOCKS = ("core.txt", "all.txt")


def locked(path: Path) -> list[Requirement]:
    """Requirements of a lock file, without their hashes."""
    lines = re.sub(r" *\\\n *--hash=\S+", "", path.read_text(encoding="utf-8")).splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def declared(repository: Path, *, everything: bool) -> list[Requirement]:
    """Direct dependencies as pyproject.toml declares them."""
    data = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    found = list(data["project"]["dependencies"])
    if everything:
        for extra in data["project"]["optional-dependencies"].values():
            found += extra
        found += data["dependency-groups"]["dev"]
    return [Requirement(text) for text in found]


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_lock_names_one_version_of_each_dependency(name: str, python: str, system: str, repository: Path) -> None:
    platform, machine, full_name, os_name = SYSTEMS[system]
    environment = {
        "sys_platform": platform,
        "platform_machine": machine,
        "platform_system": full_name,
        "os_name": os_name,
        "python_version": python,
        "python_full_version": f"{python}.5",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    versions: dict[str, set[str]] = {}
    for requirement in locked(repository / "requirements" / name):
        if requirement.marker is None or Marker(str(requirement.marker)).evaluate(environment):
            versions.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier)[2:])
    assert all(len(found) == 1 for found in versions.values())
    for wanted in declared(repository, everything=name == "all.txt"):
        (version,) = versions[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version), wanted


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_is_hashed_and_no_address_is_named(name: str, repository: Path) -> None:
    text = (repository / "requirements" / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^\S+==\S+", text, re.MULTILINE)
    assert len(pinned) > 20
    assert len(pinned) == len(re.findall(r"^\S+==[^\n]*\\\n +--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE))
    assert "://" not in text


def test_every_direct_dependency_has_a_lower_bound(repository: Path) -> None:
    for requirement in declared(repository, everything=True):
        assert any(s.operator in (">=", "==", "~=") for s in requirement.specifier), requirement
