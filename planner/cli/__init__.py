"""The command `planner`: it translates between the terminal and the functions of the package.

Whatever is heavy (pandas, Pyomo, HiGHS) is imported inside the commands, so that help and wrong usage answer at once.
"""

from planner.cli.browser import open_app
from planner.cli.commands import app, main
from planner.cli.explain import register as register_explain
from planner.cli.reference import register

app.command("app")(open_app)
register_explain(app)
register(app)

__all__ = ["app", "main"]
