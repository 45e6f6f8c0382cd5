"""Officers and sites: who is on board, what they could do, what they did; when sites open and how full they are."""

from __future__ import annotations

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import (
    MILLION,
    added,
    by_period,
    days_in_phase,
    name_of,
    period_names,
    phases,
    remembered,
    say_date,
    say_day,
    timed,
    wide,
)
from planner.sheets import Deployments, Sites, Staff


def _lent(plan: Plan) -> pd.DataFrame:
    """FTE-days lent, one row a deployment and period: from whom, to which place."""
    done = table(plan, "activities")
    return done[done["kind"] == "deploy"][["row", "cadre", "station", "place", "period", "level"]]


@remembered
def staff_use(plan: Plan) -> pd.DataFrame:
    """Staff by cadre, station and period in FTE-days: available, usable, occupied, of it lent out."""
    found = table(plan, "capacities")
    found = timed(plan, found[found["kind"] == "staff"])
    found = found.assign(name=found["capacity"].map(name_of), usable=found["available"] * found["ceiling"])
    lent = _lent(plan)
    out = added(lent.assign(name=lent["cadre"] + " / " + lent["station"]), ["name", "period"], "level")
    out = out.rename(columns={"level": "lent_out"}).astype({"lent_out": float})
    merged = found.merge(out, on=["name", "period"], how="left")
    return merged.assign(lent_out=merged["lent_out"].fillna(0.0), station=merged["place"])


def _lent_in(case: Case, plan: Plan) -> pd.DataFrame:
    """FTE-days that each cadre and station receives, after the loss on the way."""
    rows = {row.id: row for row in case.of(Deployments)}
    records = []
    for row, cadre, place, period, level in _lent(plan)[["row", "cadre", "place", "period", "level"]].itertuples(
        index=False
    ):
        sheet = rows.get(str(row))
        kept = 1.0 - sheet.loss if sheet else 1.0
        work = (sheet.to_cadre if sheet else "") or cadre
        records.append({"name": f"{work} / {place}", "period": int(period), "lent_in": float(level) * kept})
    frame = pd.DataFrame(records, columns=["name", "period", "lent_in"]).astype({"lent_in": float})
    return added(frame, ["name", "period"], "lent_in")


def officers(case: Case, plan: Plan) -> pd.DataFrame:
    """Every cadre, station and period: on board at the end, effective, used, lent out and in, hired (FTE, people)."""
    use = staff_use(plan)
    heads = by_period(plan, "headcount")
    done = table(plan, "activities")
    hired = done[done["kind"] == "hire"]
    keys = ["name", "period"]
    frame = use.merge(heads.assign(name=heads["stock"].map(name_of))[[*keys, "closing"]], on=keys, how="left")
    frame = frame.merge(_lent_in(case, plan), on=keys, how="left")
    hired = added(hired.assign(name=hired["activity"].map(name_of)), keys, "level")
    frame = frame.merge(hired, on=keys, how="left")
    frame = frame.sort_values(["cadre", "station", "period"], kind="stable")
    days = frame["period_days"]
    return pd.DataFrame(
        {
            "Cadre": frame["cadre"],
            "Duty station": frame["station"],
            "Country": frame["country"],
            "Period": frame["period_name"],
            "In post at the end, FTE": frame["closing"].astype(float),
            "Effective, FTE": frame["available"] / days,
            "Usable on cases, FTE": frame["usable"] / days,
            "Used, FTE": frame["occupied"] / days,
            "Use, share of usable": (frame["occupied"] / frame["usable"]).where(frame["usable"] > 0),
            "Lent out, FTE": frame["lent_out"] / days,
            "Lent in, FTE": frame["lent_in"].astype(float).fillna(0.0) / days,
            "Hired, people": frame["level"].astype(float).fillna(0.0),
        }
    ).reset_index(drop=True)


def officers_by_cadre(plan: Plan) -> pd.DataFrame:
    """Periods down, cadres across: FTE at work on average, lent staff counted once."""
    use = staff_use(plan)
    use = use.assign(fte=(use["available"] - use["lent_out"]) / use["period_days"])
    names = sorted(set(use["cadre"]))
    laid = wide(use.rename(columns={"period_name": "Period"}), "Period", "cadre", "fte", names, total="All cadres")
    return laid.set_index("Period").reindex(period_names(plan)).fillna(0.0).rename_axis("Period").reset_index()


def officers_by_phase(case: Case, plan: Plan) -> pd.DataFrame:
    """Cadre and station down: effective FTE on average by phase, hires over the plan, average use."""
    use = staff_use(plan)
    length = days_in_phase(plan)
    laid = wide(use, ["cadre", "station"], "phase", "available", phases(plan), total="Plan average")
    for phase, days in length.items():
        laid[phase] = laid[phase] / days
    laid["Plan average"] = laid["Plan average"] / (sum(length.values()) or 1.0)
    sums = use.groupby(["cadre", "station"], as_index=False)[["occupied", "usable"]].sum()
    laid = laid.merge(sums, on=["cadre", "station"], how="left")
    done = table(plan, "activities")
    hires = done[done["kind"] == "hire"].groupby(["cadre", "station"])["level"].sum()
    rows = {(r.cadre, r.station): r for r in case.of(Staff)}
    keys = list(zip(laid["cadre"], laid["station"], strict=True))
    start = [rows[k].on_board if k in rows else float("nan") for k in keys]
    laid.insert(2, "In post on day one", pd.Series(start, index=laid.index, dtype=float))
    laid["Hired over the plan, people"] = [float(hires.get(k, 0.0)) for k in keys]
    laid["Use, share of usable"] = (laid["occupied"] / laid["usable"]).where(laid["usable"] > 0)
    return laid.drop(columns=["occupied", "usable"]).rename(columns={"cadre": "Cadre", "station": "Duty station"})


def _opened(case: Case, plan: Plan) -> dict[str, tuple[str, str]]:
    """Site: when it opens or closes, in words (opening, closing)."""
    found = table(plan, "switches")
    taken = {
        str(s): (bool(t), say_date(d)) for s, t, d in zip(found["switch"], found["taken"], found["date"], strict=True)
    }
    force = dict(zip(found["switch"], found["in_force_from"], strict=True))
    result = {}
    for row in case.of(Sites):
        opens = taken.get(f"open:{row.site}")
        closes = taken.get(f"close:{row.site}", (False, ""))
        ready = say_day(case, force.get(f"open:{row.site}"))
        said = "open at the start" if row.open_at_start else "not opened"
        if opens and opens[0] and not row.open_at_start:
            said = f"decided {opens[1]}, works from {ready}"
        result[row.site] = (said, closes[1] if closes[0] else "")
    return result


def sites(case: Case, plan: Plan) -> pd.DataFrame:
    """Every site: when it opens, and by phase its use; cost over the plan in USD million."""
    found = timed(plan, table(plan, "capacities"))
    found = found[found["kind"] == "site"]
    numbers = found.assign(name=found["capacity"].map(name_of), usable=found["available"] * found["ceiling"])
    bills = table(plan, "bills")
    cost = bills[bills["bill"].str.startswith(("open:", "close:"))] if len(bills) else bills
    paid = cost.assign(name=cost["bill"].map(name_of)).groupby("name")["cost"].sum()
    opened = _opened(case, plan)
    rows = {row.site: row for row in case.of(Sites)}
    length = days_in_phase(plan)
    records = []
    for name in sorted(set(numbers["name"]) | set(rows)):
        mine = numbers[numbers["name"] == name]
        sums = mine.groupby("phase")[["available", "usable", "occupied"]].sum()
        record: dict[str, object] = {
            "Site": name,
            "What it is": rows[name].label if name in rows else "",
            "Country": str(mine["country"].iloc[0]) if len(mine) else "",
            "Opens": opened.get(name, ("", ""))[0],
            "Closes": opened.get(name, ("", ""))[1],
        }
        for phase in phases(plan):
            has = phase in sums.index
            offered = float(sums.loc[phase, "available"]) if has else 0.0  # type: ignore[arg-type]
            usable = float(sums.loc[phase, "usable"]) if has else 0.0  # type: ignore[arg-type]
            used = float(sums.loc[phase, "occupied"]) if has else 0.0  # type: ignore[arg-type]
            record[f"{phase} places a day"] = offered / length[phase]
            record[f"{phase} use, share of usable"] = used / usable if usable > 0 else None
        record["Opening and running, USD million"] = float(paid.get(name, 0.0)) / MILLION
        records.append(record)
    return pd.DataFrame(records)


def sites_by_period(plan: Plan) -> pd.DataFrame:
    """Every site and period: places a day, used a day, share of what can be used."""
    found = timed(plan, table(plan, "capacities"))
    found = found[found["kind"] == "site"]
    found = found.assign(usable=found["available"] * found["ceiling"]).sort_values(
        ["capacity", "period"], kind="stable"
    )
    return pd.DataFrame(
        {
            "Site": found["capacity"].map(name_of),
            "Period": found["period_name"],
            "Places a day": found["available"] / found["period_days"],
            "Usable places a day": found["usable"] / found["period_days"],
            "Used a day": found["occupied"] / found["period_days"],
            "Use, share of usable": (found["occupied"] / found["usable"]).where(found["usable"] > 0),
        }
    ).reset_index(drop=True)
