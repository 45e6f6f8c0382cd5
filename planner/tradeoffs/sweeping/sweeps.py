"""Sweeps: a cell, or a group of cells, goes through a range, and everything that the plan gives goes with it.

The case is compiled at both ends and between, to see what the cells change. Where that is limits or points on
straight lines, no place in between is compiled again: the solver session is handed the numbers that differ. Where the
model has no binary decisions (or they are held as now) all kinks are exact; with free decisions every point is a
search with gap and bound, and a change of decisions is only known to lie between two of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from models.matrix import Floats
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.options import Options
from planner.plan import Status
from planner.sheets import Outcomes
from planner.solve import search
from planner.solver.answers import Answer, relative_gap
from planner.solver.runs import Given, RunContext
from planner.solver.snapshots import ModelSnapshot
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.sweeping.cellgroups import CellGroup, cell_group
from planner.tradeoffs.sweeping.curves import NOTHING, Blank, CurvePart, NestedPoint, Sweep, SweepPoint, straight_on
from planner.tradeoffs.sweeping.parametric_model import ParametricModel, Readout
from planner.tradeoffs.sweeping.parametric_solver import ParametricSolver, Subgradient, feasible_part
from planner.tradeoffs.sweeping.paths import StraightStretch, follow
from planner.tradeoffs.sweeping.readout import (
    allocation_of,
    blanks_of,
    brackets_of,
    kinks_of,
    method_of,
    notes_of,
    part_of,
    with_slopes,
)

MOST_KINKS = 400
"""Evaluations after which the search for kinks stops and says so."""


def sweep(
    case: Case,
    cells: str | Sequence[str],
    low: float | str | None = None,
    high: float | str | None = None,
    *,
    points: int = 11,
    held: bool = False,
    nested: bool = False,
    options: Given | None = None,
) -> Sweep:
    """Take cells through a range and return what changes.

    Args:
        case: A case.
        cells: `Sheet!row key.Column`, `*` for several rows; one or several.
        low: Lower end: a number in the column's unit that every cell takes, or a share of what stands there as '50%'.
        high: Upper end.
        points: Places that are solved, evenly spread, and the workbook as it stands where it lies in the range.
        held: Whether yes-or-no decisions stay as in the workbook's own plan, which makes kinks exact.
        nested: Whether plans are sought too that never take back what a smaller place gave.
        options: As for :func:`planner.solve`; None: the usual ones.

    Returns:
        Objective and outcomes in their units over the places, kinks, and the allocation of each.

    Raises:
        TradeoffError: The cells or the range cannot be swept.

    Example:
        >>> found = planner.tradeoffs.sweep(case, "Appropriations!*.Amount", "80%", "120%", points=3, options=options)
        >>> [point.shown for point in found.points]
        ['80 %', '100 %', '120 %']
    """
    if points < 2:
        message = f"A sweep needs at least 2 points, not {points}."
        raise TradeoffError(message)
    group = cell_group(case, cells, low, high)
    run = _Run(case, group, RunContext.of(options), held, points)
    return run.whole_sweep(nested=nested)


@dataclass
class _Run:
    """One sweep in the making; whatever is found before an interruption is kept."""

    case: Case
    group: CellGroup
    run: RunContext
    held: bool
    count: int
    found: list[SweepPoint] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    decisions: Floats | None = None
    possible: tuple[float, float] | None = None
    runs: int = 0
    solving: float = 0.0

    def whole_sweep(self, *, nested: bool) -> Sweep:
        """All steps in order."""
        self.run.say("at a few places of the range", "build")
        try:
            self.parametric = ParametricModel(self.case, self.group, self.options)
        except InvalidCaseError as error:
            message = f"The workbook cannot be built over the whole range: {error}"
            raise TradeoffError(message) from error
        self.solver = ParametricSolver(self.parametric, self.run)
        self.settled = self.held or not self.parametric.integer
        self.exact = self.parametric.exact(held=self.settled)
        self.base()
        self.limits()
        stretches = self.path() if self.exact else []
        self.places()
        parts = self.parts(stretches)
        promised: tuple[NestedPoint, ...] = ()
        if nested:
            from planner.tradeoffs.sweeping.nested import nest  # noqa: PLC0415  (it builds on this module's points)

            promised, other = nest(self.parametric, self.run, self.found, self.decisions)
            self.runs, self.solving = self.runs + other.runs, self.solving + other.seconds
            self.found, promised = _at_least(self.found, promised)
        return self.result(parts, promised)

    @property
    def options(self) -> Options:
        """How every place is solved."""
        return self.run.options

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count searches that have sessions of their own."""
        begin = time.monotonic()
        yield
        self.runs, self.solving = self.runs + 1, self.solving + time.monotonic() - begin

    def base(self) -> None:
        """Solve the workbook as it stands, where it lies in the range."""
        group, place = self.group, self.group.now
        if not self.parametric.has_home or place is None:
            if self.held and self.parametric.integer:
                message = (
                    "Decisions can only be held as they are now if the range contains what stands in the workbook"
                    + (f" ({group.shown(place)})." if place is not None else ", and these cells have no single value.")
                )
                raise TradeoffError(message)
            return
        self.run.say("the workbook as it stands")
        with self.counted():
            answer = search(self.parametric.model, self.run.unheard(self.options))
        if answer.values is None and self.held and self.parametric.integer:
            message = (
                f"The workbook as it stands has no plan ({answer.status}), so there are no decisions to hold. "
                "Sweep with free decisions, or run planner explain to see which rules clash."
            )
            raise TradeoffError(message, answer.status)
        if answer.status is Status.INFEASIBLE:
            self.notes.append(
                "The workbook as it stands has no plan: planner explain says which rules clash. Other places of the "
                "range were tried all the same."
            )
        self.decisions = answer.values if self.settled else None
        marginal = None
        if answer.values is not None and self.parametric.same_shape and self.parametric.levels == 1:
            numbers = self.parametric.at(place)
            if numbers is not None:
                marginal = self.marginal(numbers, place, answer.values)
        self.found.append(self.point(place, answer, answer.values, self.parametric.readout, marginal, base=True))

    def marginal(self, numbers: ModelSnapshot, place: float, decisions: Floats) -> float | None:
        """Worth of one more unit with decisions held."""
        if not self.parametric.straight:
            return None
        tangent = self.solver.tangent(self.solver.settled_bounds(numbers, decisions), place, self.parametric.rate)
        return None if tangent is None else _worth(tangent, self.group)

    def limits(self) -> None:
        """Find where plans exist at all, exactly where that can be."""
        parametric, group = self.parametric, self.group
        if not parametric.straight or parametric.kind not in ("nothing", "limits", "gates", "points"):
            return
        self.run.say("where plans exist at all")
        held = self.decisions if self.settled and parametric.integer else None
        with self.counted():
            part = feasible_part(parametric, self.run, held)
        if self.run.over():
            return
        if part is None:
            self.blanks.append(Blank(group.low, group.high, exact=True))
            self.possible = (np.inf, -np.inf)
            return
        room = 1e-9 * group.length
        low, high = (group.low if part[0] <= group.low + room else part[0]), part[1]
        high = group.high if high >= group.high - room else high
        self.possible = (low, high)
        if low > group.low:
            self.blanks.append(Blank(group.low, low, exact=True))
        if high < group.high:
            self.blanks.append(Blank(high, group.high, exact=True))

    def path(self) -> list[StraightStretch]:
        """Exact stretches."""
        low, high = self.possible or (self.group.low, self.group.high)
        if not low < high or self.run.over():
            return []
        room = 1e-8 * self.group.length
        low, high = (low if low == self.group.low else low + room), (high if high == self.group.high else high - room)
        held = self.decisions if self.parametric.integer else None
        return follow(self.solver, low, high, held, lambda n: self.run.say(f"kinks: {n} places seen"), MOST_KINKS)

    def places(self) -> None:
        """Solve all points, from the lowest place up."""
        places = np.linspace(self.group.low, self.group.high, self.count).tolist()
        done = {p.place for p in self.found}
        todo = [p for p in places if not any(abs(p - d) <= 1e-9 * self.group.length for d in done)]
        if self.group.integer:
            todo = sorted({float(round(p)) for p in todo} - done)
        start: Floats | None = None
        for number, place in enumerate(todo):
            if self.run.over():
                break
            if self.possible is not None and not self.possible[0] <= place <= self.possible[1]:
                self.found.append(self.point(place, _NONE, None, self.parametric.readout, None))
                continue
            self.run.say(f"point {number + 1} of {len(todo)}: {self.group.shown(place)}")
            new = self.solved(place, start, max(1.0, self.run.left / (len(todo) - number)))
            self.found.append(new)
            start = new.columns if new.columns is not None else start
        self.found.sort(key=lambda p: p.place)

    def solved(self, place: float, start: Floats | None, limit: float) -> SweepPoint:
        """Solve one place."""
        parametric, solver = self.parametric, self.solver
        numbers = parametric.at(place) if parametric.same_shape and parametric.levels == 1 else None
        if numbers is None:
            model = parametric.model_at(place)
            answer = search(model, self.run.unheard(replace(self.options, time_limit=limit)))
            return self.point(place, answer, answer.values, Readout(model.built), None, columns=False)
        if self.settled:
            numbers = solver.settled_bounds(numbers, self.decisions)
            answer = solver.solve(numbers, limit=limit)
        else:
            answer = solver.seek(numbers, [] if start is None else [start], limit)
        if answer.values is None:
            return self.point(place, answer, None, parametric.readout, None)
        held = solver.settled_bounds(numbers, answer.values)
        tangent = solver.tangent(held, place, parametric.rate if parametric.straight else None)
        values, marginal = answer.values, None
        if tangent is not None:
            preferred = solver.settle(held, tangent.value)
            values = tangent.values if preferred is None else preferred
            best = max(tangent.value, answer.objective or tangent.value)
            bound = None if answer.bound is None else max(answer.bound, best)
            gap = None if bound is None or not np.isfinite(bound) else relative_gap(best, bound)
            answer = replace(answer, objective=best, bound=bound, gap=gap)
            marginal = _worth(tangent, self.group) if parametric.straight else None
        return self.point(place, answer, values, parametric.reading_at(place), marginal)

    def point(
        self, place: float, answer: Answer, values: Floats | None, readout: Readout, marginal: float | None, *,
        base: bool = False, columns: bool = True,
    ) -> SweepPoint:  # fmt: skip
        """A point from an answer."""
        group = self.group
        return SweepPoint(
            place, group.shown(place), group.amount(place), answer.status, answer.objective, answer.bound, answer.gap,
            NOTHING if values is None else allocation_of(readout, values), marginal, base, answer.stopped,
            values if columns else None,
        )  # fmt: skip

    def parts(self, stretches: list[StraightStretch]) -> list[CurvePart]:
        """Stretches as people read them, without those that only carry on the one before."""
        joined: list[CurvePart] = []
        for s in stretches:
            if s.high - s.low <= 1e-9 * self.group.length:
                continue
            one, two = self.parametric.reading_at(s.low), self.parametric.reading_at(s.high)
            first, last = allocation_of(one, s.first), allocation_of(two, s.last)
            joined.append(part_of(s.low, s.high, s.low_value, s.high_value, first, last, self.group.step, sure=s.sure))
            if len(joined) > 1 and straight_on(joined[-2], joined[-1], self.group.length):
                b, a = joined.pop(), joined.pop()
                joined.append(
                    part_of(a.low, b.high, a.low_points, b.high_points, a.first, b.last, self.group.step,
                          sure=a.sure and b.sure)
                )  # fmt: skip
        return joined

    def result(self, parts: list[CurvePart], nested: tuple[NestedPoint, ...]) -> Sweep:
        """Everything together."""
        parametric, group = self.parametric, self.group
        if not self.exact or not parametric.straight:
            self.blanks += blanks_of(self.found, self.blanks)
        over = self.run.over()
        rows = self.case.of(Outcomes)
        notes = [*self.notes, *notes_of(parametric, group, self.settled, parts)]
        kinks = kinks_of(parts) if parts else brackets_of(self.found, parametric, group.step)
        return Sweep(
            group=group, kind=parametric.kind, method=method_of(parametric), exact=self.exact and bool(parts),
            held=self.held and parametric.integer, integer=parametric.integer,
            points=tuple(with_slopes(self.found, parts)), parts=tuple(parts), kinks=tuple(kinks),
            blanks=tuple(self.blanks), nested=nested,
            units={r.outcome: r.unit for r in rows}, better={r.outcome: r.better for r in rows},
            weights={r.outcome: r.weight for r in rows},
            amount_units=parametric.readout.units, kinds=parametric.readout.kinds, notes=tuple(notes),
            complete=not over and all(p.sure for p in parts), stopped=self.run.stopped, builds=parametric.builds,
            runs=self.runs + self.solver.runs, seconds=self.run.elapsed,
            solver_seconds=self.solving + self.solver.seconds,
            case_at=lambda place: group.case_at(self.case, place),
        )  # fmt: skip


_NONE = Answer(Status.INFEASIBLE, None, None, None, None)


def _worth(tangent: Subgradient, group: CellGroup) -> float:
    """Worth of one more unit, nought where it is rounding."""
    small = abs(tangent.slope) * group.length <= 1e-9 * max(1.0, abs(tangent.value))
    return 0.0 if small else tangent.slope / group.step


def _at_least(
    points: list[SweepPoint], nested: tuple[NestedPoint, ...]
) -> tuple[list[SweepPoint], tuple[NestedPoint, ...]]:
    """A nested plan is a plan: where it beats what a free search found within its gap, it is the better free plan."""
    better = {n.place: n for n in nested if n.objective is not None}
    result = []
    for p in points:
        n = better.get(p.place)
        if n is not None and n.objective is not None and p.objective is not None and n.objective > p.objective:
            bound = None if p.bound is None else max(p.bound, n.objective)
            gap = None if bound is None else relative_gap(n.objective, bound)
            result.append(replace(p, objective=n.objective, bound=bound, gap=gap, allocation=n.allocation))
        else:
            result.append(p)
    return result, nested
