r"""The near-optimal set: plans of equal merit (MGA), and the questions that are put to it.

A plan belongs to the set if every priority level has at least :math:`z^* - \tau` points, with :math:`z^*` those of the
best plan found (points are always maximised) and :math:`\tau` a share of their size, or an amount of points. One row a
level is added once to a session; then only costs are swapped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.build import Built
from models.matrix import Floats
from planner.cells.meanings import number_of
from planner.explain.words import Words, figure
from planner.plan import Status
from planner.plan.extract import Extractor
from planner.solve import Model
from planner.solver import scopes
from planner.solver.answers import Answer
from planner.solver.loaded import as_terms, filled
from planner.solver.runs import RunContext
from planner.solver.session import Session
from planner.solver.tie_breaking import cost_of
from planner.tradeoffs.errors import TradeoffError

KINDS = ("open", "close", "reform", "programme", "visa", "hire", "deploy", "transfer", "raw")
"""Kinds of rows that are a choice; procedures follow from those who come, so they are left out."""

CANCELLED = 0.01
"""Points smaller than this share of their parts have cancelled out; a percentage of them would mean nothing."""

TINY = 1e-5
"""Share of what could be done at most below which something is not done."""

_WITHIN = re.compile(r"\s*([0-9][0-9.,' ]*?)\s*(%|points?)\s*")


@dataclass(frozen=True)
class Tolerance:
    """How far plans of equal merit may fall short: a share of the best, or an amount of points."""

    share: float | None = None
    points: float | None = None

    @classmethod
    def parse(cls, words: str) -> Tolerance:
        """Read '2%' or '300 points'. Raises TradeoffError."""
        found = _WITHIN.fullmatch(words)
        if found is None:
            message = f"'{words}' is no distance from the best: write a percentage ('2%') or an amount ('300 points')."
            raise TradeoffError(message)
        try:
            value = number_of(found.group(1))
        except ValueError as error:
            raise TradeoffError(str(error)) from error
        if found.group(2) != "%":
            return cls(points=value)
        if value > 100.0:
            message = f"A distance of {value:g}% from the best holds nearly every plan: give at most 100%."
            raise TradeoffError(message)
        return cls(share=value / 100.0)

    def __str__(self) -> str:
        """As it is written."""
        return f"{100.0 * self.share:g}%" if self.share is not None else f"{figure(self.points or 0.0)} points"

    def amount(self, objective: float, parts: Sequence[float]) -> tuple[float, str]:
        """Amount in points, and a note where the percentage is not one of the objective.

        The percentage is taken of the objective's size, whatever its sign. Where gains and losses nearly cancel, it is
        taken of the sum of their sizes, since a percentage of nearly nothing lets no other plan in.
        """
        if self.share is None:
            return float(self.points or 0.0), ""
        sizes = float(sum(abs(p) for p in parts))
        if abs(objective) >= CANCELLED * sizes:
            return self.share * abs(objective), ""
        note = (
            f"Gains and losses nearly cancel in the objective ({figure(objective)} points), so the percentage is taken "
            f"of the sum of their sizes ({figure(sizes)} points)."
        )
        return self.share * sizes, note


@dataclass(frozen=True)
class Decision:
    """One choice: a switch (taken or not), or an activity (its amount over the plan)."""

    id: str
    kind: str
    sheet: str
    row: str
    cell: str
    words: str
    unit: str
    binary: bool
    terms: tuple[tuple[int, float], ...]

    def cost(self, size: int) -> Floats:
        """Its amount as coefficients of the columns."""
        return filled(dict(self.terms), size)


def decisions_of(built: Built) -> tuple[Decision, ...]:
    """Every choice of a built model that is open at all, in the order of :data:`KINDS` and of names."""
    words, items = Words(built), []
    for switch in built.frame.network.switches:
        forms = list(built.switches.starts[switch.id].values())
        if not switch.already:
            items.append((switch.id, switch.tags, switch.origin, "", True, forms))
    for activity in built.frame.network.activities:
        levels = [built.activities.level[activity.id, t] for t in built.activities.active[activity.id]]
        items.append((activity.id, activity.tags, activity.origin, activity.unit, False, levels))
    result = []
    for name, tags, cell, unit, binary, forms in items:
        kind = name.partition(":")[0]
        if kind in KINDS:
            terms: dict[int, float] = {}
            for form in forms:
                for column, value in form.terms.items():
                    terms[column] = terms.get(column, 0.0) + value
            result.append(
                Decision(name, kind, tags.get("sheet", ""), tags.get("row", name), cell, words.noun(name), unit, binary,
                     tuple(sorted(terms.items())))
            )  # fmt: skip
    return tuple(sorted(result, key=lambda i: (KINDS.index(i.kind), i.id)))


@dataclass
class NearOptimalSet:
    """Two sessions of one model, integer and relaxed, each with the rows of equal merit as its last ones."""

    model: Model
    context: RunContext
    best: Answer
    within: Tolerance
    note: str = ""
    floors: list[float] = field(default_factory=list)
    amounts: list[float] = field(default_factory=list)
    objectives: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Add the rows."""
        matrix, built, values = self.model.matrix, self.model.built, self.best.values
        assert values is not None
        self.integer = Session(matrix, self.context.options)
        self.linear = Session(replace(matrix, integer=np.zeros_like(matrix.integer)), self.context.options)
        self.size, self.first = len(matrix.cost), len(matrix.row_lower)
        self.levels = [cost_of(built, k) for k in range(max(1, len(built.frame.network.priorities)))]
        parts = [float(row["points"]) for row in Extractor(built, values).outcomes()]
        for level, cost in enumerate(self.levels):
            reached = built.outcomes.objective(level).value(values)
            amount, note = self.within.amount(reached, parts)
            self.objectives.append(reached)
            self.amounts.append(amount)
            self.note = self.note or note
            # a plan found by a search may fall short of its rows by what the search calls feasible
            room = 1e-7 * max(1.0, abs(reached))
            self.floors.append(float(cost @ values) - amount - room)
            for session in (self.integer, self.linear):
                session.add_row(cost, self.floors[-1], np.inf)

    def points(self, values: Floats) -> float:
        """Points of a plan, over all priority levels."""
        return float(sum(self.model.built.outcomes.objective(k).value(values) for k in range(len(self.levels))))

    def relaxed(self, cost: Floats, *, anywhere: bool = False) -> float:
        """Most of a cost over the relaxation, of the set or of all plans."""
        self._hold(self.linear, held=not anywhere)
        self.linear.set_cost(cost)
        self.linear.simplex("primal")  # only the cost is new: the last plan still holds
        answer = self.linear.run(interrupt=self.context.interrupt)
        if answer.status is Status.OPTIMAL and answer.objective is not None:
            return answer.objective
        return -np.inf if answer.status is Status.INFEASIBLE else np.inf

    def most(self, cost: Floats, start: Floats | None, seconds: float, gap: float) -> Answer:
        """Most of a cost over the set, by an integer search; `bound` is what is proven."""
        self._hold(self.integer, held=True)
        return self._search(cost, start, seconds, gap, 1e-7)

    def belongs(self, values: Floats) -> bool:
        """Whether a plan has the points that the set asks for."""
        return all(float(cost @ values) >= floor for cost, floor in zip(self.levels, self.floors, strict=True))

    def stretched(self, cost: Floats, columns: Floats, item: Decision, *, on: bool) -> Floats | None:
        """Plan of the set with the same integer decisions and the most of a cost; None where that cannot be found.

        Where the item itself is yes or no, it is turned: off, or on from its first possible date.
        """
        integer = np.flatnonzero(self.model.matrix.integer).astype(np.int32)
        turned = columns.copy()
        if item.binary:
            own = [column for column, _ in item.terms]
            turned[own] = 0.0
            if on:
                turned[own[0]] = 1.0
        self._hold(self.linear, held=True)
        at = np.rint(turned[integer])
        self.linear.set_cost(cost)
        self.linear.simplex("dual")
        with scopes.bounded_columns(self.linear, integer, at, at):
            answer = self.linear.run(interrupt=self.context.interrupt)
        return answer.values if answer.status is Status.OPTIMAL else None

    def best_with(self, item: Decision, least: float, most: float, seconds: float) -> Answer:
        """Best points, first priority level, of all plans with this much of an item."""
        self._hold(self.integer, held=False)
        enough = 0.25 * self.amounts[0] / max(abs(self.objectives[0]), 1e-9)
        with scopes.added_row(self.integer, as_terms(item.cost(self.size)), least, most):
            return self._search(self.levels[0], None, seconds, max(self.context.options.gap, min(enough, 0.01)), 1e-9)

    def _search(self, cost: Floats, start: Floats | None, seconds: float, gap: float, away: float) -> Answer:
        session = self.integer
        session.forget()
        session.set_gaps(relative=gap, absolute=away)
        session.set_cost(cost)
        if start is not None and session.integer:
            session.start_from(start)
        return session.run(interrupt=self.context.interrupt, time_limit=max(0.1, seconds))

    def _hold(self, session: Session, *, held: bool) -> None:
        for k, floor in enumerate(self.floors):
            session.bound_row(self.first + k, floor if held else -np.inf)
