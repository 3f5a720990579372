"""Exchange formats, one folder each: sniff, read, write, sample. Nothing here knows the record.

``case`` reads a whole case (manifest, mapping, tables) into a stream of `row.Row`; ``tables`` (CSV, XLSX), ``geojson``,
``geopackage`` and ``kml`` are the file formats it reads from and that `write.write_tables` writes to.
"""
