"""Named points for receivers in the field: GPX 1.1, and the same points as KML, GeoJSON and CSV."""

from tetrapylon.formats.gpx.waypoints import WRITERS, Waypoint, write_points

__all__ = ["WRITERS", "Waypoint", "write_points"]
