"""A case: a folder (or zip) of tables with a manifest and, where its columns are not ours, a mapping file.

case = read_case("cases/palmyra")
rows = list(case.rows())          # a stream; sources first, then statements, then the rest
if case.errors: ...               # every problem at once: case.problems, complete once the rows are exhausted
"""

from tetrapylon.formats.case.manifest import Manifest
from tetrapylon.formats.case.reader import Case, read_case

__all__ = ["Case", "Manifest", "read_case"]
