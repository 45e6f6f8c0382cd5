"""Plan workbooks that somebody uploads to compare: read in a process of their own, matched with a workbook at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from app.charts.widgets import plain
from app.session import people
from app.session.store import Source, keep_upload, plan_path, source_of
from app.shell import state
from app.tasks import jobs, workbooks
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.inputs_path import inputs_path
from planner.plan import Plan
from planner.signs import shown

PACKAGED = ("blueprint", "starter")


@dataclass(frozen=True)
class PlanWorkbook:
    """An uploaded plan; its case where the workbook that it was made from is at hand."""

    name: str
    plan: Plan
    case: Case | None
    source: Source | None


def _books() -> dict[str, str]:
    """Names of the files by the key of their plan."""
    found: dict[str, str] = st.session_state.setdefault("plan_books", {})
    return found


def names() -> dict[str, str]:
    """What uploaded plans are called."""
    return {key: f"uploaded: {name}" for key, name in _books().items() if state.kept(key)}


def book(key: str) -> PlanWorkbook | None:
    """An uploaded plan, None if the key is of another plan."""
    if key not in _books():
        return None
    plan = state.plan_at(key)
    record = plan.record
    places = [*(inputs_path(name) for name in PACKAGED), *_own_workbooks(record.input_sha256)]
    case, source = _case_of(tuple(str(p) for p in places), record.input_sha256, record.scenario, record.changes)
    return PlanWorkbook(_books()[key], plan, case, source)


def _own_workbooks(sha256: str) -> list[Path]:
    """Workbooks that this person may open: those of this tab, and that of a plan kept in the library."""
    from app.shell.saved_plans import source_named

    found = {st.session_state.source.path, *(shown.source.path for shown in state.shelf().values())}
    kept = source_named(sha256)
    return [Path(path) for path in sorted(found | ({kept.path} if kept is not None else set()))]


@st.cache_resource(max_entries=12, show_spinner="Looking for the workbook of this plan ...")
def _case_of(
    places: tuple[str, ...], sha256: str, scenario: str, changes: tuple[str, ...]
) -> tuple[Case | None, Source | None]:
    """The case of a plan, from the workbooks that come with the planner or were uploaded before."""
    for path in places:
        try:
            case = workbooks.case(path, scenario=scenario, sets=changes)
        except (InvalidCaseError, OSError, ValueError):
            continue
        if case.sha256 == sha256:
            return case, source_of(Path(path), Path(path).stem)
    return None, None


def upload() -> None:
    """Take in a plan workbook."""
    with st.expander("Add a plan workbook (.xlsx) that the planner wrote", icon=":material/upload:"):
        given = st.file_uploader("Plan workbook, up to 20 MB", key="plan_book", type=["xlsx"], max_upload_size=20)
        if given is None:
            return
        if st.session_state.get("plan_book_seen") != given.file_id:
            st.session_state.plan_book_seen = given.file_id
            st.session_state.plan_book_said = _take(given.name, given.getvalue())
        said: dict[str, Any] = st.session_state.plan_book_said
        (st.success if said["taken"] else st.error)(plain(said["sentence"]))


def _take(name: str, data: bytes) -> dict[str, Any]:
    """Have a file read in a process of its own."""
    path = keep_upload(data, people.store())
    key = f"book-{path.stem[:32]}"
    with st.spinner("Reading the plan ...", show_time=True):
        request = {"do": "plan_book", "path": str(path), "out": str(plan_path(key)), "store": str(path.parent)}
        job = jobs.Job(request, jobs.CHECK_SECONDS)
        job.wait(jobs.CHECK_SECONDS + 30)
    if job.answer.get("kind") != "read":
        return {"taken": False, "sentence": str(job.answer.get("sentence") or job.sentence)}
    _books()[key] = shown(name)
    return {"taken": True, "sentence": f"{name} was read; it can be chosen below."}
