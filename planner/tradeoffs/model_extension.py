"""One session that single questions of trade-offs extend with columns and rows of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.matrix import Floats
from planner.options import Options
from planner.plan import Status
from planner.solver.answers import Answer
from planner.solver.loaded import as_terms, filled
from planner.solver.runs import Given, RunContext
from planner.solver.session import Session
from planner.tradeoffs.errors import EndlessError, TradeoffError, meant
from planner.tradeoffs.problem import MultiObjectiveProblem, Objectives, by_label
from planner.tradeoffs.search import nothing_possible, without_end

Terms = dict[int, float]


@dataclass(frozen=True)
class Solution:
    """One plan chosen by a stated principle: values by name, how sure it is, and figures of the principle itself."""

    principle: str
    values: Mapping[str, float]
    status: Status
    gap: float | None
    figures: Mapping[str, float]
    notes: tuple[str, ...]
    columns: Floats = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    units: Floats = field(default_factory=lambda: np.ones(0), repr=False)

    @property
    def decisions(self) -> dict[str, float]:
        """Value of every decision by its name."""
        return by_label(self.labels, self.columns, self.units)

    @property
    def total(self) -> float:
        """Sum of all values."""
        return float(sum(self.values.values()))


def as_problem(source: Any, objectives: Objectives | None, *, fewest: int = 1) -> MultiObjectiveProblem:
    """A problem as it is, or a Pyomo model with named objectives read into one."""
    if isinstance(source, MultiObjectiveProblem):
        return source
    if objectives is None:
        message = "Name the objectives of the model: {name: ('max' or 'min', expression)}."
        raise TradeoffError(message)
    from planner.tradeoffs.reader import read_model  # noqa: PLC0415 - Pyomo is loaded for a Pyomo model only

    return read_model(source, objectives, fewest=fewest, most=None)


def number_of(problem: MultiObjectiveProblem, name: str) -> int:
    """Place of a named objective; refuses unknown names."""
    if name not in problem.names:
        message = f"There is no outcome '{name}'.{meant(name, problem.names)}"
        raise TradeoffError(message)
    return problem.names.index(name)


class ModelExtension:
    """A session with the natural forms of the objectives at hand. Everything is maximised."""

    def __init__(self, problem: MultiObjectiveProblem, options: Given | None) -> None:
        """Hold the model."""
        self.problem, self.context = problem, RunContext.of(options, Options(gap=0.0))
        self.session = Session(problem.matrix, self.context.options)

    def form(self, k: int) -> Terms:
        """Coefficients of objective k in natural units (without its constant)."""
        row = self.problem.coefficients[k] * float(self.problem.senses[k] * self.problem.units[k])
        return as_terms(row)

    def constant(self, k: int) -> float:
        """Constant of objective k in natural units."""
        return float(self.problem.constants[k])

    def column(self, lower: float = 0.0, upper: float = np.inf) -> int:
        """Add a continuous decision."""
        return self.session.add_column(0.0, lower, upper)

    def row(self, terms: Mapping[int, float], lower: float = -np.inf, upper: float = np.inf) -> int:
        """Add a limit and return its number."""
        return self.session.add_terms(terms, lower, upper)

    def maximise(self, terms: Mapping[int, float], start: Floats | None = None) -> Answer:
        """Solve for these coefficients. Raises TradeoffError where there is no plan or no end."""
        cost = filled(terms, self.session.columns)
        self.session.set_cost(cost)
        if start is not None and self.session.integer:
            self.session.forget()
            self.session.start_from(np.append(start, np.zeros(len(cost) - len(start))))
        answer = self.context.solve(self.session)
        if answer.status is Status.INFEASIBLE:
            raise TradeoffError(nothing_possible(()), Status.INFEASIBLE)
        if answer.status is Status.UNBOUNDED:
            raise EndlessError(without_end(", ".join(self.problem.names)))
        if answer.values is None:
            message = f"No plan was found before the search was stopped ({answer.stopped}); allow more time."
            raise TradeoffError(message, Status.NO_PLAN)
        return answer

    @property
    def room(self) -> float:
        """Relative room that something settled leaves to rounding."""
        return 1e-7 if self.session.integer else 1e-9

    def hold(self, terms: Mapping[int, float], value: float) -> None:
        """Keep the value of what was just maximised: exactly for a linear programme, else with room for rounding."""
        if self.session.integer:
            self.row(terms, lower=value - self.room * max(abs(value), 1e-6))
        else:
            self.session.keep_optimal()

    def natural(self, answer: Answer) -> Floats:
        """Values of all objectives in natural units."""
        return self.problem.natural(self.problem.values(self.plain(answer)))

    def plain(self, answer: Answer) -> Floats:
        """Columns of the model itself, integer ones rounded."""
        assert answer.values is not None
        columns = answer.values[: len(self.problem.matrix.cost)].copy()
        integer = self.problem.matrix.integer
        columns[integer] = np.rint(columns[integer])
        return np.asarray(columns)

    def solution(
        self, principle: str, answer: Answer, figures: Mapping[str, float] | None = None, notes: tuple[str, ...] = ()
    ) -> Solution:
        """Write an answer as a solution."""
        columns = self.plain(answer)
        values = self.problem.by_name(self.problem.values(columns))
        labels, units = self.problem.labels or self.problem.matrix.column_names, self.problem.column_units
        return Solution(
            principle,
            values,
            answer.status,
            answer.gap,
            figures or {},
            notes,
            columns,
            labels,
            units,
        )


def plus(*parts: tuple[Mapping[int, float], float]) -> Terms:
    """Sum of forms, each times a factor."""
    result: Terms = {}
    for terms, factor in parts:
        for column, value in terms.items():
            result[column] = result.get(column, 0.0) + factor * value
    return result
