"""Goal seeking: the least money, officers, visas or political capital for given outcomes; the most of one outcome.

Each target is first sought alone, so that what is out of reach is named with the most that can be had. Then all targets
are limits, and the resource is made least (or the outcome most); among the plans that do so the workbook's own weights
choose, then its tie rule. Broken soft rules may not cost more points than in the workbook's own plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.linear import Form
from models.matrix import Floats
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.ordering import place
from planner.plan import Status
from planner.sheets import Outcomes
from planner.solve import Model, prepare, search
from planner.solver.answers import Answer, relative_gap
from planner.solver.loaded import as_terms, filled
from planner.solver.runs import Given, RunContext
from planner.solver.session import Session
from planner.solver.tie_breaking import cost_of
from planner.tradeoffs.cases import penalties
from planner.tradeoffs.errors import TradeoffError, meant
from planner.tradeoffs.goal_seeking.resources import RESOURCES, UNITS, Resource, used
from planner.tradeoffs.goal_seeking.targets import ROOM, Attained, Goal, Target
from planner.tradeoffs.sweeping.curves import NOTHING, Allocation
from planner.tradeoffs.sweeping.parametric_model import Readout
from planner.tradeoffs.sweeping.readout import allocation_of
from planner.wording.figures import decimal


def least(case: Case, resource: str, targets: Sequence[Target], *, options: Given | None = None) -> Goal:
    """The least money, officers, visas or capital with which a plan reaches all targets, within the workbook's limits.

    Args:
        case: A case.
        resource: 'money', 'officers', 'visas' or 'capital'.
        targets: What has to be reached; see :func:`parse_target`.
        options: As for :func:`planner.solve`; None: the usual ones.

    Returns:
        The amount in the resource's unit, its bound, and the plan.

    Raises:
        TradeoffError: There is no such resource or outcome, no target, or the case has no plan.

    Example:
        >>> target = planner.tradeoffs.parse_target("safe years>=50000")
        >>> goal = planner.tradeoffs.least(case, "money", [target], options=options)
        >>> goal.reached
        True
    """
    if resource not in RESOURCES:
        message = f"There is no resource '{resource}'.{meant(resource, RESOURCES)}"
        raise TradeoffError(message)
    if not targets:
        message = "Give at least one target, such as 'safe years>=80000': without any, doing nothing costs least."
        raise TradeoffError(message)
    seek = _Seek(case, targets, RunContext.of(options))
    chosen: Resource = next(r for r in RESOURCES if r == resource)
    return seek.answer(resource, used(case, seek.model.built, chosen), UNITS[chosen], most=False)


def most(case: Case, outcome: str, floors: Sequence[Target] = (), *, options: Given | None = None) -> Goal:
    """The best value of one outcome (least, where less is better) while the others keep their floors.

    Args:
        case: A case.
        outcome: Its name on sheet Outcomes.
        floors: What others have to keep; see :func:`parse_target`.
        options: As for :func:`planner.solve`; None: the usual ones.

    Returns:
        The value in the outcome's unit, its bound, and the plan.

    Raises:
        TradeoffError: There is no such outcome, or the case has no plan.

    Example:
        >>> goal = planner.tradeoffs.most(case, "safe years", options=options)
        >>> goal.value >= plan.outcome("safe years") - 1
        True
    """
    rows = {row.outcome: row for row in case.of(Outcomes)}
    if outcome not in rows:
        message = f"The workbook has no outcome '{outcome}' on sheet Outcomes.{meant(outcome, rows)}"
        raise TradeoffError(message)
    seek = _Seek(case, floors, RunContext.of(options))
    form = seek.model.built.outcomes.value[outcome]
    return seek.answer(outcome, form, rows[outcome].unit, most=rows[outcome].better == "more")


class _Seek:
    """One search for a goal; everything found before an interruption is kept."""

    def __init__(self, case: Case, targets: Sequence[Target], run: RunContext) -> None:
        """Build the case, find its own plan, and open a session with a row for every target."""
        self.run, options = run, run.options
        self.rows = {row.outcome: row for row in case.of(Outcomes)}
        self.targets = tuple(targets)
        for target in self.targets:
            if target.outcome not in self.rows:
                message = (
                    f"The workbook has no outcome '{target.outcome}' on sheet Outcomes."
                    f"{meant(target.outcome, self.rows)}"
                )
                raise TradeoffError(message)
        self.case = case
        try:
            self.model: Model = prepare(case, options)
        except InvalidCaseError as error:
            raise TradeoffError(str(error)) from error
        self.built, self.readout = self.model.built, Readout(self.model.built)
        self.width = len(self.model.matrix.cost)
        run.say("the workbook as it stands")
        base = search(self.model, run.unheard(options))
        if base.values is None:
            raise TradeoffError(_no_base(base.status), base.status)
        self.base = base.values
        self.notes: list[str] = []
        self.session = Session(self.model.matrix, options)
        self._hold_soft_rules()
        self.target_rows = [self._row(self._form(t), -np.inf, np.inf) for t in self.targets]
        self.known: list[Floats] = [self.base]

    def _form(self, target: Target) -> Form:
        """An outcome as a form."""
        return self.built.outcomes.value[target.outcome]

    def _row(self, form: Form, lower: float, upper: float) -> tuple[int, float]:
        """Add a row for a form, divided by its largest coefficient; returns its number and that size."""
        size = max((abs(v) for v in form.terms.values()), default=1.0)
        terms = {c: v / size for c, v in form.terms.items()}
        return self.session.add_terms(terms, (lower - form.constant) / size, (upper - form.constant) / size), size

    def _hold_soft_rules(self) -> None:
        """Soft rules may not be broken by more points than in the workbook's own plan."""
        lost = penalties(self.model)
        if lost.any():
            at_most = float(lost @ self.base)
            form = Form(as_terms(lost))
            self._row(form, -np.inf, at_most + 1e-6 * max(1.0, at_most))
            self.notes.append(f"Soft rules may be broken by {decimal(at_most, 6)} points in all, as in the plan now.")

    def hold(self, number: int, *, on: bool) -> None:
        """Switch a target on or off."""
        target, (row, size) = self.targets[number], self.target_rows[number]
        edge = (target.value - self._form(target).constant) / size if on else np.inf
        low, high = (edge if on else -np.inf, np.inf) if target.sense == ">=" else (-np.inf, edge if on else np.inf)
        self.session.bound_row(row, low, high)

    def optimise(self, form: Form, sign: float, words: str) -> Answer:
        """Make a form most (sign 1) or least (-1); objective and bound come back in its own unit."""
        self.run.say(words)
        size = max((abs(v) for v in form.terms.values()), default=1.0)
        cost = filled({column: sign * value / size for column, value in form.terms.items()}, self.session.columns)
        self.session.set_cost(cost)
        if self.session.integer:
            self.session.forget()
            start = self._start(form, sign)
            if start is not None:
                self.session.start_from(np.append(start, np.zeros(len(cost) - len(start))))
        answer = self.run.solve(self.session, max(1.0, self.run.left))
        if answer.values is None or answer.objective is None:
            return answer
        self.known.append(answer.values[: self.width])
        value = sign * size * answer.objective + form.constant
        bound = None if answer.bound is None else sign * size * answer.bound + form.constant
        gap = None if bound is None or not np.isfinite(bound) else relative_gap(value, bound)
        return replace(answer, objective=value, bound=bound, gap=gap)

    def _start(self, form: Form, sign: float) -> Floats | None:
        """The best known plan that keeps the targets that are on."""
        lower, upper = self.session.row_bounds()

        def kept(plan: Floats) -> bool:
            for target, (row, size) in zip(self.targets, self.target_rows, strict=True):
                value = (self._form(target).value(plan) - self._form(target).constant) / size
                if not lower[row] - 1e-7 <= value <= upper[row] + 1e-7:
                    return False
            return True

        return max((p for p in self.known if kept(p)), key=lambda p: place(sign * form.value(p)), default=None)

    def alone(self) -> list[Attained]:
        """What can be had of each target without regard to the others."""
        found = []
        for number, target in enumerate(self.targets):
            row, form = self.rows[target.outcome], self._form(target)
            now = _tidy(form.value(self.base))
            if self.run.over():
                found.append(Attained(target, row.unit, now, now, None, Status.FEASIBLE))
                continue
            sign = 1.0 if target.sense == ">=" else -1.0
            words = f"target {number + 1} of {len(self.targets)}: {target.outcome} alone"
            answer = self.optimise(form, sign, words)
            if answer.status is Status.UNBOUNDED:
                found.append(Attained(target, row.unit, now, sign * np.inf, sign * np.inf, answer.status))
                continue
            value = now if answer.objective is None else answer.objective
            found.append(Attained(target, row.unit, now, _tidy(value), answer.bound, answer.status))
        return found

    def answer(self, sought: str, form: Form, unit: str, *, most: bool) -> Goal:
        """The whole answer."""
        attained = self.alone()
        beyond = [a for a in attained if a.out_of_reach]
        status, result = Status.INFEASIBLE, None
        sign = 1.0 if most else -1.0
        if not beyond and not self.run.over():
            for number in range(len(self.targets)):
                self.hold(number, on=True)
            found = self.optimise(form, sign, f"{'most' if most else 'least'} {sought} with all targets")
            status, result = found.status, found if found.values is not None else None
        elif not beyond:
            status = Status.NO_PLAN
        nearest: dict[str, float] = {}
        plan: Floats | None = None
        if result is not None:
            plan = self._chosen(form, sign, result)
        elif status is Status.INFEASIBLE and len(self.targets) > 1 and not self.run.over():
            nearest = self._nearest(attained)
        after = NOTHING if plan is None else allocation_of(self.readout, plan)
        blank = Goal(
            sought=sought, most=most, unit=unit, status=status, now=_tidy(form.value(self.base)), nearest=nearest,
            targets=tuple(replace(a, reached=after.outcomes.get(a.target.outcome)) for a in attained), after=after,
            value=None if result is None or result.objective is None else _tidy(result.objective),
            bound=None if result is None else result.bound, gap=None if result is None else result.gap,
            before=allocation_of(self.readout, self.base), columns=plan,
        )  # fmt: skip
        return self._written(blank)

    def _chosen(self, form: Form, sign: float, result: Answer) -> Floats:
        """Among plans that keep what was reached, the best by the workbook's weights, then the tie rule."""
        assert result.values is not None
        assert result.objective is not None
        held = result.values[: self.width]
        edge = result.objective - sign * ROOM * abs(result.objective)
        self._row(form, edge if sign > 0 else -np.inf, np.inf if sign > 0 else edge)
        if self.run.over():
            return held
        points = Form(as_terms(cost_of(self.built, 0)))
        best = self.optimise(points, 1.0, "the best of these plans by the workbook's weights")
        if best.values is None:
            return held
        if best.status is not Status.OPTIMAL:
            self.notes.append("Among plans that reach the goal a better one by the workbook's weights may exist.")
        return best.values[: self.width]

    def _nearest(self, attained: Sequence[Attained]) -> dict[str, float]:
        """Values of all targets in the plan with the least sum of shortfalls, each as a share of its target."""
        shortfall = Form()
        for number, a in enumerate(attained):
            self.hold(number, on=False)
            target, form = a.target, self._form(a.target)
            size = max(abs(target.value), 1e-6)
            short = self.session.add_column(0.0)
            sign = 1.0 if target.sense == ">=" else -1.0
            row = Form({c: sign * v / size for c, v in form.terms.items()}, sign * form.constant / size)
            self.session.add_terms({**row.terms, short: 1.0}, sign * target.value / size - row.constant, np.inf)
            shortfall.terms[short] = 1.0
        self.known = []
        found = self.optimise(shortfall, -1.0, "the plan nearest to all targets")
        if found.values is None:
            return {}
        plan = found.values[: self.width]
        return {a.target.outcome: _tidy(self._form(a.target).value(plan)) for a in attained}

    def _written(self, goal: Goal) -> Goal:
        """The goal with what is used, units, notes and time."""
        forms = {r: used(self.case, self.built, r) for r in RESOURCES}
        units = {r: UNITS[r] for r in RESOURCES} | {n: row.unit for n, row in self.rows.items()}
        plan = goal.columns
        lost = {} if plan is None else {n: _lost(r.better, goal.before, goal.after, n) for n, r in self.rows.items()}
        worse = sorted((n for n, share in lost.items() if share > LOSS), key=lambda n: (-place(lost[n]), n))
        return replace(
            goal, worse=tuple(worse), used_before={r: _tidy(f.value(self.base)) for r, f in forms.items()},
            used_after={} if plan is None else {r: _tidy(f.value(plan)) for r, f in forms.items()},
            units=units, notes=tuple(self.notes), complete=not self.run.over(),
            stopped=self.run.stopped, seconds=self.run.elapsed,
        )  # fmt: skip


LOSS = 0.01
"""Share of an outcome that has to be lost before it is said."""


def _lost(better: str, before: Allocation, after: Allocation, name: str) -> float:
    """Share by which an outcome is worse than before, of the larger of the two."""
    one, two = before.outcomes[name], after.outcomes[name]
    change = one - two if better == "more" else two - one
    return change / max(abs(one), abs(two), 1e-9)


def _tidy(value: float) -> float:
    """To 13 digits, without negative zeros and noise."""
    value = float(f"{value:.13g}") + 0.0
    return 0.0 if abs(value) < 1e-9 else value


def _no_base(status: Status) -> str:
    """Why goals cannot be sought."""
    if status is Status.INFEASIBLE:
        return (
            "The workbook as it stands has no plan at all, so no goal can be reached: planner explain says which rules "
            "clash."
        )
    if status is Status.UNBOUNDED:
        return (
            "The workbook's objective has no limit, so goals mean nothing yet: planner solve names what grows without "
            "end."
        )
    return f"No plan of the workbook as it stands was found ({status}); allow more time."
