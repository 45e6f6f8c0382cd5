"""Equal merit: among plans of the same value take the one nearest to the previous plan, else the earliest."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.build import Built
from models.linear import Form
from models.matrix import Floats, Matrix
from planner.options import Options
from planner.plan import Status
from planner.solver.answers import Optimum
from planner.solver.loaded import LoadedModel, filled
from planner.solver.session import NODES, SMALL, Session
from planner.solver.snapshots import ModelSnapshot

SCALE = 100.0
"""Price of doing a unit on the last day, not the first: so large that the solver's tolerances are small beside it."""
GIVEN = ("balance", "outcome", "taken", "runs", "full")
"""Columns that follow from others, or are fixed: the rule has nothing to choose there."""
CHANGE = 100.0 * SCALE
"""Price of a unit's change from the previous plan."""


def break_ties(
    built: Built, matrix: Matrix, options: Options, values: Floats, kept: float, *, decisions: bool = True
) -> Floats:
    """Return the plan of equal value that the stated rule prefers.

    In small models (:data:`planner.solver.session.SMALL` columns) binary decisions are put in order first, see
    :func:`decide`; in larger ones, and without `decisions`, they stay as the search found them. With them fixed the
    rest is solved to the end, and among the optima of that linear programme the rule takes the least sum of changes
    from the previous plan, then the least work, as early as it can be done (each unit's start day over the horizon),
    then the order of names, and at last what :func:`weights` make of the names, so that one plan is left. Earlier
    priority levels keep their value.
    """
    levels = max(1, len(built.frame.network.priorities))
    session = Session(matrix, options)
    session.fix_integers(values)
    keep_levels(session, built, values, range(levels - 1), kept)
    session.set_cost(cost_of(built, levels - 1))
    best = session.run(time_limit=options.time_limit)
    if best.status is not Status.OPTIMAL or best.values is None:
        return values
    if decisions and matrix.integer.any() and len(matrix.cost) <= SMALL:
        chosen = decide(built, matrix, options, best.values, kept)
        if np.any(np.round(chosen[matrix.integer]) != np.round(best.values[matrix.integer])):
            return break_ties(built, matrix, options, chosen, kept, decisions=False)
    return prefer(session, built, matrix, best.values, options.time_limit)


def prefer(session: Session, built: Built, matrix: Matrix, best: Floats, limit: float | None = None) -> Floats:
    """Of the optima of the linear programme that a session has just solved, `best` one of them, take the rule's."""
    session.keep_optimal()
    TieRule.of(built, matrix).seek(session)
    answer = session.run(time_limit=limit)
    found = answer.status is Status.OPTIMAL and answer.values is not None
    return (answer.values if found else best)[: len(matrix.cost)]  # type: ignore[index]


@dataclass(frozen=True)
class PreviousLevel:
    """The pace of an activity in a previous plan, and the columns that make up today's pace (scaled units)."""

    terms: Mapping[int, float]
    level: float


@dataclass(frozen=True)
class TieRule:
    """The stated rule in arrays: what each column costs it, and the previous plan that it holds to."""

    cost: Floats
    previous: tuple[PreviousLevel, ...]

    @classmethod
    def of(cls, built: Built, matrix: Matrix) -> TieRule:
        """The rule for a model."""
        return cls(tie_breaking_cost(built, matrix), previous_levels(built))

    def hold_to_previous(self, model: LoadedModel, cost: float = -CHANGE) -> None:
        """Price every change from the previous plan far above being late: d >= x - previous and d >= previous - x."""
        for previous in self.previous:
            change = model.add_column(cost)
            for sign in (1.0, -1.0):
                terms = {column: -sign * value for column, value in previous.terms.items()} | {change: 1.0}
                model.add_terms(terms, -sign * previous.level, np.inf)

    def price_changes(self, model: LoadedModel, *, on: bool) -> None:
        """Let changes from the previous plan cost what they do, or nothing: their columns follow those of the model."""
        if self.previous:
            n = len(self.cost)
            used = np.arange(n, n + len(self.previous), dtype=np.int32)
            model.price(used, np.full(len(used), -CHANGE if on else 0.0))

    def seek(self, model: LoadedModel) -> None:
        """Seek what the rule prefers, whatever was sought before."""
        model.set_cost(self.cost)
        self.hold_to_previous(model)

    def face(self, snapshot: ModelSnapshot, best: Optimum) -> ModelSnapshot:
        """A model narrowed to the plans that are as good as an optimum of it, in which the rule is what is sought."""
        return replace(snapshot.face(best), cost=self.cost, offset=0.0)


def keep_levels(session: Session, built: Built, values: Floats, levels: Iterable[int], kept: float) -> None:
    """Add rows that keep priority levels at what a plan reaches, less the share `kept` for rounding."""
    for level in levels:
        cost = cost_of(built, level)
        reached = float(cost @ values)
        session.add_row(cost, reached - kept * max(1.0, abs(reached)), np.inf)


def decide(built: Built, matrix: Matrix, options: Options, values: Floats, kept: float) -> Floats:
    """Of all binary decisions with which the value of a plan is reached, take the rule's.

    Nearest to the previous plan, then the fewest, the earliest, and at last what the weights of their names say: a
    second search in which every level of the objective is kept. Returns the plan as it is where that search does not
    end within :data:`planner.solver.session.NODES` nodes.
    """
    levels = max(1, len(built.frame.network.priorities))
    session = Session(matrix, replace(options, gap=0.0))
    keep_levels(session, built, values, range(levels), kept)
    cost, unit, grid = np.zeros(len(matrix.cost)), weights(built), built.frame.grid
    for n in np.flatnonzero(matrix.integer):
        when = built.frame.columns[n].key[-1]
        start = grid.start(when) if isinstance(when, int) else 0.0
        cost[n] = -SCALE * (1.0 + start / grid.horizon + 1e-2 * unit[n])
    replace(TieRule.of(built, matrix), cost=cost).seek(session)
    session.limit_nodes(NODES)
    if not built.frame.network.previous:
        session.start_from(values)
    answer = session.run(time_limit=options.time_limit)
    if answer.status is not Status.OPTIMAL or answer.values is None:
        return values
    held = Session(matrix, options)
    held.fix_integers(answer.values)
    keep_levels(held, built, values, range(levels - 1), kept)
    held.set_cost(cost_of(built, levels - 1))
    found = held.run(time_limit=options.time_limit)
    if found.status is not Status.OPTIMAL or found.values is None:
        return values
    before, after = (float(cost_of(built, levels - 1) @ v) for v in (values, found.values))
    return found.values if after >= before - kept * max(1.0, abs(before)) else values


def cost_of(built: Built, level: int) -> Floats:
    """Cost vector of one priority level, for the scaled columns."""
    return filled(built.outcomes.objective(level).terms, len(built.frame.columns))


def total_cost(built: Built) -> Floats:
    """Cost vector of all priority levels together, for the scaled columns."""
    levels = max(1, len(built.frame.network.priorities))
    return np.asarray(np.sum([cost_of(built, k) for k in range(levels)], axis=0))


def previous_levels(built: Built) -> tuple[PreviousLevel, ...]:
    """What the previous plan did, as far as today's plan can do it at the same time."""
    activities, found = built.activities, []
    for previous in built.frame.network.previous:
        level, scale = Form(), activities.by_id[previous.activity].scale
        for t in activities.active[previous.activity]:
            begin, end = activities.spans[previous.activity][t]
            overlap = min(end, previous.end) - max(begin, previous.start)
            if overlap > 0.0:
                level.add(activities.level[previous.activity, t], overlap / (end - begin))
        terms = {column: value / scale for column, value in level.terms.items()}
        found.append(PreviousLevel(terms, previous.level / scale))
    return tuple(found)


def weights(built: Built) -> Floats:
    """A number between nought and one for every column, made from its name alone: the same on every machine."""
    named = (f"{c.family}{c.key!r}".encode() for c in built.frame.columns)
    return np.array([(zlib.crc32(name) + 0.5) / 2.0**32 for name in named])


def tie_breaking_cost(built: Built, matrix: Matrix) -> Floats:
    """Small costs that order plans of equal value: late work costs most, then names late in the alphabet."""
    cost, unit = np.zeros(len(matrix.cost)), weights(built)
    grid, activities = built.frame.grid, built.activities
    names = {a.id: n for n, a in enumerate(built.frame.network.activities)}
    for (family, key), number in built.frame.column_of.items():
        if family == "level":
            start = activities.spans[str(key[0])][int(key[1])][0]
            order = names[str(key[0])] / max(1, len(names)) + 0.1 * unit[number]
            cost[number] = -SCALE * (1.0 + start / grid.horizon + 1e-3 * order)
        elif family in ("payment", "lapse", "over_limit", "broken"):
            cost[number] = -SCALE * 1e-3 * (1.0 + 0.1 * unit[number])
        elif family == "portion":
            cost[number] = -SCALE * 1e-3 * (int(key[1]) + 0.1 * unit[number])
        elif family not in GIVEN:
            cost[number] = -SCALE * 1e-4 * unit[number]
    return cost
