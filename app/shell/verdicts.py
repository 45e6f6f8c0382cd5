"""What figures of a plan stand on and how sure they are: its grid, the promises that it breaks, its proof."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from app.charts.widgets import plain
from app.session import coarse
from app.session.store import Wish, key_of
from app.shell import state
from planner.case import Case
from planner.plan import Plan, Status
from planner.results import status_sentence
from planner.results.views import check_sentence, not_kept


def stands_on(case: Case, plan: Plan) -> None:
    """Say what figures about a plan stand on; that they are coarse, where they are, and what the two differ by."""
    st.markdown(f":small[{coarse.standing_line(case, plan)}]")
    shown: state.Shown | None = st.session_state.get("shown")
    if shown is not None and shown.instead is not None:
        _first(case, shown.instead, plan)
        return
    if plan.found:
        rough(case, plan.record.grid, _finer(case, plan))
    before = st.session_state.get("replaced", {}).get(shown.key) if shown is not None else None
    if plan.found and before is not None and state.kept(before):
        first = state.plan_at(before)
        said = coarse.differences(case, first, plan)
        told = f"It has {said}." if said else "No headline outcome differs by half a percent."
        st.markdown(f":small[This plan has replaced the first answer, counted in {plain(first.record.grid)}. {told}]")


def _first(case: Case, instead: Wish, plan: Plan) -> None:
    """Mark a first answer: what it counts in, and what will replace it."""
    job = st.session_state.get("job")
    own = "the workbook's own grid, " if not instead.grid else ""
    then = (
        "is being worked out and replaces it by itself, here and on every page."
        if job is not None and job.active
        else "was not found. Press **Solve** at the side to search for it."
    )
    st.warning(
        f"**First answer, counted in {plain(coarse.counted(case, plan.record.grid))}.** The plan on {own}"
        f"{plain(coarse.counted(case, instead.grid))}, {then} Figures will change: quote none of them yet.",
        icon=":material/hourglass_top:",
    )  # fmt: skip


def waits(case: Case, plan: Plan, what: str) -> bool:
    """Whether a part of a page has to wait for the plan that replaces a first answer, which is said then."""
    shown: state.Shown | None = st.session_state.get("shown")
    if shown is None or shown.instead is None:
        return False
    stands_on(case, plan)
    st.markdown(f"{what} with the plan itself, not with the first answer.")
    return True


def rough(case: Case, grid: str, differs: str = "") -> None:
    """Mark figures that do not count in the workbook's own periods, with a way to ask for those."""
    said = coarse.rough(case, grid)
    if said:
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(f":orange-badge[coarse] {plain(said)} {differs}".rstrip())
        own = plain(case.grid().name)
        right.button(f"Count in {own}", key="to_own_grid", on_click=state.to_own_grid, width="stretch")


def quicker(case: Case, wish: Wish) -> None:
    """Say in which periods the plans of a page count, and how a quicker look is had where that takes long."""
    said = f"Every plan found here counts in {plain(coarse.counted(case, wish.grid))}"
    said += "" if wish.grid else ", as on the command line"
    if coarse.first_of(case, wish) is not None:
        said += (
            f", and takes its time. For a quicker, coarser look choose {coarse.QUICK} at the side, under *How it is "
            "solved*"
        )
    st.markdown(f":small[{said}.]")


def _finer(case: Case, plan: Plan) -> str:
    """How far the plan on the workbook's own grid differs from a coarser one, where it has been found."""
    found = state.shown()
    if found is None or found[0].origin or not coarse.rough(case, plan.record.grid):
        return ""
    key = key_of(found[0].source, replace(found[0].wish, grid=""))
    if not state.kept(key) or not state.plan_at(key).found:
        return ""
    return coarse.told(case, plan, state.plan_at(key))


def verdict(plan: Plan) -> None:
    """Say what the plan stands on, which promises it breaks, and how sure it is; that it is coarse, where it is."""
    found, here = st.session_state.get("shown"), state.shown()
    if here is not None:
        stands_on(here[1], plan)
    broken = not_kept(here[1], plan) if here is not None and plan.found else []
    if broken:
        listed = "\n".join(f"- {plain(line)}" for line in broken)
        st.error(f"**Promises that are not kept**\n\n{listed}", icon=":material/heart_broken:")
    if found is not None and found.instead is not None:  # how near it is to the best of its own grid would mislead
        return
    if found is not None and found.origin and plan.found and plan.verified:
        st.info(plain(f"{' '.join(plan.unproven)} {check_sentence(plan)}"), icon=":material/verified:")
        return
    said = plain(f"{status_sentence(plan)} {check_sentence(plan)}".strip())
    if not plan.found or plan.verified is False:
        st.error(said)
    elif plan.status is Status.OPTIMAL:
        st.success(said, icon=":material/verified:")
    else:
        st.warning(said)


def no_plan(plan: Plan) -> None:
    """Say what to do where there is no plan."""
    if plan.status is Status.INFEASIBLE:
        st.markdown("Which limits clash, and the smallest changes that would mend it:")
        st.page_link(
            st.session_state.pages["Explain"], label="**See what clashes, and mend it**", icon=":material/build:"
        )
        return
    for line in [*plan.unproven, *plan.warnings] or ["Try wider limits, or more money, staff or time."]:
        st.markdown(f"- {plain(line)}")
