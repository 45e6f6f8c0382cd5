"""Tables that lose no column on a narrow terminal: what does not fit stands below, with the first column again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

BETWEEN = 3
"""Blanks that a column of the plain style takes besides its text."""
KEY_SHARE = 3
"""The first column takes at most this part of the width; longer texts are folded."""
LONGEST_WORD = 22
"""Words longer than this may be folded."""


def tables(
    heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, title: str = "", texts: Sequence[str] = ()
) -> list[Any]:
    """The rows as one table, or as several where the columns do not fit beside each other in `width` characters.

    The first column is the key of a row and is repeated; columns named in `texts` stand on the left, all others on the
    right. A row may be shorter than the heads.
    """
    from rich.box import SIMPLE
    from rich.table import Table

    cells = [[*row, *([""] * (len(heads) - len(row)))] for row in rows]
    least = [_least([head, *(row[n] for row in cells)]) for n, head in enumerate(heads)]
    longest = max((len(row[0]) for row in cells), default=0)
    key = max(least[0], min(max(longest, len(heads[0])), width // KEY_SHARE))
    made = []
    for number, group in enumerate(_groups(least[1:], width - key - 2 * BETWEEN)):
        table = Table(box=SIMPLE, title_justify="left", title=title if number == 0 and title else None)
        widest = [max(len(text) for text in (heads[n], *(row[n] for row in cells))) for n in (*group, 0)]
        widths = _widths([*(least[n] for n in group), key], widest, width - BETWEEN * (len(group) + 1) - 1)
        table.add_column(heads[0], overflow="fold", width=widths[-1])
        for n, own in zip(group, widths, strict=False):
            side = "left" if heads[n] in texts else "right"
            table.add_column(heads[n], justify=side, width=own, overflow="fold")  # type: ignore[arg-type]
        for row in cells:
            table.add_row(row[0], *(row[n] for n in group))
        made.append(table)
    return made


def _least(texts: Sequence[str]) -> int:
    """Characters that a column needs so that no word in it is cut, and no figure from its unit."""
    words = (
        [text] if text.lstrip("+-")[:1].isdigit() and len(text) <= LONGEST_WORD else text.split() for text in texts
    )
    return max((min(len(word), LONGEST_WORD) for each in words for word in each), default=1)


def _widths(least: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """Widths of columns beside each other: their least, then as much of their whole text as there is room for.

    The library that draws them would share out a lack of room by itself, and lose the last column for it.
    """
    widths = list(least)
    left = room - sum(widths)
    for n, wanted in enumerate(most):
        more = max(0, min(left, wanted - widths[n]))
        widths[n] += more
        left -= more
    return widths


def _groups(widths: Sequence[int], room: int) -> list[list[int]]:
    """Numbers of the columns (from 1) that stand beside each other: as many as fit, at least one."""
    groups: list[list[int]] = []
    taken = room + 1
    for n, width in enumerate(widths, 1):
        if not groups or taken + width + BETWEEN > room:
            groups.append([])
            taken = 0
        groups[-1].append(n)
        taken += width + BETWEEN
    return groups
