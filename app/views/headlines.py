"""The four headline numbers, and the table of all headline outcomes, against current policy and doing nothing."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.charts.widgets import POLICY, amount, change, counts_people, plain
from app.shell.compared import headline_policy
from planner.plan import Plan
from planner.results.summary import DIFFERENCE

CARDS = ("protection", "legal pathways", "waiting", "cost")
WORDS = {"more": "more is better", "less": "less is better"}


def policy_words(plan: Plan) -> str:
    """What the difference of a headline number is measured against."""
    return f"against current policy ({headline_policy(plan)[0]})"


def cards(head: pd.DataFrame, plan: Plan) -> None:
    """The first outcome of each headline, with its difference from current policy in words."""
    chosen = [rows.iloc[0] for wanted in CARDS if len(rows := head[head["Headline"] == wanted])]
    if not chosen:
        return
    policy = headline_policy(plan)[1]
    for place, (column, row) in enumerate(zip(st.columns(len(chosen)), chosen, strict=True)):
        unit, value = str(row["Unit"]), float(row["Plan total"])
        before = policy.get(str(row["Outcome"]))
        difference = None if before is None else value - before
        with column.container(border=True, height="stretch"):
            name = plain(row["Outcome"])
            st.markdown(f"**{name[:1].upper()}{name[1:]}**  \n{plain(unit)}")
            with st.container(key=f"big_figure_{place}"):  # a figure is no heading: planner.css makes it large
                st.markdown(f"**{amount(value, unit)}**")
            if difference is None:
                st.markdown(f"no comparison  \n*{WORDS.get(row['Wanted'], '')}*")
            else:
                st.markdown(f"**{change(difference, unit)}** {policy_words(plan)}  \n"
                            f"*{judge(row['Wanted'], difference, unit)}*")  # fmt: skip


def judge(wanted: str, difference: float | None, unit: str = "") -> str:
    """Say in words whether a difference is for the better."""
    least = 0.5 if counts_people(unit) else 5e-4
    if difference is None or pd.isna(difference) or abs(difference) < least or wanted not in WORDS:
        return WORDS.get(wanted, "")
    return "better" if (difference > 0) == (wanted == "more") else "worse: the price of the rest"


def comparison(head: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Headline outcomes: plan, current policy, difference; doing nothing where that is something else."""
    rows = head[head["Headline"] != ""] if (head["Headline"] != "").any() else head
    policy = headline_policy(plan)[1]
    before = [policy.get(str(name)) for name in rows["Outcome"]]
    units = [str(unit) for unit in rows["Unit"]]
    values = [float(value) for value in rows["Plan total"]]
    differences = [None if b is None else v - b for v, b in zip(values, before, strict=True)]
    laid = {
        "Outcome": list(rows["Outcome"]),
        "Plan": [amount(v, u) for v, u in zip(values, units, strict=True)],
        POLICY: [amount(b, u) for b, u in zip(before, units, strict=True)],
        "Difference": [change(d, u) for d, u in zip(differences, units, strict=True)],
    }
    if plan.previous:
        laid["Doing nothing"] = [amount(v, u) for v, u in zip(rows["Doing nothing"], units, strict=True)]
        laid["Difference to it"] = [change(d, u) for d, u in zip(rows[DIFFERENCE], units, strict=True)]
    laid["Unit"] = units
    laid["So it is"] = [judge(w, d, u) for w, d, u in zip(rows["Wanted"], differences, units, strict=True)]
    laid["What it is"] = list(rows["What it is"])
    return pd.DataFrame(laid)
