"""Benchmarks: what the planner costs around HiGHS, next to linopy, and how both grow. `python -m bench --help`."""
