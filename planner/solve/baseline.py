"""What a plan is compared with: doing nothing new, and the plan before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from models.build import Built
from models.matrix import Floats, Matrix
from planner.options import Options
from planner.plan import Plan, Status
from planner.plan.extract import Extractor
from planner.solver import scopes
from planner.solver.session import Session
from planner.solver.tie_breaking import TieRule

DECIDED = ("programme", "visa", "hire", "train", "deploy", "transfer")
"""Kinds of activities that doing nothing keeps at their least level. Stages go on with the staff in post."""
ROOM = 1e-9
"""Share of a raw activity's least level that is left to rounding."""
MOST_SECONDS = 120.0
"""Longest search for what a plan is compared with."""


def doing_nothing(built: Built, matrix: Matrix, options: Options) -> dict[str, float]:
    """Outcomes if nothing new is decided: {outcome: value}, empty if even that cannot be."""
    return outcomes_of(built, nothing_values(built, matrix, options))


def previous(built: Built, matrix: Matrix, options: Options, values: Floats) -> dict[str, float]:
    """Outcomes of the plan before, as near to it as today's workbook allows; empty without a previous plan."""
    return outcomes_of(built, previous_values(built, matrix, options, values))


def nothing_values(built: Built, matrix: Matrix, options: Options) -> Floats | None:
    """Column values if nothing new is decided; None if even that cannot be.

    Nobody is hired or lent, no reform is taken, no site opened, no programme or visa goes beyond what must be; staff in
    post and open sites go on with the procedures as well as they can. Political rules and time limits do not bind,
    since nobody keeps them on purpose. Raw activities are decisions too: they stay at their least, or, where balances
    cannot do without (an inflow that has to go somewhere), at the least sum of what they need.
    """
    session = Session(matrix, options)
    lower, upper = matrix.column_lower.copy(), matrix.column_upper.copy()
    kinds = {a.id: a.tags.get("kind", "") for a in built.frame.network.activities}
    for (family, key), number in built.frame.column_of.items():
        if family == "taken" and not built.switches.by_id[str(key[0])].must:
            upper[number] = 0.0
        elif family == "level" and kinds[str(key[0])] in DECIDED:
            upper[number] = lower[number] = max(0.0, lower[number])
    raw = np.array(
        [n for (f, key), n in built.frame.column_of.items() if f == "level" and kinds[str(key[0])] == "raw"], dtype=int
    )
    free = upper.copy()
    upper[raw] = np.maximum(0.0, lower[raw])
    session.set_columns(lower, upper)
    free_rules(session, built)
    found = session.run(time_limit=min(MOST_SECONDS, options.time_limit))
    if found.status is not Status.INFEASIBLE or not len(raw):
        return found.values
    return _least_raw(session, built, matrix, (lower, upper, free), raw)


def _least_raw(
    session: Session, built: Built, matrix: Matrix, bounds: tuple[Floats, Floats, Floats], raw: np.ndarray
) -> Floats | None:
    """Doing nothing with the least sum of raw activities (each in its own unit) without which no balance holds."""
    lower, upper, free = bounds
    limit = min(MOST_SECONDS, session.options.time_limit)
    least = np.zeros(len(matrix.cost))
    least[raw] = [-built.frame.columns[n].scale for n in raw]
    session.set_columns(lower, free)
    with scopes.costed(session, least):
        needed = session.run(time_limit=limit).values
    if needed is None:
        return None
    upper[raw] = np.where(matrix.integer[raw], np.round(needed[raw]), needed[raw] + ROOM * np.maximum(1.0, needed[raw]))
    session.set_columns(lower, np.minimum(upper, free))
    return session.run(time_limit=limit).values


def previous_values(built: Built, matrix: Matrix, options: Options, values: Floats) -> Floats | None:
    """Column values of the plan before, as near to it as today's workbook allows; None without a previous plan.

    Yes-or-no decisions are those of `values`, the new plan, since a previous plan lists levels only.
    """
    if not built.frame.network.previous:
        return None
    session = Session(matrix, options)
    session.fix_integers(values)
    free_rules(session, built)
    TieRule.of(built, matrix).seek(session)
    found = session.run(time_limit=min(MOST_SECONDS, options.time_limit)).values
    return None if found is None else found[: len(values)]


def outcomes_of(built: Built, values: Floats | None, *, floors: bool = True) -> dict[str, float]:
    """Outcome values of column values, empty where there are none; `floors` as in `planner.plan.extract.settled`."""
    if values is None:
        return {}
    return {
        str(row["outcome"]): float(row["value"])
        for row in Extractor(built, values, floors=floors, freed=True).outcomes()
    }


def as_plan(plan: Plan, built: Built, values: Floats, *, floors: bool = True) -> Plan:
    """Column values as a whole plan, so that every view can be drawn of what a plan is compared with.

    Nothing is proven about it, and it carries no comparisons of its own.
    """
    nothing: Mapping[str, float] = {}  # what it is compared with, it is itself
    return replace(
        plan,
        status=Status.FEASIBLE,
        objective=None,
        bound=None,
        gap=None,
        tables=Extractor(built, values, floors=floors, freed=True).tables(),
        continuation=nothing,
        doing_nothing=nothing,
        previous=nothing,
        unproven=("It is what the plan is compared with, not a plan that was sought.",),
        verified=None,
    )


def free_rules(session: Session, built: Built) -> None:
    """Take the force from rules that people chose and from time limits; accounts and balances stay."""
    chosen = {r.id for r in built.frame.network.rules if r.tags.get("kind", "rule") == "rule"}
    rights = {s.id for s in built.frame.network.stocks if s.limit is not None and s.limit.hard}
    for number, row in enumerate(built.frame.rows):
        if (row.family == "on_time" and row.key[0] in rights) or (row.family == "rule" and row.key[0] in chosen):
            session.bound_row(number)
