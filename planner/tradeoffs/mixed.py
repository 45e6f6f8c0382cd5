r"""Sub-problems with integer and continuous decisions: as few integer searches as the proof asks for.

Of a point :math:`\max g_k : g_i \ge \varepsilon_i` three things are asked, cheapest first: what do the integer
decisions of known points give here (a linear programme each, warm from their own last basis)? Do the cuts of earlier
searches prove that good enough? Does one weighted search, whose cut then serves all other points too? Only then an
integer search with the floors themselves is run, from the best plan known. With a gap below :data:`EXACT_GAP` it is run
always, and twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from models.matrix import Floats
from planner.ordering import place
from planner.plan import Status
from planner.solver.answers import PRICE
from planner.solver.session import CLOSED
from planner.tradeoffs.hull import SupportingCut, ceiling, known

if TYPE_CHECKING:
    from planner.tradeoffs.engine import Engine, SubproblemAnswer

BONUS = 1e-4
"""Share of the other objectives in the augmented objective."""

EXACT_GAP = 1e-4
"""Below this gap a point is made by two runs (lexicographic), above it by one augmented run at most."""

SHARPER = 0.5
"""Share of the gap allowed that a weighted search may leave open: the rest is for the bend of the front."""

SLIGHT = 1e-6
"""Distance, over the range, at which exchange rates beside a point are asked for."""


@dataclass(frozen=True)
class Known:
    """What a search knows that helps: cuts, and the most that known points give on the lines between them."""

    cuts: tuple[SupportingCut, ...] = ()
    chord: float = -np.inf


@dataclass
class _Trial:
    """Whole decisions, and the best of objective k with them; `price`: points of k for one less of the floor."""

    integer: Floats
    value: float
    price: float


@dataclass
class MixedPoint:
    """One sub-problem: objective k above floors."""

    engine: Engine
    k: int
    floors: Floats
    info: Known
    trials: list[_Trial] = field(default_factory=list)
    cuts: list[SupportingCut] = field(default_factory=list)
    beside: list[tuple[Floats, Floats]] = field(default_factory=list)

    def solve(self, starts: list[Floats]) -> SubproblemAnswer:
        """Answer it. The rates and the bound belong to the plan returned, the new cuts to all."""
        for start in starts:
            self._try(start)
            if self._may_be_known() and self._proven(self.info.cuts):
                break
        found = self._from_what_is_known() if self._may_be_known() else None
        found = found or self._search()
        return replace(found, cuts=tuple(self.cuts), beside=tuple(self.beside))

    # what is known

    @property
    def _best(self) -> _Trial:
        return max(self.trials, key=lambda t: place(t.value))

    def _may_be_known(self) -> bool:
        """Whether cuts can prove a point: two objectives, a gap that leaves room, and a plan to prove."""
        engine = self.engine
        return bool(self.trials) and engine.problem.size == 2 and engine.options.gap >= EXACT_GAP

    def _try(self, integer: Floats) -> None:
        """See what integer decisions give here."""
        engine = self.engine
        answer = engine.settle(self.k, self.floors, integer)
        if answer.values is None or answer.status is not Status.OPTIMAL:
            return
        value = float(engine.problem.coefficients[self.k] @ answer.values)
        price = abs(engine.floor_price(1 - self.k)) if engine.problem.size == 2 else 0.0
        self.trials.append(_Trial(integer, value, price))

    def _from_what_is_known(self) -> SubproblemAnswer | None:
        """The best trial, if cuts prove it; one more cut may be made for that."""
        allowed = self.engine.allowed(self.k, self._best.value)
        if not self._proven(self.info.cuts) and self.info.chord - self._best.value <= allowed:
            self._cut(allowed)
        cuts = (*self.info.cuts, *self.cuts)
        if not self._proven(cuts):
            return None
        return self._finish(self._best.integer, Status.OPTIMAL, ceiling(self.k, self.floors, cuts))

    def _proven(self, cuts: Iterable[SupportingCut]) -> bool:
        """Whether the cuts prove the best trial within the gap."""
        value = self._best.value
        return ceiling(self.k, self.floors, cuts) - value <= self.engine.allowed(self.k, value)

    def _cut(self, allowed: float) -> None:
        """Search for the best weighted sum, weighted by the price of the floor at the best trial."""
        engine, best = self.engine, self._best
        weights = np.ones(2)
        weights[1 - self.k] = best.price
        if best.price <= PRICE or known(weights, self.info.cuts) or engine.time_left() <= 0.0:
            return
        session = engine.prepare_integer(np.full(2, -np.inf), [best.integer])
        # the weighted sum may lie near nought
        session.set_gaps(relative=0.0, absolute=max(SHARPER * allowed, CLOSED))
        session.set_cost(weights @ engine.problem.coefficients)
        answer = engine.run(session)
        session.set_gaps(relative=engine.options.gap, absolute=CLOSED)
        if answer.bound is not None and np.isfinite(answer.bound):
            self.cuts.append(SupportingCut(weights, float(answer.bound)))
        if answer.values is not None:
            self.beside.append((answer.values, engine.problem.values(answer.values)))
            self._try(answer.values)

    # search

    def _search(self) -> SubproblemAnswer:
        """Settle the integer decisions by one augmented run, or two; then the rest exactly."""
        engine, k, c = self.engine, self.k, self.engine.problem.coefficients
        starts = [engine.columns_of(k, self.floors, self._best.integer)] if self.trials else []
        session = engine.prepare_integer(self.floors, starts)
        twice = engine.options.gap < EXACT_GAP
        weights = np.where(np.arange(engine.problem.size) == k, 1.0, 0.0 if twice else BONUS) / engine.ranges
        session.set_cost(weights @ c)
        answer = engine.run(session)
        if answer.bound is not None and np.isfinite(answer.bound) and not np.isfinite(self.floors).any():
            self.cuts.append(SupportingCut(weights, float(answer.bound)))
        if answer.values is None or answer.objective is None:
            bound = np.inf if answer.bound is None else answer.bound * engine.ranges[k]
            return replace(engine.as_found(answer, None), bound=bound)
        open_by = 0.0 if answer.bound is None else max(0.0, answer.bound - answer.objective) * engine.ranges[k]
        reached = float(engine.problem.values(answer.values)[k])
        chosen = answer.values
        if twice and answer.status is Status.OPTIMAL and engine.time_left() > 0.0:
            kept = self.floors.copy()
            kept[k] = reached - 1e-7 * engine.ranges[k]
            session = engine.prepare_integer(kept, [answer.values])
            session.set_cost(engine.others(k))
            after = engine.run(session)
            chosen = chosen if after.values is None else after.values
        found = self._finish(chosen, answer.status, reached + open_by)
        if found.point is None:
            found = engine.as_found(answer, None)
        return replace(found, stopped=answer.stopped)

    # the point itself

    def _finish(self, integer: Floats, status: Status, top: float) -> SubproblemAnswer:
        """Point with these integer decisions that no other with them dominates, its rates, and what is proven of it."""
        engine, k = self.engine, self.k
        found = engine.polished(k, self.floors, integer) if engine.problem.size > 2 else self._polished(integer)
        if found.point is None:
            return found
        bound = max(top, float(found.point[k]))
        return replace(found, status=status, bound=bound, gap=engine.gap(k, float(found.point[k]), bound))

    def _polished(self, integer: Floats) -> SubproblemAnswer:
        """With two objectives: a floor with a price is tight in every optimum, so a second run is spared."""
        engine, k = self.engine, self.k
        answer = engine.settle(k, self.floors, integer)
        if answer.values is None or answer.status is not Status.OPTIMAL:
            return engine.as_found(answer, None)
        if abs(engine.floor_price(1 - k)) <= PRICE:
            engine.linear.keep_optimal()
            engine.linear.set_cost(engine.others(k))
            last = engine.run(engine.linear)
            answer = last if last.values is not None else answer
        found = engine.as_found(answer, integer)
        assert found.point is not None
        rates = self._rates(integer, found.point)
        if rates is None:
            assert found.columns is not None
            rates = engine.rates(found.columns, found.point)
        return replace(found, rates=rates)

    def _rates(self, integer: Floats, point: Floats) -> Floats | None:
        """Slopes on both sides of a point, from the sub-problem itself with its floor moved slightly.

        As :meth:`Engine.rates`; where objective 1 was sought, the slopes are the inverse ones. None where that fails.
        """
        engine, k, other = self.engine, self.k, 1 - self.k
        prices: list[float | None] = []
        for sign in (1.0, -1.0):
            floors = np.full(2, -np.inf)
            floors[other] = point[other] + sign * SLIGHT * max(float(engine.ranges[other]), 1e-9)
            answer = engine.settle(k, floors, integer)
            prices.append(abs(engine.floor_price(other)) if answer.status is Status.OPTIMAL else None)
        raised, lowered = prices
        if lowered is None:
            return None
        result = np.full((2, 2), np.nan)
        if k == 0:
            result[0, 1], result[1, 1] = np.nan if raised is None else -raised, lowered
        elif raised is not None and raised <= PRICE:
            return None
        else:
            result[0, 1] = np.nan if lowered <= PRICE else -1.0 / lowered
            result[1, 1] = 0.0 if raised is None else 1.0 / raised
        return result
