"""What people and scripts see of the hazard nouns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from tests.workflow.conftest import Ground

from tetrapylon.cli.show import hazard
from tetrapylon.errors import ValueRangeError
from tetrapylon.workflow.contamination import contamination_map
from tetrapylon.workflow.keeping import opened
from tetrapylon.workflow.practice import practice_ground


def test_an_interrupted_bar_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        with hazard.bar() as show:
            show("map", 1, 4)
            raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as left:
        work()
    assert left.value.exit_code == 130
    assert "The same command goes on where this one was." in capsys.readouterr().err


def test_palmyra_as_text_and_as_json_holds_no_probability(
    palmyra_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(str(palmyra_file), read_only=True) as record:
        product = contamination_map(record)
        hazard.contamination(product)
        data = json.loads(product.text())
    said = " ".join(capsys.readouterr().out.split())
    assert "No map of contamination." in said
    assert "SCENARIO, not this site" in said
    assert "wrong, shown for its error" in said
    assert "Not for deciding where to go" in said
    assert data["result"]["field"] is None
    assert data["result"]["used"] is None
    assert not {"expected", "probability", "residual"} & set(data["result"])


def test_the_same_seed_makes_the_same_practice_ground_and_nothing_is_overwritten(tmp_path: Path) -> None:
    one, two, other = (practice_ground(tmp_path / name, seed=seed) for name, seed in (("a", 3), ("b", 3), ("c", 4)))
    assert Path(one.truth).read_bytes() == Path(two.truth).read_bytes() != Path(other.truth).read_bytes()
    with pytest.raises(ValueRangeError, match="not empty"):
        practice_ground(tmp_path / "a")


def test_every_page_of_practice_ground_carries_its_warning(
    practised: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    with practised.open() as record:
        out = practised.file.with_name("shown.tif")
        hazard.contamination(contamination_map(record, out=out, prior=practised.prior, cell=5.0))
    said = " ".join(capsys.readouterr().out.split())
    assert "Simulated ground for practice. Nothing here exists." in said
    assert "SCENARIO" in said
    assert "show the prior alone" in said
