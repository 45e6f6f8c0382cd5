"""Visas and slots: what each pool offered, what was used, and what held each stream back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from planner.case import Case
from planner.case.payers import may_pay
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import (
    NEAR,
    added,
    bill_tags,
    by_period,
    country_of,
    name_of,
    period_names,
    phases,
    remembered,
    split,
    timed,
    wide,
)
from planner.results.growth import fastest_paces
from planner.results.holding import Holding, holding_rules
from planner.results.money import accounts_dry
from planner.sheets import Curves, Funding, Needs, Pipelines, Slots, Visas

NOBODY = 1e-3
"""People or numbers of which fewer are none."""
NOISE = 1e-8
"""Share of all that came which rounding may leave behind."""
LARGEST = 6
"""Pools that are shown one by one over time."""
NOTHING = "nothing: more would not serve the outcomes better"


def pools(plan: Plan) -> pd.DataFrame:
    """Every pool and phase, in numbers: opening, came in, released to others, used, lapsed, left."""
    found = by_period(plan, "pool")
    columns = [
        "Quota",
        "Phase",
        "Opening",
        "Came in",
        "Used",
        "Released to other quota",
        "Lapsed",
        "Left",
        "Used, share",
    ]
    if found.empty:
        return pd.DataFrame(columns=columns)
    done = table(plan, "activities")
    released = done[done["kind"] == "release"]
    gone = added(released.assign(stock="pool:" + released["activity"].map(name_of)), ["stock", "period"], "level")
    found = found.merge(gone, on=["stock", "period"], how="left")
    found["level"] = found["level"].astype(float).fillna(0.0)
    found["phase"] = pd.Categorical(found["phase"], categories=phases(plan), ordered=True)
    flows = dict.fromkeys(["inflow", "made", "switched", "gained", "used", "level", "lapsed", "lost"], "sum")
    laid = found.groupby(["stock", "phase"], as_index=False, observed=True).agg(
        {"opening": "first", **flows, "closing": "last"}
    )
    came = laid["inflow"] + laid["made"] + laid["switched"] + laid["gained"]
    used = laid["used"] - laid["level"]
    offered = laid["opening"] + came
    names = laid["stock"].map(name_of)
    return pd.DataFrame(
        {
            "Quota": names,
            "Phase": laid["phase"].astype(str),
            "Opening": laid["opening"],
            "Came in": came,
            "Used": used,
            "Released to other quota": laid["level"],
            "Lapsed": laid["lapsed"] + laid["lost"],
            "Left": laid["closing"],
            "Used, share": (used / offered).where(offered > 0),
        },
        columns=columns,
    )


@dataclass
class _Limits:
    """What is at its limit in each period, looked up once."""

    empty: dict[int, set[str]] = field(default_factory=dict)
    full: dict[int, set[str]] = field(default_factory=dict)
    dry: dict[int, set[str]] = field(default_factory=dict)
    force: dict[tuple[str, int], float] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    level: dict[tuple[str, int], float] = field(default_factory=dict)
    demand: dict[str, float] = field(default_factory=dict)
    bills: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    rules: list[Holding] = field(default_factory=list)


def _exhausted(case: Case, plan: Plan) -> list[tuple[int, str]]:
    """Pools and compartments with nothing left at a period's end; a pool that was thrown away was not used up."""
    carry = {
        f"pool:{r.pool}": (set(case.fiscal_edges(r.fiscal_year)), r.carry_over_share)
        for r in case.of(Slots)
        if r.fiscal_year
    }
    stocks = table(plan, "stocks")
    steps = stocks[stocks["kind"].isin(["pool", "people"])].sort_values(["stock", "step"])
    last = steps.drop_duplicates(["stock", "period"], keep="last")
    found = []
    for stock, period, start, opening, inflow, made, lapsed, closing in last[
        ["stock", "period", "start_day", "opening", "inflow", "made", "lapsed", "closing"]
    ].itertuples(index=False):
        edges, share = carry.get(str(stock), (set(), 1.0))
        thrown = float(lapsed) - (float(opening) * (1.0 - share) if float(start) in edges else 0.0)
        size = NOBODY + NOISE * (float(opening) + float(inflow) + float(made))
        if float(closing) <= size and thrown <= size:
            found.append((int(period), str(stock)))
    return found


def _limits(case: Case, plan: Plan) -> _Limits:
    """Find the empty pools and compartments, the full staff and sites, the dry accounts, the reforms in force."""
    found = _Limits(dry=accounts_dry(plan))
    for period, stock in _exhausted(case, plan):
        found.empty.setdefault(period, set()).add(stock)
    for capacity, period, available, ceiling, occupied in table(plan, "capacities")[
        ["capacity", "period", "available", "ceiling", "occupied"]
    ].itertuples(index=False):
        if float(occupied) >= (1.0 - NEAR) * float(available) * float(ceiling):
            found.full.setdefault(int(period), set()).add(str(capacity))
    for switch, period, days in table(plan, "in_force")[["switch", "period", "days"]].itertuples(index=False):
        found.force[str(switch), int(period)] = float(days)
        if float(days) > 0.0:
            found.made.add(name_of(str(switch)))
    for activity, period, level in table(plan, "activities")[["activity", "period", "level"]].itertuples(index=False):
        found.level[str(activity), int(period)] = float(level)
    for curve in case.of(Curves):
        found.demand[curve.row] = found.demand.get(curve.row, 0.0) + curve.width
    tags = bill_tags(plan)[["bill", "purpose", "place", "country", "actor"]].fillna("")
    found.bills = {str(b): (str(p), str(pl), str(c), str(a)) for b, p, pl, c, a in tags.itertuples(index=False)}
    found.rules = holding_rules(case, plan)
    return found


@dataclass(frozen=True)
class Period:
    """A period as the bottleneck search needs it: number, name, phase, days, middle day."""

    number: int
    name: str
    phase: str
    days: float
    middle: float


def period_list(plan: Plan) -> list[Period]:
    """Periods in order."""
    frame = table(plan, "periods").sort_values("period")
    return [
        Period(int(p), str(n), str(ph), float(d), (float(s) + float(e)) / 2.0)
        for p, n, ph, d, s, e in frame[["period", "name", "phase", "days", "start_day", "end_day"]].itertuples(
            index=False
        )
    ]


def _growth_holds(case: Case, row: Visas | Pipelines, rates: list[float], spans: list[Period], t: int) -> bool:
    """Whether the pace is at what growth from the period before allows (people a day)."""
    if row.growth is None or rates[t] <= 0.0:
        return False
    return rates[t] >= (1.0 - NEAR) * fastest_paces(case, row, rates, spans)[t]


def _staff_of(row: Visas | Pipelines) -> str:
    """Kernel id of the staff that a row occupies, empty where it needs none."""
    if not row.cadre:
        return ""
    place = row.nationality if isinstance(row, Visas) else row.place
    return f"staff:{row.cadre} / {row.station or place}"


def _held_by(
    case: Case, limits: _Limits, row: Visas | Pipelines, rates: list[float], spans: list[Period], t: int
) -> list[str]:
    """Everything at its limit for one stream in one period, in the order in which people ask."""
    period, rate = spans[t], rates[t]
    waiting = [
        n for n in row.needs if limits.force.get((f"reform:{n}", period.number), 0.0) < period.days * (1.0 - NEAR)
    ]
    said = [
        f"reform not in force: {name}" if name in limits.made else f"reform that this plan never makes: {name}"
        for name in waiting
    ]
    empty, full = limits.empty.get(period.number, set()), limits.full.get(period.number, set())
    said += [f"quota used up: {pool}" for pool in row.slots if f"pool:{pool}" in empty]
    staff = _staff_of(row)
    if staff in full:
        said.append(f"staff: {name_of(staff)}")
    if isinstance(row, Pipelines) and row.site and f"site:{row.site}" in full:
        said.append(f"site: {row.site}")
    if row.takes_from and f"people:{row.takes_from}" in empty:
        said.append(f"recruited people: nobody left in {row.takes_from}")
    demand = row.demand if isinstance(row, Visas) else row.at_most
    demand = limits.demand.get(row.id, demand) if demand is None else demand
    if demand is not None and rate * 365.0 >= (1.0 - NEAR) * demand > 0.0:
        said.append("demand: all that is asked for" if isinstance(row, Visas) else "largest pace of the stage")
    if _growth_holds(case, row, rates, spans, t):
        said.append("growth: no faster pace is possible yet")
    said += _money_holds(case, limits, row, period.number)
    said += _rule_holds(case, limits, row, period.number)
    said += _need_holds(case, limits, row, period.number, rate * period.days)
    return said


def _money_holds(case: Case, limits: _Limits, row: Visas | Pipelines, period: int) -> list[str]:
    """Whether every account that may pay the row is empty."""
    payers = _payers(case, limits, row)
    if payers is None:
        return []
    dry = limits.dry.get(period, set())
    if payers and all(p in dry for p in payers):
        return [f"money: {', '.join(payers[:3])} empty"]
    return [] if payers else ["money: no account may pay it"]


def _payers(case: Case, limits: _Limits, row: Visas | Pipelines) -> list[str] | None:
    """Accounts that may pay the row; None where it costs nothing."""
    bill = limits.bills.get(f"{'visa' if isinstance(row, Visas) else 'stage'}:{row.id}")
    if bill is None or not row.unit_cost:
        return None
    who = dict(zip(("purpose", "place", "country", "actor"), bill, strict=True))
    return [a.account for a in case.of(Funding) if may_pay(a, **who)]


def _rule_holds(case: Case, limits: _Limits, row: Visas | Pipelines, period: int) -> list[str]:
    """Rules at their limit in a period that count the stream."""
    if isinstance(row, Visas):
        tags = {
            "kind": "visa",
            "row": row.stream,
            "lane": row.lane,
            "place": row.booked,
            "country": country_of(case, row.booked),
            "origin": country_of(case, row.nationality),
            "actor": row.actor,
            "purpose": row.purpose,
            "class": row.visa_class,
            "pool": "; ".join(row.slots),
        }
    else:
        tags = {
            "kind": "stage",
            "row": row.stage,
            "lane": row.lane,
            "place": row.place,
            "actor": row.actor,
            "purpose": row.purpose,
            "pipeline": row.pipeline,
            "pool": "; ".join(row.slots),
        }
    dry = limits.dry.get(period, set())
    payers = [p for p in _payers(case, limits, row) or () if p not in dry]
    return [f"rule: {r.rule}" for r in limits.rules if r.holds(tags, period, row.unit_cost or 0.0, payers)]


def _need_holds(case: Case, limits: _Limits, row: Visas | Pipelines, period: int, level: float) -> list[str]:
    """Needed rows that are wholly taken up by the stream."""
    said = []
    for need in case.of(Needs):
        if need.row != row.id or need.ratio <= 0.0 or level <= 0.0:
            continue
        supply = sum(
            limits.level.get((f"{kind}:{need.needed}", period), 0.0) for kind in ("stage", "programme", "visa")
        )
        if supply <= need.ratio * level * (1.0 + NEAR):
            said.append(f"what goes with it: {need.needed}")
    return said


@remembered
def stream_bottlenecks(case: Case, plan: Plan) -> pd.DataFrame:
    """Every visa stream and resettlement stage by period: people, pace against demand, what held it, and what first."""
    resettlement = {row.pool for row in case.of(Slots)}
    rows: list[tuple[str, Visas | Pipelines]] = [(f"visa:{v.id}", v) for v in case.of(Visas)]
    rows += [(f"stage:{s.id}", s) for s in case.of(Pipelines) if set(s.slots) & resettlement]
    limits, spans = _limits(case, plan), period_list(plan)
    records = []
    for identity, row in rows:
        levels = [limits.level.get((identity, p.number), 0.0) for p in spans]
        rates = [level / p.days for level, p in zip(levels, spans, strict=True)]
        demand = row.demand if isinstance(row, Visas) else row.at_most
        for t, period in enumerate(spans):
            asked = demand * period.days / 365.0 if demand is not None else None
            held = _held_by(case, limits, row, rates, spans, t)
            records.append(
                {
                    "Stream": row.id,
                    "From": row.nationality if isinstance(row, Visas) else row.place,
                    "Class": row.visa_class if isinstance(row, Visas) else row.pipeline,
                    "Quotas": "; ".join(row.slots),
                    "Period": period.name,
                    "phase": period.phase,
                    "days": period.days,
                    "People": levels[t],
                    "Asked for": asked,
                    "Share of what was asked": levels[t] / asked if asked else None,
                    "Held by": "; ".join(held) or NOTHING,
                    "first": held[0] if held else NOTHING,
                }
            )
    columns = [
        "Stream",
        "From",
        "Class",
        "Quotas",
        "Period",
        "phase",
        "days",
        "People",
        "Asked for",
        "Share of what was asked",
        "Held by",
        "first",
    ]
    frame = pd.DataFrame(records, columns=columns)
    numbers = ["days", "People", "Asked for", "Share of what was asked"]
    return frame.astype(dict.fromkeys(numbers, float))


def streams(case: Case, plan: Plan) -> pd.DataFrame:
    """Every stream over the plan: people by phase, and what held it longest."""
    found = stream_bottlenecks(case, plan)
    laid = wide(found, "Stream", "phase", "People", phases(plan))
    asked = found.groupby("Stream")["Asked for"].sum(min_count=1)
    longest = added(found, ["Stream", "first"], "days")
    longest = longest.sort_values(
        ["Stream", "days"], ascending=[True, False], kind="stable", key=steps
    ).drop_duplicates("Stream")
    held = dict(zip(longest["Stream"], longest["first"], strict=True))
    laid["Asked for"] = laid["Stream"].map(asked).astype(float)
    laid["Share of what was asked"] = laid["Plan total"] / laid["Asked for"].where(laid["Asked for"] > 0)
    laid["Held longest by"] = laid["Stream"].map(held)
    for position, column in enumerate(("From", "Quotas"), 1):
        known = {str(s): str(v) for s, v in zip(found["Stream"], found[column], strict=True)}
        laid.insert(position, column, laid["Stream"].map(known))
    return laid.sort_values("Plan total", ascending=False, kind="stable", key=steps).reset_index(drop=True)


def visas_by_period(plan: Plan) -> pd.DataFrame:
    """Periods down, the largest pools across: people who used a number of the pool."""
    done = timed(plan, table(plan, "activities"))
    done = done[done["kind"].isin(["visa", "stage"])]
    parts = done.assign(pool=done["pool"].map(split)).explode("pool")
    parts = parts[parts["pool"].notna() & (parts["pool"] != "")]
    largest = parts.groupby("pool")["level"].sum().sort_values(ascending=False, kind="stable", key=steps)
    names = [str(name) for name in largest.index[:LARGEST]]
    columns = [*names, *(["all other quotas"] if len(largest) > LARGEST else [])]
    parts = parts.assign(pool=parts["pool"].where(parts["pool"].isin(names), "all other quotas"))
    laid = wide(parts, "period_name", "pool", "level", columns, total="All").drop(columns="All")
    laid = laid.rename(columns={"period_name": "Period"}).set_index("Period").reindex(period_names(plan))
    return laid.astype(float).fillna(0.0).rename_axis("Period").reset_index()
