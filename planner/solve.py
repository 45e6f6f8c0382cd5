"""Solve a case: compile, build, search, settle ties, read the plan."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd

from models.build import Built, build
from models.matrix import Matrix, extract
from planner import __version__, refine
from planner.baseline import doing_nothing, previous
from planner.beside import made_beside
from planner.case import Case
from planner.compile import compile_case
from planner.defaults import defaults_used
from planner.extract import Extractor
from planner.options import Options
from planner.ordering import places
from planner.plan import Plan, Record, Status
from planner.progress import OnProgress, Progress, Stage
from planner.session import Answer, Interrupt, Session, relative_gap
from planner.stops import Stop
from planner.ties import cost_of, settle

KEPT = 1e-9
"""Share of an earlier priority level that later levels may give up to rounding."""


@dataclass
class Clock:
    """Seconds spent in each stage, and who wants to hear of it."""

    tell: OnProgress | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: Stage, message: str = "") -> Iterator[None]:
        """Time a stage and announce it."""
        if self.tell is not None:
            self.tell(Progress(name, message))
        begin = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin


@dataclass(frozen=True)
class Model:
    """A case made ready to solve."""

    case: Case
    built: Built
    matrix: Matrix


def prepare(case: Case, options: Options, clock: Clock | None = None) -> Model:
    """Compile and build a case on the grid of the options. Raises InvalidCaseError."""
    clock = clock or Clock()
    collecting = gc.isenabled()
    gc.disable()  # millions of small objects that all stay alive: collecting them only costs time
    try:
        with clock.stage("compile"):
            network = compile_case(case)
        with clock.stage("build"):
            built = build(network, case.grid(options.grid))
            matrix = extract(built)
    finally:
        if collecting:
            gc.enable()
    return Model(case, built, matrix)


def solve(
    case: Case,
    options: Options | None = None,
    on_progress: OnProgress | None = None,
    interrupt: Interrupt | None = None,
) -> Plan:
    """Find the best plan of a case, or say how the search ended.

    Raises:
        InvalidCaseError: the case cannot be built.
    """
    options = options or Options()
    clock = Clock(on_progress)
    model = prepare(case, options, clock)
    with clock.stage("solve", f"{len(model.matrix.row_lower):,} rows, {len(model.matrix.cost):,} columns"):
        answer = search(model, options, on_progress, interrupt)
    tables: dict[str, pd.DataFrame] = {}
    nothing: dict[str, float] = {}
    before: dict[str, float] = {}
    if answer.values is not None:
        with clock.stage("compare"):
            nothing = doing_nothing(model.built, model.matrix, options)
            before = previous(model.built, model.matrix, options, answer.values)
        with clock.stage("extract"):
            tables = Extractor(model.built, answer.values).tables()
    objective, bound = answer.objective, answer.bound
    if tables:
        objective = objective_of(model.built, tables)
        bound = None if bound is None else max(bound, objective)
    warnings = [str(p) for p in case.warnings]
    if answer.status is Status.UNBOUNDED:
        warnings += unbounded_because(model, options)
    return Plan(
        status=answer.status,
        record=record(model, options, clock),
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound) if objective is not None and bound is not None else None,
        tables=tables,
        doing_nothing=nothing,
        previous=before,
        defaults=tuple(defaults_used(case)),
        warnings=tuple(warnings),
        unproven=tuple(unproven(answer, options)),
    )


def objective_of(built: Built, tables: Mapping[str, pd.DataFrame]) -> float:
    """Points of a plan: of all outcomes, less the penalties of broken soft rules."""
    points = float(tables["outcomes"]["points"].sum())
    penalties = {r.id: r.penalty for r in built.frame.network.rules if not r.hard}
    rules = tables["rules"]
    broken = rules[rules["violation"] > 0.0]
    return points - float(sum(penalties[r] * v for r, v in zip(broken["rule"], broken["violation"], strict=True)))


def search(model: Model, options: Options, on_progress: OnProgress | None, interrupt: Interrupt | None) -> Answer:
    """Settle every priority level in order, then the ties."""
    session = Session(model.matrix, options)
    deadline = time.monotonic() + options.time_limit
    if refine.wanted(model.matrix, model.built.frame.grid, model.case.grid(refine.COARSE)):
        if on_progress is not None:
            on_progress(Progress("solve", "a first plan, from the dates of the default grid's"))
        coarse = prepare(model.case, replace(options, grid=refine.COARSE))
        first = refine.first_plan(coarse.built, coarse.matrix, model.built, model.matrix, options, interrupt)
        if first is not None:
            session.start_from(first)
    answer = session.run(on_progress, interrupt, time_limit=max(1.0, deadline - time.monotonic()))
    levels = max(1, len(model.built.frame.network.priorities))
    proven = answer
    for level in range(1, levels):
        if answer.values is None or answer.status is not Status.OPTIMAL:
            break
        before = cost_of(model.built, level - 1)
        kept = model.built.frame.network.priorities[level - 1].tolerance
        reached = float(before @ answer.values)
        session.add_row(before, reached - (kept + KEPT) * max(1.0, abs(reached)), np.inf)
        cost = cost_of(model.built, level)
        session.set_cost(cost)
        session.start_from(answer.values)
        after = session.run(on_progress, interrupt, time_limit=max(1.0, deadline - time.monotonic()))
        if after.values is None:
            proven = replace(proven, status=Status.FEASIBLE, stopped=after.stopped or Stop.PRIORITIES)
            break
        answer = after
        proven = replace(proven, status=after.status, values=after.values, stopped=after.stopped)
    if levels > 1 and proven.values is not None:
        proven = whole_bound(model, proven)
    if proven.values is None:
        return proven
    return replace(proven, values=settle(model.built, model.matrix, options, proven.values, KEPT))


def whole_bound(model: Model, answer: Answer) -> Answer:
    """With several priorities the objective is the sum over levels, and each level was proven in turn."""
    if answer.values is None:
        return answer
    values, levels = answer.values, range(len(model.built.frame.network.priorities))
    points = float(np.sum([cost_of(model.built, k) @ values for k in levels]))
    return replace(answer, objective=points, bound=points if answer.status is Status.OPTIMAL else None)


def unbounded_because(model: Model, options: Options) -> list[str]:
    """Name what can grow without end: activities that earn points and are limited by nothing."""
    ray = Session(model.matrix, options).ray()
    if ray is None:
        return ["The objective has no limit; some activity is neither priced nor limited."]
    frame = model.built.frame
    order = np.argsort(-places(np.abs(ray)), kind="stable")
    grows = [frame.columns[n] for n in order if abs(ray[n]) > 1e-9 and frame.columns[n].family == "level"]
    names = dict.fromkeys(f"{c.key[0]} ({c.origin})" if c.origin else str(c.key[0]) for c in grows)
    listed = ", ".join(list(names)[:5]) or "an outcome term"
    return [
        f"The objective has no limit: nothing holds back {listed}. "
        "Give it a largest pace, a cost or a resource it uses."
    ]


def unproven(answer: Answer, options: Options) -> Iterator[str]:
    """Say in words what the solver did not prove."""
    if answer.status is Status.FEASIBLE:
        gap = "an unknown distance" if answer.gap is None or not np.isfinite(answer.gap) else f"{answer.gap:.2%}"
        why = f"the search was stopped ({answer.stopped})"
        yield f"Whether this is the best: {why}; another may be better, by at most {gap}."
    elif answer.status is Status.OPTIMAL and answer.gap and answer.gap >= 5e-6:
        asked = f"{options.gap:.2%} was asked for"
        yield f"Whether this is the very best: another may be better, by at most {answer.gap:.2%} ({asked})."


def record(model: Model, options: Options, clock: Clock) -> Record:
    """Everything needed to find the plan again."""
    matrix, case = model.matrix, model.case
    packages = ("migration-planner", "pyomo", "highspy", "numpy", "pandas")
    return Record(
        input_sha256=case.sha256,
        case_name=case.setting("case name"),
        grid=model.built.frame.grid.name,
        scenario=case.scenario,
        changes=case.sets,
        options=options.as_record(),
        versions={"python": platform.python_version()} | {p: _version(p) for p in packages},
        rows=len(matrix.row_lower),
        columns=len(matrix.cost),
        nonzeros=len(matrix.values),
        binaries=int(matrix.whole.sum()),
        coefficient_range=matrix.coefficient_range,
        seconds=dict(clock.seconds),
        solved_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _version(package: str) -> str:
    """Version of an installed package; ours may run from its folder."""
    try:
        return version(package)
    except PackageNotFoundError:
        return __version__


def export(case: Case, path: Path, options: Options | None = None) -> Model:
    """Write the model as MPS or LP, by the file's ending, with readable names; it appears whole or not at all.

    Raises:
        OSError: it cannot be written, or the disk is full (HiGHS itself does not tell).
    """
    options = options or Options()
    model = prepare(case, options)
    session = Session(model.matrix, options, named=True)
    with made_beside(path, b"ENDATA" if path.suffix.lower() == ".mps" else b"end") as beside:
        session.highs.writeModel(str(beside))
    return model
