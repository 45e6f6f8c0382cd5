"""How much of something there must be so that targets can be reached: the least place of a group of cells.

The place in the range is made a decision of the model itself, and made least with all targets as limits: one programme,
not a search along the range. The answer is then solved with, which proves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.plan import Status
from planner.sheets import Outcomes
from planner.solver.loaded import as_terms
from planner.solver.runs import Given, RunContext
from planner.solver.session import Session
from planner.tradeoffs.cases import penalties
from planner.tradeoffs.errors import TradeoffError, meant
from planner.tradeoffs.goal_seeking.resources import Resource, supply
from planner.tradeoffs.goal_seeking.targets import Target
from planner.tradeoffs.sweeping.cellgroups import CellGroup, cell_group
from planner.tradeoffs.sweeping.parametric_model import ParametricModel
from planner.tradeoffs.sweeping.parametric_solver import Limit, feasible_part
from planner.wording.figures import digits, figure
from planner.wording.lists import listed

MOST_TIMES = 10.0
"""How many times as much as now is tried where no range is given."""
MORE_CAPITAL = 100.0
"""Points of political capital that are tried beyond those now."""


@dataclass(frozen=True)
class Need:
    """The least place of a group of cells at which all targets can be reached; None where none in the range will do.

    `amount` is the sum of the cells there and `more` what that is beyond now, both in the cells' unit. `proven`: a plan
    with all targets was found there, and none can be below (for a range that starts at the place: below was not asked).
    """

    group: CellGroup
    place: float | None
    amount: float | None
    more: float | None
    proven: bool
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """For a file."""
        return {
            "cells": [c.name for c in self.group.cells], "share": self.group.scaled, "low": self.group.low,
            "high": self.group.high, "place": self.place, "amount": self.amount, "more": self.more,
            "unit": self.group.unit, "proven": self.proven, "sentence": self.sentence,
        }  # fmt: skip


def need(
    case: Case, cells: str | Sequence[str], targets: Sequence[Target], low: float | str | None = None,
    high: float | str | None = None, *, options: Given | None = None,
) -> Need:  # fmt: skip
    """The least place of a range of cells at which all targets can be reached.

    Broken soft rules may not cost more points than in the workbook's own plan, where there is one.

    Args:
        case: A case.
        cells: `Sheet!row key.Column`, `*` for several rows; one or several.
        targets: What has to be reached; see :func:`parse_target`.
        low: Lower end of the range: a number in the column's unit that every cell takes, or a share as '50%'.
        high: Its upper end.
        options: As for :func:`planner.solve`; None: the usual ones.

    Returns:
        The place, and the plan there.

    Raises:
        TradeoffError: Cells or outcomes are unknown, or the cells change more than limits.

    Example:
        >>> target = planner.tradeoffs.parse_target("legal admissions>=8000")
        >>> found = planner.tradeoffs.need(case, "Quota by phase!*.Places", [target], "50%", "200%", options=options)
        >>> found.place is not None
        True
    """
    run = RunContext.of(options)
    group = cell_group(case, cells, low, high)
    run.say("at a few places of the range", "build")
    try:
        parametric = ParametricModel(case, group, run.options)
    except InvalidCaseError as error:
        raise TradeoffError(str(error)) from error
    if not parametric.straight or parametric.kind not in ("limits", "gates", "nothing"):
        message = (
            f"'{group.text}' changes more than limits, so its least value cannot be sought in one step: sweep it with "
            "planner sweep, and read off where the targets are reached."
        )
        raise TradeoffError(message)
    limits = _limits(parametric, case, targets)
    run.say("the least place at which all targets are reached")
    part = feasible_part(parametric, run, None, limits, ends="least")
    if part is None:
        said = f"Even with {_amount(group, group.high)} the targets are not reached: something else is in the way."
        return Need(group, None, None, None, proven=True, sentence=said)
    place = part[0]
    proven = _holds(parametric, run, limits, place)
    amount = group.amount(place)
    total = group.total
    now = group.now
    more = amount - total if amount is not None and total is not None else None
    if now is not None and place <= now + 1e-9 * group.length:
        said = f"The targets can be reached with {_amount(group, place)}, not more than there is now."
    else:
        extra = f", {figure(more)} {group.unit} more than now" if more is not None else ""
        said = f"The targets can be reached from {_amount(group, place)} on{extra}; with less they cannot."
    return Need(group, place, amount, more, proven, said + ("" if proven else " This is not proven."))


def need_of(case: Case, resource: Resource, targets: Sequence[Target], *, options: Given | None = None) -> Need | None:
    """How much more of a resource there must be, its cells raised in one proportion.

    Args:
        case: A case.
        resource: 'money', 'officers', 'visas' or 'capital'.
        targets: What has to be reached; see :func:`parse_target`.
        options: As for :func:`planner.solve`; None: the usual ones.

    Returns:
        As for :func:`need`; None where the resource is not limited.

    Example:
        >>> target = planner.tradeoffs.parse_target("legal admissions>=8000")
        >>> found = planner.tradeoffs.need_of(case, "visas", [target], options=options)
        >>> found.place is not None
        True
    """
    cells = supply(case, resource)
    if not cells:
        return None
    low, high = "100%", f"{digits(MOST_TIMES * 100.0)}%"
    if resource == "capital":
        now = float(case.setting("political capital at start"))
        low, high = str(now), str(now + MORE_CAPITAL)
    return need(case, cells, targets, low, high, options=options)


def _limits(parametric: ParametricModel, case: Case, targets: Sequence[Target]) -> list[Limit]:
    """Targets as rows, and that soft rules cost no more points than in the workbook's own plan."""
    rows = {row.outcome for row in case.of(Outcomes)}
    limits: list[Limit] = []
    for target in targets:
        if target.outcome not in rows:
            message = f"The workbook has no outcome '{target.outcome}' on sheet Outcomes.{meant(target.outcome, rows)}"
            raise TradeoffError(message)
        form = parametric.built.outcomes.value[target.outcome]
        size = max((abs(v) for v in form.terms.values()), default=1.0)
        edge = (target.value - form.constant) / size
        terms = {c: v / size for c, v in form.terms.items()}
        limits.append((terms, edge, np.inf) if target.sense == ">=" else (terms, -np.inf, edge))
    lost = penalties(parametric.model)
    if lost.any():
        answer = Session(parametric.matrix, parametric.options).run()
        if answer.values is not None:
            most = float(lost @ answer.values)
            limits.append((as_terms(lost), -np.inf, most + 1e-6 * max(1.0, most)))
    return limits


def _holds(parametric: ParametricModel, run: RunContext, limits: Sequence[Limit], place: float) -> bool:
    """Whether a plan with all targets exists at the place, by solving with it."""
    numbers = parametric.at(min(place + 1e-9 * parametric.group.length, parametric.group.high))
    assert numbers is not None
    session = Session(parametric.matrix_of(numbers), run.options)
    for terms, least, most in limits:
        size = 1e-7 * max(1.0, *(abs(x) for x in (least, most) if np.isfinite(x)))
        session.add_terms(dict(terms), least - size, most + size)
    session.set_cost(np.zeros(len(parametric.matrix.cost)))
    return run.solve(session).status is Status.OPTIMAL


def _amount(group: CellGroup, place: float) -> str:
    """A place with its amount."""
    names = listed(list(dict.fromkeys(f"{c.sheet.SHEET}, {c.column.name}" for c in group.cells)))
    if len(group.cells) == 1:
        cell = group.cells[0]
        names = f"'{cell.key}', {cell.column.name} ({cell.address})"
    if not group.scaled:
        return f"{names} at {group.shown(place)}" + (f" {group.unit}" if group.unit else "")
    amount = group.amount(place)
    return f"{names} at {group.shown(place)} of now" + (f" ({figure(amount)} {group.unit})" if amount else "")
