"""Explain, where there is no plan: what clashes, what would mend it, and what the nearest plan would give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.charts.widgets import bullets, plain
from app.shell import state
from app.tasks import questions
from app.views.explain_words import asks
from planner.wording.figures import figure

RANKS = {
    "preference": "a preference", "means": "means (money, staff, places, quotas)", "agreement": "an agreement",
    "law": "a law", "right": "a right",
}  # fmt: skip


def clash(shown: state.Shown) -> None:
    """Everything about limits that cannot all hold."""
    found = questions.follow("conflict", asks(shown))
    if found.answer is None:
        st.markdown("What clashes, and what would mend it, is being worked out.")
        return
    answer = found.answer
    if not found.current:
        st.warning("This belongs to the settings from before.", icon=":material/hourglass_top:")
    if answer["feasible"]:
        st.success("Everything can hold together after all: solve again.")
        return
    _together(answer)
    _repairs(answer, current=found.current)
    _nearest(answer)


def _together(answer: Mapping[str, Any]) -> None:
    """Rules and limits that clash."""
    st.header("These cannot all hold", anchor=False)
    if not answer["conflicts"]:
        st.markdown("Which limits clash could not be narrowed down.")
    for number, one in enumerate(answer["conflicts"], 1):
        members = one["members"]
        with st.container(border=True):
            if len(answer["conflicts"]) > 1:
                st.markdown(f"**Clash {number} of {len(answer['conflicts'])}**")
            if len(members) > 1:
                st.markdown(f"These {len(members)} clash; without any one of them, the others can hold together:")
            else:
                st.markdown("This cannot hold, whatever else is decided:")
            bullets([_member(m) for m in members])
    for finding in answer["arithmetic"]:
        label = f" ({plain(finding['label'])})" if finding["label"] else ""
        st.markdown(f"- **{plain(finding['cell'])}**{label}: {plain(finding['found'])} {plain(finding['mend'])}")
    if answer["unfinished"]:
        bullets(answer["unfinished"])


def _member(member: Mapping[str, Any]) -> str:
    """One rule or limit: what it is, its cell, how firm it is."""
    words = member["words"][:1].upper() + member["words"][1:]
    firm = RANKS.get(member["category"], member["category"])
    behind = f", {member['authority']}" if member["authority"] else ""
    return f"{words} ({member['cell']}; {firm}{behind})" if member["cell"] else f"{words} ({firm}{behind})"


def _repairs(answer: Mapping[str, Any], *, current: bool) -> None:
    """The smallest changes that mend it, each with a button."""
    st.header("What would mend it", anchor=False)
    repairs = answer["repairs"]
    if not repairs:
        st.markdown("No repair was found. Give more money, staff, time or places, or loosen the rules above.")
        return
    st.markdown(
        "Each of these is enough by itself; the gentlest stands first: preferences give way before means and "
        "agreements, these before laws, and rights last."
    )
    for number, repair in enumerate(repairs):
        with st.container(border=True):
            left, right = st.columns([5, 2], vertical_alignment="center")
            left.markdown(f"**Repair {number + 1}**, touching {RANKS.get(repair['category'], repair['category'])}")
            left.markdown("\n".join(f"- {_step(c)}" for c in repair["changes"]))
            if repair["proven"]:
                left.markdown("Shown to work by solving with it.")
            else:
                left.markdown("Not confirmed by solving with it.")
            if repair["whole"]:
                right.button(
                    "Apply and solve", key=f"repair_{number}", type="primary" if not number else "secondary",
                    width="stretch", disabled=not current, on_click=state.add_changes, args=(tuple(repair["sets"]),),
                    kwargs={"solve": True},
                )  # fmt: skip
            else:
                right.markdown("To be changed in the workbook by hand.")


def _step(change: Mapping[str, Any]) -> str:
    """One cell of a repair: old and new value."""
    words = plain(change["words"][:1].upper() + change["words"][1:])
    if change["sets"]:
        where = plain(change["sets"].rpartition("=")[0])
        return (
            f"{words}: {where} ({plain(change['cell'])}) from **{plain(change['old'])}** to **{plain(change['new'])}**"
        )
    unit = f" {change['unit']}" if change["unit"] else ""
    return f"{words} ({plain(change['cell'])}): must give way by **{figure(abs(change['amount']))}**{plain(unit)}"


def _nearest(answer: Mapping[str, Any]) -> None:
    """What the plan with the first repair gives, in grey."""
    near = answer["nearest"]
    if not near:
        return
    st.header("The nearest plan that there is", anchor=False)
    broken = "; ".join(
        f"{c['words']} ({c['cell']}) from {c['old']} to {c['new']}"
        for c in answer["repairs"][near["repair"]]["changes"]
    )
    st.info(f"Not a plan within your limits. It becomes one with repair {near['repair'] + 1}: {plain(broken)}.")
    lines = [f"{name}: {figure(value, unit)} {unit}" for name, unit, value in near["outcomes"]]
    st.markdown("\n".join(f"- :gray[{plain(line)}]" for line in lines))
