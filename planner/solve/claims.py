"""What is claimed of a plan: the distance between its objective, recomputed from its tables, and the bound.

"Proven" speaks of the plan as written. Where the recomputed objective and the solver's disagree, where the bound lies
below a plan, where the distance is larger than was asked for, or where numeric health is poor, the search is repeated
in another way before anything is claimed. If the two disagree, that is the claim: the best plan that holds is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.build import Built
from models.matrix import Floats
from planner.options import Options
from planner.plan import Status
from planner.plan.extract import Extractor, settled
from planner.run.stops import Stop
from planner.solver.answers import Answer, relative_gap
from planner.solver.health import Health, with_point
from planner.solver.ways import SolverFailedError, Way, other_than

if TYPE_CHECKING:
    import pandas as pd

    from models.matrix import Matrix

AGREE = 1e-5
"""Share of the objective by which two claims may differ: a solver keeps whole numbers to 1e-6."""
ROUNDING = 1e-6
"""How much larger than asked a gap may be when it is recomputed."""

Again = Callable[[Way, Floats], Answer]
"""Repeats the search in another way, from the plan found."""
Worth = Callable[[Answer], "Claim"]
"""What a run's plan is worth, recomputed."""
Holds = Callable[["Claim"], bool]
"""Whether a plan holds when it is recomputed from the workbook."""


@dataclass(frozen=True)
class Claim:
    """A plan and what is said of it. `disputed` tells in words which runs of the solver disagree."""

    status: Status
    values: Floats
    tables: Mapping[str, pd.DataFrame]
    objective: float
    bound: float | None
    health: Health
    stopped: Stop = Stop.NONE
    disputed: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """Distance between the recomputed objective and the bound, relative to the objective."""
        return None if self.bound is None else relative_gap(self.objective, max(self.bound, self.objective))


def objective_of(built: Built, tables: Mapping[str, pd.DataFrame]) -> float:
    """Points of a plan: of all outcomes, less the penalties of broken soft rules."""
    points = float(tables["outcomes"]["points"].sum())
    penalties = {r.id: r.penalty for r in built.frame.network.rules if not r.hard}
    rules = tables["rules"]
    broken = rules[rules["violation"] > 0.0]
    return points - float(sum(penalties[r] * v for r, v in zip(broken["rule"], broken["violation"], strict=True)))


def points_added(built: Built, values: Floats) -> float:
    """Points by which the objectives of an extended model differ from the workbook's, at a plan's column values."""
    if built.extended is None or not built.extended.objectives:
        return 0.0
    outcomes, levels = built.outcomes, range(len(built.outcomes.objectives))
    return float(sum(outcomes.objective(k).value(values) - outcomes.points(k).value(values) for k in levels))


def made(built: Built, matrix: Matrix, health: Health, answer: Answer) -> Claim:
    """What a run's plan is worth, recomputed; `answer` must have values."""
    assert answer.values is not None
    tables = Extractor(built, answer.values).tables()
    scales = np.array([row.scale for row in built.frame.rows], dtype=float)
    found = with_point(health, matrix, settled(built, answer.values), scales)
    if answer.repaired:
        reduced = f"plans of the solver's reduced model that did not keep the case's own rows: {answer.repaired}"
        found = _noted(found, f"{reduced}; searched again without presolve")
    bound = answer.bound if answer.bound is not None and np.isfinite(answer.bound) else None
    disputed = (answer.disputed,) if answer.disputed else ()
    points = objective_of(built, tables) + points_added(built, settled(built, answer.values))
    claim = Claim(answer.status, answer.values, tables, points, bound, found, answer.stopped)
    return replace(claim, disputed=disputed, status=Status.DISPUTED if disputed else claim.status)


def judged(first: Claim, doubts: Sequence[str], options: Options, again: Again, worth: Worth, holds: Holds) -> Claim:
    """What can be said of a plan whose proof is doubted, once the search is repeated in another way."""
    told, way = "; ".join(doubts), other_than(presolve=options.presolve)
    try:
        second = again(way, first.values)
    except SolverFailedError as error:
        return unrepeated(first, f"{told}: repeated {way.name}; {error}")
    if second.values is None:
        if second.status is Status.NO_PLAN:
            return unrepeated(first, f"{told}: it could not be repeated {way.name} in the time")
        said = f"One run of the solver found this plan, another ({way.name}) ended with '{second.status}'."
        return replace(first, status=Status.DISPUTED, disputed=(said,), health=_noted(first.health, f"{told}: {said}"))
    return _weighed(first, worth(second), f"{told}: repeated {way.name}", told, options, holds)


def doubts_of(claim: Claim, answer: Answer, options: Options) -> Iterator[str]:
    """Reasons for repeating a claim that a plan is the best; none where nothing of that kind is claimed."""
    if claim.status is not Status.OPTIMAL:
        return
    yield from claim.health.poor
    room = AGREE * max(1.0, abs(claim.objective))
    if answer.objective is not None and claim.objective < answer.objective - room:
        yield f"the plan scores {claim.objective:.10g}, recomputed, where the solver said {answer.objective:.10g}"
    if claim.bound is not None and claim.bound < claim.objective - room:
        yield f"the plan scores {claim.objective:.10g} and the bound was said to be {claim.bound:.10g}"
    if claim.gap is None or claim.gap > options.gap + ROUNDING:
        yield "the recomputed plan is further from the bound than was asked for"


def _weighed(first: Claim, second: Claim, how: str, told: str, options: Options, holds: Holds) -> Claim:
    """What two runs say together: the better plan that holds, and the bound that both grant."""
    ranked = sorted((first, second), key=lambda claim: -claim.objective)
    best = next((claim for claim in ranked if holds(claim)), first)
    bounds = [claim.bound for claim in (first, second) if claim.bound is not None]
    room = AGREE * max(1.0, abs(best.objective))
    least, bound = (min(bounds), max(bounds)) if len(bounds) == 2 else (None, None)
    best = replace(best, bound=bound)
    if least is not None and least < best.objective - room:
        said = (
            f"Runs of the solver disagree: one said that no plan can score more than {least:.10g}, but this plan "
            f"scores {best.objective:.10g}. The figures of the case lie too far apart to be sure ({told})."
        )
        return replace(best, status=Status.DISPUTED, disputed=(said,), health=_noted(best.health, said))
    agreed = best.gap is not None and best.gap <= options.gap + ROUNDING
    words = f"{how}; " + ("both agree" if agreed else "a distance stays open")
    status = Status.OPTIMAL if agreed else Status.FEASIBLE
    stopped = Stop.NONE if agreed else Stop.WIDER
    return replace(best, status=status, stopped=stopped, health=_noted(best.health, words))


def unrepeated(claim: Claim, words: str) -> Claim:
    """A plan whose proof could not be repeated: nothing is called proven."""
    return replace(claim, status=Status.FEASIBLE, stopped=Stop.UNREPEATED, health=_noted(claim.health, words))


def _noted(health: Health, words: str) -> Health:
    """Health with what was repeated."""
    return replace(health, repeated=(*health.repeated, words))
