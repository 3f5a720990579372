"""What every document of the Palmyra case says, and how its pages read."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tetrapylon import __version__
from tetrapylon.errors import NotFound, NotPermitted, ValueRangeError, VocabularyError
from tetrapylon.model import Decision, GroundKind, Mandate, Party, Site, Structure, When
from tetrapylon.model.entity import Ref
from tetrapylon.model.terms import Activity, DecisionKind, MandateMatter
from tetrapylon.record.record import Record
from tetrapylon.reports.document import Blanks, Document, Figure, Heading, Paragraph, Picture, Said, Table
from tetrapylon.reports.render import pdf
from tetrapylon.workflow.keeping import opened
from tetrapylon.workflow.reporting import brief_from, release_dossier, structure_atlas, visit_sheet, write

LAST = {"on": "2025-10-31", "known": "2025-10-31"}
MADE = dt.datetime(2025, 11, 1, 9, 30, tzinfo=dt.UTC)
BANNER = "Historical case from published reports. Not for deciding where to go."
ROUTE = ("monumental_arch", "temple_of_bel_cella")

DOCUMENTS: dict[str, Callable[[Record], Document]] = {
    "brief": lambda r: brief_from(r, made=MADE, **LAST),
    "arabic brief": lambda r: brief_from(r, language="ar", made=MADE, **LAST),
    "soc": lambda r: brief_from(r, "soc", made=MADE, **LAST),
    "dossier": lambda r: release_dossier(r, "temple_of_bel_cella", made=MADE, **LAST),
    "atlas": lambda r: structure_atlas(r, structures=ROUTE, made=MADE, **LAST),
    "visit": lambda r: visit_sheet(r, ROUTE, date="2025-10-31", party="A mission", known="2025-10-31", made=MADE),
}
every_document = pytest.mark.parametrize("name", DOCUMENTS)


@pytest.fixture(scope="module")
def composed(palmyra_copy: Path) -> dict[str, Document]:
    """Every document of the Palmyra case, composed once."""
    with opened(str(palmyra_copy), read_only=True) as record:
        return {name: compose(record) for name, compose in DOCUMENTS.items()}


def said(document: Document) -> str:
    """Everything a document says, its drawings aside."""
    data = document.data()
    for block in data["blocks"]:
        block.pop("svg", None)
    found: list[str] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            list(map(collect, value.values()))
        elif isinstance(value, list):
            list(map(collect, value))
        else:
            found.append(str(value))

    collect(data)
    return "\n".join(found)


@every_document
def test_says_who_when_from_what_and_with_which_software(name: str, composed: dict[str, Document]) -> None:
    document = composed[name]
    text = said(document)
    assert document.banner == BANNER
    assert "Compiler" in text
    assert "2025-11-01 09:30 UTC" in text
    assert f"Tetrapylon {__version__}" in text
    sources = next(
        b for i, b in enumerate(document.blocks) if isinstance(b, Table) and b.widths == (0, 2, 4, 0) and i > 2
    )
    assert len(sources.rows) > 5


@every_document
def test_never_calls_a_place_safe(name: str, composed: dict[str, Document]) -> None:
    assert not re.search(r"\b(is|are|be|declared) safe\b|\bsafe (to|for)\b|آمن", said(composed[name]))


@every_document
def test_is_pdf_a_and_the_same_document_gives_the_same_bytes(name: str, composed: dict[str, Document]) -> None:
    document = composed[name]
    made = pdf(document)
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in made
    assert made == pdf(document)


@every_document
def test_every_page_carries_the_banner_and_every_picture_is_described(
    name: str, composed: dict[str, Document], words: Callable[[bytes], list[list[Any]]]
) -> None:
    document = composed[name]
    for page in words(pdf(document)):
        assert BANNER in " ".join(w.text for w in page)
    assert all(b.description for b in document.blocks if isinstance(b, Picture))


def test_a_number_and_its_unit_are_never_reordered_in_arabic(
    composed: dict[str, Document], words: Callable[[bytes], list[list[Any]]]
) -> None:
    pages = words(pdf(composed["arabic brief"]))
    pairs = 0
    for page in pages:
        lines: dict[int, list[Any]] = {}
        for word in page:
            lines.setdefault(round(word.top), []).append(word)
        for line in lines.values():
            ordered = sorted(line, key=lambda w: w.left)
            for left, right in itertools.pairwise(ordered):
                if right.text in ("ha", "km") and re.fullmatch(r"[\d,.]+", left.text):
                    pairs += 1
                assert not (left.text in ("ha", "km") and re.fullmatch(r"[\d,.]+", right.text) and _near(left, right))
    assert pairs >= 10


def _near(left: Any, right: Any) -> bool:
    return bool(0 <= right.left - left.right < 4)


def test_without_isolation_the_same_number_would_be_reordered(words: Callable[[bytes], list[list[Any]]]) -> None:
    """The page of a document keeps "1203.27 m²" in order between Arabic words; as plain text it turns round."""

    def order(run: Any) -> list[str]:
        document = Document("ت", "ت", "", "ت", 0, (Paragraph(("المساحة ", run, " فقط")),), "ar", "rtl")
        (page,) = words(pdf(document))
        return [w.text for w in sorted(page, key=lambda w: w.left) if w.text in ("1203.27", "m²")]

    assert order(Figure("1203.27 m²")) == ["1203.27", "m²"]
    assert order("1203.27 m²") == ["m²", "1203.27"]


def test_arabic_sentences_hold_no_number_with_a_unit(composed: dict[str, Document]) -> None:
    text = json.dumps(composed["arabic brief"].data()["blocks"], ensure_ascii=False)
    own = re.findall(r'\{"as": "own", "text": "([^"]*)"\}', text)
    assert own
    assert not [t for t in own if re.search(r"\d\s*(m2|m²|m|km|ha|kg)\b|\d{4}-\d\d", t)]


def test_both_languages_have_the_same_texts() -> None:
    from string import Formatter

    from tetrapylon.reports.wording import wording

    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    english, arabic = wording("en").texts, wording("ar").texts
    assert english.keys() == arabic.keys()
    for key, text in english.items():
        assert names(text) == names(arabic[key]), key


def test_the_brief_tells_the_headline_and_that_2991_items_were_stated(composed: dict[str, Document]) -> None:
    document = composed["brief"]
    assert "0" in said(document)
    figures = [
        c.text for b in document.blocks if isinstance(b, Table) for r in b.rows for c in r if isinstance(c, Figure)
    ]
    assert "2,991" in figures
    assert "234 ha" in figures


def test_the_answer_has_a_section_and_a_blank_for_every_decision(composed: dict[str, Document]) -> None:
    document = composed["soc"]
    blanks = [b for b in document.blocks if isinstance(b, Blanks)]
    assert len(blanks) == 13 + 1  # one per decision of a body, and the signature


def test_the_dossier_leaves_what_people_sign_blank(composed: dict[str, Document]) -> None:
    document = composed["dossier"]
    (blanks,) = (b for b in document.blocks if isinstance(b, Blanks))
    assert "signature and date" in blanks.labels
    assert set(blanks.data()) == {"kind", "labels"}
    text = said(document)
    assert "It is not a release" in text
    assert "UNESCO mission kept out" in text


def test_a_visit_where_every_leg_is_held_says_so(composed: dict[str, Document]) -> None:
    text = said(composed["visit"])
    assert "2 of 2 legs are held" in text
    assert "none in force" in text


def test_a_visit_names_the_decision_that_authorises_it_and_not_who_signed(made_up: Record) -> None:
    with made_up.writing() as writer:
        authority: Ref[Party] = Ref(next(iter(made_up.parties().values())))
        writer.claim(Site(local_id="site", label="A site", banner="Made up."))
        tower: Ref[Any] = Ref(writer.claim(Structure(local_id="tower", label="Tower")).entry.subject)
        mandate = writer.claim(
            Mandate(
                local_id="mandate",
                party=authority,
                matter=MandateMatter.LAND_RELEASE,
                start=When(dt.date(2020, 1, 1)),
                where=tower,
            )
        )
        writer.claim(
            Decision(
                local_id="dec_1",
                kind=DecisionKind.AUTHORISE,
                made_by=authority,
                mandate=Ref(mandate.entry.subject),
                start=When(dt.date(2024, 1, 1)),
                end=When(dt.date(2024, 12, 31)),
                about=(tower,),
                activity=Activity.VISIT,
                ground_kinds=tuple(k.name.lower() for k in GroundKind),
                conditions="with two escorts",
                signed_by="Somebody Private",
            )
        )
    document = visit_sheet(made_up, ["tower"], date="2024-06-01", party="A mission", made=MADE)
    text = said(document)
    assert "0 of 1 legs are held" in text
    assert "dec_1" in text
    assert "Authority, 2024-12-31" in text
    assert "with two escorts" in text
    assert "Somebody Private" not in text
    late = said(visit_sheet(made_up, ["tower"], date="2025-01-01", party="A mission", made=MADE))
    assert "1 of 1 legs are held" in late


def test_the_atlas_has_a_page_for_each_structure_asked(palmyra: Record) -> None:
    document = structure_atlas(palmyra, structures=["monumental_arch"], made=MADE, **LAST)
    headings = [b.text for b in document.blocks if isinstance(b, Heading) and b.level == 1]
    assert Said("Monumental Arch") in headings


def test_what_cannot_be_asked_is_said(palmyra: Record) -> None:
    with pytest.raises(VocabularyError, match="soc"):
        brief_from(palmyra, "sock")
    with pytest.raises(VocabularyError):
        brief_from(palmyra, language="tlh")
    with pytest.raises(VocabularyError):
        brief_from(palmyra, "soc", language="ar")
    with pytest.raises(NotFound, match="temple_of_bel_cella"):
        release_dossier(palmyra, "temple_of_bel_cela")
    with pytest.raises(ValueRangeError, match="at least one"):
        visit_sheet(palmyra, [], date="2025-10-31", party="A mission")


def test_a_file_that_cannot_be_written_is_named(composed: dict[str, Document], tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(NotPermitted, match="taken"):
        write(composed["visit"], tmp_path / "taken" / "visit.pdf")


def test_a_day_before_anything_was_known_still_gives_a_document(palmyra: Record) -> None:
    early = brief_from(palmyra, on="2012-01-01", known="2012-01-01", made=MADE)
    assert pdf(early).startswith(b"%PDF")
    assert "none on record" in said(early)
