"""Solve a case: compile, build, search, settle ties, read the plan."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from models.build import Built, Extend, build, uncollected
from models.linear import BY_HAND
from models.matrix import Floats, Matrix, extract
from planner import __version__
from planner.atomic_files import made_atomically
from planner.callable_modules import make_callable
from planner.case import Case
from planner.case.continuing import anything_goes_on
from planner.case.defaults import defaults_used
from planner.compile import compile_case, draft_case
from planner.options import Options
from planner.ordering import places
from planner.plan import Plan, Record, Status
from planner.plan.extract import settled
from planner.run.progress import OnProgress, Progress, Stage
from planner.run.stops import Stop
from planner.sheets import Overrides
from planner.solve import rescue, warm_start
from planner.solve.baseline import MOST_SECONDS, doing_nothing, previous
from planner.solve.claims import Claim, doubts_of, judged, made, points_added, unrepeated
from planner.solve.continuation import Continuation, continuation, with_continuation
from planner.solve.extending import extended, recorded, unchecked, without_plan
from planner.solver.answers import Answer
from planner.solver.health import Health, measured, never_done
from planner.solver.runs import Given, RunContext
from planner.solver.session import Session
from planner.solver.tie_breaking import break_ties, cost_of
from planner.solver.ways import AS_ASKED, SolverFailedError, Way
from planner.wording.figures import count, share

KEPT = 1e-9
"""Share of an earlier priority level that later levels may give up to rounding."""


@dataclass
class StageClock:
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


def prepare(case: Case, given: Given, clock: StageClock | None = None) -> Model:
    """Compile and build a case on the grid of the options.

    Args:
        case: A case.
        given: Options (grid and whatever else; see :func:`planner.solve`), or a run that somebody listens to.
        clock: Times the stages; None: nobody does.

    Returns:
        The case, its network, the built Pyomo model and the matrix that HiGHS gets.

    Raises:
        InvalidCaseError: It cannot be compiled.
        ExtensionError: What extends its Pyomo model cannot be taken up.

    Example:
        >>> model = planner.solve.prepare(case, options)
        >>> (len(model.matrix.cost), len(model.matrix.row_lower)) == (plan.record.columns, plan.record.rows)
        True
    """
    run = RunContext.of(given)
    clock = clock or StageClock(run.tell)
    with uncollected():
        with clock.stage("compile"):
            network = compile_case(case)
        with clock.stage("build"):
            built = build(network, case.grid(run.options.grid), case.extend)
            matrix = extract(built)
    return Model(case, built, matrix)


def _on_this_grid(case: Case, model: Model) -> list[str]:
    """What decisions by hand come to on the dates of another grid than the workbook's, for which it was checked."""
    grid = model.built.frame.grid.name
    if not case.of(Overrides) or grid == replace(case, counted="").grid().name:
        return []
    known = {str(problem) for problem in case.warnings}
    return [str(note) for note in draft_case(replace(case, counted=grid)).notes if str(note) not in known]


def solve(case: Case, options: Given | None = None, *, extend: Extend | None = None) -> Plan:
    """Find the best plan of a case, or say how the search ended.

    A linear programme with binary decisions is solved by branch and bound (HiGHS; Huangfu and Hall 2018,
    *Parallelizing the dual revised simplex method*), one priority level after the other (lexicographic goal
    programming). The plan's objective is recomputed from its tables before anything is claimed of it, and ties are
    broken by the rule of :mod:`planner.solver.tie_breaking`.

    Args:
        case: A checked case, as :func:`planner.read` returns it.
        options: Grid, gap (a share of the points), seconds, seed and others; None: :class:`planner.Options` as it is.
            A :class:`planner.solver.runs.RunContext` holds them with who hears how far the search has come, about once
            a second, and who is asked now and then whether to stop; what was found is kept.
        extend: May change the Pyomo model of the case before it is searched: what it adds, fixes, deactivates or gives
            another value counts (:func:`planner.build` hands the same model over).

    Returns:
        The plan. `plan.status` says what is proven, `plan.objective` and `plan.bound` are in points, `plan.gap` is
        their distance as a share; `plan.tables` are pandas frames, one row an activity and period, a stock and step, a
        payment and so on (*Tables of a plan* in the manual), in people, USD, FTE and days.

    Raises:
        InvalidCaseError: The case cannot be built.
        ExtensionError: What `extend` did to the model cannot be used.

    Example:
        >>> import planner
        >>> case = planner.read("inputs/starter.xlsx")
        >>> plan = planner.solve(case, planner.Options(grid="phases"))
        >>> print(plan.status, round(plan.objective))
        optimal within gap 73574
    """
    run = RunContext.of(options).anew()
    case = case if extend is None else extended(case, extend)
    clock = StageClock(run.tell)
    model = prepare(case, run.options, clock)
    health = measured(model.matrix, model.built.struck)
    with clock.stage("solve", f"{count(len(model.matrix.row_lower))} rows, {count(len(model.matrix.cost))} columns"):
        answer = searched(model, run)
    claim: Claim | None = None
    warnings = [*map(str, case.warnings), *_on_this_grid(case, model), *never_done(model.built.struck)]
    added, nothing = 0.0, dict[str, float]()
    before, goes_on = dict[str, float](), Continuation()
    if answer.values is not None:
        claim = _claimed(model, run, clock, answer, health)
        with clock.stage("compare"):
            nothing, before, goes_on = _compared(model, run.options, claim.values, warnings)
        health, added = claim.health, points_added(model.built, settled(model.built, claim.values))
        answer = replace(answer, status=claim.status, gap=claim.gap, stopped=claim.stopped)
    warnings += _no_plan_because(model, run.options, answer.status)
    disputed = claim.disputed if claim is not None else tuple(filter(None, [answer.disputed]))
    return Plan(
        status=answer.status,
        record=recorded(record(model, run.options, clock, health), model.built.extended, added),
        objective=None if claim is None else claim.objective,
        bound=answer.bound if claim is None else claim.bound and max(claim.bound, claim.objective),
        gap=None if claim is None else claim.gap,
        tables={} if claim is None else with_continuation(claim.tables, goes_on),
        continuation=goes_on.outcomes,
        doing_nothing=nothing,
        previous=before,
        defaults=tuple(defaults_used(case)),
        warnings=tuple(warnings),
        unproven=(*disputed, *unproven(answer, run.options), *unchecked(model.built)),
    )


def _claimed(model: Model, run: RunContext, clock: StageClock, answer: Answer, health: Health) -> Claim:
    """What is claimed of the plan that was found; what is in doubt, only after a search in another way."""
    worth = partial(made, model.built, model.matrix, health)
    with clock.stage("extract"):
        claim = worth(answer)
    doubts = list(doubts_of(claim, answer, run.options))
    if not doubts:
        return claim
    if rescue.is_after_a_fault():
        return unrepeated(claim, "; ".join(doubts))

    def again(way: Way, start: Floats) -> Answer:
        return search(model, run.anew(replace(run.options, time_limit=max(1.0, run.left))), way, start)

    with clock.stage("solve", "once more in another way, because " + doubts[0]):
        return judged(claim, doubts, run.options, again, worth, partial(_holds, model, run.options))


def searched(model: Model, run: RunContext) -> Answer:
    """Search; a solver that fails altogether ends in words, not in an error.

    Where the solver ended the process before this one, what was kept is taken up and the solver is not asked again.
    """
    kept = rescue.taken_up(_key(model))
    if kept is not None:
        return Answer(kept.status, kept.objective, kept.bound, None, kept.values, Stop.FAULT)
    try:
        answer = search(model, run)
        if answer.values is not None:
            rescue.keep(_key(model), answer.values, answer.status, answer.objective, answer.bound)
        return answer
    except SolverFailedError as error:
        return Answer(Status.NO_PLAN, None, None, None, None, Stop.FAILURE, failure=str(error))


def _key(model: Model) -> str:
    """What tells the models of two cases or grids apart."""
    matrix, case = model.matrix, model.case
    return f"{case.sha256} {model.built.frame.grid.name} {len(matrix.cost)} {len(matrix.values)}"


def _holds(model: Model, options: Options, claim: Claim) -> bool:
    """Whether a plan holds when it is recomputed from the workbook."""
    from planner.verify import verify  # noqa: PLC0415 - only where runs of the solver disagree

    told, added = model.built.extended, points_added(model.built, settled(model.built, claim.values))
    empty = recorded(record(model, options, StageClock(), claim.health), told, added)
    plan = Plan(claim.status, empty, claim.objective, claim.bound, claim.gap, claim.tables)
    return verify(model.case, plan).ok


def _compared(
    model: Model, options: Options, values: Floats, warnings: list[str]
) -> tuple[dict[str, float], dict[str, float], Continuation]:
    """Outcomes of doing nothing and of the plan before, and what goes on; the plan stays where the solver fails."""
    if rescue.is_after_a_fault():
        warnings.append(
            "The solver ended the process: the plan found before is compared neither with what goes on without it, "
            "nor with doing nothing."
        )
        return {}, {}, Continuation()
    try:
        nothing = doing_nothing(model.built, model.matrix, options)
        before = previous(model.built, model.matrix, options, values)
        return nothing, before, goes_on_without(model, options)
    except SolverFailedError as error:
        warnings.append(f"The plan could not be compared with what goes on without it: {error}")
        return {}, {}, Continuation()


def undecided(model: Model, options: Options) -> Model:
    """The model in which nothing is decided by hand: sheet Overrides is left out, since it is part of the plan.

    Args:
        model: A model.
        options: As for :func:`planner.solve`.

    Returns:
        The same model where nothing is decided by hand, else another one.

    Example:
        >>> model = planner.solve.prepare(case, options)
        >>> planner.solve.undecided(model, options) is model
        True
    """
    if not model.case.of(Overrides):
        return model
    return prepare(replace(model.case, rows={**model.case.rows, Overrides: ()}), options)


def goes_on_without(model: Model, options: Options) -> Continuation:
    """What goes on without the plan, on the model in which nothing is decided by hand.

    Args:
        model: As :func:`prepare` makes it.
        options: As for :func:`planner.solve`.

    Returns:
        Outcomes in their units, and the level of each row that goes on.

    Example:
        >>> model = planner.solve.prepare(case, options)
        >>> planner.solve.goes_on_without(model, options).outcomes.keys() == plan.continuation.keys()
        True
    """
    if not anything_goes_on(model.case):
        return Continuation()
    plain = undecided(model, options)
    return continuation(plain.built, plain.matrix, options)


def search(model: Model, given: Given, way: Way = AS_ASKED, start: Floats | None = None) -> Answer:
    """Settle every priority level in order, then the ties; in another way and from a plan where one is given.

    Args:
        model: As :func:`prepare` makes it.
        given: Options as for :func:`planner.solve`, or a run that somebody listens to or may stop. All of it has the
            time limit of the options, from now on.
        way: Other settings of HiGHS, for a second try.
        start: Values of all columns to start from.

    Returns:
        Values of all columns (one each, natural units), status, bound and gap.

    Example:
        >>> model = planner.solve.prepare(case, options)
        >>> answer = planner.solve.search(model, options)
        >>> len(answer.values) == plan.record.columns
        True
    """
    run = RunContext.of(given).anew()
    options = run.options
    session = Session(model.matrix, options, way=way)
    session.found = lambda values: rescue.keep(_key(model), values, Status.FEASIBLE)
    if start is not None:
        session.start_from(start)
    elif warm_start.wanted(model.matrix, model.built.frame.grid, model.case.grid(warm_start.COARSE)):
        run.say("a first plan, from the dates of the default grid's")
        coarse = prepare(replace(model.case, extend=None), replace(options, grid=warm_start.COARSE))
        first = warm_start.warm_start(coarse.built, coarse.matrix, model.built, model.matrix, run)
        if first is not None:
            session.start_from(first)
    answer = run.solve(session, max(1.0, run.left), heard=True)
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
        after = run.solve(session, max(1.0, run.left), heard=True)
        if after.values is None:
            proven = replace(proven, status=Status.FEASIBLE, stopped=after.stopped or Stop.PRIORITIES)
            break
        answer = after
        proven = replace(proven, status=after.status, values=after.values, stopped=after.stopped)
    if levels > 1 and proven.values is not None:
        proven = whole_bound(model, proven)
    if proven.values is None:
        return proven
    try:
        return replace(proven, values=break_ties(model.built, model.matrix, options, proven.values, KEPT))
    except SolverFailedError:
        return proven  # ties stay as they fell


def _possible_without(model: Model, options: Options) -> bool | None:
    """Whether the case has a plan where nobody extends its model; None where that was not found in the time."""
    plain = prepare(replace(model.case, extend=None), options)
    found = Session(plain.matrix, replace(options, gap=1.0)).run(time_limit=min(MOST_SECONDS, options.time_limit))
    return True if found.values is not None else False if found.status is Status.INFEASIBLE else None


def whole_bound(model: Model, answer: Answer) -> Answer:
    """With several priorities the objective is the sum over levels, and each level was proven in turn."""
    if answer.values is None:
        return answer
    values, levels = answer.values, range(len(model.built.frame.network.priorities))
    points = float(np.sum([cost_of(model.built, k) @ values for k in levels]))
    return replace(answer, objective=points, bound=points if answer.status is Status.OPTIMAL else None)


def _no_plan_because(model: Model, options: Options, status: Status) -> list[str]:
    """What is known of why there is no best plan."""
    if status is Status.UNBOUNDED:
        return unbounded_because(model, options)
    if status is Status.INFEASIBLE and model.built.extended is not None:
        return [without_plan(model.built.extended, possible=_possible_without(model, options))]
    return []


def unbounded_because(model: Model, options: Options) -> list[str]:
    """Name what can grow without end: activities that earn points and are limited by nothing."""
    ray = Session(model.matrix, options).ray()
    if ray is None:
        return ["The objective has no limit; some activity is neither priced nor limited."]
    frame = model.built.frame
    order = np.argsort(-places(np.abs(ray)), kind="stable")
    grows = [frame.columns[n] for n in order if abs(ray[n]) > 1e-9 and frame.columns[n].family in ("level", BY_HAND)]
    names = dict.fromkeys(f"{c.key[0]} ({c.origin})" if c.origin else str(c.key[0]) for c in grows)
    listed = ", ".join(list(names)[:5]) or "an outcome term"
    return [
        f"The objective has no limit: nothing holds back {listed}. "
        "Give it a largest pace, a cost or a resource it uses."
    ]


def unproven(answer: Answer, options: Options) -> Iterator[str]:
    """Say in words what the solver did not prove."""
    if answer.failure:
        yield answer.failure
    if answer.status is Status.FEASIBLE:
        gap = "an unknown distance" if answer.gap is None or not np.isfinite(answer.gap) else share(answer.gap)
        why = f"the search was stopped ({answer.stopped})"
        yield f"Whether this is the best: {why}; another may be better, by at most {gap}."
    elif answer.status is Status.OPTIMAL and answer.gap and answer.gap >= 5e-6:
        asked = f"{share(options.gap)} was asked for"
        yield f"Whether this is the very best: another may be better, by at most {share(answer.gap)} ({asked})."


def record(model: Model, options: Options, clock: StageClock, health: Health | None = None) -> Record:
    """Everything needed to find the plan again, and the health of its figures.

    Args:
        model: The model that was solved.
        options: How.
        clock: Times of the stages, in seconds.
        health: Of the figures; None: it was not looked at.

    Returns:
        Hash of the input, grid, scenario, changes, options, versions, size of the model and times.

    Example:
        >>> model = planner.solve.prepare(case, options)
        >>> planner.solve.record(model, options, planner.solve.StageClock()).grid
        'phases'
    """
    health = health or measured(model.matrix, model.built.struck)
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
        binaries=int(matrix.integer.sum()),
        coefficient_range=matrix.coefficient_range,
        seconds=dict(clock.seconds),
        solved_at=datetime.now(UTC).isoformat(timespec="seconds"),
        health=health.as_record(),
    )


def _version(package: str) -> str:
    """Version of an installed package; ours may run from its folder."""
    try:
        return version(package)
    except PackageNotFoundError:
        return __version__


def export(case: Case, path: Path, options: Options | None = None) -> Model:
    """Write the model as MPS or LP, by the file's ending, with readable names; it appears whole or not at all.

    Args:
        case: A case.
        path: File to write, ending in .mps or .lp.
        options: As for :func:`planner.solve`; None: the usual ones.

    Returns:
        The model that was written.

    Raises:
        OSError: It cannot be written, or the disk is full (HiGHS itself does not tell).

    Example:
        >>> model = planner.solve.export(case, folder / "starter.mps", options)
        >>> (folder / "starter.mps").exists()
        True
    """
    options = options or Options()
    model = prepare(case, options)
    session = Session(model.matrix, options, named=True)
    with made_atomically(path, b"ENDATA" if path.suffix.lower() == ".mps" else b"end") as beside:
        session.write(str(beside))
    return model


make_callable(__name__)
