"""What is written is CIDOC CRM: expanded by pyld, judged by shapes made from the CRM's own table, read by cromulent.

cromulent is Linked Art's reference implementation; its table ``crm_vocab.tsv`` gives class, domain and range of every
term of the CRM (7.1) and its extensions.
"""

from __future__ import annotations

import csv
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from tetrapylon import cases
from tetrapylon.formats.case import read_case
from tetrapylon.formats.linked_art import ENTITIES, documents, read
from tetrapylon.formats.linked_art.context import CONTEXT, load, vendored
from tetrapylon.formats.linked_art.names import LANGUAGES, Node
from tetrapylon.formats.linked_art.read import rows_of
from tetrapylon.formats.linked_art.write import documents as written
from tetrapylon.formats.row import Row

jsonld = pytest.importorskip("pyld.jsonld")
rdflib = pytest.importorskip("rdflib")
pyshacl = pytest.importorskip("pyshacl")
cromulent = pytest.importorskip("cromulent")
model = pytest.importorskip("cromulent.model")
reader = pytest.importorskip("cromulent.reader")
vocab = pytest.importorskip("cromulent.vocab")

CRM = "http://www.cidoc-crm.org/cidoc-crm/"
SPACES = {
    "sci:": "http://www.ics.forth.gr/isl/CRMsci/",
    "dig:": "http://www.ics.forth.gr/isl/CRMdig/",
    "la:": "https://linked.art/ns/terms/",
    "archaeo:": "http://www.cidoc-crm.org/cidoc-crm/CRMarchaeo/",
}
TABLE = Path(cromulent.__file__).parent / "data" / "crm_vocab.tsv"


def iri(term: str) -> str:
    return next((space + term.removeprefix(p) for p, space in SPACES.items() if term.startswith(p)), CRM + term)


@pytest.fixture(scope="module")
def temple() -> list[Row]:
    """What Palmyra holds of the Temple of Bel's cella, its wholes, and who said it."""
    rows = {row.uid: row for row in read_case(cases.folder("palmyra")).rows() if row.entity in ENTITIES}
    of = {(r.entity, r.data.get("local_id")): uid for uid, r in rows.items()}
    start = of["structure", "temple_of_bel_cella"]
    wanted = {start} | {uid for uid, r in rows.items() if r.data.get("structure") == start}
    while more := {r for uid in wanted for r in _refs(rows[uid])} & rows.keys() - wanted:
        wanted |= more
    return [row for uid, row in rows.items() if uid in wanted]


def _refs(row: Row) -> set[str]:
    values = [v for v in [*row.data.values(), row.source] if isinstance(v, str | list)]
    return {one for value in values for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}


@pytest.fixture(scope="module")
def graph(temple: list[Row]) -> Any:
    """The temple as triples, by a JSON-LD processor that has no other loader than ours."""
    document = {"@context": CONTEXT, "@graph": written(temple)}
    quads = jsonld.to_rdf(document, {"format": "application/n-quads", "documentLoader": load})
    return rdflib.Graph().parse(data=quads, format="nt")


@pytest.fixture(scope="module")
def ontology() -> tuple[Any, Any]:
    """The classes of the CRM, and one shape for the domain and one for the range of each of its properties."""
    classes, shapes = rdflib.Graph(), rdflib.Graph()
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    with TABLE.open(encoding="utf-8") as file:
        table = list(csv.DictReader(file, delimiter="\t"))
    known = {row["term"] for row in table if row["term type"] == "class"}
    for row in table:
        term = rdflib.URIRef(iri(row["term"]))
        if row["term type"] == "class":
            classes.add((term, rdflib.RDF.type, rdflib.RDFS.Class))
            for parent in filter(None, row["subPropertyOf"].split("|")):
                classes.add((term, rdflib.RDFS.subClassOf, rdflib.URIRef(iri(parent))))
            continue
        if row["term"] == "P177_assigned_property_of_type":
            continue  # its values are properties of the CRM, which Linked Art takes as types: they have no class
        for target, side in ((sh.targetSubjectsOf, "domain"), (sh.targetObjectsOf, "range")):
            if row[side] in known:
                shape = rdflib.URIRef(f"urn:shape:{row['term']}:{side}")
                shapes.add((shape, rdflib.RDF.type, sh.NodeShape))
                shapes.add((shape, target, term))
                shapes.add((shape, sh["class"], rdflib.URIRef(iri(row[side]))))
    return classes, shapes


def broken(graph: Any, ontology: tuple[Any, Any]) -> str:
    classes, shapes = ontology
    used = {str(p) for p in graph.predicates()}
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    needed = rdflib.Graph()
    for shape in set(shapes.subjects(rdflib.RDF.type, sh.NodeShape)):
        if any(str(shapes.value(shape, t)) in used for t in (sh.targetSubjectsOf, sh.targetObjectsOf)):
            needed += shapes.triples((shape, None, None))
    conforms, _, text = pyshacl.validate(graph, shacl_graph=needed, ont_graph=classes, inference="none", advanced=False)
    return "" if conforms else str(text)


def test_every_term_is_of_the_crm(graph: Any) -> None:
    with TABLE.open(encoding="utf-8") as file:
        known = {iri(row["term"]) for row in csv.DictReader(file, delimiter="\t")}
    known |= {str(rdflib.RDF.type), str(rdflib.RDFS.label)}
    assert {str(p) for p in graph.predicates()} <= known
    assert {str(o) for o in graph.objects(None, rdflib.RDF.type)} <= known


def test_domains_and_ranges_are_kept(graph: Any, ontology: tuple[Any, Any]) -> None:
    assert len(graph) > 500
    assert broken(graph, ontology) == ""


def test_the_shapes_notice_a_wrong_class(graph: Any, ontology: tuple[Any, Any]) -> None:
    """A group that has a time-span (P4 is of temporal entities alone) does not pass."""
    wrong = rdflib.Graph()
    wrong += graph
    group = next(wrong.subjects(rdflib.RDF.type, rdflib.URIRef(CRM + "E74_Group")))
    wrong.add((group, rdflib.URIRef(CRM + "P4_has_time-span"), rdflib.BNode()))
    assert "P4_has_time-span:domain" in broken(wrong, ontology)


def test_the_chain_from_a_report_to_its_source_is_found_by_a_query(graph: Any) -> None:
    """Structure, assessment (E13), statement (E33), source (E33): as SPARQL, not as we read it."""
    found = graph.query(
        """
        PREFIX crm: <http://www.cidoc-crm.org/cidoc-crm/>
        SELECT DISTINCT ?heading WHERE {
            ?structure a crm:E22_Human-Made_Object ; rdfs:label ?name ; crm:P140i_was_attributed_by ?report .
            ?report a crm:E13_Attribute_Assignment ; crm:P15_was_influenced_by ?statement .
            ?statement a crm:E33_Linguistic_Object ; crm:P106i_forms_part_of ?source .
            ?source rdfs:label ?heading .
            FILTER(CONTAINS(?name, "Temple of Bel"))
        }"""
    )
    assert len({str(row.heading) for row in found}) >= 3


def test_nothing_is_fetched(temple: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    one = {"@context": CONTEXT, **written(temple)[0]}
    assert jsonld.expand(one, {"documentLoader": load})
    with pytest.raises(jsonld.JsonLdError):
        jsonld.expand({**one, "@context": "https://evil.example/"}, {"documentLoader": load})


def test_the_vendored_context_is_cromulents_own() -> None:
    published = json.loads((TABLE.parent / "linked-art.json").read_text(encoding="utf-8"))
    assert published == vendored()


def test_terms_of_the_aat_are_those_of_linked_art(temple: list[Row]) -> None:
    """Every AAT id that is written stands in cromulent's tables under the same label."""
    known = set()
    for name in ("vocab_classes.json", "vocab_instances.json"):
        table = json.loads((TABLE.parent / name).read_text(encoding="utf-8"))
        known |= {(entry["id"], entry["label"]) for entry in table.values()}
    seen = {
        (str(node["id"]).rpartition("/")[2], node["_label"])
        for node in _walk(written(temple))
        if str(node.get("id", "")).startswith("http://vocab.getty.edu/aat/")
    }
    seen |= set(LANGUAGES.values())
    assert len(seen) >= 12
    assert seen <= known


def _walk(value: Any) -> list[Node]:
    if isinstance(value, list):
        return [node for one in value for node in _walk(one)]
    if isinstance(value, dict):
        return [value, *(node for one in value.values() for node in _walk(one))]
    return []


def test_cromulent_reads_every_document(temple: list[Row]) -> None:
    """Its reader knows which property each class may have and what may stand there.

    It takes ``assigned_property`` for an entity, where Linked Art 1.0 has a text; that one key is left out for it.
    """
    for document in written(temple):
        plain = json.loads(json.dumps({"@context": CONTEXT, **document}))
        for node in _walk(plain):
            node.pop("assigned_property", None)
        made = reader.Reader().read(plain)
        assert made.type == document["type"]
        assert made._label == document["_label"]


def test_what_cromulent_writes_is_read(tmp_path: Path) -> None:
    model.factory.base_url = "https://data.example.org/"
    top = vocab.Building(ident="arch", label="Arch")
    top.identified_by = vocab.PrimaryName(content="Monumental Arch")
    top.identified_by = vocab.AlternateName(content="Arch of Triumph")
    top.referred_to_by = vocab.Note(content="Stands on the colonnaded street.")
    height = vocab.Height(value=1250)
    height.unit = vocab.instances["cm"]
    top.dimension = height
    top.part_of = model.HumanMadeObject(ident="street", label="Street")
    works = model.Modification(label="Anastylosis")
    works.timespan = _span("1932-01-01", "1932-12-31")
    works.carried_out_by = model.Group(ident="service", label="Antiquities service")
    works.referred_to_by = vocab.Description(content="Blocks were set up again.")
    top.modified_by = works
    ruin = model.Destruction(label="Destruction of the arch")
    ruin.timespan = _span("2015-10-04", "2015-10-04")
    top.destroyed_by = ruin
    place = model.Place(ident="site", label="Site")
    place.identified_by = vocab.PrimaryName(content="Ancient city")
    place.defined_by = "POLYGON ((38.26 34.54, 38.28 34.54, 38.28 34.56, 38.26 34.54))"
    top.current_location = model.Place(ident="site", label="Site")
    text = model.LinguisticObject(ident="report", label="Report")
    text.identified_by = vocab.PrimaryName(content="Report on the arch")
    issue = vocab.Publishing()
    issue.timespan = _span("1933-03-01", "1933-03-31")
    text.used_for = issue
    path = tmp_path / "arch.jsonl"
    path.write_text("\n".join(model.factory.toString(thing, compact=True) for thing in (top, place, text)))

    rows = {
        row.entity: row.data for row in read_case(path, authority="t").rows() if row.data["local_id"][-6:] != "street"
    }
    assert rows["structure"]["label"] == "Monumental Arch"
    assert rows["structure"]["aliases"] == ["Arch of Triumph"]
    assert rows["structure"]["height"] == 12.5
    assert rows["structure"]["note"] == "Stands on the colonnaded street."
    assert rows["structure"]["geometry"]["type"] == "Polygon"
    assert rows["place"]["geometry"] == rows["structure"]["geometry"]
    assert (rows["works"]["body"], rows["works"]["text"]) == ("Antiquities service", "Blocks were set up again.")
    assert rows["works"]["start"] == {"date": "1932-01-01", "precision": "year"}
    assert (rows["occurrence"]["kind"], rows["occurrence"]["start"]) == ("demolition", {"date": "2015-10-04"})
    assert rows["source"]["heading"] == "Report on the arch"
    assert rows["source"]["published"] == {"date": "1933-03-01", "precision": "month"}
    assert rows["structure"]["linked_art"]["classified_as"][0]["_label"] == "Building"


def _span(first: str, last: str) -> Any:
    span = model.TimeSpan()
    span.begin_of_the_begin = f"{first}T00:00:00Z"
    span.end_of_the_end = f"{last}T23:59:59Z"
    return span


def test_reading_needs_none_of_these_programs(temple: list[Row]) -> None:
    found: list[Node] = []
    documents._collect(json.loads(json.dumps({"@context": CONTEXT, "@graph": written(temple)})), found, named=False)
    assert len(rows_of(found)[0]) == len(temple)
    assert {"pyld", "rdflib"}.isdisjoint(read.__globals__)
