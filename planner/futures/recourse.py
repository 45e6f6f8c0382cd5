"""What becomes of commitments in a future: the best that can still be done, what has to be cut, what breaks.

Three questions in order, each only if the one before has no answer. Can everything committed be kept, and what is best
then? If not, what is the least that has to be cut back? If even that does not help, which limits break, and by how
much? Preferences break before agreements, these before laws, rights last.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from models.matrix import Floats, Matrix
from planner.explain.repairs import WEIGHT
from planner.explain.soft_limits import SoftLimit, soft_limits
from planner.futures.branching import Decision
from planner.futures.outlook import Future
from planner.options import Options
from planner.plan import Status
from planner.run.stops import Stop
from planner.solver import scopes
from planner.solver.answers import Answer
from planner.solver.elastic import ElasticSession, OutOfTimeError
from planner.solver.runs import Interrupt, interrupted
from planner.solver.session import Session

Committed = Mapping[Decision, float]
"""Decisions in natural units, by family and key."""
Kept = Literal["kept", "cut back", "broken", "not found"]

ROUNDING = (0.0, 1e-7, 2e-6)
"""Room around a committed value, relative to it or to its unit, tried in order. A plan followed with room is better
than it should be, by what the room is worth: there is none unless rounding would break what was committed."""
LEAST_CUT = 1e-4
"""Cuts below this share of what was committed are rounding."""
TRACE = 1e-2
"""Commitments below this, in units of the model, weigh no more in the sum of what is cut than one of this size."""
ELASTIC_SECONDS = 60.0
"""Longest search for what breaks in one future."""


@dataclass(frozen=True)
class CutCommitment:
    """A commitment that cannot be kept in full: what was planned and what is left, in natural units."""

    decision: Decision
    planned: float
    left: float

    @property
    def share(self) -> float:
        """Part that is cut."""
        return 1.0 - self.left / self.planned if self.planned else 0.0


@dataclass(frozen=True)
class Break:
    """A limit that does not hold, by how much, and whether it is a right, a law, an agreement or a preference."""

    words: str
    amount: float
    unit: str
    category: str
    where: str
    cell: str


@dataclass(frozen=True)
class Followed:
    """How commitments fare in one future. `bound` is what no plan with these commitments can pass.

    `begun` is the number of commitments where some were cut back.
    """

    kept: Kept
    points: float | None = None
    bound: float | None = None
    values: Floats | None = field(default=None, repr=False)
    cuts: tuple[CutCommitment, ...] = ()
    breaks: tuple[Break, ...] = ()
    stopped: Stop = Stop.NONE
    begun: int = 0

    @property
    def cut_share(self) -> float:
        """Share of all commitments that is cut, each weighing the same."""
        return math.fsum(c.share for c in self.cuts) / self.begun if self.begun else 0.0

    @property
    def whole(self) -> bool:
        """Whether everything committed is kept and no limit breaks."""
        return self.kept == "kept"


def commitments_of(future: Future, values: Floats) -> dict[Decision, float]:
    """Every decision of a plan that could be held in common, in natural units."""
    picked = np.flatnonzero(np.isfinite(future.days))
    decisions = future.decisions
    return {decisions[n]: float(values[n] * future.scales[n]) for n in picked.tolist()}


def held(future: Future, committed: Committed, rounding: float = ROUNDING[-1]) -> tuple[Matrix, bool]:
    """The future's model with what was committed before it shows; and whether its own limits allow all of it."""
    matrix = future.matrix
    lower, upper = matrix.column_lower.copy(), matrix.column_upper.copy()
    allowed = True
    for n in np.flatnonzero(future.early).tolist():
        value = committed.get(future.decisions[n], 0.0) / future.scales[n]
        room = 0.0 if matrix.integer[n] else rounding * max(1.0, abs(value))
        value = float(np.round(value)) if matrix.integer[n] else value
        low, high = max(lower[n], value - room), min(upper[n], value + room)
        allowed = allowed and low <= high
        lower[n], upper[n] = (low, high) if low <= high else (value, value)
    return replace(matrix, column_lower=lower, column_upper=upper), allowed and not _missing(future, committed)


def _missing(future: Future, committed: Committed) -> list[Decision]:
    """What was committed before this future shows though it does not have the decision at all."""
    grid, known = future.model.built.frame.grid, set(future.decisions)
    return [
        d
        for d, v in committed.items()
        if abs(v) > LEAST_CUT
        and d[0] in ("taken", "level")
        and d not in known
        and grid.start(int(d[1][1])) < future.shows - 1e-9
    ]


def follow(
    future: Future,
    committed: Committed,
    options: Options,
    *,
    start: Floats | None = None,
    interrupt: Interrupt | None = None,
    limit: float | None = None,
    elastic: bool = True,
) -> Followed:
    """Keep what is committed and do the best in this future; say what has to be cut, or breaks, where that fails."""
    for rounding in ROUNDING:
        matrix, allowed = held(future, committed, rounding)
        if not allowed:
            continue
        session = Session(matrix, options)
        if start is not None and session.integer:
            session.start_from(start)
        answer = session.run(interrupt=interrupt, time_limit=limit)
        if answer.values is not None:
            points, values = _sharpened(session, answer)
            bound = answer.bound if answer.bound is None or points is None else max(answer.bound, points)
            return Followed("kept", points, bound, values, stopped=answer.stopped)
        if answer.status is not Status.INFEASIBLE:
            return Followed("not found", bound=answer.bound, stopped=answer.stopped or Stop.TIME)
    cut = _cut_back(future, committed, options, interrupt, limit)
    if cut is not None:
        return cut
    if not elastic or interrupted(interrupt):
        return Followed("broken")
    return breaking(future, committed, options, limit)


def _sharpened(session: Session, answer: Answer) -> tuple[float | None, Floats | None]:
    """Points and columns of the linear programme with the search's decisions: a search allows more rounding."""
    if session.integer and answer.values is not None:
        with scopes.fixed_integers(session, answer.values):
            again = session.run()
        if again.status is Status.OPTIMAL and again.values is not None:
            return again.objective, again.values
    return answer.objective, answer.values


def answer_to_decisions(
    future: Future, committed: Committed, options: Options, *, interrupt: Interrupt | None, limit: float | None
) -> Floats | None:
    """Best plan of a future that keeps the binary decisions of what was committed, but none of its paces."""
    matrix, _ = held(future, committed)
    fixed = future.early & matrix.integer
    lower = np.where(fixed, matrix.column_lower, future.matrix.column_lower)
    upper = np.where(fixed, matrix.column_upper, future.matrix.column_upper)
    session = Session(replace(matrix, column_lower=lower, column_upper=upper), options)
    return session.run(interrupt=interrupt, time_limit=limit).values


def _capped(future: Future, committed: Committed) -> Matrix:
    """What was committed is the most that can be done before the future shows; its own floors still hold."""
    matrix, _ = held(future, committed)
    upper = future.matrix.column_upper.copy()
    for n in np.flatnonzero(future.early).tolist():
        if future.decisions[n][0] in ("level", "taken", "runs"):
            upper[n] = min(upper[n], matrix.column_upper[n])
    lower = future.matrix.column_lower
    near = (lower > upper) & (lower <= upper + ROUNDING[-1] * np.maximum(1.0, np.abs(lower)))
    return replace(matrix, column_lower=lower, column_upper=np.where(near, lower, upper))


def _cut_back(
    future: Future, committed: Committed, options: Options, interrupt: Interrupt | None, limit: float | None
) -> Followed | None:
    """Cut as little as possible, in shares of what was committed, then do the best; None where that does not help."""
    matrix, missing = _capped(future, committed), _missing(future, committed)
    if np.any(matrix.column_lower > matrix.column_upper):
        return None
    planned = {
        n: committed.get(future.decisions[n], 0.0) / future.scales[n]
        for n in np.flatnonzero(future.early).tolist()
        if future.decisions[n][0] in ("level", "taken")
    }
    planned = {n: v for n, v in planned.items() if v > ROUNDING[-1]}
    if not planned and not missing:
        return None
    shares = np.zeros(len(matrix.cost))
    for n, value in planned.items():
        shares[n] = 1.0 / max(value, TRACE)
    session = Session(replace(matrix, cost=shares, offset=0.0), options)
    answer = session.run(interrupt=interrupt, time_limit=limit)
    if answer.values is None:
        return None
    reached = float(shares @ answer.values)
    session.add_row(shares, reached - 1e-6 * max(1.0, reached), np.inf)
    session.set_cost(matrix.cost, matrix.offset)
    session.forget()
    session.start_from(answer.values)
    try:
        best = session.run(interrupt=interrupt, time_limit=limit)
    except RuntimeError:  # the solver stumbles over its own start: what was found first is a plan too
        best = Answer(Status.NO_PLAN, None, None, None, None)
    values = answer.values if best.values is None else best.values
    cuts = tuple(
        CutCommitment(future.decisions[n], value * future.scales[n], float(values[n]) * future.scales[n])
        for n, value in planned.items()
        if values[n] < value * (1.0 - LEAST_CUT) - ROUNDING[-1]
    )
    cuts += tuple(CutCommitment(d, committed[d], 0.0) for d in missing)
    if best.values is None:  # the least cut is known, what is best with it is not
        return Followed("cut back", None, best.bound, None, cuts, stopped=best.stopped, begun=len(planned))
    kept: Kept = "cut back" if cuts else "kept"
    return Followed(kept, best.objective, best.bound, values, cuts, stopped=best.stopped, begun=len(planned))


def breaking(future: Future, committed: Committed | None, options: Options, limit: float | None = None) -> Followed:
    """Which limits break, and by how much at least; without commitments: in the future itself.

    Means (money, staff, places) do not appear from nowhere: rules and rights break first; only where that is not enough
    is it said how much more of the means there would have to be.
    """
    seconds = min(ELASTIC_SECONDS, limit if limit is not None else ELASTIC_SECONDS)
    matrix = future.matrix if committed is None else _capped(future, committed)
    ways = [p for p in (_bound_by(p, future) for p in soft_limits(future.model, options)) if p.relaxations]
    matrix, breaks = _unheld_floors(future, matrix, ways)
    elastic = ElasticSession(matrix, ways, replace(options, gap=max(options.gap, 1e-3)), seconds)
    price = {p.id: WEIGHT[p.rank] for p in ways}
    begin = time.monotonic()
    try:
        found = elastic.least(price, [p.id for p in ways if p.category != "means"])
        if found is None:
            found = elastic.least(price, [p.id for p in ways])
    except OutOfTimeError:
        return Followed("broken", breaks=tuple(breaks), stopped=Stop.TIME)
    if found is None:
        return Followed("broken", breaks=tuple(breaks), stopped=Stop.IMPOSSIBLE)
    for (soft_limit, k), amount in sorted(found.amounts.items()):
        item = elastic.soft_limits[soft_limit]
        relaxation = item.relaxations[k]
        breaks.append(Break(item.words, amount, relaxation.unit, item.category, relaxation.label, item.cell))
    points = _best_with(elastic, found.amounts, future, max(1.0, seconds - (time.monotonic() - begin)))
    order = {"right": 0, "law": 1, "agreement": 2, "means": 3, "preference": 4}
    breaks.sort(key=lambda b: (order[b.category], b.words, b.where))
    return Followed("broken", points, None, None, (), tuple(breaks))


def _unheld_floors(future: Future, matrix: Matrix, ways: Sequence[SoftLimit]) -> tuple[Matrix, list[Break]]:
    """Floors above what was committed that no soft limit can lower: they break by the difference, and are let go."""
    covered = {n for p in ways for relaxation in p.relaxations for n in relaxation.shift.column_lower}
    lower, breaks = matrix.column_lower.copy(), []
    for n in np.flatnonzero(lower > matrix.column_upper).tolist():
        if n in covered:
            continue
        spec = future.model.built.frame.columns[n]
        amount = float(lower[n] - matrix.column_upper[n]) * spec.scale
        if spec.family in ("level", "taken"):
            name = str(spec.key[0]).partition(":")[2]
            breaks.append(Break(f"what must be done of '{name}'", amount, "", "preference", "", spec.origin))
        lower[n] = matrix.column_upper[n]
    return replace(matrix, column_lower=lower), breaks


def _bound_by(soft_limit: SoftLimit, future: Future) -> SoftLimit:
    """The soft limit without those ways of giving that would go beyond what was committed."""
    early = future.early
    relaxations = []
    for relaxation in soft_limit.relaxations:
        upper = {n: v for n, v in relaxation.shift.column_upper.items() if not early[n]}
        shift = replace(relaxation.shift, column_upper=upper)
        if not shift.empty:
            relaxations.append(replace(relaxation, shift=shift))
    return replace(soft_limit, relaxations=tuple(relaxations))


def _best_with(
    elastic: ElasticSession[SoftLimit], amounts: Mapping[tuple[str, int], float], future: Future, seconds: float
) -> float | None:
    """Points of the best plan while limits break by no more than these amounts."""
    answer = elastic.best_within(amounts, future.cost, future.offset, seconds)
    return answer.objective if answer.objective is not None and math.isfinite(answer.objective) else None
