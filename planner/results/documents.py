"""Documents to read and hand on: their content as blocks, written as an HTML file; see `word` for Word.

The HTML file opens in any browser, prints to PDF, and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, TypeAlias

import pandas as pd

from planner.wording.figures import MISSING

STYLE = """
body{font:10.5pt/1.4 Georgia,'Times New Roman',serif;color:#111;background:#fff;
max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .4rem}h2{font-size:1.2rem;margin:1.6rem 0 .4rem;break-after:avoid}
h3{font-size:1rem;margin:1rem 0 .2rem;break-after:avoid}
table{border-collapse:collapse;width:100%;font:9.5pt/1.35 Arial,sans-serif;margin:.4rem 0}
th,td{border-bottom:1px solid #bbb;padding:.2rem .4rem;text-align:left;vertical-align:top}tr{break-inside:avoid}
td.n,th.n{text-align:right;white-space:nowrap}
p.sure{border-left:4px solid #0B5C8A;padding:.3rem .7rem;background:#eef5fa}
pre{white-space:pre-wrap;font-size:8.5pt;background:#f4f4f4;padding:.4rem}.small{font-size:9.5pt;color:#333}
@page{size:A4;margin:18mm}@media print{body{margin:0;max-width:none;padding:0}}
"""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    level: int
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; `sure` says how certain the plan is, `small` is a remark, `code` a command."""

    text: str
    kind: Literal["plain", "sure", "small", "code"] = "plain"


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table of texts; figures of the columns in `right` stand to the right."""

    frame: pd.DataFrame
    right: Sequence[str] = ()

    def rows(self) -> list[list[str]]:
        """Cells as texts; what is not there has its sign."""
        return [[_cell(v) for v in row] for row in self.frame.itertuples(index=False, name=None)]


Block: TypeAlias = Heading | Text | Items | Table
"""One piece of a document."""


def html_document(title: str, blocks: Iterable[Block], style: str = "") -> str:
    """A whole HTML file; `style` are further rules for how it looks."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}{style}</style></head><body>{html_of(blocks)}</body></html>"
    )


def html_of(blocks: Iterable[Block]) -> str:
    """Blocks as HTML; every text is text."""
    return "".join(_element(block) for block in blocks)


def _element(block: Block) -> str:
    """One block as HTML."""
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if isinstance(block, Items):
        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in block.lines) + "</ul>"
    if isinstance(block, Table):
        return _table(block)
    if block.kind == "code":
        return f"<pre>{escape(block.text)}</pre>"
    kind = "" if block.kind == "plain" else f' class="{block.kind}"'
    return f"<p{kind}>{escape(block.text)}</p>"


def _table(table: Table) -> str:
    """A table with its figures to the right."""
    kinds = ["n" if c in table.right else "" for c in table.frame.columns]
    head = "".join(
        f'<th scope="col" class="{k}">{escape(str(c))}</th>' for c, k in zip(table.frame.columns, kinds, strict=True)
    )
    rows = "".join(
        "<tr>" + "".join(f'<td class="{k}">{escape(v)}</td>' for v, k in zip(row, kinds, strict=True)) + "</tr>"
        for row in table.rows()
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: Any) -> str:
    """One cell as text."""
    text = str(value)
    return text if text not in ("", "nan", "None", "NaT") else MISSING
