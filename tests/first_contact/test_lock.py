"""The lock: every package has a wheel for each system and Python that we promise, and bounds are kept."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

# Wheels older than these systems are accepted: glibc 2.28 (2018), macOS 15 on ARM, 64-bit Windows.
GLIBC = [f"2_{minor}" for minor in range(28, 4, -1)]
LEGACY = {"2_17": "2014", "2_12": "2010", "2_5": "1"}


def manylinux(machine: str) -> list[str]:
    tags = [f"manylinux_{version}_{machine}" for version in GLIBC]
    return tags + [f"manylinux{name}_{machine}" for name in LEGACY.values()] + [f"linux_{machine}"]


PLATFORMS = {
    "linux-x86_64": ("linux", "x86_64", "Linux", "posix", manylinux("x86_64")),
    "linux-aarch64": ("linux", "aarch64", "Linux", "posix", manylinux("aarch64")),
    "macos-arm64": (
        "darwin",
        "arm64",
        "Darwin",
        "posix",
        [
            f"macosx_{major}_{minor}_{kind}"
            for major in range(15, 10, -1)
            for minor in (0, 1)
            for kind in ("arm64", "universal2")
        ]
        + [f"macosx_10_{minor}_universal2" for minor in range(16, 3, -1)],
    ),
    "windows-amd64": ("win32", "AMD64", "Windows", "nt", ["win_amd64"]),
}
PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))


@cache
def packages(lock: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        found.setdefault(package["name"], []).append(package)
    return found


def reachable(lock: Path, environment: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Every locked package that this environment installs with all extras and the development tools."""
    table = packages(lock)
    root = table["tetrapylon"][0]
    queue = list(root["dependencies"])
    for group in (*root["optional-dependencies"].values(), *root["dev-dependencies"].values()):
        queue += group
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    while queue:
        wanted = queue.pop()
        if "marker" in wanted and not Marker(wanted["marker"]).evaluate(environment):
            continue
        candidates = [p for p in table[wanted["name"]] if wanted.get("version", p["version"]) == p["version"]]
        assert len(candidates) == 1, f"{wanted} is ambiguous"
        package = candidates[0]
        extras = tuple(wanted.get("extra", ()))
        if (key := (package["name"], package["version"], extras)) not in seen:
            seen.add(key)
            yield package
            queue += package.get("dependencies", [])
            for extra in extras:
                queue += package.get("optional-dependencies", {}).get(extra, [])


@pytest.mark.parametrize("python", PYTHONS, ids=lambda version: ".".join(map(str, version)))
@pytest.mark.parametrize("platform", PLATFORMS)
def test_everything_installs_from_wheels(platform: str, python: tuple[int, int], repository: Path) -> None:
    system, machine, name, os_name, tags = PLATFORMS[platform]
    version = ".".join(map(str, python))
    environment = {
        "sys_platform": system,
        "platform_machine": machine,
        "platform_system": name,
        "os_name": os_name,
        "python_version": version,
        "python_full_version": f"{version}.5",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    accepted: set[Tag] = {
        *cpython_tags(python, platforms=tags),
        *compatible_tags(python, f"cp{python[0]}{python[1]}", tags),
    }
    locked = list(reachable(repository / "uv.lock", environment))
    without = [
        f"{package['name']} {package['version']}"
        for package in locked
        if not any(
            parse_wheel_filename(wheel["url"].rpartition("/")[2])[3] & accepted for wheel in package.get("wheels", [])
        )
    ]
    assert len(locked) > 80
    assert without == []


def test_locked_versions_satisfy_the_declared_bounds(repository: Path) -> None:
    declared = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    project = declared["project"]
    requirements = [*project["dependencies"], *declared["dependency-groups"]["dev"]]
    for extra in project["optional-dependencies"].values():
        requirements += extra
    table = packages(repository / "uv.lock")
    for requirement in map(Requirement, requirements):
        versions = [package["version"] for package in table[canonicalize_name(requirement.name)]]
        assert versions
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_every_direct_dependency_has_a_lower_bound(repository: Path) -> None:
    declared = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = [*declared["project"]["dependencies"], *declared["dependency-groups"]["dev"]]
    for extra in declared["project"]["optional-dependencies"].values():
        requirements += extra
    unbounded = [
        text for text in requirements if not any(s.operator in (">=", "==") for s in Requirement(text).specifier)
    ]
    assert unbounded == []
