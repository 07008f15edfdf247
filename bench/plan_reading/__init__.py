"""Benchmark of the plan reader; see `__main__`."""
