"""Detector sweeps of a record in the field: silence, signals, what is left out and why, classes of terrain."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from tests.workflow.conftest import Ground, Tell
from tests.workflow.test_belts_and_reports import DAY, LATER, SITE, degrees, framed, modifier_at

from tetrapylon.clear.contamination.signals import signal_counts
from tetrapylon.clear.release.dangers import dangers
from tetrapylon.errors import CaseError, GeometryError, OutsideModel, ValueRangeError
from tetrapylon.formats.raster import Band, write_cog
from tetrapylon.geo.grid import GridSpec
from tetrapylon.model import (
    DetectorSignal,
    DetectorSweep,
    Entity,
    HazardArea,
    HazardReport,
    Occurrence,
    OrdnanceItem,
    Search,
    Site,
    When,
)
from tetrapylon.model.terms import (
    AreaClassification,
    HazardKind,
    OccurrenceKind,
    OrdnanceCategory,
    SearchMethod,
    SignalOutcome,
)
from tetrapylon.record.record import Record
from tetrapylon.record.sharing import share
from tetrapylon.workflow.clear import seen_in
from tetrapylon.workflow.frame import Frame, frame
from tetrapylon.workflow.ground import ground_record
from tetrapylon.workflow.keeping import opened
from tetrapylon.workflow.practice import EPSG, SOUTH, WEST
from tetrapylon.workflow.prior import read_prior
from tetrapylon.workflow.product import keep
from tetrapylon.workflow.residual import residual_report
from tetrapylon.workflow.trial import evidenced, trial_report

BOX = shapely.box(50, 50, 250, 250)


def swept(**other: object) -> DetectorSweep:
    facts = {"method": SearchMethod.MANUAL, "start": DAY, "end": DAY, "geometry": degrees(BOX), "coverage": 1.0}
    return DetectorSweep(local_id="east", **{**facts, **other})


def made_of(
    told: Tell, practised: Ground, sweep: DetectorSweep, *signals: dict[str, object], also: tuple[Entity, ...] = (),
    trial: bool = True,
) -> Frame:  # fmt: skip
    with opened(str(told([SITE, *also]))) as record:
        if trial:
            with_trial(record, practised)
        with record.writing() as writer:
            uid = writer.claim(sweep).entry.subject
            for k, facts in enumerate(signals):
                writer.claim(DetectorSignal(**{"local_id": f"s{k}", "date": DAY, "sweep": uid, **facts}))
        return framed(record, practised.prior)


def with_trial(record: Record, practised: Ground) -> None:
    trial = trial_report(record, Path(practised.practice.trial), method="manual", lane_area=200.0, false_alarms=31)
    keep(record, trial)


def at(x: float, y: float, **other: object) -> dict[str, object]:
    return {"geometry": degrees(shapely.Point(x, y)), "position_accuracy": 0.0, **other}


@pytest.fixture
def detection(practised: Ground) -> tuple[float, float, float]:
    """Detection over all classes, of the worst class, and the rate of false alarms, from the trial on record."""
    prior = read_prior(practised.prior)
    with practised.open() as record:
        known = evidenced(record.view(), SearchMethod.MANUAL, prior.classes.names)
    means = [p.mean for p in known.pods]
    return float(np.dot(prior.classes.shares, means)), min(means), known.false_alarms_per_m2


def test_silence_lowers_and_a_signal_raises_by_what_the_trial_shows(
    told: Tell, practised: Ground, detection: tuple[float, float, float]
) -> None:
    mean, _, rate = detection
    assert rate == pytest.approx(32 / 200)
    made = made_of(told, practised, swept(), at(101, 101))
    assert modifier_at(made, 200, 200) == pytest.approx(1 - mean)
    assert modifier_at(made, 101, 101) == pytest.approx(1 + mean / (rate * 25))
    assert modifier_at(made, 20, 20) == 1.0
    assert made.evidence.read(made.grid.window)[made.grid.index(WEST + 200, SOUTH + 200)] == 1


def test_a_signal_that_was_dug_for_is_no_signal_any_more(told: Tell, practised: Ground) -> None:
    made = made_of(told, practised, swept(), at(101, 101, outcome=SignalOutcome.CLUTTER))
    assert modifier_at(made, 101, 101) == modifier_at(made, 200, 200)


def test_an_item_at_a_signal_counts_as_settled_only_once_it_is_on_record(told: Tell, practised: Ground) -> None:
    mine = OrdnanceItem(found=DAY, category=OrdnanceCategory.AP_MINE, geometry=degrees(shapely.Point(101, 101)))
    with opened(str(told([SITE]))) as record:
        with record.writing() as writer:
            uid = writer.claim(swept()).entry.subject
            item = writer.claim(mine).entry.subject
            for found in (item, None):
                writer.claim(
                    DetectorSignal(date=DAY, sweep=uid, outcome=SignalOutcome.ITEM, item=found, **at(101, 101))
                )
        ground = ground_record(record.view())
    assert len(ground.sweeps[0].signals) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_a_signal_that_any_claim_calls_open_is_open(order: int, told: Tell) -> None:
    with opened(str(told([SITE]))) as record:
        with record.writing() as writer:
            uid = writer.claim(swept()).entry.subject
            first = None
            for outcome in list(SignalOutcome)[::order]:
                if outcome is not SignalOutcome.ITEM:
                    signal = DetectorSignal(date=DAY, sweep=uid, outcome=outcome, **at(101, 101))
                    first = writer.claim(signal, subject=first).entry.subject
        ground = ground_record(record.view())
    assert len(ground.sweeps[0].signals) == 1


def test_a_disputed_closing_leaves_a_signal_open(told: Tell) -> None:
    with opened(str(told([SITE]))) as record:
        with record.writing() as writer:
            uid = writer.claim(swept()).entry.subject
            closing = writer.claim(DetectorSignal(date=DAY, sweep=uid, outcome=SignalOutcome.CLUTTER, **at(101, 101)))
        with record.writing() as writer:
            writer.dispute(closing, "nobody dug there")
        ground = ground_record(record.view())
    assert len(ground.sweeps[0].signals) == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "the position of its signal s0"),
        ({"geometry": degrees(shapely.Point(101, 101))}, "the position of its signal s0"),
        (
            {"geometry": degrees(shapely.MultiPoint([(101, 101), (200, 200)])), "position_accuracy": 1.0},
            "its signal s0",
        ),
    ],
)
def test_a_sweep_with_a_signal_nobody_can_place_has_no_silence(
    facts: dict[str, object], said: str, told: Tell, practised: Ground
) -> None:
    made = made_of(told, practised, swept(), facts)
    assert modifier_at(made, 220, 220) == 1.0
    assert any(said in text and "silence does not count" in text for text in made.left_out)


def test_a_shared_file_without_the_signals_has_no_silence(told: Tell, practised: Ground, tmp_path: Path) -> None:
    """Positions of signals are restricted, ground and coverage of sweeps are not: sharing must not make ground safe."""
    with opened(str(told([SITE]))) as record:
        with_trial(record, practised)
        with record.writing() as writer:
            uid = writer.claim(swept()).entry.subject
            for x in (101, 151):
                writer.claim(DetectorSignal(date=DAY, sweep=uid, **at(x, 101)))
        share(record, tmp_path / "shared.gpkg")
        whole = framed(record, practised.prior)
    with opened(str(tmp_path / "shared.gpkg"), read_only=True) as record:
        made = framed(record, practised.prior)
    assert modifier_at(whole, 220, 220) < 0.5
    assert modifier_at(made, 220, 220) == 1.0


def test_claims_that_differ_about_a_sweep_leave_only_what_all_say(told: Tell, practised: Ground) -> None:
    small = degrees(shapely.box(50, 50, 150, 250))
    with opened(str(told([SITE]))) as record:
        with_trial(record, practised)
        with record.writing() as writer:
            uid = writer.claim(swept()).entry.subject
            writer.claim(swept(geometry=small, coverage=0.9), subject=uid)
        made = framed(record, practised.prior)
        with record.writing() as writer:
            writer.claim(swept(method=SearchMethod.DOGS), subject=uid)
        differing = framed(record, practised.prior)
    assert modifier_at(made, 100, 200) < 0.5
    assert modifier_at(made, 200, 200) == 1.0
    assert modifier_at(differing, 100, 200) == 1.0


@pytest.mark.parametrize(("day", "counts"), [("2024-06-05", False), ("2024-05-01", True)])
def test_silence_says_nothing_where_a_later_report_may_lie(
    day: str, counts: bool, told: Tell, practised: Ground
) -> None:
    report = HazardReport(
        date=When(dt.date.fromisoformat(day)), kind=HazardKind.MINE, description="x",
        geometry=degrees(shapely.Point(200, 200)), position_accuracy=5.0,
    )  # fmt: skip
    made = made_of(told, practised, swept(), also=(report,))
    assert (modifier_at(made, 200, 200) < 1) is counts
    assert modifier_at(made, 100, 100) < 0.5


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ({"coverage": None}, "the share of the ground covered is not stated"),
        ({"geometry": None}, "the ground swept is not on record as a valid polygon"),
        ({"end": LATER}, "it is not on record as finished"),
    ],
)
def test_silence_that_does_not_count_leaves_its_signals(
    lacking: dict[str, object], said: str, told: Tell, practised: Ground
) -> None:
    made = made_of(told, practised, swept(**lacking), at(101, 101))
    assert modifier_at(made, 200, 200) == 1.0
    assert modifier_at(made, 101, 101) > 1.1
    assert f"sweep east: {said}, so its silence does not count" in made.left_out


def test_a_disputed_sweep_keeps_its_signals_and_loses_its_silence(told: Tell, practised: Ground) -> None:
    with opened(str(told([SITE]))) as record:
        with_trial(record, practised)
        with record.writing() as writer:
            stored = writer.claim(swept())
            writer.claim(DetectorSignal(date=DAY, sweep=stored.entry.subject, **at(101, 101)))
        with record.writing() as writer:
            writer.dispute(stored, "nobody was there")
        made = framed(record, practised.prior)
    assert modifier_at(made, 200, 200) == 1.0
    assert modifier_at(made, 101, 101) > 1.1


def test_silence_before_control_changed_does_not_count(told: Tell, practised: Ground) -> None:
    change = Occurrence(local_id="retaken", kind=OccurrenceKind.CHANGE_OF_CONTROL, start=When(dt.date(2024, 7, 1)))
    made = made_of(told, practised, swept(), at(101, 101), also=(change,))
    assert modifier_at(made, 200, 200) == 1.0
    assert modifier_at(made, 101, 101) > 1.1
    assert any("control changed since (retaken)" in text for text in made.left_out)


def test_ground_searched_with_the_same_method_is_not_lowered_again(told: Tell, practised: Ground) -> None:
    lane = Search(
        local_id="lane", method=SearchMethod.MANUAL, start=DAY, geometry=degrees(shapely.box(50, 50, 150, 250)),
        coverage=0.9,
    )  # fmt: skip
    made = made_of(told, practised, swept(), also=(lane,))
    assert modifier_at(made, 100, 200) == 1.0
    assert modifier_at(made, 200, 200) < 0.5


def test_ground_searched_with_another_method_is_lowered_by_the_class_detected_least(
    told: Tell, practised: Ground, detection: tuple[float, float, float], tmp_path: Path
) -> None:
    lane = Search(
        local_id="lane", method=SearchMethod.DOGS, start=DAY, geometry=degrees(shapely.box(50, 50, 150, 250)),
        coverage=0.9,
    )  # fmt: skip
    table = tmp_path / "dogs.csv"
    classes = read_prior(practised.prior).classes.names
    rows = [f"{name},yes,{'yes' if i % 3 else 'no'},{'yes' if i % 2 else 'no'}" for name in classes for i in range(12)]
    table.write_text("\n".join(["item_class,blind,found_1,found_2", *rows]))
    with opened(str(told([SITE, lane]))) as record:
        with_trial(record, practised)
        keep(record, trial_report(record, table, method="dogs", lane_area=100.0, false_alarms=3))
        with record.writing() as writer:
            writer.claim(swept())
        made = framed(record, practised.prior)
    assert modifier_at(made, 100, 200) == pytest.approx(1 - detection[1])
    assert modifier_at(made, 200, 200) == pytest.approx(1 - detection[0])


def test_a_sweep_without_a_trial_is_left_out_and_a_residual_refuses_it(told: Tell, practised: Ground) -> None:
    made = made_of(told, practised, swept(), at(101, 101), trial=False)
    assert modifier_at(made, 101, 101) == 1.0
    assert any(text.startswith("sweep east: manual with detector: no blind trial") for text in made.left_out)
    with opened(str(told([SITE, swept()])), read_only=True) as record:
        view = record.view()
        ground, prior = ground_record(view), read_prior(practised.prior)
        with pytest.raises(OutsideModel, match="Sweep east"):
            frame(view, ground, prior, every_search=True)


def test_a_signal_outside_its_sweep_or_the_site_is_refused_by_name(told: Tell, practised: Ground) -> None:
    with pytest.raises(GeometryError, match=r"Signal s0 lies 10\.\d m outside the ground of sweep east"):
        made_of(told, practised, swept(), at(40, 100))
    with pytest.raises(GeometryError, match=r"Signal s0 lies .* km outside the site"):
        made_of(told, practised, swept(geometry=None), at(5000, 100))


def test_signals_without_a_position_or_a_sweep_are_told(told: Tell, practised: Ground) -> None:
    made = made_of(told, practised, swept(), {}, {"sweep": "0" * 8, **at(100, 100)})
    assert "signal s0: no position is on record" in made.left_out
    assert "signal s1: its sweep is not on record" in made.left_out


def test_open_signals_of_a_record_reach_gate_and_ledger(told: Tell) -> None:
    with opened(str(told([SITE]))) as record:
        with record.writing() as writer:
            uid = writer.claim(swept()).entry.subject
            writer.claim(DetectorSignal(local_id="s0", date=DAY, sweep=uid, **at(101, 101)))
            writer.claim(DetectorSignal(local_id="s1", date=DAY, sweep=uid))
        found = dangers(seen_in(record.view()))
    assert sorted(d.text for d in found) == [f"s{k}: detector signal not investigated" for k in (0, 1)]
    assert all(d.geometry is not None for d in found)


def test_a_sweep_of_later_days_is_not_known_yet(told: Tell, practised: Ground) -> None:
    with opened(str(told([SITE, swept(start=When(dt.date(2100, 1, 1)))])), read_only=True) as record:
        assert ground_record(record.view()).sweeps == ()


def test_a_coverage_that_is_no_share_is_refused(told: Tell) -> None:
    with pytest.raises(ValueRangeError, match="share from 0 to 1"):
        told([SITE, swept(coverage=1.4)])


def test_the_weight_of_the_prior_discounts_sweeps(told: Tell, practised: Ground, tmp_path: Path) -> None:
    file = tmp_path / "half.toml"
    file.write_text(practised.prior.read_text() + "[weights]\nsweep = 0.5\n")
    with opened(str(told([SITE]))) as record:
        with_trial(record, practised)
        with record.writing() as writer:
            writer.claim(swept())
        whole, half = (framed(record, prior) for prior in (practised.prior, file))
    assert modifier_at(half, 200, 200) == pytest.approx(modifier_at(whole, 200, 200) ** 0.5)


def test_a_radius_holds_a_signal_with_probability_095(told: Tell, practised: Ground) -> None:
    made = made_of(told, practised, swept(), at(151, 151, position_accuracy=20.0))
    (sweep,) = made.modifier.sweeps
    wide = signal_counts(sweep.signals, sweep.accuracies, made.grid, made.grid.window)
    row, col = np.mgrid[: made.grid.rows, : made.grid.cols]
    x, y = made.grid.centre(row, col)
    near = np.hypot(x - WEST - 151, y - SOUTH - 151) <= 20.0
    assert wide[near].sum() == pytest.approx(0.95, abs=0.02)
    assert modifier_at(made, 151, 165) >= 1, "silence says nothing where the signal may lie"


def test_signals_of_later_days_are_not_known_yet(told: Tell, practised: Ground) -> None:
    made = made_of(told, practised, swept(), {**at(101, 101), "date": LATER})
    assert modifier_at(made, 101, 101) == modifier_at(made, 200, 200)


def test_trials_of_another_instrument_say_nothing_of_a_sweep(told: Tell, practised: Ground) -> None:
    with opened(str(told([SITE, swept(instrument="ground radar")]))) as record:
        table = Path(practised.practice.trial)
        keep(record, trial_report(record, table, method="manual", lane_area=200.0, false_alarms=31, instrument="coil"))
        made = framed(record, practised.prior)
    assert made.modifier.sweeps == ()
    assert any("manual with detector (ground radar): no blind trial" in text for text in made.left_out)


def test_signals_alone_make_a_map_around_them_and_are_its_evidence(told: Tell, practised: Ground) -> None:
    with opened(str(told([Site(label="No outline", simulated=True)]))) as record:
        with_trial(record, practised)
        with record.writing() as writer:
            uid = writer.claim(DetectorSweep(method=SearchMethod.MANUAL, start=DAY, end=DAY)).entry.subject
            writer.claim(DetectorSignal(date=DAY, sweep=uid, **at(502, 502)))
            writer.claim(HazardArea(
                classification=AreaClassification.SHA, recorded=DAY, geometry=degrees(shapely.box(0, 0, 20, 20))
            ))  # fmt: skip
        made = framed(record, practised.prior)
    cell = made.grid.index(WEST + 502, SOUTH + 502)
    assert made.evidence.read(made.grid.window)[cell] == 1
    assert modifier_at(made, 502, 502) > 1


# --- classes of terrain -------------------------------------------------------------------------------------------


def terrain(path: Path, classes: np.ndarray) -> Path:
    grid = GridSpec(EPSG, WEST - 1000, SOUTH + 1500, 10.0, *classes.shape)
    write_cog(path, grid, [Band("class", "1")], lambda w: classes[None, *w.slices].astype(np.float32), tags={})
    return path


def with_terrain(record: Record, practised: Ground, prior: str, raster: Path) -> Frame:
    view = record.view()
    file = raster.with_suffix(".toml")
    file.write_text(practised.prior.read_text() + prior)
    return frame(view, ground_record(view), read_prior(file), cell_m=5.0, terrain=raster)


def test_classes_of_terrain_multiply_by_their_ratio(told: Tell, practised: Ground, tmp_path: Path) -> None:
    classes = np.ones((250, 250))
    classes[:, 125:] = 7  # east of x = 250 m
    ratios = "[terrain]\n1 = 0.25\n7 = 3.0\n"
    with opened(str(told([SITE])), read_only=True) as record:
        made = with_terrain(record, practised, ratios, terrain(tmp_path / "t.tif", classes))
    assert modifier_at(made, 100, 100) == pytest.approx(0.25, rel=1e-6)
    assert modifier_at(made, 280, 100) == pytest.approx(3.0, rel=1e-6)


@pytest.mark.parametrize("code", [9.0, 1.5, -1.0])
def test_a_class_without_a_ratio_is_named_with_its_place(
    code: float, told: Tell, practised: Ground, tmp_path: Path
) -> None:
    classes = np.ones((250, 250))
    classes[140, 110] = code
    with opened(str(told([SITE])), read_only=True) as record:
        made = with_terrain(record, practised, "[terrain]\n1 = 0.5\n", terrain(tmp_path / "t.tif", classes))
    with pytest.raises(ValueRangeError, match=rf"t\.tif: class {code:g} at \d+, \d+ \(EPSG:{EPSG}\) has no likelihood"):
        made.modifier.read(made.grid.window)


def test_a_prior_without_ratios_takes_no_terrain(told: Tell, practised: Ground, tmp_path: Path) -> None:
    with opened(str(told([SITE])), read_only=True) as record, pytest.raises(OutsideModel, match="classes of terrain"):
        with_terrain(record, practised, "", terrain(tmp_path / "t.tif", np.ones((250, 250))))


def test_a_class_beyond_a_byte_is_no_setting(practised: Ground, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(practised.prior.read_text() + "[terrain]\n300 = 2.0\n")
    with pytest.raises(CaseError, match="0 to 255"):
        read_prior(file)


# --- items left ---------------------------------------------------------------------------------------------------


def left(record: Record, practised: Ground, tmp_path: Path) -> float:
    polygon = tmp_path / "asked.geojson"
    shape = json.loads(shapely.to_geojson(degrees(shapely.box(60, 60, 240, 240))))
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    polygon.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    report = residual_report(record, polygon=str(polygon), prior=practised.prior, cell=5.0)
    return report.result.left.expected


def test_open_signals_raise_what_is_left_and_silence_lowers_it(told: Tell, practised: Ground, tmp_path: Path) -> None:
    mine = OrdnanceItem(found=DAY, category=OrdnanceCategory.AP_MINE, geometry=degrees(shapely.Point(20, 20)))
    figures = []
    with opened(str(told([SITE, mine]))) as record:
        with_trial(record, practised)
        figures.append(left(record, practised, tmp_path))  # no ground was searched at all
        with record.writing() as writer:
            uid = writer.claim(swept()).entry.subject
        figures.append(left(record, practised, tmp_path))
        with record.writing() as writer:
            for x in range(60, 240, 20):
                writer.claim(DetectorSignal(date=DAY, sweep=uid, **at(x, 100)))
        figures.append(left(record, practised, tmp_path))
        with record.writing() as writer:
            writer.claim(DetectorSignal(date=DAY, sweep=uid))
        figures.append(left(record, practised, tmp_path))
    before, silent, signalled, doubtful = figures
    assert silent < 0.5 * before
    assert silent < signalled < before
    assert doubtful > before
