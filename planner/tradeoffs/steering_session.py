"""A case opened with some outcomes as objectives and limits on them: bounds, best plans, steps towards wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from models.matrix import Floats
from planner.case import Case
from planner.plan import Plan, Status
from planner.sheets import Outcomes
from planner.solve import Model, prepare
from planner.solver.answers import Answer
from planner.solver.loaded import as_terms
from planner.solver.runs import RunContext
from planner.solver.session import Session
from planner.solver.tie_breaking import total_cost
from planner.tradeoffs.cases import problem_of_case
from planner.tradeoffs.errors import EndlessError, TradeoffError
from planner.tradeoffs.goal_seeking.targets import ROOM, Target
from planner.tradeoffs.model_extension import ModelExtension, Terms, plus
from planner.tradeoffs.problem import MultiObjectiveProblem


class SteeringSession:
    """Sessions of one case, searching and relaxed, with the limits as rows; what is held stays held."""

    def __init__(
        self, case: Case, outcomes: Sequence[str], limits: Sequence[Target], plan: Plan | None, run: RunContext
    ) -> None:
        """Build, and add the limits as rows."""
        self.run, options = run, run.options
        self.limits = tuple(limits)
        rows = {row.outcome: row for row in case.of(Outcomes)}
        self.units = {n: row.unit for n, row in rows.items()}
        self.more = {n: row.better == "more" for n, row in rows.items()}
        names = list(dict.fromkeys([*outcomes, *(t.outcome for t in limits)]))
        run.say("Opening the workbook")
        self.model: Model = prepare(case, options)
        allowed = None if plan is None else broken_points(self.model, plan)
        problem, self.notes = problem_of_case(self.model, names, run, fewest=1, allowed=allowed)
        self.problem: MultiObjectiveProblem = problem
        relaxed = replace(problem.matrix, integer=np.zeros_like(problem.matrix.integer))
        self.linear = Session(relaxed, options)
        self.extension = ModelExtension(problem, run)
        for target in self.limits:
            terms, low, high = self._limit(target)
            self.linear.add_terms(terms, low, high)
            self.extension.row(terms, low, high)
        self.width = len(problem.matrix.cost)

    def _limit(self, target: Target) -> tuple[Terms, float, float]:
        """A limit as a row of numbers near one."""
        k = self.problem.names.index(target.outcome)
        form = self.extension.form(k)
        size = max((abs(v) for v in form.values()), default=1.0)
        edge = (target.value - self.extension.constant(k)) / size
        terms = {c: v / size for c, v in form.items()}
        return (terms, edge, np.inf) if target.sense == ">=" else (terms, -np.inf, edge)

    def bound(self, k: int) -> float | None:
        """What no plan within the limits can pass, natural units; infinite without an end, None without any plan."""
        self.linear.set_cost(self.problem.coefficients[k])
        answer = self.run.solve(self.linear)
        sense = float(self.problem.senses[k])
        if answer.status is Status.INFEASIBLE:
            return None
        if answer.objective is None or answer.status is not Status.OPTIMAL:
            return sense * np.inf
        return sense * float(self.problem.units[k]) * answer.objective + float(self.problem.constants[k])

    def best(self, k: int) -> tuple[Answer, Floats] | None:
        """Search for the best of an outcome; then the best of all others together with it held. None without a plan.

        The answer's objective and bound are natural values times the outcome's sense.
        """
        extension = self.extension
        sense, form = float(self.problem.senses[k]), extension.form(k)
        try:
            first = extension.maximise(plus((form, sense)))
        except EndlessError:
            raise
        except TradeoffError:
            return None
        natural = extension.natural(first)
        shift = sense * extension.constant(k)
        scored = replace(
            first, objective=sense * float(natural[k]), bound=None if first.bound is None else first.bound + shift
        )
        if self.run.over():
            return scored, natural
        edge = sense * (float(natural[k]) - extension.constant(k))
        row = extension.row(plus((form, sense)), lower=edge - ROOM * max(abs(edge), 1e-6))
        sizes = np.maximum(np.abs(natural), 1e-6)
        parts = [
            (extension.form(j), float(self.problem.senses[j] / sizes[j])) for j in range(self.problem.size) if j != k
        ]
        try:
            second = extension.maximise(plus(*parts), extension.plain(first)) if parts else first
            natural = extension.natural(second)
        except TradeoffError:
            pass  # the first plan stands
        extension.session.bound_row(row)
        return scored, natural

    def approach(self, ways: Mapping[str, tuple[float, float]]) -> tuple[Answer, float]:
        """Largest share of its way that every outcome can go, at most all of it; held from then on."""
        extension = self.extension
        share = extension.column(-np.inf, 1.0)
        for name, (start, end) in ways.items():
            k = self.problem.names.index(name)
            way, form = end - start, extension.form(k)
            extension.row(plus((form, 1.0 / way), ({share: 1.0}, -1.0)), lower=(start - extension.constant(k)) / way)
        answer = extension.maximise({share: 1.0})
        assert answer.values is not None
        reached = float(answer.values[share])
        extension.session.bound_column(share, reached - ROOM, 1.0)
        return answer, reached

    def settled(self, answer: Answer) -> tuple[Floats, Status]:
        """Of the plans that do what is held, the best by the workbook's weights."""
        plain = self.extension.plain(answer)
        if self.run.over():
            return plain, Status.FEASIBLE
        self.run.say("Of these plans the best by the workbook's weights")
        try:
            last = self.extension.maximise(as_terms(total_cost(self.model.built)), plain)
        except TradeoffError:
            return plain, Status.FEASIBLE
        return self.extension.plain(last), Status.OPTIMAL if answer.status is Status.OPTIMAL else Status.FEASIBLE


def broken_points(model: Model, plan: Plan) -> float:
    """Points by which soft rules are broken in a plan."""
    price = {r.id: r.penalty for r in model.built.frame.network.rules if not r.hard}
    table = plan.tables["rules"]
    pairs = zip(table["rule"], table["violation"], strict=True)
    return float(sum(price[str(r)] * float(v) for r, v in pairs if str(r) in price and v > 0.0))
