"""The command `planner`: it translates between the terminal and the functions of the package.

Whatever is heavy (pandas, Pyomo, HiGHS) is imported inside the commands, so that help and wrong usage answer at once.
"""

from planner.cli.browser import open_app
from planner.cli.ci import register as register_ci
from planner.cli.commands import app, main
from planner.cli.declared import register as register_declared
from planner.cli.extending import give_option
from planner.cli.library import register as register_library
from planner.cli.reference import register

app.command("app")(open_app)
register_declared(app)
register_ci(app)
register_library(app)
register(app)
give_option(app)

__all__ = ["app", "main"]
