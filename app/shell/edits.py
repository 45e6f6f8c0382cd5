"""Small changes of cells on the page Data: each is a line for `--set`, tried before it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from app.charts.widgets import plain
from app.shell import state
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.cells.raw import digits
from planner.sheets import Column, Row, columns

BLANK = "blank"
"""The word that clears a cell."""


@dataclass(frozen=True)
class Mark:
    """Where a cell's value comes from: what it is now and, where it was changed, what it was."""

    now: str
    before: str
    default: bool
    changed: bool


def text_of(row: Row, field: str) -> str:
    """A cell's value as a person would type it; empty for a blank cell."""
    value = getattr(row, field)
    if field in row.defaulted or value is None or value in ("", ()):
        return ""
    return said(value)


def said(value: object) -> str:
    """A value as text."""
    if isinstance(value, tuple):
        return "; ".join(str(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return digits(value, 10)
    return value.isoformat() if isinstance(value, date) else str(value)


def present() -> Case:
    """The case with the scenario and every change at the side."""
    source, wish = st.session_state.source, state.wish_now()
    return state.case_of(source.path, source.sha256, wish.scenario, wish.sets)


def line(row: Row, column: Column, typed: str) -> str:
    """The change as `--set` takes it."""
    return f"{row.SHEET}!{row.id}.{column.name}={typed.strip() or BLANK}"


def take(change: str) -> str:
    """Try a change and take it; returns why not, in words, or nothing."""
    source, wish = st.session_state.source, state.wish_now()
    name = change.rpartition("=")[0]
    sets = (*(s for s in wish.sets if s.rpartition("=")[0] != name), change)
    try:
        state.case_of(source.path, source.sha256, wish.scenario, sets)
    except InvalidCaseError as error:
        wrong = [p for p in error.problems if p.severity != "warning"]
        reasons = " ".join(f"{p.address}: {p.found} {p.mend}" for p in wrong[:3])
        return f"Not taken over: {change}. {reasons}"
    state.add_changes((change,))
    return ""


def edited(sheet: str, key: str) -> None:
    """Take over what was typed into a grid, cell by cell; what cannot be is told and put back."""
    found: Mapping[str, Mapping[str, str | None]] = st.session_state[key]["edited_rows"]
    rows = {kind.SHEET: held for kind, held in present().rows.items()}.get(sheet, ())
    refused = []
    for position, cells in found.items():
        row = rows[int(position)]
        known = {c.name: c for c in columns(type(row))}
        for header, typed in cells.items():
            column = known.get(header.partition(" | ")[0])
            if column is None or column.key:
                continue
            if (typed or "").strip() != text_of(row, column.field):
                refused.append(take(line(row, column, typed or "")))
    st.session_state.edit_refused = [words for words in refused if words]
    st.session_state.edit_version = int(st.session_state.get("edit_version", 0)) + 1


def mark(row: Row, field: str, before: Row | None) -> Mark:
    """Where one cell's value comes from."""
    now = said(getattr(row, field)) if getattr(row, field) not in (None, "", ()) else ""
    old = "" if before is None or getattr(before, field) in (None, "", ()) else said(getattr(before, field))
    return Mark(now, old, field in row.defaulted, before is None or now != old)


def changes_in_words(case: Case) -> dict[str, str]:
    """Every change of a cell by its `--set` line: which cell, from what to what."""
    found = {}
    for told in case.changes:
        words, _, by = told.rpartition(" (--set '")
        if words:
            found[by.removesuffix("')")] = words
    return found


def saved(path: str, sets: Sequence[str]) -> bytes:
    """The workbook with the changes in its cells, everything else of it kept."""
    from app.tasks import jobs

    with TemporaryDirectory() as folder:
        out = Path(folder) / "changed.xlsx"
        job = jobs.Job({"do": "changed", "path": path, "out": str(out), "sets": list(sets)}, jobs.CHECK_SECONDS)
        job.wait(jobs.CHECK_SECONDS + 30)
        return out.read_bytes()


def refusals() -> None:
    """What was typed and could not be taken over."""
    told: list[str] = st.session_state.get("edit_refused", [])
    for words in told:
        st.error(plain(words))
