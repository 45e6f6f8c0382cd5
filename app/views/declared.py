"""Trade-offs: an analysis whose page is made from its declaration: what it does, its fields, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import bullets, plain, reading_table
from app.shell import forms, state
from app.tasks import questions
from planner.analyses.declare import Analysis


def part(analysis: Analysis, usual: Mapping[str, Any], shown: state.Shown) -> None:
    """Ask it, and show what it says; `usual` is what its fields begin with where the workbook has a better guess."""
    st.markdown(plain(analysis.help))
    said = {d.name: forms.field(analysis, d.name, usual=usual.get(d.name)) for d in analysis.options if not d.of_run}
    wanted = forms.question(analysis, **said)
    if wanted is None:
        return
    asked = questions.asks(analysis, wanted, shown.source, state.wish_now(), told=True)
    found = questions.on_demand(analysis.name, asked, "Work it out")
    if found is None or found.answer is None:
        return
    for block in found.answer["blocks"]:
        _draw(block)
    st.markdown("The same in the terminal:")
    st.code(state.remake(found.of), language="bash", wrap_lines=True)


def _draw(block: Mapping[str, Any]) -> None:
    """One block of an answer: sentences, a list of them, or a table."""
    if "rows" in block:
        width = len(block["heads"])
        rows = [[*row, *[""] * (width - len(row))] for row in block["rows"]]
        reading_table(pd.DataFrame(rows, columns=block["heads"]))
    elif "lines" in block:
        st.header(block["title"], anchor=False)
        bullets(block["lines"])
    else:
        st.markdown(f"**{plain(block['text'])}**" if block["strong"] else plain(block["text"]))
