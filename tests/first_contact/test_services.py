"""The services of the tests answer, and what is missing is told or refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyproj import Geod
from shapely import Polygon

# The WGS84 rectangle that both sides measure: about one hectare north of Palmyra's theatre.
RECTANGLE = [(38.2670, 34.5520), (38.2680, 34.5520), (38.2680, 34.5530), (38.2670, 34.5530)]


def test_postgis_measures_the_area_that_geographiclib_measures(postgis_database: str) -> None:
    import psycopg

    ring = ", ".join(f"{x} {y}" for x, y in [*RECTANGLE, RECTANGLE[0]])
    with psycopg.connect(postgis_database) as connection:
        row = connection.execute(f"SELECT ST_Area('POLYGON(({ring}))'::geography)").fetchone()
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(Polygon(RECTANGLE))
    assert row is not None
    assert row[0] == pytest.approx(abs(area), rel=1e-6)


def test_each_database_is_empty(postgis_database: str) -> None:
    import psycopg

    with psycopg.connect(postgis_database) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("spatial_ref_sys",)]


def test_chromium_runs_a_script(chromium: str, chromium_flags: list[str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p></p><script>document.querySelector('p').textContent = 6 * 7</script>", encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [chromium, "--headless", *chromium_flags, profile, "--dump-dom", page.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "<p>42</p>" in shown.stdout, shown.stderr


def test_java_answers(java: str) -> None:
    shown = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0
    assert "version" in shown.stderr


SKIPPING = """
import pytest

def test_passes(): assert 1 + 1 == 2
def test_skips(): pytest.skip("a library is missing")
@pytest.mark.skipif(True, reason="only on another system")
def test_elsewhere(): raise AssertionError
@pytest.mark.xfail(reason="known")
def test_known(): assert 1 + 1 == 3
"""


@pytest.fixture
def small_suite(tmp_path: Path, repository: Path) -> Path:
    """A suite of its own under our conftest."""
    shutil.copy(repository / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    service: needs a service\n")
    (tmp_path / "test_small.py").write_text(SKIPPING)
    return tmp_path


def outcome(suite: Path, *options: str, **environment: str) -> str:
    """What pytest prints about the small suite, run on its own with only these variables and no plug-ins."""
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", *options]
    alone = {"PATH": str(suite), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment}
    return subprocess.run(command, cwd=suite, capture_output=True, text=True, env={**os.environ, **alone}).stdout


def test_a_skip_is_a_skip(small_suite: Path) -> None:
    assert "1 passed, 2 skipped, 1 xfailed" in outcome(small_suite)


def test_with_required_services_a_skip_is_a_failure_unless_it_is_for_another_system(small_suite: Path) -> None:
    shown = outcome(small_suite, "--require-services")
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed" in shown
    assert "test_skips was skipped, which --require-services does not allow: a library is missing" in shown


def test_a_missing_service_names_its_package_or_fails(small_suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small_suite / "test_small.py").write_text("def test_page(chromium): assert chromium\n")
    monkeypatch.delenv("TETRAPYLON_TEST_BROWSER", raising=False)
    assert "1 skipped" in outcome(small_suite)
    shown = outcome(small_suite, "--require-services")
    assert "1 error" in shown or "1 failed" in shown
    assert "Debian: chromium" in shown
    assert "1 deselected" in outcome(small_suite, "-m", "not service")


def test_a_given_browser_is_used(small_suite: Path) -> None:
    (small_suite / "test_small.py").write_text("def test_page(chromium): assert chromium == '/given/browser'\n")
    assert "1 passed" in outcome(small_suite, TETRAPYLON_TEST_BROWSER="/given/browser")
