"""Tests of how figures, units, lists and dates are said."""
