r"""What goes on without the plan, computed on the plan's own model: a plan of its own, which `verify` checks like one.

Every activity is held at the level at which it goes on, :math:`x_{a,t} \le \hat x_{a,t}`, attached services (sheet
Needs) at what those levels ask for. No reform is taken and no site opened or closed; of staff only those who leave are
replaced; floors (*At least*), rules that people chose and time limits are promises of a plan and bind nobody. Where not
every level can be kept, because money, staff, places or people run short, as much is kept as there can be in shares of
the levels,

.. math:: \max \sum_a \frac{\sum_t \min(x_{a,t}, \check x_{a,t})}{\sum_t \check x_{a,t}},

:math:`\check x` the level of the row itself, without what others ask of it. Of all ways to keep as much the tie rule
takes one (:mod:`planner.solver.tie_breaking`): the least work, as early as it can be done. Where balances cannot do
without more than goes on (an inflow that has to go somewhere), the least sum beyond it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from models.build import Built
from models.matrix import Floats, Matrix
from planner.options import Options
from planner.plan import TABLES, Status
from planner.plan.extract import Extractor
from planner.solve.baseline import MOST_SECONDS, ROOM, free_rules, outcomes_of
from planner.solver.session import Session
from planner.solver.tie_breaking import tie_breaking_cost

if TYPE_CHECKING:
    import pandas as pd

HELD = ("stage", "programme", "visa", "hire", "train", "deploy", "transfer", "raw")
"""Kinds of activities that are held at what goes on. Numbers of a set-aside are given back as they always are."""
EXACT = 1e-9
"""Gap of the search, where running or not is a yes or no."""
SMALLEST = 1e-7
"""Units beyond what goes on that are rounding."""


@dataclass(frozen=True)
class Continuation:
    """Outcomes of what goes on, and the decisions from which they follow (table *continuation* of a plan)."""

    outcomes: Mapping[str, float] = field(default_factory=dict)
    decisions: pd.DataFrame | None = None


@dataclass(frozen=True)
class Kept:
    """Column values of what goes on, and what is done beyond it by activity and period, in units."""

    values: Floats
    beyond: Mapping[tuple[str, int], float]


def with_continuation(tables: Mapping[str, pd.DataFrame], found: Continuation) -> Mapping[str, pd.DataFrame]:
    """A plan's tables with the decisions of what goes on without it."""
    return tables if found.decisions is None else {**tables, "continuation": found.decisions}


def continuation(built: Built, matrix: Matrix, options: Options) -> Continuation:
    """What goes on, with its decisions; nothing where nothing goes on or no such state was found in the time."""
    kept = continuing_values(built, matrix, options)
    if kept is None:
        return Continuation()
    return Continuation(outcomes_of(built, kept.values, floors=False), decisions(built, kept))


def continuing_values(built: Built, matrix: Matrix, options: Options) -> Kept | None:
    """Column values of what goes on; None where the case says of nothing that it goes on, or none was found."""
    network = built.frame.network
    if not network.continuing and not network.previous:
        return None
    goal = _Goal.of(built, matrix)
    session = Session(matrix, options)
    session.set_gaps(relative=EXACT)
    session.set_columns(goal.lower, goal.upper)
    free_rules(session, built)
    limit = min(MOST_SECONDS, options.time_limit)
    goal.price(session)
    found = session.run(time_limit=limit)
    beyond: dict[tuple[str, int], float] = {}
    if found.status is Status.INFEASIBLE:
        more = _least_beyond(built, matrix, options, goal)
        if more is None:
            return None
        beyond = more
        session.set_columns(goal.lower, goal.upper)
        found = session.run(time_limit=limit)
    if found.values is None:
        return None
    return Kept(_one_of(session, built, matrix, found.values, limit), beyond)


def _one_of(session: Session, built: Built, matrix: Matrix, values: Floats, limit: float) -> Floats:
    """Of all plans that keep as much the one that the tie rule takes."""
    size = len(matrix.cost)
    whole = np.flatnonzero(matrix.integer).astype(np.int32)
    if len(whole):
        at = np.round(values[whole])
        session.bound_columns(whole, at, at)
        session.relax()
        again = session.run(time_limit=limit)
        if again.status is not Status.OPTIMAL or again.values is None:
            return values[:size]
        values = again.values
    session.keep_optimal()
    cost = np.zeros(session.columns)
    cost[:size] = tie_breaking_cost(built, matrix)
    session.set_cost(cost)
    best = session.run(time_limit=limit)
    found = best.status is Status.OPTIMAL and best.values is not None
    return (best.values if found else values)[:size]  # type: ignore[index]


@dataclass
class _Goal:
    """Bounds under which the levels are held, in scaled columns, and what a column is worth to what is sought."""

    lower: Floats
    upper: Floats
    own: dict[int, float]
    worth: dict[int, float]
    held: np.ndarray

    @classmethod
    def of(cls, built: Built, matrix: Matrix) -> _Goal:
        """The bounds of what goes on in a model: nothing where nothing does."""
        own, asked = levels(built)
        whole = {a: sum(row) for a, row in own.items()}
        kinds = {a.id: a.tags.get("kind", "") for a in built.frame.network.activities}
        lower, upper = np.maximum(matrix.column_lower, -np.inf), matrix.column_upper.copy()
        at, mine, worth, held = np.zeros(len(lower)), dict[int, float](), dict[int, float](), []
        for (family, key), number in built.frame.column_of.items():
            if family == "taken" and not built.switches.by_id[str(key[0])].must:
                upper[number] = 0.0
            elif family == "level" and kinds[str(key[0])] in HELD:
                held.append(number)
                lower[number] = 0.0
        for activity, row in asked.items():
            for t in built.activities.active[activity]:
                (number,) = built.activities.level[activity, t].terms
                scale = built.frame.columns[number].scale
                at[number] += row[t] / scale
                if whole.get(activity):
                    mine[number] = mine.get(number, 0.0) + own[activity][t] / scale
                    worth[number] = scale / whole[activity]
        numbers = np.array(held, dtype=np.int32)
        upper[numbers] = np.minimum(upper[numbers], _whole(at, matrix)[numbers])
        return cls(lower, upper, mine, worth, numbers)

    def price(self, session: Session) -> None:
        """Seek the largest sum of shares kept; what others ask of a row beyond its own level is worth nothing."""
        cost = np.zeros(session.columns)
        more = {n: own for n, own in self.own.items() if own < self.upper[n] * (1.0 - ROOM)}
        for number, worth in self.worth.items():
            cost[number] = 0.0 if number in more else worth
        session.set_cost(cost)
        for number, own in more.items():
            kept = session.add_column(self.worth[number], 0.0, own)
            session.add_terms({number: 1.0, kept: -1.0}, 0.0, np.inf)


def _whole(levels: Floats, matrix: Matrix) -> Floats:
    """Levels, those that come in whole units rounded down."""
    return np.where(matrix.integer, np.floor(levels + SMALLEST), levels)


def levels(built: Built) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Levels that go on by activity and period, in units: of the rows themselves, and with what others ask of them.

    Where a previous plan states a level in a phase, that goes on there instead.
    """
    activities, network = built.activities, built.frame.network
    paces = {item.activity: item.level for item in network.continuing}
    stated = {p.activity for p in network.previous}
    periods = len(built.frame.grid)
    own: dict[str, list[float]] = {}
    for activity in sorted({*paces, *stated}):
        own[activity] = [0.0] * periods
        for t in activities.active[activity]:
            begin, end = activities.spans[activity][t]
            left = end - begin
            for before in network.previous if activity in stated else ():
                overlap = min(end, before.end) - max(begin, before.start)
                if before.activity == activity and overlap > 0.0:
                    own[activity][t] += before.level * overlap / (before.end - before.start)
                    left -= overlap
            own[activity][t] += paces.get(activity, 0.0) * max(0.0, left) / 365.0
    return own, _with_services(built, own)


def _with_services(built: Built, own: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """Raise what others need to what they ask for at their levels, services of services too."""
    asked = {activity: list(row) for activity, row in own.items()}
    requirements = built.frame.network.requirements
    for _ in requirements:
        changed = False
        for need in requirements:
            (supply, worth), *_ = need.supply
            rows = [(asked[a], ratio) for a, ratio in need.demand if a in asked]
            for t in built.activities.active[supply] if rows else ():
                wanted = sum(row[t] * ratio for row, ratio in rows) / worth
                row = asked.setdefault(supply, [0.0] * len(built.frame.grid))
                if wanted > row[t] * (1.0 + ROOM) + SMALLEST:
                    row[t], changed = wanted, True
        if not changed:
            break
    return asked


def _least_beyond(built: Built, matrix: Matrix, options: Options, goal: _Goal) -> dict[tuple[str, int], float] | None:
    """Free the levels, seek the least sum beyond what goes on, and raise the goal by it; None where even that fails."""
    session = Session(matrix, options)
    at = goal.upper[goal.held]
    free = goal.upper.copy()
    free[goal.held] = matrix.column_upper[goal.held]
    session.set_columns(goal.lower, free)
    free_rules(session, built)
    session.set_cost(np.zeros(session.columns))
    more = [session.add_column(-1.0) for _ in goal.held]
    for number, column, most in zip(goal.held, more, at, strict=True):
        session.add_terms({int(number): 1.0, column: -1.0}, -np.inf, float(most))
    needed = session.run(time_limit=min(MOST_SECONDS, options.time_limit)).values
    if needed is None:
        return None
    found: dict[tuple[str, int], float] = {}
    for number, most in zip(goal.held, at, strict=True):
        above = float(needed[number] - most)
        spec = built.frame.columns[number]
        if above * spec.scale <= SMALLEST:
            continue
        done = float(needed[number])
        done = np.round(done) if matrix.integer[number] else done + ROOM * max(1.0, done)
        goal.upper[number] = min(matrix.column_upper[number], done)
        found[str(spec.key[0]), int(spec.key[1])] = (goal.upper[number] - most) * spec.scale
    return found


def decisions(built: Built, kept: Kept) -> pd.DataFrame:
    """The decisions of what goes on, one a row: levels, curves, running, payments, what lapses or is divided."""
    import pandas as pd  # noqa: PLC0415 - loads while the solver works

    read = Extractor(built, kept.values, floors=False)
    rows, heads = list[dict[str, Any]](), TABLES["continuation"]

    def add(item: str, subject: str, period: int, amount: float, account: str = "", day: float | None = None) -> None:
        rows.append(dict(zip(heads, (item, subject, account, period, day, amount), strict=True)))

    for row in read.activities():
        for item in ("level", "effective", "running", "started"):
            if row[item] is not None:
                add(item, row["activity"], row["period"], float(row[item]))
    for (activity, t), amount in kept.beyond.items():
        add("beyond", activity, t, amount)
    for row in read.switches():
        if row.get("period") is not None:
            add("taken", row["switch"], row["period"], 1.0)
    for row in read.payments():
        add("paid for", row["bill"], row["period"], row["amount"], row["account"])
    for row in read.moved():
        add("moved", row["activity"], row["period"], row["amount"], day=row["start_day"])
    steps, portions = built.ledgers.steps, built.ledgers.portions
    cut = {stock for stock in steps if len(steps[stock]) > len(built.frame.grid)}
    divided = {activity for activity, _ in portions.portions} - portions.moves
    network = built.frame.network
    decided = {
        "used": cut & {link.ledger for link in network.links if link.verb == "use" and link.activity in divided},
        "paid": cut & {payment.account for payment in network.payments},
    }
    for row in read.stocks():
        for item in ("lapsed", "used", "paid"):
            if row["stock"] in decided[item] if item in decided else row[item]:
                add(item, row["stock"], row["period"], row[item], day=row["start_day"])
    return pd.DataFrame(rows, columns=list(heads))
