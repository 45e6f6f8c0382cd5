"""Where the workbooks that come with the planner are: in the repository, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

PACKAGED = ("blueprint", "starter")
"""Cases that can be named by one word."""


def inputs_path(name: str) -> Path:
    """Path of a packaged workbook by its word; FileNotFoundError if this copy of the planner has none.

    An installed package keeps the workbooks beside this file, a repository in its folder `inputs`.
    """
    here = Path(__file__).parent
    folders = (here / "packaged_inputs", here.parent / "inputs")
    for folder in folders:
        path = folder / f"{name}.xlsx"
        if path.is_file():
            return path
    message = f"This copy of the planner has no workbook '{name}'."
    raise FileNotFoundError(message)
