"""What goes on without the plan, row by row and outcome by outcome: last actual, continuation, plan.

Differences are against the continuation: what others or the office itself do anyway is nobody's gain, and where the
plan does less than goes on, that is said as a loss.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from models.network import Activity
from planner.case import Case
from planner.case.continuing import UNITS, Continued, activity_of, anything_goes_on, continued, level_field, level_of
from planner.ordering import place
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import remembered
from planner.sheets import Deployments, Outcomes, OutcomeTerms, Pipelines, PreviousPlan, Programmes, RawActivities
from planner.wording.figures import figure, share
from planner.wording.lists import in_a_row

CONTINUATION_MEANS = (
    "Continuation is what goes on without the plan, on the same model: every row at its last level (columns Last "
    "actual and Goes on at), with the services that go with it; staff who leave are replaced, open sites stay open, no "
    "reform is taken; floors, rules and time limits bind nobody. Differences are against it: what goes on anyway is "
    "nobody's gain."
)
"""What differences are taken against, for people."""
CONTINUATION_IS_NOTHING = (
    "Continuation is doing nothing here: no row says at which level it goes on (columns Last actual and Goes on at)."
)
"""What is said where a case says of nothing that it goes on."""
CONTINUATION_NONE = (
    "Continuation is not compared: what must go on and be paid is more than there is, or no such state was found in "
    "the time. Differences are against doing nothing."
)
"""What is said where what goes on was not found."""
WHOLE = 1e-4
"""Share of a level that may be missing before it counts as not kept."""
MOST = 5
"""Rows named in one sentence."""
COLUMNS = (
    "Sheet", "Row", "Unit", "Last actual", "Goes on at", "Continuation", "Plan", "Difference", "Level kept, share",
    "What it is", "Cell",
)  # fmt: skip


@dataclass(frozen=True)
class Going:
    """A row that has a last level, or that goes with one: levels in its sheet's unit a year, the plan's on average.

    `replaced`: other stages take up as many of the same people as go on without the plan.
    """

    sheet: str
    row: str
    unit: str
    last: float | None
    level: float | None
    without: float
    planned: float
    kept: float | None
    others: bool
    cell: str
    replaced: bool = False

    @property
    def difference(self) -> float:
        """What the plan does more than goes on, a year; negative is a loss."""
        return self.planned - self.without


@remembered
def going(case: Case, plan: Plan) -> list[Going]:
    """Every row that goes on, or whose last level is known, in the order of the workbook."""
    if not anything_goes_on(case):
        return []
    done = table(plan, "activities").groupby("activity")["level"].sum()
    decisions = table(plan, "continuation")
    kept = decisions[decisions["item"] == "level"].groupby("subject")["amount"].sum()
    years, earlier = case.horizon / 365.0, _earlier(case)
    taken = _taken(case, kept), _taken(case, done)
    found = []
    for row in continued(case):
        name, factor = activity_of(row), UNITS.get(type(row), 1.0)
        without, planned = float(kept.get(name, 0.0)) / factor, float(done.get(name, 0.0)) / factor
        if level_of(row) is None and not without and row.id not in earlier[row.SHEET]:
            continue
        goal = _goal(case, row, earlier[row.SHEET].get(row.id, {}))
        found.append(
            Going(
                sheet=row.SHEET,
                row=row.id,
                unit=_unit(row),
                last=row.last_actual,
                level=level_of(row),
                without=without / years,
                planned=planned / years,
                kept=min(1.0, without / goal) if goal else None,
                others=bool(getattr(row, "runs_without_plan", False)),
                cell=row.origin(level_field(row)),
                replaced=isinstance(row, Pipelines) and taken[1][row.takes_from] >= taken[0][row.takes_from],
            )
        )
    return found


def _taken(case: Case, levels: pd.Series[float]) -> dict[str, float]:
    """People whom all stages together take up from each compartment."""
    found: dict[str, float] = defaultdict(float)
    for row in case.of(Pipelines):
        found[row.takes_from] += float(levels.get(activity_of(row), 0.0))
    return found


def _earlier(case: Case) -> dict[str, dict[str, dict[str, float]]]:
    """Levels of sheet Previous plan by sheet, row and phase."""
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for row in case.of(PreviousPlan):
        found[row.sheet].setdefault(row.row, {})[row.phase] = row.level
    return found


def _goal(case: Case, row: Continued, earlier: Mapping[str, float]) -> float:
    """What goes on over the whole plan, in the sheet's unit: as the row says, where a previous plan says so as that."""
    if "" in earlier:
        return earlier[""]
    total, level = 0.0, level_of(row) or 0.0
    for phase in case.phases:
        if phase.name in earlier:
            total += earlier[phase.name]
            continue
        begin, end = phase.start, phase.end
        if isinstance(row, RawActivities):
            begin = begin if row.starts is None else max(begin, case.day(row.starts))
            end = end if row.ends is None else min(end, case.day(row.ends) + 1.0)
        total += level * max(0.0, end - begin) / 365.0
    return total


def _unit(row: Continued) -> str:
    """Unit of a row's level, a year; officers lent are counted as they are on average."""
    if isinstance(row, Deployments):
        return "FTE"
    if isinstance(row, Programmes | RawActivities):
        return f"{row.unit} a year"
    return {"Pipelines": "cases", "Visas": "people", "Transfers": "USD million"}[row.SHEET] + " a year"


def what_goes_on(case: Case, plan: Plan) -> pd.DataFrame:
    """Every row that goes on beside the plan: levels a year, the plan's and the continuation's on average."""
    rows = []
    for g in going(case, plan):
        levels = (g.last, g.level, g.without, g.planned, g.difference, g.kept)
        rows.append((g.sheet, g.row, g.unit, *levels, _words(g), g.cell))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = list(COLUMNS[3:9])
    return frame.astype(dict.fromkeys(numbers, float))


def _words(row: Going) -> str:
    """What a row is to the plan: carried on by others, less than goes on, or nothing to remark."""
    said = ["others carry it on: nobody's gain"] if row.others else []
    if _less(row):
        said.append("the plan does less than goes on")
    elif row.replaced and row.difference < 0.0:
        said.append("other stages take up these people instead")
    if row.kept is not None and row.kept < 1.0 - WHOLE:
        said.append("its level cannot be kept in full")
    return "; ".join(said)


def _less(row: Going) -> bool:
    """Whether the plan does less than goes on."""
    return not row.replaced and row.difference < -WHOLE * max(1e-9, row.without)


def remarks(case: Case, plan: Plan) -> list[str]:
    """Levels that cannot be kept, and rows of which the plan does less than goes on, each with its cell."""
    rows = going(case, plan) if plan.continuation else []
    short = sorted((g for g in rows if g.kept is not None and g.kept < 1.0 - WHOLE), key=lambda g: place(g.kept or 0.0))
    named = (f"{g.row} {kept_share(g.kept or 0.0)} ({g.cell})" for g in short)
    kept = f"Levels that cannot go on in full without the plan, and what is kept of them: {_listed(named)}."
    return [*([kept] if short else []), *done_less(case, plan)]


def done_less(case: Case, plan: Plan) -> list[str]:
    """The rows of which the plan does less than goes on, in one sentence; none if there are none."""
    rows = going(case, plan) if plan.continuation else []
    less = sorted((g for g in rows if _less(g)), key=lambda g: place(g.difference / g.without))
    named = (
        f"{g.row} {figure(g.planned, g.unit)} against {figure(g.without, g.unit)} {g.unit} ({g.cell})" for g in less
    )
    return [f"The plan does less than goes on anyway: {_listed(named)}."] if less else []


def kept_share(part: float) -> str:
    """A share kept as a percentage, never 100 where some is missing."""
    return share(min(0.999, part))


def _listed(items: Iterable[str]) -> str:
    """The first few of some, and how many more there are."""
    told = list(items)
    return in_a_row(told, MOST, between="; ") + (" (sheet What goes on)" if len(told) > MOST else "")


def last_actuals(case: Case) -> dict[str, float]:
    """Outcomes a year at the last actual levels: as sheet Outcomes states them, else worked out where all is known."""
    found = {row.outcome: row.last_actual for row in case.of(Outcomes) if row.last_actual is not None}
    if any(row.last_actual is not None for row in continued(case)):
        found = {**_worked_out(case, [o for o in case.of(Outcomes) if o.outcome not in found]), **found}
    return found


def _worked_out(case: Case, outcomes: list[Outcomes]) -> dict[str, float]:
    """Outcomes that count nothing but activities whose last levels are all known."""
    from planner.compile import draft_case  # noqa: PLC0415 - only cases that say what went on
    from planner.compile.measures import terms  # noqa: PLC0415 - as above

    draft = draft_case(case)
    last = {
        activity_of(row): row.last_actual * UNITS.get(type(row), 1.0)
        for row in continued(case)
        if row.last_actual is not None
    }
    closed = {a.id for a in draft.activities.values() if any(not draft.switches[e].already for e in a.enabled_by)}
    found = {}
    for outcome in (o for o in outcomes if o.kind == "sum"):
        total: float | None = 0.0
        for row in (t for t in case.of(OutcomeTerms) if t.outcome == outcome.outcome):
            for term in terms(draft, row.measure, row.where):
                level = last.get(term.subject, 0.0 if term.subject in closed else None)
                if level is None or term.measure not in ("level", "effective") or total is None:
                    total = None
                    break
                if term.measure == "effective":
                    level = _effective(draft.activities[term.subject], level)
                total += row.per_unit * term.coefficient * level
        if total is not None:
            found[outcome.outcome] = total
    return found


def _effective(activity: Activity, level: float) -> float:
    """Effective units a year of a level, its curve filled in order."""
    if not activity.curve:
        return level
    worth = 0.0
    for stretch in activity.curve:
        filled = min(level, stretch.width)
        worth, level = worth + filled * stretch.yield_, level - filled
    return worth


def comparison_words(case: Case, plan: Plan) -> str:
    """What differences are taken against, in a sentence or two; one where continuation is doing nothing."""
    from planner.results.summary import NOTHING_MEANS, NOTHING_NONE  # noqa: PLC0415 - it draws on this

    if plan.continuation:
        return CONTINUATION_MEANS if plan.doing_nothing else f"{CONTINUATION_MEANS} {NOTHING_NONE}"
    if anything_goes_on(case):
        return f"{CONTINUATION_NONE} {NOTHING_MEANS if plan.doing_nothing else NOTHING_NONE}"
    return f"{CONTINUATION_IS_NOTHING} {NOTHING_MEANS if plan.doing_nothing else NOTHING_NONE}"
