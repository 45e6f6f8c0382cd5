"""Everything around the mathematics: workbook, case, compiler, solver session, plan, check, command line."""

__version__ = "0.1.0"
