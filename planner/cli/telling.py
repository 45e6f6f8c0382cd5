"""What an answer says, drawn on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from planner.analyses.telling import Block, Listing, Sentence

if TYPE_CHECKING:
    from rich.console import Console

    from planner.case import Case
    from planner.options import Options


def tell(console: Console, blocks: Iterable[Block]) -> None:
    """Print sentences, lists and tables in order; no table loses a column on a narrow terminal."""
    from planner.cli.wide import tables

    for block in blocks:
        if isinstance(block, Sentence):
            line(console, block.text, style="bold" if block.strong else "")
        elif isinstance(block, Listing):
            say_list(console, block.title, block.lines)
        else:
            console.print(*tables(block.heads, block.rows, console.width, title=block.title, texts=block.texts))


def line(console: Console, text: str, style: str = "") -> None:
    """Print a sentence as it is."""
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def say_list(console: Console, title: str, lines: Iterable[str]) -> None:
    """Print a heading and its sentences; those of several lines stand as they are, blank ones are left out."""
    console.print(title, style="bold", highlight=False, markup=False)
    for text in lines:
        if text:
            line(console, f"- {text}" if "\n" not in text else text)


def tell_conflict(case: Case, options: Options, seconds: float, console: Console) -> None:
    """Print what cannot hold together and the smallest repairs."""
    from planner.explain import explain_conflict

    say_list(console, "Why there is no plan", [explain_conflict(case, options, seconds=seconds).sentence])
