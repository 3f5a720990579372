"""A case written in a few lines, and its problems as the user reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tetrapylon.formats.case import Case, read_case

MakeCase = Callable[..., Case]


@pytest.fixture
def make_case(tmp_path: Path) -> MakeCase:
    """Write files of a case (text or bytes; names of entities without a mapping) and open it."""

    def make(mapping: str = "", extent: str = "", **files: str | bytes) -> Case:
        folder = tmp_path / "case"
        folder.mkdir(exist_ok=True)
        lines = ['name = "test"', 'naming_authority = "test/case"', extent, "[files]"]
        for key, content in files.items():
            name, _, ending = key.partition("__")
            path = f"{name}.{ending or 'csv'}"
            data = content if isinstance(content, bytes) else content.lstrip("\n").encode()
            (folder / path).write_bytes(data)
            lines.append(f'{name} = "{path}"')
        (folder / "manifest.toml").write_text("\n".join(lines))
        if mapping:
            (folder / "mapping.toml").write_text(mapping)
        return read_case(folder)

    return make


@pytest.fixture
def problems(make_case: MakeCase) -> Callable[..., list[str]]:
    """The problems of a case, errors first, warnings marked with "worth a look: "."""

    def read(**files: str) -> list[str]:
        return [("worth a look: " if p.warning else "") + str(p) for p in make_case(**files).check()]

    return read
