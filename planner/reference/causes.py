"""Computed causes of what stays idle in a plan: a linear programme at the plan's yes-or-no decisions, and its prices.

An activity is taken apart at its best period: what one unit would bring, and what it takes elsewhere. For a yes or no
the programme is solved again with it taken at whatever dates serve it best, all other decisions as they are: no date
can bring more than that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planner.compile.draft import parse_selection
from planner.explain import SolvedCase, UnknownRowError, open_case, why
from planner.explain.limits import Catalogue
from planner.explain.recipe import GATES, Margin, Margins
from planner.explain.why import subject
from planner.options import Options
from planner.ordering import place
from planner.plan import Status
from planner.sheets import Funding, Reforms, Rules, Sites
from planner.solver import scopes
from planner.solver.session import Session
from planner.wording.figures import figure, whole
from planner.wording.lists import listed
from planner.wording.units import single

if TYPE_CHECKING:
    from models.matrix import Floats
    from planner.case import Case
    from planner.plan import Plan
    from planner.sheets import Row

SECONDS = 60.0
"""Longest time for opening a plan."""
NOISE = 1e-6
"""Points that are rounding, beside the points of one unit."""
MILLION = 1e6


class ClosedPlanError(ValueError):
    """A plan that cannot be opened for questions; the message says why."""


def open_causes(case: Case, plan: Plan, seconds: float = SECONDS) -> Causes:
    """Open a plan for questions about what stays idle. Raises ClosedPlanError where it cannot be."""
    if case.sha256 != plan.record.input_sha256:
        message = "the plan was made from another state of this workbook"
        raise ClosedPlanError(message)
    try:
        solved = open_case(case, Options(grid=plan.record.grid, time_limit=seconds), plan)
        return Causes(solved, solved.fixed.values)
    except ValueError as error:
        message = f"it could not be solved again within {whole(seconds)} seconds ({error})"
        raise ClosedPlanError(message) from error


@dataclass(frozen=True)
class Causes:
    """Why rows stay at nothing in an opened plan. `values` are the columns of the solved programme."""

    solved: SolvedCase
    values: Floats

    @cached_property
    def _margins(self) -> Margins:
        """Activities taken apart."""
        return Margins(self.solved)

    @cached_property
    def _known(self) -> dict[tuple[str, str], str]:
        """Causes found so far, by sheet and row."""
        return {}

    def of(self, row: Row) -> str:
        """Why a row is at nothing, in words; '' where nothing was computed about it."""
        if (row.SHEET, row.id) not in self._known:
            self._known[row.SHEET, row.id] = self._of(row)
        return self._known[row.SHEET, row.id]

    def _of(self, row: Row) -> str:
        """Find the cause of one row."""
        if isinstance(row, Funding):
            return self._account(row)
        try:
            name = subject(self.solved, row.SHEET, row.id)
        except UnknownRowError:
            return ""
        return self._switch(row, name) if isinstance(row, (Reforms, Sites)) else self._activity(name)

    def _activity(self, name: str) -> str:
        """Best period of an activity that the plan does not do."""
        acts = self.solved.built.activities
        found = [m for t in acts.active[name] if (m := self._margins.of(name, t)) is not None]
        free = [m for m in found if not any(p.family in GATES for p in m.costs())]
        if not found:
            return "there is no time in the plan at which it could be done"
        best = max(free or found, key=lambda m: place((m.brings - m.takes) / max(m.takes, NOISE)))
        unit, size = single(acts.by_id[name].unit), 1.0
        if unit == "USD":
            unit, size = "USD million", MILLION
        return self._sentence(best, unit, size)

    @staticmethod
    def _sentence(best: Margin, unit: str, size: float) -> str:
        """What one unit would bring at its best, and take."""
        brings, takes = size * best.brings, size * best.takes
        costs = [f"{p.words} {figure(-size * p.points)}" for p in best.costs()[:3]]
        own = max(0.0, -size * best.direct)
        if own > 0.05 * takes:
            costs.append(f"its own effect on the outcomes {figure(own)}")
        taken = f" ({listed(costs)})" if costs else ""
        if max(brings, takes) <= NOISE * size:
            return f"one {unit} of it would bring nothing and take nothing"
        head = f"at its best, in {best.period}, one {unit} would bring {figure(brings)} points"
        if abs(brings - takes) <= NOISE * max(1.0, takes):
            return f"the plan is equally good with and without it: {head} and take as much elsewhere{taken}"
        if brings > takes:
            return f"{head} and take {figure(takes)}{taken}, but it may not be done then"
        return f"{head} and take what is worth {figure(takes)} elsewhere{taken}"

    def _switch(self, row: Row, name: str) -> str:
        """What stands in the way of a yes or no; else what it would bring at its best dates."""
        if not self.solved.built.switches.starts.get(name):
            return "its window leaves no date on which it could be taken"
        worth = self.worth(name)
        if worth is None:
            held = dict.fromkeys(p.words for r in why(self.solved, row.SHEET, row.id).reasons for p in r.binding)
            return listed(list(held), 3) if held else "it cannot be taken beside the other decisions of the plan"
        points = abs(self.solved.objective)
        if worth > NOISE * points:
            gap = (self.solved.gap or 0.0) * points
            within = f", which is within the {figure(gap)} that the search left open" if worth <= gap else ""
            return f"at its best dates it would bring at most {figure(worth)} points{within}"
        if worth >= -NOISE * points:
            return "the plan is equally good with and without it"
        return f"even at its best dates it would cost {figure(-worth)} points more than it brings"

    @cached_property
    def _session(self) -> Session:
        """The solved programme, to be changed and put back."""
        session = Session(self.solved.matrix, self.solved.options)
        session.fix_integers(self.solved.values)
        session.set_cost(self.solved.fixed.cost)
        session.run()
        return session

    def worth(self, name: str) -> float | None:
        """Points that a yes or no brings where its dates may be mixed and all others stay; None if it cannot be.

        Mixed dates leave more room than any one date, so the figure is at least the worth of the best date.
        """
        columns = self.solved.built.switches.taken(name).terms
        if not columns:
            return None
        session, own = self._session, np.array(list(columns), dtype=np.int32)
        free = scopes.bounded_columns(session, own, np.zeros(len(own)), self.solved.matrix.column_upper[own])
        with free, scopes.added_row(session, columns, 1.0, math.inf):
            answer = session.run(presolve=False)
        if answer.status is not Status.OPTIMAL or answer.objective is None:
            return None
        return float(answer.objective) - self.solved.fixed.objective

    @cached_property
    def _money(self) -> dict[str, float]:
        """Points of one USD million more in each account, at the start of the phase in which it is worth most."""
        fixed, found = self.solved.fixed, dict[str, float]()
        for limit in Catalogue(self.solved, self.values).money():
            account = limit.about.partition(":")[2]
            found[account] = max(found.get(account, 0.0), fixed.basis.price(limit.shift, fixed.duals))
        return found

    def _under_rules(self, account: str) -> str:
        """Rules on what an account may pay that hold it, with what a million more would bring."""
        frame, prices, found = self.solved.built.frame, self.solved.fixed.duals[0], dict[str, float]()
        named = {
            row.rule
            for row in self.solved.case.of(Rules)
            if row.on and row.relation == "at most" and account in parse_selection(row.where).get("account", ())
        }
        for number, row in enumerate(frame.rows):
            if row.family == "rule" and str(row.key[0]) in named and prices[number] / row.scale > NOISE:
                name = str(row.key[0])
                found[name] = max(found.get(name, 0.0), float(prices[number]) / row.scale)
        told = [f"rule '{name}' ({figure(points)} points for one USD million more)" for name, points in found.items()]
        return f", held by {listed(told)}" if told else ""

    def _account(self, row: Funding) -> str:
        """What a million more of an account would bring, of those that it pays beside, and the rules that hold them."""
        worth = self._money.get(row.account, 0.0)
        said = "nothing" if worth <= NOISE else f"{figure(worth)} points"
        plain = f"one USD million more of it would bring {said}{self._under_rules(row.account)}"
        if row.match_ratio is None:
            return plain
        beside = [f"account '{name}'{self._under_rules(name)}" for name in row.match_basis]
        return f"{plain}: it pays at most USD {figure(row.match_ratio)} beside each dollar of {listed(beside)}"
