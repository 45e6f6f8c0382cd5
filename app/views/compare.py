"""Compare: up to four plans side by side: inputs, decisions, outcomes, and what made the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import AXIS, bullets, plain, reading_table, table
from app.session.store import Source, Wish, plan_path
from app.shell import page_frame, plan_workbooks, state
from app.tasks import questions
from planner.analyses.comparing import COLUMN, COMPARE, CompareQuestion
from planner.case import Case
from planner.explain import ComparedCase, compare
from planner.explain.compare import Comparison
from planner.ordering import steps
from planner.plan import Plan, Status
from planner.results.summary import against
from planner.sheets import BY_NAME, Outcomes, columns
from planner.wording.figures import change, count, figure, share

MOST = 4
"""Plans side by side."""
SHORT = 25
"""Rows up to which amounts stand in a table that is printed whole."""
OBJECTIVE = "objective"


@dataclass(frozen=True)
class Side:
    """One plan of the comparison: its letter, its name, its case if the workbook is at hand."""

    letter: str
    name: str
    plan: Plan
    case: Case | None
    source: Source | None = None
    wish: Wish | None = None
    origin: str = ""
    key: str = ""


def page() -> None:
    """Draw the page."""
    page_frame.title(
        "Compare", "Up to four plans side by side: what was put in, what is decided, what comes out, and what made the "
        "difference.",
    )  # fmt: skip
    plan_workbooks.upload()
    known = {**{key: state.name_of(plan) for key, plan in state.shelf().items()}, **plan_workbooks.names()}
    if len(known) < 2:
        st.info(
            "There is only one plan so far. Move a lever and press **Solve**, send a plan here from **Trade-offs**, or "
            "upload a plan workbook: every plan that you have seen is kept here."
        )
        return
    chosen, reference = _choose(known)
    if len(chosen) < 2 or reference is None:
        st.markdown("Choose at least two plans.")
        return
    order = [reference, *[key for key in chosen if key != reference]]
    sides = [_side("ABCD"[n], key, known[key]) for n, key in enumerate(order)]
    legend(sides)
    warnings(sides)
    found = _compared(tuple(order), sides)
    only = st.toggle("Only what differs", value=True, key="compare_only")
    outcomes(sides, found, only=only)
    inputs(sides, found)
    decisions(sides, found, only=only)
    for side in sides[1:]:
        cause(sides[0], side)


def _choose(known: Mapping[str, str]) -> tuple[list[str], str | None]:
    """Which plans, and which of them is the reference."""
    keys = list(known)
    if "compare_keys" not in st.session_state:
        shown = st.session_state.get("shown")
        first = [shown.key] if shown is not None and shown.key in known else []
        st.session_state.compare_keys = [*first, *[key for key in reversed(keys) if key not in first]][:MOST]
    st.session_state.compare_keys = [key for key in st.session_state.compare_keys if key in known]
    chosen = st.multiselect(
        "Plans to compare, two to four", keys, key="compare_keys", max_selections=MOST,
        format_func=lambda key: known.get(key, key),
    )  # fmt: skip
    if not chosen:
        return [], None
    reference = st.selectbox(
        "Reference: the others are compared with it", chosen, format_func=lambda key: known.get(key, key),
        key="compare_reference",
    )  # fmt: skip
    return chosen, reference


def _side(letter: str, key: str, name: str) -> Side:
    """One plan with its case."""
    book = plan_workbooks.book(key)
    if book is not None:
        return Side(letter, name, book.plan, book.case, book.source)
    shown = state.shelf()[key]
    case = state.case_of(shown.source.path, shown.source.sha256, shown.wish.scenario, shown.wish.sets)
    return Side(letter, name, state.plan_at(key), case, shown.source, shown.wish, shown.origin, key)


def legend(sides: Sequence[Side]) -> None:
    """Which letter is which plan."""
    said = [
        f"**{s.letter}**{' (reference)' if not n else ''} {plain(s.name)}: {plain(_sure(s))}, {_periods(s)}"
        for n, s in enumerate(sides)
    ]
    st.markdown("\n".join(f"- {line}" for line in said))


def _sure(side: Side) -> str:
    """How sure a plan is, in a few words."""
    if side.origin or side.plan.gap is None:
        return "not the best by the workbook's weights" if side.origin else "distance to the best not known"
    if side.plan.gap < 5e-6:
        return "proven best"
    return f"proven within {share(side.plan.gap)}" if side.plan.status is Status.OPTIMAL else "gap open"


def _periods(side: Side) -> str:
    """In which grid a plan counts, marked where its workbook asks for another one."""
    used = plain(side.plan.record.grid)
    own = side.case.grid().name if side.case is not None else side.plan.record.grid
    rough = f" :orange-badge[coarse] (the workbook's own grid is {plain(own)})"
    return f"counted in {used}{rough if own != side.plan.record.grid else ''}"


def warnings(sides: Sequence[Side]) -> None:
    """What makes plans hard to compare."""
    first = sides[0]
    files = {s.source.sha256 if s.source else s.plan.record.input_sha256: s.letter for s in sides}
    if len(files) > 1:
        st.warning(
            "These plans come from **different data**: more than one workbook. A difference may come from the data and "
            "not from the decisions; look at the inputs first."
        )
    missing = [s.letter for s in sides if s.case is None]
    if missing:
        st.warning(
            f"The workbook behind {', '.join(missing)} is not at hand, so its inputs cannot be compared. Upload that "
            "workbook on Data to compare them too."
        )
    if any(s.plan.record.grid != first.plan.record.grid for s in sides):
        st.warning("These plans have different periods: finer periods see queues and staff more closely.")
    if any(s.plan.record.versions != first.plan.record.versions for s in sides):
        st.warning("These plans were made by different versions of the planner or of its solver.")


@st.cache_data(max_entries=12, show_spinner="Comparing ...")
def _compared(order: tuple[str, ...], _sides: Sequence[Side]) -> Comparison:  # noqa: ARG001 - the keys stand for the sides
    """Differences of every plan from the reference."""
    base = _sides[0].case or next((s.case for s in _sides if s.case is not None), Case({}))
    return compare([ComparedCase(s.letter, s.case or base, s.plan) for s in _sides])


def outcomes(sides: Sequence[Side], found: Comparison, *, only: bool) -> None:
    """Every outcome of every plan; what is smaller than the gaps is no difference."""
    st.header("What comes out", anchor=False)
    st.markdown(
        "Differences smaller than what the searches left open are called **no difference**. The first row adds up all "
        "outcomes with their weights."
    )
    changes = {(c.name, c.outcome): c for c in found.outcomes}
    units = dict(
        zip(sides[0].plan.tables["outcomes"]["outcome"], sides[0].plan.tables["outcomes"]["unit"], strict=True)
    )
    rows = []
    for name in [OBJECTIVE, *units]:
        here = [changes.get((s.letter, name)) for s in sides[1:]]
        if only and all(c is None or c.same for c in here):
            continue
        value = sides[0].plan.objective if name == OBJECTIVE else sides[0].plan.outcome(name)
        row = {
            "Outcome": "points, all outcomes" if name == OBJECTIVE else name,
            "Unit": "points" if name == OBJECTIVE else units[name],
            "A (reference)": figure(value),
        }
        for side, one in zip(sides[1:], here, strict=True):
            row[side.letter] = _against(one)
        rows.append(row)
    if not rows:
        st.markdown("No outcome differs by more than what the searches left open.")
        return
    reading_table(pd.DataFrame(rows))
    _panels(sides)


def _against(one: Any) -> str:
    """A value with its difference from the reference in words."""
    if one is None:
        return ""
    if one.same:
        return f"{figure(one.after)}: no difference"
    return f"{figure(one.after)}: {change(one.after - one.before)}, {'better' if one.better else 'worse'}"


def _panels(sides: Sequence[Side]) -> None:
    """Headline outcomes as small panels, each with its own scale."""
    case = next((s.case for s in sides if s.case is not None), None)
    if case is None:
        return
    kept, word = [row for row in case.of(Outcomes) if row.headline], against(sides[0].plan)
    rows = []
    for row in kept[:4]:
        title = f"{row.outcome}, {row.unit} ({row.better} is better)"
        for side in sides:
            values = dict(
                zip(side.plan.tables["outcomes"]["outcome"], side.plan.tables["outcomes"]["value"], strict=True)
            )
            rows += (
                [{"outcome": title, "plan": side.letter, "value": values[row.outcome]}] if row.outcome in values else []
            )
        without = sides[0].plan.compared_with.get(row.outcome)
        rows += [{"outcome": title, "plan": word, "value": without}] if without is not None else []
    if not rows:
        return
    letters = [s.letter for s in sides]
    spec = {
        "facet": {"field": "outcome", "type": "nominal", "sort": None, "title": None,
                  "header": {"labelLimit": 330, "labelFontSize": 12}},
        "columns": 2,
        "spec": {
            "width": 300, "height": {"step": 24},
            "mark": {"type": "bar"},
            "encoding": {
                "y": {"field": "plan", "type": "nominal", "sort": [*letters, word], "title": None,
                      "axis": AXIS},
                "x": {"field": "value", "type": "quantitative", "title": None, "axis": AXIS | {"format": ",.4~r"}},
                "color": {
                    "field": "plan", "type": "nominal", "legend": None,
                    "scale": {"domain": [*letters, word],
                              "range": [*["#0072B2", "#E69F00", "#009E73", "#CC79A7"][: len(letters)], "#8C8C8C"]},
                },
                "tooltip": [{"field": "plan", "title": "Plan"}, {"field": "outcome", "title": "Outcome"},
                            {"field": "value", "title": "Value", "format": ",.4~r"}],
            },
        },
        "resolve": {"scale": {"x": "independent"}},
    }  # fmt: skip
    alt = f"Headline outcomes of {len(sides)} plans and of {word}, a panel for each outcome."
    st.vega_lite_chart(pd.DataFrame(rows), spec, key="compare_panels", alt=alt)


def inputs(sides: Sequence[Side], found: Comparison) -> None:
    """Cells that differ, old and new, with their units."""
    st.header("What was put in", anchor=False)
    if not found.inputs:
        known = [s for s in sides if s.case is not None]
        st.markdown("No cell differs." if len(known) > 1 else "The inputs cannot be compared.")
        return
    units = {(kind.SHEET, c.name): c.unit for kind in BY_NAME.values() for c in columns(kind)}
    base = sides[0]
    by_letter = {s.letter: s for s in sides}
    rows = [
        {
            "Plan": i.name,
            "Cell": i.cell,
            "Row": i.row,
            "Column": i.column or "the whole row",
            f"{base.letter} (old)": i.before,
            "New": i.after,
            "Unit": units.get((i.sheet, i.column), ""),
            "Changed by": _origin(base, by_letter[i.name]),
        }
        for i in found.inputs
    ]
    counts = [f"{s.letter}: {count(sum(i.name == s.letter for i in found.inputs))}" for s in sides[1:]]
    st.markdown(f"Cells that differ from {base.letter}. {', '.join(counts)}.")
    if len(rows) <= 12:
        reading_table(pd.DataFrame(rows))
    else:
        table(pd.DataFrame(rows), key="compare_inputs", height=440)


def _origin(base: Side, other: Side) -> str:
    """What kind of change it is."""
    if base.source is not None and other.source is not None and base.source.sha256 == other.source.sha256:
        return "lever, scenario or cell at the side"
    return "another workbook"


def decisions(sides: Sequence[Side], found: Comparison, *, only: bool) -> None:
    """What is decided: yes or no first, then amounts."""
    st.header("What is decided", anchor=False)
    taken = [_taken(s.plan) for s in sides]
    every = sorted(set.intersection(*map(set, taken)))
    st.markdown(f"**In all of these plans** ({len(every)}): {plain(', '.join(every)) or 'no reform or opening'}.")
    some = sorted(set.union(*map(set, taken)) - set(every))
    moved = [n for n in every if len({t[n] for t in taken}) > 1]
    if some or moved:
        rows = [
            {"Decision": n, **{s.letter: t.get(n, "no") for s, t in zip(sides, taken, strict=True)}}
            for n in [*some, *moved]
        ]
        reading_table(pd.DataFrame(rows))
    else:
        st.markdown("No yes-or-no decision differs.")
    amounts = _amounts(sides)
    if only:
        touched = {(d.sheet, d.row) for d in found.decisions}
        amounts = amounts[[pair in touched for pair in zip(amounts["Sheet"], amounts["What"], strict=True)]]
    st.subheader(f"Amounts over the whole plan: {len(amounts)} rows", anchor=False)
    if amounts.empty:
        st.markdown("No amount differs by more than one per cent in any phase.")
    else:
        _amounts_table(amounts, [s.letter for s in sides], f"compare_amounts_{only}")
    by_phase = [d for d in found.decisions if d.phase]
    if by_phase:
        with st.expander(f"By phase, with the reason: {len(by_phase)}"):
            ordered = sorted(by_phase, key=lambda d: -_size(d))
            bullets([d.sentence for d in ordered[:60]])
            if len(ordered) > 60:
                st.markdown(f"... and {len(ordered) - 60} smaller ones.")


def _amounts_table(amounts: pd.DataFrame, letters: Sequence[str], key: str) -> None:
    """Amounts side by side: a short table is read and printed whole, a long one can be sorted and searched."""
    if len(amounts) > SHORT:
        widths = {"Sheet": 110, "What": 300, "Unit": 110, **dict.fromkeys(letters, 90)}
        table(amounts, key=key, height=480, widths=widths)
        return
    named = amounts.assign(What=[f"{w} ({s})" for w, s in zip(amounts["What"], amounts["Sheet"], strict=True)])
    reading_table(named[["What", *letters, "Unit"]])


def _size(decision: Any) -> float:
    """How large a change is for its size."""
    old, new = float(decision.before), float(decision.after)
    return abs(new - old) / max(abs(old), abs(new), 1e-9)


def _taken(plan: Plan) -> dict[str, str]:
    """Yes-or-no decisions that are taken, with their date."""
    found = plan.tables["switches"]
    return {
        f"{row} ({kind})": "from the start" if pd.isna(day) else str(day)
        for row, kind, taken, day in zip(found["row"], found["kind"], found["taken"], found["date"], strict=True)
        if taken
    }


def _amounts(sides: Sequence[Side]) -> pd.DataFrame:
    """Amounts of every row of the workbook over the whole plan, largest differences first."""
    parts = []
    for side in sides:
        acts = side.plan.tables["activities"]
        acts = acts[~acts["kind"].isin(["arrive", "soften", "site"])]
        parts.append(acts.groupby(["sheet", "row", "unit"])["level"].sum().rename(side.letter))
    laid = pd.concat(parts, axis=1).fillna(0.0)
    apart = (laid.max(axis=1) - laid.min(axis=1)) / laid.abs().max(axis=1).clip(lower=1e-9)
    laid = laid.loc[apart.sort_values(ascending=False, kind="stable", key=steps).index].reset_index()
    return laid.rename(columns={"sheet": "Sheet", "row": "What", "unit": "Unit"})


def cause(base: Side, other: Side) -> None:
    """What each changed input made of the difference, by solving mixtures of the two."""
    if base.case is None or other.case is None or base.source is None or other.source is None:
        return
    if base.source is None or base.wish is None or other.wish is None or base.origin or other.origin:
        return
    if (base.source.sha256, base.wish.sets, base.wish.scenario) == (
        other.source.sha256, other.wish.sets, other.wish.scenario,
    ):  # fmt: skip
        return
    st.header(f"What made {other.letter} differ from {base.letter}", anchor=False)
    told = {"name": other.letter, "path": other.source.path, "scenario": other.wish.scenario,
            "sets": list(other.wish.sets), "plan": str(plan_path(other.key))}  # fmt: skip
    wanted = CompareQuestion(attribution=True, by=COLUMN, gap=base.wish.gap)
    asked = questions.asks(COMPARE, wanted, base.source, base.wish, base.key, name=base.letter, others=[told])
    name = f"attribution_{other.letter}"
    if not questions.done(name, asked) and not questions.known(asked):
        st.markdown("Each group of changed inputs is put in alone and together with the others, and solved again.")
        st.button("Find out", key=f"go_{name}", on_click=questions.ask, args=(name, asked))
    found = questions.follow(name, asked, start=questions.known(asked))
    if found.answer is None or not found.current:
        return
    answer = found.answer["attribution"].get(other.letter)
    if answer is None:
        st.error("One of the two cases has no plan, so there is no difference to divide.")
        return
    fair = all(share["fair"] is not None for share in answer["shares"])
    rows = [
        {
            "Changed inputs": share["name"],
            "Cells": str(len(share["cells"])),
            "Makes, points": _made(share, answer["uncertain"], "fair" if fair else "alone"),
            "Alone it would make": _made(share, answer["uncertain"], "alone"),
        }
        for share in answer["shares"]
    ]
    st.markdown(f"**{plain(answer['note'])}**")
    reading_table(pd.DataFrame(rows))
    if fair:
        st.markdown("*Makes*: the mean over all orders in which the changes could be made; these add up to the whole.")


def _made(share: Mapping[str, Any], uncertain: float, field: str) -> str:
    """A share in words; smaller than the gap is no difference."""
    value = share[field]
    if value is None:
        return "no plan with this alone"
    return "no difference" if abs(value) <= uncertain + 1e-9 else f"{change(value)} points"
