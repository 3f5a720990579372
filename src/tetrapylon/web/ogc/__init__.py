"""The record's layers as OGC API Features (17-069r4) and Tiles (20-057): core, GeoJSON, HTML, OpenAPI 3.0."""
