"""What if an input is wrong: each uncertain figure moved to the low and to the high end of its range, one at a time.

Two different questions are asked of each end: what the plan's binary decisions bring if the figure turns out so and
only amounts are adapted (a linear programme), and what the best plan would be had it been known (a new search). The
ranges are those of sheet Evidence; how a figure reaches cells is stated in :mod:`planner.case.uncertain_inputs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.matrix import Floats
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.case.uncertain_inputs import UncertainInput, uncertain_inputs
from planner.checks import check_case
from planner.explain.coefficient_limits import with_rows
from planner.ordering import place
from planner.plan import Plan, Status
from planner.results.evidence import weigh
from planner.sheets import Row
from planner.solve import Model, prepare, search
from planner.solver.carrying import decided
from planner.solver.runs import Given, RunContext
from planner.solver.session import Session

INPUTS, SEARCHED = 24, 6
"""Figures that are moved with the decisions held, and those of them for which plans are searched anew."""
FAILED = "the solver could not work out this case"
"""Said where the solver itself fails: no figure is better than a wrong one."""
POINTS = ""
"""Name under which the points of all outcomes together are kept."""


@dataclass(frozen=True)
class RangeEnd:
    """Outcomes by name ('' for points) where a figure is at one end of its range; empty without a plan.

    `gap` is what a new search left open, 0 with the decisions held. `why` says why there are no outcomes.
    """

    outcomes: Mapping[str, float]
    gap: float = 0.0
    why: str = ""


@dataclass(frozen=True)
class TornadoBar:
    """Both ends of a figure's range: with the plan's binary decisions held, and searched anew (None: not asked)."""

    input: UncertainInput
    low: RangeEnd
    high: RangeEnd
    low_free: RangeEnd | None = None
    high_free: RangeEnd | None = None

    def size(self, outcome: str, base: float, *, free: bool = False) -> float:
        """Distance between the two ends of an outcome, with the plan itself between or at an end; 0 without."""
        ends = (self.low_free, self.high_free) if free else (self.low, self.high)
        values = [end.outcomes[outcome] for end in ends if end is not None and outcome in end.outcomes]
        return max([*values, base]) - min([*values, base]) if values else 0.0


@dataclass(frozen=True)
class Sensitivity:
    """What uncertain figures do to a plan. `base` and `best` are outcomes with every figure as it stands.

    `base`: the plan's decisions, with amounts adapted; `best`: searched anew, as far as `best_gap` proves it.
    """

    base: Mapping[str, float]
    best: Mapping[str, float]
    best_gap: float
    bars: tuple[TornadoBar, ...]
    untied: tuple[str, ...]
    left_out: int
    complete: bool

    def of(self, outcome: str, *, free: bool = False) -> list[TornadoBar]:
        """Swings by how far they move an outcome, widest first; those that do not move it are left out."""
        base = (self.best if free else self.base)[outcome]
        sized = [(s.size(outcome, base, free=free), s) for s in self.bars]
        kept = [(size, s) for size, s in sized if size > 1e-9 * max(1.0, abs(base))]
        return [s for _, s in sorted(kept, key=lambda pair: (-place(pair[0]), pair[1].input.id))]

    def range_of(self, outcome: str) -> tuple[float, float]:
        """Lowest and highest value of an outcome over all figures moved one at a time, decisions held."""
        values = [self.base[outcome]]
        for bar in self.bars:
            values += [end.outcomes[outcome] for end in (bar.low, bar.high) if outcome in end.outcomes]
        return min(values), max(values)


def one_at_a_time(
    case: Case, plan: Plan, *, inputs: int = INPUTS, searched: int = SEARCHED, options: Given | None = None
) -> Sensitivity:
    """Move the figures on which most of the plan stands to both ends of their ranges, one at a time.

    At most `inputs` figures are moved with the plan's binary decisions held, the heaviest first (share of the plan's
    points that stands on a figure times the width of its range); for the `searched` that move the points most, plans
    are searched anew. Raises ValueError for a plan that does not belong to the case.
    """
    work = _Work(case, plan, RunContext.of(options))
    found, untied = uncertain_inputs(case)
    order = {w.id: n for n, w in enumerate(weigh(case, plan, most=len(found) + 1).weakest)}
    ranked = sorted(found, key=lambda u: (order.get(u.id, len(order)), u.id))
    bars: list[TornadoBar] = []
    for number, one in enumerate(ranked[:inputs], 1):
        if work.run.interrupted:
            break
        work.run.say(
            f"Figure {number} of {min(inputs, len(ranked))}, decisions held: {one.statement[:60]}", kept=bool(bars)
        )
        low, high = (work.held(_moved(case, one, end)) for end in ("low", "high"))
        bars.append(TornadoBar(one, low, high))
    by_size = sorted(
        range(len(bars)), key=lambda n: (-place(bars[n].size(POINTS, work.base[POINTS])), bars[n].input.id)
    )
    best = RangeEnd(plan_outcomes(plan), plan.gap or 0.0)
    for number, n in enumerate(by_size[:searched], 1):
        if work.run.interrupted or not bars[n].size(POINTS, work.base[POINTS]):
            break
        one = bars[n].input
        work.run.say(f"Figure {number} of {min(searched, len(bars))}, searching anew: {one.statement[:60]}", kept=True)
        low, high = (work.free(_moved(case, one, end)) for end in ("low", "high"))
        if not work.run.interrupted:
            bars[n] = TornadoBar(one, bars[n].low, bars[n].high, low, high)
    return Sensitivity(
        work.base, best.outcomes, best.gap, tuple(bars), untied, max(0, len(ranked) - inputs),
        complete=not work.run.interrupted,
    )  # fmt: skip


def plan_outcomes(plan: Plan) -> dict[str, float]:
    """Outcomes of a plan by name, and its points."""
    table = plan.tables["outcomes"]
    values = {str(o): float(v) for o, v in zip(table["outcome"], table["value"], strict=True)}
    return {POINTS: float(plan.objective or 0.0), **values}


def _moved(case: Case, one: UncertainInput, end: Literal["low", "high"]) -> Case:
    """The case with a figure at one end of its range."""
    changes: dict[tuple[type[Row], str], dict[str, float]] = {}
    for cell in one.cells:
        changes.setdefault((cell.sheet, cell.row), {})[cell.field] = getattr(cell, end)
    return with_rows(case, changes)


class _Work:
    """The plan's decisions, put into one case after another."""

    def __init__(self, case: Case, plan: Plan, run: RunContext) -> None:
        """Solve the case itself with the decisions of the plan."""
        self.plan, self.options, self.run = plan, run.options, run
        self.known = {(p.check, str(p.address)) for p in check_case(case) if p.severity == "error"}
        own = self.held(case)
        if own.why:
            message = f"This plan does not belong to this case: {own.why}"
            raise ValueError(message)
        self.base = own.outcomes

    def held(self, case: Case) -> RangeEnd:
        """Outcomes with the plan's binary decisions and amounts adapted, best points first."""
        model, why = self._model(case)
        if model is None:
            return RangeEnd({}, why=why)
        session = Session(model.matrix, self.options)
        session.fix_integers(decided(model.built, model.matrix, self.plan))
        try:
            answer = self.run.solve(session)
        except RuntimeError:
            return RangeEnd({}, why=FAILED)
        if answer.status is not Status.OPTIMAL or answer.values is None:
            return RangeEnd({}, why="with these decisions no plan keeps all limits")
        return RangeEnd(_outcomes(model, answer.values))

    def free(self, case: Case) -> RangeEnd:
        """Outcomes of the best plan, searched anew."""
        model, why = self._model(case)
        if model is None:
            return RangeEnd({}, why=why)
        try:
            answer = search(model, self.run.unheard(self.options))
        except RuntimeError:
            return RangeEnd({}, why=FAILED)
        if answer.values is None:
            none = answer.status is Status.INFEASIBLE
            return RangeEnd({}, why="no plan keeps all limits" if none else "no plan was found in time")
        return RangeEnd(_outcomes(model, answer.values), answer.gap or 0.0)

    def _model(self, case: Case) -> tuple[Model | None, str]:
        """The case built, or what is wrong with it."""
        wrong = [p for p in check_case(case) if p.severity == "error"]
        new = next((p for p in wrong if (p.check, str(p.address)) not in getattr(self, "known", ())), None)
        if new is not None:
            return None, f"the workbook would have an error: {new.found}"
        try:
            return prepare(case, self.options), ""
        except InvalidCaseError as error:
            return None, f"the workbook would have an error: {error.problems[0].found}"


def _outcomes(model: Model, values: Floats) -> dict[str, float]:
    """Outcomes by name, and the points of all levels."""
    built = model.built
    levels = max(1, len(built.frame.network.priorities))
    points = float(np.sum([built.outcomes.objective(k).value(values) for k in range(levels)]))
    return {POINTS: points, **{n: float(f.value(values)) for n, f in built.outcomes.value.items()}}
