r"""Rules: measures of the plan, co-requisites and limits (families K11, K12)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.activities import Activities
from models.ledgers import Ledgers
from models.linear import Form, total
from models.network import Rule, Term
from models.payments import Payments
from models.switches import Switches

if TYPE_CHECKING:
    from models.builder import Builder


@dataclass(frozen=True, slots=True)
class Scope:
    """The periods over which one row of a rule adds up."""

    label: str
    periods: tuple[int, ...]


class Measures:
    """Every measure of :data:`models.network.Measure` as a form in natural units."""

    def __init__(
        self, builder: Builder, activities: Activities, switches: Switches, ledgers: Ledgers, payments: Payments
    ) -> None:
        """Keep the nouns that are measured."""
        self.builder = builder
        self.activities, self.switches, self.ledgers, self.payments = activities, switches, ledgers, payments

    def flow(self, term: Term, t: int) -> Form:  # noqa: PLR0911 - one return a measure
        """What a term adds in period t (for measures that add up over time)."""
        subject = term.subject
        match term.measure:
            case "level":
                return self.activities.level.get((subject, t), Form())
            case "effective":
                return self.activities.effective.get((subject, t), Form())
            case "spending":
                return self.payments.cost(subject, t)
            case "payment":
                account, bill = subject.split("|", 1)
                return self.payments.payment.get((account, bill, t), Form())
            case "presence":
                return self.ledgers.presence(subject, t)
            case "entered":
                return self.ledgers.entered(subject, t)
            case "available":
                return self.ledgers.available(subject, t)
            case "occupied":
                return self.ledgers.occupied(subject, t)
            case "over_limit":
                return self._over_limit(subject, t)
            case "started":
                if self.switches.by_id[subject].already:
                    return Form()
                return self.switches.starts[subject].get(t, Form())
            case "in_force":
                return self.switches.in_force_days(subject, t)
            case _:
                message = f"'{term.measure}' does not add up over time"
                raise ValueError(message)

    def _over_limit(self, stock: str, t: int) -> Form:
        """Person-days over the limit in t, by the trapezoid between period ends."""
        half = self.builder.grid.days(t) / 2.0
        form = self.ledgers.over.get((stock, t), Form()).times(half)
        if t > 0:
            return form.add(self.ledgers.over.get((stock, t - 1), Form()), half)
        item = self.ledgers.stocks[stock]
        limit = item.limit
        if limit is not None and limit.opening_age > limit.days:
            form.plus(half * item.opening * (1.0 - limit.days / limit.opening_age))
        return form

    def level_at(self, term: Term, t: int) -> Form:
        """What a term stands at when period t ends (closing balances, standing capacities)."""
        if term.measure == "undelivered":
            return self.ledgers.undelivered(term.subject)
        if term.subject in self.ledgers.capacities:
            return self.ledgers.standing(term.subject, t)
        return self.ledgers.at_end(term.subject, t)

    @staticmethod
    def stands(term: Term) -> bool:
        """Whether a term is read at the end of a scope rather than added up over it."""
        return term.measure in ("closing", "undelivered")

    def over(self, terms: tuple[Term, ...], periods: tuple[int, ...]) -> Form:
        """Sum of terms over a scope."""
        form = Form()
        for term in terms:
            if self.stands(term):
                form.add(self.level_at(term, periods[-1]), term.coefficient)
            else:
                for t in periods:
                    form.add(self.flow(term, t), term.coefficient)
        return form


class Rules:
    """Co-requisites and rules, with the slack of the soft ones."""

    def __init__(self, builder: Builder, measures: Measures) -> None:
        """Start with no rows."""
        self.builder, self.measures = builder, measures
        self.left: dict[tuple[str, str], Form] = {}
        self.right: dict[tuple[str, str], float] = {}
        self.broken: dict[tuple[str, str], Form] = {}

    def scopes(self, rule: Rule) -> list[Scope]:
        """Periods of each row of a rule."""
        grid = self.builder.grid
        begin, end = rule.window or (-math.inf, math.inf)
        periods = tuple(t for t in grid.periods if begin - 1e-9 <= grid.start(t) < end)
        if not periods:
            return []
        if rule.scope == "horizon":
            return [Scope("whole plan", periods)]
        if rule.scope == "phase":
            groups: dict[int, list[int]] = {}
            for t in periods:
                groups.setdefault(grid.phase_of[t], []).append(t)
            return [Scope(grid.phases[p].name, tuple(ts)) for p, ts in groups.items()]
        if rule.scope == "cumulative":
            return [Scope(f"until {grid.names[t]}", tuple(u for u in periods if u <= t)) for t in periods]
        return [Scope(grid.names[t], (t,)) for t in periods]

    def constrain(self) -> None:
        """Add every requirement and rule to the model."""
        self._requirements()
        for rule in self.builder.network.rules:
            for scope in self.scopes(rule):
                self._rule(rule, scope)

    def _requirements(self) -> None:
        r"""K11: :math:`\sum_{b} \theta_b x_{b,t} \ge \sum_{a} \theta_a x_{a,t}` in every period."""
        level = self.measures.activities.level
        for need in self.builder.network.requirements:
            for t in self.builder.grid.periods:
                row = total(level[a, t].times(theta) for a, theta in need.supply if (a, t) in level)
                for activity, theta in need.demand:
                    if (activity, t) in level:
                        row.add(level[activity, t], -theta)
                if row.terms:
                    self.builder.constraint("requirement", (need.id, t), row, 0.0, origin=need.origin)

    def _rule(self, rule: Rule, scope: Scope) -> None:
        r"""K12: :math:`\sum \alpha_r (x, z, p, y) \lessgtr b_r \pm \varepsilon_r`; with `previous`, of daily rates."""
        grid, measures = self.builder.grid, self.measures
        days = math.fsum(grid.days(t) for t in scope.periods)
        form = measures.over(rule.terms, scope.periods)
        right = rule.bound * (days / 365.0 if rule.bound_per == "year" else 1.0)
        if rule.previous is not None:
            t = scope.periods[0]
            if t == 0:
                return
            before = measures.over(rule.terms, (t - 1,))
            form = form.times(1.0).add(before, -rule.previous * grid.days(t) / grid.days(t - 1))
        self.left[rule.id, scope.label] = form.times(1.0)
        self.right[rule.id, scope.label] = right
        row = form.times(1.0)
        for sign, sense in ((1.0, ">="), (-1.0, "<=")):
            if not rule.hard and rule.sense in (sense, "=="):
                key = (rule.id, scope.label, sense)
                slack = self.builder.variable("broken", key, scale=rule.scale, origin=rule.origin)
                self.broken.setdefault((rule.id, scope.label), Form()).add(slack)
                row.add(slack, sign)
        lower = -math.inf if rule.sense == "<=" else right
        upper = math.inf if rule.sense == ">=" else right
        self.builder.constraint("rule", (rule.id, scope.label), row, lower, upper, origin=rule.origin)
