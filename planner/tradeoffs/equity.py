"""Equity: what each country or group gets of an outcome for each person in need, and what a least share would cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from models.matrix import Floats
from planner.case import Case
from planner.options import Options
from planner.ordering import place
from planner.plan import Plan, Status
from planner.sheets import Groups, Places
from planner.solve import Model
from planner.solver.runs import Given, RunContext
from planner.tradeoffs import fairness
from planner.tradeoffs.divisions import NOBODY
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.full_plans import plan_of, settled
from planner.tradeoffs.model_extension import Solution
from planner.tradeoffs.problem import MultiObjectiveProblem

PRINCIPLES: dict[str, tuple[str, str]] = {
    "utilitarian": ("greatest total", "as much as possible in all, whoever gets it"),
    "max-min": ("best for the worst-off", "whoever gets least for each person in need gets as much as possible"),
    "leximin": ("even from the bottom up", "the worst-off first, then the next, and so on"),
    "alpha-fair 1": ("a gain of those who have little counts more", "twice as much counts alike for everybody"),
}
"""What principles are called, and what they mean."""


@dataclass(frozen=True)
class OutcomeShare:
    """What a country, origin or group gets of an outcome. `coverage` is that for each person in need, None without."""

    name: str
    value: float
    need: float | None
    coverage: float | None


@dataclass(frozen=True)
class FairPlan:
    """One way of sharing out. `costs` is the share of the greatest total that it gives up (0 within the gaps).

    `coverage` is what each part gets for each person in need, or what it gets where needs are not known; parts without
    a need are left out of it, but count in the total.
    """

    principle: str
    floor: float | None
    values: Mapping[str, float]
    coverage: Mapping[str, float]
    total: float
    costs: float
    status: Status
    gap: float | None
    columns: Floats

    @property
    def least(self) -> float:
        """Coverage of the worst-off."""
        return min(self.coverage.values())

    @property
    def most(self) -> float:
        """Coverage of the best-off."""
        return max(self.coverage.values())


@dataclass(frozen=True)
class Equity:
    """Principles of sharing out, and the total as the least share rises from nothing to the most there can be."""

    principles: tuple[FairPlan, ...]
    floors: tuple[FairPlan, ...]
    complete: bool


def needs_of(case: Case, across: str) -> dict[str, float]:
    """People in need by country, origin or group, as sheets Places and Groups have them; blanks left out."""
    rows: Sequence[Any] = case.of(Groups) if across == "group" else case.of(Places)
    found = {row.id: row.need for row in rows}
    return {name: float(need) for name, need in found.items() if need}


def coverage(case: Case, plan: Plan, outcome: str, across: str = "country") -> tuple[OutcomeShare, ...]:
    """Who gets how much of an outcome in a plan, least coverage first; those without a known need come last."""
    terms = plan.tables["outcome_terms"]
    mine = terms[terms["outcome"] == outcome]
    needs: dict[str, float] = needs_of(case, across)
    found: dict[str, float] = {}
    for name, value in zip(mine[across], mine["value"], strict=True):
        who = name if isinstance(name, str) and name else NOBODY
        found[who] = found.get(who, 0.0) + float(value)
    for name in needs:
        found.setdefault(name, 0.0)
    shares = [OutcomeShare(n, v, needs.get(n), v / needs[n] if n in needs else None) for n, v in found.items()]
    return tuple(sorted(shares, key=lambda s: (s.coverage is None, place(s.coverage or 0.0), s.name)))


def counted(names: Sequence[str], needs: Mapping[str, float]) -> dict[str, float]:
    """Parts that are compared, with their needs: those with a known need, or all alike where fewer than two have."""
    known = {name: needs[name] for name in names if needs.get(name)}
    return known if len(known) >= 2 else dict.fromkeys(names, 1.0)


def equity(problem: MultiObjectiveProblem, needs: Mapping[str, float], *, options: Given, steps: int = 8) -> Equity:
    """Share an outcome out by several principles, and by a least share that rises in steps.

    The least share rises in `steps` from what the greatest total gives the worst-off to the most they can have.
    `problem` has one objective a part (see :func:`planner.tradeoffs.divisions.division`). What was found before an
    interruption is kept. Raises TradeoffError where not even the greatest total is found.
    """
    work = _Work(problem, needs, RunContext.of(options))
    best = work.done("The plan with the greatest total", lambda: fairness.utilitarian(problem, options=work.run))
    if best is None:
        message = "The search was stopped before there was any plan."
        raise TradeoffError(message, Status.NO_PLAN)
    work.best, sizes = best.total, work.needs
    worst = work.done("The best for the worst-off", lambda: _best_for_worst(work))
    found = [best, worst]
    if len(sizes) == problem.size:
        found.append(
            work.done("Even from the bottom up", lambda: fairness.leximin(problem, needs=sizes, options=work.run))
        )
        found.append(
            work.done(
                "Where a gain of those who have little counts more",
                lambda: fairness.alpha_fair(problem, alpha=1.0, needs=sizes, rounds=4, options=work.run),
            )
        )
    floors: list[FairPlan] = []
    if worst is not None:
        floors = _floors(work, best, worst, steps)
    kept = tuple(work.written(s) for s in found if s is not None)
    return Equity(kept, tuple(floors), complete=not work.stopped())


def _best_for_worst(work: _Work) -> Solution:
    """The most that the worst-off can have, then the greatest total of all parts."""
    return fairness.max_min(work.problem, needs=work.needs, compared=tuple(work.needs), options=work.run)


def _floors(work: _Work, best: Solution, worst: Solution, steps: int) -> list[FairPlan]:
    """Totals as the least share rises from what the greatest total gives the worst-off to the most they can have."""
    first, last = work.written(best), work.written(worst)
    found = [replace(first, principle="least share", floor=first.least)]
    top = last.least
    if top - first.least <= fairness.EQUAL * max(1.0, abs(top)):
        return found
    start = worst.columns
    for step in range(1, steps):
        floor = first.least + (top - first.least) * step / steps
        solution = work.done(
            f"A least share: {step} of {steps - 1}",
            partial(fairness.with_least_ratio, work.problem, floor, needs=work.needs, start=start, options=work.run),
        )
        if solution is not None:
            found.append(replace(work.written(solution), principle="least share", floor=floor))
    return [*found, replace(last, principle="least share", floor=top)]


class _Work:
    """Keeps what is common to all questions."""

    def __init__(self, problem: MultiObjectiveProblem, needs: Mapping[str, float], run: RunContext) -> None:
        self.problem, self.run = problem, run
        self.needs = counted(problem.names, needs)
        self.best, self.found = 0.0, False

    def stopped(self) -> bool:
        """Whether somebody wants to stop."""
        return self.run.interrupted

    def done(self, words: str, ask: Callable[[], Solution]) -> Solution | None:
        """The answer to one question; None where it was stopped before there was one."""
        if self.stopped():
            return None
        self.run.say(words, kept=self.found)
        try:
            found = ask()
        except TradeoffError:
            if self.stopped():
                return None
            raise
        self.found = self.found or not self.stopped()
        return None if self.stopped() else found

    def written(self, solution: Solution) -> FairPlan:
        """A solution with coverage and cost."""
        values = dict(solution.values)
        covered = {n: values[n] / need for n, need in self.needs.items()}
        total = math.fsum(values.values())
        costs = max(0.0, fairness.price_of_fairness(self.best, total)) if self.best else 0.0
        return FairPlan(
            solution.principle, None, values, covered, total, costs, solution.status, solution.gap, solution.columns
        )


def plan_of_share(model: Model, problem: MultiObjectiveProblem, options: Options, found: FairPlan) -> Plan:
    """The whole plan of a way of sharing out: parts and decisions as found, the weights settle the rest."""
    values = problem.values(found.columns)
    held = [
        (row, float(value) - 1e-9 * max(1.0, abs(float(value))), math.inf)
        for row, value in zip(problem.coefficients, values, strict=True)
    ]
    columns = settled(model, problem.matrix, options, found.columns, held)
    name = PRINCIPLES.get(found.principle, (found.principle, ""))[0]
    said = f"This plan shares out by '{name}'; it is not the best by the workbook's weights."
    return plan_of(model, options, columns, Status.FEASIBLE, gap=None, bound=None, unproven=[said])
