"""Where money goes: from the account over the lane and the country to what it serves."""

from __future__ import annotations

import pandas as pd

from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import country_or_region, name_of, remembered
from planner.results.money import lane_of, paid
from planner.results.summary import HEADLINES
from planner.sheets import Outcomes, Pipelines, Programmes, Visas

MONEY = ("spending", "payment")
"""Measures that count money itself: no money serves them."""
SHARED = "what all of it rests on"
"""Staff, sites, reforms and whatever else counts in no outcome by itself."""


def _counted(plan: Plan) -> dict[str, set[str]]:
    """Kernel id of what an outcome counts: the names of those outcomes; money apart."""
    found: dict[str, set[str]] = {}
    terms = table(plan, "outcome_terms")
    terms = terms[~terms["measure"].isin(MONEY)]
    for outcome, subject in terms[["outcome", "subject"]].drop_duplicates().itertuples(index=False):
        found.setdefault(str(subject), set()).add(str(outcome))
    return found


def touches(case: Case) -> dict[str, set[str]]:
    """Kernel id of an activity: the activity itself and what it takes people from, brings them to or raises."""
    found: dict[str, set[str]] = {}
    for stage in case.of(Pipelines):
        ends = {stage.takes_from, stage.to_1, stage.to_2, stage.to_3}
        found[f"stage:{stage.id}"] = {f"people:{name}" for name in ends if name}
    for visa in case.of(Visas):
        found[f"visa:{visa.id}"] = {f"people:{name}" for name in (visa.takes_from, visa.goes_to) if name}
    for programme in case.of(Programmes):
        people = {f"people:{name}" for name in (programme.moves_from, programme.moves_to) if name}
        found[f"programme:{programme.id}"] = people | ({f"indicator:{programme.raises}"} if programme.raises else set())
    return {name: {name, *others} for name, others in found.items()}


def served(case: Case, plan: Plan) -> dict[str, str]:
    """Kernel id of an activity: the headlines of the outcomes that count it or the people whom it moves.

    An outcome without a headline is named itself where there is no other; see :data:`SHARED` for all the rest.
    """
    counted, rows = _counted(plan), case.of(Outcomes)
    found = {}
    for name, things in touches(case).items():
        mine = set().union(*(counted.get(thing, set()) for thing in things))
        wanted = {r.headline for r in rows if r.outcome in mine}
        headlines = [h for h in HEADLINES if h and h in wanted]
        plain = [r.outcome for r in rows if r.outcome in mine and not r.headline]
        found[name] = ", ".join(headlines) or (plain[0] if plain else SHARED)
    return found


@remembered
def money_links(case: Case, plan: Plan) -> pd.DataFrame:
    """Every account, lane, country and what it serves, with USD million over the plan; the largest first."""
    found, serves = paid(plan), served(case, plan)
    frame = pd.DataFrame(
        {
            "Account": found["account"].map(name_of),
            "Line of action": lane_of(found),
            "Country": country_or_region(found["country"]),
            "Serves": [serves.get(str(bill), SHARED) for bill in found["bill"]],
            "USD million": found["money"].astype(float),
        }
    )
    keys = ["Account", "Line of action", "Country", "Serves"]
    sums = frame.groupby(keys, as_index=False).agg({"USD million": "sum"})
    return sums.sort_values("USD million", ascending=False, kind="stable", key=steps).reset_index(drop=True)
