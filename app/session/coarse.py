"""In which periods plans count: the workbook's own grid, a quicker one for a first answer, what the two differ by."""

from __future__ import annotations

from dataclasses import replace

from app.charts.widgets import figure, plain
from app.session.settings import AS_WRITTEN, GRIDS
from app.session.store import Wish
from planner.case import Case
from planner.plan import Plan
from planner.plan.standing import standing_of_plan
from planner.results import headline

QUICK = "phases"
"""Grid of a first answer."""
SLOW = 8_000
"""Rows of a workbook times periods from which on a plan takes long enough for a first answer in a coarser grid: the
reference case has 6,000 on its three phases and 24,000 on its own grid, the starter 900."""
MOST = 3
"""Outcomes whose difference between two grids is told."""
NOTEWORTHY = 0.005
"""Share from which on an outcome differs."""


def grids_of(case: Case, chosen: str = AS_WRITTEN) -> tuple[str, ...]:
    """Grids that can be chosen: the workbook's own, the others, and what is chosen already."""
    own = case.grid().name
    others = [grid for grid in GRIDS if grid != own]
    return tuple(dict.fromkeys((AS_WRITTEN, *others, chosen)))


def first_of(case: Case, wish: Wish) -> Wish | None:
    """The wish of the first answer, in a quick grid; None where the plan that is asked for is quick itself."""
    asked, quick = case.grid(wish.grid), case.grid(QUICK)
    rows = sum(len(some) for some in case.rows.values())
    if len(asked) <= len(quick) or rows * len(asked) < SLOW:
        return None
    return replace(wish, grid=QUICK)


def counted(case: Case, grid: str = "") -> str:
    """Name a grid with its periods: 'default (12 periods)'; a blank one is the workbook's own."""
    found = case.grid(grid)
    return f"{found.name} ({len(found)} periods)"


def standing_line(case: Case, plan: Plan) -> str:
    """The case, the grid, the scenario and the changes in one line."""
    return plain(standing_of_plan(plan, case).line)


def rough(case: Case, used: str) -> str:
    """That figures do not count in the workbook's own periods; blank where they do."""
    if used in ("", case.grid().name):
        return ""
    return f"These figures count in {counted(case, used)}; the workbook's own grid is {counted(case)}."


def differences(case: Case, coarse: Plan, fine: Plan) -> str:
    """Headline outcomes that differ most between two plans of a case, as shares of the coarse one; blank if none do."""
    both = (headline(coarse, case), headline(fine, case))
    rows = both[0][both[0]["Headline"] != ""] if (both[0]["Headline"] != "").any() else both[0]
    there = dict(zip(both[1]["Outcome"], both[1]["Plan total"], strict=True))
    found = []
    for name, value in zip(rows["Outcome"], rows["Plan total"], strict=True):
        other = float(there[name])
        share = (other - float(value)) / abs(float(value)) if abs(float(value)) > 1e-9 else 0.0
        if abs(share) >= NOTEWORTHY:
            found.append(
                (-abs(share), f"{plain(str(name))} {figure(other)} instead of {figure(value)} ({_percent(share)})")
            )
    return "; ".join(words for _, words in sorted(found)[:MOST])


def _percent(share: float) -> str:
    """A difference in percent, with its sign."""
    return f"{100.0 * share:+.1f} %".replace("-", "\u2212")


def told(case: Case, coarse: Plan, fine: Plan) -> str:
    """What a plan in finer periods has instead of a coarse one, as a sentence."""
    said = differences(case, coarse, fine)
    return (
        f"On {plain(fine.record.grid)}: {said}."
        if said
        else (f"On {plain(fine.record.grid)} no headline outcome differs by half a percent.")
    )
