"""Nested plans: a larger budget never takes back what a smaller one gave, and what that promise costs.

From the lowest place up, every programme, visa stream, site and reform keeps at least what the plan before gave it
over the whole plan, and the rest is chosen anew. Since the plan before stays possible where limits only widen, there
always is a nested plan; it can only be as good as the free one or worse, and the difference is what the promise costs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.matrix import Floats
from planner.ordering import places
from planner.plan import Status
from planner.solver.answers import PRICE
from planner.solver.runs import RunContext
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.sweeping.curves import NOTHING, Allocation, NestedPoint, Subject, SweepPoint
from planner.tradeoffs.sweeping.parametric_model import ParametricModel
from planner.tradeoffs.sweeping.parametric_solver import ParametricSolver

GIVEN = ("programme", "visa", "site", "reform", "raw")
"""Kinds of rows whose amounts are a promise; work on cases, staff and money follow from them and stay free."""
ROOM = 1e-5
"""Share of an amount that rounding may take back: floors that leave less mislead the solver's simplification."""


def nest(
    parametric: ParametricModel, context: RunContext, points: Sequence[SweepPoint], decisions: Floats | None
) -> tuple[tuple[NestedPoint, ...], ParametricSolver]:
    """The best plan of each place that keeps what the place before gave; `points` are the free plans, lowest first.

    With `decisions` binary decisions are held in both. The solver comes along for its counts. Raises TradeoffError
    where the model's rows change with the place, so that plans cannot be held against one another.
    """
    if not parametric.same_shape or parametric.levels > 1:
        message = (
            "Plans cannot be kept nested here: "
            + ("outcomes are settled in several priorities." if parametric.levels > 1 else "these cells add or remove "
               "rows of the model, so that plans of different places cannot be held against one another.")
        )  # fmt: skip
        raise TradeoffError(message)
    run = _Nest(parametric, context, decisions)
    found: list[NestedPoint] = []
    for number, point in enumerate(points):
        if context.interrupted:
            break
        context.say(f"nothing taken back: {number + 1} of {len(points)}, {point.shown}")
        if point.found:
            found.append(run.next(point))
    return tuple(found), run.solver


class _Nest:
    """Solves one place after the other, each above the floors of the one before."""

    def __init__(self, parametric: ParametricModel, context: RunContext, decisions: Floats | None) -> None:
        """Open sessions with a floor for every row that gives."""
        self.parametric, self.decisions = parametric, decisions
        self.solver = ParametricSolver(parametric, context)
        self.limit = context.options.time_limit
        readout = parametric.readout
        self.subjects: list[Subject] = []
        forms: list[dict[int, float]] = []
        self.sizes: list[float] = []
        for number, subject in enumerate(readout.subjects):
            row = readout.matrix[number]
            if readout.kinds.get(subject) in GIVEN and row.nnz:
                size = float(np.abs(row.data).max())
                self.subjects.append(subject)
                self.sizes.append(size)
                terms = zip(row.indices.tolist(), row.data.tolist(), strict=True)
                forms.append({c: v / size for c, v in terms})
        self.solver.add_floors(forms)
        self.forms = forms
        self.least = np.full(len(forms), -np.inf)
        self.last: Floats | None = None

    def next(self, point: SweepPoint) -> NestedPoint:
        """The nested plan of a place."""
        numbers = self.parametric.at(point.place)
        if numbers is None:
            return self._none(point, Status.NO_PLAN)
        numbers = self.solver.settled_bounds(numbers, self.decisions)
        self.solver.floors(self.least)
        if self.decisions is None:
            known = [plan for plan in (self.last, point.columns) if plan is not None]
            answer = self.solver.seek(numbers, known, self.limit)
        else:
            answer = self.solver.solve(numbers, limit=self.limit)
        if answer.values is None:
            return self._none(point, answer.status)
        held = self.solver.settled_bounds(numbers, answer.values)
        tangent = self.solver.tangent(held, point.place, None)
        values, objective = answer.values, answer.objective or 0.0
        kept: tuple[Subject, ...] = ()
        if tangent is not None:
            kept = self._kept()
            preferred = self.solver.settle(held, tangent.value)
            values = tangent.values if preferred is None else preferred
            objective = max(objective, tangent.value)
        self.last = values
        self.least = np.maximum(self.least, self._amounts(values))
        bound = None if answer.bound is None else max(answer.bound, objective)
        return self._point(point, answer.status, objective, bound, kept, values)

    def _amounts(self, values: Floats) -> Floats:
        """What the rows have been given, a little less for rounding."""
        amounts = np.array([sum(v * values[c] for c, v in form.items()) for form in self.forms])
        return np.asarray(amounts - ROOM * np.maximum(1e-3, np.abs(amounts)))

    def _kept(self) -> tuple[Subject, ...]:
        """Rows that only their floor keeps at their amount, the dearest first."""
        prices = self.solver.linear.row_duals()[-len(self.forms) :]
        order = np.argsort(places(prices), kind="stable")
        return tuple(self.subjects[n] for n in order if prices[n] < -PRICE)

    def _none(self, point: SweepPoint, status: Status) -> NestedPoint:
        """A place where no plan keeps everything."""
        return NestedPoint(point.place, point.shown, status, None, None, None, None, None, (), NOTHING)

    def _point(
        self, point: SweepPoint, status: Status, objective: float, bound: float | None, kept: tuple[Subject, ...],
        values: Floats,
    ) -> NestedPoint:  # fmt: skip
        """The nested plan beside the free one."""
        free = max(point.objective or objective, objective)
        most = None if point.bound is None else max(0.0, max(point.bound, free) - objective)
        least = None if bound is None else max(0.0, free - bound)
        amounts, money = (readout := self.parametric.reading_at(point.place)).amounts(values)
        pairs = (dict(zip(readout.subjects, part.tolist(), strict=True)) for part in (amounts, money))
        given = Allocation(readout.outcomes(values), *pairs)
        return NestedPoint(
            point.place, point.shown, status, objective, bound, _zero(free - objective, free), _maybe(least, free),
            _maybe(most, free), kept, given,
        )  # fmt: skip


def _zero(cost: float, size: float) -> float:
    """A cost, nought where it is rounding."""
    return 0.0 if cost <= 1e-8 * max(1.0, abs(size)) else cost


def _maybe(cost: float | None, size: float) -> float | None:
    """The same, where it is known."""
    return None if cost is None else _zero(cost, size)
