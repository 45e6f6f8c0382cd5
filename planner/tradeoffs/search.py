"""What every way of seeking a front shares: points found, time, workers, progress, the wish to stop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np

from models.matrix import Floats
from planner.ordering import place
from planner.plan import Status
from planner.solver.runs import RunContext
from planner.tradeoffs.engine import SubproblemAnswer
from planner.tradeoffs.errors import EndlessError, TradeoffError
from planner.tradeoffs.hull import SupportingCut, chord
from planner.tradeoffs.mixed import Known
from planner.tradeoffs.problem import MultiObjectiveProblem
from planner.tradeoffs.worker import Pool, Subproblem
from planner.wording.figures import share

CLOSE = 1e-6
"""Two values of a continuous objective nearer than this share of its range count as equal."""

ROUNDED = 5e-6
"""The same in inner units: more than a row may be broken by a search for integer decisions (1e-6)."""


@dataclass(eq=False)
class Candidate:
    """A point found: inner values, the decision, what is proven, and how it came about."""

    point: Floats
    found: SubproblemAnswer
    objective: int
    kind: str


@dataclass
class Search:
    """State of one front. `top` bounds the objectives from above, `base` is the worst of the corners."""

    problem: MultiObjectiveProblem
    run: RunContext
    pool: Pool
    candidates: list[Candidate] = field(default_factory=list)
    runs: int = 0
    linear_runs: int = 0
    solver_seconds: float = 0.0
    breakpoints: list[Candidate] = field(default_factory=list)
    limited: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Nothing is known yet."""
        size = self.problem.size
        self.lowest, self.top = np.full(size, -np.inf), np.full(size, np.inf)
        self.base, self.step = np.full(size, -np.inf), np.where(self.problem.lattice, 1.0, 0.0)
        self.ranges = np.ones(size)
        self.payoff: list[Candidate] = []
        self.most = np.inf
        self.cuts: list[SupportingCut] = []
        self.beside: list[tuple[Floats, Floats]] = []

    def count(self, found: SubproblemAnswer) -> None:
        """Add up what an answer cost, and learn what it teaches beside its point."""
        self.runs += found.runs
        self.linear_runs += found.linear_runs
        self.solver_seconds += found.seconds
        self.cuts.extend(found.cuts)
        self.beside.extend(found.beside)
        self.pool.weigh(found.work)

    def keep(self, found: SubproblemAnswer, objective: int, kind: str) -> Candidate | None:
        """Keep the point of an answer, if it has one; the same point twice is one."""
        if found.point is None or found.columns is None:
            return None
        for known in self.candidates:
            if np.all(np.abs(known.point - found.point) <= self.tolerance()):
                if found.status is Status.OPTIMAL and known.found.status is not Status.OPTIMAL:
                    known.found = found
                return known
        candidate = Candidate(found.point, found, objective, kind)
        if self.problem.integer and not self.problem.discrete:  # within the gap a later point may beat an earlier one
            kept = [c for c in self.candidates if c in self.payoff or not self._beats(found.point, c.point)]
            self.candidates[:] = kept
        self.candidates.append(candidate)
        return candidate

    def _beats(self, one: Floats, other: Floats) -> bool:
        """Whether one point dominates another by more than the tolerance."""
        more = one - other
        return bool(np.all(more >= -self.tolerance()) and np.any(more > self.tolerance()))

    def tolerance(self) -> Floats:
        """Distance below which two values count as equal."""
        return np.asarray(np.where(self.problem.lattice, 0.5, np.maximum(CLOSE * self.ranges, ROUNDED)))

    def starts(self, k: int, floors: Floats, most: int = 2) -> list[Floats]:
        """Decisions of known points above the floors, best in objective k first; else of the nearest points."""
        known = [(c.found.columns, c.point) for c in self.candidates if c.found.columns is not None]
        if self.problem.discrete:
            known = [c for c in known if np.all(c[1] >= floors)]
            known.sort(key=lambda c: -place(float(c[1][k])))
            return [columns for columns, _ in known[:most]]
        known += self.beside
        known.sort(key=lambda c: place(self._short(c[1], floors) - 1e-3 * float(c[1][k] / self.ranges[k])))
        sides = ([c for c in known if above == bool(np.all(c[1] >= floors))] for above in (True, False))
        integer = self.problem.matrix.integer
        different: dict[bytes, Floats] = {}
        for pair in zip_longest(*sides):  # by turns from above the floors and from below
            for columns, _ in filter(None, pair):
                different.setdefault(np.rint(columns[integer]).tobytes(), columns)
        return list(different.values())[:most]

    def _short(self, point: Floats, floors: Floats) -> float:
        """How far a point falls short of floors, over the ranges."""
        return float(np.max(np.maximum(floors - point, 0.0) / self.ranges))

    def info(self, k: int, floors: Floats) -> Known:
        """What is known that helps a sub-problem."""
        if self.problem.size != 2 or self.problem.discrete or not self.problem.integer:
            return Known()
        points = [c.point for c in self.candidates] + [point for _, point in self.beside]
        return Known(tuple(self.cuts), chord(k, float(floors[1 - k]), np.array(points).reshape(-1, 2)))

    def best(self, k: int, floors: Floats) -> Subproblem:
        """Ask for the best of objective k above floors."""
        arguments = {"k": k, "floors": floors, "starts": self.starts(k, floors), "ranges": self.ranges,
                     "span": (self.lowest, self.top), "limit": max(0.05, self.run.left),
                     "info": self.info(k, floors)}  # fmt: skip
        return Subproblem("best", arguments)

    def note(self, largest_gap: float | None = None) -> None:
        """Tell how far the front is."""
        if self.run.tell is not None:
            words = f"{len(self.candidates)} points of the front, {self.runs + self.linear_runs} searches"
            if largest_gap is not None:
                words += f", largest gap {share(largest_gap)} of the range"
            self.run.say(words, kept=len(self.candidates) >= 2)

    def drive(
        self, choose: Callable[[], tuple[Any, Subproblem] | None], take: Callable[[Any, SubproblemAnswer], None]
    ) -> None:
        """Ask as many questions as there are workers; take the answers in the order of asking."""
        asked: deque[Any] = deque()
        while True:
            while len(asked) < self.pool.width and not self.run.over():
                chosen = choose()
                if chosen is None:
                    break
                asked.append(chosen[0])
                self.pool.ask(chosen[1])
            if not asked:
                return
            found = self.pool.answer()
            self.count(found)
            take(asked.popleft(), found)
            if found.stopped:
                self.run.over()

    def corners(self) -> None:
        """Bounds of every objective, then its best value with the best of the others (lexicographic pay-off table)."""
        self._extents()
        if self.run.over():
            return
        todo: Iterator[int] = iter(range(self.problem.size))

        def choose() -> tuple[int, Subproblem] | None:
            k = next(todo, None)
            return None if k is None else (k, self.best(k, np.full(self.problem.size, -np.inf)))

        def take(k: int, found: SubproblemAnswer) -> None:
            if found.status is Status.INFEASIBLE:
                raise TradeoffError(nothing_possible(self.limited), Status.INFEASIBLE)
            if found.status is Status.UNBOUNDED:
                raise EndlessError(without_end(self.problem.names[k]))
            kept = self.keep(found, k, "corner")
            self.top[k] = min(self.top[k], found.bound)
            if kept is not None:
                self.payoff.append(kept)
            self.note()

        self.drive(choose, take)
        if len(self.payoff) == self.problem.size:
            table = np.array([c.point for c in self.payoff])
            self.base = table.min(axis=0)
            self.ranges = np.maximum(table.max(axis=0) - self.base, 1e-9)
            if self.problem.size == 2 and all(c.found.status is Status.OPTIMAL for c in self.payoff):
                self.lowest = np.maximum(self.lowest, self.base)  # with two objectives the corners bound the front

    def _extents(self) -> None:
        """Bounds of every objective: by column bounds where that is enough, else from the relaxation."""
        if self.problem.discrete and self.problem.size == 2 and self.problem.lattice.all():
            self.lowest, self.top = self.problem.reach()
            if np.isfinite(self.lowest).all() and np.isfinite(self.top).all():
                self.ranges = np.maximum(self.top - self.lowest, 1e-9)
                return
        self._relaxed_extents()

    def _relaxed_extents(self) -> None:
        """Bounds from the relaxation; where two corners will bound the front anyway only the upper ones."""
        size = self.problem.size
        self.lowest, self.top = np.full(size, -np.inf), np.full(size, np.inf)
        corners_do = size == 2 and self.problem.integer and not self.problem.discrete
        ends: list[Floats] = []
        for sign, target in ((1.0, self.top), (-1.0, self.lowest)):
            for k in range(0 if corners_do and sign < 0.0 else size):
                self.pool.ask(Subproblem("extent", {"k": k, "sign": sign}))
                found = self.pool.answer()
                self.count(found)
                if found.status is Status.INFEASIBLE:
                    raise TradeoffError(nothing_possible(self.limited), Status.INFEASIBLE)
                if sign > 0.0 and found.status is Status.UNBOUNDED:
                    raise EndlessError(without_end(self.problem.names[k]))
                if np.isfinite(found.bound):
                    target[k] = found.bound
                if found.point is not None:
                    ends.append(found.point)
        self.lowest = np.where(self.problem.lattice, np.ceil(self.lowest - 1e-6), self.lowest)
        self.top = np.where(self.problem.lattice, np.floor(self.top + 1e-6), self.top)
        least = np.min(ends, axis=0) if corners_do and ends else self.lowest
        known = np.isfinite(least) & np.isfinite(self.top)
        self.ranges = np.where(known, np.maximum(self.top - least, 1e-9), 1.0)


def nothing_possible(limited: tuple[str, ...]) -> str:
    """Message for a model without any plan."""
    if limited:
        names = ", ".join(f"'{name}'" for name in limited)
        return (
            f"No plan keeps the limits given for {names}: widen them; "
            "the front without limits shows what can be reached."
        )
    return (
        "The model has no plan at all, so it has no front: its constraints cannot all hold. "
        "Find out why first (planner explain), then ask for the front again."
    )


def without_end(name: str) -> str:
    """Message for an objective without a limit."""
    return f"Objective '{name}' can grow without end, so the front has no corner there: limit what brings it."
