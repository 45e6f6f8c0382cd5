r"""Outcomes and the objective (family K13)."""

from __future__ import annotations

import math
from itertools import combinations

from pyomo.core import ConcreteModel, Constraint

from models.builder import Builder, keyed, stated
from models.linear import Form, Limits, total
from models.network import Term
from models.rules import Measures, Rules


class Outcomes:
    """Outcome variables and the points that they bring."""

    def __init__(self, builder: Builder, measures: Measures, rules: Rules) -> None:
        """Lay out the values of outcomes."""
        self.builder, self.measures, self.rules = builder, measures, rules
        self.by_id = {o.id: o for o in builder.network.outcomes}
        self.value: dict[str, Form] = {}
        self.objectives: list[Form] = []
        values = builder.variables(
            "outcome_value", "outcomes", "outcome", "y: value of an outcome [its unit]", "outcome"
        )
        self.gap = builder.variables(
            "gap", "pairs_of_parts", "outcome, part, part", "distance between two parts of a Gini coefficient [ratio]"
        )
        for outcome in builder.network.outcomes:
            scale, origin = outcome.scale, outcome.origin
            self.value[outcome.id] = values.add((outcome.id,), -math.inf, scale=scale, origin=origin)
            for one, other in combinations([p.label for p in outcome.parts], 2) if outcome.kind == "gini" else ():
                self.gap.add((outcome.id, one, other), scale=scale, origin=origin)

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

    def constrain(self, model: ConcreteModel) -> None:
        """Add what outcomes are, and the objective of each priority level."""
        self.parts = {(o.id, part.label): part for o in self.by_id.values() for part in o.parts}
        self._ratios: dict[tuple[str, str], Form] = {}
        model.worst_off_parts = keyed(
            "outcome, part", [key for key in self.parts if self.by_id[key[0]].kind == "worst_off"]
        )
        model.worst_off = Constraint(
            model.worst_off_parts, rule=self._worst_off, doc="K13: value <= what a part has / its need [ratio]"
        )
        model.sides_apart = keyed("outcome, part, part, side", [(*key, sign) for key in self.gap for sign in (1, -1)])
        model.apart = Constraint(
            model.sides_apart, rule=self._apart, doc="K13: gap >= difference of two parts' ratios [ratio]"
        )
        model.summed_outcomes = keyed("outcome", [o.id for o in self.by_id.values() if o.kind != "worst_off"])
        model.outcome = Constraint(
            model.summed_outcomes,
            rule=self._outcome,
            doc="K13: value = discounted sum of its terms, or its Gini coefficient [unit]",
        )
        self.builder.rows(
            model.worst_off, model.apart, model.outcome, cell=lambda _, key: self.by_id[str(key[0])].origin
        )
        for level in range(max(1, len(self.builder.network.priorities))):
            self.builder.objective(model, self.points(level))

    def _ratio(self, outcome: str, label: str) -> Form:
        """What a part of an outcome has, divided by its need."""
        if (outcome, label) not in self._ratios:
            part, rate = self.parts[outcome, label], self.by_id[outcome].discount
            self._ratios[outcome, label] = self.discounted(part.terms, rate).times(1.0 / part.need)
        return self._ratios[outcome, label]

    @stated
    def _worst_off(self, outcome: str, part: str) -> Limits:
        r"""Fairness: :math:`y \le o_c / need_c` for every part c."""
        return self._ratio(outcome, part) >= self.value[outcome]

    @stated
    def _apart(self, outcome: str, one: str, other: str, sign: int) -> Limits:
        r"""Fairness: :math:`d_{cc'} \ge \pm(r_c - r_{c'})`, the distance of two parts' ratios."""
        gap, first, second = self.gap[outcome, one, other], self._ratio(outcome, one), self._ratio(outcome, other)
        return gap + sign * first - sign * second >= 0.0

    @stated
    def _outcome(self, outcome: str) -> Limits:
        r"""K13: :math:`y_h = \sum_t disc_{h,t}(\sum_a \omega\tilde x + \sum_\ell \omega\Delta_t\bar z) + terminal`.

        A Gini coefficient is :math:`y = \sum_{c<c'} d_{cc'} / (n R)`, n the parts and R the fixed sum of their ratios.
        """
        item, value = self.by_id[outcome], self.value[outcome]
        if item.kind == "gini":
            gaps = total(form for key, form in self.gap.items() if key[0] == outcome)
            return len(item.parts) * item.total * value == gaps
        return value == self.discounted(item.terms, item.discount)

    def objective(self, level: int) -> Form:
        """Points of one priority level as they were read from the Pyomo model."""
        return self.objectives[level]

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
