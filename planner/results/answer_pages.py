"""Pages of an answer: one content that the terminal, the app and a workbook draw, each in its own way.

In a workbook a figure is a number with every digit; elsewhere it is told as :mod:`planner.wording.figures` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pandas as pd
from xlsxwriter import Workbook

from planner.results.layout import Formats, SheetWriter
from planner.results.workbook import OPTIONS
from planner.wording.figures import change, figure, finite


@dataclass(frozen=True)
class Part:
    """A heading with sentences, then a table if there is one; `strong` sentences are the answer itself.

    Units stand in the column *Unit* of a table, or behind the comma of a head; columns of *Difference* have a sign.
    """

    title: str
    lines: Sequence[str] = ()
    frame: pd.DataFrame | None = None
    strong: bool = False

    @property
    def texts(self) -> list[str]:
        """Heads of the columns that hold texts."""
        return [] if self.frame is None else [str(c) for c in self.frame if not _numeric(self.frame, c)]

    def told(self) -> tuple[list[str], list[list[str]]]:
        """Heads and rows with figures as they are told; units stand with the names in the first column."""
        assert self.frame is not None
        heads = [str(c) for c in self.frame]
        units = [str(u) for u in self.frame["Unit"]] if "Unit" in heads else [""] * len(self.frame)
        rows = [
            [value if head in self.texts else _told(head, value, unit) for head, value in zip(heads, row, strict=True)]
            for row, unit in zip(self.frame.itertuples(index=False, name=None), units, strict=True)
        ]
        if "Unit" in heads:
            at = heads.index("Unit")
            rows = [[", ".join(filter(None, (row[0], row[at]))), *row[1:at], *row[at + 1 :]] for row in rows]
            heads.pop(at)
        return heads, rows

    def to_json(self) -> dict[str, Any]:
        """Plain data; figures that are missing are None."""
        frame = self.frame
        told = {"title": self.title, "lines": list(self.lines), "strong": self.strong}
        if frame is None:
            return told
        values = [
            [v if isinstance(v, str) else finite(v) for v in row] for row in frame.itertuples(index=False, name=None)
        ]
        return told | {"columns": [str(c) for c in frame], "rows": values, "texts": self.texts}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Part:
        """The part again."""
        frame = None
        if "columns" in found:
            frame = pd.DataFrame(found["rows"], columns=found["columns"])
            frame = frame.astype({c: float for c in found["columns"] if c not in found["texts"]})
        return cls(found["title"], tuple(found["lines"]), frame, found["strong"])


@dataclass(frozen=True)
class Page:
    """A page: the name of its sheet, its title, a sentence under it, and its parts."""

    name: str
    title: str
    lead: str
    parts: Sequence[Part]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"name": self.name, "title": self.title, "lead": self.lead, "parts": [p.to_json() for p in self.parts]}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Page:
        """The page again."""
        return cls(found["name"], found["title"], found["lead"], tuple(map(Part.from_json, found["parts"])))


def _numeric(frame: pd.DataFrame, column: Any) -> bool:
    """Whether a column holds figures."""
    return bool(pd.api.types.is_numeric_dtype(frame[column]))


def _told(head: str, value: Any, unit: str) -> str:
    """A figure under its head; blank where there is none."""
    number = finite(value)
    own = head.rpartition(", ")[2] if ", " in head else unit
    return "" if number is None else (change if "difference" in head.casefold() else figure)(number, own)


def pages_workbook(pages: Iterable[Page], case: str) -> bytes:
    """The pages as a workbook in the looks of a plan's, one sheet each, laid out to print on one page's width."""
    target = BytesIO()
    book = Workbook(target, OPTIONS)
    formats = Formats(book)
    for page in pages:
        sheet = SheetWriter(book, formats, page.name, page.title, page.lead, case)
        sheet.sheet.hide_gridlines(2)
        sheet.sheet.fit_to_pages(1, 1)
        for part in page.parts:
            if part.title:
                sheet.heading(part.title)
            sheet.lines(part.lines, bullet="" if part.strong or not part.title else "\u2022 ",
                        style=formats.answer if part.strong else None)  # fmt: skip
            if part.frame is not None:
                sheet.table(part.frame)
            else:
                sheet.row += 1
        sheet.finish()
    book.close()
    return target.getvalue()
