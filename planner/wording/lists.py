"""Lists of things in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 6
"""Things that a list names before the rest is only counted."""


def quoted(name: str) -> str:
    """A name between quotation marks."""
    return f"'{name}'"


def listed(words: Iterable[str], most: int = MOST, *, last: str = "and") -> str:
    """'a, b and c', with a count of what is left out: 'a, b and 5 more'; 'nothing' where there is nothing.

    Args:
        words: the things, in the order in which they are told.
        most: how many are named at most.
        last: the word before the last one: 'and' or 'or'.
    """
    every = list(words)
    if not every:
        return "nothing"
    if len(every) > most:
        return in_a_row(every, most)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} {last} {every[-1]}"


def in_a_row(words: Iterable[str], most: int = MOST, *, between: str = ", ") -> str:
    """'a, b, c', as in brackets and behind a colon, with a count of what is left out: 'a, b and 5 more'."""
    every = list(words)
    return between.join(every[:most]) + (f" and {len(every) - most:,} more" if len(every) > most else "")


def named(names: Iterable[str], most: int = 8) -> str:
    """Names between quotation marks: "'a', 'b' and 5 more"."""
    return in_a_row((quoted(name) for name in names), most)
