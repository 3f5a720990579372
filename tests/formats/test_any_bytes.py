"""Whatever bytes arrive, reading ends with rows and problems, never with a crash."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tetrapylon.formats.case import read_case
from tetrapylon.formats.registry import FORMATS
from tetrapylon.formats.sample import write_sample

ENDINGS = {"csv": "csv", "geojson": "geojson", "kml": "kml", "xlsx": "xlsx", "gpkg": "gpkg"}
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("ending", ENDINGS.values())
@QUIET
@given(content=st.binary(max_size=300))
@example(content=b"")
@example(content=b"\xff\xfe")
@example(content=b"{")
@example(content=b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": 3}]}')
@example(content=b'{"type": "FeatureCollection", "features": [{"type": "Feature", "id": [], "properties": 3}]}')
@example(content=b'{"features": 3, "type": "FeatureCollection"}')
@example(content=b"<kml><Placemark><Point><coordinates>a,b</coordinates></Point></Placemark></kml>")
@example(content=b"PK\x03\x04")
@example(content=b"local_id,label,lon,lat\n\xc2\xb2,x,\xd9\xa3,\xe2\x85\xa7\n")
@example(content=b"local_id,label,length_m,significance,extra\na,b,\xc2\xb2,\xd9\xa3,[1]\n")
def test_random_bytes(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"structure.{ending}"
    path.write_bytes(content)
    case = read_case(path, authority="t")
    list(case.rows())
    assert all(str(p) for p in case.problems)


@pytest.mark.parametrize("fmt", list(FORMATS))
def test_damaged_files(tmp_path: Path, fmt: str) -> None:
    """Samples cut off, with bytes changed, and with pieces repeated."""
    rng = random.Random(7)
    files = [f for f in write_sample(tmp_path, fmt) if f.name != "manifest.toml"]
    for file in files:
        whole = file.read_bytes()
        for turn in range(12):
            at = rng.randrange(len(whole))
            damaged = bytearray(whole)
            if turn % 3 == 0:
                damaged = damaged[:at]
            elif turn % 3 == 1:
                for _ in range(5):
                    damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            else:
                damaged[at:at] = whole[at : at + 50]
            file.write_bytes(damaged)
            case = read_case(tmp_path)
            list(case.rows())
            assert all(str(p) for p in case.problems)
        file.write_bytes(whole)
