"""Data: get a form, upload it filled in, mend every problem, look at what is in it."""

from __future__ import annotations

import dataclasses
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from app import frame, jobs, state
from app.show import bullets, plain, table
from app.store import Source, keep_upload, source_of
from planner.case import Case
from planner.cli.words import HEADINGS, counted
from planner.sheets import BY_NAME, Row, columns
from planner.workbook import write_template

MOST = 50
"""Problems that are shown one by one."""
GRADES = {"S": "S sourced", "D": "D derived", "A": "A assumption", "U": "U unverified", "": "no grade"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page() -> None:
    """Draw the page."""
    frame.title("Data", "Bring your own numbers in a workbook, see at once what is wrong, look at what is in it.")
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
    st.markdown("Every column has its unit and help beside it. Change the open one, or start from an empty one.")
    source: Source = st.session_state.source
    st.download_button(
        "Download the workbook that is open", Path(source.path).read_bytes(), "planner_case.xlsx", XLSX,
        on_click="ignore", key="get_open", width="stretch",
    )  # fmt: skip
    st.download_button(
        "Download an empty workbook", _empty, "planner_template.xlsx", XLSX, on_click="ignore", key="get_empty",
        width="stretch",
    )  # fmt: skip


def _empty() -> bytes:
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
        st.markdown("Nothing leaves this machine. The file is checked; the plan on the screen stays until you solve.")
        return
    if st.session_state.get("upload_seen") == given.file_id:
        return
    path = keep_upload(given.getvalue())
    with st.spinner("Checking the workbook ...", show_time=True):
        job = jobs.check(path)
        job.wait(jobs.CHECK_SECONDS + 30)
    st.session_state.upload_seen = given.file_id
    st.session_state.findings = {
        "name": given.name, "path": str(path), "sentence": job.sentence, "state": job.state, **job.answer
    }  # fmt: skip


def findings() -> None:
    """What the check of the upload found."""
    found: dict[str, Any] | None = st.session_state.get("findings")
    if found is None or st.session_state.get("upload_seen") is None:
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
                "Use this workbook and solve it", type="primary", on_click=state.choose, args=(source,), key="use"
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


def contents() -> None:
    """Every sheet as a table with units, sources and grades."""
    case = state.base_case(st.session_state.get("scenario", "").replace(state.AS_WRITTEN, ""))
    st.header("What is in the workbook that is open", anchor=False)
    st.markdown(f"**{plain(case.name)}**. {_grades(case)}")
    if case.changes:
        with st.expander(f"Changed by the scenario: {counted(len(case.changes), 'cell or group of cells')}"):
            bullets(list(case.changes))
    if case.warnings:
        with st.expander(f"Warnings: {len(case.warnings)}"):
            bullets([str(problem) for problem in case.warnings])
    filled = [kind.SHEET for kind in BY_NAME.values() if case.of(kind)]
    chosen = st.selectbox(
        "Sheet", filled, key="sheet", format_func=lambda n: f"{n} ({counted(len(case.of(BY_NAME[n])), 'row')})"
    )
    if chosen is None:
        return
    kind = BY_NAME[chosen]
    st.markdown(f"{plain(kind.PURPOSE)} A cell in brackets was blank and took the default of its column.")
    shown = sheet_table(case.of(kind))
    table(shown, key=f"sheet_{chosen}", height=min(38 + 35 * len(shown), 560))
    with st.expander("What each column means"):
        helps = [f"{_header(c)}: {c.help}" + (f" (blank: {c.blank})" if c.blank else "") for c in columns(kind)]
        bullets(helps)


def _header(column: Any) -> str:
    """Header with its unit."""
    return f"{column.name}, {column.unit}" if column.unit and column.unit != "date" else str(column.name)


def sheet_table(rows: tuple[Row, ...]) -> pd.DataFrame:
    """Rows of a sheet as text, columns that nobody filled left out."""
    kind = type(rows[0])
    used = [c for c in columns(kind) if c.key or any(c.field not in row.defaulted for row in rows)]
    return pd.DataFrame({_header(c): [_cell(row, c.field) for row in rows] for c in used})


def _cell(row: Row, field: str) -> str:
    """One cell as text; defaults stand in brackets."""
    value = getattr(row, field)
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, tuple):
        said = "; ".join(str(v) for v in value)
    elif isinstance(value, bool):
        said = "yes" if value else "no"
    elif isinstance(value, int | float):
        said = f"{value:,.10g}"
    else:
        said = str(value)
    return f"({said})" if field in row.defaulted else said


def _grades(case: Case) -> str:
    """How many rows rest on what grade of evidence."""
    counts: dict[str, int] = dict.fromkeys(GRADES, 0)
    for rows in case.rows.values():
        for row in rows:
            if any(c.numeric for c in columns(type(row)) if c.field in {f.name for f in dataclasses.fields(row)}):
                counts[row.grade] = counts.get(row.grade, 0) + 1
    said = [f"{number:,} {GRADES.get(grade, grade)}" for grade, number in counts.items() if number]
    return f"Rows with figures by grade of their evidence: {', '.join(said)}." if said else ""
