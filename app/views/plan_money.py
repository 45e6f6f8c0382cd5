"""Plan: money from accounts over lanes and countries to what it serves; accounts, lanes, payments."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import PALETTE, POLICY, bars, plain, reading_table, source_line, table
from app.shell.compared import Compared, beside, of_policy
from app.views import plan_why
from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.results import views
from planner.results.links import SHARED
from planner.wording.figures import figure, share

UNIT = "USD million"
COLUMNS = ("Account", "Line of action", "Country", "Serves")
SMALL = 0.002
"""Share of all money below which nodes of the picture are drawn together."""


def money(case: Case, plan: Plan, against: Compared, phases: list[str]) -> None:
    """Where money comes from, goes to, and stays."""
    left = views.unspent(case, plan)
    came, paid = float(left["Came in"].sum()), float(left["Paid"].sum())
    rest = float(left["Lapsed"].sum() + left["Left at the end"].sum())
    st.header(f"Money: {figure(paid)} of {figure(came)} {UNIT} is spent", anchor=False)
    st.markdown(f"{figure(rest)} {UNIT} lapses or is left; the table of accounts says why for each.")
    flow(case, plan)
    accounts(case, against, left)
    fiscal_years(case, plan)
    lanes(case, plan, against, phases)
    st.header("Every payment: account, what for, country", anchor=False)
    table(views.payments(plan), key="payments", height=480)


def flow(case: Case, plan: Plan) -> None:
    """The flow picture: account, lane, country, what it serves."""
    st.header("Where it flows: account, line of action, country, what it serves", anchor=False)
    links = views.money_links(case, plan)
    total = float(links["USD million"].sum())
    if links.empty or total <= 0.0:
        st.markdown("Nothing is paid.")
        return
    shared = float(links.loc[links["Serves"] == SHARED, "USD million"].sum())
    st.markdown(
        "The last column says in which kind of outcome the row is counted that the money pays: it is counted itself, "
        "takes people from there or brings them there. "
        f"*{SHARED[0].upper()}{SHARED[1:]}* ({share(shared / total)}) is staff, sites, reception and reforms."
    )
    drawn = joined(links)
    st.echarts_chart(sankey(drawn), height=680, key="flow", alt=_alt(links, total))
    source_line("the plan shown, every payment")
    with st.expander("Show data: the flow picture as a table"):
        table(links, key="flow_data")


def _alt(links: pd.DataFrame, total: float) -> str:
    """The picture in a sentence."""
    tops = {c: links.groupby(c)["USD million"].sum().idxmax() for c in COLUMNS}
    return (
        f"Flow of {figure(total)} {UNIT}: most from {tops['Account']}, by line of action "
        f"{tops['Line of action']}, in {tops['Country']}, for {tops['Serves']}."
    )


def joined(links: pd.DataFrame) -> pd.DataFrame:
    """The same links with the smallest accounts, lanes, countries and ends drawn together."""
    total, made = float(links["USD million"].sum()), links.copy()
    for column in COLUMNS:
        sums = links.groupby(column)["USD million"].sum()
        small = [str(n) for n in sums.index[sums < SMALL * total]]
        if len(small) > 1:
            made[column] = made[column].where(~made[column].isin(small), f"{len(small)} small ones")
    return made


def sankey(links: pd.DataFrame) -> dict[str, Any]:
    """The picture for ECharts; equal names in two columns are told apart by invisible signs."""
    nodes: dict[str, int] = {}
    flows = []
    for depth, (start, end) in enumerate(pairwise(COLUMNS)):
        sums = links.groupby([start, end], as_index=False).agg({"USD million": "sum"})
        for source, target, value in sums.itertuples(index=False):
            names = (_node(str(source), depth), _node(str(target), depth + 1))
            nodes |= {names[0]: depth, names[1]: depth + 1}
            flows.append({"source": names[0], "target": names[1], "value": round(float(value), 6)})
    shown = [{"name": name, "depth": at, "itemStyle": {"color": PALETTE[at]}} for name, at in nodes.items()]
    return {
        "title": [
            {"text": name, "left": left, "top": 0, "textStyle": {"fontSize": 14}}
            for name, left in zip(COLUMNS, ("0%", "22%", "43%", "64%"), strict=True)
        ],
        "tooltip": {"trigger": "item", "valueFormatter": "%,.1f USD million"},
        "series": [
            {
                "type": "sankey", "data": shown, "links": flows, "nodeGap": 10,
                "nodeAlign": "justify", "left": 8, "right": 210, "top": 34, "bottom": 8, "draggable": False,
                "emphasis": {"focus": "adjacency"}, "lineStyle": {"color": "gradient", "opacity": 0.4},
                "label": {"width": 195, "overflow": "truncate", "fontSize": 12},
            }
        ],
    }  # fmt: skip


def _node(name: str, depth: int) -> str:
    """Name of a node, the same name in another column being another node."""
    return name + "\u200b" * depth


def accounts(case: Case, against: Compared, left: pd.DataFrame) -> None:
    """Every account: paid, lapsed, left, and why."""
    st.header("Accounts: paid, lapsed, left", anchor=False)
    laid = left.sort_values("Came in", ascending=False, kind="stable", key=steps)
    laid = beside(laid, "Account", of_policy(case, against, views.unspent), "Paid")
    paid = float(left["Paid"].sum())
    bars(
        laid, "Account", ["Paid", "Lapsed", "Left at the end"], UNIT,
        f"Every account: paid, lapsed, left. {figure(paid)} million paid in all.", "bars_accounts",
        policy=POLICY if POLICY in laid else "", source="the plan shown, sheet Money of the plan workbook",
    )  # fmt: skip
    if POLICY in laid:
        st.markdown(":small[The mark shows what the account pays without the plan.]")
    moved = laid["Moved in or out"]
    laid = laid.assign(**{"Moved in or out": moved.where(moved.abs() > 5e-4)})
    columns = ["Account", "Came in", "Moved in or out", "Paid", "Lapsed", "Left at the end", "Why"]
    reading_table(_with_sum(laid[columns]), signed=("Moved in or out",))
    st.markdown(":small[Came in + moved in or out = paid + lapsed + left at the end, in every account.]")
    plan_why.worth("What would one more million bring?", plan_why.WORTH, "money")


def fiscal_years(case: Case, plan: Plan) -> None:
    """All accounts by fiscal year, and each."""
    st.header("Accounts by fiscal year", anchor=False)
    st.markdown(
        f"{UNIT}. Carried in + authority + transfers in - transfers out - obligated - lapsed = carried out. "
        "*Spent* is what is paid out of it: a part of what a year obligates may be paid in the next."
    )
    reading_table(views.years_in_all(case, plan))
    with st.expander("Show data: every account and fiscal year"):
        table(views.accounts_by_year(case, plan), key="accounts_by_year")


def _with_sum(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the sum of all accounts; what moves between them is nought in all, or lost on the way."""
    sums: dict[str, Any] = {"Account": "All accounts", "Why": ""}
    for column in ("Came in", "Moved in or out", "Paid", "Lapsed", "Left at the end"):
        sums[column] = float(frame[column].fillna(0.0).sum())
    return pd.concat([frame, pd.DataFrame([sums])], ignore_index=True)


def lanes(case: Case, plan: Plan, against: Compared, phases: list[str]) -> None:
    """Money by lane and phase."""
    st.header("By line of action", anchor=False)
    laid = views.money_by_lane(plan)
    policy = views.money_by_lane(against.policy) if against.policy is not None else None
    if policy is not None:
        missing = policy[~policy["Line of action"].isin(laid["Line of action"])]
        laid = pd.concat([laid, missing.assign(**dict.fromkeys([*phases, "Plan total"], 0.0))], ignore_index=True)
    laid = beside(laid, "Line of action", policy, "Plan total")
    top = plain(laid.iloc[0]["Line of action"]) if len(laid) else ""
    bars(
        laid, "Line of action", phases, UNIT, f"Money by line of action and phase, most for {top}.", "bars_lanes",
        policy=POLICY if POLICY in laid else "", source="the plan shown, sheet Money of the plan workbook",
    )  # fmt: skip
    pairs = _rows(case, plan)
    plan_why.pick("Ask about one of the rows that money is spent on", pairs, "money")


def _rows(case: Case, plan: Plan) -> list[tuple[str, str]]:
    """Rows of the workbook that cost most, those about which Explain can be asked."""
    found = views.rows_of(case, plan, "money").groupby(["sheet", "row"])["amount"].sum()
    pairs = [(str(s), str(r)) for s, r in found.sort_values(ascending=False, kind="stable", key=steps).index]
    return [pair for pair in pairs if plan_why.can_ask(case, plan, *pair)]
