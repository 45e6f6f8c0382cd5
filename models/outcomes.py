r"""Outcomes and the objective (family K13)."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

from models.linear import Form
from models.network import Outcome, Term
from models.rules import Measures, Rules

if TYPE_CHECKING:
    import pyomo.core as pyo

    from models.builder import Builder


class Outcomes:
    """Outcome variables and the points that they bring."""

    def __init__(self, builder: Builder, measures: Measures, rules: Rules) -> None:
        """Keep what outcomes are measured with."""
        self.builder, self.measures, self.rules = builder, measures, rules
        self.value: dict[str, Form] = {}
        self.objectives: list[Form] = []

    def discounted(self, terms: tuple[Term, ...], rate: float) -> Form:
        r""":math:`\sum_t (1 + r)^{-m_t/365} (\dots)`, m the period's middle, for closing terms its end."""
        grid, form = self.builder.grid, Form()
        for term in terms:
            if self.measures.stands(term):
                factor = (1.0 + rate) ** (-grid.horizon / 365.0)
                form.add(self.measures.level_at(term, len(grid) - 1), factor * term.coefficient)
                continue
            for t in grid.periods:
                factor = (1.0 + rate) ** (-(grid.start(t) + grid.end(t)) / 730.0)
                form.add(self.measures.flow(term, t), factor * term.coefficient)
        return form

    def constrain(self) -> None:
        r"""K13: :math:`y_h = \sum_t disc_{h,t}(\sum_a \omega\tilde x + \sum_\ell \omega\Delta_t\bar z) + terminal`."""
        for outcome in self.builder.network.outcomes:
            value = self.builder.variable(
                "outcome", (outcome.id,), -math.inf, scale=outcome.scale, origin=outcome.origin
            )
            self.value[outcome.id] = value
            if outcome.kind == "worst_off":
                self._worst_off(outcome, value)
            elif outcome.kind == "gini":
                self._gini(outcome, value)
            else:
                row = value.times(1.0).add(self.discounted(outcome.terms, outcome.discount), -1.0)
                self._row("outcome", (outcome.id,), row, outcome, exact=True)

    def _row(self, family: str, key: tuple[str | int, ...], row: Form, outcome: Outcome, *, exact: bool) -> None:
        """Add `row >= 0` or `row == 0`."""
        upper = 0.0 if exact else math.inf
        self.builder.constraint(family, key, row, 0.0, upper, origin=outcome.origin)

    def _worst_off(self, outcome: Outcome, value: Form) -> None:
        r"""Fairness: :math:`y \le o_c / need_c` for every part c."""
        for part in outcome.parts:
            row = self.discounted(part.terms, outcome.discount).times(1.0 / part.need).add(value, -1.0)
            self._row("worst_off", (outcome.id, part.label), row, outcome, exact=False)

    def _gini(self, outcome: Outcome, value: Form) -> None:
        r"""Fairness: :math:`y = \sum_{c<c'} d_{cc'} / (n R),\ d_{cc'} \ge \pm(r_c - r_{c'})`, R their fixed sum."""
        ratios = {p.label: self.discounted(p.terms, outcome.discount).times(1.0 / p.need) for p in outcome.parts}
        row = value.times(len(ratios) * outcome.total)
        for one, other in combinations(ratios, 2):
            gap = self.builder.variable("gap", (outcome.id, one, other), scale=outcome.scale, origin=outcome.origin)
            row.add(gap, -1.0)
            for sign in (1.0, -1.0):
                apart = gap.times(1.0).add(ratios[one], sign).add(ratios[other], -sign)
                self._row("apart", (outcome.id, one, other, int(sign)), apart, outcome, exact=False)
        self._row("outcome", (outcome.id,), row, outcome, exact=True)

    def objective(self, level: int) -> Form:
        """Points of one priority level as they were read from the Pyomo model."""
        return self.objectives[level]

    def model(self) -> pyo.ConcreteModel:
        """The Pyomo model of everything that was laid down, with one objective a priority level."""
        return self.builder.model(self.points(k) for k in range(max(1, len(self.builder.network.priorities))))

    def points(self, level: int) -> Form:
        """Points of one priority level; the first also pays the penalties of broken soft rules."""
        form = Form()
        priorities = self.builder.network.priorities
        if level < len(priorities):
            for outcome, points in priorities[level].weights:
                form.add(self.value[outcome], points)
        if level == 0:
            penalties = {r.id: r.penalty for r in self.builder.network.rules if not r.hard}
            for (rule, _), slack in self.rules.broken.items():
                form.add(slack, -penalties[rule])
        return form
