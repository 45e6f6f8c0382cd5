"""A briefing of a few pages: its content once, written as an HTML file, as a Word file, or for the app's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from app.session import coarse
from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.standing import standing_of_plan
from planner.results import headline, held_back, status_sentence, views
from planner.results.division import PARTS, UNITS
from planner.results.documents import Block, Heading, Items, Table, Text, html_document, html_of
from planner.results.frames import say_date
from planner.results.going_on import comparison_words, remarks
from planner.results.headlines import TITLES
from planner.results.summary import DIFFERENCE, LAST, against
from planner.results.views import check_sentence, not_kept
from planner.results.word import word_document
from planner.sheets import Outcomes, Time
from planner.wording.dates import days, moment
from planner.wording.figures import MISSING, change, figure

MOST_DECISIONS, MOST_WEAK = 30, 12
"""Reforms and weak figures that are listed."""


@dataclass(frozen=True)
class Brief:
    """What goes into a briefing. `others` are alternatives: their names and plans; `front` sentences of trade-offs.

    `ranges` says how far results may be off; `link` restores workbook and settings in the app.
    """

    case: Case
    plan: Plan
    name: str
    command: str
    source: str
    sha256: str
    others: Sequence[tuple[str, Plan]] = ()
    prices: Sequence[str] = ()
    front: Sequence[str] = ()
    ranges: Sequence[str] = ()
    limits: Sequence[str] = ()
    origin: str = ""
    link: str = ""
    made: datetime = field(default_factory=datetime.now)


def document(brief: Brief) -> str:
    """The whole HTML file."""
    return html_document(_title(brief), blocks(brief))


def word(brief: Brief) -> bytes:
    """The content of a .docx file."""
    return word_document(_title(brief), blocks(brief), brief.made)


def _title(brief: Brief) -> str:
    """What it is called."""
    return f"{brief.case.name or 'Plan'}: briefing"


def preview(brief: Brief) -> str:
    """The same for the app's page, which has a title of its own; its looks stand in app/static/planner.css."""
    text = html_of(blocks(brief)).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return f'<div class="brief">{text}</div>'


def blocks(brief: Brief) -> list[Block]:
    """The content of the briefing, part by part."""
    parts = (_head, _achieves, _division, _decisions, _held, _others, _front, _assumptions, _limits, _record)
    return [block for part in parts for block in part(brief)]


def _head(brief: Brief) -> Iterator[Block]:
    """Title, what it is about, how sure it is."""
    case, plan = brief.case, brief.plan
    first, last = case.origin, case.date(case.horizon - 1.0)
    span = days(first, last)
    if brief.origin:
        sure = f"This plan is {brief.origin}; it is not the best by the workbook's weights."
    else:
        sure = status_sentence(plan)
    yield Heading(1, case.name or "Plan")
    yield Text(f"Briefing on the plan \u201c{brief.name}\u201d, {span}.")
    yield Text(standing_of_plan(plan, case).line, "small")
    if rough := coarse.rough(case, plan.record.grid):
        yield Text(f"Coarse: {rough[:1].lower()}{rough[1:]} Solve the plan on that before a figure is quoted.")
    broken = not_kept(case, plan)
    if broken:
        yield Text("Promises that are not kept:")
        yield Items(broken)
    yield Text(f"{sure} {check_sentence(plan)}".strip(), "sure")


def _achieves(brief: Brief) -> Iterator[Block]:
    """Headline outcomes: last actual, continuation, plan, difference; and how far they may be off."""
    head = headline(brief.plan, brief.case)
    rows = head[head["Headline"] != ""] if (head["Headline"] != "").any() else head
    without = rows["Outcome"].map(brief.plan.compared_with)
    table = pd.DataFrame(
        {
            "Outcome": rows["What it is"],
            "Unit": rows["Unit"],
            "Last actual a year": [figure(v, u) for v, u in zip(rows[LAST], rows["Unit"], strict=True)],
            against(brief.plan).capitalize(): [figure(v, u) for v, u in zip(without, rows["Unit"], strict=True)],
            "Plan": [figure(v, u) for v, u in zip(rows["Plan total"], rows["Unit"], strict=True)],
            "Difference": [change(v, u) for v, u in zip(rows[DIFFERENCE], rows["Unit"], strict=True)],
            "Better is": rows["Wanted"],
        }
    )
    yield Heading(2, "What the plan achieves")
    if rows[LAST].isna().all():
        table = table.drop(columns="Last actual a year")
    yield Text(comparison_words(brief.case, brief.plan))
    figures = ("Last actual a year", against(brief.plan).capitalize(), "Plan", "Difference")
    yield Table(table, tuple(name for name in figures if name in table))
    if said := remarks(brief.case, brief.plan):
        yield Items(said)
    if brief.ranges:
        yield Heading(3, "How far the results may be off")
        yield Items(brief.ranges)


def _division(brief: Brief) -> Iterator[Block]:
    """Money, officers, visas and slots by country and phase."""
    found = views.division(brief.case, brief.plan)
    phases_said = "; ".join(
        f"{row.phase}: {row.label or row.phase}, {say_date(row.starts)} to {say_date(row.ends)}"
        for row in brief.case.of(Time)
    )
    yield Heading(2, "Who gets what")
    yield Text(f"{phases_said}.", "small")
    for part in PARTS:
        laid = found[part]
        whole = "Plan average" if part == "officers" else "Plan total"
        some = laid[laid[whole].abs() > 1e-9].sort_values(whole, ascending=False, kind="stable", key=steps)
        yield Heading(3, f"{TITLES[part]}, {UNITS[part]}")
        if some.empty:
            yield Text("Nothing is given.")
            continue
        phases = [c for c in some.columns if c in {p.name for p in brief.case.phases}]
        shown = some[["Country", *phases, whole]].copy()
        for column in [*phases, whole]:
            shown[column] = [figure(v, UNITS[part]) for v in shown[column]]
        yield Table(shown, (*phases, whole))


def _decisions(brief: Brief) -> Iterator[Block]:
    """Reforms and openings that are taken."""
    found = views.reforms(brief.case, brief.plan)
    taken = found[found["Taken"] == "yes"][["Reform", "Decided on", "In force from", "Who decides"]].astype(str)
    if taken.empty:
        yield Heading(2, "Decisions")
        yield Text("No reform is taken.")
        return
    yield Heading(2, f"Decisions: {len(taken)} of {len(found)} reforms")
    yield Table(taken.head(MOST_DECISIONS))
    if len(taken) > MOST_DECISIONS:
        yield Text(f"... and {len(taken) - MOST_DECISIONS} more in the plan workbook.", "small")


def _held(brief: Brief) -> Iterator[Block]:
    """What held the plan back, and what one more would be worth."""
    yield Heading(2, "What held the plan back")
    yield Items(held_back(brief.case, brief.plan) or ["Nothing in particular: no limit is reached for long."])
    if brief.prices:
        yield Heading(3, "What one more would be worth")
        yield Items(brief.prices)


def _others(brief: Brief) -> Iterator[Block]:
    """Alternatives beside the plan, headline outcomes only."""
    yield Heading(2, "Alternatives")
    if not brief.others:
        yield Text("No other plan was made in this session, so there is nothing to compare with.")
        return
    rows = [row for row in brief.case.of(Outcomes) if row.headline] or list(brief.case.of(Outcomes))
    plans = [("This plan", brief.plan), *((chr(65 + n), plan) for n, (_, plan) in enumerate(brief.others))]
    table = pd.DataFrame({"Outcome": [f"{r.outcome}, {r.unit} ({r.better} is better)" for r in rows]})
    for name, plan in plans:
        values = dict(zip(plan.tables["outcomes"]["outcome"], plan.tables["outcomes"]["value"], strict=True))
        table[name] = [figure(values.get(r.outcome), r.unit) for r in rows]
    yield Items([f"{chr(65 + n)}: {name}" for n, (name, _) in enumerate(brief.others)])
    yield Table(table, tuple(name for name, _ in plans))


def _front(brief: Brief) -> Iterator[Block]:
    """Trade-offs in sentences."""
    if brief.front:
        yield Heading(2, "Trade-offs")
        yield Items(brief.front)


def _assumptions(brief: Brief) -> Iterator[Block]:
    """What the figures rest on, by grade; the weakest by name."""
    found = views.evidence(brief.case)
    yield Heading(2, "Assumptions by grade" if not found.empty else "Assumptions")
    if found.empty:
        yield Text("This workbook names no evidence.")
        return
    counts = found["Grade"].value_counts()
    told = ", ".join(f"{counts[g]} {words}" for g, words in brief.case.grades.items() if g in counts)
    yield Text(f"{len(found)} figures: {told}.")
    weak = found[found["Grade"].isin(["U", "A"])]
    weak = weak.assign(uses=[text.count(";") + bool(text) for text in weak["Rows that use it"]])
    weak = weak.sort_values("uses", ascending=False, kind="stable", key=steps).head(MOST_WEAK)
    if len(weak):
        table = weak[["What it says", "Grade", "uses"]].rename(columns={"uses": "Rows that use it"})
        yield Text("The assumptions and unverified figures on which most rows rest deserve the first look:")
        yield Table(table.astype(str), ("Rows that use it",))


def _limits(brief: Brief) -> Iterator[Block]:
    """What the model does not know."""
    if brief.limits:
        yield Heading(2, "What the model does not know")
        yield Items(brief.limits)


def _record(brief: Brief) -> Iterator[Block]:
    """How to find the plan again."""
    kept, plan = brief.plan.record, brief.plan
    versions = ", ".join(f"{name} {version}" for name, version in sorted(kept.versions.items()))
    rows = {
        "Workbook": f"{brief.source}, SHA-256 {brief.sha256}",
        "Scenario": kept.scenario or "as the workbook says",
        "Periods": kept.grid,
        "Score": f"{figure(plan.objective)} points",
        "No plan can score more than": f"{figure(plan.bound)} points" if plan.bound is not None else MISSING,
        "Solved": kept.solved_at,
        "Versions": versions,
        **({"Link": brief.link} if brief.link else {}),
        "This briefing": moment(brief.made),
    }
    yield Heading(2, "Record")
    yield Text("The same plan from the command line:")
    yield Text(brief.command, "code")
    yield Table(pd.DataFrame({"What": list(rows), "Value": list(rows.values())}))
    yield Text("It advises; people decide.", "small")


def front_lines(answer: Mapping[str, Any], exchange: Sequence[str]) -> list[str]:
    """What a front says, for a briefing: its ends and its exchange rates around the knee."""
    y, x = answer["names"][:2]
    first, last = answer["points"][0]["values"], answer["points"][-1]["values"]
    head = (
        f"{len(answer['points'])} plans between the best of {y} ({figure(first[y])}, with {figure(first[x])} of {x}) "
        f"and the best of {x} ({figure(last[x])}, with {figure(last[y])} of {y}); none beats another in both."
    )
    return [head, *exchange]
