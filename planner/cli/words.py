"""What the command line prints: problems, the plan's verdict, a case at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.case.problems import Problem, sort_key

if TYPE_CHECKING:
    from planner.case import Case

MOST = 50
"""Problems that are listed before the rest is only counted."""


def counted(number: int, noun: str) -> str:
    """'1 error', '2 errors'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


HEADINGS = {"error": "Errors", "conflict": "These cannot all hold", "warning": "Warnings"}
"""What stands above the findings of each severity."""


def tally(problems: Iterable[Problem]) -> str:
    """'3 errors, 1 warning'; conflicts are told where there are any."""
    severities = [p.severity for p in problems]
    errors, conflicts, warnings = (severities.count(s) for s in ("error", "conflict", "warning"))
    between = f"{counted(conflicts, 'conflict')}, " if conflicts else ""
    return f"{counted(errors, 'error')}, {between}{counted(warnings, 'warning')}"


def print_problems(console: Console, problems: Sequence[Problem]) -> None:
    """List problems by severity and sheet, at most :data:`MOST` of them, with their counts at the end."""
    ordered = sorted(problems, key=sort_key)
    for severity, group in groupby(ordered[:MOST], key=lambda p: p.severity):
        style = "bold yellow" if severity == "warning" else "bold red"
        console.print(Text(HEADINGS[severity], style=style))
        for sheet, rows in groupby(group, key=lambda p: p.address.sheet):
            console.print(Text(f"  {sheet or 'The workbook'}", style="bold"))
            for problem in rows:
                _print_problem(console, problem)
    if len(ordered) > MOST:
        rest = f"... and {len(ordered) - MOST:,} more; --annotate OUT.xlsx or --json FILE show them all."
        console.print(Text(rest), soft_wrap=True)
    console.print(Text(tally(ordered)))


def _print_problem(console: Console, problem: Problem) -> None:
    """Print one problem: on a terminal with its text indented, elsewhere on one line."""
    label = f"({problem.label}) " if problem.label else ""
    hint = f" Did you mean '{problem.suggestion}'?" if problem.suggestion else ""
    words = f"{label}{problem.found} {problem.mend}".rstrip() + hint
    place = str(problem.address).split("!")[-1] if problem.address.row else "-"
    if not console.is_terminal:
        console.print(Text(f"    {place:<6} {words}"), soft_wrap=True)
        return
    line = Table.grid(padding=(0, 1))
    line.add_column(width=9, justify="right", style="cyan", no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(Text(place), Text(words))
    console.print(line)


def problems_json(problems: Sequence[Problem], valid: bool) -> dict[str, Any]:
    """Problems for machines: 'valid', the counts, and every problem with its address."""
    ordered = sorted(problems, key=sort_key)
    return {
        "valid": valid,
        "errors": sum(p.severity == "error" for p in ordered),
        "conflicts": sum(p.severity == "conflict" for p in ordered),
        "warnings": sum(p.severity == "warning" for p in ordered),
        "problems": [
            {
                "check": p.check, "severity": p.severity, "sheet": p.address.sheet, "row": p.address.row,
                "column": p.address.column, "cell": str(p.address), "label": p.label, "found": p.found, "mend": p.mend,
                "suggestion": p.suggestion,
            }
            for p in ordered
        ],
    }  # fmt: skip


def print_case(console: Console, case: Case, problems: Sequence[Problem]) -> None:
    """Show a case at a glance: its phases and how many rows each sheet has."""
    console.print(Text(case.name or case.setting("case name"), style="bold"))
    for phase in case.phases:
        first, last = case.date(phase.start), case.date(phase.end - 1.0)
        console.print(Text(f"  {phase.name}: {phase.label}, {first:%d %B %Y} to {last:%d %B %Y}"), soft_wrap=True)
    grid = case.grid()
    console.print(Text(f"  Grid '{grid.name}': {counted(len(grid), 'period')}"))
    table = Table("Sheet", "Rows", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for kind, rows in case.rows.items():
        if rows:
            table.add_row(kind.SHEET, str(len(rows)))
    console.print(table)
    console.print(Text(tally(problems)))
