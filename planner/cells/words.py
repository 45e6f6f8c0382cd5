"""'Did you mean': the nearest known name."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from planner.cells.raw import folded

NEAR = 70.0
"""Least similarity (0 to 100) of a suggestion."""


def nearest(text: str, known: Iterable[str]) -> str:
    """The known name most like the text, '' if none is near."""
    choices = sorted(set(known) - {""})
    wanted = folded(text)
    if not wanted or not choices:
        return ""
    found = process.extractOne(wanted, choices, scorer=fuzz.ratio, processor=folded, score_cutoff=NEAR)
    if found is None and len(wanted) >= 4:
        found = process.extractOne(wanted, choices, scorer=fuzz.token_sort_ratio, processor=folded, score_cutoff=NEAR)
    if found is None and len(wanted) >= 4:
        inside = [name for name in choices if wanted in folded(name) or (len(name) >= 4 and folded(name) in wanted)]
        return min(inside, key=lambda name: (abs(len(name) - len(wanted)), name)) if inside else ""
    return str(found[0]) if found else ""


def listed(names: Iterable[str], most: int = 8) -> str:
    """A list for a sentence, cut when it is long."""
    every = [f"'{name}'" for name in names]
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
