"""The headline of a plan, worked out in one place: the page Summary, the terminal, JSON and the app read it from here.

A plan workbook carries it as JSON text, so that the file alone says the same as the run that wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.plan.frames import tidy
from planner.plan.standing import standing_of_plan
from planner.results.bridges import Bridge, BridgeLine, bridge_table, bridges
from planner.results.division import UNITS, division
from planner.results.fiscal import AMOUNTS, years_in_all
from planner.results.frames import phases
from planner.results.going_on import comparison_words, remarks
from planner.results.rules import not_kept
from planner.results.summary import (
    COMPARED,
    CONTINUATION,
    DIFFERENCE,
    LAST,
    check_sentence,
    headline,
    headline_sentence,
    held_back,
    status_sentence,
)
from planner.wording.figures import finite

TITLES: Mapping[str, str] = {
    "money": "Money by country",
    "officers": "Officers and other staff by country",
    "visas": "Visas by nationality",
    "slots": "Resettlement places by country of origin",
}
"""What the tables of the division are called wherever their totals stand."""
NOTHING_HELD = "Nothing in particular: no limit is reached for long."
ALL_KEPT = "Every promise of sheet Rules is kept."
FIGURES = COMPARED


@dataclass(frozen=True)
class Headlines:
    """What is said of a plan before anything else.

    `title` names the case, the grid, the scenario and the changes.
    `outcomes` has one row a headline outcome (all where none is a headline) with its figures over the plan and by
    phase; `divided` one row a table of the division: money in USD million, staff in FTE on average, people. Missing
    figures are None. `compared` says what differences are against, `goes_on` which levels cannot go on without the
    plan and of what the plan does less than goes on. `fiscal` has one row a fiscal year of all accounts, and of each
    budget class where they are told apart: USD million.
    """

    title: str
    status: str
    answer: str
    sentence: str
    phases: tuple[str, ...]
    not_kept: tuple[str, ...]
    outcomes: tuple[Mapping[str, Any], ...]
    divided: tuple[Mapping[str, Any], ...]
    bridges: tuple[Bridge, ...]
    held_back: tuple[str, ...]
    unproven: tuple[str, ...]
    notes: tuple[str, ...] = ()
    compared: str = ""
    goes_on: tuple[str, ...] = ()
    fiscal: tuple[Mapping[str, Any], ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a plan to speak of."""
        return bool(self.phases)

    def outcome_table(self) -> pd.DataFrame:
        """Outcomes as a table; columns of comparisons that were not made are left out."""
        names = ["Headline", "Outcome", "Unit", *FIGURES, *self.phases]
        frame = pd.DataFrame(list(self.outcomes), columns=names)
        numbers = [*FIGURES, *self.phases]
        frame[numbers] = frame[numbers].astype(float)
        empty = [c for c in (LAST, CONTINUATION, DIFFERENCE, "Doing nothing", "Previous plan") if frame[c].isna().all()]
        empty += ["Headline"] if (frame["Headline"] == "").all() else []
        return frame.drop(columns=empty)

    def divided_table(self) -> pd.DataFrame:
        """Totals of the division as a table."""
        return pd.DataFrame(list(self.divided), columns=["What", "Unit", "Plan total or average", *self.phases])

    def fiscal_table(self) -> pd.DataFrame:
        """Accounts by fiscal year in all."""
        return pd.DataFrame(list(self.fiscal), columns=["Accounts", "Fiscal year", *AMOUNTS])

    def bridge_table(self) -> pd.DataFrame:
        """How totals that are called alike hang together."""
        return bridge_table(list(self.bridges))

    def to_json(self) -> dict[str, Any]:
        """Everything as plain data."""
        return asdict(self)


def headlines(case: Case, plan: Plan) -> Headlines:
    """Work out the headline of a plan of this case.

    Args:
        case: A case.
        plan: Its plan.

    Returns:
        Status, promises not kept, outcomes, what is divided and what held the plan back.

    Example:
        >>> from planner.results import headlines
        >>> print(headlines(case, plan).status)
        optimal within gap
    """
    plan = tidy(plan)
    found = plan.found
    reasons = [w for w in plan.warnings if not w.startswith("warning:")]  # what is merely worth a look is no reason
    return Headlines(
        title=standing_of_plan(plan, case).line,
        status=str(plan.status),
        answer=f"{status_sentence(plan)} {check_sentence(plan)}".strip(),
        sentence=headline_sentence(plan, case) if found else "",
        phases=tuple(phases(plan)) if found else (),
        not_kept=tuple(not_kept(case, plan)) if found else (),
        outcomes=tuple(_outcomes(case, plan)) if found else (),
        divided=tuple(_divided(case, plan)) if found else (),
        bridges=tuple(bridges(case, plan)),
        fiscal=tuple(_fiscal(case, plan)) if found else (),
        held_back=tuple(held_back(case, plan)),
        compared=comparison_words(case, plan) if found else "",
        goes_on=tuple(remarks(case, plan)) if found else (),
        unproven=tuple(plan.unproven),
        notes=() if found else (*plan.unproven, *reasons),
    )


def _outcomes(case: Case, plan: Plan) -> list[dict[str, Any]]:
    """Headline outcomes; all of them where none is a headline."""
    frame = headline(plan, case)
    if (frame["Headline"] != "").any():
        frame = frame[frame["Headline"] != ""]
    texts = ["Headline", "Outcome", "Unit"]
    return [
        {**{c: str(row[c]) for c in texts}, **{c: finite(row[c]) for c in (*FIGURES, *phases(plan))}}
        for row in frame.to_dict("records")
    ]


def _divided(case: Case, plan: Plan) -> list[dict[str, Any]]:
    """One row a table of the division: its total by phase, with its unit."""
    rows = []
    for part, frame in division(case, plan).items():
        whole = "Plan average" if part == "officers" else "Plan total"
        unit = "FTE on average" if part == "officers" else UNITS[part]
        sums = {phase: float(frame[phase].sum()) for phase in phases(plan)}
        rows.append({"What": TITLES[part], "Unit": unit, "Plan total or average": float(frame[whole].sum()), **sums})
    return rows


def _fiscal(case: Case, plan: Plan) -> list[dict[str, Any]]:
    """One row a fiscal year and budget class."""
    return [{str(name): value for name, value in row.items()} for row in years_in_all(case, plan).to_dict("records")]


def dumps(found: Headlines) -> dict[str, str]:
    """Each part as JSON text, for the cells of a plan workbook."""
    return {name: json.dumps(value, ensure_ascii=False) for name, value in found.to_json().items()}


def loads(parts: Mapping[str, str]) -> Headlines:
    """Take the headline out of a plan workbook. Raises KeyError, TypeError or ValueError where it is damaged."""
    values = {name: json.loads(text) for name, text in parts.items()}
    made = [
        Bridge(tuple(BridgeLine(**step) for step in one["steps"]), one["end"], one["total"], one["unit"])
        for one in values.pop("bridges")
    ]
    kept: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    found = Headlines(**kept, bridges=tuple(made))
    _typed(found)
    return found


def _typed(found: Headlines) -> None:
    """Raise TypeError where a headline holds what none can hold, or a row lacks what its table shows."""
    texts = (found.title, found.status, found.answer, found.sentence, found.compared)
    lists = (found.phases, found.not_kept, found.held_back, found.goes_on, found.unproven, found.notes)
    rows = (*found.outcomes, *found.divided)
    figures = {*FIGURES, *found.phases, "Plan total or average"}
    kinds = [isinstance(text, str) for text in texts]
    kinds += [isinstance(one, tuple) and all(isinstance(text, str) for text in one) for one in lists]
    kinds += [isinstance(row, dict) and isinstance(row.get("Unit"), str) for row in rows]
    kinds += [
        isinstance(row, dict) and isinstance(row.get(c), str)
        for row in found.fiscal
        for c in ("Accounts", "Fiscal year")
    ]
    if all(kinds):
        kinds = [isinstance(row.get(c), int | float) for row in found.fiscal for c in AMOUNTS]
        kinds += [v is None or isinstance(v, int | float) for row in rows for k, v in row.items() if k in figures]
    if not all(kinds):
        message = "the headline holds something of another kind"
        raise TypeError(message)
