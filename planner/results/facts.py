"""Sums over the tables of a plan, each found once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.case import Case
from planner.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

    from planner.reference.causes import Causes


@dataclass(frozen=True)
class Facts:
    """Sums over a plan's tables that statuses are read from, found once; `causes` where the plan could be opened."""

    case: Case
    plan: Plan
    causes: Causes | None = None

    def table(self, name: str) -> pd.DataFrame:
        """One of the plan's tables."""
        return self.plan.tables[name]

    @cached_property
    def levels(self) -> dict[str, float]:
        """Units of every activity over the plan."""
        return _sums(self.table("activities"), "activity", "level")

    @cached_property
    def money(self) -> dict[str, float]:
        """USD of every bill over the plan."""
        return _sums(self.table("bills"), "bill", "cost")

    @cached_property
    def paid(self) -> dict[str, float]:
        """USD that every account paid."""
        return _sums(self.table("payments"), "account", "amount")

    @cached_property
    def came(self) -> dict[str, float]:
        """What flowed into every stock from outside the plan's own work, and its opening."""
        stocks = self.table("stocks")
        amounts = stocks.assign(all=stocks["inflow"] + stocks["switched"])
        first = {str(k): float(v) for k, v in stocks.groupby("stock")["opening"].first().items()}
        return {str(k): float(v) + first[str(k)] for k, v in amounts.groupby("stock")["all"].sum().items()}

    @cached_property
    def used(self) -> dict[str, float]:
        """What activities took from every stock."""
        return _sums(self.table("stocks"), "stock", "used")

    @cached_property
    def closing(self) -> dict[str, float]:
        """Every stock on the last day."""
        return {str(k): float(v) for k, v in self.table("stocks").groupby("stock")["closing"].last().items()}

    @cached_property
    def switches(self) -> dict[str, Any]:
        """Every switch's row."""
        return {str(row.switch): row for row in self.table("switches").itertuples()}

    def taken(self, switch: str) -> bool:
        """Whether a switch is taken, or holds from the start."""
        row = self.switches.get(switch)
        return bool(row is not None and row.taken)


def _sums(table: pd.DataFrame, by: str, what: str) -> dict[str, float]:
    """Sum of a column by an id."""
    return {str(k): float(v) for k, v in table.groupby(by)[what].sum().items()}
