"""What is read from a plan at once, as linear expressions of its columns: outcomes, meters, what each row gets."""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.build import Built
from models.linear import Form
from models.network import Outcome
from planner.case import Case
from planner.live.meters import meter_forms
from planner.results.frames import name_of
from planner.sheets import Outcomes
from planner.tradeoffs.sweeping.parametric_model import allocations_of

Line = tuple[str, ...]
"""Name of an expression: what it is for, then of what."""


@dataclass(frozen=True)
class Label:
    """What people call a figure: name, unit, and the sheet that it comes from."""

    name: str
    unit: str
    sheet: str = ""


def lines_of(built: Built, case: Case) -> dict[Line, Form]:
    """Every expression that is read, by name, in natural units (money in USD million)."""
    lines: dict[Line, Form] = {}
    for outcome in built.frame.network.outcomes:
        lines.update(_outcome(built, outcome))
    for (meter, row), (used, available) in meter_forms(built, case).items():
        lines["meter", meter, row, "used"] = used
        lines["meter", meter, row, "available"] = available
    allocations = allocations_of(built)
    for (sheet, row), form in allocations.levels.items():
        lines["amount", sheet, row] = form
    for (sheet, row), form in allocations.money.items():
        lines["money", sheet, row] = form
    return lines


def _outcome(built: Built, outcome: Outcome) -> dict[Line, Form]:
    """An outcome's value as a sum, or the parts that it is made of: reached and in need."""
    outcomes = built.outcomes
    if outcome.kind == "sum":
        return {("outcome", outcome.id): outcomes.discounted(outcome.terms, outcome.discount)}
    lines: dict[Line, Form] = {("total", outcome.id): Form(constant=outcome.total)}
    for part in outcome.parts:
        lines["reached", outcome.id, part.label] = outcomes.discounted(part.terms, outcome.discount)
        lines["need", outcome.id, part.label] = Form(constant=part.need)
    return lines


def kinds_of(built: Built) -> dict[str, str]:
    """How each outcome is put together from its expressions: sum, worst_off or gini."""
    return {o.id: o.kind for o in built.frame.network.outcomes}


def outcome_value(kind: str, total: float, ratios: list[float]) -> float:
    """Value of an outcome that compares parts: the worst-off ratio, or the Gini coefficient of all."""
    if not ratios:
        return 0.0
    if kind == "worst_off":
        return min(ratios)
    gaps = math.fsum(abs(a - b) for i, a in enumerate(ratios) for b in ratios[i + 1 :])
    return gaps / (len(ratios) * total) if total else 0.0


def labels_of(built: Built, case: Case) -> dict[Line, Label]:
    """What people call each outcome, and each row of the workbook that gets something."""
    rows = {row.outcome: row for row in case.of(Outcomes)}
    labels: dict[Line, Label] = {}
    for outcome in built.frame.network.outcomes:
        row = rows.get(outcome.id)
        said = row.label if row is not None and row.label else outcome.id
        labels["outcome", outcome.id] = Label(said, outcome.unit, "Outcomes")
    allocations = allocations_of(built)
    for sheet, row_name in allocations.levels:
        unit = allocations.units.get((sheet, row_name), "")
        labels["amount", sheet, row_name] = Label(name_of(row_name), unit, sheet)
    for sheet, row_name in allocations.money:
        labels["money", sheet, row_name] = Label(f"money for {name_of(row_name)}", "USD million", sheet)
    return labels
