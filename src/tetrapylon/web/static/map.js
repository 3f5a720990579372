// The map: structures coloured by verb, further layers as tiles, both clocks. Everything comes from this server.

import * as maplibre from "/static/vendor/maplibre-gl/maplibre-gl.mjs";
import { date, day, query, set } from "/static/clocks.js";

const holder = document.getElementById("map");
const form = document.getElementById("clocks");
const GRADES = ["#4d9221", "#a1c659", "#f0e442", "#e69f00", "#c8501e", "#7a0177"];
const UNKNOWN = "#8a8f98";
const VERB_COLOURS = { clear: "#b3261e", restore: "#1b5e9e", coordinate: "#5b5170" };

const STYLES = {
  assess: {
    colour: ["match", ["get", "hi"], ...GRADES.flatMap((colour, grade) => [grade, colour]), UNKNOWN],
    label: ["get", "grade"],
    hatched: ["any", ["<", ["get", "hi"], 0], [">=", ["-", ["get", "hi"], ["get", "lo"]], 3]],
  },
  clear: {
    colour: ["match", ["get", "held"], 3, "#b3261e", 2, "#d98324", 1, "#d98324", 0, "#2b6cb0", UNKNOWN],
    label: ["match", ["get", "held"], -1, "?", 0, "◇", ["to-string", ["get", "held"]]],
    hatched: ["<", ["get", "held"], 0],
  },
  restore: {
    colour: ["case", ["<", ["get", "open"], 0], UNKNOWN, [">", ["get", "admitted"], 0], "#1b7f5c", [">", ["get", "open"], 0], "#3f78b5", "#6b4a3a"],
    label: ["case", ["<", ["get", "open"], 0], "?", [">", ["get", "admitted"], 0], "+", [">", ["get", "open"], 0], "~", "-"],
    hatched: ["<", ["get", "open"], 0],
  },
  coordinate: {
    colour: ["step", ["get", "told"], "#ffffff", 1, "#d9d2e9", 5, "#a99bcb", 15, "#7660a8", 30, "#45307a"],
    label: ["to-string", ["get", "told"]],
    hatched: ["boolean", false],
  },
};

function supported() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
}

const empty = { type: "FeatureCollection", features: [] };
const here = () => new URLSearchParams([...query()].filter(([name]) => name !== "lang"));

function hatch() {
  const size = 8, pixels = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const on = (x + y) % size < 2;
      pixels.set(on ? [70, 75, 82, 255] : [255, 255, 255, 60], (y * size + x) * 4);
    }
  return { width: size, height: size, data: pixels };
}

function base() {
  if (!holder.dataset.basemap) return { sources: {}, layers: [] };
  maplibre.addProtocol("pmtiles", new window.pmtiles.Protocol().tile);
  const address = "pmtiles://" + new URL(holder.dataset.basemap, location.href).href;
  const layer = (id, type, filter, paint) => ({ id, type, source: "base", "source-layer": "osm", filter, paint, metadata: { base: true } });
  return {
    sources: { base: { type: "vector", url: address, attribution: holder.dataset.attribution } },
    layers: [
      layer("base-ground", "fill", ["==", ["geometry-type"], "Polygon"], { "fill-color": "#d8cdb8", "fill-opacity": 0.55 }),
      layer("base-outline", "line", ["==", ["geometry-type"], "Polygon"], { "line-color": "#b09f80", "line-width": 0.7 }),
      layer("base-ways", "line", ["==", ["geometry-type"], "LineString"], { "line-color": "#c4b79d", "line-width": ["match", ["get", "class"], ["path", "footway", "track"], 1, 2] }),
    ],
  };
}

function structures() {
  const fine = ["!", ["get", "coarse"]];
  const area = ["all", ["==", ["geometry-type"], "Polygon"], ["!", ["get", "group"]]];
  return [
    { id: "coarse", type: "line", source: "structures", filter: ["get", "coarse"], paint: { "line-color": "#4a4a4a", "line-width": 1.5, "line-dasharray": [4, 3] } },
    { id: "areas", type: "fill", source: "structures", filter: ["all", fine, area], paint: { "fill-color": STYLES.assess.colour, "fill-opacity": 0.75 } },
    { id: "hatched", type: "fill", source: "structures", filter: ["all", fine, area, STYLES.assess.hatched], paint: { "fill-pattern": "hatch" } },
    { id: "outlines", type: "line", source: "structures", filter: fine, paint: { "line-color": "#2b2b2b", "line-width": ["match", ["geometry-type"], "LineString", 4, 1.2] } },
    { id: "lines", type: "line", source: "structures", filter: ["all", fine, ["==", ["geometry-type"], "LineString"]], paint: { "line-color": STYLES.assess.colour, "line-width": 2.4 } },
    { id: "points", type: "circle", source: "structures", filter: ["all", fine, ["==", ["geometry-type"], "Point"]], paint: { "circle-radius": 7, "circle-color": STYLES.assess.colour, "circle-opacity": ["case", ["get", "group"], 0, 1], "circle-stroke-color": "#2b2b2b", "circle-stroke-width": 1.4 } },
    { id: "labels", type: "symbol", source: "structures", filter: ["all", fine, ["!", ["get", "group"]]], layout: { "text-field": STYLES.assess.label, "text-size": 12, "text-font": ["sans-serif"], "text-variable-anchor": ["center", "top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right"], "text-radial-offset": 0.9, "text-padding": 0 }, paint: { "text-color": "#111111", "text-halo-color": "#ffffff", "text-halo-width": 1.6 } },
    { id: "names", type: "symbol", source: "structures", minzoom: 15.5, filter: fine, layout: { "text-field": ["get", "label"], "text-size": 11, "text-font": ["sans-serif"], "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true }, paint: { "text-color": "#2b2b2b", "text-halo-color": "#ffffff", "text-halo-width": 1.4 } },
  ];
}

function tiles(name) {
  const address = new URL(`/ogc/collections/${name}/tiles/WebMercatorQuad/{z}/{y}/{x}`, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  const asked = here().toString();
  return address + (asked ? "?" + asked : "");
}

function addTiles(map, name, verb) {
  const colour = VERB_COLOURS[verb];
  map.addSource("tiles-" + name, { type: "vector", tiles: [tiles(name)], minzoom: 0, maxzoom: 18 });
  const layer = (kind, type, paint, filter) => map.addLayer({ id: `tiles-${name}-${kind}`, type, source: "tiles-" + name, "source-layer": name, filter, paint }, "coarse");
  layer("fill", "fill", { "fill-color": colour, "fill-opacity": 0.18 }, ["==", ["geometry-type"], "Polygon"]);
  layer("line", "line", { "line-color": colour, "line-width": 1.4 }, ["!=", ["geometry-type"], "Point"]);
  layer("point", "circle", { "circle-color": colour, "circle-radius": 4, "circle-stroke-width": 1, "circle-stroke-color": "#fff" }, ["==", ["geometry-type"], "Point"]);
}

function removeTiles(map, name) {
  for (const kind of ["fill", "line", "point"]) map.removeLayer(`tiles-${name}-${kind}`);
  map.removeSource("tiles-" + name);
}

/** A contamination map beneath the structures, one band at a time, with its legend. */
function showRaster(map, choice) {
  if (map.getLayer("raster")) map.removeLayer("raster");
  if (map.getSource("raster")) map.removeSource("raster");
  for (const part of document.querySelectorAll("[data-of-raster]")) part.hidden = part.dataset.ofRaster !== choice.dataset.raster;
  if (!choice.value) return;
  const address = new URL(choice.value, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  map.addSource("raster", { type: "raster", tiles: [address], tileSize: 256, maxzoom: 20, attribution: "" });
  map.addLayer({ id: "raster", type: "raster", source: "raster", paint: { "raster-resampling": "nearest", "raster-fade-duration": 0 } }, "coarse");
}

function showVerb(map, verb) {
  const style = STYLES[verb];
  map.setPaintProperty("areas", "fill-color", style.colour);
  map.setPaintProperty("lines", "line-color", style.colour);
  map.setPaintProperty("points", "circle-color", style.colour);
  map.setLayoutProperty("labels", "text-field", style.label);
  map.setFilter("hatched", ["all", ["!", ["get", "coarse"]], ["!", ["get", "group"]], ["==", ["geometry-type"], "Polygon"], style.hatched]);
  for (const part of document.querySelectorAll(".legend [data-verb]")) part.hidden = part.dataset.verb !== verb;
}

function fill(template, values) {
  const parts = template.split(/\{(\w+)\}/);
  const out = document.createDocumentFragment();
  parts.forEach((part, i) => {
    if (i % 2 === 0) return out.append(part);
    const number = document.createElement("bdi");
    number.dir = "ltr";
    number.textContent = values[part] ?? "?";
    out.append(number);
  });
  return out;
}

let turn = 0;

const ask = () => fetch("/map/structures.json?" + query());

function summarise(summary) {
  const line = document.getElementById("summary");
  if (holder.dataset.graded === "yes") line.replaceChildren(fill(line.dataset.template, summary));
}

async function load(map, coming = ask()) {
  const mine = ++turn;
  holder.dataset.ready = "no";
  const answer = await coming;
  if (mine !== turn) return;
  const line = document.getElementById("summary");
  if (!answer.ok) {
    line.replaceChildren((await answer.json()).detail ?? String(answer.status));
    holder.dataset.ready = "error";
    return;
  }
  const found = await answer.json();
  if (mine !== turn) return;
  map.getSource("structures").setData(found);
  summarise(found.summary);
  const undrawn = document.getElementById("undrawn");
  undrawn.hidden = !found.summary.undrawn;
  undrawn.replaceChildren(fill(undrawn.dataset.template, { count: found.summary.undrawn }));
  for (const box of document.querySelectorAll("[data-of]:checked")) map.getSource("tiles-" + box.dataset.layer).setTiles([tiles(box.dataset.layer)]);
  if (holder.dataset.graded === "no") map.getSource("tiles-structure")?.setTiles([tiles("structure")]);
  const asked = query();
  history.replaceState(null, "", location.pathname + "?" + asked);
  for (const link of document.querySelectorAll("nav.pages a, .panel a")) {
    const address = new URL(link.href);
    for (const name of ["on", "known"]) if (asked.get(name)) address.searchParams.set(name, asked.get(name));
    link.href = address.pathname + address.search;
  }
  await new Promise((done) => map.once("idle", done));
  if (mine === turn) holder.dataset.ready = "yes";
}

function popup(map, event) {
  const found = map.queryRenderedFeatures(event.point, { layers: ["areas", "points", "lines", "coarse"] });
  if (!found.length) return;
  const list = document.createElement("ul");
  const seen = new Set();
  for (const { properties } of found) {
    if (seen.has(properties.name)) continue;
    seen.add(properties.name);
    const link = document.createElement("a");
    link.href = properties.href;
    link.textContent = properties.label;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  new maplibre.Popup().setLngLat(event.lngLat).setDOMContent(list).addTo(map);
}

function player() {
  const button = document.getElementById("play");
  let timer = 0;
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    button.textContent = button.dataset.play;
  };
  const step = () => {
    if (holder.dataset.ready === "no") return void (timer = setTimeout(step, 100)); // what was asked for is still drawn
    const slider = document.getElementById("known-slider");
    const next = Math.min(Number(slider.value) + 30, Number(slider.max));
    set("known", date(next));
    timer = next >= Number(slider.max) ? (stop(), 0) : setTimeout(step, 900);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (timer) return stop();
    const slider = document.getElementById("known-slider");
    if (Number(slider.value) >= Number(slider.max)) set("known", date(Number(slider.min)));
    button.textContent = button.dataset.pause;
    timer = setTimeout(step, 300);
  });
}

function start() {
  document.getElementById("no-script").hidden = true;
  if (!supported()) {
    document.getElementById("no-map").hidden = false;
    holder.hidden = true;
    ask().then((answer) => answer.json()).then((found) => summarise(found.summary));
    return;
  }
  let first = ask();
  const under = base();
  const [west, south, east, north] = holder.dataset.box.split(",").map(Number);
  const map = new maplibre.Map({
    container: holder,
    style: {
      version: 8,
      sources: { ...under.sources, structures: { type: "geojson", data: empty, attribution: "" } },
      layers: [{ id: "ground", type: "background", paint: { "background-color": "#f4f0e6" } }, ...under.layers],
    },
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: 40, maxZoom: 17 },
    attributionControl: { compact: false },
    dragRotate: false,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl());
  map.on("load", () => {
    map.addImage("hatch", hatch());
    for (const layer of structures()) map.addLayer(layer);
    if (holder.dataset.graded === "no") addTiles(map, "structure", "coordinate");
    showVerb(map, document.querySelector("[name=verb]:checked").value);
    load(map, first);
    first = null;
  });
  map.on("click", (event) => popup(map, event));
  for (const id of ["areas", "points", "lines", "coarse"]) {
    map.on("mouseenter", id, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", id, () => (map.getCanvas().style.cursor = ""));
  }
  let waiting = 0;
  const again = () => (first ? (first = ask()) : load(map)); // before the map stands: asked anew, drawn once it does
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    if (!form.reportValidity()) return;
    waiting = setTimeout(again, 60);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    again();
  });
  for (const choice of document.querySelectorAll("[name=verb]")) choice.addEventListener("change", () => showVerb(map, choice.value));
  for (const choice of document.querySelectorAll("[name=raster]")) choice.addEventListener("change", () => showRaster(map, choice));
  for (const box of document.querySelectorAll("[data-layer]"))
    box.addEventListener("change", () => {
      if (box.dataset.layer === "basemap") {
        for (const layer of under.layers) map.setLayoutProperty(layer.id, "visibility", box.checked ? "visible" : "none");
      } else if (box.checked) addTiles(map, box.dataset.layer, box.dataset.of);
      else removeTiles(map, box.dataset.layer);
    });
  player();
  holder.map = map;
}

start();
