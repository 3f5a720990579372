"""Licence, notices and change log say what they must."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import tetrapylon


def test_the_licence_is_the_complete_apache_text(repository: Path) -> None:
    """SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt."""
    text = (repository / "LICENSE").read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(text).hexdigest() == "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def test_data_keep_their_licences(repository: Path) -> None:
    notice = " ".join((repository / "NOTICE").read_text(encoding="utf-8").split())
    assert "OpenStreetMap contributors" in notice
    assert "opendatacommons.org/licenses/odbl/1-0" in notice
    assert "Pleiades" in notice
    assert "creativecommons.org/licenses/by/3.0" in notice
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"LICENSE", "NOTICE"} <= set(project["license-files"])


def test_the_citation_names_this_version(repository: Path) -> None:
    citation = (repository / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(rf"^version: {re.escape(tetrapylon.__version__)}$", citation, re.MULTILINE)


def test_fragments_of_the_change_log_have_a_known_kind(repository: Path) -> None:
    declared = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
    kinds = {kind["directory"] for kind in declared["type"]}
    names = [path.name for path in (repository / declared["directory"]).iterdir() if path.name != "README.md"]
    unknown = [name for name in names if not re.fullmatch(rf"[a-z0-9-]+\.({'|'.join(sorted(kinds))})\.md", name)]
    assert unknown == []
    assert declared["start_string"].strip() in (repository / declared["filename"]).read_text(encoding="utf-8")
