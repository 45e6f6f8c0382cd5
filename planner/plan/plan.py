"""A plan: tables in natural units plus the record of how it was found. No plan exists without a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class Status(StrEnum):
    """How a solve ended. Only OPTIMAL means proven within the stated gap."""

    OPTIMAL = "optimal within gap"
    FEASIBLE = "feasible, gap open"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    NO_PLAN = "no plan found in time"
    DISPUTED = "disputed: runs of the solver disagree"


WITH_PLAN = (Status.OPTIMAL, Status.FEASIBLE)
"""Ends with a plan; a dispute may or may not have one."""

TABLES: Mapping[str, tuple[str, ...]] = {
    # period: number from 0; name as 'P1' or 'P2.03'; from/until: first and last calendar day
    "periods": ("period", "name", "phase", "from", "until", "start_day", "end_day", "days"),
    # one row an activity and period with a level other than zero; effective: after the curve
    "activities": (
        "activity",
        "kind",
        "sheet",
        "row",
        "cell",
        "unit",
        "lane",
        "place",
        "country",
        "origin",
        "group",
        "actor",
        "purpose",
        "pipeline",
        "class",
        "cadre",
        "station",
        "pool",
        "period",
        "level",
        "effective",
        "running",
        "started",
    ),
    # every switch; period/date empty if never taken; share in force by period stands in in_force
    "switches": (
        "switch",
        "kind",
        "sheet",
        "row",
        "cell",
        "lane",
        "place",
        "country",
        "taken",
        "period",
        "date",
        "in_force_from",
    ),
    "in_force": ("switch", "period", "days"),
    # every bill and period with a cost; who paid it stands in payments
    "bills": (
        "bill",
        "kind",
        "sheet",
        "row",
        "cell",
        "lane",
        "place",
        "country",
        "origin",
        "group",
        "actor",
        "purpose",
        "period",
        "cost",
    ),
    "payments": ("account", "bill", "period", "amount"),
    # what is moved between accounts in each part of a period that a fiscal year cuts; even where it is not cut
    "moved": ("activity", "period", "start_day", "amount"),
    # every stock and step (a step is a period, cut where books close); made/used by activities, gained/lost by nature
    "stocks": (
        "stock",
        "kind",
        "sheet",
        "row",
        "cell",
        "unit",
        "place",
        "country",
        "origin",
        "group",
        "state",
        "pipeline",
        "step",
        "period",
        "start_day",
        "end_day",
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
    ),
    # every capacity and period, in unit-days; ceiling: share that can be used; standing: level at the period's end
    "capacities": (
        "capacity",
        "kind",
        "sheet",
        "row",
        "cell",
        "unit",
        "cadre",
        "place",
        "country",
        "period",
        "available",
        "ceiling",
        "occupied",
        "standing",
    ),
    # every stock with a time limit and period: cumulative entries and exits, people over the limit at its end
    "limits": ("stock", "sheet", "row", "cell", "limit_days", "hard", "period", "entered", "left", "over"),
    # every rule row; left: measured less what of base is the limit; slack >= 0 where it holds; violation of soft rules
    "rules": (
        "rule",
        "sheet",
        "row",
        "cell",
        "scope",
        "sense",
        "measured",
        "base",
        "left",
        "right",
        "slack",
        "violation",
        "hard",
        "category",
        "authority",
        "binding",
    ),
    "outcomes": ("outcome", "sheet", "row", "cell", "unit", "value", "weight", "points", "priority"),
    # what each outcome is made of: value of each term's subject by period (or at the end)
    "outcome_terms": ("outcome", "measure", "subject", "place", "country", "origin", "group", "period", "value"),
    # what goes on without the plan, as decisions from which all the rest follows; nothing where no level goes on
    "continuation": ("item", "subject", "account", "period", "start_day", "amount"),
}
"""Columns of every table. Money in USD, people in persons, staff in full-time equivalents; floats everywhere."""

LATER_TABLES = frozenset({"continuation", "moved"})
"""Tables that plans written before they were there do not have."""


EXTENDED, POINTS_ADDED = "extended in Pyomo", "points added in Pyomo"
"""What the health of a record says of a model that an analyst extended: what was done, and points that it brings."""


@dataclass(frozen=True)
class Record:
    """How a plan was found: enough to find it again; `health` is :class:`planner.solver.health.Health` by name."""

    input_sha256: str
    case_name: str
    grid: str
    scenario: str
    changes: tuple[str, ...]
    options: Mapping[str, Any]
    versions: Mapping[str, str]
    rows: int
    columns: int
    nonzeros: int
    binaries: int
    coefficient_range: tuple[float, float]
    seconds: Mapping[str, float]
    solved_at: str = ""
    health: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A solved case. `tables` follow :data:`TABLES`; without a plan (infeasible, none found) they are empty.

    `gap` is relative. `unproven` lists in words what was not proven. `continuation`, `doing_nothing` and `previous`
    hold outcome values of the comparisons ({outcome: value}) where they were computed. `verified` is None until
    checked.

    Example:
        >>> plan.found, plan.compared_with.keys() == plan.continuation.keys()
        (True, True)
        >>> round(plan.outcome("legal admissions"))
        7809
        >>> list(plan.tables["periods"].columns[:3])
        ['period', 'name', 'phase']
        >>> plan.timed(verify=0.5).record.seconds["verify"]
        0.5
    """

    status: Status
    record: Record
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    continuation: Mapping[str, float] = field(default_factory=dict)
    doing_nothing: Mapping[str, float] = field(default_factory=dict)
    previous: Mapping[str, float] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    verified: bool | None = None

    @property
    def found(self) -> bool:
        """Whether there is a plan at all."""
        return self.status in WITH_PLAN or (self.status is Status.DISPUTED and bool(self.tables))

    @property
    def compared_with(self) -> Mapping[str, float]:
        """Outcomes that differences are taken against: the continuation, or doing nothing where nothing goes on."""
        return self.continuation or self.doing_nothing

    def timed(self, **seconds: float) -> Plan:
        """The plan with further times in its record.

        Args:
            seconds: Seconds by stage.

        Returns:
            The same plan with them.
        """
        return replace(self, record=replace(self.record, seconds={**self.record.seconds, **seconds}))

    def outcome(self, name: str) -> float:
        """Value of an outcome.

        Args:
            name: Its name on sheet Outcomes.

        Returns:
            The value in the outcome's unit.

        Raises:
            KeyError: There is no plan, or no such outcome.
        """
        table = self.tables["outcomes"]
        found = table.loc[table["outcome"] == name, "value"]
        if found.empty:
            raise KeyError(name)
        return float(found.iloc[0])
