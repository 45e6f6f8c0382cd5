"""Limits on rates and on the stretches of curves, with the cells that hold them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

from models.network import Activity, steps_integral
from planner.case import Case
from planner.explain.limits import SHEET_ROWS, Catalogue, Limit
from planner.sheets import Curves, Overrides
from planner.solver.basis import Shift
from planner.wording.units import single

Rate: TypeAlias = tuple[str, str, float, float, float]


def rate_limits(catalogue: Catalogue) -> Iterator[Limit]:
    """One unit a year more of a largest or least pace, throughout; where it was set by hand, in that phase."""
    for activity in catalogue.frame.network.activities:
        if activity.tags.get("kind") in ("release", "site", "transfer", "deploy", "arrive", "soften"):
            continue
        cells = rate_cells(catalogue.case, activity)
        for side, steps in (("upper", activity.upper), ("lower", activity.lower)):
            for cell, word, value, begin, end in cells[side]:
                shift = _rate_shift(catalogue, activity, side, value, begin, end)
                kind = "hiring" if activity.tags.get("kind") == "hire" else "pace" if side == "upper" else "floor"
                unit = f"{single(activity.unit)} a year"
                words = f"one {unit} more of {catalogue.words.noun(activity.id)} ({word})"
                if steps:
                    yield Limit(f"{activity.id} {word}", kind, words, cell, unit, value, shift, about=activity.id)


def _rate_shift(catalogue: Catalogue, activity: Activity, side: str, value: float, begin: float, end: float) -> Shift:
    """Move the rate of all periods inside [begin, end) whose limit is this number."""
    shift, acts = Shift(), catalogue.built.activities
    steps = activity.upper if side == "upper" else activity.lower
    for first, periods in acts._blocks(activity).items():
        number = catalogue.column("level", activity.id, first)
        spans = [acts.spans[activity.id][t] for t in periods]
        days = math.fsum(b - a for a, b in spans)
        inside = all(begin - 1e-9 <= a and b <= end + 1e-9 for a, b in spans)
        same = all(
            abs((steps_integral(steps, s) or 0.0) - value * (s[1] - s[0]) / 365.0) <= 1e-6 * max(1.0, abs(value))
            for s in spans
        )
        if not inside or not same:
            continue
        amount = days / 365.0 / catalogue.frame.columns[number].scale
        if side == "lower":
            shift.column_lower[number] = amount
        elif math.isfinite(catalogue.frame.columns[number].upper):
            shift.column_upper[number] = amount
    if side == "upper" and not (activity.largest and not activity.upper):
        _gated(catalogue, activity, shift, begin, end)
    return shift


def _gated(catalogue: Catalogue, activity: Activity, shift: Shift, begin: float, end: float) -> None:
    """A largest rate stands in the rows that open the activity, too: times the days in force, or whether it runs."""
    for family in ("enabled", "at_most_if_running"):
        for number, row in catalogue.rows[family]:
            t = int(row.key[-1])
            if row.key[0] != activity.id:
                continue
            a, b = catalogue.built.activities.spans[activity.id][t]
            if not (begin - 1e-9 <= a and b <= end + 1e-9):
                continue
            share = (
                catalogue.number(catalogue.built.activities.running[activity.id, t])
                if family == "at_most_if_running"
                else (
                    catalogue.number(catalogue.built.switches.in_force_days(str(row.key[1]), t))
                    / catalogue.grid.days(t)
                )
            )
            catalogue.raise_upper(shift, number, share * (b - a) / 365.0)


def stretch_limits(catalogue: Catalogue) -> Iterator[Limit]:
    """One unit a year more of a stretch of a curve."""
    for activity in catalogue.frame.network.activities:
        rows = sorted(
            (r for r in catalogue.case.of(Curves) if r.row == activity.tags.get("row")), key=lambda r: r.stretch
        )
        for k, row in enumerate(rows[: len(activity.curve)]):
            shift = Shift()
            for t, (a, b) in catalogue.built.activities.spans[activity.id].items():
                shift.column_upper[catalogue.column("stretch", activity.id, k, t)] = (b - a) / 365.0 / activity.scale
            unit = f"{single(activity.unit)} a year"
            words = f"one {unit} more at the effect of stretch {row.stretch} of {catalogue.words.noun(activity.id)}"
            yield Limit(
                f"{activity.id} stretch {row.stretch}", "curve", words, row.origin("width"), unit, row.width, shift
            )


def rate_cells(case: Case, activity: Activity) -> dict[str, list[Rate]]:
    """Cells that hold a largest and a least rate: (cell, what it is called, number, first day, day after the last)."""
    found: dict[str, list[Rate]] = {"upper": [], "lower": []}
    kind, name = activity.tags.get("kind", ""), activity.tags.get("row", "")
    row = case.find(SHEET_ROWS[kind], name) if kind in SHEET_ROWS else None
    if row is None:
        return found
    fields = {
        "upper": ("hiring_limit", "Hiring limit")
        if kind == "hire"
        else ("demand", "Demand")
        if kind == "visa"
        else ("at_most", "At most"),
        "lower": ("at_least", "At least"),
    }
    for side, (field, title) in fields.items():
        value = getattr(row, field, None)
        if value is not None and (side == "upper" or value):
            found[side].append((row.origin(field), title, float(value), 0.0, case.horizon))
    spans = {p.name: (p.start, p.end) for p in case.phases}
    for hand in case.of(Overrides):
        if (hand.sheet, hand.row) == (row.SHEET, row.id):
            begin, end = spans.get(hand.phase, (0.0, case.horizon))
            value = 0.0 if hand.action == "forbid" else hand.value or 0.0
            when = f" in {hand.phase}" if hand.phase else ""
            if hand.action in ("fix", "forbid", "at most"):
                found["upper"].append((hand.origin("value"), f"set by hand{when}: {hand.action}", value, begin, end))
            if hand.action in ("fix", "at least"):
                found["lower"].append((hand.origin("value"), f"set by hand{when}: {hand.action}", value, begin, end))
    return found
