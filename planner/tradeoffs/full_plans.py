"""From columns of an analysis to a whole plan of the case: what is not at issue is settled as in any other plan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.matrix import Floats, Matrix
from planner.case import Case
from planner.case.defaults import defaults_used
from planner.options import Options
from planner.plan import Plan, Status
from planner.plan.extract import Extractor
from planner.solve import Model, StageClock, prepare, record
from planner.solve.baseline import doing_nothing, previous
from planner.solve.claims import objective_of
from planner.solver.session import Session
from planner.solver.tie_breaking import prefer, total_cost

MISSED = (1e-7, 1e-6, 1e-5)
"""Shares by which a column may move while rows are made to hold exactly, the smallest that does is taken."""
Held = tuple[Floats, float, float]
"""Coefficients of the columns, and the least and the most that their sum may have."""


def settled(model: Model, matrix: Matrix, options: Options, columns: Floats, held: Sequence[Held]) -> Floats:
    """Columns with the same integer decisions and what is held; the weights settle the rest, then the tie rule.

    Returns the columns as they are where that linear programme does not end well.
    """
    built, size = model.built, len(model.matrix.cost)
    session = Session(matrix, options)
    session.fix_integers(columns)
    for row, least, most in held:
        session.add_row(row, least, most)
    session.set_cost(total_cost(built))
    best = session.run()
    if best.values is None:
        return columns
    if best.status is not Status.OPTIMAL:
        return best.values[:size]
    return prefer(session, built, model.matrix, best.values[:size])


def exact(model: Model, options: Options, columns: Floats) -> Floats:
    """The plan next to columns that a search calls feasible, whose rows hold as finely as a linear programme's do.

    A search lets rows miss by a millionth, which an independent check may see where numbers are large. Whole decisions
    stay, every other column may move by rounding only. Returns the columns as they are where that is not possible.
    """
    matrix = model.matrix
    session = Session(matrix, options)
    session.fix_integers(columns)
    session.set_cost(total_cost(model.built))
    for share in MISSED:
        room = share * np.maximum(1.0, np.abs(columns))
        lower, upper = np.maximum(matrix.column_lower, columns - room), np.minimum(matrix.column_upper, columns + room)
        lower[matrix.integer] = upper[matrix.integer] = np.round(columns[matrix.integer])
        session.set_columns(np.minimum(lower, upper), upper)
        found = session.run()
        if found.values is not None:
            return found.values
    return columns


def plan_of(
    model: Model,
    options: Options,
    values: Floats,
    status: Status,
    *,
    gap: float | None,
    bound: float | None,
    unproven: Sequence[str],
) -> Plan:
    """Tables, comparisons and record of column values."""
    clock, built = StageClock(), model.built
    with clock.stage("extract"):
        tables = Extractor(built, values).tables()
        nothing = doing_nothing(built, model.matrix, options)
        before = previous(built, model.matrix, options, values)
    return Plan(
        status=status,
        record=record(model, options, clock),
        objective=objective_of(built, tables),
        bound=bound,
        gap=gap,
        tables=tables,
        doing_nothing=nothing,
        previous=before,
        defaults=tuple(defaults_used(model.case)),
        warnings=tuple(str(p) for p in model.case.warnings),
        unproven=tuple(unproven),
    )


def plan_of_columns(case: Case, options: Options, columns: Floats, told: str) -> Plan:
    """A whole plan of a case from the columns of an analysis that built the same case on the same grid.

    `told` says what it is instead of the best by the workbook's weights. Raises ValueError where they do not fit.
    """
    model = prepare(case, options)
    if len(columns) != len(model.matrix.cost):
        message = f"{len(columns)} columns do not fit a case with {len(model.matrix.cost)}."
        raise ValueError(message)
    columns = exact(model, options, columns)
    return plan_of(model, options, columns, Status.FEASIBLE, gap=None, bound=None, unproven=[told])
