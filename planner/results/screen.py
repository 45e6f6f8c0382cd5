"""The headline for the terminal: how sure, what for whom, what held it back."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from planner.plan import Status
from planner.results.fiscal import ALL
from planner.results.headlines import FIGURES, Headlines
from planner.results.summary import CONTINUATION, DIFFERENCE, LAST
from planner.wording.figures import change, figure

WIDTH = 98
COLOURS = {str(Status.OPTIMAL): "bold green", str(Status.FEASIBLE): "bold yellow", str(Status.DISPUTED): "bold yellow"}


def show(found: Headlines) -> RenderableType:
    """Arrange status, promises not kept, headline outcomes, what is divided and what held the plan back.

    Args:
        found: As :func:`headlines` works it out.

    Returns:
        Something that `rich` prints.

    Example:
        >>> from planner.results import headlines, show
        >>> show(headlines(case, plan)) is not None
        True
    """
    parts: list[RenderableType] = [
        Text(found.title, style="bold"),
        Text(found.answer, style=COLOURS.get(found.status, "bold red")),
    ]
    if not found.found:
        parts += [Text(f"- {note}") for note in found.notes]
        return Group(*parts)
    if found.not_kept:
        parts.append(Text("Promises that are not kept", style="bold red"))
        parts += [Text(f"- {said}") for said in found.not_kept]
    parts.append(_outcomes(found))
    parts.append(Text(found.compared))
    parts += [Text(f"- {said}") for said in found.goes_on]
    parts.append(_divided(found))
    if found.fiscal:
        parts.append(_fiscal(found))
    if found.bridges:
        parts.append(_bridges(found))
    parts += [Text(f"- {note}") for note in found.held_back]
    if found.unproven:
        parts.append(Text("Not proven: " + "; ".join(found.unproven)))
    return Group(*parts)


def _table(title: str, names: list[str]) -> Table:
    """Make a table whose first column is text and whose others are figures."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", show_edge=False)
    for position, name in enumerate(names):
        table.add_column(
            Text(name), justify="left" if position == 0 else "right", overflow="fold", ratio=3 if position == 0 else 1
        )
    return table


def _outcomes(found: Headlines) -> Table:
    """Headline outcomes over the plan."""
    frame = found.outcome_table()
    bound = CONTINUATION in frame  # the technical bound stands in the workbook and in JSON
    columns = [c for c in FIGURES if c in frame and not (bound and c == "Doing nothing")]
    said = {"Plan total": "Plan", LAST: "Last actual a year"}
    drawn = _table("What the plan achieves", ["Outcome", *(said.get(c, c) for c in columns)])
    for row in frame.to_dict("records"):
        unit = str(row["Unit"])
        drawn.add_row(
            Text(f"{row['Outcome']}, {unit}"), *((change if c == DIFFERENCE else figure)(row[c], unit) for c in columns)
        )
    return drawn


def _divided(found: Headlines) -> Table:
    """Totals of the division by phase."""
    drawn = _table("What it divides (by country: sheet 'The division')", ["What", *found.phases, "Plan"])
    for row in found.divided:
        unit = str(row["Unit"])
        drawn.add_row(
            Text(f"{row['What']}, {unit}"),
            *(figure(row[p], unit) for p in found.phases),
            figure(row["Plan total or average"], unit),
        )
    return drawn


def _fiscal(found: Headlines) -> Table:
    """Money of all accounts by fiscal year; sums of each budget class stand in the workbook."""
    frame = found.fiscal_table()
    columns = ["Carried in", "Authority", "Obligated", "Spent", "Lapsed", "Carried out"]
    said = {"Carried in": "In", "Carried out": "Out"}
    drawn = _table(
        "Money by fiscal year, USD million (sheet 'Accounts by year')",
        ["Year", *(said.get(c, c) for c in columns)],
    )
    for row in frame[frame["Accounts"] == ALL].to_dict("records"):
        drawn.add_row(Text(str(row["Fiscal year"])), *(figure(row[c], "USD million") for c in columns))
    return drawn


def _bridges(found: Headlines) -> Table:
    """How totals that are called alike hang together."""
    drawn = _table("Totals that are called alike", ["From one to the other", "Plan"])
    for row in found.bridge_table().to_dict("records"):
        words, unit = str(row["How totals hang together"]), str(row["Unit"])
        drawn.add_row(Text(f"{words}, {unit}" if words.startswith("=") else words), figure(row["Plan total"], unit))
    return drawn
