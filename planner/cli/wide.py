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
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    title: str = "",
    texts: Sequence[str] = (),
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
        table.add_column(heads[0], overflow="fold", min_width=min(key, width // KEY_SHARE))
        for n in group:
            side = "left" if heads[n] in texts else "right"
            table.add_column(heads[n], justify=side, min_width=least[n], overflow="fold")  # type: ignore[arg-type]
        for row in cells:
            table.add_row(row[0], *(row[n] for n in group))
        made.append(table)
    return made


def _least(texts: Sequence[str]) -> int:
    """Characters that a column needs so that no word and no figure in it is cut."""
    return max((min(len(word), LONGEST_WORD) for text in texts for word in text.split()), default=1)


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
