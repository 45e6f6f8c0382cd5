"""Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells must be fit for one already (:func:`planner.manual.docstrings.cell`)."""
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join(['---'] * len(heads))}|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)
