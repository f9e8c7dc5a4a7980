"""Benchmarks: each module prints a table, the peer in the same run; `python -m tests.benchmarks` runs them all."""
