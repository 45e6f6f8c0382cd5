"""Ways: what is open to one person, as a document tells it, and the rows that each way goes through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from planner.sheets.declare import REQUIRED, Row, key, text, yes


@dataclass(frozen=True, kw_only=True)
class Ways(Row):
    """One way that one person could take. Only `planner reference persona` reads it; no plan depends on it.

    `rows` lists 'Sheet: row key' pairs of sheets Pipelines, Programmes and Visas, separated by semicolons; a key that
    ends in * stands for every row that begins so. With `everyone` people of all kinds stand in one line there, so that
    the count is of them all.
    """

    SHEET: ClassVar[str] = "Ways"
    PURPOSE: ClassVar[str] = "Ways to protection of a person whom a document describes: rows that each goes through."
    GROUP = "advanced"

    person: str = key("Person", help="Who it is, as 'young person from East'")
    way: str = key("Way", help="Name of the way, as 'Asylum in a neighbouring country'")
    rows: str = text(
        "Rows", help="Rows it goes through, as 'Visas: seasonal work; Pipelines: asylum *'", default=REQUIRED, blank=""
    )
    everyone: bool = yes("Everyone in line", help="Whether people of all kinds stand in that line")
