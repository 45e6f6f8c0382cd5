"""Data, third part: a plan workbook that is uploaded again brings back workbook, scenario, levers and plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from app.charts.widgets import figure, plain
from app.session import people
from app.session.store import Source, Wish, key_of, plan_path, source_of
from app.shell import state
from app.shell.opening import PACKAGED, packaged
from app.shell.state import Shown
from app.tasks import jobs
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.options import GAP
from planner.plan import Plan


def looks_like_a_plan(problems: list[dict[str, Any]]) -> bool:
    """Whether a file that is no input workbook may be a plan workbook."""
    return any(p["check"] == "sheet-missing" for p in problems)


def read_plan(path: Path, name: str) -> dict[str, Any] | None:
    """Read a plan workbook in a process of its own; None if the file is none."""
    key = f"book-{path.stem[:32]}"
    request = {"do": "plan_book", "path": str(path), "out": str(plan_path(key)), "store": str(path.parent)}
    job = jobs.Job(request, jobs.CHECK_SECONDS)
    job.wait(jobs.CHECK_SECONDS + 30)
    if job.answer.get("kind") != "read":
        return None
    inputs = str(job.answer.get("inputs") or "")
    if inputs:
        checked = jobs.check(Path(inputs), people.store())
        checked.wait(jobs.CHECK_SECONDS + 30)
        inputs = inputs if checked.answer.get("valid") else ""
    return {"name": name, "key": key, "inputs": inputs}


def offer(found: dict[str, Any]) -> None:
    """Say what the plan workbook holds and offer to bring it back."""
    plan = state.plan_at(found["key"])
    record = plan.record
    st.subheader(plain(found["name"]), anchor=False)
    changed = f", {len(record.changes)} cells changed" if record.changes else ""
    st.success(
        f"A plan workbook: {plain(record.case_name)}, {figure(plan.objective)} points, scenario "
        f"{plain(record.scenario or 'as the workbook says')}, periods {plain(record.grid)}{changed}."
    )
    source, case = home(found, plan)
    if source is None or case is None:
        st.warning(
            f"The workbook that it was made from is not here. Upload it first (its fingerprint with all changes is "
            f"{record.input_sha256[:16]}), then this file again. The plan can be looked at on page Compare."
        )
        return
    st.button(
        "Bring it back: workbook, scenario, levers and plan", type="primary", key="restore", on_click=restore,
        args=(source, found["key"], found["name"]),
    )  # fmt: skip


def home(found: dict[str, Any], plan: Plan) -> tuple[Source | None, Case | None]:
    """The workbook that a plan was made from: the one inside the file, else one that is at hand."""
    record, inside = plan.record, found["inputs"]
    known = [packaged(name) for name in PACKAGED]
    known += [st.session_state.source, *(shown.source for shown in state.shelf().values())]
    if inside and Path(inside).is_file():
        known.append(source_of(Path(inside), f"inputs of {found['name']}", "upload"))
    for source in dict.fromkeys(known):
        try:
            case = state.case_of(source.path, source.sha256, record.scenario, record.changes)
        except (InvalidCaseError, OSError):
            continue
        if case.sha256 == record.input_sha256:
            return source, case
    return None, None


def restore(source: Source, key: str, name: str) -> None:
    """Put workbook, scenario, levers and plan back; the plan is recomputed from the workbook before it is shown."""
    plan = state.plan_at(key)
    record = plan.record
    wish = Wish(record.scenario, "", float(record.options.get("gap", GAP)), record.changes)
    wish = wish if state.grid_of(source, wish) == record.grid else replace(wish, grid=record.grid)
    own = key_of(source, wish)
    if state.kept(own) and state.plan_at(own).objective == plan.objective:
        state.take_up(Shown(source, wish, own))
        return
    request = {
        "do": "recheck", "path": source.path, "scenario": wish.scenario, "sets": list(wish.sets),
        "plan": str(plan_path(key)), "out": str(plan_path(f"{key}-checked")),
    }  # fmt: skip
    job = jobs.Job(request, jobs.CHECK_SECONDS)
    job.wait(jobs.CHECK_SECONDS + 30)
    if job.answer.get("kind") != "rechecked":
        st.session_state.notices = [str(job.answer.get("sentence") or job.sentence)]
        return
    key = str(job.answer["key"])
    state.plan_of.clear()
    state.take_up(Shown(source, wish, key, f"the one that {name} holds"))
