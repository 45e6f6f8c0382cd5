"""A table of figures: printed with rich, kept as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable


@dataclass
class Table:
    """Title, headers, rows of numbers and words, and sentences that belong below."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: Any) -> None:
        """Add a row."""
        self.rows.append(cells)

    def print(self, console: Console) -> None:
        """Print it."""
        shown = RichTable(title=self.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(self.columns):
            shown.add_column(column, justify="right" if number else "left", no_wrap=True)
        for row in self.rows:
            shown.add_row(*(_text(cell) for cell in row))
        console.print(shown)
        for note in self.notes:
            console.print(note, highlight=False, markup=False, soft_wrap=True)
        console.print()

    def as_json(self) -> dict[str, Any]:
        """The same for a file; numbers are not rounded."""
        return {"title": self.title, "columns": self.columns, "rows": self.rows, "notes": self.notes}


def _text(cell: Any) -> str:
    """A cell as people read it."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1_000 else f"{cell:.3g}" if abs(cell) < 0.1 else f"{cell:.2f}"
    return str(cell)
