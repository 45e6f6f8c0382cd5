r"""Out of sample: commitments tried in many futures that they were not made for.

Each sample is one of the futures, drawn by its probability, in which every figure of sheet Evidence with a range is
drawn anew: from the triangular distribution between its low and high end with its central value as the mode, in Latin
hypercube strata (McKay, Beckman and Conover 1979). Which cells rest on a figure :mod:`planner.case.uncertain_inputs`
says; all cells of one figure move together. Limits that people set themselves (sheet Rules), weights and settings are
not drawn; shares of people who leave a stage keep their sum. The commitments stand; binary decisions that fall later
are those that the plan takes in that future, unless that leads nowhere; all else answers the sample. All plans meet the
same samples (common random numbers), so that their differences are not chance.
"""

from __future__ import annotations

import math
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.matrix import Floats
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.case.uncertain_inputs import UncertainInput, uncertain_inputs
from planner.checks import check_case
from planner.explain.coefficient_limits import with_rows
from planner.futures.fans import over_time
from planner.futures.found import CommittedPlan, Hedge
from planner.futures.outlook import Future
from planner.futures.recourse import Followed, follow
from planner.futures.risk import tail_mean
from planner.run.stops import Stop
from planner.sheets import (
    Evidence,
    Outcomes,
    OutcomeTerms,
    Overrides,
    Pipelines,
    PreviousPlan,
    Recommendations,
    Rules,
    ScenarioChanges,
    Scenarios,
    Settings,
    columns,
)
from planner.sheets import Row as SheetRow
from planner.solve import prepare
from planner.solver.runs import RunContext

CHOSEN = (Evidence, Recommendations, Rules, Outcomes, OutcomeTerms, Overrides, PreviousPlan, Scenarios, ScenarioChanges,
          Settings)  # fmt: skip
"""Sheets whose figures are chosen, or about figures: they are not drawn."""
CONFIDENT = 1.959963984540054
"""Standard deviations to either side of a mean that hold 95 % of the normal distribution."""
RESAMPLES = 2_000


@dataclass(frozen=True)
class Sample:
    """What became of a plan's commitments in one sample: `outcomes` by name, `cut` the share of commitments cut."""

    future: int
    kept: str
    points: float | None
    outcomes: Mapping[str, float]
    breaks: tuple[str, ...]
    cut: float = 0.0
    lines: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Estimate:
    """A figure from samples with the interval that holds the true one with 95 % confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Trial:
    """Samples of every plan tried, in the same order for all; `plans` are names of rows of the hedge."""

    plans: Mapping[str, tuple[Sample, ...]]
    ranges: tuple[UncertainInput, ...]
    without_cell: int
    asked: int
    left_out: int
    seed: int
    units: Mapping[str, str]
    periods: tuple[str, ...]
    stopped: Stop = Stop.NONE
    seconds: float = 0.0

    def points(self, plan: str) -> list[float]:
        """Points of every sample in which a plan was found."""
        return [s.points for s in self.plans[plan] if s.points is not None]

    def mean(self, plan: str) -> Estimate:
        """Mean points."""
        values = np.array(self.points(plan))
        if len(values) < 2:
            only = float(values[0]) if len(values) else math.nan
            return Estimate(only, -math.inf, math.inf)
        room = CONFIDENT * float(values.std(ddof=1)) / math.sqrt(len(values))
        return Estimate(float(values.mean()), float(values.mean()) - room, float(values.mean()) + room)

    def tail(self, plan: str, worst: float = 0.2) -> Estimate:
        """Mean points of the worst samples, with a bootstrap interval."""
        values = np.array(self.points(plan))
        if len(values) < 2:
            return Estimate(math.nan, -math.inf, math.inf)
        chance = np.random.default_rng(self.seed)
        drawn = chance.choice(values, (RESAMPLES, len(values)))
        count = max(1, round(worst * len(values)))
        tails = np.sort(drawn, axis=1)[:, :count].mean(axis=1)
        even = [1.0 / len(values)] * len(values)
        low, high = np.quantile(tails, [0.025, 0.975])
        return Estimate(tail_mean(values.tolist(), even, worst), float(low), float(high))

    def frequency(self, plan: str, kept: str) -> Estimate:
        """How often commitments are kept, cut back or broken, with Wilson's interval."""
        samples = self.plans[plan]
        return wilson(sum(s.kept == kept for s in samples), len(samples))

    def difference(self, plan: str, other: str) -> Estimate | None:
        """Mean of the differences in points, sample by sample; None where too few have both."""
        pairs = zip(self.plans[plan], self.plans[other], strict=True)
        apart = np.array([a.points - b.points for a, b in pairs if a.points is not None and b.points is not None])
        if len(apart) < 2:
            return None
        room = CONFIDENT * float(apart.std(ddof=1)) / math.sqrt(len(apart))
        return Estimate(float(apart.mean()), float(apart.mean()) - room, float(apart.mean()) + room)

    def breaks(self, plan: str) -> list[tuple[str, int]]:
        """Limits that broke, with the number of samples, the most frequent first."""
        counts: dict[str, int] = defaultdict(int)
        for sample in self.plans[plan]:
            for words in dict.fromkeys(sample.breaks):
                counts[words] += 1
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def wilson(count: int, of: int) -> Estimate:
    """Share with Wilson's 95 % interval (1927), which is sound for few samples and for shares near 0 and 1."""
    if of == 0:
        return Estimate(math.nan, 0.0, 1.0)
    share, z2 = count / of, CONFIDENT**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    room = CONFIDENT * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Estimate(share, max(0.0, middle - room), min(1.0, middle + room))


def ranges_of(case: Case) -> tuple[tuple[UncertainInput, ...], int]:
    """Figures that can be drawn with their cells, and how many with a range reach no cell that may be drawn."""
    found, untied = uncertain_inputs(case)
    tied = [replace(one, cells=tuple(c for c in one.cells if c.sheet not in CHOSEN)) for one in found]
    kept = [one for one in tied if one.cells and one.low <= one.central <= one.high]
    return tuple(sorted(kept, key=lambda one: one.id)), len(untied) + len(found) - len(kept)


def drawn(ranges: Sequence[UncertainInput], count: int, seed: int) -> Floats:
    """Values of figures, a row a sample and a column a figure; each figure has its own stream of chance."""
    values = np.empty((count, len(ranges)))
    for k, item in enumerate(ranges):
        chance = np.random.default_rng([seed, zlib.crc32(item.id.encode())])
        at = (chance.permutation(count) + chance.random(count)) / count
        span, rise = item.high - item.low, item.central - item.low
        below = item.low + np.sqrt(at * span * rise)
        above = item.high - np.sqrt((1.0 - at) * span * (item.high - item.central))
        values[:, k] = np.where(at < rise / span, below, above)
    return values


def futures_drawn(probabilities: Sequence[float] | Floats, count: int, seed: int) -> list[int]:
    """Number of the future of every sample: as often as its probability says, in an order of chance."""
    edges = np.cumsum(np.asarray(probabilities))
    chance = np.random.default_rng([seed, 0])
    places = (chance.permutation(count) + 0.5) / count
    return [min(int(np.searchsorted(edges, p)), len(edges) - 1) for p in places.tolist()]


def changed(case: Case, ranges: Sequence[UncertainInput], values: Floats) -> Case:
    """The case with drawn figures: every cell as far towards an end of its range as its figure, within its column."""
    moved: dict[tuple[type[SheetRow], str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for item, value in zip(ranges, values.tolist(), strict=True):
        end = item.high if value > item.central else item.low
        share = 0.0 if end == item.central else (value - item.central) / (end - item.central)
        for cell in item.cells if share else ():
            edge = cell.high if value > item.central else cell.low
            moved[cell.sheet, cell.row][cell.field] += share * (edge - cell.now)
    return with_rows(case, {place: _within(case.find(*place), steps) for place, steps in moved.items()})


def _within(row: SheetRow | None, steps: Mapping[str, float]) -> dict[str, float]:
    """New values of a row's fields, within what their columns allow; shares of a stage keep their sum."""
    assert row is not None
    limits = {c.field: (c.low, c.high) for c in columns(type(row))}
    new = {}
    for name, step in steps.items():
        low, high = limits[name]
        value = float(getattr(row, name)) + step
        value = value if low is None else max(low, value)
        new[name] = value if high is None else min(high, value)
    shares = [n for n in (f"share_{k}" for k in (1, 2, 3, 4)) if getattr(row, n, None)]
    if isinstance(row, Pipelines) and any(n in new for n in shares):
        before = math.fsum(getattr(row, n) for n in shares)
        after = {n: new.get(n, getattr(row, n)) for n in shares}
        new |= {n: v * before / math.fsum(after.values()) for n, v in after.items()}
    return new


def try_out(
    found: Hedge,
    *,
    samples: int = 60,
    seed: int = 1,
    rows: Sequence[CommittedPlan] = (),
    run: RunContext | None = None,
) -> Trial:
    """Try commitments in sampled futures: those of the hedged plan and of the likeliest future's own plan.

    Args:
        found: The hedge.
        samples: How many futures are drawn.
        seed: Of the draws; the same seed draws the same.
        rows: Other commitments to try; none: those two.
        run: As for :func:`hedge`. A stop or the time limit keeps the samples tried until then.

    Returns:
        Share of the samples in which each can be kept and its mean points, both with the interval of 95 % confidence.

    Example:
        >>> read = lambda scenario: planner.read("inputs/starter.xlsx", scenario=scenario)
        >>> outlook = planner.futures.outlook_of(read, options=options)
        >>> hedged = planner.futures.hedge(outlook, matrix=False, least_regret=False)
        >>> sorted(planner.futures.try_out(hedged, samples=2).plans)
        ['hedged plan', "plan for 'as it stands'"]
    """
    outlook = found.outlook
    run = RunContext.of(run, outlook.options)
    base = next((f for f in outlook.futures if not f.name), outlook.futures[0])
    ranges, without = ranges_of(base.model.case)
    tried = list(rows) or [r for r in (found.hedged, found.row("own")) if r is not None]
    values, which = drawn(ranges, samples, seed), futures_drawn(outlook.probabilities, samples, seed)
    met: dict[str, list[Sample]] = {row.name: [] for row in tried}
    left_out = 0
    for i in range(samples):
        if run.over():
            break
        run.say(f"sample {i + 1} of {samples}")
        future = _sampled(outlook.futures[which[i]], ranges, values[i], found)
        if future is None:
            left_out += 1
            continue
        for row in tried:
            try:
                met[row.name].append(_met(future, row, which[i], found))
            except RuntimeError:  # the solver failed twice on this one sample: it counts as not kept
                met[row.name].append(Sample(which[i], "not found", None, {}, ()))
    outcomes = base.model.built.frame.network.outcomes
    return Trial(
        {name: tuple(listed) for name, listed in met.items()}, ranges, without, samples, left_out, seed,
        {o.id: o.unit for o in outcomes}, base.model.built.frame.grid.names, run.stopped, run.elapsed,
    )  # fmt: skip


def _sampled(future: Future, ranges: Sequence[UncertainInput], values: Floats, found: Hedge) -> Future | None:
    """A future with drawn figures; None where they contradict each other."""
    case = changed(future.model.case, ranges, values)
    if any(p.severity == "error" for p in check_case(case, complete=True)):
        return None
    try:
        model = prepare(case, found.outlook.options)
    except (InvalidCaseError, ValueError):
        return None
    if [(c.family, c.key) for c in model.built.frame.columns] != future.decisions:
        return None
    return Future(future.name, future.label, future.probability, model, future.days, future.shows)


def _met(future: Future, row: CommittedPlan, s: int, found: Hedge) -> Sample:
    """What becomes of a plan in a sample: later yes-or-no decisions as planned, and free where that leads nowhere."""
    run, planned = RunContext(found.outlook.options), row.followed[s].values
    result: Followed | None = None
    if planned is not None:
        matrix = future.model.matrix
        lower, upper = matrix.column_lower.copy(), matrix.column_upper.copy()
        late = matrix.integer & ~future.early
        lower[late] = upper[late] = np.round(planned[late])
        settled = replace(matrix, column_lower=lower, column_upper=upper)
        fixed = Future(
            future.name,
            future.label,
            future.probability,
            replace(future.model, matrix=settled),
            future.days,
            future.shows,
        )
        result = follow(fixed, row.committed[s], run, elastic=False)
    if result is None or not result.whole:
        free = follow(future, row.committed[s], run)
        if result is None or result.values is None or free.whole:
            result = free
    if result.values is None:
        return Sample(s, result.kept, result.points, {}, tuple(b.words for b in result.breaks), result.cut_share)
    lines = {key: tuple(line) for key, (_, line) in over_time(future, result.values).items()}
    outcomes = {name: line[-1] for (kind, name), line in lines.items() if kind == "outcome"}
    return Sample(s, result.kept, result.points, outcomes, (), result.cut_share, lines)
