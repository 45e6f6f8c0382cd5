"""Periods: any row of contiguous stretches of days, each inside one phase.

Data come as rates per day or year and lags in days; the model integrates them over whatever grid is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from models.network import Switch

SHORTEST = 10.0
"""A stretch shorter than this many days is joined to its neighbour when edges are laid (fixed edges excepted)."""


CRISIS_PACE, STEADY_PACE = 10.0, 70.0
"""Least days between two dates of decision in a short phase and in a long one."""


@dataclass(frozen=True)
class Phase:
    """A planning phase: days [start, end) from the origin."""

    name: str
    label: str
    start: float
    end: float


@dataclass(frozen=True)
class Grid:
    """Contiguous periods over contiguous phases.

    `origin` is the calendar date of day 0, `edges` the n + 1 period edges in days, `phases` the phases in order.
    """

    name: str
    origin: date
    edges: tuple[float, ...]
    phases: tuple[Phase, ...]

    def __post_init__(self) -> None:
        """Refuse edges that do not rise or that miss a phase border."""
        if len(self.edges) < 2 or any(b <= a for a, b in pairwise(self.edges)):
            message = f"period edges must rise: {self.edges}"
            raise ValueError(message)
        missing = {p.start for p in self.phases} | {p.end for p in self.phases}
        if not missing <= set(self.edges):
            message = f"every phase border must be a period edge; missing {sorted(missing - set(self.edges))}"
            raise ValueError(message)

    def __len__(self) -> int:
        """Return the number of periods."""
        return len(self.edges) - 1

    @property
    def periods(self) -> range:
        """Return the period numbers, from 0."""
        return range(len(self))

    @property
    def horizon(self) -> float:
        """Return the last day."""
        return self.edges[-1]

    def start(self, t: int) -> float:
        """First day of period t."""
        return self.edges[t]

    def end(self, t: int) -> float:
        """Day after the last of period t."""
        return self.edges[t + 1]

    def days(self, t: int) -> float:
        """Length of period t."""
        return self.edges[t + 1] - self.edges[t]

    def span(self, t: int) -> tuple[float, float]:
        """Period t as [start, end)."""
        return self.edges[t], self.edges[t + 1]

    @cached_property
    def phase_of(self) -> tuple[int, ...]:
        """Number of the phase that holds each period."""
        return tuple(
            next(i for i, p in enumerate(self.phases) if p.start <= self.start(t) < p.end) for t in self.periods
        )

    @cached_property
    def decision_periods(self) -> tuple[int, ...]:
        """Periods as which begin binary decisions may be taken: on a fine grid not every one.

        Every phase start, then no sooner than `CRISIS_PACE` days after the last date in a phase of up to 120 days, and
        `STEADY_PACE` days in a longer one, so that a monthly plan decides by quarters. The default grid keeps all its
        dates.
        """
        chosen = [0]
        for t in self.periods[1:]:
            phase = self.phases[self.phase_of[t]]
            pace = CRISIS_PACE if phase.end - phase.start <= 120.0 else STEADY_PACE
            if self.start(t) == phase.start or self.start(t) - self.start(chosen[-1]) >= pace:
                chosen.append(t)
        return tuple(chosen)

    def dates_of(self, switch: Switch) -> list[int]:
        """Periods as which begin a switch may be taken: those that its windows allow."""
        firsts = {p.start for p in self.phases}
        return [
            u
            for u in self.decision_periods
            if (switch.dates == "period" or self.start(u) in firsts)
            and any(begin <= self.start(u) <= end for begin, end in switch.windows)
        ]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Short names: the phase's name alone where it is one period, else with a running number."""
        counts: dict[int, int] = {}
        names = []
        for t in self.periods:
            p = self.phase_of[t]
            counts[p] = counts.get(p, 0) + 1
            single = self.phase_of.count(p) == 1
            names.append(self.phases[p].name if single else f"{self.phases[p].name}.{counts[p]:02d}")
        return tuple(names)

    def day(self, when: date) -> float:
        """Days from the origin to a date."""
        return float((when - self.origin).days)

    def date(self, day: float) -> date:
        """Calendar date of a day."""
        return self.origin + timedelta(days=round(day))


def fiscal_days(origin: date, horizon: float, month: int, day: int) -> tuple[float, ...]:
    """Days in (0, horizon) on which a fiscal year that begins on `day`.`month` starts anew."""
    last = origin + timedelta(days=round(horizon))
    starts = (date(year, month, day) for year in range(origin.year, last.year + 1))
    return tuple(float((s - origin).days) for s in starts if 0 < (s - origin).days < horizon)


class FiscalYear(NamedTuple):
    """The part of a fiscal year that lies in the plan, days [start, end); named by the year in which it ends."""

    name: str
    start: float
    end: float


def fiscal_years(origin: date, horizon: float, month: int, day: int) -> tuple[FiscalYear, ...]:
    """Fiscal years that begin on `day`.`month`, as far as they lie in the plan: FY2021 is the one that ends in 2021."""
    found = []
    for begin, end in pairwise([0.0, *fiscal_days(origin, horizon, month, day), horizon]):
        first = origin + timedelta(days=round(begin))
        after = next(d for d in (date(first.year + k, month, day) for k in (0, 1)) if d > first)
        found.append(FiscalYear(f"FY{(after - timedelta(days=1)).year}", begin, end))
    return tuple(found)


def _merge(fixed: Iterable[float], wanted: Iterable[float]) -> tuple[float, ...]:
    """Lay wanted edges between fixed ones, leaving out those that would make a sliver."""
    edges = sorted(set(fixed))
    for edge in sorted(set(wanted)):
        if all(abs(edge - kept) >= SHORTEST for kept in edges):
            edges.append(edge)
    return tuple(sorted(edges))


def phase_grid(origin: date, phases: Sequence[Phase]) -> Grid:
    """One period a phase."""
    return Grid("phases", origin, (*(p.start for p in phases), phases[-1].end), tuple(phases))


def default_grid(origin: date, phases: Sequence[Phase], fiscal: Sequence[float] = ()) -> Grid:
    """Months in a short phase, quarters in a phase up to fourteen months, half-years in a longer one.

    Fiscal-year edges are always period edges; stretches between fixed edges are cut evenly.
    """
    edges: list[float] = [phases[0].start]
    for phase in phases:
        length = phase.end - phase.start
        target = 34.0 if length <= 120.0 else 90.0 if length <= 430.0 else 190.0
        inside = [f for f in fiscal if phase.start + SHORTEST <= f <= phase.end - SHORTEST]
        for begin, end in pairwise([phase.start, *inside, phase.end]):
            pieces = max(1, round((end - begin) / target))
            edges += [begin + round((end - begin) * k / pieces) for k in range(1, pieces)] + [end]
    return Grid("default", origin, tuple(edges), tuple(phases))


def month_grid(origin: date, phases: Sequence[Phase], fiscal: Sequence[float] = ()) -> Grid:
    """Calendar months, cut at phase borders and fiscal-year edges; slivers join their neighbour."""
    fixed = [p.start for p in phases] + [phases[-1].end]
    fixed += [f for f in fiscal if all(abs(f - e) >= SHORTEST for e in fixed)]
    horizon = phases[-1].end
    months = [d for m in range(1, 13) for d in fiscal_days(origin, horizon, m, 1)]
    return Grid("months", origin, _merge(fixed, months), tuple(phases))


def even_grid(origin: date, phases: Sequence[Phase], days: float) -> Grid:
    """Periods of `days` days inside each phase; the last of a phase may be shorter."""
    edges = [phases[0].start]
    for phase in phases:
        edge = phase.start + days
        while edge < phase.end - 1e-9:
            edges.append(edge)
            edge += days
        edges.append(phase.end)
    return Grid(f"every {days:g} days", origin, tuple(edges), tuple(phases))
