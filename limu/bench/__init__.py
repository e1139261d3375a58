"""The benchmarks of performance.md: each a ratio against a reference measured in the same run."""
