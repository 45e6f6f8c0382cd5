"""Tables of the verbs `sweep` and `goal`, for the screen and for files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.tradeoffs.goal_seeking.targets import Goal
    from planner.tradeoffs.sweeping.bands import Bands
    from planner.tradeoffs.sweeping.curves import Sweep

MOST_OUTCOMES = 4
MOST_BANDS = 10


def sweep_table(found: Sweep, width: int) -> list[Any]:
    """A row a place: amount, points, what one more is worth, the outcomes that move most."""
    from planner.cli.wide import tables
    from planner.explain.words import figure

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
        rows.append([*row, *(figure(point.allocation.outcomes[name]) for name in shown)])
    return tables([*heads, *(f"{name}, {found.units[name]}" for name in shown)], rows, width)


def _within(gap: float | None, apart: float | None) -> str:
    """How sure a point is; `apart` is the distance to the bound."""
    from planner.explain.words import within

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


def bands_table(bands: Bands) -> Any:
    """Rows that come in or go out, and where."""
    from rich.box import SIMPLE
    from rich.table import Table

    from planner.explain.words import figure

    table = Table("Row", "Comes in at", "Goes out at", "Lowest place", "Highest place", "Unit", box=SIMPLE)
    rows = [b for b in bands.rows if b.enters or b.leaves]
    for band in rows[:MOST_BANDS]:
        ends = (figure(band.amounts[0]), figure(band.amounts[-1])) if band.amounts else ("", "")
        table.add_row(
            f"{band.row} ({band.sheet})", bands.where(band.enters), bands.where(band.leaves), *ends, band.unit
        )
    return table


def write_tables(found: Sweep, bands: Bands, out: Path) -> None:
    """Points as CSV, or points, parts and bands as a workbook; texts never become formulas."""
    import pandas as pd

    from planner.atomic_files import write_atomically
    from planner.results.csv_files import csv_text

    if out.suffix.lower() == ".csv":
        write_atomically(out, csv_text(found.table()))
        return
    parts = pd.DataFrame(
        [{"from": p.low, "to": p.high, "points from": p.low_points, "points to": p.high_points,
          f"one {found.group.step_unit} more is worth": p.marginal, **p.rates} for p in found.parts]
    )  # fmt: skip
    keep = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    stream = io.BytesIO()
    with pd.ExcelWriter(stream, engine="xlsxwriter", engine_kwargs=keep) as book:
        found.table().to_excel(book, sheet_name="Points", index=False)
        parts.to_excel(book, sheet_name="Parts", index=False)
        bands.table().to_excel(book, sheet_name="Bands", index=False)
    write_atomically(out, stream.getvalue())


def targets_table(found: Goal, width: int) -> list[Any]:
    """What was asked, what there is now, what can be had."""
    from planner.cli.wide import tables
    from planner.explain.words import figure

    rows = []
    for a in found.targets:
        alone = "no limit" if a.alone is not None and abs(a.alone) == float("inf") else figure(a.alone or 0.0)
        now, reached = ("" if value is None else figure(value) for value in (a.now, a.reached))
        sign = "at least" if a.target.sense == ">=" else "at most"
        rows.append([f"{a.target.outcome}, {a.unit}", f"{sign} {figure(a.target.value)}", now, alone, reached])
    return tables(["Target", "Asked", "Now", "Attainable alone", "In this plan"], rows, width)


def uses_table(found: Goal, width: int) -> list[Any]:
    """Outcomes and resources now and in this plan."""
    from planner.cli.wide import tables
    from planner.explain.words import figure

    pairs = [(n, v, found.after.outcomes[n]) for n, v in found.before.outcomes.items()]
    pairs += [(n, v, found.used_after[n]) for n, v in found.used_before.items()]
    rows = [
        [", ".join(x for x in (name, found.units.get(name, "")) if x), figure(before), figure(after)]
        for name, before, after in pairs
    ]
    return tables(["Outcome or resource", "Now", "This plan"], rows, width)
