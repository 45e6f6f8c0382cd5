"""What a verb of a declared analysis is about, read as the words of the command line name it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.analyses.declare import Question, Subject, Takes
from planner.cli.commands import load_case
from planner.cli.files import locate
from planner.cli.guard import StopError
from planner.plan.standing import standing_of_plan
from planner.run.progress import Display

if TYPE_CHECKING:
    from planner.case import Case
    from planner.explain import ComparedCase


@dataclass(frozen=True)
class Asked:
    """What a verb was asked: the question, the files that it names, how they are read, and where answers go."""

    question: Question
    named: tuple[str | Path, ...]
    grid: str = ""
    scenario: str = ""
    sets: tuple[str, ...] = ()
    json: Path | None = None
    out: Path | None = None
    quiet: bool = False


def _case(asked: Asked, display: Display) -> Subject:
    """A case, of which other scenarios can be read."""
    case, _ = load_case(str(asked.named[0]), asked.scenario, asked.sets, display)

    def read(scenario: str) -> Case:
        from planner.workbook import reread

        return reread(case, scenario=scenario) if scenario else case

    return Subject(case, read=read)


def _plan(asked: Asked, display: Display) -> Subject:
    """A case and the plan that is changed: the one that is named, or CASE itself if nothing else is asked for."""
    name, *plans = asked.named
    if not plans:
        case, loaded = load_case(str(name), asked.scenario, asked.sets, display)
        mine = loaded.file is not None and not (asked.scenario or asked.sets)
        same = mine and case.grid(asked.grid).name == case.counted
        return Subject(case, loaded.file.plan if same and loaded.file is not None else None)
    from planner.results import PlanFile

    path = locate(plans[0])
    plan = PlanFile.open(path).plan
    own = standing_of_plan(plan)
    like = dataclasses.replace(own, scenario=asked.scenario or own.scenario, changes=asked.sets or own.changes)
    case, _ = load_case(str(name), "", (), display, like)
    if asked.grid and case.grid(asked.grid).name != own.grid:
        message = f"'{path}' counts in grid {own.grid}: leave --grid away, or leave the plan away."
        raise StopError(message)
    return Subject(case, plan)


def _sides(asked: Asked, display: Display) -> Subject:
    """Plans with the inputs that they hold, and cases; the last side, or one alone beside itself, as it is changed."""
    changes = (asked.scenario, asked.sets)
    if len(asked.named) < 2 and changes == ("", ()):
        message = "Comparing takes two workbooks or plans, or one and what changes: --set or --scenario."
        raise StopError(message)
    if asked.out is not None and changes == ("", ()):
        message = "--out writes the plan of a side that --set or --scenario changes; nothing is changed here."
        raise StopError(message)
    paths = [locate(name) for name in asked.named]
    paths += paths if len(paths) == 1 else []
    sides: list[ComparedCase] = []
    for number, path in enumerate(paths):
        from planner.explain import ComparedCase

        own = changes if number == len(paths) - 1 else ("", ())
        name = _name(paths, path, *own)
        name += f" ({number + 1})" * (name in [side.name for side in sides])
        case, loaded = load_case(str(path), *own, display)
        plan = loaded.file.plan if loaded.file is not None and own == ("", ()) else None
        sides.append(ComparedCase(name, case, plan))
    return Subject(sides[-1].case, sides=sides)


def _name(paths: Sequence[Path], path: Path, scenario: str, changes: tuple[str, ...]) -> str:
    """Name of a side: its file, and what changes it."""
    alone = len({p for p in paths if p.stem == path.stem}) == 1
    what = [f"scenario {scenario}"] * bool(scenario) + (list(changes) if len(changes) < 2 else ["changed"])
    return " with ".join([path.stem if alone else str(path), *([", ".join(what)] if what else [])])


READERS: dict[Takes, Callable[[Asked, Display], Subject]] = {"case": _case, "plan": _plan, "sides": _sides}
"""How what a verb takes is read."""
