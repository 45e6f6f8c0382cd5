r"""Rules: measures of the plan, co-requisites and limits (families K11, K12)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from pyomo.core import ConcreteModel, Constraint

from models.activities import Activities
from models.builder import Builder, keyed, one_each, stated
from models.ledgers import Ledgers
from models.linear import Form, Limits, total
from models.network import Rule, Term
from models.payments import Payments
from models.profiles import Span
from models.switches import Switches


@dataclass(frozen=True, slots=True)
class Scope:
    """What one row of a rule adds up over: periods, or days inside them, with a bound of its own where there is one."""

    label: str
    periods: tuple[int, ...]
    span: Span | None = None
    bound: float | None = None


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
        form = self.ledgers.queues.over.get((stock, t), Form()).times(half)
        if t > 0:
            return form.add(self.ledgers.queues.over.get((stock, t - 1), Form()), half)
        item = self.ledgers.stocks[stock]
        limit = item.limit
        if limit is not None and limit.opening_age > limit.days:
            form.constant += half * item.opening * (1.0 - limit.days / limit.opening_age)
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

    def within(self, term: Term, t: int, span: Span) -> Form:
        """What a term adds on the days of a period in a span: what falls then where that is decided, else even."""
        portions = self.ledgers.portions
        if term.measure == "level" and term.subject in portions.moves and (term.subject, t) in portions.portions:
            parts = portions.portions[term.subject, t]
            return total(form for (begin, end), form in parts if span[0] <= begin and end <= span[1])
        begin, end = self.builder.grid.span(t)
        days = min(end, span[1]) - max(begin, span[0])
        return self.flow(term, t).times(days / (end - begin))

    def over(self, terms: tuple[Term, ...], periods: tuple[int, ...], span: Span | None = None) -> Form:
        """Sum of terms over periods, or over the days of these periods that lie in a span."""
        form = Form()
        for term in terms:
            if self.stands(term):
                form.add(self.level_at(term, periods[-1]), term.coefficient)
            else:
                for t in periods:
                    form.add(self.flow(term, t) if span is None else self.within(term, t, span), term.coefficient)
        return form


class Rules:
    """Co-requisites and rules, with the slack of the soft ones."""

    def __init__(self, builder: Builder, measures: Measures) -> None:
        """Lay out the breaches of soft rules."""
        self.builder, self.measures = builder, measures
        self.by_id = one_each((rule.id, rule) for rule in builder.network.rules)
        self.needs = one_each((need.id, need) for need in builder.network.requirements)
        self.breach = builder.variables(
            "broken", "soft_scopes", "rule, scope, side", "epsilon: breach of a soft rule [unit of the rule]"
        )
        self.broken: dict[tuple[str, str], Form] = {}
        self.rows: dict[tuple[str, str], Scope] = {}
        for rule in builder.network.rules:
            for scope in self.scopes(rule):
                if rule.previous is not None and scope.periods[0] == 0:
                    continue  # nothing comes before
                self.rows[rule.id, scope.label] = scope
                for side in (">=", "<=") if not rule.hard else ():
                    if rule.sense in (side, "=="):
                        key = (rule.id, scope.label, side)
                        slack = self.breach.add(key, scale=rule.scale, origin=rule.origin)
                        self.broken.setdefault((rule.id, scope.label), Form()).add(slack)

    def scopes(self, rule: Rule) -> list[Scope]:
        """Periods of each row of a rule."""
        grid = self.builder.grid
        begin, end = rule.window or (-math.inf, math.inf)
        if rule.scope == "fiscal year":
            return list(self._years(rule, begin, end))
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

    def _years(self, rule: Rule, begin: float, end: float) -> Iterator[Scope]:
        """Rows of a rule by fiscal year: the days of each year that lie in the rule's window."""
        grid = self.builder.grid
        for year, bound in zip(rule.years, rule.bounds or [None] * len(rule.years), strict=True):
            span = max(begin, year.start), min(end, year.end)
            if span[0] < span[1]:
                periods = tuple(t for t in grid.periods if grid.start(t) < span[1] and grid.end(t) > span[0])
                yield Scope(year.name, periods, span, bound)

    def constrain(self, model: ConcreteModel) -> None:
        """Add every requirement and rule."""
        self.left = {(rule, label): self._measured(self.by_id[rule], at) for (rule, label), at in self.rows.items()}
        self.right = {(rule, label): self._bound(self.by_id[rule], at) for (rule, label), at in self.rows.items()}
        model.requirement_periods = keyed(
            "requirement, period", [(need, t) for need in self.needs for t in model.periods]
        )
        model.requirement = Constraint(
            model.requirement_periods,
            rule=self._requirement,
            doc="K11: what is supplied >= what is demanded [its unit]",
        )
        model.rule_scopes = keyed("rule, scope", self.rows)
        model.rule = Constraint(
            model.rule_scopes, rule=self._rule, doc="K12: what is measured <= , = or >= the bound, less breaches [unit]"
        )
        self.builder.rows(model.requirement, cell=lambda _, key: self.needs[str(key[0])].origin)
        self.builder.rows(model.rule, cell=lambda _, key: self.by_id[str(key[0])].origin)

    @stated
    def _requirement(self, need: str, t: int) -> Limits | None:
        r"""K11: :math:`\sum_{b} \theta_b x_{b,t} \ge \sum_{a} \theta_a x_{a,t}` in every period."""
        level, item = self.measures.activities.level, self.needs[need]
        supply = total(theta * level[a, t] for a, theta in item.supply if (a, t) in level)
        demand = total(theta * level[a, t] for a, theta in item.demand if (a, t) in level)
        return supply >= demand if supply.terms or demand.terms else None

    def _measured(self, rule: Rule, scope: Scope) -> Form:
        """Left side of a rule; with `previous` daily rates less those of the period before."""
        form = self.measures.over(rule.terms, scope.periods, scope.span)
        if rule.previous is None:
            return form
        t, grid = scope.periods[0], self.builder.grid
        before = self.measures.over(rule.terms, (t - 1,))
        return form.add(before, -rule.previous * grid.days(t) / grid.days(t - 1))

    def _bound(self, rule: Rule, scope: Scope) -> float:
        """Right side of a rule."""
        if scope.bound is not None:
            return scope.bound
        return rule.bound * (self.days(scope) / 365.0 if rule.bound_per == "year" else 1.0)

    def days(self, scope: Scope) -> float:
        """Days of a row of a rule."""
        if scope.span is not None:
            return scope.span[1] - scope.span[0]
        return math.fsum(self.builder.grid.days(t) for t in scope.periods)

    @stated
    def _rule(self, rule: str, label: str) -> Limits:
        r"""K12: :math:`\sum \alpha_r (x, z, p, y) \lessgtr b_r \pm \varepsilon_r`; with `previous`, of daily rates.

        By fiscal year y the sum is over the year's days, :math:`\sum_t \alpha_r \sigma_{y,t} x_t \lessgtr b_{r,y}`:
        what falls in it where that is decided (:mod:`models.portions`), else the share :math:`\sigma_{y,t}` of a
        period's days that lie in it.
        """
        left, right, sense = self.left[rule, label], self.right[rule, label], self.by_id[rule].sense
        below, above = (self.breach.get((rule, label, side), Form()) for side in (">=", "<="))
        form = left + below - above
        return form <= right if sense == "<=" else form >= right if sense == ">=" else form == right
