"""Plan, second half: visas and slots, reforms, people, rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from app.show import bars, bullets, figure, plain, reading_table, spans, table
from planner.case import Case
from planner.plan import Plan
from planner.results import views
from planner.results.frames import as_date, name_of
from planner.results.frames import table as raw_table

KINDS = {"reform": "reform", "site": "site", "coalition": "partner"}


def slots(case: Case, plan: Plan) -> None:
    """Pools and streams with what held them."""
    pools = views.pools(plan)
    parts = ["Used", "Released to other pool", "Lapsed", "Left"]
    whole = pools.groupby("Pool", as_index=False, sort=False).agg({**dict.fromkeys(parts, "sum"), "Left": "last"})
    used = float(whole["Used"].sum()) if len(whole) else 0.0
    st.header(f"Visas and slots: {figure(used)} numbers used", anchor=False)
    st.markdown(
        "What each cap, ceiling or pledge offered: used, lapsed at the end of its year, or left. "
        "A person may use a number of two pools, one inside the other."
    )
    if len(whole):
        alt = "Numbers of every pool: used, released, lapsed, left."
        bars(whole, "Pool", parts, "numbers (people)", alt, "bars_pools")
    st.header("Streams, and what held each back longest", anchor=False)
    streams = views.streams(case, plan)
    first = ["Stream", "Plan total", "Asked for", "Share of what was asked", "Held longest by"]
    order = [c for c in first if c in streams.columns] + [c for c in streams.columns if c not in first]
    table(streams[order], key="streams", digits=0, widths={"Held longest by": "large"})
    st.header("Pools by phase", anchor=False)
    some = pools[pools[["Opening", "Came in", "Used"]].abs().sum(axis=1) > 0]
    table(some, key="pools", digits=0)


def reforms(case: Case, plan: Plan) -> None:
    """Decisions on a time line, and why others were not taken."""
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


def people(case: Case, plan: Plan) -> None:
    """Everybody is somewhere."""
    del case
    found = views.flows_by_state(plan)
    check = "Check: should be 0"
    wrong = float(found[check].abs().sum()) if len(found) else 0.0
    st.header("People: everybody is in exactly one place", anchor=False)
    if wrong < 0.5:
        st.success("Opening + arrivals + moved in + came = moved out + went + closing, everywhere and always.")
    else:
        st.error(f"{figure(wrong)} people are not accounted for.")
    st.markdown("By state over the whole plan. *Moved*: decided. *Came, went*: by themselves.")
    table(views.with_total(found.drop(columns=check)), key="states", digits=0)
    st.header("Still under way when the plan ends", anchor=False)
    table(views.under_way(plan), key="under_way", digits=0)
    st.header("Every compartment and period", anchor=False)
    table(views.flows(plan), key="flows", height=480, digits=0)


def rules(case: Case, plan: Plan) -> None:
    """Rules, rights first, with what binds."""
    found = views.tightest(case, plan)
    state = found["State"]
    binding, broken, off = (int((state == s).sum()) for s in ("binding", "BROKEN", "SWITCHED OFF"))
    st.header(f"Rules: {binding} of {len(found)} are used to the limit", anchor=False)
    if off:
        st.warning(f"{off} switched off by the workbook: {plain(', '.join(found[state == 'SWITCHED OFF']['Rule']))}.")
    if broken:
        names = plain(", ".join(found[state == "BROKEN"]["Rule"]))
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
