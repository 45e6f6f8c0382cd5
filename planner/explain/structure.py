"""Repairs where no limit's number helps: what lapses, and when an account may pay.

Where there is no plan although every rule and limit gives way, something stands against it that is no amount: money
that lapses before a bill comes, an account that may not pay yet. Each such cell of the accounts and pools that HiGHS's
irreducible system names is opened, first alone and then two at a time, and the case is solved for any plan.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from planner.cells.raw import as_text
from planner.explain.repairs import CellChange, Cells, Repair, solves
from planner.options import Options
from planner.sheets import Funding, Row, Slots, columns
from planner.solve import Model

OPEN: dict[type[Row], tuple[tuple[str, Any, str], ...]] = {
    Funding: (
        ("carry_over_share", 1.0, "let all money of {} carry over"),
        ("available_from", None, "let {} pay from the plan's first day"),
        ("available_until", None, "let {} pay until the plan's end"),
    ),
    Slots: (("carry_over_share", 1.0, "let all places of {} carry over"),),
}
"""What can be opened on a sheet: the field, its widest value, and that in words."""
LEDGERS: dict[str, type[Row]] = {"account": Funding, "pool": Slots}
"""Sheets of ledgers by the kind in their ids."""


@dataclass(frozen=True)
class _Opening:
    """One cell that can be opened."""

    sheet: type[Row]
    row: Row
    field: str
    value: Any
    words: str

    def change(self) -> CellChange:
        """The change of its cell."""
        name = next(c.name for c in columns(self.sheet) if c.field == self.field)
        old, new = (as_text(value) for value in (getattr(self.row, self.field), self.value))
        return CellChange(
            f"{self.sheet.SHEET}: {self.row.id} {self.field}",
            self.words.format(f"'{self.row.id}'"),
            self.row.origin(self.field),
            "",
            0.0,
            old,
            new,
            f"{self.sheet.SHEET}!{self.row.id}.{name}={new}",
            "agreement",
        )


def structural_repairs(
    model: Model, ledgers: Collection[str], options: Options, until: float, most: int
) -> tuple[Repair, ...]:
    """Openings of these accounts and pools after which there is a plan, each proven by solving; fewest cells first."""
    found: list[Repair] = []
    candidates = list(_openings(model, ledgers))
    tried = [*((one,) for one in candidates), *combinations(candidates, 2)]
    for chosen in tried:
        if len(found) >= most or (found and len(chosen) > len(found[0].changes)) or time.monotonic() > until:
            break
        repair = _tried(model, chosen, options, until)
        if repair is not None:
            found.append(repair)
    return tuple(found)


def _openings(model: Model, ledgers: Collection[str]) -> Iterator[_Opening]:
    """Every cell of these ledgers that is not as wide as can be."""
    for ledger in sorted(ledgers):
        kind, _, name = ledger.partition(":")
        sheet = LEDGERS.get(kind)
        row = model.case.find(sheet, name) if sheet is not None else None
        if sheet is None or row is None:
            continue
        for field, value, words in OPEN[sheet]:
            if getattr(row, field) != value:
                yield _Opening(sheet, row, field, value, words)


def _tried(model: Model, chosen: tuple[_Opening, ...], options: Options, until: float) -> Repair | None:
    """The repair that opens these cells, if there is a plan then."""
    cells: Cells = {}
    for one in chosen:
        cells.setdefault((one.sheet, one.row.id), {})[one.field] = one.value
    proven, how = solves(model, options, None, cells, [], max(1.0, until - time.monotonic()))
    if not proven:
        return None
    changes = tuple(one.change() for one in chosen)
    told = " and ".join(f"{c.words}: {c.cell} from {c.old or 'blank'} to {c.new or 'blank'}" for c in changes)
    return Repair(changes, "agreement", proven, how, f"{told[0].upper()}{told[1:]} ({how}).")
