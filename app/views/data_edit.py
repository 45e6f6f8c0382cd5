"""Data, second part: what is in the workbook that is open, small changes with undo, sources, the workbook to keep."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.charts.widgets import bullets, plain, reading_table, table
from app.session.store import Source
from app.shell import edits, state
from planner.case import Case
from planner.results import views
from planner.sheets import BY_NAME, Column, Row, columns
from planner.wording.figures import count, exact
from planner.wording.units import counted

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOK, EDIT = "Look", "Change cells"
PENCIL = "\u270e"
"""Sign of a changed cell."""


def contents() -> None:
    """Every sheet with units, sources and grades; small changes."""
    case, base = edits.present(), state.base_case()
    st.header("3. What is in the workbook that is open", anchor=False)
    st.markdown(f"**{plain(case.name)}**. {grades(case)}")
    told(case)
    filled = [kind.SHEET for kind in BY_NAME.values() if case.of(kind)]
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    chosen = left.selectbox(
        "Sheet", filled, key="sheet", format_func=lambda n: f"{n} ({counted(len(case.of(BY_NAME[n])), 'row')})"
    )
    way = right.segmented_control("What to do", [LOOK, EDIT], default=LOOK, required=True, key="edit_way")
    kind = BY_NAME[chosen]
    st.markdown(plain(kind.PURPOSE))
    edits.refusals()
    if way == EDIT:
        grid(case, chosen)
    else:
        look(case, base, chosen)
    one_cell(case, chosen)
    with st.expander("What each column means"):
        helps = [f"{header(c)}: {c.help}" + (f" (blank: {c.blank})" if c.blank else "") for c in columns(kind)]
        bullets(helps)
    sources(case, chosen)
    changes(case)


def told(case: Case) -> None:
    """What a reader should check."""
    if case.warnings:
        with st.expander(f"Warnings: {len(case.warnings)}"):
            bullets([str(problem) for problem in case.warnings])


def header(column: Column) -> str:
    """Header with its unit."""
    return f"{column.name}, {column.unit}" if column.unit and column.unit != "date" else str(column.name)


def shown_columns(rows: tuple[Row, ...]) -> list[Column]:
    """Columns that anybody filled in."""
    kind = type(rows[0])
    return [c for c in columns(kind) if c.key or any(c.field not in row.defaulted for row in rows)]


def look(case: Case, base: Case, sheet: str) -> None:
    """The sheet as a table: defaults in brackets, changed cells with a pencil."""
    rows = case.of(BY_NAME[sheet])
    before = {row.id: row for row in base.of(BY_NAME[sheet])}
    used = shown_columns(rows)
    marks = [[edits.mark(row, c.field, before.get(row.id)) for c in used] for row in rows]
    frame = pd.DataFrame({header(c): [_shown(line[i]) for line in marks] for i, c in enumerate(used)})
    flat = [m for line in marks for m in line if m.now]
    changed, default = sum(m.changed for m in flat), sum(m.default and not m.changed for m in flat)
    source: Source = st.session_state.source
    origin = "were uploaded" if source.kind == "upload" else "stand in the workbook that the app opened"
    st.markdown(
        f"{count(len(flat) - changed - default)} cells {origin}. **(In brackets)**: {count(default)} cells were "
        "blank and took "
        f"the default of their column. **{PENCIL}**: {count(changed)} cells were changed, by a scenario, a lever or "
        "here."
    )
    table(frame, key=f"sheet_{sheet}", height=min(38 + 35 * len(frame), 560))


def _shown(mark: edits.Mark) -> str:
    """One cell as text with its mark."""
    now = _separated(mark.now)
    if mark.changed:
        return f"{now or 'blank'} {PENCIL} was {_separated(mark.before) or 'blank'}"
    return f"({now})" if mark.default and now else now


def _separated(text: str) -> str:
    """A figure with separators, any other text as it is."""
    try:
        return exact(float(text)) if text[:1].isdigit() or text[:1] == "-" else text
    except ValueError:
        return text


def grid(case: Case, sheet: str) -> None:
    """The sheet as a grid to type into: every cell is text, so that nothing is rounded or clipped in silence."""
    rows = case.of(BY_NAME[sheet])
    used = [c for c in columns(BY_NAME[sheet]) if c in shown_columns(rows) or c.numeric]
    names = {c.field: f"{c.name} | {c.unit}" if c.unit and c.unit != "date" else c.name for c in used}
    frame = pd.DataFrame({names[c.field]: [edits.text_of(row, c.field) for row in rows] for c in used})
    key = f"grid_{sheet}_{st.session_state.get('edit_version', 0)}"
    st.markdown(
        "Type into a cell and press Enter. Keys (first columns) stay. An empty cell takes the default of its column. "
        "Each change is checked like the whole workbook before it is taken over."
    )
    st.data_editor(
        frame, key=key, hide_index=True, num_rows="fixed", width="stretch", height=min(38 + 35 * len(frame), 480),
        disabled=[names[c.field] for c in used if c.key], on_change=edits.edited, args=(sheet, key),
        column_config={name: st.column_config.TextColumn(width="medium") for name in frame.columns},
    )  # fmt: skip


def one_cell(case: Case, sheet: str) -> None:
    """Change one cell without the grid: with the keyboard or a screen reader."""
    rows = {row.id: row for row in case.of(BY_NAME[sheet])}
    with st.expander("Change one cell without the grid", key="one_cell"):
        first, second, third, fourth = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
        name = first.selectbox("Row", list(rows), key=f"cell_row_{sheet}")
        known = {c.name: c for c in columns(BY_NAME[sheet]) if not c.key}
        column = second.selectbox(
            "Column", list(known), key=f"cell_column_{sheet}", format_func=lambda n: header(known[n])
        )
        now = edits.text_of(rows[name], known[column].field)
        typed = third.text_input(f"New value (now {now or 'blank'})", key="cell_value")
        fourth.button(
            "Change it", key="cell_take", on_click=_take, args=(edits.line(rows[name], known[column], typed),)
        )


def _take(change: str) -> None:
    """Take a change over, or say why not."""
    refused = edits.take(change)
    st.session_state.edit_refused = [refused] if refused else []


def sources(case: Case, sheet: str) -> None:
    """Evidence behind the sheet's figures."""
    rows = case.of(BY_NAME[sheet])
    named = " ".join(row.source for row in rows)
    found = views.evidence(case)
    mine = found[[str(name) in named for name in found["Id"]]]
    without = sum(not row.source and any(c.numeric for c in columns(type(row))) for row in rows)
    with st.expander(f"Sources and grades of this sheet: {len(mine)} pieces of evidence"):
        counts = pd.Series([case.grades[row.grade] for row in rows]).value_counts()
        st.markdown("Rows by grade: " + ", ".join(f"{n} {g}" for g, n in counts.items()) + ".")
        if without:
            st.markdown(f"{counted(without, 'row')} with figures name no source.")
        if len(mine):
            columns_ = ["Id", "What it says", "Central", "Unit", "Grade", "Published", "Source"]
            reading_table(mine[columns_].astype({"Central": str}).head(40))


def changes(case: Case) -> None:
    """Everything that was changed, each edit with its undo; the workbook with all of it."""
    st.header("4. Your changes, and the workbook to keep", anchor=False)
    words, mine = edits.changes_in_words(case), state.extra()
    others = [str(told) for told in case.changes if told.line not in mine]
    if not mine and not others:
        st.markdown("Nothing is changed: the plan is made from the workbook as it is.")
    if mine:
        st.markdown(f"**{counted(len(mine), 'cell')} changed here**, the last one first:")
    for number, one in enumerate(reversed(mine)):
        left, right = st.columns([6, 1], vertical_alignment="center")
        left.markdown(f"- {plain(words.get(one, one))}")
        right.button("Undo", key=f"undo_{number}", on_click=state.drop_change, args=(one,), width="stretch")
    if others:
        with st.expander(f"Changed by levers or the scenario: {counted(len(others), 'cell or group of cells')}"):
            bullets(others)
    sets = state.wish_now().sets
    source: Source = st.session_state.source
    st.download_button(
        "Download the workbook with these changes", lambda: edits.saved(source.path, sets), "changed_case.xlsx", XLSX,
        on_click="ignore", key="get_changed", icon=":material/download:", disabled=not sets,
        help="Every other cell, comment, colour and sheet stays; each changed cell says in a comment what it was.",
    )  # fmt: skip
    if sets:
        st.markdown(
            ":small[Your changes also stand in the address of this page: a bookmark or a copied link brings them back.]"
        )


def grades(case: Case) -> str:
    """How many rows rest on what grade of evidence."""
    counts: dict[str, int] = dict.fromkeys(case.grades, 0)
    for kind, rows in case.rows.items():
        if any(c.numeric for c in columns(kind)):
            for row in rows:
                counts[row.grade] += 1
    listed = [f"{count(number)} {case.grades[grade]}" for grade, number in counts.items() if number]
    return f"Rows with figures by grade of their evidence: {', '.join(listed)}." if listed else ""
