"""Stacked charts of written tables: they point at the cells, so that they follow them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook

PALETTE = (
    "#1F4E79",
    "#E08E0B",
    "#2E8B57",
    "#A63D57",
    "#6F5AA8",
    "#4FA3C7",
    "#8C6D31",
    "#7F7F7F",
    "#C94F2A",
    "#3B7A78",
    "#B8A1D9",
    "#55631F",
)
"""Colours of series: told apart in greyscale as well, by order of darkness and by the legend."""
INK, PAPER, RULE = "#1F2A37", "#DCE6F1", "#9AA7B5"


@dataclass(frozen=True)
class Block:
    """Where a table stands on its sheet: rows and columns of its body, counted from 0, without header and total."""

    sheet: str
    header: int
    first: int
    last: int
    columns: tuple[str, ...]

    def column(self, name: str) -> int:
        """Position of a column."""
        return self.columns.index(name)


@dataclass(frozen=True)
class Picture:
    """What a chart shows.

    `series` names columns. They are drawn over the categories in column `category`; with `by_row` they are the
    categories, and each row is a series named by its cell in column `category`.
    """

    title: str
    unit: str
    category: str
    series: tuple[str, ...]
    by_row: bool = False


def _ranges(block: Block, picture: Picture) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
    """Cells of name, categories and values of each series."""
    where = block.column(picture.category)
    if picture.by_row:
        first, last = block.column(picture.series[0]), block.column(picture.series[-1])
        for row in range(block.first, block.last + 1):
            yield (row, where), (block.header, first, block.header, last), (row, first, row, last)
        return
    for name in picture.series:
        column = block.column(name)
        values = (block.first, column, block.last, column)
        yield (block.header, column), (block.first, where, block.last, where), values


def stacked(book: Workbook, block: Block, picture: Picture) -> Any:
    """Make a stacked column chart; None where it would have no series."""
    if not picture.series:
        return None
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for number, (name, categories, values) in enumerate(_ranges(block, picture)):
        chart.add_series(
            {
                "name": [block.sheet, *name],
                "categories": [block.sheet, *categories],
                "values": [block.sheet, *values],
                "fill": {"color": PALETTE[number % len(PALETTE)]},
                "border": {"color": "#FFFFFF", "width": 0.5},
                "gap": 60,
            }
        )
    font = {"name": "Calibri", "size": 9, "color": INK}
    plain = {**font, "bold": False}
    grid = {"visible": True, "line": {"color": "#E3E7EC"}}
    chart.set_title({"name": picture.title, "name_font": {**font, "size": 11, "bold": True}, "overlay": False})
    chart.set_x_axis({"num_font": font, "line": {"color": RULE}})
    axis = {"name": picture.unit, "name_font": plain, "num_font": font, "num_format": "#,##0", "min": 0}
    chart.set_y_axis({**axis, "major_gridlines": grid, "line": {"none": True}})
    chart.set_legend({"position": "right", "font": font})
    chart.set_chartarea({"border": {"color": "#D5DAE0"}})
    return chart
