"""Reforms: when taken, what they opened and cost, why others were not taken."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import MILLION, by_period, name_of, say_date, say_day
from planner.sheets import SHEETS, Appropriations, Effects, Milestones, Overrides, Reforms, Row, Sites


def enabled_rows(case: Case) -> dict[str, list[Row]]:
    """Reform or site: the rows anywhere whose Needs name it."""
    found: dict[str, list[Row]] = {}
    for sheet in SHEETS:
        for row in case.of(sheet):
            needs = getattr(row, "needs", ())
            for name in (needs,) if isinstance(needs, str) else needs:
                if name:
                    found.setdefault(name, []).append(row)
    return found


def _volumes(plan: Plan) -> dict[tuple[str, str], tuple[float, str]]:
    """How much of each row was done over the whole plan, with its unit, by sheet and row."""
    done = table(plan, "activities")
    if done.empty:
        return {}
    sums = done.groupby(["sheet", "row"], sort=False).agg({"level": "sum", "unit": "first"})
    return {key: (float(level), str(unit)) for key, level, unit in sums.itertuples(name=None)}


def _enabled_words(case: Case, volumes: Mapping[tuple[str, str], tuple[float, str]], name: str, rows: list[Row]) -> str:
    """What a reform opened and how much of it was done, in words."""
    said = []
    for row in rows:
        key = (row.SHEET, row.id)
        if isinstance(row, Appropriations):
            said.append(f"{row.account}: USD {row.amount:,.0f} million")
        elif key in volumes:
            level, unit = volumes[key]
            said.append(f"{row.id}: {level:,.0f} {unit}")
        elif isinstance(row, Reforms | Sites):
            said.append(f"{row.id} (decision)")
        else:
            said.append(f"{row.id}: nothing done")
    said += [f"{e.effect} {e.amount:,.0f} on {e.target}" for e in case.of(Effects) if e.reform == name]
    return "; ".join(said)


def _not_taken(case: Case, plan: Plan, row: Reforms, taken: dict[str, bool]) -> str:
    """Say the likely reason why a reform was not taken."""
    forbidden = [o for o in case.of(Overrides) if o.sheet == "Reforms" and o.row == row.reform and o.action == "forbid"]
    if any(not o.phase for o in forbidden):
        return "forbidden by hand (sheet Overrides)"
    first = case.day(row.opens_from) if row.opens_from else 0.0
    last = case.day(row.opens_until) if row.opens_until else case.horizon
    starts = [p.start for p in case.phases]
    if row.dates == "period":
        starts = [float(d) for d in table(plan, "periods")["start_day"]]
    dates = [s for s in starts if first <= s <= last]
    if not dates:
        return f"no {row.dates} begins inside its window"
    missing = [n for n in row.needs if not taken.get(f"reform:{n}", taken.get(f"open:{n}", False))]
    if missing:
        return f"needs {', '.join(missing)}, not taken"
    rivals = [e for e in row.excludes if taken.get(f"reform:{e}", False)]
    rivals += [
        r.reform for r in case.of(Reforms) if row.reform in r.excludes and taken.get(f"reform:{r.reform}", False)
    ]
    if rivals:
        return f"excluded by {', '.join(sorted(set(rivals)))}"
    return _not_reached(case, plan, row) or _no_capital(plan, row, dates) or "not worth its price to the outcomes"


def _not_reached(case: Case, plan: Plan, row: Reforms) -> str:
    """Which milestone was never reached, empty if all were."""
    stocks = table(plan, "stocks")
    for milestone in case.of(Milestones):
        if milestone.reform != row.reform:
            continue
        mine = stocks[stocks["stock"].isin([f"indicator:{milestone.watches}", f"people:{milestone.watches}"])]
        best = float(mine["closing"].astype(float).max()) if len(mine) else 0.0
        if best < milestone.at_least * (1 - 1e-6):
            return f"{milestone.watches} reached {best:,.0f} of the {milestone.at_least:,.0f} that it waits for"
    return ""


def _no_capital(plan: Plan, row: Reforms, dates: list[float]) -> str:
    """Whether political capital was short at every date, empty if not (or not limited)."""
    if not row.political_capital:
        return ""
    capital = by_period(plan, "capital")
    if capital.empty:
        return ""
    starts = dict(zip(table(plan, "periods")["period"], table(plan, "periods")["start_day"], strict=True))
    left = {float(starts[p]): float(c) for p, c in zip(capital["period"], capital["closing"], strict=True)}
    best = max((left[d] for d in dates if d in left), default=0.0)
    if best < row.political_capital * (1 - 1e-9):
        return f"political capital: needs {row.political_capital:,.0f} points, at most {best:,.0f} were left"
    return ""


def reforms(case: Case, plan: Plan) -> pd.DataFrame:
    """Every reform: taken when, in force from when, what it enabled, capital and money; or why it was not taken."""
    found = table(plan, "switches").set_index("switch") if len(table(plan, "switches")) else table(plan, "switches")
    taken = {
        str(s): bool(t)
        for s, t in zip(table(plan, "switches")["switch"], table(plan, "switches")["taken"], strict=True)
    }
    bills = table(plan, "bills")
    paid = bills.groupby("bill")["cost"].sum() if len(bills) else pd.Series(dtype=float)
    needed, volumes = enabled_rows(case), _volumes(plan)
    records = []
    for row in case.of(Reforms):
        identity = f"reform:{row.reform}"
        yes = taken.get(identity, False) or row.in_force
        mine = found.loc[identity] if identity in found.index else None
        decided = "already in force" if row.in_force else say_date(mine["date"]) if yes and mine is not None else ""
        force = (
            "the start" if row.in_force else say_day(case, mine["in_force_from"]) if yes and mine is not None else ""
        )
        enabled = _enabled_words(case, volumes, row.reform, needed.get(row.reform, []))
        records.append(
            {
                "Reform": row.reform,
                "What it does": row.label,
                "Who decides": row.decider,
                "Taken": "yes" if yes else "no",
                "Decided on": decided,
                "In force from": force,
                "Opened": enabled if yes else "",
                "Why not": "" if yes else _not_taken(case, plan, row, taken),
                "Political capital, points": row.political_capital if yes and not row.in_force else 0.0,
                "Cost, USD million": float(paid.get(identity, 0.0)) / MILLION,
            }
        )
    columns = [
        "Reform",
        "What it does",
        "Who decides",
        "Taken",
        "Decided on",
        "In force from",
        "Opened",
        "Why not",
        "Political capital, points",
        "Cost, USD million",
    ]
    frame = pd.DataFrame(records, columns=columns)
    return frame.sort_values("Taken", ascending=False, kind="stable", key=steps).reset_index(drop=True)


def capital(plan: Plan) -> pd.DataFrame:
    """Political capital by period, points; empty where it is not limited."""
    found = by_period(plan, "capital").sort_values("period")
    columns = ["Period", "Opening", "Gained", "Spent", "Left"]
    if found.empty:
        return pd.DataFrame(columns=columns)
    gained = found["inflow"] + found["made"] + found["gained"]
    spent = (found["opening"] + gained - found["closing"]).astype(float)
    return pd.DataFrame(
        {
            "Period": found["period_name"],
            "Opening": found["opening"],
            "Gained": gained,
            "Spent": spent.round(9) + 0.0,
            "Left": found["closing"],
        }
    ).reset_index(drop=True)


def decisions(case: Case, plan: Plan) -> pd.DataFrame:
    """Every reform, opening and partner that was taken, in order of its date."""
    found = table(plan, "switches")
    found = found[found["taken"] & found["date"].notna() & (found["date"].astype(str) != "")]
    frame = pd.DataFrame(
        {
            "Decision": found["switch"].map(name_of),
            "Kind": found["kind"],
            "Decided on": found["date"].map(say_date),
            "In force from": found["in_force_from"].map(lambda day: say_day(case, day)),
            "period": pd.to_numeric(found["period"]),
        }
    )
    return frame.sort_values(["period", "Decision"], kind="stable").drop(columns="period").reset_index(drop=True)
