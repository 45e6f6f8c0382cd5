"""Report: a briefing of a few pages on the plan that is shown, to read, to print, to hand on."""

from __future__ import annotations

import shlex

import streamlit as st

from app.report.briefing import Brief, document, front_lines, preview, word
from app.shell import page_frame, state, verdicts
from app.tasks import questions
from app.views import plan as plan_page
from app.views.explain_uncertain import range_of, ranked
from app.views.explain_words import Better, asks, effects_words, one_more
from app.views.front import Front, exchange
from app.views.start import LIMITS
from planner.case import Case
from planner.results.memo import memo
from planner.sheets import Outcomes
from planner.wording.figures import figure, signed

MOST_OTHERS = 3
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def page() -> None:
    """Draw the page."""
    page_frame.title("Report", "A briefing on the plan that is shown: choose what goes in, read it here, hand it on.")
    found = state.shown()
    if found is None:
        st.markdown("The briefing appears here as soon as there is a plan.")
        return
    shown, case, plan = found
    if verdicts.waits(case, plan, "The briefing is written"):
        return
    if not plan.found:
        verdicts.verdict(plan)
        verdicts.no_plan(plan)
        return
    others = {key: state.name_of(one) for key, one in state.shelf().items() if key != shown.key}
    first = list(reversed(others))[:MOST_OTHERS]
    if others:
        chosen = st.multiselect(
            "Alternatives to show beside it, up to three", list(others), default=first, max_selections=MOST_OTHERS,
            format_func=others.__getitem__, key="report_others",
        )  # fmt: skip
    else:
        chosen = []
        st.info(
            "Plans that you make with other levers, or send to Compare from **Trade-offs**, can stand here beside it."
        )
    brief = Brief(
        case=case, plan=plan, name=state.name_of(shown), source=shown.source.title, sha256=shown.source.sha256,
        command=_command(shown), origin=shown.origin,
        others=[(others[key], state.plan_at(key)) for key in chosen], prices=_prices(shown, case),
        front=_front(shown, case), ranges=_ranges(shown, case), limits=LIMITS, link=plan_page.link(),
    )  # fmt: skip
    if not brief.front:
        st.markdown("It has no trade-offs yet: find the plans on **Trade-offs** first if you want them in.")
    if not brief.ranges:
        st.markdown(
            "It does not say yet how far results may be off: ask **How sure?** on **Explain** if you want that."
        )
    left, middle, right = st.columns([2, 2, 3], vertical_alignment="center")
    left.download_button(
        "Memo of one page for Word (.docx)", lambda: memo(case, plan).word(), "memo.docx", DOCX, on_click="ignore",
        key="get_memo_word", width="stretch",
    )  # fmt: skip
    middle.download_button(
        "Memo of one page to print (.html)", lambda: memo(case, plan).html(), "memo.html", "text/html",
        on_click="ignore", key="get_memo", width="stretch",
    )  # fmt: skip
    right.markdown("For those who decide: what it gives people, costs, does not keep, rests on, and asks of whom.")
    left, middle, right = st.columns([2, 2, 3], vertical_alignment="center")
    left.download_button(
        "Briefing for Word (.docx)", lambda: word(brief), "briefing.docx", DOCX, on_click="ignore", type="primary",
        key="get_word", width="stretch",
    )  # fmt: skip
    middle.download_button(
        "Briefing to print (.html)", lambda: document(brief), "briefing.html", "text/html", on_click="ignore",
        key="get_briefing", width="stretch",
    )  # fmt: skip
    right.markdown("The second opens in any browser and fetches nothing; *Print* there makes a PDF or paper.")
    plan_page.take_away(shown, case, plan)
    with st.container(border=True, key="briefing"):
        st.html(preview(brief))


def _command(shown: state.Shown) -> str:
    """The command that makes the plan again; whoever reads a briefing does not have the folders of this machine."""
    source = shown.source
    said = state.command(source, shown.wish, shown.remake)
    return said.replace(f" {shlex.quote(source.name)} ", f" {shlex.quote(source.title)} ", 1)


def _prices(shown: state.Shown, case: Case) -> list[str]:
    """The dearest limits in words."""
    found = questions.follow("explain", asks(shown))
    if found.answer is None or not found.current:
        return []
    better = Better(case)
    rows = sorted(found.answer["prices"], key=lambda p: -abs(p["price"]))[:5]
    return [
        f"{one_more(p)} ({p['cell']}): {signed(p['price'])} points. {effects_words(p['effects'], better, marks=False)}"
        for p in rows if p["price"]
    ]  # fmt: skip


def _ranges(shown: state.Shown, case: Case) -> list[str]:
    """How far headline results may be off, if that was asked of this plan."""
    work = st.session_state.get("works", {}).get("uncertain")
    if work is None or work.answer is None or work.answered is None or work.answered.plan != shown.key:
        return []
    said = []
    for row in case.of(Outcomes):
        top = next(iter(ranked(work.answer, row.outcome, free=False)), None)
        if row.headline and top is not None:
            low, high = range_of(work.answer, row.outcome)
            said.append(
                f"{row.outcome}: from {figure(low, row.unit)} to {figure(high, row.unit)} {row.unit}, moved most by "
                f"{top['id']} "
                f"({top['statement']})."
            )
    told = (
        "Each is the result when one figure of sheet Evidence at a time stands at an end of its own range, the "
        "yes-or-no decisions stay, and amounts are adapted. It is no probability."
    )
    return [*said, told] if said else []


def _front(shown: state.Shown, case: Case) -> list[str]:
    """What the front of this session says, if it is of the same workbook and settings."""
    work = st.session_state.get("works", {}).get("front")
    if work is None or work.answer is None or work.answered is None:
        return []
    if (work.answered.source.sha256, work.answered.wish) != (shown.source.sha256, shown.wish):
        return []
    y, x = work.answer["names"][:2]
    front = Front(work.answer, x, y, {row.outcome: row.unit for row in case.of(Outcomes)}, shown.wish)
    points = front.points
    if len(points) < 2:
        return []
    middle = next((p["number"] for p in points if p["knee"]), (len(points) + 1) // 2)
    pairs = [(middle, other) for other in (middle - 1, middle + 1) if 1 <= other <= len(points)]
    knee = (
        [f"Plan {middle} is the knee: beyond it one of the two begins to cost most."]
        if points[middle - 1]["knee"]
        else []
    )
    return front_lines(work.answer, [*knee, *(exchange(front, a, b) for a, b in pairs)])
