"""What goes on without a decision: the levels of sheets, and staff who are replaced as they leave."""

from __future__ import annotations

from models.network import Continuing
from planner.case.continuing import UNITS, activity_of, anything_goes_on, continued, level_field, level_of, posts_of
from planner.compile.draft import Draft
from planner.compile.staff import loss_rate
from planner.sheets import Staff


def compile_continuing(draft: Draft) -> None:
    r"""Remember the levels that go on; nothing where the case says of nothing that it goes on.

    Of a cadre that goes on at h posts so many are hired as leave, :math:`\alpha h` a year with
    :math:`\alpha = -\ln(1 - attrition)`, where anybody can be hired at all.
    """
    case = draft.case
    if not anything_goes_on(case):
        return
    for row in continued(case):
        level, activity = level_of(row), activity_of(row)
        if level and activity in draft.activities:
            draft.continuing.append(
                Continuing(activity, level * UNITS.get(type(row), 1.0), row.origin(level_field(row)))
            )
    for cadre in case.of(Staff):
        leaving, hire = loss_rate(cadre.attrition) * posts_of(cadre), activity_of(cadre)
        if leaving > 0.0 and hire in draft.activities:
            field = "on_board" if cadre.goes_on_at is None else "goes_on_at"
            draft.continuing.append(Continuing(hire, leaving, cadre.origin(field)))
