"""Money: who paid for what, where, when; what stayed unspent in each account and why."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import (
    MILLION,
    bill_tags,
    by_period,
    country_or_region,
    name_of,
    period_names,
    periods,
    phases,
    remembered,
    say_date,
    say_id,
    timed,
    wide,
)
from planner.results.lapses import lapses_inside, payable
from planner.sheets import Appropriations, Funding
from planner.wording.figures import figure, finite

CENT = 0.0005
"""USD million below which a balance counts as nothing."""


@remembered
def paid(plan: Plan) -> pd.DataFrame:
    """Payments in USD million with their phase and the tags of the bill."""
    found = timed(plan, table(plan, "payments"))
    found = found.assign(money=pd.to_numeric(found["amount"]) / MILLION)
    tags = bill_tags(plan)[["bill", "kind", "lane", "country", "purpose", "actor"]]
    return found.merge(tags, on="bill", how="left")


def payments(plan: Plan) -> pd.DataFrame:
    """Account, what was paid, purpose, lane and country down; phases across; USD million."""
    found = paid(plan)
    found["Account"] = found["account"].map(name_of)
    found["Paid for"] = found["bill"].map(say_id)
    found["Country"] = country_or_region(found["country"])
    for column in ("purpose", "lane"):
        found[column] = found[column].fillna("").astype(str)
    laid = wide(found, ["Account", "Paid for", "Country", "lane", "purpose"], "phase", "money", phases(plan))
    laid = laid.rename(columns={"lane": "Line of action", "purpose": "Purpose"})
    return laid.sort_values(["Account", "Plan total"], ascending=[True, False], kind="stable", key=steps).reset_index(
        drop=True
    )


NO_LANE = {
    "headcount": "staff",
    "hire": "staff",
    "deploy": "staff",
    "train": "staff",
    "people": "care",
    "site": "sites",
}
"""What costs without a lane are called, by their kind."""


def lane_of(bills: pd.DataFrame) -> pd.Series[Any]:
    """Lane of each bill; what has none is named by its kind."""
    lanes = bills["lane"].fillna("").astype(str)
    if bills.empty:
        return lanes
    return lanes.where(lanes != "", bills["kind"].map(lambda kind: NO_LANE.get(str(kind), "other")))


def money_by_lane(plan: Plan) -> pd.DataFrame:
    """Lanes down, phases across: bills in USD million; what has no lane is named by its kind."""
    bills = timed(plan, table(plan, "bills"))
    frame = bills.assign(**{"Line of action": lane_of(bills)}, money=pd.to_numeric(bills["cost"]) / MILLION)
    laid = wide(frame, "Line of action", "phase", "money", phases(plan))
    return laid.sort_values("Plan total", ascending=False, kind="stable", key=steps).reset_index(drop=True)


@remembered
def account_by_period(plan: Plan) -> pd.DataFrame:
    """Every account and period, USD million: opening, came in, moved, paid, lapsed, left."""
    found = by_period(plan, "account").sort_values(["stock", "period"], kind="stable")
    money = {
        c: pd.to_numeric(found[c]) / MILLION
        for c in ("opening", "inflow", "made", "switched", "gained", "used", "paid", "lost", "lapsed", "closing")
    }
    return pd.DataFrame(
        {
            "Account": found["stock"].map(name_of),
            "Period": found["period_name"],
            "phase": found["phase"],
            "Opening": money["opening"],
            "Came in": money["inflow"] + money["switched"] + money["gained"],
            "From other accounts": money["made"],
            "To other accounts": money["used"],
            "Paid": money["paid"],
            "Lapsed": money["lapsed"] + money["lost"],
            "Left": money["closing"],
        }
    ).reset_index(drop=True)


def account_by_phase(plan: Plan) -> pd.DataFrame:
    """Every account and phase, USD million: opening, came in, moved, paid, lapsed, left."""
    found = account_by_period(plan)
    flows = ["Came in", "From other accounts", "To other accounts", "Paid", "Lapsed"]
    rules = {"Opening": "first", **dict.fromkeys(flows, "sum"), "Left": "last"}
    if found.empty:
        return found.drop(columns="Period").rename(columns={"phase": "Phase"})
    found["phase"] = pd.Categorical(found["phase"], categories=phases(plan), ordered=True)
    laid = found.groupby(["Account", "phase"], as_index=False, observed=True).agg(rules)
    return laid.assign(phase=laid["phase"].astype(str)).rename(columns={"phase": "Phase"})


def _lapse_words(plan: Plan, account: str) -> str:
    """When and how much of an account lapsed."""
    found = table(plan, "stocks")
    mine = found[(found["stock"] == f"account:{account}")].sort_values("step")
    known = periods(plan)
    begins = dict(zip(known["period"], known["start_day"], strict=True))
    dates = dict(zip(known["period"], known["from"], strict=True))
    said = []
    for period, start, lapsed, lost in mine[["period", "start_day", "lapsed", "lost"]].itertuples(index=False):
        amount = (float(lapsed) + float(lost)) / MILLION
        if amount > CENT:
            day = pd.Timestamp(dates[int(period)]) + pd.Timedelta(days=float(start) - float(begins[int(period)]))
            said.append((amount, say_date(day)))
    if len(said) > 2:
        return f"{figure(sum(a for a, _ in said))} lapsed on {len(said)} dates from {said[0][1]} to {said[-1][1]}"
    return "; ".join(f"{figure(amount)} lapsed on {day}" for amount, day in said)


@remembered
def _dry_bills(plan: Plan) -> dict[str, set[str]]:
    """Bills that accounts paid of which nothing is left at the end, by account."""
    ends = account_by_period(plan).groupby("Account")["Left"].last()
    dry: dict[str, set[str]] = {str(account): set() for account, left in ends.items() if float(left) <= CENT}
    paid = table(plan, "payments")
    for account, bill in zip(paid["account"], paid["bill"], strict=True):
        if (bills := dry.get(name_of(str(account)))) is not None:
            bills.add(str(bill))
    return dry


def _left_words(plan: Plan, row: Funding | None, account: str, balances: pd.DataFrame) -> str:
    """Why an account's closing balance stayed there."""
    mine = balances[balances["Account"] == account]
    tags = bill_tags(plan)
    if row is not None:
        allowed = payable(plan, row)
        if not allowed:
            return "nothing was done that it may pay"
        dry = _dry_bills(plan)
        by_dry = {bill for name, bills in dry.items() if name != account for bill in bills}
        closed = tags[~tags["bill"].isin(allowed) & tags["bill"].isin(by_dry)]
        purposes = sorted({str(p) for p in closed["purpose"] if p})
        if purposes:
            closed_to = ", ".join(purposes[:3])
            return f"all that it may pay was paid; it may not pay what empty accounts pay ({closed_to})"
    empty = mine[mine["Left"] <= CENT]
    if len(empty):
        return f"empty until {empty['Period'].iloc[-1]}; all that it may pay after that was paid"
    return "all that it may pay was paid; more of that was held by other limits or not wanted"


def _gated(case: Case, plan: Plan, account: str) -> tuple[float, str]:
    """Appropriations that never arrived because their reform was not taken: USD million, and which reform."""
    found = table(plan, "switches")
    taken = dict(zip(found["switch"], found["taken"].astype(bool), strict=True))
    rows = [
        r
        for r in case.of(Appropriations)
        if r.account == account and r.needs and not taken.get(f"reform:{r.needs}", False)
    ]
    names = sorted({r.needs for r in rows})
    return sum(r.amount for r in rows), ", ".join(names)


@remembered
def unspent(case: Case, plan: Plan) -> pd.DataFrame:
    """Every account over the plan, USD million: came in, paid, moved, lapsed, left, and why it was not spent."""
    balances = account_by_period(plan)
    rows = {row.account: row for row in case.of(Funding)}
    within: dict[str, float] = defaultdict(float)
    for one in (lapse for lapse in lapses_inside(case, plan) if lapse.kind == "account"):
        within[one.name] += one.amount
    records = []
    for account in sorted(set(balances["Account"])):
        mine = balances[balances["Account"] == account]
        left, lapsed = float(mine["Left"].iloc[-1]), float(mine["Lapsed"].sum())
        why = [_lapse_words(plan, account)] if lapsed > CENT else []
        if within[account] > CENT:
            why.append(f"of it up to {figure(within[account])} inside a period: a finer grid may spend more")
        if left > CENT:
            why.append(_left_words(plan, rows.get(account), account, balances))
        missing, reform = _gated(case, plan, account)
        if missing > CENT:
            why.append(f"{figure(missing)} never came: waits for {reform}")
        moved = float(mine["From other accounts"].sum() - mine["To other accounts"].sum())
        received = float(mine["Opening"].iloc[0] + mine["Came in"].sum())
        paid = float(mine["Paid"].sum())
        records.append(
            {
                "Account": account,
                "What it is": rows[account].label if account in rows else "",
                "Owner": rows[account].owner if account in rows else "",
                "Came in": received,
                "Moved in or out": moved,
                "Paid": paid,
                "Lapsed": lapsed,
                "Left at the end": left,
                "Spent, share": paid / (received + moved) if received + moved > 0 else None,
                "Why": "; ".join(w for w in why if w) or "spent",
            }
        )
    columns = [
        "Account",
        "What it is",
        "Owner",
        "Came in",
        "Moved in or out",
        "Paid",
        "Lapsed",
        "Left at the end",
        "Spent, share",
        "Why",
    ]
    return pd.DataFrame(records, columns=columns)


def money_by_period(plan: Plan) -> pd.DataFrame:
    """Periods down: paid and left over all accounts, USD million."""
    found = account_by_period(plan)
    sums = found.groupby("Period")[["Came in", "Paid", "Lapsed", "Left"]].sum()
    return sums.reindex(period_names(plan)).astype(float).fillna(0.0).rename_axis("Period").reset_index()


def accounts_dry(plan: Plan) -> dict[int, set[str]]:
    """Accounts with nothing left at the end of each period."""
    found = by_period(plan, "account")
    dry: dict[int, set[str]] = {}
    for stock, period, closing in found[["stock", "period", "closing"]].itertuples(index=False):
        if (finite(closing) or 0.0) / MILLION <= CENT:
            dry.setdefault(int(period), set()).add(name_of(str(stock)))
    return dry
