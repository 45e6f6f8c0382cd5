"""Sweeps: a cell or a group of cells goes through a range, and the plan goes with it."""
