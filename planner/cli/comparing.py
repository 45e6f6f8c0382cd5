"""The verb `compare`: plans and cases side by side, in any mix; a case is solved, a plan is read with its inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.commands import GridOption, QuietOption, ScenarioOption, SetOption, load_case
from planner.cli.consoles import console_of
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.guard import Code, StopError
from planner.cli.solving import solve, verified, write_plan
from planner.options import Options, declaration
from planner.plan.standing import standing_of_plan
from planner.run.progress import Display, Progress

if TYPE_CHECKING:
    from rich.console import Console

    from planner.case import Case
    from planner.explain import ComparedCase, Comparison

SIDES = typer.Argument(
    metavar="CASE|PLAN ...", help="Workbooks to solve, or plan workbooks that were written before; the first is what "
    "the others are compared with. One alone is compared with itself as --set and --scenario change it.",
)  # fmt: skip
OUT = typer.Option("--out", metavar="FILE", help="Write the plan of the changed side as a workbook.")
WHY = typer.Option("--why", help="Say which changed input made how much of the difference.")


def compare(
    sides: Annotated[list[Path], SIDES],
    grid: GridOption = "",
    gap: Annotated[float, typer.Option("--gap", help="Gap to which each case is solved.")] = declaration("gap").default,
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    attribution: Annotated[bool, WHY] = False,
    out: Annotated[Path | None, OUT] = None,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write JSON too; '-' prints it.")] = None,
    quiet: QuietOption = False,
) -> None:
    """Say what differs between plans or cases: who gains and loses, what stops, shrinks, grows and starts, which cells.

    --set and --scenario change the last side only: 'planner compare mine_plan.xlsx --set
    "Appropriations!*.Amount=*0.8"' holds the plan against the same workbook with a fifth less.
    """
    changes = tuple(sets or ())
    if len(sides) < 2 and not (changes or scenario):
        message = "Comparing takes two workbooks or plans, or one and what changes: --set or --scenario."
        raise StopError(message)
    if out is not None and not (changes or scenario):
        message = "--out writes the plan of a side that --set or --scenario changes; nothing is changed here."
        raise StopError(message)
    paths = [locate(path) for path in sides]
    check_outputs(paths, Output(out, (".xlsx",)), Output(json))
    paths += paths if len(paths) == 1 else []
    with Display(console_of(stderr=True), quiet) as display:
        entries: list[ComparedCase] = []
        for number, path in enumerate(paths):
            last = number == len(paths) - 1
            asked = (scenario, changes) if last else ("", ())
            name = _name(paths, number, *asked)
            name += f" ({number + 1})" * (name in [entry.name for entry in entries])
            entries.append(_side(path, name, Options(gap=gap, grid=grid or _grid(entries)), asked, display))
        written = _write(entries[-1], out, display) if out is not None else None
    console = console_of(stderr=json == STANDARD_OUTPUT)
    held = Held.of(entries)
    if not quiet:
        tell(console, held)
    content = held.content
    if attribution:
        content["made by"] = _attribute(entries, Options(gap=gap, grid=grid or _grid(entries[:1])), console, quiet)
    if json is not None:
        write_json(content, json)
    if written is not None and not quiet:
        console.print(f"Written: {written}", highlight=False, markup=False, soft_wrap=True)


def _name(paths: Sequence[Path], number: int, scenario: str, changes: tuple[str, ...]) -> str:
    """Name of a side: its file, and what changes it."""
    path = paths[number]
    alone = len({p for p in paths if p.stem == path.stem}) == 1
    what = [f"scenario {scenario}"] * bool(scenario) + (list(changes) if len(changes) < 2 else ["changed"])
    return " with ".join([path.stem if alone else str(path), *([", ".join(what)] if what else [])])


def _grid(entries: Sequence[ComparedCase]) -> str:
    """Grid of the first side's plan: a case that is solved beside it is solved on the same dates."""
    return entries[0].plan.record.grid if entries and entries[0].plan is not None else ""


def _side(
    path: Path, name: str, options: Options, asked: tuple[str, tuple[str, ...]], display: Display
) -> ComparedCase:
    """One side: a plan workbook is read with the inputs that it holds, a case (or a changed plan's) is solved."""
    from planner.explain import ComparedCase

    case, loaded = load_case(str(path), *asked, display)
    if loaded.file is not None and asked == ("", ()):
        return ComparedCase(name, case, loaded.file.plan)
    return ComparedCase(name, case, _solved(case, name, options, display))


def _solved(case: Case, name: str, options: Options, display: Display) -> Any:
    """The plan of a case. Raises StopError where it has none."""
    display.show(Progress("solve", name))
    plan = solve(case, options, display)
    if not plan.found:
        message = f"{name} has no plan ({plan.status}): 'planner explain' says why."
        raise StopError(message, Code.INFEASIBLE)
    checked, report = verified(case, plan, display)
    if not report.ok:
        message = f"The plan of {name} failed its independent check; nothing was compared.\n{report}"
        raise StopError(message, Code.UNVERIFIED)
    return checked


def _write(entry: ComparedCase, out: Path, display: Display) -> Path:
    """Write the changed side's plan."""
    assert entry.plan is not None
    return write_plan(entry.case, entry.plan, out, display)[1]


@dataclass(frozen=True)
class Held:
    """Sides held against the first of them: what differs, and by the name of each other side the lists of it."""

    entries: Sequence[ComparedCase]
    found: Comparison
    told: Mapping[str, Sequence[tuple[str, list[str]]]]

    @classmethod
    def of(cls, entries: Sequence[ComparedCase]) -> Held:
        """Compare, once for the screen and for machines."""
        from planner import explain
        from planner.explain.difference import sections

        found = explain.compare(entries)
        return cls(entries, found, {e.name: list(sections(found, entries[0], e)) for e in entries[1:]})

    @property
    def content(self) -> dict[str, Any]:
        """The comparison for machines."""
        from planner.cli.explain import plain

        return {**{f.name: plain(getattr(self.found, f.name)) for f in dataclasses.fields(self.found)},
                "told": {name: plain(dict(lists)) for name, lists in self.told.items()}}  # fmt: skip


def tell(console: Console, held: Held) -> None:
    """Print what differs: what the sides are, outcomes as a table, then one list a kind of difference."""
    from planner.cli.explain import say_list

    for number, entry in enumerate(held.entries):
        assert entry.plan is not None
        line = dataclasses.replace(standing_of_plan(entry.plan), name=entry.name).line
        console.print(f"{'Now:' if number else 'Compared with'} {line}", style="bold", highlight=False, markup=False)
    for entry in held.entries[1:]:
        console.print(*_outcomes(held.found, entry, console.width))
        for title, lines in held.told[entry.name]:
            say_list(console, title, lines)
    for note in held.found.notes:
        console.print(f"- {note}", highlight=False, markup=False)


def _outcomes(found: Comparison, entry: ComparedCase, width: int) -> list[Any]:
    """Outcomes of two sides beside each other."""
    from planner.cli.wide import tables
    from planner.explain.words import figure, signed

    rows = []
    for change in found.outcomes:
        if change.name == entry.name:
            verdict = "within the gap" if change.same else "better" if change.better else "worse"
            sizes = [figure(change.before), figure(change.after), signed(change.after - change.before)]
            rows.append([f"{change.outcome}, {change.unit}", *sizes, verdict])
    heads = ["Outcome", "Before", "After", "Difference", ""]
    return tables(heads, rows, width, title=f"What {entry.name} achieves", texts=("",))


def _attribute(entries: Sequence[ComparedCase], options: Options, console: Console, quiet: bool) -> dict[str, Any]:
    """Say which input made how much of the difference from the first side."""
    from planner.cli.explain import plain, say_list
    from planner.explain import attribute

    made: dict[str, Any] = {}
    for entry in entries[1:]:
        try:
            found = attribute(entries[0].case, entry.case, options)
        except ValueError as error:
            console.print(f"{entry.name}: {error}", highlight=False, markup=False, soft_wrap=True)
            continue
        made[entry.name] = plain(found.shares)
        if not quiet:
            lines = [*(share.sentence for share in found.shares), found.note]
            say_list(console, f"What made the difference of {entry.name}", lines)
    return made
