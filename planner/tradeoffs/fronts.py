"""Fronts of trade-offs: of any Pyomo model with named objectives, or of outcomes of a case."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from planner.options import Options
from planner.plan import Status
from planner.solver.runs import Given, RunContext
from planner.tradeoffs.assemble import Region, front_of
from planner.tradeoffs.complete import seek_all
from planner.tradeoffs.engine import SubproblemAnswer
from planner.tradeoffs.errors import TradeoffError, meant
from planner.tradeoffs.parametric import between, seek_breakpoints
from planner.tradeoffs.points import Front
from planner.tradeoffs.problem import MultiObjectiveProblem, Objectives
from planner.tradeoffs.search import Candidate, Search
from planner.tradeoffs.spread import seek_boxes, seek_zones
from planner.tradeoffs.worker import Pool
from planner.wording.figures import typed

SAMPLE = 20
"""Points of a continuous front where no number is asked for (twice as many from three outcomes on)."""

Limits: TypeAlias = Mapping[str, tuple[float | None, float | None]]


def front(
    model: Any,
    objectives: Objectives,
    *,
    options: Given | None = None,
    points: int | None = None,
    limits: Limits | None = None,
    processes: int = 2,
) -> Front:
    """Front of two to five named objectives of any linear or mixed-integer Pyomo model, which is only read.

    Args:
        model: A Pyomo model.
        objectives: {name: ('max' or 'min', expression or Objective)}.
        options: Time limit for the whole front, gap for each point (0 where none are given, and always 0 where a front
            of
            whole decisions is to be complete).
        points: Most points, spread evenly. None: a front of integer decisions completely, one of a linear programme
            with
            two objectives exactly (all breakpoints), any other 20 points (40 from three objectives on).
        limits: {name: (from, until)} of objectives, in their units.
        processes: Processes that search at once.

    Returns:
        The non-dominated points; what was found when time ends or somebody stops it is kept.

    Raises:
        TradeoffError: The question has no answer.

    Source: G. Mavrotas and K. Florios, An improved version of the augmented epsilon-constraint method (AUGMECON2),
    2013;
    S. Tamby and D. Vanderpooten, Enumeration of the nondominated set of multiobjective discrete optimization problems,
    2021.

    Example:
        >>> import pyomo.environ as pyo
        >>> model = pyo.ConcreteModel()
        >>> model.x = pyo.Var(bounds=(0, 4))
        >>> found = planner.tradeoffs.front(model, {"much": ("max", model.x), "cheap": ("min", 2 * model.x)}, points=2)
        >>> [dict(point.values) for point in found.points]
        [{'much': 4.0, 'cheap': 8.0}, {'much': 0.0, 'cheap': 0.0}]
    """
    from planner.tradeoffs.reader import read_model  # noqa: PLC0415 - Pyomo is loaded for a Pyomo model only

    problem = read_model(model, objectives)
    return front_of_problem(problem, options=options, points=points, limits=limits, processes=processes)


def front_of_problem(
    problem: MultiObjectiveProblem,
    *,
    options: Given | None = None,
    points: int | None = None,
    limits: Limits | None = None,
    processes: int = 2,
    notes: tuple[str, ...] = (),
) -> Front:
    """Front of a problem already read into arrays; see :func:`front`.

    Args:
        problem: Matrix, bounds and objectives.
        options: As for :func:`front`.
        points: As for :func:`front`.
        limits: As for :func:`front`.
        processes: As for :func:`front`.
        notes: What is told with the front.

    Returns:
        The front.

    Raises:
        TradeoffError: The question has no answer.

    Example:
        >>> import pyomo.environ as pyo
        >>> from planner.tradeoffs.reader import read_model
        >>> model = pyo.ConcreteModel()
        >>> model.x = pyo.Var(bounds=(0, 4))
        >>> problem = read_model(model, {"much": ("max", model.x), "cheap": ("min", 2 * model.x)})
        >>> len(planner.tradeoffs.front_of_problem(problem, points=3, processes=1).points)
        3
    """
    run = RunContext.of(options, Options(gap=0.0))
    if points is not None and points < problem.size:
        size = problem.size
        message = f"A front of {size} outcomes has {size} corners: ask for so many points or more, not {points}."
        raise TradeoffError(message)
    problem = within(problem, limits or {})
    if problem.discrete and points is None:
        run = replace(run, options=replace(run.options, gap=0.0))  # complete means exact
    with closing(Pool(problem, run, processes)) as workers:
        search = Search(problem, run, workers, limited=tuple(limits or ()))
        search.most = np.inf if points is None else points
        search.corners()
        if problem.size == 2 and not problem.integer and points is None:
            return _exact_line(search, notes)
        sample = points is not None or not problem.discrete
        if problem.discrete and (points is None or problem.size > 2):
            regions = [(z, zones.upper(z)) for zones in [seek_all(search)] for z in zones.lower]
        else:
            search.most = points or (SAMPLE if problem.size == 2 else 2 * SAMPLE)
            regions = _spread(search)
        return front_of(search, regions, search.candidates, notes, sample=sample)


def within(problem: MultiObjectiveProblem, limits: Limits) -> MultiObjectiveProblem:
    """Hold outcomes between limits in natural units; refuses unknown names and reversed ranges."""
    lower, upper = np.full(problem.size, -np.inf), np.full(problem.size, np.inf)
    for name, (low, high) in limits.items():
        if name not in problem.names:
            message = f"There is no outcome '{name}' to limit.{meant(name, problem.names)}"
            raise TradeoffError(message)
        if low is not None and high is not None and low > high:
            message = (
                f"The range of '{name}' is reversed: from {typed(low)} until {typed(high)}. Give the smaller number "
                "first."
            )
            raise TradeoffError(message)
        k = problem.names.index(name)
        unit, sense, constant = problem.units[k], problem.senses[k], problem.constants[k]
        ends = [None if v is None else (v - constant) * sense / unit for v in (low, high)]
        small, large = ends if sense > 0 else ends[::-1]
        lower[k] = -np.inf if small is None else small
        upper[k] = np.inf if large is None else large
    return problem.limited(lower, upper) if limits else problem


def _spread(search: Search) -> list[Region]:
    """Spread points and return what is left open."""
    if search.run.over():
        return [(search.lowest, search.top)]
    if search.problem.size == 2:
        return [(b.lower, b.upper) for b in seek_boxes(search)]
    zones = seek_zones(search)
    return [(z, zones.upper(z)) for z in zones.lower]


def _exact_line(search: Search, notes: tuple[str, ...]) -> Front:
    """All breakpoints, and points between them so that the gaps are even."""
    unsettled = [] if search.run.over() else seek_breakpoints(search)
    regions = [(np.minimum(a.point, b.point), np.maximum(a.point, b.point)) for a, b in unsettled]
    if search.run.stopped and not search.breakpoints:
        regions = [(search.lowest, search.top)]
    kept = list(search.breakpoints or search.candidates)
    for candidate in kept:
        candidate.found = replace(candidate.found, gap=0.0, bound=float(candidate.point[candidate.objective]))
    if not unsettled and not search.run.stopped:
        for a, b, share in between(search, SAMPLE):
            assert a.found.columns is not None
            assert b.found.columns is not None
            columns = (1.0 - share) * a.found.columns + share * b.found.columns
            point = search.problem.values(columns)
            found = SubproblemAnswer(Status.OPTIMAL, columns, point, float(point[0]), 0.0)
            kept.append(Candidate(point, found, 0, "between"))
    return front_of(search, regions, kept, notes, sample=False)
