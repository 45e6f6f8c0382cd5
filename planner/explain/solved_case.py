"""A solved case opened for questions: its model, its plan, and the linear programme at its integer decisions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from models.build import Built
from models.linear import Form
from models.matrix import Floats, Matrix
from planner.case import Case
from planner.options import Options
from planner.plan import Plan, Status
from planner.solve import KEPT, Model, prepare, search
from planner.solver.basis import Basis, stated_basis
from planner.solver.carrying import decided
from planner.solver.loaded import filled
from planner.solver.session import Session
from planner.solver.tie_breaking import break_ties, cost_of, keep_levels, tie_breaking_cost, weights


class NoPlanError(ValueError):
    """There is no plan to explain; `status` says how the search ended."""

    def __init__(self, status: Status) -> None:
        """Say what to do instead."""
        self.status = status
        mend = {
            Status.INFEASIBLE: "Ask why it is infeasible (planner.explain.conflicts) first.",
            Status.UNBOUNDED: "Give what grows without end a largest pace, a cost or a resource it uses.",
        }.get(status, "Give the search more time.")
        super().__init__(f"There is no plan to explain: {status.value}. {mend}")


@dataclass(frozen=True)
class SolvedCase:
    """A model with one plan of it. `values` are scaled column values; `gap` is what the search has proven."""

    model: Model
    options: Options
    values: Floats
    objective: float
    gap: float | None

    @property
    def case(self) -> Case:
        """The case."""
        return self.model.case

    @property
    def built(self) -> Built:
        """The built model."""
        return self.model.built

    @property
    def matrix(self) -> Matrix:
        """The model as arrays."""
        return self.model.matrix

    def number(self, form: Form) -> float:
        """Value of a form in this plan, natural units."""
        return form.value(self.values)

    @cached_property
    def fixed(self) -> FixedIntegerLP:
        """The linear programme at the plan's binary decisions, first priority level."""
        return FixedIntegerLP(self)


def open_case(case: Case, options: Options | None = None, plan: Plan | None = None) -> SolvedCase:
    """Solve a case for questions, or take up a plan that is known already (only a linear programme is solved then).

    Args:
        case: A case.
        options: As for :func:`planner.solve`; the grid is the plan's. None: the usual ones.
        plan: Its plan; None: it is sought.

    Returns:
        What the other functions of this package are asked with.

    Raises:
        NoPlanError: There is no plan.
        ValueError: The plan does not belong to the case.

    Example:
        >>> planner.explain.open_case(case, options, plan).gap == plan.gap
        True
    """
    options = options or Options()
    if plan is not None and not plan.found:
        raise NoPlanError(plan.status)
    if plan is not None and plan.record.grid != case.grid(options.grid).name:
        options = Options(**{**options.as_record(), "grid": plan.record.grid})
    model = prepare(case, options)
    if plan is not None:
        return _from_plan(model, options, plan)
    answer = search(model, options)
    if answer.values is None or answer.objective is None:
        raise NoPlanError(answer.status)
    return SolvedCase(model, options, answer.values, answer.objective, answer.gap)


def _from_plan(model: Model, options: Options, plan: Plan) -> SolvedCase:
    """Fix the plan's binary decisions and solve for the rest."""
    session = Session(model.matrix, options)
    session.fix_integers(decided(model.built, model.matrix, plan))
    answer = session.run()
    if answer.values is None or answer.objective is None:
        message = "This plan does not belong to this case: its decisions cannot be carried out there."
        raise ValueError(message)
    values = break_ties(model.built, model.matrix, options, answer.values, KEPT, decisions=False)
    return SolvedCase(model, options, values, answer.objective, plan.gap)


class FixedIntegerLP:
    """The linear programme at a plan's binary decisions, solved, with the basis of its optimum.

    With several priority levels it is the one of `level`; earlier levels are kept as rows.
    """

    def __init__(self, solved: SolvedCase, level: int = 0) -> None:
        """Solve it."""
        self.solved = solved
        self.session = Session(solved.matrix, solved.options)
        self.session.fix_integers(solved.values)
        keep_levels(self.session, solved.built, solved.values, range(level), KEPT)
        self.cost = cost_of(solved.built, level)
        self.session.set_cost(self.cost, solved.matrix.offset)
        answer = stated_basis(
            self.session, self.cost, tie_breaking_cost(solved.built, solved.matrix), weights(solved.built)
        )
        if answer.values is None or answer.objective is None or answer.status is not Status.OPTIMAL:
            raise NoPlanError(answer.status)
        self.values, self.objective = answer.values, float(answer.objective)
        self.start = self.session.basis()
        if not self.start.valid:
            raise NoPlanError(Status.NO_PLAN)
        self.basis = Basis(self.session)

    @cached_property
    def duals(self) -> tuple[Floats, Floats]:
        """Points for one more of each row's bound, and of each column's bound (scaled units)."""
        return self.basis.prices(self.cost)

    def outcome_costs(self) -> dict[str, Floats]:
        """Cost vector of each summed outcome in its own unit."""
        built = self.solved.built
        summed = [o.id for o in built.frame.network.outcomes if o.kind == "sum"]
        return {name: filled(built.outcomes.value[name].terms, len(built.frame.columns)) for name in summed}
