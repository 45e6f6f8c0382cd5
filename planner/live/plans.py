"""A whole plan of a first answer, on demand: the same tables as any plan has, and never called proven."""

from __future__ import annotations

from planner.live.answers import LiveAnswer
from planner.live.base import LiveBase
from planner.plan import Plan, Status
from planner.solve import prepare
from planner.solver.carrying import carried
from planner.solver.snapshots import SparsityPattern
from planner.tradeoffs.full_plans import plan_of as tables_of


def plan_of(base: LiveBase, answer: LiveAnswer) -> Plan:
    """Compile the workbook of the answer's settings and read its columns as a plan.

    Raises ValueError for an answer without a plan that keeps every limit, InvalidCaseError where the workbook refuses
    the settings.
    """
    if answer.status != "found" or answer.columns is None:
        message = "this answer holds no plan that keeps every limit"
        raise ValueError(message)
    model = prepare(base.spec.case(answer.settings), base.spec.options)
    pattern: SparsityPattern = base.structure.layout.pattern
    values = answer.columns
    if pattern.order_of(model.built) is not None:
        values = carried(values, pattern.columns, pattern.column_scales, model.built)
    return tables_of(
        model, base.spec.options, values, Status.FEASIBLE, gap=answer.gap, bound=answer.bound,
        unproven=(answer.sentence,),
    )  # fmt: skip
