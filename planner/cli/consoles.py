"""Where the command line prints: results, progress and errors, as wide as the terminal, and lines as they are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from planner.cli.files import STANDARD_OUTPUT

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 100


def results_console(json: Path | None = None) -> Console:
    """Console for results: standard output, or standard error where JSON takes that place."""
    return console_of(stderr=json == STANDARD_OUTPUT)


def progress_console() -> Console:
    """Console for progress and errors."""
    return console_of(stderr=True)


def console_of(*, stderr: bool, quiet: bool = False) -> Console:
    """A console as wide as the terminal; tables in a file or a pipe get the width that they are made for."""
    from planner.cli.terminal import SafeConsole

    console = SafeConsole(stderr=stderr, quiet=quiet, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    return console


def say(console: Console, *lines: str) -> None:
    """Print lines as they are."""
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def copy_lacks(lost: Sequence[str]) -> list[str]:
    """The sentence about what a copy of a workbook lacks, where it lacks anything."""
    return [f"The copy lacks what cannot be kept: {', '.join(lost)}. The original has it still."] if lost else []
