"""The pages in a real Chromium, drawing in software: map, both sliders, keyboard, Arabic, no network, no complaints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow
READY = "#map[data-ready=yes]"
WAIT_MS = 60_000
"""Drawing in software on a busy machine takes its time."""


@dataclass
class Visit:
    """A browser page with what it complained about and what it asked of whom."""

    page: playwright.Page
    address: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, path: str) -> playwright.Page:
        self.page.goto(self.address + path)
        return self.page

    def map(self, path: str = "/") -> playwright.Page:
        self.open(path)
        self.page.wait_for_selector(READY, timeout=WAIT_MS)
        return self.page


@pytest.fixture(scope="module")
def browser(chromium: str, chromium_flags: list[str]) -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=chromium_flags)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: playwright.Browser, palmyra_address: str) -> Iterator[Visit]:
    """A fresh page; at the end it must have complained about nothing and asked nobody else."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    visit = Visit(page, palmyra_address)
    page.on(
        "console",
        lambda m: (
            visit.complaints.append(m.text)
            if m.type in ("error", "warning") and "GL Driver" not in m.text and "GPU stall" not in m.text
            else None
        ),
    )
    page.on("pageerror", lambda e: visit.complaints.append(str(e)))
    page.on(
        "request",
        lambda r: None if r.url.startswith((palmyra_address, "data:", "blob:")) else visit.elsewhere.append(r.url),
    )
    yield visit
    context.close()
    assert visit.complaints == []
    assert visit.elsewhere == []


def rendered(page: playwright.Page, layer: str) -> list[dict]:
    return page.evaluate(
        "layer => document.getElementById('map').map.queryRenderedFeatures({layers: [layer]}).map(f => f.properties)",
        layer,
    )


def slide(page: playwright.Page, name: str, date: str) -> None:
    """Move a slider as a hand would: to a day, and let go."""
    page.evaluate(
        """([name, date]) => {
          const slider = document.getElementById(name + '-slider');
          slider.value = Math.round(Date.parse(date + 'T00:00:00Z') / 86400000);
          slider.dispatchEvent(new Event('input', {bubbles: true}));
          slider.dispatchEvent(new Event('change', {bubbles: true}));
        }""",
        [name, date],
    )


def test_the_first_map_draws_structures_over_the_base_map(visit):
    page = visit.map()
    assert {p["name"] for p in rendered(page, "areas")} >= {"temple_of_bel_temenos", "agora"}
    assert rendered(page, "base-ways")
    assert rendered(page, "points")
    assert "OpenStreetMap" in page.locator(".maplibregl-ctrl-attrib").inner_text()
    assert page.locator(".banner").inner_text().startswith("!")
    assert "of 73 structures graded" in page.locator("#summary").inner_text()


def test_both_sliders_move_the_map_and_its_address(visit):
    page = visit.map("/?on=2025-10-31&known=2025-12-31")
    late = page.locator("#summary").inner_text()
    for name in ("known", "on"):
        slide(page, name, "2015-06-01")
        page.wait_for_url(f"**{name}=2015-06-01*")
        page.wait_for_selector(READY)
    early = page.locator("#summary").inner_text()
    assert int(early.split()[0]) < int(late.split()[0])
    assert page.locator("#known").input_value() == "2015-06-01"
    cella = next(p for p in rendered(page, "areas") if p["name"] == "temple_of_bel_cella")
    assert cella["hi"] < 5  # destroyed in August 2015: not yet, and not yet known
    assert "known=2015-06-01" in page.locator("nav.pages a", has_text="Ledger").get_attribute("href")


def test_knowledge_can_be_played_forward(visit):
    page = visit.map("/?known=2016-03-01&on=2025-10-31")
    before = int(page.locator("#summary").inner_text().split()[0])
    page.get_by_role("button", name="Play knowledge forward").click()
    page.wait_for_function("before => parseInt(document.getElementById('summary').innerText) > before", arg=before)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_selector(READY)
    assert int(page.locator("#summary").inner_text().split()[0]) > before
    assert page.locator("#known").input_value() > "2016-03-01"


def test_a_verb_changes_colour_label_and_legend(visit):
    page = visit.map()
    page.get_by_label("Clear", exact=True).check()
    assert page.get_by_text("ground, rubble and voids held").is_visible()
    assert not page.get_by_text("negligible").is_visible()
    assert all(p["held"] == 3 for p in rendered(page, "areas"))


def test_a_click_on_a_structure_leads_to_its_page(visit):
    page = visit.map()
    spot = page.evaluate(
        """() => { const map = document.getElementById('map').map;
        map.jumpTo({center: [38.2737, 34.5473], zoom: 16});
        const place = () => { const p = map.project([38.27445, 34.5479]); return [p.x, p.y]; };
        return new Promise(done => map.once('idle', () => done(place()))); }"""
    )
    page.locator("#map").click(position={"x": spot[0], "y": spot[1]})
    page.locator(".maplibregl-popup a", has_text="precinct").click()
    page.wait_for_url("**/structure/temple_of_bel_temenos*")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Temple of Bel")


def test_a_layer_of_tiles_can_be_switched_on_and_off(visit):
    page = visit.map()
    page.locator("details.layers summary").click()
    page.get_by_label("footprint").check()
    page.wait_for_function(
        "() => document.getElementById('map').map.queryRenderedFeatures({layers: ['tiles-footprint-fill']}).length > 5"
    )
    page.get_by_label("footprint").uncheck()
    assert page.evaluate("() => document.getElementById('map').map.getSource('tiles-footprint')") is None


def test_an_area_known_to_a_kilometre_leads_to_its_structure(visit):
    page = visit.map()
    spot = page.evaluate(
        """() => { const map = document.getElementById('map').map, box = map.getCanvas();
        const inside = p => p.x > 20 && p.y > 20 && p.x < box.clientWidth - 60 && p.y < box.clientHeight - 60;
        const rings = f => f.geometry.coordinates.flat(f.geometry.type === 'Polygon' ? 1 : 2);
        for (const f of map.queryRenderedFeatures({layers: ['coarse']}))
          for (const p of rings(f).map(corner => map.project(corner)))
            if (inside(p) && map.queryRenderedFeatures(p, {layers: ['coarse']}).length) return [p.x, p.y]; }"""
    )
    page.locator("#map").click(position={"x": spot[0], "y": spot[1]})
    assert "/structure/" in page.locator(".maplibregl-popup a").first.get_attribute("href")


def test_the_map_opens_where_a_structure_stands(visit):
    page = visit.open("/structure/temple_of_bel_cella?on=2025-10-31&known=2025-12-31")
    page.get_by_role("link", name="Show on the map").click()
    page.wait_for_selector(READY, timeout=WAIT_MS)
    assert "temple_of_bel_cella" in {p["name"] for p in rendered(page, "areas")}
    assert page.evaluate("() => document.getElementById('map').map.getZoom()") > 15.5


def test_the_structure_page_follows_the_slider_without_losing_the_keyboards_place(visit):
    page = visit.open("/structure/temple_of_bel_cella?on=2016-04-26&known=2016-04-26")
    page.wait_for_selector("html[data-clocks=ready]")
    told = page.get_by_text("UNESCO mission kept out: clearance not finished")
    assert told.count() == 0
    page.locator("#known-slider").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**known=2016-04-27*")
    told.first.wait_for()
    assert page.evaluate("document.activeElement.id") == "known-slider"
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**known=2016-04-26*")
    playwright.expect(told).to_have_count(0)


def test_everything_is_reached_by_keyboard(visit):
    page = visit.open("/structures?on=2025-10-31&known=2025-12-31")
    page.wait_for_selector("html[data-clocks=ready]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert "/structure/" in page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/structure/**")
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"


def test_arabic_runs_from_right_to_left_and_numbers_keep_their_order(visit):
    page = visit.open("/structure/temple_of_bel_cella?lang=ar&on=2025-10-31&known=2025-12-31")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    size = page.locator("dd bdi", has_text="37.5 m").first
    assert size.inner_text() == "37.5 m × 13.9 m × 15 m"
    left = size.evaluate(
        """e => { const at = word => {
        const node = e.firstChild, from = node.data.indexOf(word), r = document.createRange();
        r.setStart(node, from); r.setEnd(node, from + word.length); return r.getBoundingClientRect().left; };
        return at('37.5') < at('13.9') && at('13.9') < at('15 m'); }"""
    )
    assert left
    page = visit.map("/?lang=ar")
    panel, drawn = page.locator(".panel").bounding_box(), page.locator("#map").bounding_box()
    assert panel["x"] > drawn["x"]


def test_without_a_network_everything_still_comes(browser, palmyra_address):
    """Whatever is not this server is cut off; the map draws all the same."""
    context = browser.new_context()
    page = context.new_page()
    elsewhere = []

    def pass_on(route):
        if route.request.url.startswith(palmyra_address):
            return route.continue_()
        elsewhere.append(route.request.url)
        return route.abort()

    page.route("**/*", pass_on)
    page.goto(palmyra_address)
    page.wait_for_selector(READY, timeout=WAIT_MS)
    assert rendered(page, "areas")
    assert elsewhere == []
    context.close()


def test_without_javascript_the_clocks_are_a_form(browser, palmyra_address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(palmyra_address + "/structure/temple_of_bel_cella")
    page.locator("#on").fill("2016-04-26")
    page.locator("#known").fill("2016-04-27")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**known=2016-04-27*")
    assert page.get_by_text("UNESCO mission kept out").count() >= 1
    page.goto(palmyra_address)
    assert page.get_by_text("Without JavaScript").is_visible()
    page.get_by_role("link", name="Structures as a list").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Structures")
    context.close()


def test_a_page_prints_on_paper_without_its_controls(visit):
    page = visit.open("/structure/temple_of_bel_cella")
    page.emulate_media(media="print")
    assert page.locator(".banner").is_visible()
    assert not page.locator("#clocks").is_visible()
    assert not page.locator("nav.pages").is_visible()
    assert page.locator("footer").is_visible()


@pytest.mark.parametrize("width", [360, 768])
def test_a_narrow_screen_does_not_scroll_sideways(visit, width):
    visit.page.set_viewport_size({"width": width, "height": 740})
    for path in (
        "/structure/temple_of_bel_cella",
        "/ledger",
        "/ledger/ground",
        "/contamination?lang=fr",
        "/statements?lang=ar",
        "/plan",
    ):
        page = visit.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
