"""Cells taken through a range: outcomes, what one more is worth, what comes in and what is dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.analyses.declare import Analysis, Answer, Out, Question, Subject, Verdicts, gap_option, time_option
from planner.analyses.telling import Block, Sentence, Table, listing
from planner.declaring import option
from planner.options import Options
from planner.solver.runs import RunContext

if TYPE_CHECKING:
    import pandas as pd

    from planner.tradeoffs.sweeping.bands import Bands
    from planner.tradeoffs.sweeping.curves import Sweep

SECONDS = 6.0 * Options().time_limit
"""A sweep or a goal is many searches, so it may take longer than one."""
MOST_OUTCOMES, MOST_BANDS = 4, 10
"""Columns and rows that are told."""


def from_option() -> Any:
    """Where a range of cells begins."""
    return option(
        "", "Where the range begins: a number, or a share such as 50%.", "--from", metavar="NUMBER",
        label="Where the range begins",
    )  # fmt: skip


def to_option() -> Any:
    """Where a range of cells ends."""
    return option("", "Where the range ends.", "--to", metavar="NUMBER", label="Where the range ends")


@dataclass(frozen=True)
class SweepQuestion(Question):
    """Which cells go through which range."""

    cells: tuple[str, ...] = option(
        (), "The cell to vary, or with * several rows; may be repeated. '=50%..150%' after it gives the range.",
        "--cell", each=str, needed=True, metavar="'SHEET!ROW.COLUMN'",
    )  # fmt: skip
    low: str = from_option()
    high: str = to_option()
    points: int = option(11, "How many places to solve.", low=2, high=1000, label="Places to solve")
    nested: bool = option(
        False, "Also: never take back what a smaller one gave.", label="Also never take back what a smaller one gave"
    )
    hold: bool = option(
        False, "Keep yes-or-no decisions as now; kinks are exact then.", label="Keep yes-or-no decisions as now"
    )
    gap: float = gap_option("Gap to which each plan is proven.")
    time_limit: float = time_option(SECONDS, "Time for all of it.")


def sweep(subject: Subject, asked: SweepQuestion, run: RunContext) -> Answer:
    """Everything that the plan gives as cells go through a range."""
    from planner.plan import Status
    from planner.tradeoffs.sweeping.bands import allocation_bands
    from planner.tradeoffs.sweeping.sweeps import sweep as sweep_case
    from planner.tradeoffs.sweeping.telling import sweep_answer

    found = sweep_case(
        subject.case, asked.cells, asked.low or None, asked.high or None, points=asked.points, held=asked.hold,
        nested=asked.nested, options=run,
    )  # fmt: skip
    bands = allocation_bands(found)
    content = found.to_json() | {"bands": bands.to_json(), "answer": sweep_answer(found)}
    for point, row in zip(found.points, content["points"], strict=True):
        row["shown"] = point.shown
    ended = Status.OPTIMAL if found.complete else Status.FEASIBLE
    status = ended if found.found else Status.NO_PLAN if found.stopped else Status.INFEASIBLE
    return Answer(content, partial(_told, found, bands), status, frames=partial(_frames, found, bands))


def _told(found: Sweep, bands: Bands, _: Verdicts) -> Iterator[Block]:
    """The answer, the table, then the reasons."""
    from planner.tradeoffs.sweeping.telling import nested_answer, part_sentences, sweep_answer

    yield Sentence(sweep_answer(found), strong=True)
    if found.points:
        yield _points(found)
    if found.nested:
        yield Sentence(nested_answer(found), strong=True)
    yield from listing("What one more is worth" if found.parts else "Where decisions change", part_sentences(found))
    yield from listing("What grows and what is dropped", bands.sentences)
    if any(b.enters or b.leaves for b in bands.rows):
        yield _bands(bands)
    stopped = [f"Stopped ({found.stopped}): everything found until then is above."] if found.stopped else []
    yield from listing("How sure", [*stopped, *found.notes, f"How: {found.method}."])


def _points(found: Sweep) -> Table:
    """A row a place: amount, points, what one more is worth, the outcomes that move most."""
    from planner.wording.figures import figure

    amounts = any(p.amount is not None and found.group.scaled for p in found.points)
    heads = ["Place", *([found.group.unit] if amounts else []), "Points", "Proven within", "One more is worth"]
    nested = {n.place: n for n in found.nested}
    heads += ["Nothing taken back costs"] if nested else []
    shown = _moving_outcomes(found)[:MOST_OUTCOMES]
    rows = []
    for point in found.points:
        row = [point.shown + (" (now)" if point.base else "")]
        row += [figure(point.amount or 0.0)] if amounts else []
        if not point.found:
            rows.append([*row, _no_plan(point.status)])
            continue
        apart = None if point.bound is None else point.bound - (point.objective or 0.0)
        row += [figure(point.objective or 0.0), _within(point.gap, apart)]
        row += ["" if point.marginal is None else figure(point.marginal)]
        cost = nested[point.place].cost if point.place in nested else None
        row += ["no plan" if cost is None else figure(cost)] if nested else []
        rows.append([*row, *(figure(point.allocation.outcomes[name], found.units[name]) for name in shown)])
    return Table([*heads, *(f"{name}, {found.units[name]}" for name in shown)], rows)


def _within(gap: float | None, apart: float | None) -> str:
    """How sure a point is; `apart` is the distance to the bound."""
    from planner.wording.figures import within

    if gap is None:
        return "unknown"
    return "exact" if gap <= 1e-9 else "0.01%" if gap < 1e-4 else within(gap, apart)


def _no_plan(status: Any) -> str:
    """Why a row is empty."""
    from planner.plan import Status

    return {Status.INFEASIBLE: "no plan", Status.UNBOUNDED: "no limit"}.get(status, "not found")


def _moving_outcomes(found: Sweep) -> list[str]:
    """Outcomes that move most over the range, in points; where none bring points, for their size."""
    from planner.ordering import place

    moves: dict[str, tuple[float, float]] = {}
    for name in found.units:
        values = [p.allocation.outcomes[name] for p in found.found if name in p.allocation.outcomes]
        if values:
            span = max(values) - min(values)
            moves[name] = (span * found.weights.get(name, 0.0), span / max(*map(abs, values), 1e-9))
    return sorted(
        (n for n, (_, share) in moves.items() if share > 1e-6),
        key=lambda n: (-place(moves[n][0]), -place(moves[n][1]), n),
    )


def _bands(bands: Bands) -> Table:
    """Rows that come in or go out, and where."""
    from planner.wording.figures import figure

    rows = []
    for band in [b for b in bands.rows if b.enters or b.leaves][:MOST_BANDS]:
        ends = (figure(band.amounts[0]), figure(band.amounts[-1])) if band.amounts else ("", "")
        where = (bands.where(band.enters), bands.where(band.leaves))
        rows.append([f"{band.row} ({band.sheet})", *where, *ends, band.unit])
    heads = ["Row", "Comes in at", "Goes out at", "Lowest place", "Highest place", "Unit"]
    return Table(heads, rows, texts=heads)


def _frames(found: Sweep, bands: Bands) -> Mapping[str, pd.DataFrame]:
    """Points, parts and bands for a file."""
    import pandas as pd

    parts = pd.DataFrame(
        [{"from": p.low, "to": p.high, "points from": p.low_points, "points to": p.high_points,
          f"one {found.group.step_unit} more is worth": p.marginal, **p.rates} for p in found.parts]
    )  # fmt: skip
    return {"Points": found.table(), "Parts": parts, "Bands": bands.table()}


SWEEP = Analysis(
    "sweep",
    "Cells through a range",
    "Take cells through a range: outcomes, what one more is worth, what comes in and what is dropped.",
    SweepQuestion,
    sweep,
    Out("Write tables: .xlsx or .csv.", (".xlsx", ".csv"), tables=True),
)
