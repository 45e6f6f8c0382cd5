"""The mathematics of the planner: a typed network, a grid of periods, and the Pyomo model built from both.

Nothing here knows of files, sheets, screens or solver options.
"""

from models.docstrings import keep

keep()
