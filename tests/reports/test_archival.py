"""Documents are fit to be kept and to be read aloud, as programs that are not ours see them.

`pikepdf` (QPDF) reads the structure where it is installed; poppler's ``pdfinfo`` and ``pdffonts`` look at the same.
No program that validates all of PDF/A is at hand in Debian or PyPI; Typst refuses what it finds to break the standards.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tetrapylon.reports.charts import grade_scale
from tetrapylon.reports.document import (
    Blanks,
    Block,
    Bullets,
    Checklist,
    Document,
    Facts,
    Figure,
    Heading,
    NewPage,
    Paragraph,
    Parallel,
    Picture,
    Said,
    SignOff,
    Table,
)
from tetrapylon.reports.render import pdf

EVERY_BLOCK: tuple[Block, ...] = (
    Heading((Figure("1."), " ", Said("Temple", name=True))),
    Paragraph(("Area ", Figure("20 ha"), ", ", Said("слова реестра"), ", ", Said("كلمات السجل"))),
    Paragraph("framed", strong=True),
    Paragraph("small", quiet=True),
    Bullets(("one", Said("two"))),
    Table(("a", "b"), (("1", Figure("2")),), (0, 1)),
    Facts((("label", Said("value")),)),
    Picture(grade_scale(None), "caption", "a scale without a grade", 40),
    Checklist(("look", "ask")),
    SignOff(("name", "signature"), ("operator", "authority")),
    Parallel("ar", ((Paragraph("The task"), Paragraph(("المهمة ", Figure("200 m")))),)),
    NewPage(),
    Blanks(("name",)),
)


@pytest.fixture(scope="module", params=["en", "ar"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document with every kind of block."""
    path = tmp_path_factory.mktemp("kept") / "every.pdf"
    title = {"en": "Every block", "ar": "كل الكتل"}[request.param]
    path.write_bytes(pdf(Document(title, "below", "Warning", "foot", 1_761_989_400, EVERY_BLOCK, request.param)))
    return path


def told(program: str, path: Path) -> str:
    """What a program of poppler says of a file."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (Debian: poppler-utils)")
    return subprocess.run([program, str(path)], check=True, capture_output=True, text=True).stdout


def test_it_names_the_standards_it_keeps(file: Path) -> None:
    metadata = re.search(rb"<x:xmpmeta.*?</x:xmpmeta>", file.read_bytes(), re.DOTALL)
    assert metadata is not None, "the metadata must lie in the file uncompressed (ISO 19005-2, 6.6.2)"
    for said in (b"pdfaid:part>2<", b"pdfaid:conformance>A<", b"pdfuaid:part>1<"):
        assert said in metadata[0]


def test_it_is_tagged_not_encrypted_and_dated(file: Path) -> None:
    info = told("pdfinfo", file)
    assert re.search(r"Tagged:\s+yes", info)
    assert re.search(r"Encrypted:\s+no", info)
    assert re.search(r"JavaScript:\s+no", info)
    assert re.search(r"CreationDate:.*2025", info)


def test_every_font_comes_along_and_its_letters_can_be_read_back(file: Path) -> None:
    rows = told("pdffonts", file).splitlines()[2:]
    assert len(rows) >= 3
    for row in rows:
        embedded, _, unicode = row.split()[-5:-2]
        assert (embedded, unicode) == ("yes", "yes"), row


def test_it_states_its_colours_its_language_and_describes_its_pictures(file: Path) -> None:
    pikepdf = pytest.importorskip("pikepdf", reason="optional: pip install pikepdf")
    with pikepdf.open(file) as opened:
        root = opened.Root
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) in ("en", "ar")
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        kinds = {str(o.get("/S")) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and "/S" in o}
        assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= kinds
        figures = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        assert figures
        assert all("/Alt" in f for f in figures)
