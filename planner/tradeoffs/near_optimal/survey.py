"""The least and the most of every choice over the plans of equal merit: what is proven, and what was seen.

Cheapest first: linear programmes bound every choice, and settle many; plans for random weights show that others are
free; what neither decides is forced the other way, and the best plan then tells; last the ends of the ranges are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt

from models.matrix import Floats
from planner.ordering import place
from planner.plan import Status
from planner.solver.answers import Answer
from planner.tradeoffs.near_optimal.near_optimal_set import TINY, Decision, NearOptimalSet
from planner.wording.figures import figure
from planner.wording.units import quantity

FAR = 0.1
"""Gap at which a plan is far enough out."""

CLOSE = 0.01
"""Ends of a range are found to this share."""

EACH = 20.0
"""Seconds for deciding one row at most."""

ROUGH = 3.0
"""Seconds for a search that need not be finished: any plan far out will do."""


@dataclass
class RangeSurvey:
    """Bounds, and plans that show what is possible. Amounts of a plan: one row a plan, one column an item."""

    near_optimal: NearOptimalSet
    items: tuple[Decision, ...]
    plans: list[Floats] = field(default_factory=list)
    amounts: list[Floats] = field(default_factory=list)
    runs: int = 0
    forced: dict[int, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the best plan."""
        self.context = self.near_optimal.context
        self.costs = [item.cost(self.near_optimal.size) for item in self.items]
        count = len(self.items)
        self.least, self.most = np.zeros(count), np.full(count, np.inf)
        self.low, self.high = np.full(count, np.inf), np.zeros(count)
        assert self.near_optimal.best.values is not None
        self.add(self.near_optimal.best.values)

    # what is known

    def add(self, columns: Floats) -> None:
        """Take a plan of the set as a witness."""
        columns = columns[: self.near_optimal.size].copy()
        integer = self.near_optimal.model.matrix.integer
        columns[integer] = np.rint(columns[integer])
        amounts = np.array([max(0.0, float(c @ columns)) for c in self.costs])
        self.plans.append(columns)
        self.amounts.append(amounts)
        self.low, self.high = np.minimum(self.low, amounts), np.maximum(self.high, amounts)

    def tiny(self, n: int) -> float:
        """Amount below which an item is not done."""
        if self.items[n].binary:
            return 0.5
        top = self.most[n] if np.isfinite(self.most[n]) else self.high[n]
        return TINY * max(float(top), 1e-3)

    def verdict(self, n: int) -> Literal["must have", "free choice", "must avoid", "not settled"]:
        """What bounds prove and plans show."""
        tiny = self.tiny(n)
        if self.least[n] > tiny:
            return "must have"
        if self.most[n] <= tiny:
            return "must avoid"
        return "free choice" if self.low[n] <= tiny < self.high[n] else "not settled"

    def settled(self, n: int) -> bool:
        """Whether both ends of the range are proven."""
        return not self._open_end(n, 1.0) and not self._open_end(n, -1.0)

    # questions

    def run(self, plans: int) -> None:
        """Ask everything, as far as time allows."""
        self._relaxations()
        few = self.near_optimal.integer.small  # such searches go on to the end, so that each direction has but one plan
        for weights in self._directions(2 * plans if few else plans):
            if self.context.over():
                return
            self._seek(weights)
        everything = list(product(range(len(self.items)), (1.0, -1.0)))
        for n, sign in everything:
            if self.context.over():
                return
            if self._open_end(n, sign) and self.verdict(n) != "must avoid":
                self._stretch(n, sign)
        for n in range(len(self.items)):
            if self.context.over():
                return
            if self.verdict(n) == "not settled":
                self._decide(n)
        for n, sign in everything:
            if self.context.over():
                return
            if not self.items[n].binary and self._open_end(n, sign) and self.verdict(n) != "must avoid":
                self._end(n, sign)

    def _relaxations(self) -> None:
        """Bound every item by linear programmes."""
        for n, cost in enumerate(self.costs):
            if self.context.over():
                return
            if not self.items[n].terms:
                self.most[n] = 0.0
                continue
            self._told(f"{n + 1} of {len(self.items)} rows bounded")
            most = self.near_optimal.relaxed(cost)
            least = -self.near_optimal.relaxed(-cost) if self.low[n] > 0.0 else 0.0
            self.runs += 1 + (self.low[n] > 0.0)
            self._bound(n, least, most)

    def _bound(self, n: int, least: float, most: float) -> None:
        """Note what is proven, with room for rounding; a plan that was found cannot lie beyond it."""
        if self.items[n].binary:
            least, most = float(np.ceil(least - 1e-5)), float(np.floor(most + 1e-5))
        if np.isfinite(least):
            self.least[n] = min(max(self.least[n], least), self.low[n])
        if np.isfinite(most):
            self.most[n] = max(min(self.most[n], most), self.high[n])

    def _directions(self, count: int) -> Iterator[Floats]:
        """Random weights of the items that may differ, over their ranges; each is tried with both signs."""
        chance = np.random.default_rng(self.near_optimal.context.options.seed)
        for _ in range((count + 1) // 2):
            weights = chance.uniform(-1.0, 1.0, len(self.items))
            for sign in (1.0, -1.0):
                yield sign * weights

    def mixed(self, weights: Floats) -> Floats:
        """Weighted sum of items, each over what it can be at most, as coefficients of the columns."""
        tops = [self.most[n] if np.isfinite(self.most[n]) else max(1.0, self.high[n]) for n in range(len(self.items))]
        free = [n for n in range(len(self.items)) if self.most[n] > self.tiny(n) and self.most[n] > self.least[n]]
        return np.asarray(
            sum((weights[n] / tops[n] * self.costs[n] for n in free), start=np.zeros(self.near_optimal.size)),
            dtype=float,
        )

    def _seek(self, weights: Floats) -> None:
        """Find the plan of the set that is best for weights of the items."""
        cost = self.mixed(weights)
        answer = self.near_optimal.most(cost, self._start(cost), min(ROUGH, self.context.left), FAR)
        self.runs += 1
        if answer.values is not None:
            self.add(answer.values)
        self._told(f"{len(self.plans)} plans of equal merit found")

    def seek(self, weights: Floats) -> None:
        """Find a plan in a direction, for those who choose plans."""
        if not self.context.over():
            self._seek(weights)

    def _decide(self, n: int) -> None:
        """Force a row the other way: the best plan then either belongs to the set, or proves that none does."""
        near_optimal, used = self.near_optimal, self.low[n] > self.tiny(n)
        low, high = (-np.inf, 0.0) if used else (self.least_amount(n), np.inf)
        answer = near_optimal.best_with(self.items[n], low, high, min(EACH, self.context.left))
        self.runs += 1
        self.forced[n] = answer
        if answer.values is not None and near_optimal.belongs(answer.values[: near_optimal.size]):
            self.add(answer.values)
        elif answer.status is Status.INFEASIBLE or (answer.bound is not None and answer.bound < near_optimal.floors[0]):
            if used and self.items[n].binary:
                self.least[n] = 1.0
            elif used:
                self.least[n] = max(self.least[n], min(2.0 * self.tiny(n), self.low[n]))
            else:
                self.most[n] = max(self.high[n], 0.0 if self.items[n].binary else self.tiny(n))
        self._told(f"{self.items[n].row}: {self.undecided} rows not settled yet")

    def least_amount(self, n: int) -> float:
        """The least of a row that counts as having it."""
        return 1.0 if self.items[n].binary else 2.0 * self.tiny(n)

    def _open_end(self, n: int, sign: float) -> bool:
        """Whether an end of a range is not proven yet."""
        room = CLOSE * max(self.high[n], self.tiny(n)) + self.tiny(n)
        return bool((self.most[n] - self.high[n] if sign > 0.0 else self.low[n] - self.least[n]) > room)

    def _stretch(self, n: int, sign: float) -> None:
        """Go as far as the integer decisions of the best known plan allow, but for those of the row itself."""
        cost = sign * self.costs[n]
        values = self.near_optimal.stretched(cost, self._start(cost), self.items[n], on=sign > 0.0)
        self.runs += 1
        if values is not None:
            self.add(values)
            self._told(f"{self.items[n].row}: {self.undecided} rows not settled yet")

    @property
    def undecided(self) -> int:
        """Rows not settled yet."""
        return sum(self.verdict(k) == "not settled" for k in range(len(self.items)))

    def _end(self, n: int, sign: float) -> None:
        """Find the most (sign 1) or the least (sign -1) of an item, and note what is proven."""
        cost = sign * self.costs[n]
        answer = self.near_optimal.most(cost, self._start(cost), min(ROUGH, self.context.left), CLOSE)
        self.runs += 1
        if answer.values is not None:
            self.add(answer.values)
        if answer.bound is not None and np.isfinite(answer.bound) and answer.status is not Status.INFEASIBLE:
            self._bound(n, -answer.bound if sign < 0.0 else -np.inf, answer.bound if sign > 0.0 else np.inf)
        self._told(f"how much of {self.items[n].row}")

    def _start(self, cost: Floats) -> Floats:
        """Of the plans found the best one for a cost."""
        return max(self.plans, key=lambda columns: place(float(cost @ columns)))

    def _told(self, message: str) -> None:
        self.context.say(message, kept=True)

    # words

    def scaled(self) -> npt.NDArray[np.float64]:
        """Amounts of all plans over the range seen, for distances; items that never differ count nothing."""
        table = np.array(self.amounts)
        side = self.high - self.low
        varies = side > np.array([self.tiny(n) for n in range(len(self.items))])
        return np.asarray((table[:, varies] - self.low[varies]) / side[varies])

    def differences(self, columns: Floats, most: int = 6) -> tuple[str, ...]:
        """How a plan differs from the best one, the largest differences first."""
        here = np.array([max(0.0, float(c @ columns)) for c in self.costs])
        first, told = self.amounts[0], []
        for n, item in enumerate(self.items):
            side = max(self.high[n] - self.low[n], self.tiny(n))
            share = abs(here[n] - first[n]) / side
            if item.binary and share > 0.5:
                told.append((2.0, f"{'with' if here[n] > 0.5 else 'without'} {item.words}"))
            elif share > 0.05 and side > self.tiny(n):
                change = f"{figure(first[n], item.unit)} to {quantity(float(here[n]), item.unit)}"
                told.append((share, f"{item.words} from {change}"))
        told.sort(key=lambda pair: -place(pair[0]))
        return tuple(words for _, words in told[:most])
