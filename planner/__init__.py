"""Everything around the mathematics: workbook, case, compiler, solver session, plan, check, command line."""

import os

import models  # noqa: F401 - sees to it that Pyomo can be loaded under python -OO

# openpyxl writes with lxml where something else has brought it, and then tells of a full disk in lxml's own words.
os.environ.setdefault("OPENPYXL_LXML", "False")

__version__ = "0.1.0"
