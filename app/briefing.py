"""A briefing of a few pages as one HTML file: it opens in any browser, prints to PDF, and fetches nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

import pandas as pd

from app.show import NOTHING, change, figure
from planner.case import Case
from planner.plan import Plan
from planner.results import headline, held_back, status_sentence, views
from planner.results.division import PARTS, UNITS
from planner.results.frames import say_date
from planner.results.pages import DIVISION_TITLES
from planner.results.summary import DIFFERENCE
from planner.results.views import check_sentence
from planner.sheets import Outcomes, Time

GRADES = {"S": "sourced", "D": "derived from sourced figures", "A": "assumption", "U": "unverified", "": "no grade"}
STYLE = """
body{font:11pt/1.45 Georgia,'Times New Roman',serif;color:#111;background:#fff;
max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .4rem}h2{font-size:1.2rem;margin:1.6rem 0 .4rem;break-after:avoid}
h3{font-size:1rem;margin:1rem 0 .2rem;break-after:avoid}
table{border-collapse:collapse;width:100%;font:9.5pt/1.35 Arial,sans-serif;margin:.4rem 0}
th,td{border-bottom:1px solid #bbb;padding:.2rem .4rem;text-align:left;vertical-align:top}tr{break-inside:avoid}
td.n,th.n{text-align:right;white-space:nowrap}
p.sure{border-left:4px solid #0B5C8A;padding:.3rem .7rem;background:#eef5fa}
pre{white-space:pre-wrap;font-size:8.5pt;background:#f4f4f4;padding:.4rem}.small{font-size:9.5pt;color:#333}
@page{size:A4;margin:18mm}@media print{body{margin:0;max-width:none;padding:0}}
"""

PREVIEW = """
.brief table{border-collapse:collapse;width:100%;font-size:.85rem;margin:.4rem 0}
.brief th,.brief td{border-bottom:1px solid rgba(128,128,128,.5);padding:.2rem .4rem;text-align:left;vertical-align:top}
.brief td.n,.brief th.n{text-align:right;white-space:nowrap}
.brief p.sure{border-left:4px solid #2A86B8;padding:.2rem .7rem}
.brief pre{white-space:pre-wrap;font-size:.8rem}.brief{max-width:50rem}
"""
"""How it looks on the page: the same text in the colours of the app."""


@dataclass(frozen=True)
class Brief:
    """What goes into a briefing. `others` are alternatives: their names and plans; `front` sentences of trade-offs."""

    case: Case
    plan: Plan
    name: str
    command: str
    source: str
    sha256: str
    others: Sequence[tuple[str, Plan]] = ()
    prices: Sequence[str] = ()
    front: Sequence[str] = ()
    limits: Sequence[str] = ()
    origin: str = ""
    made: datetime = field(default_factory=datetime.now)


def document(brief: Brief) -> str:
    """The whole file."""
    title = escape(brief.case.name or "Plan")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}: briefing</title><style>{STYLE}</style></head><body>{body(brief)}</body></html>"
    )


def preview(brief: Brief) -> str:
    """The same for the app's page, which has a title of its own."""
    text = body(brief).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return f'<style>{PREVIEW}</style><div class="brief">{text}</div>'


def body(brief: Brief) -> str:
    """The text of the briefing, part by part."""
    parts = (_head, _achieves, _division, _decisions, _held, _others, _front, _assumptions, _limits, _record)
    return "".join(part(brief) for part in parts)


def _head(brief: Brief) -> str:
    """Title, what it is about, how sure it is."""
    case, plan = brief.case, brief.plan
    first, last = case.origin, case.date(case.horizon - 1.0)
    span = f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    if brief.origin:
        sure = f"This plan is {brief.origin}; it is not the best by the workbook's weights."
    else:
        sure = status_sentence(plan)
    return (
        f"<h1>{escape(case.name or 'Plan')}</h1><p>Briefing on the plan \u201c{escape(brief.name)}\u201d, {span}.</p>"
        f'<p class="sure">{escape(f"{sure} {check_sentence(plan)}".strip())}</p>'
    )


def _achieves(brief: Brief) -> str:
    """Headline outcomes against doing nothing."""
    head = headline(brief.plan, brief.case)
    rows = head[head["Headline"] != ""] if (head["Headline"] != "").any() else head
    table = pd.DataFrame(
        {
            "Outcome": rows["What it is"],
            "Unit": rows["Unit"],
            "Plan": rows["Plan total"].map(figure),
            "Doing nothing": rows["Doing nothing"].map(figure),
            "Difference": [change(None if pd.isna(v) else float(v)) for v in rows[DIFFERENCE]],
            "Better is": rows["Wanted"],
        }
    )
    lead = "Doing nothing is the same model with no decision taken: only what is already under way goes on."
    return f"<h2>What the plan achieves</h2><p>{lead}</p>{_table(table, ('Plan', 'Doing nothing', 'Difference'))}"


def _division(brief: Brief) -> str:
    """Money, officers, visas and slots by country and phase."""
    found = views.division(brief.case, brief.plan)
    phases_said = "; ".join(
        f"{row.phase}: {row.label or row.phase}, {say_date(row.starts)} to {say_date(row.ends)}"
        for row in brief.case.of(Time)
    )
    said = [f'<h2>Who gets what</h2><p class="small">{escape(phases_said)}.</p>']
    for part in PARTS:
        laid = found[part]
        whole = "Plan average" if part == "officers" else "Plan total"
        some = laid[laid[whole].abs() > 1e-9].sort_values(whole, ascending=False, kind="stable")
        heading = f"<h3>{escape(DIVISION_TITLES[part][0])}, {escape(UNITS[part])}</h3>"
        if some.empty:
            said.append(f"{heading}<p>Nothing is given.</p>")
            continue
        phases = [c for c in some.columns if c in {p.name for p in brief.case.phases}]
        shown = some[["Country", *phases, whole]].copy()
        for column in [*phases, whole]:
            shown[column] = shown[column].map(figure)
        said.append(heading + _table(shown, (*phases, whole)))
    return "".join(said)


def _decisions(brief: Brief) -> str:
    """Reforms and openings that are taken."""
    found = views.reforms(brief.case, brief.plan)
    taken = found[found["Taken"] == "yes"][["Reform", "Decided on", "In force from", "Who decides"]].astype(str)
    if taken.empty:
        return "<h2>Decisions</h2><p>No reform is taken.</p>"
    return f"<h2>Decisions: {len(taken)} of {len(found)} reforms</h2>{_table(taken.head(30))}" + (
        f"<p class='small'>... and {len(taken) - 30} more in the plan workbook.</p>" if len(taken) > 30 else ""
    )


def _held(brief: Brief) -> str:
    """What held the plan back, and what one more would be worth."""
    lines = held_back(brief.case, brief.plan) or ["Nothing in particular: no limit is reached for long."]
    said = f"<h2>What held the plan back</h2>{_list(lines)}"
    return said + (f"<h3>What one more would be worth</h3>{_list(brief.prices)}" if brief.prices else "")


def _others(brief: Brief) -> str:
    """Alternatives beside the plan, headline outcomes only."""
    head = "<h2>Alternatives</h2>"
    if not brief.others:
        return f"{head}<p>No other plan was made in this session, so there is nothing to compare with.</p>"
    rows = [row for row in brief.case.of(Outcomes) if row.headline] or list(brief.case.of(Outcomes))
    plans = [("This plan", brief.plan), *((chr(65 + n), plan) for n, (_, plan) in enumerate(brief.others))]
    table = pd.DataFrame({"Outcome": [f"{r.outcome}, {r.unit} ({r.better} is better)" for r in rows]})
    for name, plan in plans:
        values = dict(zip(plan.tables["outcomes"]["outcome"], plan.tables["outcomes"]["value"], strict=True))
        table[name] = [figure(values.get(r.outcome)) for r in rows]
    names = _list([f"{chr(65 + n)}: {name}" for n, (name, _) in enumerate(brief.others)])
    return head + names + _table(table, tuple(name for name, _ in plans))


def _front(brief: Brief) -> str:
    """Trade-offs in sentences."""
    return f"<h2>Trade-offs</h2>{_list(brief.front)}" if brief.front else ""


def _assumptions(brief: Brief) -> str:
    """What the figures rest on, by grade; the weakest by name."""
    found = views.evidence(brief.case)
    if found.empty:
        return "<h2>Assumptions</h2><p>This workbook names no evidence.</p>"
    counts = found["Grade"].value_counts()
    told = ", ".join(f"{counts[g]} {words}" for g, words in GRADES.items() if g in counts)
    weak = found[found["Grade"].isin(["U", "A"])]
    weak = weak.assign(uses=[text.count(";") + bool(text) for text in weak["Rows that use it"]])
    weak = weak.sort_values("uses", ascending=False, kind="stable").head(12)
    table = weak[["What it says", "Grade", "uses"]].rename(columns={"uses": "Rows that use it"})
    lead = "The assumptions and unverified figures on which most rows rest deserve the first look:"
    listed = f"<p>{lead}</p>{_table(table.astype(str), ('Rows that use it',))}" if len(weak) else ""
    return f"<h2>Assumptions by grade</h2><p>{len(found)} figures: {escape(told)}.</p>{listed}"


def _limits(brief: Brief) -> str:
    """What the model does not know."""
    return f"<h2>What the model does not know</h2>{_list(brief.limits)}" if brief.limits else ""


def _record(brief: Brief) -> str:
    """How to find the plan again."""
    kept, plan = brief.plan.record, brief.plan
    versions = ", ".join(f"{name} {version}" for name, version in sorted(kept.versions.items()))
    rows = {
        "Workbook": f"{brief.source}, SHA-256 {brief.sha256}",
        "Scenario": kept.scenario or "as the workbook says",
        "Periods": kept.grid,
        "Score": f"{figure(plan.objective)} points",
        "No plan can score more than": f"{figure(plan.bound)} points" if plan.bound is not None else NOTHING,
        "Solved": kept.solved_at,
        "Versions": versions,
        "This briefing": f"{brief.made:%Y-%m-%d %H:%M}",
    }
    table = pd.DataFrame({"What": list(rows), "Value": list(rows.values())})
    note = "It advises; people decide."
    return (
        f"<h2>Record</h2><p>The same plan from the command line:</p><pre>{escape(brief.command)}</pre>{_table(table)}"
        f'<p class="small">{note}</p>'
    )


def _list(lines: Sequence[str]) -> str:
    """Sentences as a list."""
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _table(frame: pd.DataFrame, right: Sequence[str] = ()) -> str:
    """A table with its figures to the right; every text is text."""
    kinds = ["n" if c in right else "" for c in frame.columns]
    head = "".join(
        f'<th scope="col" class="{k}">{escape(str(c))}</th>' for c, k in zip(frame.columns, kinds, strict=True)
    )
    rows = "".join(
        "<tr>" + "".join(f'<td class="{k}">{_cell(v)}</td>' for v, k in zip(row, kinds, strict=True)) + "</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: Any) -> str:
    """One cell as text."""
    text = str(value)
    return escape(text) if text not in ("", "nan", "None", "NaT") else NOTHING


def front_lines(answer: Mapping[str, Any], exchange: Sequence[str]) -> list[str]:
    """What a front says, for a briefing: its ends and its exchange rates around the knee."""
    y, x = answer["names"]
    first, last = answer["points"][0]["values"], answer["points"][-1]["values"]
    head = (
        f"{len(answer['points'])} plans between the best of {y} ({figure(first[y])}, with {figure(first[x])} of {x}) "
        f"and the best of {x} ({figure(last[x])}, with {figure(last[y])} of {y}); none beats another in both."
    )
    return [head, *exchange]
