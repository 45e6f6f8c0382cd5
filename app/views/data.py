"""Data: get a form, upload it filled in, mend every problem, look at what is in it."""

from __future__ import annotations

import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any

import streamlit as st

from app.charts.widgets import plain
from app.session import people
from app.session.store import Source, keep_upload, source_of
from app.shell import links, page_frame
from app.tasks import jobs
from app.views import data_restore
from app.views.data_edit import XLSX, contents
from planner.cli.words import HEADINGS
from planner.signs import shown
from planner.wording.units import counted
from planner.workbook import write_template

MOST = 50
"""Problems that are shown one by one."""
__all__ = ["XLSX", "page"]


def page() -> None:
    """Draw the page."""
    page_frame.title("Data", "Bring your own numbers in a workbook, see at once what is wrong, look at what is in it.")
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        template()
    with right.container(border=True, height="stretch"):
        upload()
    findings()
    contents()


def template() -> None:
    """Offer a form to fill in."""
    st.header("1. Get a workbook", anchor=False)
    st.markdown(
        "Every column has its unit and help beside it, choices stand in lists, colours are explained on its first "
        "sheet. Change the open one, or start from an empty one."
    )
    source: Source = st.session_state.source
    st.download_button(
        "Download the workbook that is open", Path(source.path).read_bytes(), "planner_case.xlsx", XLSX,
        on_click="ignore", key="get_open", width="stretch",
    )  # fmt: skip
    st.download_button(
        "Download an empty workbook", empty, "planner_template.xlsx", XLSX, on_click="ignore", key="get_empty",
        width="stretch",
    )  # fmt: skip


def empty() -> bytes:
    """An empty form."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path)
        return path.read_bytes()


def upload() -> None:
    """Take a workbook in and have it checked in a process of its own."""
    st.header("2. Upload it", anchor=False)
    given = st.file_uploader("Your workbook (.xlsx, up to 20 MB)", key="upload", max_upload_size=20)
    if given is None:
        st.session_state.pop("upload_seen", None)
        st.markdown(
            "It stays on this server. It is checked cell by cell; the plan on the screen stays until you solve. "
            "A plan workbook that the planner wrote brings back its workbook, scenario, levers and plan."
        )
        return
    if st.session_state.get("upload_seen") == given.file_id:
        return
    store, name = people.store(), shown(given.name)
    path = keep_upload(given.getvalue(), store)
    with st.spinner("Checking the workbook ...", show_time=True):
        job = jobs.check(path, store)
        job.wait(jobs.CHECK_SECONDS + 30)
        answer = job.answer
        plan = None
        if not answer.get("valid") and data_restore.looks_like_a_plan(answer.get("problems", [])):
            plan = data_restore.read_plan(path, name)
    st.session_state.upload_seen = given.file_id
    st.session_state.findings = {
        "name": name, "path": str(path), "sentence": job.sentence, "state": job.state, "plan": plan, **answer
    }  # fmt: skip


def findings() -> None:
    """What the check of the upload found."""
    found: dict[str, Any] | None = st.session_state.get("findings")
    if found is None or st.session_state.get("upload_seen") is None:
        return
    if found.get("plan"):
        data_restore.offer(found["plan"])
        return
    name = plain(found["name"])
    st.header(f"What the check says about {name}", anchor=False)
    if found.get("kind") != "checked":
        st.error(f"The workbook could not be checked, and was not opened. {plain(found['sentence'])}")
        return
    clashes = f"{counted(found['conflicts'], 'conflict')}, " if found.get("conflicts") else ""
    tally = f"{counted(found['errors'], 'error')}, {clashes}{counted(found['warnings'], 'warning')}"
    if found["valid"]:
        st.success(f"**{plain(found['case'])}** can be used: {tally}.")
        source = source_of(Path(found["path"]), found["name"], "upload")
        if source != st.session_state.source:
            st.button(
                "Use this workbook and solve it", type="primary", on_click=links.choose, args=(source,), key="use"
            )
        else:
            st.markdown("It is the workbook that is open.")
    else:
        st.error(f"It cannot be used yet: {tally}. Mend the errors, save, and upload it again.")
    if found["marked"]:
        st.download_button(
            "Download a copy with every cell marked and commented", Path(found["marked"]).read_bytes(), "marked.xlsx",
            XLSX, on_click="ignore", key="get_marked", icon=":material/download:",
        )  # fmt: skip
        if found["lost"]:
            st.markdown(f"The copy lacks what cannot be kept: {plain(', '.join(found['lost']))}.")
    elif found["problems"]:
        st.markdown(
            "There is no marked copy: the problems name no cell, or the workbook is too large for one to be made here. "
            "`planner validate FILE.xlsx --annotate OUT.xlsx` makes one of any size."
        )
    problems(found["problems"])


def problems(listed: list[dict[str, Any]]) -> None:
    """Every problem with its cell and mend, by severity and sheet."""
    shown = listed[:MOST]
    for (severity, sheet), group in groupby(shown, key=lambda p: (p["severity"], p["sheet"])):
        rows = list(group)
        kind = HEADINGS[severity]
        where = f"on sheet {plain(sheet)}" if sheet else "of the file as a whole"
        with st.expander(f"{kind} {where}: {len(rows)}", expanded=severity != "warning", key=f"p_{severity}_{sheet}"):
            for problem in rows:
                hint = f" Did you mean **{plain(problem['suggestion'])}**?" if problem["suggestion"] else ""
                label = f" ({plain(problem['label'])})" if problem["label"] else ""
                cell = f"**{plain(problem['cell'])}**{label}: " if problem["sheet"] else ""
                found = plain(problem["found"])
                found = found[:1].upper() + found[1:]
                st.markdown(f"- {cell}{found}  \n  *To mend:* {plain(problem['mend'])}{hint}")
    if len(listed) > MOST:
        st.markdown(f"... and {len(listed) - MOST} more; the marked copy lists them all.")
