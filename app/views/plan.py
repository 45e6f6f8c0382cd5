"""Plan: who gets what, when; what it costs; who waits; what held it back; and the plan to take away."""

from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd
import streamlit as st

from app.charts.widgets import POLICY, bars, plain, table
from app.shell import links, page_frame, state, verdicts
from app.shell.compared import Compared, beside, compared, say
from app.views import plan_more as more
from app.views import plan_why
from app.views.data import XLSX
from app.views.plan_map import world
from app.views.plan_money import money
from app.views.plan_people import gets
from app.views.plan_time import officers, queues
from app.views.plan_where import people
from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.results import to_json, views
from planner.results.csv_files import csv_zip
from planner.results.division import PARTS, UNITS
from planner.results.frames import periods, say_date
from planner.results.headlines import TITLES
from planner.results.pages import NOTES
from planner.results.workbook import workbook_bytes
from planner.sheets import Time
from planner.wording.figures import figure, share

Part = Callable[[Case, Plan, Compared], None]
FIRST = "What people get"
LEAST = 5
"""Counts of people below this are hidden in shared files, if that is asked for."""
EARLIER = {"Visas and slots": "Visas and quotas"}
"""Parts as links called them before."""


def page() -> None:
    """Draw the page."""
    found = state.shown()
    page_frame.title("Plan", "Who gets what, when; what it costs; who waits; what held it back.")
    if found is None:
        st.markdown("The plan appears here as soon as it is found.")
        return
    shown, case, plan = found
    verdicts.verdict(plan)
    if not plan.found:
        verdicts.no_plan(plan)
        return
    take_away(shown, case, plan)
    parts: dict[str, Part] = {
        FIRST: lambda c, p, a: gets(shown, c, p, a), "Map": world, "The division": division,
        "Money": lambda c, p, a: money(c, p, a, phase_names(c)), "Officers": officers, "Queues": queues,
        "Visas and quotas": more.slots, "Reforms": more.reforms, "People": people, "Rules": more.rules,
    }  # fmt: skip
    if earlier := EARLIER.get(st.query_params.get("part", "")):
        st.session_state["part"] = earlier
    chosen = st.segmented_control(
        "Part of the plan", list(parts), default=FIRST, required=True, key="part", bind="query-params"
    )
    phases_line(case)
    against = compared(shown)
    parts[chosen or FIRST](case, plan, against)


def take_away(shown: state.Shown, case: Case, plan: Plan) -> None:
    """Downloads and the command that gives the same numbers; a first answer is not handed on."""
    if shown.instead is not None:
        st.markdown(":small[Downloads and the command line come with the plan that replaces this first answer.]")
        return
    with st.expander("Take it away: workbook, tables, command line", icon=":material/download:"):
        hide = st.toggle(
            f"Hide counts of 1 to {LEAST - 1} people in the files", key="hide_small",
            help="For files that others will see: small counts are written as '<5', and the tables for other programs "
            "and the inputs are left out. Differences to totals can still give a single hidden count away: look first.",
        )  # fmt: skip
        below, address = LEAST if hide else 0, link()  # files are made when asked for, when nothing is known of the tab
        left, middle, right = st.columns(3)
        left.download_button(
            "Plan workbook (.xlsx)", lambda: _book(shown, below, address, case, plan), "plan.xlsx", XLSX,
            on_click="ignore", key="get_plan", width="stretch",
        )  # fmt: skip
        middle.download_button(
            "Tables as CSV (.zip)", lambda: csv_zip(case, plan, hide_below=below), "plan_tables.zip", "application/zip",
            on_click="ignore", key="get_csv", width="stretch",
        )  # fmt: skip
        right.download_button(
            "JSON", lambda: _json(case, plan), "plan.json", "application/json", on_click="ignore", key="get_json",
            width="stretch", disabled=hide, help="Every figure with every digit; not offered while counts are hidden.",
        )  # fmt: skip
        if not hide:
            st.markdown(
                ":small[The plan workbook holds the input workbook too: upload it on page Data, and workbook, "
                "scenario, levers and plan are back.]"
            )
        st.markdown("The same plan from the command line:")
        st.code(state.command(shown.source, shown.wish, shown.remake), language="bash", wrap_lines=True)
        sets = f", {len(shown.wish.sets)} cells changed by levers" if shown.wish.sets else ", no lever changed"
        scenario = plain(shown.wish.scenario or "as the workbook says")
        st.markdown(f"Workbook *{plain(shown.source.title)}*, scenario {scenario}, {len(periods(plan))} periods{sets}.")


@st.cache_data(max_entries=4, show_spinner=False)
def _book(shown: state.Shown, below: int, link_: str, _case: Case, _plan: Plan) -> bytes:  # noqa: ARG001 - the key
    """The plan workbook; what is shown stands for case and plan."""
    return workbook_bytes(_case, _plan, link=link_, hide_below=below)


def link() -> str:
    """The address that shows this scenario again."""
    base, asked = str(st.context.url or "").partition("?")[0], links.link()
    return f"{base}?{asked}" if base and asked else base


def _json(case: Case, plan: Plan) -> str:
    """The plan for machines."""
    return json.dumps(to_json(case, plan), indent=1, ensure_ascii=False, allow_nan=False, default=str)


def phase_names(case: Case) -> list[str]:
    """Names of the phases in order."""
    return [row.phase for row in case.of(Time)]


def phases_line(case: Case) -> None:
    """Say what P1, P2, ... are."""
    said = [f"**{plain(r.phase)}** {plain(r.label)}, {say_date(r.starts)} to {say_date(r.ends)}" for r in case.of(Time)]
    st.markdown(f":small[{' · '.join(said)}]")


def division(case: Case, plan: Plan, against: Compared) -> None:
    """Four tables, country by phase, each with its chart."""
    st.header("The division: country by phase", anchor=False)
    say(against)
    plan_why.cell(case, plan)
    found = views.division(case, plan)
    policy = views.division(case, against.policy) if against.policy is not None else {}
    for part in PARTS:
        with st.container(border=True):
            _part(part, found[part], policy.get(part), phase_names(case))


def _part(part: str, laid: pd.DataFrame, policy: pd.DataFrame | None, names: list[str]) -> None:
    """One table of the division beside its chart."""
    heading, note = TITLES[part], NOTES[part]
    unit = UNITS[part]
    whole = "Plan average" if part == "officers" else "Plan total"
    st.subheader(f"{heading}: {figure(laid[whole].sum(), unit)} {unit}", anchor=False)
    laid = beside(laid, "Country", policy, whole)
    given = laid[whole].abs() + (laid[POLICY].abs() if POLICY in laid else 0.0)
    some = laid[given > 1e-9].sort_values(whole, ascending=False, kind="stable", key=steps)
    st.markdown(_division_words(some, whole, note, unit))
    if some.empty:
        return
    left, right = st.columns([4, 5])
    mark = POLICY if POLICY in some else ""
    with left:
        shown = [whole] if part == "officers" else names
        bars(
            some, "Country", shown, unit, f"{heading}: {_top_words(some, whole, unit)}", f"bars_{part}",
            policy=mark, source=f"the plan shown, {heading.lower()}",
        )  # fmt: skip
    with right:
        order = ["Country", *names, whole, "Share"] + (["Used"] if part == "officers" else [])
        order += [POLICY] if mark else []
        table(views.with_total(some[order]), key=f"division_{part}", unit=UNITS[part])
        st.markdown(":small[Share: of the whole of this table.]")
    none = [str(country) for country in laid["Country"] if country not in set(some["Country"])]
    if none:
        st.markdown(f":small[Nothing for: {plain(', '.join(none))}.]")


def _division_words(some: pd.DataFrame, whole: str, note: str, unit: str) -> str:
    """Say who gets most."""
    if some.empty or not float(some[whole].sum()):
        return "Nothing is given."
    top = some.iloc[0]
    part = float(top[whole]) / float(some[whole].sum())
    return f"Most to **{plain(top['Country'])}**: {figure(top[whole], unit)} ({share(part)} of all). {plain(note)}"


def _top_words(some: pd.DataFrame, whole: str, unit: str) -> str:
    """The largest as a sentence without marks."""
    return f"most to {some['Country'].iloc[0]}, {figure(some[whole].iloc[0], unit)} {unit}."
