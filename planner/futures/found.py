"""What was found about futures: hindsight, commitments and how they fare, and what the differences are worth."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from models.matrix import Floats
from planner.futures.outlook import Future, Outlook
from planner.futures.recourse import Committed, Followed
from planner.ordering import largest
from planner.plan import Status
from planner.run.stops import Stop

ROUNDING = 1e-6
"""Differences below this share of the mean are rounding."""
RowKind = Literal["own", "averaged", "hedged", "least regret"]
"""Whose commitments: one future's own plan, the averaged plan, the hedged plan, the plan with the least regret."""


@dataclass(frozen=True)
class Hindsight:
    """The best of one future, had it been known from the first day (wait and see)."""

    points: float
    bound: float
    values: Floats = field(repr=False)
    status: Status = Status.OPTIMAL


@dataclass(frozen=True)
class InfeasibleScenario:
    """A future in which no plan keeps all limits even if it is known from the first day, with what breaks."""

    future: Future
    broken: Followed


@dataclass(frozen=True)
class CommittedPlan:
    """Commitments and how they fare in every future. `committed` is by future: they differ only in what shows early."""

    name: str
    kind: RowKind
    committed: tuple[Committed, ...] = field(repr=False)
    followed: tuple[Followed, ...] = field(repr=False)

    @property
    def whole(self) -> bool:
        """Whether all is kept in every future."""
        return all(f.whole for f in self.followed)

    @property
    def points(self) -> tuple[float | None, ...]:
        """Points in every future, None where no plan was found."""
        return tuple(f.points for f in self.followed)

    def expected(self, outlook: Outlook) -> float | None:
        """Mean number of points, None where commitments fail in some future."""
        if not self.whole:
            return None
        return outlook.expected([p if p is not None else math.nan for p in self.points])


@dataclass(frozen=True)
class ValueDifference:
    """A difference of two values of which each is proven within a gap: what was found, and what it lies between.

    `rounding` is what solving by itself may leave between two values that are the same.
    """

    value: float
    low: float
    high: float
    rounding: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether there is a difference at all, beyond what was left unproven."""
        return self.low > max(self.rounding, 1e-9)


@dataclass(frozen=True)
class Hedge:
    """Everything that was found about the futures of a case."""

    outlook: Outlook
    hindsight: tuple[Hindsight, ...]
    rows: tuple[CommittedPlan, ...]
    bound: float | None
    infeasible: tuple[InfeasibleScenario, ...] = ()
    notes: tuple[str, ...] = ()
    stopped: Stop = Stop.NONE
    seconds: float = 0.0
    size: tuple[int, int] = (0, 0)

    def probability(self, future: Future) -> float:
        """Probability of a future as the workbook says it; means leave those without a plan out and scale the rest."""
        return future.probability * (1.0 - math.fsum(lost.future.probability for lost in self.infeasible))

    def row(self, kind: str, name: str = "") -> CommittedPlan | None:
        """The commitments of this kind, None if they were not found."""
        return next((r for r in self.rows if r.kind == kind and (not name or r.name == name)), None)

    @property
    def hedged(self) -> CommittedPlan | None:
        """The plan with the best mean."""
        return self.row("hedged")

    @property
    def expected(self) -> float | None:
        """Mean points of the hedged plan (the recourse problem's value, RP)."""
        return None if self.hedged is None else self.hedged.expected(self.outlook)

    @property
    def gap(self) -> float | None:
        """Share by which another set of commitments may be better on average."""
        if self.expected is None or self.bound is None:
            return None
        return max(0.0, self.bound - self.expected) / max(abs(self.expected), 1e-9)

    @property
    def wait_and_see(self) -> float:
        """Mean points if every future were known in advance (WS)."""
        return self.outlook.expected([h.points for h in self.hindsight])

    @property
    def wait_and_see_bound(self) -> float:
        """What that mean cannot pass."""
        return self.outlook.expected([h.bound for h in self.hindsight])

    @property
    def averaged(self) -> float | None:
        """Mean points of the averaged plan as futures come (EEV), None where it cannot be kept in all of them."""
        row = self.row("averaged")
        return None if row is None else row.expected(self.outlook)

    @property
    def hedging_worth(self) -> ValueDifference | None:
        """Value of the stochastic solution: the hedged plan less the averaged plan, as futures come (VSS)."""
        row = self.row("averaged")
        if self.expected is None or self.bound is None or row is None or self.averaged is None:
            return None
        most = self.outlook.expected([_most(f) for f in row.followed])
        low = max(0.0, self.expected - most)
        return ValueDifference(
            self.expected - self.averaged, low, self.bound - self.averaged, ROUNDING * abs(self.expected)
        )

    @property
    def knowing_worth(self) -> ValueDifference | None:
        """Expected value of perfect information: knowing the future in advance less the hedged plan (EVPI)."""
        if self.expected is None or self.bound is None:
            return None
        low = max(0.0, self.wait_and_see - self.bound)
        high = self.wait_and_see_bound - self.expected
        return ValueDifference(self.wait_and_see - self.expected, low, high, ROUNDING * abs(self.expected))

    def regret(self, row: CommittedPlan, s: int) -> float | None:
        """Points lost against hindsight in a future, never below nothing."""
        points = row.followed[s].points
        return None if points is None else max(0.0, self.hindsight[s].points - points)

    def regret_told(self, row: CommittedPlan, s: int) -> bool:
        """Whether a regret is more than what the search in that future left unproven."""
        followed, best = row.followed[s], self.hindsight[s].points
        return followed.points is not None and best - _most(followed) > ROUNDING * max(1.0, abs(best))

    def regret_share(self, row: CommittedPlan, s: int) -> float | None:
        """Regret as a share of the best of that future."""
        regret = self.regret(row, s)
        return None if regret is None else regret / max(abs(self.hindsight[s].points), 1e-9)

    def largest_regret(self, row: CommittedPlan) -> tuple[int, float] | None:
        """Future with the largest regret in points, and that regret; None unless all is kept in all futures."""
        if not row.whole:
            return None
        regrets = [self.regret(row, s) or 0.0 for s in range(len(self.hindsight))]
        worst = largest(regrets)
        return worst, regrets[worst]

    def at_most_worse(self, row: CommittedPlan) -> float | None:
        """Largest share by which hindsight may be better, in any future, with all that is not proven counted in."""
        if not row.whole:
            return None
        pairs = zip(self.hindsight, row.points, strict=True)
        return max(max(0.0, h.bound - (p or 0.0)) / max(abs(h.points), 1e-9) for h, p in pairs)


def _most(followed: Followed) -> float:
    """What commitments cannot pass in a future."""
    if followed.points is None:
        return math.nan
    return max(followed.points, followed.bound) if followed.bound is not None else followed.points
