"""Plans counted in coarser periods than the workbook asks for: said wherever they are shown, with what that changes."""

from __future__ import annotations

from dataclasses import replace

from app import state
from app.settings import GRIDS
from app.show import figure, plain
from app.store import key_of
from planner.case import Case
from planner.plan import Plan
from planner.results import headline
from planner.standing import standing_of_plan

MOST = 3
"""Outcomes whose difference between two grids is told."""
NOTEWORTHY = 0.005
"""Share from which on an outcome differs."""


def grids_of(case: Case) -> tuple[str, ...]:
    """Grids that can be chosen: the quick ones, and the workbook's own."""
    own = case.grid().name
    return GRIDS if own in GRIDS else (*GRIDS, own)


def standing_line(case: Case, plan: Plan) -> str:
    """The case, the grid, the scenario and the changes in one line."""
    return plain(standing_of_plan(plan, case).line)


def advice(case: Case, used: str) -> str:
    """That figures do not count in the workbook's own periods, and how to change that; blank where they do."""
    own = case.grid().name
    if used == own:
        return ""
    periods = {grid: f"**{plain(grid)}** ({len(case.grid(grid))} periods)" for grid in (used, own)}
    return (
        f"These figures count in {periods[used]}, for a quick answer. The workbook's own grid is {periods[own]}: "
        "choose it at the side, under *How it is solved*, before you quote a figure."
    )


def note(case: Case, plan: Plan) -> str:
    """That a plan does not count in the workbook's own periods, and by how much the two differ where both are known."""
    said = advice(case, plan.record.grid) if plan.found else ""
    differences = _differences(case, plan, case.grid().name) if said else ""
    return f"{said} {differences}" if differences else said


def _differences(case: Case, plan: Plan, own: str) -> str:
    """How far the plan on the workbook's own grid differs, where it has been found."""
    shown = state.shown()
    if shown is None or shown[0].origin:
        return ""
    key = key_of(shown[0].source, replace(shown[0].wish, grid=own))
    if not state.kept(key):
        return ""
    told = differences(case, plan, state.plan_at(key))
    return f"On {plain(own)}: {told}." if told else f"On {plain(own)} no headline outcome differs by half a percent."


def differences(case: Case, coarse: Plan, fine: Plan) -> str:
    """Headline outcomes that differ most between two plans of a case, as shares of the finer one; blank if none do."""
    both = (headline(coarse, case), headline(fine, case))
    rows = both[0][both[0]["Headline"] != ""] if (both[0]["Headline"] != "").any() else both[0]
    there = dict(zip(both[1]["Outcome"], both[1]["Plan total"], strict=True))
    found = []
    for name, value in zip(rows["Outcome"], rows["Plan total"], strict=True):
        other = float(there[name])
        share = (other - float(value)) / abs(float(value)) if abs(float(value)) > 1e-9 else 0.0
        if abs(share) >= NOTEWORTHY:
            found.append((-abs(share), f"{plain(str(name))} {figure(other)} instead of {figure(value)} ({share:+.1%})"))
    return "; ".join(words for _, words in sorted(found)[:MOST])
