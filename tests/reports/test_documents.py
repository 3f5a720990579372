"""What every document of the Palmyra case says, and how its pages read."""

from __future__ import annotations

import datetime as dt
import html
import itertools
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from tetrapylon import __version__
from tetrapylon.errors import NotFound, NotPermitted, ValueRangeError, VocabularyError
from tetrapylon.model import Decision, GroundKind, Mandate, Party, Site, Structure, When
from tetrapylon.model.entity import Ref
from tetrapylon.model.terms import Activity, DecisionKind, MandateMatter
from tetrapylon.record.record import Record
from tetrapylon.reports.document import Blanks, Document, Figure, Heading, Paragraph, Picture, Said, Table, plain
from tetrapylon.reports.render import pdf
from tetrapylon.reports.wording import FOLDER, wording
from tetrapylon.workflow.keeping import opened
from tetrapylon.workflow.reporting import brief_from, release_dossier, structure_atlas, visit_sheet, write

LAST = {"on": "2025-10-31", "known": "2025-10-31"}
MADE = dt.datetime(2025, 11, 1, 9, 30, tzinfo=dt.UTC)
BANNER = "Historical case from published reports. Not for deciding where to go."
ROUTE = ("monumental_arch", "temple_of_bel_cella")

LANGUAGES = ("en", "fr", "ru", "ar")


def documents(language: str) -> dict[str, Callable[[Record], Document]]:
    """How each document of the Palmyra case is composed in a language."""
    view: dict[str, Any] = {"language": language, "made": MADE}
    day: dict[str, Any] = {**LAST, **view}
    return {
        "brief": lambda r: brief_from(r, **day),
        "soc": lambda r: brief_from(r, "soc", **day),
        "dossier": lambda r: release_dossier(r, "temple_of_bel_cella", **day),
        "atlas": lambda r: structure_atlas(r, structures=ROUTE, **day),
        "visit": lambda r: visit_sheet(r, ROUTE, date="2025-10-31", party="A mission", known="2025-10-31", **view),
    }


NAMES = tuple(documents("en"))
every_document = pytest.mark.parametrize(("language", "name"), [(code, name) for code in LANGUAGES for name in NAMES])


@pytest.fixture(scope="module")
def in_languages(palmyra_copy: Path) -> dict[tuple[str, str], Document]:
    """Every document of the Palmyra case in every language, composed once."""
    with opened(str(palmyra_copy), read_only=True) as record:
        return {(code, name): compose(record) for code in LANGUAGES for name, compose in documents(code).items()}


@pytest.fixture(scope="module")
def set_pages(in_languages: dict[tuple[str, str], Document]) -> dict[tuple[str, str], bytes]:
    """Each of them as PDF."""
    return {key: pdf(document) for key, document in in_languages.items()}


@pytest.fixture
def composed(in_languages: dict[tuple[str, str], Document]) -> dict[str, Document]:
    """The English ones."""
    return {name: document for (code, name), document in in_languages.items() if code == "en"}


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


def plain_text(document: Document) -> str:
    """Its paragraphs and tables as plain text."""
    told = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            told.append(plain(block.text))
        if isinstance(block, Table):
            told += [plain(cell) for row in block.rows for cell in row]
    return "\n".join(told)


@every_document
def test_says_who_when_from_what_and_with_which_software(
    language: str, name: str, in_languages: dict[tuple[str, str], Document]
) -> None:
    document = in_languages[language, name]
    text = said(document)
    assert BANNER in plain(document.banner)
    assert "Compiler" in text
    assert "2025-11-01 09:30 UTC" in text
    assert f"Tetrapylon {__version__}" in text
    assert re.search(r"\b[0-9a-f]{64}\b", text)
    tables = [b for b in document.blocks if isinstance(b, Table) and b.head[0] == wording(language)("date")]
    assert len(tables[-1].rows) > 5


@every_document
def test_never_calls_a_place_safe(language: str, name: str, in_languages: dict[tuple[str, str], Document]) -> None:
    text = said(in_languages[language, name])
    assert not re.search(r"\b(is|are|be|declared) safe\b|\bsafe (to|for)\b|آمن|безопасн|en sécurité|sécurisé", text)


@every_document
def test_is_written_in_its_language_and_what_is_not_is_marked_so(
    language: str, name: str, in_languages: dict[tuple[str, str], Document]
) -> None:
    """No sentence of a calculation stays English, and no word of the document's own is in other letters."""
    document = in_languages[language, name]
    own = [run["text"] for run in _runs(document.data()) if run["as"] == "own"]
    assert own
    if language in ("ru", "ar"):
        assert not [text for text in own if re.search(r"[A-Za-z]{3}", text.replace("Tetrapylon", ""))]
    quoted = {r["text"] for r in _runs(document.data()) if r["as"] == "said" and not r["name"]}
    calculated = r"on record|authorises|not stated$|undetermined|the figures exclude|larger than its whole|voices?\b"
    if language != "en":
        assert not [q for q in quoted if re.search(calculated, q) and "release decision" not in q]


@every_document
def test_every_picture_is_described_and_every_page_carries_the_banner(
    language: str,
    name: str,
    in_languages: dict[tuple[str, str], Document],
    set_pages: dict[tuple[str, str], bytes],
    words: Callable[[bytes], list[list[Any]]],
) -> None:
    document = in_languages[language, name]
    pictures = [b for b in document.blocks if isinstance(b, Picture)]
    assert pictures
    assert all(b.description for b in pictures)
    own = plain(document.banner).split()
    for page in words(set_pages[language, name]):
        found = [html.unescape(w.text) for w in page if w.top < 80]
        assert {"Historical", "deciding"} <= set(found)
        if language in ("fr", "ru"):
            assert set(own) <= set(found)


def test_the_same_document_gives_the_same_bytes(
    in_languages: dict[tuple[str, str], Document], set_pages: dict[tuple[str, str], bytes]
) -> None:
    assert pdf(in_languages["ar", "visit"]) == set_pages["ar", "visit"]


def _runs(value: Any) -> Iterator[dict[str, Any]]:
    """Every run of a document."""
    if isinstance(value, dict):
        if "as" in value:
            yield value
        for inner in value.values():
            yield from _runs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _runs(inner)


def test_a_number_and_its_unit_are_never_reordered_in_arabic(
    set_pages: dict[tuple[str, str], bytes], words: Callable[[bytes], list[list[Any]]]
) -> None:
    pages = words(set_pages["ar", "brief"])
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
        document = Document("ت", "ت", (), "ت", 0, (Paragraph(("المساحة ", run, " فقط")),), "ar")
        (page,) = words(pdf(document))
        return [w.text for w in sorted(page, key=lambda w: w.left) if w.text in ("1203.27", "m²")]

    assert order(Figure("1203.27 m²")) == ["1203.27", "m²"]
    assert order("1203.27 m²") == ["m²", "1203.27"]


def test_what_follows_a_quotation_in_arabic_stands_to_its_left(words: Callable[[bytes], list[list[Any]]]) -> None:
    """ "... quotation (hz_1)": without isolates the identifier would move to the right of the quotation."""
    text = ("حادث: ", Said("Two children killed"), " (", Said("hz_1", name=True), ")")
    (page,) = words(pdf(Document("ت", "ت", (), "ت", 0, (Paragraph(text),), "ar")))
    left = {w.text: w.left for w in page if w.text.isascii()}
    assert left["hz_1"] < left["Two"] < left["children"] < left["killed"]


@pytest.mark.parametrize("name", NAMES)
def test_arabic_sentences_hold_no_number_with_a_unit(name: str, in_languages: dict[tuple[str, str], Document]) -> None:
    own = [run["text"] for run in _runs(in_languages["ar", name].data()) if run["as"] == "own"]
    assert not [t for t in own if re.search(r"\d\s*(m2|m²|m|km|ha|kg)\b|\d{4}-\d\d", t)]


@pytest.mark.parametrize("document", sorted(p.stem for p in (FOLDER / "en").glob("*.toml")))
@pytest.mark.parametrize("language", ["fr", "ru", "ar"])
def test_every_language_has_the_same_texts_with_the_same_values(language: str, document: str) -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    english, other = (tomllib.loads((FOLDER / c / f"{document}.toml").read_text("utf-8")) for c in ("en", language))
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert names(text) == names(other[key]), key
        assert key in MAY_BE_EMPTY or other[key], key


MAY_BE_EMPTY = {"record_words", "unreviewed"}


def test_the_brief_tells_the_headline_and_that_2991_items_were_stated(composed: dict[str, Document]) -> None:
    document = composed["brief"]
    counts = next(plain(b.text) for b in document.blocks if isinstance(b, Paragraph) and b.strong)
    assert "; 0 release decisions;" in counts
    cells = [plain(c) for b in document.blocks if isinstance(b, Table) for r in b.rows for c in r]
    assert {"2,991", "234 ha"} <= set(cells)


def test_the_answer_has_a_section_and_a_blank_for_every_decision(composed: dict[str, Document]) -> None:
    document = composed["soc"]
    blanks = [b for b in document.blocks if isinstance(b, Blanks)]
    assert len(blanks) == 13 + 1  # one per decision of a body, and the signature


def test_the_dossier_leaves_what_people_sign_blank(composed: dict[str, Document]) -> None:
    document = composed["dossier"]
    (blanks,) = (b for b in document.blocks if isinstance(b, Blanks))
    assert ("signature and date",) in blanks.labels
    assert set(blanks.data()) == {"kind", "labels"}
    text = said(document)
    assert "It is not a release" in text
    assert "UNESCO mission kept out" in text


def test_a_visit_where_every_leg_is_held_says_so(composed: dict[str, Document]) -> None:
    text = said(composed["visit"])
    assert "2 of 2 legs are held" in plain_text(composed["visit"])
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
    assert "0 of 1 legs are held" in plain_text(document)
    assert "dec_1" in text
    assert "Authority, until 2024-12-31" in plain_text(document)
    assert "with two escorts" in text
    assert "Somebody Private" not in text
    late = plain_text(visit_sheet(made_up, ["tower"], date="2025-01-01", party="A mission", made=MADE))
    assert "1 of 1 legs are held" in late


def test_the_atlas_has_a_page_for_each_structure_asked(palmyra: Record) -> None:
    document = structure_atlas(palmyra, structures=["monumental_arch"], made=MADE, **LAST)
    headings = [b.text for b in document.blocks if isinstance(b, Heading) and b.level == 1]
    assert Said("Monumental Arch", name=True) in headings


def test_what_cannot_be_asked_is_said(palmyra: Record) -> None:
    with pytest.raises(VocabularyError, match="soc"):
        brief_from(palmyra, "sock")
    with pytest.raises(VocabularyError):
        brief_from(palmyra, language="tlh")
    with pytest.raises(NotFound, match="temple_of_bel_cella"):
        release_dossier(palmyra, "temple_of_bel_cela")
    with pytest.raises(ValueRangeError, match="at least one"):
        visit_sheet(palmyra, [], date="2025-10-31", party="A mission")
    with pytest.raises(ValueRangeError, match="needs a party"):
        visit_sheet(palmyra, ROUTE, date="2025-10-31", party=" ")


@pytest.mark.parametrize(
    ("out", "told"), [("taken/visit.pdf", "a file, not a folder"), ("folder", "a folder, not a file")]
)
def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left(
    out: str, told: str, composed: dict[str, Document], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotPermitted, match=told):
        write(composed["visit"], tmp_path / out)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["folder", "taken"]


def test_a_document_that_cannot_be_finished_leaves_the_one_before(
    composed: dict[str, Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "new" / "visit.pdf"
    write(composed["visit"], out)
    before = out.read_bytes()

    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(NotPermitted, match="No space left"):
        write(composed["visit"], out)
    assert out.read_bytes() == before
    assert [p.name for p in out.parent.iterdir()] == ["visit.pdf"]


def test_a_day_before_anything_was_known_still_gives_a_document(palmyra: Record) -> None:
    early = brief_from(palmyra, on="2012-01-01", known="2012-01-01", made=MADE)
    assert pdf(early).startswith(b"%PDF")
    assert "none on record" in said(early)
