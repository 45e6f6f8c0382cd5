"""Fronts of a case: objectives are outcomes of the workbook, and each point is a whole plan on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.matrix import Floats
from planner.case import Case
from planner.options import Options
from planner.plan import Plan, Status
from planner.sheets import Outcomes
from planner.solve import Model, prepare
from planner.solver.loaded import as_terms, filled
from planner.solver.runs import Given, RunContext
from planner.solver.session import Session
from planner.tradeoffs.errors import TradeoffError, meant
from planner.tradeoffs.fronts import Limits, front_of_problem
from planner.tradeoffs.full_plans import plan_of, settled
from planner.tradeoffs.points import Front, Point
from planner.tradeoffs.problem import MultiObjectiveProblem, assemble
from planner.wording.figures import decimal, within


def front_of_case(
    case: Case,
    outcomes: Sequence[str],
    *,
    options: Given | None = None,
    points: int | None = None,
    limits: Limits | None = None,
    processes: int = 2,
) -> Front:
    """Front of two to five outcomes of a case: plans in which none can be better without another being worse.

    Which way each outcome is better stands in the workbook. Soft rules may not be broken by more points in all than in
    the best plan of the workbook, else a front would break them for nothing. The method is that of
    :mod:`planner.tradeoffs.zones`: zones of the outcomes' space are searched until none is left that may hold a point.

    Args:
        case: A checked case.
        outcomes: Names on sheet Outcomes, two to five.
        options: As for :func:`planner.solve`, or a run with who listens and who may stop it; the points found are
            kept. `time_limit` is for the whole front.
        points: Most points to look for; None: all, or as many as the time gives.
        limits: By outcome the least and the most that is of interest, in its unit.
        processes: How many processes search at once.

    Returns:
        The front: `points` with their values in the outcomes' units, whether it is `complete`, in `unproven` what is
        not proven; `front.plan(point)` reads a point as a whole plan.

    Raises:
        InvalidCaseError: The case cannot be built.
        TradeoffError: An outcome is unknown, or the case has no plan.

    Example:
        >>> import planner
        >>> case = planner.read("inputs/starter.xlsx")
        >>> options = planner.Options(grid="phases")
        >>> front = planner.front(case, ["public money", "years waiting"], options=options, points=3, processes=1)
        >>> [round(point.values["public money"], 1) for point in front.points]
        [41.1, 48.5, 55.9]
    """
    run = RunContext.of(options)
    model = prepare(case, run)
    problem, notes = problem_of_case(model, outcomes, run)
    front = front_of_problem(problem, options=run, points=points, limits=limits, processes=processes, notes=notes)
    return replace(front, planner=_Planner(model, problem, run.options))


def problem_of_case(
    model: Model,
    outcomes: Sequence[str],
    options: Given,
    *,
    fewest: int = 2,
    allowed: float | None = None,
) -> tuple[MultiObjectiveProblem, tuple[str, ...]]:
    """Outcomes of a case as a problem with several objectives, and notes on what was held.

    `allowed` are points by which soft rules may be broken; left out, a search finds those of the best plan.
    """
    known = {row.outcome: row for row in model.case.of(Outcomes)}
    for name in outcomes:
        if name not in known:
            message = f"The workbook has no outcome '{name}' on sheet Outcomes.{meant(name, known)}"
            raise TradeoffError(message)
    if len(set(outcomes)) < fewest:
        given = ", ".join(outcomes) or "none"
        message = f"A front needs at least {fewest} different outcomes, given: {given}. One alone has no trade-off."
        raise TradeoffError(message)
    if len(set(outcomes)) < len(outcomes):
        message = f"An outcome is named twice: {', '.join(outcomes)}."
        raise TradeoffError(message)
    size = len(model.matrix.cost)
    forms = [model.built.outcomes.value[name] for name in outcomes]
    rows, constants = [filled(form.terms, size) for form in forms], [form.constant for form in forms]
    senses = [1 if known[name].better == "more" else -1 for name in outcomes]
    plain = replace(model.matrix, cost=np.zeros(size), offset=0.0)
    problem = assemble(plain, list(outcomes), senses, rows, constants)
    return hold_soft_rules(model, problem, RunContext.of(options), allowed)


def penalties(model: Model) -> Floats:
    """Points lost by broken soft rules, as coefficients of the columns."""
    cost = np.zeros(len(model.matrix.cost))
    price = {r.id: r.penalty for r in model.built.frame.network.rules if not r.hard}
    for (rule, _), slack in model.built.rules.broken.items():
        for column, value in slack.terms.items():
            cost[column] += price[rule] * value
    return cost


def hold_soft_rules(
    model: Model,
    problem: MultiObjectiveProblem,
    run: RunContext,
    allowed: float | None = None,
) -> tuple[MultiObjectiveProblem, tuple[str, ...]]:
    """Hold the penalties of soft rules at `allowed` points, else at those of the workbook's best plan."""
    lost = penalties(model)
    if not lost.any():
        return problem, ()
    most, whose = allowed, "the plan that is looked at"
    if most is None:
        answer = run.solve(Session(model.matrix, run.options))
        if answer.values is None:
            if answer.status is Status.INFEASIBLE:
                message = (
                    "The case has no plan at all, so it has no front: run planner explain to see which rules clash."
                )
                raise TradeoffError(message, answer.status)
            return problem, ("Soft rules are free here: no plan to compare with was found in time.",)
        most, whose = float(lost @ answer.values), "the best plan of the workbook"
    scale = float(np.abs(lost).max())
    limit = (most + 1e-6 * max(1.0, most)) / scale
    matrix = problem.matrix.with_rows([(as_terms(lost / scale), -np.inf, limit)], "soft_rules")
    note = f"Soft rules may be broken by {decimal(most, 6)} points in all, as in {whose}, and not more."
    return replace(problem, matrix=matrix), (note,)


@dataclass(frozen=True)
class _Planner:
    """Reads a point of the front as a plan of the case."""

    model: Model
    problem: MultiObjectiveProblem
    options: Options

    def __call__(self, point: Point) -> Plan:
        """Hold the point's outcomes and integer decisions; the workbook's weights settle the rest, then the tie rule.

        What is proven of the point is no proof by the workbook's weights: the plan claims none, as every other plan
        that is chosen otherwise.
        """
        problem, columns = self.problem, point.columns
        held = [
            (row, float(value) - 1e-9 * max(1.0, abs(float(value))), np.inf)
            for row, value in zip(problem.coefficients, problem.values(columns), strict=True)
        ]
        said = [f"{n} {decimal(v, 6)}" for n, v in point.values.items()]
        unproven = [f"This plan is a point of a front ({', '.join(said)}), not the best by the workbook's weights."]
        if point.gap:
            apart = None if point.bound is None else point.bound - point.values[point.sought]
            unproven.append(f"Outcome '{point.sought}' is proven within {within(point.gap, apart)}.")
        values = settled(self.model, problem.matrix, self.options, columns, held)
        return plan_of(self.model, self.options, values, Status.FEASIBLE, gap=None, bound=None, unproven=unproven)
