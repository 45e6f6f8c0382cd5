"""The figures of a plan that are worth guarding, in planners' units, and the input cells that they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pandas as pd

from planner.case import Case
from planner.explain.compare import shown
from planner.plan import Plan
from planner.results.json import to_json
from planner.sheets import SHEETS, columns

Inputs: TypeAlias = dict[str, dict[str, dict[str, str]]]
"""Sheet, key of the row, column: what stands in the cell, as text; blank cells are absent."""

DIGITS = 12
"""Significant digits that are kept: more than any tolerance asks for, fewer than rounding changes."""

UNITS: Mapping[str, str] = {
    "objective": "points",
    "money": "USD million",
    "visas": "people",
    "slots": "people",
    "officers": "FTE",
    "switches": "",
    "rules": "",
    "size": "",
}
"""Unit of a group of figures, or of a part of the division; outcomes carry their own."""

UNGUARDED = frozenset({"source", "grade", "note"})
"""Columns that no figure depends on."""

APART = frozenset({"Evidence", "Recommendations", "Ways"})
"""Sheets that no figure depends on: where numbers come from, what was recommended, which ways a person has."""


@dataclass(frozen=True)
class OutcomeFigure:
    """Value of one outcome in its unit; `weight` turns a unit into points."""

    value: float
    unit: str = ""
    weight: float = 0.0


@dataclass(frozen=True)
class Figures:
    """What a plan comes to.

    `open_points` is what the search left open: no plan scores more than the objective plus this. `money` is USD million
    by account and phase, `totals` are people or officers by part and phase, `countries` is the division by part,
    country and phase. `switches` holds the decisions taken with their date, `rules` the binding rules with their limit,
    `size` the model's rows, columns, nonzeros and whole-number decisions.
    """

    status: str
    objective: float | None = None
    open_points: float = 0.0
    outcomes: Mapping[str, OutcomeFigure] = field(default_factory=dict)
    money: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    totals: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    countries: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, float | None] = field(default_factory=dict)
    size: Mapping[str, int] = field(default_factory=dict)


def figures_of(case: Case, plan: Plan) -> Figures:
    """Gather the figures of a plan; without a plan only its status and the model's size."""
    record = plan.record
    size = {name: int(getattr(record, name)) for name in ("rows", "columns", "nonzeros", "binaries")}
    if not plan.found:
        return Figures(str(plan.status), size=size)
    told = to_json(case, plan)
    table = plan.tables["outcomes"]
    return Figures(
        status=str(plan.status),
        objective=rounded(plan.objective),
        open_points=rounded(open_points(plan)),
        outcomes={
            str(name): OutcomeFigure(rounded(value), str(unit), float(weight))
            for name, value, unit, weight in zip(
                *(table[c] for c in ("outcome", "value", "unit", "weight")), strict=True
            )
        },
        money=_rounded(told["totals"]["money"]),
        totals={
            "money": {"plan": rounded(told["totals"]["money_total"])},
            **{part: _figures(told["totals"][part]) for part in ("visas", "slots", "officers") if told["totals"][part]},
        },
        countries={
            part: {country: _figures(row, leave_out=("share",)) for country, row in rows.items()}
            for part, rows in told["by_country"].items()
        },
        switches={row["switch"]: row["date"] or "from the start" for row in told["switches"]},
        rules=_rules(plan),
        size=size,
    )


def open_points(plan: Plan) -> float:
    """Points by which a better plan may exist.

    Where outcomes have several priorities, each level was proven within the gap in turn and the sum has no bound of its
    own: the gap is then taken of the whole.
    """
    if plan.objective is None:
        return 0.0
    priorities = plan.tables["outcomes"]["priority"].nunique() if len(plan.tables["outcomes"]) else 1
    if priorities > 1 and plan.record.binaries:
        return float(plan.record.options.get("gap", 0.0)) * abs(plan.objective)
    return max(0.0, plan.bound - plan.objective) if plan.bound is not None else 0.0


def rounded(value: Any) -> float:
    """A figure with :data:`DIGITS` significant digits; rounding noise around nothing is nothing."""
    number = float(value or 0.0)
    return 0.0 if abs(number) < 1e-9 else float(f"{number:.{DIGITS}g}")


def _figures(row: Mapping[str, Any], leave_out: tuple[str, ...] = ()) -> dict[str, float]:
    """The figures of one row."""
    return {str(name): rounded(value) for name, value in row.items() if name not in leave_out and value is not None}


def _rounded(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Rows of figures."""
    return {str(name): _figures(row) for name, row in rows.items()}


def _rules(plan: Plan) -> dict[str, float | None]:
    """Binding rules by name and scope with their limit."""
    found = plan.tables["rules"]
    found = found[found["binding"].astype(bool)]
    return {
        f"{rule} [{scope}]" if scope and scope != rule else str(rule): None if pd.isna(limit) else rounded(limit)
        for rule, scope, limit in zip(found["rule"], found["scope"], found["right"], strict=True)
    }


def inputs_of(case: Case) -> Inputs:
    """Every typed cell that a figure may depend on, as text, by sheet, row and column."""
    found: Inputs = {}
    for sheet in SHEETS:
        if sheet.SHEET in APART:
            continue
        rows: dict[str, dict[str, str]] = {}
        for row in case.of(sheet):
            cells = {
                column.name: shown(getattr(row, column.field))
                for column in columns(sheet)
                if column.field not in UNGUARDED and column.field not in row.defaulted
            }
            rows[row.id] = cells
        if rows:
            found[sheet.SHEET] = rows
    return found
