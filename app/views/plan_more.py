"""Plan, second half: visas and slots, reforms, rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import POLICY, bars, bullets, plain, reading_table, spans, table
from app.shell.compared import Compared, beside, say
from app.views import plan_why
from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.frames import table as raw_table
from planner.results import views
from planner.results.frames import as_date, name_of
from planner.results.rule_words import State
from planner.sheets import Visas
from planner.wording.figures import figure, share

KINDS = {"reform": "reform", "site": "site", "coalition": "partner"}


def slots(case: Case, plan: Plan, against: Compared) -> None:
    """Pools and streams with what held them."""
    pools = views.pools(plan)
    whole = _pools(pools)
    if against.policy is not None:
        whole = beside(whole, "Quota", _pools(views.pools(against.policy)), "Used")
    used = float(whole["Used"].sum()) if len(whole) else 0.0
    st.header(f"Visas and quotas: {figure(used, 'people')} places used", anchor=False)
    st.markdown(
        "What each cap, ceiling or pledge offered: used, lapsed at the end of its year, or left. "
        "A person may use a place of two quotas, one inside the other."
    )
    if len(whole):
        bars(
            whole, "Quota", PARTS, "places (people)",
            f"Places of every quota: used, released, lapsed, left; {figure(used, 'people')} used in all.", "bars_pools",
            policy=POLICY if POLICY in whole else "", source="the plan shown, sheet Visas and quotas of its workbook",
        )  # fmt: skip
    say(against)
    st.header("Streams, and what held each back longest", anchor=False)
    streams = views.streams(case, plan)
    first = ["Stream", "Plan total", "Asked for", "Share of what was asked", "Held longest by"]
    order = [c for c in first if c in streams.columns] + [c for c in streams.columns if c not in first]
    _bottlenecks(case, plan)
    table(streams[order], key="streams", unit="people", widths={"Held longest by": "large"})
    known = {row.id for row in case.of(Visas)}
    pairs = [("Visas" if str(s) in known else "Pipelines", str(s)) for s in streams["Stream"]]
    plan_why.pick("Ask about a stream", pairs, "stream")
    plan_why.worth("What would one more number bring?", plan_why.WORTH, "slots")
    st.header("Quotas by phase", anchor=False)
    st.markdown("Opening + came in = used + released + lapsed + left, in every phase.")
    some = pools[pools[["Opening", "Came in", "Used"]].abs().sum(axis=1) > 0]
    table(some, key="pools", unit="people")


PARTS = ["Used", "Released to other quota", "Lapsed", "Left"]


def _pools(pools: pd.DataFrame) -> pd.DataFrame:
    """Every pool over the whole plan."""
    return pools.groupby("Quota", as_index=False, sort=False).agg({**dict.fromkeys(PARTS, "sum"), "Left": "last"})


def _bottlenecks(case: Case, plan: Plan) -> None:
    """Say what held the streams most of the time."""
    held = views.stream_bottlenecks(case, plan)
    if held.empty or not float(held["days"].sum()):
        return
    days = held.groupby("first")["days"].sum()
    ranked = days.sort_values(ascending=False, kind="stable", key=steps) / float(held["days"].sum())
    said = [f"**{plain(name)}** ({share(part)} of the time)" for name, part in ranked.head(4).items()]
    st.markdown(f"Over all streams and periods: {'; '.join(said)}.")


def reforms(case: Case, plan: Plan, against: Compared) -> None:
    """Decisions on a time line, and why others were not taken."""
    del against  # doing nothing takes no decision, and a previous plan lists none
    line = time_line(case, plan)
    found = views.reforms(case, plan)
    taken = found[found["Taken"] == "yes"]
    st.header(f"Decisions: {len(taken)} of {len(found)} reforms are in force or taken", anchor=False)
    if line.empty:
        st.markdown("No decision is taken.")
    else:
        st.markdown("Light: decided, not yet working. Strong: in force. Reforms, openings of sites, partners.")
        spans(line, "When each decision is taken and from when it works.", "line_reforms")
    st.header("Taken", anchor=False)
    columns = ["Reform", "Decided on", "In force from", "What it does", "Opened", "Who decides"]
    table(taken[columns], key="taken", widths={"What it does": "large", "Opened": "large"}, height=480)
    st.header("Not taken, with the likely reason", anchor=False)
    reading_table(found[found["Taken"] == "no"][["Reform", "What it does", "Who decides", "Why not"]])
    pairs = [("Reforms", str(name)) for name in found["Reform"]]
    plan_why.pick("Ask about a reform", [p for p in pairs if plan_why.can_ask(case, plan, *p)], "reform")
    capital = views.capital(plan)
    if len(capital):
        st.header("Political capital, points", anchor=False)
        table(capital, key="capital")


def time_line(case: Case, plan: Plan) -> pd.DataFrame:
    """Rows for the time line: decided but not in force, then in force until the end."""
    end = case.date(case.horizon - 1.0)
    found = raw_table(plan, "switches")
    records: list[dict[str, Any]] = []
    for switch, kind, taken, when, force in found[["switch", "kind", "taken", "date", "in_force_from"]].itertuples(
        index=False
    ):
        decided = as_date(when)
        if not taken or decided is None:
            continue
        name = f"{name_of(str(switch))} ({KINDS.get(str(kind), str(kind))})"
        works = _works_from(case, force) or decided
        if works > decided:
            records.append({"Decision": name, "Stage": "decided", "from": decided, "until": min(works, end)})
        if works < end:
            records.append({"Decision": name, "Stage": "in force", "from": works, "until": end})
    frame = pd.DataFrame(records, columns=["Decision", "Stage", "from", "until"])
    return frame.sort_values(["from", "Decision"], kind="stable").reset_index(drop=True)


def _works_from(case: Case, value: Any) -> date | None:
    """Day from which a decision works, given as a date or as days from the origin."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return case.origin + timedelta(days=round(value)) if abs(value) < 1e6 else None
    return as_date(value)


def rules(case: Case, plan: Plan, against: Compared) -> None:
    """Rules, rights first, with what binds."""
    del against  # rules do not bind those who keep none on purpose
    found = views.tightest(case, plan)
    state = found["State"]
    binding, broken, off = (int((state == s).sum()) for s in (State.BINDING, State.BROKEN, State.OFF))
    st.header(f"Rules: {binding} of {len(found)} are used to the limit", anchor=False)
    if off:
        st.warning(f"{off} switched off by the workbook: {plain(', '.join(found[state == State.OFF]['Rule']))}.")
    if broken:
        names = plain(", ".join(found[state == State.BROKEN]["Rule"]))
        st.warning(f"Broken at a penalty, because they are soft: {names}.")
    st.markdown("A binding rule is what to talk about; a slack one costs nothing. Rights stand first.")
    first = ["Rule", "State", "Reached", "Value", "Sense", "Limit", "Unit", "Category", "Strength", "Authority", "Cell"]
    only = st.toggle("Only rules that bind or are broken", value=True, key="binding_only")
    shown = found[state != "slack"] if only else found
    table(shown[first], key=f"rules_{only}", widths={"Rule": "medium", "Authority": "large"})
    held = [str(r) for r in found[(state == "binding") & (found["Category"] == "right")]["Rule"]]
    if held:
        st.header("Rights that shape this plan", anchor=False)
        bullets(held)
    plan_why.worth("What does each rule cost?", plan_why.RULES, "rules")
