"""The tables of a plan with their kinds set right: what is a figure, a date, a yes or no, a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from planner.plan.plan import TABLES, Plan

FIGURES = frozenset(
    {
        "start_day",
        "end_day",
        "days",
        "level",
        "effective",
        "running",
        "started",
        "cost",
        "amount",
        "opening",
        "inflow",
        "made",
        "switched",
        "gained",
        "used",
        "paid",
        "lost",
        "lapsed",
        "closing",
        "undelivered",
        "available",
        "ceiling",
        "occupied",
        "standing",
        "limit_days",
        "entered",
        "left",
        "over",
        "measured",
        "base",
        "right",
        "slack",
        "violation",
        "value",
        "weight",
        "points",
    }
)
"""Columns of the plan's tables that hold figures."""


FLAGS = frozenset({"taken", "hard", "binding"})
"""Columns that hold yes or no."""


WHOLE = frozenset({"period", "step", "priority"})
"""Columns that hold whole numbers."""


DATES = frozenset({"from", "until", "date", "in_force_from"})
"""Columns that hold dates. All others hold text."""


class TidyTables(dict[str, pd.DataFrame]):
    """A plan's tables with their kinds set right once, and what the views made of them before."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Set every table right."""
        super().__init__({name: _tidy_table(name, tables.get(name)) for name in TABLES})
        self.memory: dict[tuple[Any, ...], tuple[Any, tuple[Any, ...]]] = {}


def _tidy_table(name: str, found: pd.DataFrame | None) -> pd.DataFrame:
    """One table: figures as floats, missing text as empty text; no rows where there is no plan."""
    if found is None:
        found = pd.DataFrame({column: pd.Series(dtype=object) for column in TABLES[name]})
    made: dict[str, Any] = {}
    for column in TABLES[name]:
        values = found[column]
        if column in FIGURES or column in WHOLE:
            made[column] = pd.to_numeric(values) if len(values) else values.astype(float)
        elif column in FLAGS:
            made[column] = values.astype(bool)
        elif column in DATES:
            made[column] = values
        else:
            made[column] = values.astype(object).where(values.notna(), "").astype(object)
    return pd.DataFrame(made, index=found.index)


def tidy(plan: Plan) -> Plan:
    """Return the same plan with tidy tables, for callers that draw many views of it."""
    return plan if isinstance(plan.tables, TidyTables) else replace(plan, tables=TidyTables(plan.tables))


def table(plan: Plan, name: str) -> pd.DataFrame:
    """One of the plan's tables: figures as floats, missing text as empty text; no rows where there is no plan."""
    if isinstance(plan.tables, TidyTables):
        return plan.tables[name].copy(deep=False)
    return _tidy_table(name, plan.tables.get(name))
