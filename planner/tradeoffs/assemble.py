"""From what a search found to a front in natural units: no duplicates, nothing dominated, rates and knees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from models.matrix import Floats
from planner.ordering import place
from planner.plan import Status
from planner.tradeoffs.parametric import slopes
from planner.tradeoffs.points import Front, OpenRegion, Point, Rate
from planner.tradeoffs.search import Candidate, Search
from planner.wording.figures import share, within

KNEE = 0.02
"""A knee lies beyond the plane through the corners by at least this share of the ranges."""

Region = tuple[Floats, Floats]


def front_of(
    search: Search, regions: Iterable[Region], kept: Sequence[Candidate], notes: Sequence[str], *, sample: bool
) -> Front:
    """Write a front out of a search; `regions` are the parts that are not proven empty."""
    problem = search.problem
    best = nondominated(kept, search.tolerance())
    best.sort(key=lambda c: tuple(-place(float(x)) for x in c.point))
    cells = tuple(_cell(search, lower, upper) for lower, upper in regions)
    knees = _knees(best)
    rates = _all_rates(search, best)
    points = tuple(
        _point(search, candidate, rates[n], knee=bool(knees[n])) for n, candidate in enumerate(best)
    )  # fmt: skip
    proven = all(c.found.status is Status.OPTIMAL for c in best)
    complete = bool(best) and not cells and not search.run.stopped and proven and search.run.options.gap <= 1e-9
    if search.breakpoints:
        complete = not cells and not search.run.stopped and proven
    table = np.array([c.point for c in best]) if best else np.empty((0, problem.size))
    worst, top = (table.min(axis=0), table.max(axis=0)) if best else (np.full(problem.size, np.nan),) * 2
    return Front(
        names=problem.names,
        senses={n: "max" if s > 0 else "min" for n, s in zip(problem.names, problem.senses, strict=True)},
        points=points,
        complete=complete,
        cells=cells,
        breakpoints=tuple(problem.by_name(c.point) for c in search.breakpoints),
        payoff=tuple(problem.by_name(c.point) for c in search.payoff),
        ideal=problem.by_name(top),
        nadir=problem.by_name(worst),
        tolerance={
            n: 0.0 if integer else float(t * u)
            for n, integer, t, u in zip(problem.names, problem.lattice, search.tolerance(), problem.units, strict=True)
        },
        unproven=(*_between(search, cells, best, sample=sample), *_loose(search, best)),
        between=len(_between(search, cells, best, sample=sample)),
        runs=search.runs,
        linear_runs=search.linear_runs,
        seconds=search.run.elapsed,
        solver_seconds=search.solver_seconds,
        stopped=search.run.stopped,
        notes=tuple(notes),
    )


def nondominated(candidates: Sequence[Candidate], tolerance: Floats) -> list[Candidate]:
    """Leave out what another point equals or beats within the tolerance; the first of equals stays."""
    kept: list[Candidate] = []
    table = np.array([c.point for c in candidates])
    for n, candidate in enumerate(candidates):
        no_worse = np.all(table >= candidate.point - tolerance, axis=1)
        better = np.any(table > candidate.point + tolerance, axis=1)
        equal = no_worse & ~better
        if not np.any(no_worse & better) and not np.any(equal[:n]):
            kept.append(candidate)
    return kept


def _point(search: Search, candidate: Candidate, rates: dict[str, Rate], *, knee: bool) -> Point:
    """One point in natural units."""
    problem, found, k = search.problem, candidate.found, candidate.objective
    bound = None
    if np.isfinite(found.bound):
        ends = candidate.point.copy()
        ends[k] = found.bound
        bound = float(problem.natural(ends)[k])
    assert found.columns is not None
    return Point(
        problem.by_name(candidate.point), found.status, found.gap, problem.names[k], bound, rates, candidate.kind, knee,  # type: ignore[arg-type]
        found.columns, problem.labels or problem.matrix.column_names, problem.column_units,
    )  # fmt: skip


def _cell(search: Search, lower: Floats, upper: Floats) -> OpenRegion:
    """Part of the outcome space, each outcome from its smaller to its larger natural value."""
    problem = search.problem
    one, other = problem.natural(lower), problem.natural(upper)
    low, high = np.minimum(one, other), np.maximum(one, other)
    return OpenRegion(
        {n: float(v) for n, v in zip(problem.names, low, strict=True)},
        {n: float(v) for n, v in zip(problem.names, high, strict=True)},
    )


def _factor(search: Search, other: int) -> float:
    """Natural units of the first outcome, for one unit's improvement of another, of one in inner units."""
    units, sense = search.problem.units, search.problem.senses
    return float(units[0] * sense[0] / units[other])


def _all_rates(search: Search, best: Sequence[Candidate]) -> list[dict[str, Rate]]:
    """Exchange rates of every point: slopes of the exact line, duals, or steps between whole points."""
    problem = search.problem
    if search.breakpoints and problem.size == 2:
        return [_on_line(search, c) for c in best]
    if problem.discrete:
        return [_steps(search, best, n) if problem.size == 2 else {} for n in range(len(best))]
    result = []
    for candidate in best:
        duals, line = candidate.found.rates, {}
        for i in range(1, problem.size):
            if duals is not None:
                more, less = (_factor(search, i) * float(d) + 0.0 for d in duals[:, i])
                line[problem.names[i]] = Rate(None if np.isnan(more) else more, None if np.isnan(less) else less)
        result.append(line)
    return result


def _on_line(search: Search, candidate: Candidate) -> dict[str, Rate]:
    """Slopes on both sides of a point of the exact line."""
    line = search.breakpoints
    steep = slopes(line)
    here = float(candidate.point[1])
    near = 1e-9 * float(search.ranges[1])
    beyond = [s for s, b in zip(steep, line[1:], strict=True) if float(b.point[1]) > here + near]
    short = [s for s, a in zip(steep, line[:-1], strict=True) if float(a.point[1]) < here - near]
    after, before = (beyond[0] if beyond else None), (short[-1] if short else None)
    factor = _factor(search, 1)
    improve = None if after is None else factor * after
    relax = None if before is None else -factor * before
    return {search.problem.names[1]: Rate(improve, relax)}


def _steps(search: Search, best: Sequence[Candidate], n: int) -> dict[str, Rate]:
    """Difference quotients to the neighbours of a whole point."""

    def step(m: int) -> float | None:
        if not 0 <= m < len(best):
            return None
        change = best[m].point - best[n].point
        return _factor(search, 1) * float(change[0] / abs(change[1]))

    return {search.problem.names[1]: Rate(step(n + 1), step(n - 1), "step")}


def _knees(best: Sequence[Candidate]) -> list[bool]:
    """Knees by distance: farthest beyond the plane through the corners, scaled to the ranges (Das 1999)."""
    if len(best) < 3:
        return [False] * len(best)
    table = np.array([c.point for c in best])
    low, high = table.min(axis=0), table.max(axis=0)
    varies = high > low
    scaled = (table[:, varies] - low[varies]) / (high - low)[varies]
    distance = (scaled.sum(axis=1) - 1.0) / np.sqrt(max(1, int(varies.sum())))
    largest = float(distance.max())
    return [bool(largest > KNEE and d >= largest - 1e-9) for d in distance]


def _between(
    search: Search, cells: Sequence[OpenRegion], best: Sequence[Candidate], *, sample: bool
) -> tuple[str, ...]:
    """Say in words where further points may lie."""
    if search.run.stopped:
        found = f"{len(best)} points found; {len(cells)} parts of the space were not settled"
        return (f"The search was stopped ({search.run.stopped}) with {found}.",)
    if sample and cells:
        return (f"The points are an evenly spread sample: further ones lie between, in the {len(cells)} cells listed.",)
    return ()


def _loose(search: Search, best: Sequence[Candidate]) -> Iterable[str]:
    """Say in words what is not proven of the points found."""
    loose = [c for c in best if c.found.status is not Status.OPTIMAL]
    if loose:
        yield f"{len(loose)} of {len(best)} points are the best found in time, not proven: others may beat them."
    gaps = [c.found.gap for c in best if c.found.gap]
    if gaps:
        asked = f"asked for: {share(search.run.options.gap)}"
        yield f"Points are proven within {within(max(gaps))} of the outcome sought ({asked})."
