r"""Ledgers: balances and bounds of stocks, occupancy of capacities (families K1, K2, K3).

A stock's balance is kept over its *steps*: the grid's periods, cut further wherever money lapses, an account opens or
its books close inside a period, so that a fiscal-year edge is exact on any grid. What is used and paid falls between
the steps as the plan chooses: see :mod:`models.portions` and :mod:`models.payments`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from pyomo.core import ConcreteModel, Constraint

from models.activities import Activities
from models.builder import Builder, Variables, keyed, stated
from models.linear import Form, Key, Limits, total
from models.network import Effect, Link, Steps, Stock, value_at, value_until
from models.portions import Portions
from models.profiles import Profile, Span, decayed
from models.queues import Queues
from models.switches import Switches

INTO, OUT = ("inflow", "made", "switched", "gained"), ("used", "paid", "lapsed")
"""Kinds of what comes into a stock in a step, and of what goes out."""
MOST_UNITS = 1e7
"""Most units of its scale in which a balance is counted; a solver keeps a row to 1e-8 of them."""


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of days inside one period over which a stock's balance is kept."""

    number: int
    period: int
    start: float
    end: float
    kept: float

    @property
    def span(self) -> Span:
        """The step as [start, end)."""
        return self.start, self.end


def steps_of(stock: Stock, builder: Builder) -> list[Step]:
    """Steps of a stock: periods cut at its carry days and breaks."""
    grid = builder.grid
    carry = dict(stock.carry)
    cuts = set(grid.edges) | {d for d in (*carry, *stock.breaks) if 0.0 < d < grid.horizon}
    steps = []
    period = 0
    for number, (start, end) in enumerate(pairwise(sorted(cuts))):
        while grid.end(period) <= start:
            period += 1
        steps.append(Step(number, period, start, end, carry.get(start, 1.0)))
    return steps


class Ledgers:
    """Balances of every stock and supply and use of every capacity, as forms and rows."""

    def __init__(self, builder: Builder, activities: Activities, switches: Switches) -> None:
        """Index links and effects, and lay out closing balances and lapses."""
        self.builder, self.activities, self.switches = builder, activities, switches
        self.stocks = {s.id: s for s in builder.network.stocks}
        self.capacities = {c.id: c for c in builder.network.capacities}
        self.links: dict[str, list[Link]] = defaultdict(list)
        for link in builder.network.links:
            self.links[link.ledger].append(link)
        self.effects: dict[str, list[Effect]] = defaultdict(list)
        for effect in builder.network.effects:
            self.effects[effect.ledger].append(effect)
        self.steps = {s.id: steps_of(s, builder) for s in builder.network.stocks}
        self.queues = Queues(self)
        self.portions = Portions(builder, activities, {s.id: self._cuts(s.id) for s in builder.network.stocks})
        self.closing: Variables[tuple[str, int]] = builder.variables(
            "closing", "steps", "stock, step",
            "z: what a stock closes a step with [unit of the stock]; K2: its limits", family="balance",
        )  # fmt: skip
        self.lapsed: Variables[tuple[str, int]] = builder.variables(
            "lapse", "lapsing_steps", "stock, step", "o: what lapses unused in a step [unit of the stock]"
        )
        integrals: dict[Profile, dict[tuple[Span, Span], float]] = defaultdict(dict)
        self._reach = {link.profile: link.profile.reach for link in builder.network.links}
        self._by_verb: dict[tuple[str, str], list[tuple[Link, dict[tuple[Span, Span], float]]]] = defaultdict(list)
        for link in builder.network.links:
            self._by_verb[link.ledger, link.verb].append((link, integrals[link.profile]))
        for stock in builder.network.stocks:
            scale = self._scale(stock)
            for step in self.steps[stock.id]:
                key = (stock.id, step.number)
                self.closing.add(key, *self._bounds(stock, step), scale=scale, origin=stock.origin)
                if stock.disposable:
                    self.lapsed.add(key, scale=scale, origin=stock.origin)

    def _scale(self, stock: Stock) -> float:
        """Scale of a stock's balances: its own, or more where so much comes in that a solver could not count it."""
        flows = math.fsum(abs(flow.amount) for flow in stock.flows)
        released = math.fsum(e.quantity for e in self.effects[stock.id] if e.verb in ("release", "pulse"))
        size = abs(stock.opening) + flows + released
        if not math.isfinite(size) or size <= MOST_UNITS * stock.scale:
            return stock.scale
        return float(10.0 ** math.ceil(math.log10(size / MOST_UNITS)))

    def _cuts(self, stock: str) -> tuple[float, ...]:
        """Days inside periods on which a step of a stock begins."""
        return tuple(s.start for s in self.steps[stock] if s.start > self.builder.grid.start(s.period))

    def _raised(self, stock: str) -> list[Effect]:
        """Effects that lift the stock's upper limit."""
        return [e for e in self.effects[stock] if e.verb == "raise"]

    def _bounds(self, stock: Stock, step: Step) -> tuple[float, float]:
        """K2 where no switch takes part: limits of the closing balance."""
        lower, upper = self.limit_at(stock.lower, step), self.limit_at(stock.upper, step)
        low = -math.inf if lower is None else lower
        return low, math.inf if upper is None or self._raised(stock.id) else upper

    def limit_at(self, steps: Steps, step: Step) -> float | None:
        """Limit of what a step closes with. One that begins on the day after the plan's last holds as the plan ends."""
        last = step.end >= self.builder.grid.horizon - 1e-6
        return value_at(steps, step.end) if last else value_until(steps, step.end)

    def opening(self, stock: str, number: int) -> Form:
        """What a step opens with, before its carry-over share."""
        if number == 0:
            return Form(constant=self.stocks[stock].opening)
        return self.closing[stock, number - 1]

    def _lost_to(self) -> dict[str, list[tuple[Stock, float]]]:
        """Stocks whose natural loss enters each stock, with the share."""
        sources: dict[str, list[tuple[Stock, float]]] = defaultdict(list)
        for stock in self.builder.network.stocks:
            for target, share in stock.loss_to:
                sources[target].append((stock, share))
        return sources

    @staticmethod
    def survival(stock: Stock, step: Step) -> tuple[float, float]:
        r"""Share of the opening that survives, :math:`d = e^{-\delta\Delta/365}`, and of what comes evenly, s."""
        exponent = stock.loss * (step.end - step.start) / 365.0
        kept = math.exp(-exponent)
        if exponent == 0.0 or stock.loss_convention == "opening":
            return kept, 1.0
        return kept, -math.expm1(-exponent) / exponent

    def lost(self, stock: Stock, step: Step) -> Form:
        r"""Natural loss of a step: :math:`\kappa z_{j-1}(1 - d/s) + z_j(1/s - 1)`: opening plus net less closing."""
        kept, share = self.survival(stock, step)
        form = self.opening(stock.id, step.number).times(step.kept * (1.0 - kept / share))
        return form.add(self.closing[stock.id, step.number], 1.0 / share - 1.0)

    def _linked(self, stock: str, verb: str, span: Span) -> Form:
        """What activities make into, or use from, a stock during a span."""
        form = Form()
        activities = self.activities
        for link, integrals in self._by_verb[stock, verb]:
            source = activities.effective if link.basis == "effective" else activities.level
            activity, profile = link.activity, link.profile
            earliest = span[0] - self._reach[profile]
            for u, deed in activities.deeds[activity]:
                if deed[0] >= span[1]:
                    break
                if deed[1] < earliest:
                    continue
                portion = self.portions.taken(link, u, span)
                if portion is not None:
                    form.add(portion, link.quantity)
                    continue
                arrived = integrals.get((deed, span))
                if arrived is None:  # the same profile meets the same days in many links
                    arrived = integrals[deed, span] = profile.spread(deed, span)
                if arrived:
                    form.add(source[activity, u], link.quantity * arrived)
        return form

    def _switched(self, stock: str, span: Span) -> Form:
        """What switches release, pulse or charge during a span."""
        form = Form()
        for effect in self.effects[stock]:
            if effect.verb in ("raise", "provide"):
                continue
            charge = effect.verb == "charge"
            if charge and self.switches.by_id[effect.switch].already:
                continue
            for decided, begins, taken in self.switches.events(effect.switch):
                day = decided if charge else begins
                amount = effect.quantity * effect.profile.spread((day, day), span)
                form.add(taken, -amount if charge else amount)
        return form

    def constrain(self, model: ConcreteModel, paid: dict[tuple[str, int], Form]) -> None:
        """Add balances, limits, queues and occupancy. `paid` is by (account, step)."""
        sources = self._lost_to()
        self.parts = {
            (stock.id, step.number): self._parts(stock, step, paid.get((stock.id, step.number), Form()), sources)
            for stock in self.builder.network.stocks
            for step in self.steps[stock.id]
        }
        raised = {s for s in self.stocks if self._raised(s)}
        occupied = {link.ledger for link in self.builder.network.links if link.verb == "occupy"}
        model.balance = Constraint(
            model.steps,
            rule=self._balance,
            doc="K1: closing = d * carried over * opening + s * (inflow + made + switched + gained - used - paid - "
            "lapsed) [unit of the stock]",
        )
        model.raised_steps = keyed("stock, step", [key for key in self.closing if key[0] in raised])
        model.limit = Constraint(
            model.raised_steps,
            rule=self._limit,
            doc="K2: closing <= limit + what switches in force add [unit of the stock]",
        )
        model.occupied_periods = keyed(
            "capacity, period", [(c, t) for c in self.capacities if c in occupied for t in model.periods]
        )
        model.occupancy = Constraint(
            model.occupied_periods, rule=self._occupancy, doc="K3: occupied <= use ceiling * available [unit-days]"
        )
        self.portions.constrain(model)
        self.builder.rows(model.balance, model.limit, cell=self._cell)
        self.queues.constrain(model)
        self.builder.rows(model.occupancy, cell=lambda _, key: self.capacities[str(key[0])].origin)

    def _cell(self, _rank: int, key: Key) -> str:
        """Cell of the stock that a key begins with."""
        return self.stocks[str(key[0])].origin

    def _parts(
        self, stock: Stock, step: Step, paid: Form, sources: dict[str, list[tuple[Stock, float]]]
    ) -> dict[str, Form]:
        """What comes into a stock in a step and what goes out of it, by kind."""
        gained = Form()
        for source, share in sources[stock.id]:
            for other in self.steps[source.id]:
                overlap = min(other.end, step.end) - max(other.start, step.start)
                if overlap > 1e-9:
                    gained.add(self.lost(source, other), share * overlap / (other.end - other.start))
        return {
            "inflow": Form(constant=math.fsum(f.within(step.span) for f in stock.flows)),
            "made": self._linked(stock.id, "make", step.span),
            "switched": self._switched(stock.id, step.span),
            "gained": gained,
            "used": self._linked(stock.id, "use", step.span),
            "paid": paid,
            "lapsed": self.lapsed.get((stock.id, step.number), Form()),
        }

    @stated
    def _balance(self, stock: str, number: int) -> Limits:
        r"""K1: :math:`z_j = d\,\kappa z_{j-1} + s\,(inflow + made + switched + gained - used - paid - lapsed)`."""
        step, part = self.steps[stock][number], self.parts[stock, number]
        kept, share = self.survival(self.stocks[stock], step)
        opening = kept * step.kept * self.opening(stock, number)
        flows = [share * part[kind] for kind in INTO] + [-share * part[kind] for kind in OUT]
        return self.closing[stock, number] == total([opening, *flows])

    @stated
    def _limit(self, stock: str, number: int) -> Limits:
        r"""K2: :math:`z_t \le \bar z_t + \sum_{e} add_e\,[e\ in\ force]`, where a switch lifts the limit."""
        step, added = self.steps[stock][number], Form()
        for effect in self._raised(stock):
            for _, day, taken in self.switches.events(effect.switch):
                added.add(taken, effect.quantity * effect.profile.first(step.end - day))
        upper = self.limit_at(self.stocks[stock].upper, step)
        return self.closing[stock, number] - added <= (math.inf if upper is None else upper)

    def only_loss(self, stock: str) -> float | None:
        """Natural loss a year of a stock from which nothing else can take; None where something can.

        What takes is a use, a charge, a payment, a lapse, a carry-over share below one, or a flow below nought.
        """
        item = self.stocks[stock]
        paid = any(payment.account == stock for payment in self.builder.network.payments)
        if paid or item.disposable or item.loss_convention != "continuous":
            return None
        if any(share < 1.0 for _, share in item.carry) or any(flow.amount < 0.0 for flow in item.flows):
            return None
        brought = all(link.verb == "make" and link.quantity >= 0.0 for link in self.links[stock])
        added = all(
            effect.verb == "raise" or (effect.verb in ("release", "pulse") and effect.quantity >= 0.0)
            for effect in self.effects[stock]
        )
        return item.loss if brought and added else None

    def last_step(self, stock: str, t: int) -> int:
        """Number of the last step in period t."""
        return max(s.number for s in self.steps[stock] if s.period == t)

    def at_end(self, stock: str, t: int) -> Form:
        """Closing balance of period t."""
        return self.closing[stock, self.last_step(stock, t)]

    def entered(self, stock: str, t: int) -> Form:
        """Everything that entered a stock in period t."""
        form = Form()
        for step in self.steps[stock]:
            if step.period == t:
                parts = self.parts[stock, step.number]
                for name in INTO:
                    form.add(parts[name])
        return form

    def presence(self, stock: str, t: int) -> Form:
        """Unit-days in a stock during period t, by the trapezoid over its steps."""
        form = Form()
        for step in self.steps[stock]:
            if step.period == t:
                days = step.end - step.start
                form.add(self.opening(stock, step.number), 0.5 * days * step.kept)
                form.add(self.closing[stock, step.number], 0.5 * days)
        return form

    def undelivered(self, stock: str) -> Form:
        """What is under way to a stock when the horizon ends (less what is still to be taken from it)."""
        horizon = self.builder.grid.horizon
        form = Form()
        for link in self.links[stock]:
            sign = {"make": 1.0, "use": -1.0}.get(link.verb, 0.0)
            source = self.activities.effective if link.basis == "effective" else self.activities.level
            for u in self.activities.active[link.activity]:
                rest = link.profile.total() - link.profile.arrived(self.activities.deed(link.activity, u), horizon)
                form.add(source[link.activity, u], sign * link.quantity * rest)
        for effect in self.effects[stock]:
            if effect.verb in ("release", "pulse"):
                for _, day, taken in self.switches.events(effect.switch):
                    form.add(taken, effect.quantity * (effect.profile.total() - effect.profile.first(horizon - day)))
        return form

    def available(self, capacity: str, t: int) -> Form:
        """Unit-days that a capacity offers in period t, before its use ceiling."""
        item, span = self.capacities[capacity], self.builder.grid.span(t)
        rate = item.loss / 365.0
        form = Form(constant=item.opening * decayed(rate, 0.0, span) + math.fsum(
            f.amount * decayed(rate, f.start, span) for f in item.flows))  # fmt: skip
        form.add(self._linked(capacity, "provide", span))
        for effect in self.effects[capacity]:
            if effect.verb == "provide":
                for _, day, taken in self.switches.events(effect.switch):
                    form.add(taken, effect.quantity * effect.profile.spread((day, day), span))
        return form

    def standing(self, capacity: str, t: int) -> Form:
        """Level of a capacity at the end of period t."""
        item, day = self.capacities[capacity], self.builder.grid.end(t)
        rate = item.loss / 365.0
        form = Form(constant=item.opening * math.exp(-rate * day) + math.fsum(
            f.amount * math.exp(-rate * (day - f.start)) for f in item.flows if f.start <= day))  # fmt: skip
        for link in self.links[capacity]:
            if link.verb == "provide":
                for u in self.activities.active[link.activity]:
                    level = link.profile.standing(self.activities.deed(link.activity, u), day)
                    form.add(self.activities.level[link.activity, u], link.quantity * level)
        for effect in self.effects[capacity]:
            if effect.verb == "provide":
                for _, begins, taken in self.switches.events(effect.switch):
                    form.add(taken, effect.quantity * effect.profile.value(day - begins))
        return form

    def occupied(self, capacity: str, t: int) -> Form:
        """Unit-days of a capacity that are taken in period t."""
        return self._linked(capacity, "occupy", self.builder.grid.span(t))

    @stated
    def _occupancy(self, capacity: str, t: int) -> Limits | None:
        r"""K3: :math:`\sum_{a,u\le t} \Gamma^{oc}_{t,u} x_{a,u} \le \rho\, C_t`, C the unit-days on offer."""
        used = self.occupied(capacity, t)
        if not used.terms:
            return None
        return used <= self.capacities[capacity].use_ceiling * self.available(capacity, t)
