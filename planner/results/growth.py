"""The fastest pace that growth allows in each period of a plan, from the rows of the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

from models.profiles import growth_share
from planner.case import Case
from planner.sheets import Overrides, Pipelines, Programmes, Visas

YEAR = 365.0


class GrowthPeriod(Protocol):
    """A period as growth needs it: its phase, its days and its middle day."""

    @property
    def phase(self) -> str:
        """Name of the phase."""

    @property
    def days(self) -> float:
        """Length."""

    @property
    def middle(self) -> float:
        """Middle, days from the origin."""


def fastest_paces(
    case: Case, row: Visas | Pipelines | Programmes, rates: Sequence[float], spans: Sequence[GrowthPeriod]
) -> list[float]:
    """Fastest pace, in units a day, of a row with a growth factor in each period, given its `rates` a day in all.

    The starting pace alone where the row has no history: in the first period, after a phase in which decisions by hand
    rule it out, and where it did not run although running is a yes or no for it. See
    :meth:`models.activities.Activities.ramps`.
    """
    decided = row.decided if isinstance(row, Programmes) else "period"
    key = {"period": lambda t: t, "phase": lambda t: spans[t].phase, "horizon": lambda _: ""}[decided]
    runs = isinstance(row, Programmes) and bool(row.least_scale or row.start_cost or row.running_cost)
    fastest: list[float] = []
    before: tuple[float, float, bool] | None = None
    for _, group in groupby(range(len(spans)), key=key):
        periods = list(group)
        days = sum(spans[t].days for t in periods)
        middle = sum(spans[t].middle * spans[t].days for t in periods) / days
        base, floor = row.growth_base / YEAR, _floor(case, row, spans[periods[0]].phase) / YEAR
        if before is None:
            most = max(base, floor)
        elif runs and not before[2]:
            most = base
        else:
            growth, years = row.growth or 0.0, (middle - before[0]) / YEAR
            most = before[1] * growth**years + base * growth_share(growth, years)
        fastest += [most] * len(periods)
        rate = rates[periods[0]]
        before = None if _ruled_out(case, row, spans[periods[-1]].phase) else (middle, rate, rate > 0.0)
    return fastest


def _by_hand(case: Case, row: Visas | Pipelines | Programmes, phase: str) -> list[Overrides]:
    """Decisions by hand on a row that hold in a phase."""
    rows = case.of(Overrides)
    return [o for o in rows if (o.sheet, o.row) == (row.SHEET, row.id) and o.phase in ("", phase)]


def _ruled_out(case: Case, row: Visas | Pipelines | Programmes, phase: str) -> bool:
    """Whether a decision by hand leaves nothing to be done in a phase."""
    hands = _by_hand(case, row, phase)
    return any(o.action == "forbid" or (o.action in ("fix", "at most") and o.value == 0.0) for o in hands)


def _floor(case: Case, row: Visas | Pipelines | Programmes, phase: str) -> float:
    """What must be done at least in a phase, units a year."""
    hands = [o.value or 0.0 for o in _by_hand(case, row, phase) if o.action in ("fix", "at least")]
    return max([row.at_least or 0.0, *hands])
