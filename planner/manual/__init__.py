"""The manual's generated pages: made from the declarations, docstrings and commands as `mkdocs build` runs.

What a page says about a sheet, a constraint family, a command or a table of the plan is read from the code that defines
it, so that manual and code cannot drift. :mod:`planner.manual.examples` runs the examples of the written pages.
"""
