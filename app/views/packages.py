"""Trade-offs: decision packages, nested plans for smaller and larger budgets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import bullets, plain, reading_table
from app.shell import forms, state
from app.tasks import questions
from app.views.send_to_compare import send
from planner.analyses.packages import PACKAGES
from planner.case import Case
from planner.plan import Plan
from planner.results.answer_pages import Page, Part, pages_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def part(shown: state.Shown, case: Case, plan: Plan) -> None:
    """The steps, the overview, and a package of choice."""
    st.markdown(
        "Plans for smaller and larger budgets, **counted from the plan on the screen**. What a smaller budget gives, a "
        "larger one gives too; so it can be said what goes first, what comes first, and whom each step touches."
    )
    steps = forms.field(PACKAGES, "steps")
    wanted = forms.question(PACKAGES, steps=steps, gap=shown.wish.gap)
    if wanted is None:
        return
    asked = questions.asks(PACKAGES, wanted, shown.source, shown.wish, shown.key)
    st.button(
        "Make the packages", type="primary", key="packages_go", on_click=questions.ask, args=("packages", asked),
        disabled=questions.done("packages", asked),
    )  # fmt: skip
    found = questions.follow("packages", asked, start=questions.known(asked))
    if found.answer is None:
        st.markdown(
            f"Press **Make the packages**: for each step the workbook ({plain(case.name or 'case')}, "
            f"{len(plan.tables['periods'])} periods) is solved twice, nested and free, to say what being nested costs."
        )
        return
    questions.say_if_earlier(found)
    _tell(found.answer, st.session_state.works["packages"].answered, case.name or "Case")


def _tell(answer: Mapping[str, Any], asked: questions.Question, name: str) -> None:
    """The overview, then one page of choice with its plan."""
    overview, *pages = [Page.from_json(page) for page in answer["pages"]]
    _page(overview)
    st.download_button(
        "All packages as a workbook (.xlsx)", lambda: pages_workbook([overview, *pages], name), "packages.xlsx", XLSX,
        on_click="ignore", key="get_packages",
    )  # fmt: skip
    if answer["stopped"]:
        st.markdown("The search was stopped; packages that were found until then are here.")
    if not pages:
        return
    chosen = st.selectbox(
        "Look at one package", range(len(pages)), format_func=lambda n: pages[n].title, key="packages_page"
    )
    _page(pages[chosen])
    row = [row for row in answer["packages"] if row["share"] != 1.0][chosen]
    if row.get("plan"):
        wish = dataclasses.replace(asked.wish, sets=(*asked.wish.sets, *row["sets"]))
        remake = f"{state.remake(asked)}\n# package {row['package']}"
        origin = f"decision package {row['package']}"
        send(state.Shown(asked.source, wish, row["plan"], origin, remake), "packages", f"Package {row['package']}")


def _page(page: Page) -> None:
    """A page, part by part."""
    st.header(plain(page.title), anchor=False)
    if page.lead:
        st.markdown(plain(page.lead))
    for one in page.parts:
        _part(one)


def _part(one: Part) -> None:
    """A heading, sentences, a table."""
    if one.title:
        st.subheader(plain(one.title), anchor=False)
    if one.lines:
        bullets(one.lines)
    if one.frame is not None:
        heads, rows = one.told()
        reading_table(pd.DataFrame(rows, columns=heads))
