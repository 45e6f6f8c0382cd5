"""Which rows carry a recommendation: reading the column 'Carried by' of sheet Recommendations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.case import Case
from planner.sheets import BY_NAME, Recommendations, Row, Ways

OWN = (Recommendations.SHEET, Ways.SHEET, "Scenario changes")
"""Sheets whose rows cannot carry a recommendation."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One clause of a 'Carried by' cell: a sheet with the key of a row, or of several if it ends in *."""

    sheet: str
    key: str

    def __str__(self) -> str:
        """Write the clause as it stands in the cell."""
        return f"{self.sheet}: {self.key}" if self.key else self.sheet

    @property
    def known(self) -> bool:
        """Whether there is such a sheet."""
        return self.sheet in BY_NAME and self.sheet not in OWN

    def rows(self, case: Case) -> tuple[Row, ...]:
        """Rows of the case that it names; none where it points nowhere."""
        if not self.known or not self.key:
            return ()
        kind = BY_NAME[self.sheet]
        if self.key.endswith("*"):
            return tuple(row for row in case.rows.get(kind, ()) if row.id.startswith(self.key[:-1]))
        row = case.find(kind, self.key)
        return (row,) if row is not None else ()


def carriers(recommendation: Recommendations) -> tuple[Carrier, ...]:
    """Clauses of a recommendation's 'Carried by' cell, in order."""
    return clauses(recommendation.carried_by)


def clauses(text: str) -> tuple[Carrier, ...]:
    """Clauses of a cell that names rows of several sheets, in order."""
    return tuple(_read(text))


def _read(text: str) -> Iterator[Carrier]:
    """Read 'Reforms: wider interview; Sites: Border post'."""
    names = {name.casefold(): name for name in BY_NAME}
    for clause in (part.strip() for part in text.split(";")):
        if clause:
            sheet, _, key = clause.partition(":")
            yield Carrier(names.get(sheet.strip().casefold(), sheet.strip()), key.strip())
