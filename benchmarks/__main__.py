"""Run benchmarks: ``python -m benchmarks NAME [--data DIR] [--json] [--strict]``."""

import sys

from benchmarks.harness import main

sys.exit(main(sys.argv[1:]))
