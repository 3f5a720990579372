"""Speed and accuracy against floors, each measured beside its peers in the same run. See docs/benchmarks.md."""
