"""Plans side by side: the same case on other grids, or under other policy regimes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from planner.case import Case
from planner.options import GRIDS, Options
from planner.plan import Plan, Status
from planner.sheets import Outcomes, Scenarios
from planner.solve import solve
from planner.wording.figures import share, whole
from planner.workbook import reread

AS_IT_STANDS = "as it stands"


@dataclass(frozen=True, slots=True)
class PlanAlongside:
    """One plan of several: what was varied, how the solve ended, points, proven gap, headline outcomes, size, time."""

    name: str
    label: str
    status: Status
    objective: float | None
    gap: float | None
    outcomes: dict[str, float]
    columns: int
    seconds: float


Told = Callable[[str], None]
"""Hears which side is solved next."""


def across_grids(case: Case, options: Options | None = None, *, told: Told | None = None) -> tuple[PlanAlongside, ...]:
    """Solve a case on the three grids. Raises InvalidCaseError for a case that cannot be built."""
    options = options or Options()
    found = []
    for grid in GRIDS:
        if told is not None:
            told(grid)
        found.append(_side(grid, "", case, solve(case, replace(options, grid=grid))))
    return tuple(found)


def regimes(case: Case) -> tuple[Scenarios, ...]:
    """Policy regimes of a case: scenarios without a probability, because they are chosen and do not happen."""
    return tuple(row for row in case.of(Scenarios) if row.probability is None)


def across_regimes(
    case: Case, options: Options | None = None, *, names: Sequence[str] = (), told: Told | None = None
) -> tuple[PlanAlongside, ...]:
    """Solve a case as it stands (without regime) and under each regime. Raises InvalidCaseError."""
    options = options or Options()
    plain = reread(case, ("Settings!policy regime.Value=none",), scenario="")
    wanted = [row for row in regimes(plain) if not names or row.scenario in names]
    found = []
    for name, label in ((AS_IT_STANDS, "The case without a regime"), *((row.scenario, row.label) for row in wanted)):
        if told is not None:
            told(name)
        side = plain if name == AS_IT_STANDS else reread(case, scenario=name)
        found.append(_side(name, label, side, solve(side, options)))
    return tuple(found)


def _side(name: str, label: str, case: Case, plan: Plan) -> PlanAlongside:
    """Headline outcomes of a plan: those with a headline, or all that are sought."""
    marked = [row.outcome for row in case.of(Outcomes) if row.headline] or [
        row.outcome for row in case.of(Outcomes) if row.weight
    ]
    outcomes = {outcome: plan.outcome(outcome) for outcome in marked} if plan.found else {}
    return PlanAlongside(
        name,
        label,
        plan.status,
        plan.objective,
        plan.gap,
        outcomes,
        plan.record.columns,
        sum(plan.record.seconds.values()),
    )


def unproven(sides: Sequence[PlanAlongside], asked: float) -> tuple[str, ...]:
    """Say of each side that was stopped, or has no plan, how far its search came; `asked` is the gap wanted."""
    found = []
    for side in sides:
        if side.status is Status.OPTIMAL:
            continue
        if side.objective is None:
            found.append(f"{side.name}: no plan ({side.status.value}) after {whole(side.seconds)} seconds.")
            continue
        within = "an unknown share" if side.gap is None else share(side.gap)
        found.append(
            f"{side.name}: stopped after {whole(side.seconds)} seconds with a plan proven within {within} of the best "
            f"(asked for: {share(asked)}); differences of that size may come from the search."
        )
    return tuple(found)


def differing(sides: Sequence[PlanAlongside], most: float) -> tuple[tuple[str, float], ...]:
    """Outcomes whose values lie further apart than a share of the largest, with that share."""
    found = []
    solved = [side for side in sides if side.outcomes]
    for outcome in solved[0].outcomes if solved else ():
        values = [side.outcomes[outcome] for side in solved if outcome in side.outcomes]
        largest = max(abs(v) for v in values)
        apart = (max(values) - min(values)) / largest if largest > 0.0 else 0.0
        if apart > most:
            found.append((outcome, apart))
    return tuple(found)
