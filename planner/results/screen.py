"""The headline for the terminal: how sure, what for whom, what held it back."""

from __future__ import annotations

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from planner.case import Case
from planner.plan import Plan, Status
from planner.results.frames import finite, phases, tidy
from planner.results.pages import division_totals
from planner.results.summary import DIFFERENCE, check_sentence, headline, held_back, status_sentence

WIDTH = 98
COLOURS = {Status.OPTIMAL: "bold green", Status.FEASIBLE: "bold yellow", Status.DISPUTED: "bold yellow"}


def figure(value: object, unit: str = "", *, change: bool = False) -> str:
    """Write a figure for people: people whole, money and staff with a decimal, small numbers with three digits."""
    number = finite(value)
    if number is None:
        return ""
    sign = "+" if change else ""
    digits = 1 if "million" in unit.lower() or "FTE" in unit else 0
    if 0 < abs(number) < 10 and digits == 0 and not float(number).is_integer():
        digits = 3 if abs(number) < 1 else 2
    text = f"{number:{sign},.{digits}f}"
    nothing = not any(c in "123456789" for c in text)
    return ("no change" if change else "0") if nothing else text


def show(case: Case | None, plan: Plan) -> RenderableType:
    """Arrange status, headline outcomes, what is divided and what held the plan back for 80-100 columns."""
    plan = tidy(plan)
    parts: list[RenderableType] = [
        Text((case.name if case else "") or plan.record.case_name or "Plan", style="bold"),
        Text(f"{status_sentence(plan)} {check_sentence(plan)}".strip(), style=COLOURS.get(plan.status, "bold red")),
    ]
    if not plan.found:
        reasons = [w for w in plan.warnings if not w.startswith("warning:")]  # what is merely worth a look is no reason
        parts += [Text(f"- {note}") for note in (*plan.unproven, *reasons)]
        return Group(*parts)
    parts.append(_outcomes(case, plan))
    if case is not None:
        parts.append(_divided(case, plan))
        parts += [Text(f"- {note}") for note in held_back(case, plan)]
    if plan.unproven:
        parts.append(Text("Not proven: " + "; ".join(plan.unproven)))
    return Group(*parts)


def _table(title: str, names: list[str]) -> Table:
    """Make a table whose first column is text and whose others are figures."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", show_edge=False)
    for position, name in enumerate(names):
        table.add_column(
            Text(name), justify="left" if position == 0 else "right", overflow="fold", ratio=3 if position == 0 else 1
        )
    return table


def _outcomes(case: Case | None, plan: Plan) -> Table:
    """Headline outcomes; all of them where none is a headline."""
    frame = headline(plan, case)
    if (frame["Headline"] != "").any():
        frame = frame[frame["Headline"] != ""]
    columns = ["Plan total", "Doing nothing", DIFFERENCE, "Previous plan"]
    columns = [c for c in columns if c == "Plan total" or bool(frame[c].notna().any())]
    said = {"Plan total": "Plan", DIFFERENCE: "Difference"}
    drawn = _table("What the plan achieves", ["Outcome", *(said.get(c, c) for c in columns)])
    for row in frame.to_dict("records"):
        unit = str(row["Unit"])
        drawn.add_row(
            Text(f"{row['Outcome']}, {unit}"), *(figure(row[c], unit, change=c == DIFFERENCE) for c in columns)
        )
    return drawn


def _divided(case: Case, plan: Plan) -> Table:
    """Totals of the division by phase."""
    frame: pd.DataFrame = division_totals(case, plan)
    names = phases(plan)
    drawn = _table("What it divides (by country: sheet 'The division')", ["What", *names, "Plan"])
    for row in frame.to_dict("records"):
        unit = str(row["Unit"])
        drawn.add_row(
            Text(f"{row['What']}, {unit}"),
            *(figure(row[p], unit) for p in names),
            figure(row["Plan total or average"], unit),
        )
    return drawn
