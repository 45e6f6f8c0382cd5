"""People: queues with their time limits, and the flows that conserve everybody."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import by_period, name_of, period_names, periods, remembered, timed, wide
from planner.sheets import People
from planner.sheets.people import STATES

WAITING = ("waiting", "in procedure", "ready to travel")
"""States in which people wait for somebody's decision or journey."""
SAMPLES = 100
"""Moments of a period at which the share on time is looked at."""


@remembered
def _queues(plan: Plan) -> pd.DataFrame:
    """Compartments in which people wait, or that have a time limit."""
    found = by_period(plan, "people")
    limited = set(table(plan, "limits")["stock"])
    return found[found["state"].isin(WAITING) | found["stock"].isin(limited)].sort_values(
        ["stock", "period"], kind="stable"
    )


def _entered(limit: float, age: float, opening: float, ends: list[float], entered: list[float], when: Any) -> Any:
    """How many had entered `limit` days before each moment: the people at the start came evenly over `age` days."""
    days = [0.0, *ends] if age <= 0.0 else [-age, 0.0, *ends]
    counts = [opening, *entered] if age <= 0.0 else [0.0, opening, *entered]
    asked = np.asarray(when, dtype=float) - limit
    found = np.interp(asked, days, counts, left=0.0)
    return np.where(asked < days[0], 0.0, found)


def on_time(case: Case, plan: Plan) -> pd.DataFrame:
    """Stock, period and the share of those who left in it who left within the limit (first in, first out)."""
    limits = timed(plan, table(plan, "limits"))
    rows = {f"people:{row.people}": row for row in case.of(People)}
    edges = [0.0, *periods(plan)["end_day"].astype(float)]
    records = []
    for stock, mine in limits.sort_values("period").groupby("stock"):
        row = rows.get(str(stock))
        opening, age = (row.at_start, row.age_at_start) if row else (0.0, 0.0)
        entered = [float(v) for v in mine["entered"]]
        left = [0.0, *(float(v) for v in mine["left"])]
        limit = float(mine["limit_days"].iloc[0])
        for t, ((d0, d1), (begin, end)) in enumerate(zip(pairwise(left), pairwise(edges), strict=True)):
            share = None
            if d1 - d0 > 1e-6:
                middle = (np.arange(SAMPLES) + 0.5) / SAMPLES
                due = _entered(limit, age, opening, edges[1:], entered, begin + middle * (end - begin))
                share = float(np.mean(due <= d0 + middle * (d1 - d0) + 1e-6 * max(1.0, d1)))
            records.append({"stock": stock, "period": t, "share": share})
    return pd.DataFrame(records, columns=["stock", "period", "share"]).astype({"share": float})


@remembered
def queues(case: Case, plan: Plan) -> pd.DataFrame:
    """Every queue and period: entered, left, waiting at the end, over the limit, share that left on time (people)."""
    found = _queues(plan)
    limits = table(plan, "limits")[["stock", "period", "limit_days", "hard", "over"]]
    found = found.merge(limits.astype({"period": found["period"].dtype}), on=["stock", "period"], how="left")
    shares = on_time(case, plan).astype({"period": found["period"].dtype})
    found = found.merge(shares, on=["stock", "period"], how="left")
    came = found["inflow"] + found["made"] + found["switched"] + found["gained"]
    gone = found["used"] + found["lost"] + found["lapsed"]
    return pd.DataFrame(
        {
            "Caseload": found["stock"].map(name_of),
            "Country": found["country"],
            "State": found["state"],
            "Period": found["period_name"],
            "Entered": came.astype(float),
            "Left": gone.astype(float),
            "Waiting at the end": found["closing"].astype(float),
            "Limit, days": found["limit_days"].astype(float),
            "Limit is": found["hard"].map(lambda hard: "" if pd.isna(hard) else "right" if hard else "target"),
            "Over the limit": found["over"].astype(float),
            "Left on time, share": found["share"],
        }
    )


def queues_summary(case: Case, plan: Plan) -> pd.DataFrame:
    """Every queue over the plan: at start, entered, left, at the end, most over the limit, share on time."""
    found = queues(case, plan)
    opening = by_period(plan, "people").sort_values("period").groupby("stock")["opening"].first()
    weighted = found.assign(known=found["Left"].where(found["Left on time, share"].notna(), 0.0))
    weighted["good"] = weighted["known"] * weighted["Left on time, share"].fillna(0.0)
    laid = weighted.groupby("Caseload", as_index=False, sort=False).agg(
        {
            "Country": "first",
            "State": "first",
            "Entered": "sum",
            "Left": "sum",
            "Waiting at the end": "last",
            "Limit, days": "first",
            "Limit is": "first",
            "Over the limit": "max",
            "known": "sum",
            "good": "sum",
        }
    )
    laid.insert(3, "Waiting at the start", [float(opening.get(f"people:{n}", 0.0)) for n in laid["Caseload"]])
    laid["Left on time, share"] = (laid["good"] / laid["known"]).where(laid["known"] > 0)
    laid = laid.rename(columns={"Over the limit": "Most over the limit"})
    return laid.drop(columns=["known", "good"])


def waiting_by_period(plan: Plan) -> pd.DataFrame:
    """Periods down, compartments in which people wait across (the largest seven, the rest together): people."""
    found = _queues(plan)
    found = found[found["state"].isin(WAITING)]
    largest = found.groupby("stock")["closing"].max().sort_values(ascending=False, kind="stable", key=steps)
    top = [str(s) for s in largest.index[:7]] if len(largest) > 8 else [str(s) for s in largest.index]
    names = found["stock"].where(found["stock"].isin(top), "all others").map(name_of)
    columns = [name_of(s) for s in top] + (["all others"] if len(largest) > len(top) else [])
    laid = wide(found.assign(series=names), "period_name", "series", "closing", columns, total="All who wait")
    laid = laid.rename(columns={"period_name": "Period"}).set_index("Period").reindex(period_names(plan))
    return laid.astype(float).fillna(0.0).rename_axis("Period").reset_index()


@remembered
def flows(plan: Plan) -> pd.DataFrame:
    """Every compartment and period: opening + arrivals + moved in - moved out = closing, with the difference (people).

    `Moved in` and `Moved out` are decided moves, `Came` and `Went by themselves` natural ones.
    """
    found = by_period(plan, "people").sort_values(["stock", "period"], kind="stable")
    sums = {
        c: found[c].astype(float)
        for c in ("opening", "inflow", "switched", "made", "gained", "used", "lost", "lapsed", "closing")
    }
    came = sums["inflow"] + sums["switched"]
    out = sums["lost"] + sums["lapsed"]
    expected = sums["opening"] + came + sums["made"] + sums["gained"] - sums["used"] - out
    return pd.DataFrame(
        {
            "Caseload": found["stock"].map(name_of),
            "State": found["state"],
            "Period": found["period_name"],
            "Opening": sums["opening"],
            "Arrivals": came,
            "Moved in": sums["made"],
            "Came by themselves": sums["gained"],
            "Moved out": sums["used"],
            "Went by themselves": out,
            "Closing": sums["closing"],
            "Check: should be 0": (sums["closing"] - expected).round(6) + 0.0,
        }
    ).reset_index(drop=True)


def flows_by_state(plan: Plan) -> pd.DataFrame:
    """The same over the whole plan by state."""
    found = flows(plan)
    moving = ["Arrivals", "Moved in", "Came by themselves", "Moved out", "Went by themselves"]
    first = found.groupby(["State", "Caseload"], as_index=False).agg(
        {"Opening": "first", **dict.fromkeys(moving, "sum"), "Closing": "last", "Check: should be 0": "sum"}
    )
    laid = first.groupby("State", as_index=False, sort=False)[
        ["Opening", *moving, "Closing", "Check: should be 0"]
    ].sum()
    order = {state: i for i, state in enumerate(STATES)}
    laid = laid.assign(order=laid["State"].map(lambda s: order.get(str(s), len(order)))).sort_values("order")
    return laid.drop(columns="order").reset_index(drop=True)


def under_way(plan: Plan) -> pd.DataFrame:
    """People who are between two compartments when the plan ends, by where they are going."""
    found = by_period(plan, "people").sort_values(["stock", "period"]).groupby("stock", as_index=False).last()
    if found.empty:
        return pd.DataFrame(columns=["Going to", "State", "People under way at the end"])
    found["undelivered"] = found["undelivered"].astype(float).fillna(0.0)
    found = found[found["undelivered"] > 0.5]
    return pd.DataFrame(
        {
            "Going to": found["stock"].map(name_of),
            "State": found["state"],
            "People under way at the end": found["undelivered"],
        }
    ).reset_index(drop=True)


def whereabouts(plan: Plan) -> pd.DataFrame:
    """Country, place and state down; people at the start and at each period's end across."""
    found = by_period(plan, "people").sort_values(["stock", "period"], kind="stable")
    names = period_names(plan)
    keys = ["country", "place", "state"]
    if found.empty:
        return pd.DataFrame(columns=["Country", "Place", "State", "At the start", *names])
    first = found.drop_duplicates("stock").assign(period_name="At the start", closing=lambda f: f["opening"])
    both = pd.concat([first, found], ignore_index=True)
    laid = wide(both, keys, "period_name", "closing", ["At the start", *names]).drop(columns="Plan total")
    order = {state: i for i, state in enumerate(STATES)}
    laid = laid.assign(order=laid["state"].map(lambda s: order.get(str(s), len(order))))
    laid = laid.sort_values(["country", "place", "order"], kind="stable").drop(columns="order")
    return laid.rename(columns={"country": "Country", "place": "Place", "state": "State"}).reset_index(drop=True)


def balance(plan: Plan) -> pd.DataFrame:
    """Everybody, period by period: opening, what came and went, closing, and what does not add up (people)."""
    found = flows(plan).drop(columns=["Caseload", "State"])
    check = "Check: should be 0"
    laid = found.assign(**{check: found[check].abs()}).groupby("Period").sum().reindex(period_names(plan))
    return laid.fillna(0.0).rename_axis("Period").reset_index()
