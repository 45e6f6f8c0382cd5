"""From column values to the plan's tables, in natural units."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from models.build import Built
from models.linear import Form
from models.matrix import Floats
from models.network import Activity, Capacity, Outcome, Part, Rule, Stock, Switch, Term
from planner.plan import TABLES
from planner.plan.verdict import verdict

if TYPE_CHECKING:
    import pandas as pd

    from models.rules import Scope

TINY = 1e-9
"""Levels below this share of their scale are written as zero."""


def settled(built: Built, values: Floats, *, floors: bool = True) -> Floats:
    """Column values inside their bounds, integer ones rounded, and nought where only noise is left.

    Without `floors` what must be done at least binds nobody: no level is raised to it.

    A solver keeps bounds to its tolerance only. A level of minus 2.6e-8 must not free anything, so every figure of a
    plan is worked out from values that can be carried out.
    """
    columns = built.frame.columns
    scale = np.array([spec.scale for spec in columns])
    lower = np.array([spec.lower for spec in columns]) / scale
    upper = np.array([spec.upper for spec in columns]) / scale
    if not floors:
        lower = np.where([spec.family == "level" for spec in columns], 0.0, lower)
    integer = np.array([spec.integer for spec in columns], dtype=bool)
    found = np.asarray(values, dtype=float)[: len(columns)]
    found = np.where(integer, np.round(found), found)
    found = np.clip(found, lower, np.maximum(lower, upper))
    return np.where(np.abs(found) < TINY, 0.0, found)


class Extractor:
    """Reads one solution of one built model."""

    def __init__(self, built: Built, values: Floats, *, floors: bool = True, freed: bool = False) -> None:
        """Keep the model and the column values (scaled units), freed of the solver's noise; see :func:`settled`.

        `freed` where time limits bind nobody: people over them are counted from the books, rights and targets alike.
        """
        self.built, self.values, self.freed = built, settled(built, values, floors=floors), freed
        self.network, self.grid = built.frame.network, built.frame.grid

    def number(self, form: Form) -> float:
        """Value of a form; what is left where large parts cancel out becomes zero."""
        parts = [v * self.values[c] for c, v in form.terms.items()]
        value = form.constant + math.fsum(parts)
        size = max((abs(part) for part in parts), default=0.0)
        unit = min(1.0, max((abs(v) for v in form.terms.values()), default=1.0))
        return 0.0 if abs(value) < TINY * max(size, abs(form.constant), unit) else value

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of :data:`planner.plan.TABLES`; what goes on without the plan is added by who compares."""
        import pandas as pd  # noqa: PLC0415 - loads while the solver works

        makers = {
            "periods": self.periods, "activities": self.activities, "switches": self.switches,
            "in_force": self.in_force, "bills": self.bills, "payments": self.payments, "moved": self.moved,
            "stocks": self.stocks, "capacities": self.capacities,
            "limits": self.limits, "rules": self.rules, "outcomes": self.outcomes, "outcome_terms": self.outcome_terms,
            "continuation": tuple,
        }  # fmt: skip
        return {name: pd.DataFrame(list(make()), columns=list(TABLES[name])) for name, make in makers.items()}

    def periods(self) -> Iterable[dict[str, Any]]:
        """Yield the grid's periods."""
        grid = self.grid
        for t in grid.periods:
            yield {
                "period": t, "name": grid.names[t], "phase": grid.phases[grid.phase_of[t]].name,
                "from": grid.date(grid.start(t)), "until": grid.date(grid.end(t) - 1), "start_day": grid.start(t),
                "end_day": grid.end(t), "days": grid.days(t),
            }  # fmt: skip

    def activities(self) -> Iterable[dict[str, Any]]:
        """Yield what is done in each period."""
        acts = self.built.activities
        for activity in self.network.activities:
            for t in acts.active[activity.id]:
                level = self.number(acts.level[activity.id, t])
                running = acts.running.get((activity.id, t))
                started = acts.started.get((activity.id, t))
                runs = round(self.number(running)) if running is not None else None
                if level == 0.0 and not runs:
                    continue
                yield {
                    "activity": activity.id, **_tags(activity.tags), "cell": activity.origin, "unit": activity.unit,
                    "period": t, "level": level, "effective": self.number(acts.effective[activity.id, t]),
                    "running": runs, "started": self.number(started) if started is not None else None,
                }  # fmt: skip

    def switches(self) -> Iterable[dict[str, Any]]:
        """Yield every decision: taken or not, when, in force from when."""
        switches, grid = self.built.switches, self.grid
        for switch in self.network.switches:
            when = [u for u, form in switches.starts[switch.id].items() if self.number(form) > 0.5]
            line: dict[str, Any] = {
                "switch": switch.id,
                **_tags(switch.tags),
                "cell": switch.origin,
                "taken": bool(when or switch.already),
            }
            if when:
                line |= {"period": when[0], "date": grid.date(grid.start(when[0])),
                         "in_force_from": grid.date(switches.in_force_from(switch.id, when[0]))}  # fmt: skip
            elif switch.already:
                line |= {"in_force_from": grid.origin}
            yield line

    def in_force(self) -> Iterable[dict[str, Any]]:
        """Yield the days in force of each switch."""
        for switch in self.network.switches:
            for t in self.grid.periods:
                days = self.number(self.built.switches.in_force_days(switch.id, t))
                if days:
                    yield {"switch": switch.id, "period": t, "days": days}

    def bills(self) -> Iterable[dict[str, Any]]:
        """Yield every cost."""
        pay = self.built.payments
        network = self.network
        items: dict[str, Activity | Switch | Stock] = {a.id: a for a in network.activities}
        items |= {e.id: e for e in network.switches} | {s.id: s for s in network.stocks}
        for bill in sorted(pay.pairs):
            item = items[bill]
            for t in self.grid.periods:
                cost = self.number(pay.cost(bill, t))
                if cost:
                    yield {"bill": bill, **_tags(item.tags), "cell": item.origin, "period": t, "cost": cost}

    def payments(self) -> Iterable[dict[str, Any]]:
        """Yield every payment."""
        for (account, bill, t), form in self.built.payments.payment.items():
            amount = self.number(form)
            if amount:
                yield {"account": account, "bill": bill, "period": t, "amount": amount}

    def moved(self) -> Iterable[dict[str, Any]]:
        """Yield what is moved between accounts in each part of a period that a fiscal year cuts."""
        portions = self.built.ledgers.portions
        for (activity, t), parts in portions.portions.items():
            for (begin, _), form in parts if activity in portions.moves else ():
                amount = self.number(form)
                if amount:
                    yield {"activity": activity, "period": t, "start_day": begin, "amount": amount}

    def stocks(self) -> Iterable[dict[str, Any]]:
        """Yield every stock's books, step by step."""
        ledgers = self.built.ledgers
        for stock in self.network.stocks:
            steps = ledgers.steps[stock.id]
            undelivered = self.number(ledgers.undelivered(stock.id))
            for step in steps:
                key = (stock.id, step.number)
                opening = self.number(ledgers.opening(*key))
                parts = {name: self.number(form) for name, form in ledgers.parts[key].items()}
                closing = self.number(ledgers.closing[key])
                parts["lapsed"] += opening * (1.0 - step.kept)
                ins = math.fsum((opening, parts["inflow"], parts["made"], parts["switched"], parts["gained"]))
                outs = math.fsum((parts["used"], parts["paid"], parts["lapsed"]))
                yield {
                    "stock": stock.id, **_tags(stock.tags), "cell": stock.origin, "unit": stock.unit,
                    "step": step.number, "period": step.period, "start_day": step.start, "end_day": step.end,
                    "opening": opening, **parts,
                    "lost": _clean(ins - outs - closing, ins) if stock.loss else 0.0, "closing": closing,
                    "undelivered": undelivered if step is steps[-1] else 0.0,
                }  # fmt: skip

    def capacities(self) -> Iterable[dict[str, Any]]:
        """Yield supply and use of every capacity."""
        ledgers = self.built.ledgers
        for capacity in self.network.capacities:
            for t in self.grid.periods:
                yield {
                    "capacity": capacity.id, **_tags(capacity.tags), "cell": capacity.origin, "unit": capacity.unit,
                    "period": t, "available": self.number(ledgers.available(capacity.id, t)),
                    "ceiling": capacity.use_ceiling,
                    "occupied": self.number(ledgers.occupied(capacity.id, t)),
                    "standing": self.number(ledgers.standing(capacity.id, t)),
                }  # fmt: skip

    def limits(self) -> Iterable[dict[str, Any]]:
        """Yield entries, exits and people over each time limit."""
        ledgers = self.built.ledgers
        for stock in self.network.stocks:
            if stock.limit is None:
                continue
            for t in self.grid.periods:
                entered = self.number(ledgers.queues.arrived[stock.id, t])
                over = ledgers.queues.over.get((stock.id, t))
                yield {
                    "stock": stock.id, **_tags(stock.tags), "cell": stock.limit.origin, "limit_days": stock.limit.days,
                    "hard": stock.limit.hard, "period": t, "entered": entered,
                    "left": entered - self.number(ledgers.at_end(stock.id, t)),
                    "over": self._over(stock.id, t) if over is not None or self.freed else 0.0,
                }  # fmt: skip

    def _over(self, stock: str, t: int) -> float:
        """Smallest number of people over a limit that the books allow (the solver may leave more where it is free)."""
        ledgers = self.built.ledgers
        item = ledgers.stocks[stock]
        if item.limit is None:
            return 0.0
        due, entered = ledgers.queues.entries_at(item, self.grid.end(t) - item.limit.days), ledgers.queues.arrived
        return max(0.0, self.number(due) - self.number(entered[stock, t]) + self.number(ledgers.at_end(stock, t)))

    def rules(self) -> Iterable[dict[str, Any]]:
        """Yield every row of every rule."""
        for rule in self.network.rules:
            for scope in self.built.rules.scopes(rule):
                key = (rule.id, scope.label)
                if key not in self.built.rules.left:
                    continue
                left, right = self.number(self.built.rules.left[key]), self.built.rules.right[key]
                share, base = self._base(rule, scope)
                yield {
                    "rule": rule.id,
                    **_tags(rule.tags),
                    "cell": rule.origin,
                    "scope": scope.label,
                    "measured": left if base is None else left + share * base,
                    "base": base,
                    **verdict(rule, left, right),
                }

    def _base(self, rule: Rule, scope: Scope) -> tuple[float, float | None]:
        """What a rule holds its measure against besides a fixed figure, and its share of it; None where nothing."""
        measures, grid = self.built.measures, self.grid
        if rule.previous is not None:
            t = scope.periods[0]
            before = self.number(measures.over(rule.terms, (t - 1,)))
            return rule.previous, before * grid.days(t) / grid.days(t - 1)
        compared = measures.over(rule.compared, scope.periods, scope.span) if rule.compared else None
        return rule.share, None if compared is None else self.number(compared)

    def outcomes(self) -> Iterable[dict[str, Any]]:
        """Yield outcome values and points."""
        weights = {o: (points, level) for level, p in enumerate(self.network.priorities) for o, points in p.weights}
        for outcome in self.network.outcomes:
            points, level = weights.get(outcome.id, (0.0, 0))
            value = self._outcome_value(outcome)
            yield {
                "outcome": outcome.id, **_tags(outcome.tags), "cell": outcome.origin, "unit": outcome.unit,
                "value": value, "weight": points, "points": points * value, "priority": level + 1,
            }  # fmt: skip

    def _outcome_value(self, outcome: Outcome) -> float:
        """Value from the terms themselves; the solver's own variable may be slack where nothing presses on it."""
        if outcome.kind == "sum":
            return self._sum(outcome.terms, outcome.discount)
        ratios = [self._ratio(outcome, part) for part in outcome.parts]
        if outcome.kind == "worst_off":
            return min(ratios, default=0.0)
        gaps = math.fsum(abs(a - b) for i, a in enumerate(ratios) for b in ratios[i + 1 :])
        return gaps / (len(ratios) * outcome.total) if ratios else 0.0

    def _ratio(self, outcome: Outcome, part: Part) -> float:
        """Outcome of one part for each in need."""
        return self._sum(part.terms, outcome.discount) / part.need

    def _sum(self, terms: tuple[Term, ...], rate: float) -> float:
        """Discounted sum of terms, those that count people over a limit from the books where it binds nobody."""
        late = [term for term in terms if self.freed and term.measure == "over_limit"]
        rest = tuple(term for term in terms if term not in late)
        parts = [self.number(self.built.outcomes.discounted(rest, rate))]
        for term in late:
            days = (self._factor(rate, t) * self._late_days(term.subject, t) for t in self.grid.periods)
            parts.append(term.coefficient * math.fsum(days))
        return math.fsum(parts)

    def _factor(self, rate: float, t: int) -> float:
        """What a unit in the middle of a period counts."""
        return float((1.0 + rate) ** (-(self.grid.start(t) + self.grid.end(t)) / 730.0))

    def _late_days(self, stock: str, t: int) -> float:
        """Person-days over a limit in a period, from the books, by the trapezoid between period ends."""
        item = self.built.ledgers.stocks[stock]
        limit = item.limit
        if limit is None:
            return 0.0
        at_start = item.opening * (1.0 - limit.days / limit.opening_age) if limit.opening_age > limit.days else 0.0
        before = self._over(stock, t - 1) if t else at_start
        return self.grid.days(t) * (before + self._over(stock, t)) / 2.0

    def outcome_terms(self) -> Iterable[dict[str, Any]]:
        """Yield what each outcome is made of, by subject and period."""
        network = self.network
        subjects: dict[str, Activity | Switch | Stock | Capacity] = {a.id: a for a in network.activities}
        subjects |= (
            {e.id: e for e in network.switches}
            | {s.id: s for s in network.stocks}
            | {c.id: c for c in network.capacities}
        )
        for outcome in self.network.outcomes:
            terms = outcome.terms or tuple(t for part in outcome.parts for t in part.terms)
            for term in terms:
                item = subjects.get(term.subject.split("|")[-1])
                tags = _tags(item.tags) if item is not None else {}
                for t, value in self._by_period(outcome, term):
                    yield {
                        "outcome": outcome.id,
                        **tags,
                        "measure": term.measure,
                        "subject": term.subject,
                        "period": t,
                        "value": value,
                    }

    def _by_period(self, outcome: Outcome, term: Term) -> Iterable[tuple[int, float]]:
        """Discounted contribution of one term by period."""
        grid, measures = self.grid, self.built.measures
        if measures.stands(term):
            factor = (1.0 + outcome.discount) ** (-grid.horizon / 365.0)
            value = factor * term.coefficient * self.number(measures.level_at(term, len(grid) - 1))
            if value:
                yield len(grid) - 1, value
            return
        for t in grid.periods:
            late = self.freed and term.measure == "over_limit"
            amount = self._late_days(term.subject, t) if late else self.number(measures.flow(term, t))
            value = self._factor(outcome.discount, t) * term.coefficient * amount
            if value:
                yield t, value


def _tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags as columns."""
    return dict(tags)


def _clean(value: float, size: float) -> float:
    """Rounding noise becomes zero."""
    return 0.0 if abs(value) < 1e-10 * max(1.0, abs(size)) else value
