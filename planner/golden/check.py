"""Hold a case's plan against its golden file, or accept it as the new one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

from planner.case import Case
from planner.golden.causes import changed_around, changed_inputs, with_causes
from planner.golden.compare import GoldenReport, compare_figures, counts
from planner.golden.figures import figures_of, inputs_of
from planner.golden.file import Acceptance, Golden, GoldenError
from planner.golden.tolerances import Tolerances
from planner.options import Options
from planner.plan import Plan, Status
from planner.verify import Report as Verification
from planner.wording.figures import figure

GUARDED = ("gap", "seed", "threads", "method", "presolve")
"""Options that a golden file prescribes; a time limit depends on the machine."""

NOTED = 8
"""Changes that an accepted update notes in the history."""


def options_of(golden: Golden | None, *, anew: bool = False, **given: object) -> Options:
    """Options of a check: what the golden file was made with, unless something else is given.

    With `anew` (an update) the grid may be another one too.

    Raises:
        GoldenError: a grid is asked for that the golden file was not made on.
        OptionError: a value outside its range.
    """
    chosen = {name: value for name, value in given.items() if value is not None and value != ""}
    if golden is None:
        return Options(**chosen)  # type: ignore[arg-type]
    grid = chosen.get("grid", golden.grid)
    if grid != golden.grid and not anew:
        message = (
            f"The golden file was made on the grid '{golden.grid}', and the check asks for '{grid}'. "
            "Leave --grid away, or keep a golden file for each grid."
        )
        raise GoldenError(message)
    kept = {name: golden.options[name] for name in GUARDED if name in golden.options}
    return Options(**{**kept, **chosen, "grid": grid})


def solved(case: Case, options: Options) -> tuple[Plan, Verification | None]:
    """Solve a case and check the plan independently, without a screen; no report where there is no plan."""
    from planner.solve import solve  # noqa: PLC0415 - a session that only reads golden files needs no solver
    from planner.verify import verify  # noqa: PLC0415

    plan = solve(case, options)
    report = verify(case, plan) if plan.found else None
    return dataclasses.replace(plan, verified=None if report is None else report.ok), report


def make(
    case: Case, plan: Plan, *, tolerances: Tolerances, history: Sequence[Acceptance] = (), inputs: bool = True
) -> Golden:
    """A golden of a plan as it is now."""
    record = plan.record
    options = {name: record.options[name] for name in GUARDED if name in record.options}
    return Golden(
        case=record.case_name,
        grid=record.grid,
        scenario=record.scenario,
        sets=tuple(record.changes),
        options=options,
        tolerances=tolerances,
        versions=dict(record.versions),
        figures=figures_of(case, plan),
        inputs=inputs_of(case) if inputs else {},
        input_sha256=record.input_sha256,
        history=tuple(history),
    )


def check_golden(
    case: Case, plan: Plan, golden: Golden, *, tolerances: Tolerances | None = None, strict: bool = False
) -> GoldenReport:
    """Compare a plan with its golden: what moved, largest first, with the cells that most likely moved it.

    `tolerances` come before those that the golden file states. With `strict`, what the open gaps leave undecided counts
    as a difference too.

    Raises:
        GoldenError: the golden belongs to another case, grid or scenario.
    """
    _same_case(plan, golden)
    now = make(case, plan, tolerances=golden.tolerances)
    wanted = tolerances.over(golden.tolerances) if tolerances is not None else golden.tolerances
    changes = compare_figures(golden.figures, now.figures, wanted)
    inputs = changed_inputs(golden.inputs, now.inputs, case)
    around = changed_around(golden.options, now.options, (golden.versions, now.versions))
    return GoldenReport(
        case=golden.case,
        grid=golden.grid,
        accepted=f"{golden.history[0].date}: {golden.history[0].reason}" if golden.history else "",
        changes=with_causes(changes, inputs, around, (golden.inputs, now.inputs)),
        inputs=inputs,
        around=around,
        strict=strict,
        compared=counts(golden.figures),
    )


def _same_case(plan: Plan, golden: Golden) -> None:
    """Refuse the golden of another case, grid or scenario."""
    record = plan.record
    for what, old, new in (
        ("case", golden.case, record.case_name),
        ("grid", golden.grid, record.grid),
        ("scenario", golden.scenario or "none", record.scenario or "none"),
    ):
        if old != new:
            message = (
                f"The golden file belongs to another {what}: '{old}', and this plan's is '{new}'. Give the file that "
                f"belongs to it; if the {what} was meant to change, --update --reason '...' accepts that."
            )
            raise GoldenError(message)


def update_golden(
    case: Case,
    plan: Plan,
    golden: Golden | None,
    reason: str,
    *,
    tolerances: Tolerances | None = None,
    today: date | None = None,
) -> tuple[Golden, bool]:
    """The golden of a plan with a new mark in its history, and whether anything differs from the old one.

    Raises:
        GoldenError: no reason is given, or the plan is not proven, or failed its independent check.
    """
    if not reason.strip():
        message = "--update needs --reason '...': it is written into the golden file's history."
        raise GoldenError(message)
    if plan.status not in (Status.OPTIMAL, Status.INFEASIBLE):
        message = f"Nothing was accepted: the search ended with '{plan.status}'. Give it more time, or a wider --gap."
        raise GoldenError(message)
    if plan.verified is False:
        message = "Nothing was accepted: the plan failed its independent check."
        raise GoldenError(message)
    stated = golden.tolerances if golden is not None else Tolerances()
    kept = tolerances.over(stated) if tolerances is not None else stated
    old = golden.history if golden is not None else ()
    made = make(case, plan, tolerances=kept, history=old)
    if golden is None:
        return dataclasses.replace(made, history=(_mark(reason, (_first(made),), today),)), True
    noted = _noted(golden, made)
    if made == golden:
        return golden, False
    return dataclasses.replace(made, history=(_mark(reason, noted, today), *old)), True


def _mark(reason: str, changes: tuple[str, ...], today: date | None) -> Acceptance:
    """A line of the history."""
    return Acceptance((today or date.today()).isoformat(), " ".join(reason.split()), changes)


def _first(made: Golden) -> str:
    """What a first golden begins with, in words."""
    points = made.figures.objective
    return made.figures.status if points is None else f"objective {figure(points)} points, {made.figures.status}"


def _noted(old: Golden, new: Golden) -> tuple[str, ...]:
    """What an update changes, in words, the largest first."""
    lines = [
        f"{what}: {before or 'none'} -> {after or 'none'}"
        for what, before, after in (
            ("case", old.case, new.case),
            ("grid", old.grid, new.grid),
            ("scenario", old.scenario, new.scenario),
            ("changes", "; ".join(old.sets), "; ".join(new.sets)),
        )
        if before != after
    ]
    changes = [change.sentence for change in compare_figures(old.figures, new.figures, Tolerances())]
    lines += changes[:NOTED]
    if len(changes) > NOTED:
        lines.append(f"and {len(changes) - NOTED} more figures")
    return tuple(lines) or ("no figure, only what stands around it",)
