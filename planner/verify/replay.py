r"""Replaying a plan: from its decisions alone to every balance, bill, capacity and queue.

A stock is carried from step to step. With the share :math:`\kappa` kept, natural loss :math:`\delta` a year and a step
of h days, :math:`q = \delta h / 365`, what is lost is

.. math:: \ell = (1 - e^{-q})\,\kappa z + (1 - (1 - e^{-q})/q)\, n ,

n the net of all flows. Since the lost of one compartment enter others in the same step, the losses of a step solve a
small linear system.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.verify.inputs import ALWAYS, AT_ONCE, MONEY, Activity, Effect, Inputs, RecipeLine, Stock
from planner.verify.integrals import Delay, Lasting, arrived, offered, pace, standing
from planner.verify.moved import Parts, moved_parts
from planner.verify.report import TOLERANCE, Array


@dataclass
class Steps:
    """Steps of a stock: edges, the period of each, the share kept as each begins."""

    edges: Array
    period: Array
    kept: Array

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.period)

    @cached_property
    def days(self) -> Array:
        """Length of each step."""
        return np.diff(self.edges)

    def by_period(self, values: Array, periods: int) -> Array:
        """Add values of steps up to periods."""
        return np.asarray(np.bincount(self.period.astype(int), weights=values, minlength=periods), dtype=float)

    @cached_property
    def last(self) -> npt.NDArray[np.intp]:
        """Number of the last step of each period."""
        return np.flatnonzero(np.append(np.diff(self.period), 1.0))


@dataclass
class Balance:
    """A stock step by step; `lapsed` holds what is not carried over and what is thrown away."""

    steps: Steps
    opening: Array
    inflow: Array
    made: Array
    switched: Array
    gained: Array
    used: Array
    paid: Array
    lost: Array
    lapsed: Array
    closing: Array
    undelivered: float

    @property
    def entered(self) -> Array:
        """Everything that comes in."""
        return self.inflow + self.made + self.switched + self.gained

    @cached_property
    def size(self) -> float:
        """Largest entry or flow."""
        rows = (self.opening, self.inflow, self.made, self.used, self.paid, self.closing, self.gained, self.switched)
        return max(float(np.abs(row).max(initial=0.0)) for row in rows)


def within(values: Array, least: Array, most: Array, scale: float) -> Array:
    """Values that pass a limit by less than the tolerance at the limit; others as they are, for the checks to find."""
    nearest = np.clip(values, least, np.maximum(least, most))
    natural = max(scale, float(np.abs(values).max(initial=0.0)))
    return np.where(np.abs(values - nearest) <= TOLERANCE * natural, nearest, values)


def best_fill(curve: tuple[tuple[float, float], ...], level: Array, share: Array) -> Array:
    """Effective units when stretches are filled in the order given."""
    worth, before = np.zeros(len(level)), np.zeros(len(level))
    for width, effect in curve:
        worth += effect * np.clip(level - before, 0.0, width * share)
        before += width * share
    return worth


class Replay:
    """What follows from a plan's decisions."""

    def __init__(self, inputs: Inputs, tables: Mapping[str, pd.DataFrame]) -> None:
        """Read the decisions: levels, curves' fillings, running, switches, payments, lapses.

        A decision that is out by so little that it passes its own check (:attr:`stated` is what the plan says) is taken
        at its limit, nought or the most that may be, before anything is worked out from it: times a large recipe it
        would else free what nobody has.
        """
        self.inputs, self.tables, self.calendar = inputs, tables, inputs.calendar
        self.periods = len(inputs.calendar)
        self.stated = self._by_period("activities", "activity", "level")
        self.level = {name: self._possible(name, level) for name, level in self.stated.items()}
        self.stated_effective = self._by_period("activities", "activity", "effective")
        self._effective = {name: self._filled(name, level) for name, level in self.stated_effective.items()}
        self._running = self._by_period("activities", "activity", "running")
        self.taken: dict[str, int | None] = {}
        table = tables["switches"]
        for name, taken, period in zip(table["switch"], table["taken"], table["period"], strict=True):
            given = bool(taken) and bool(pd.notna(period)) and str(period) != ""
            self.taken[str(name)] = int(period) if given else None
        self.payments: dict[tuple[str, str], Array] = defaultdict(lambda: np.zeros(self.periods))
        table = tables["payments"]
        for account, bill, period, amount in zip(
            table["account"], table["bill"], table["period"], table["amount"], strict=True
        ):
            self.payments[str(account), str(bill)][int(period)] += float(amount)
        self.stated_payments = dict(self.payments)
        for pair, amounts in self.payments.items():
            self.payments[pair] = within(amounts, np.zeros(self.periods), amounts, MONEY)
        self._kernels: dict[object, Array] = {}
        self._steps: dict[str, Steps] = {}
        self._stated: dict[str, dict[str, Array]] = {}

    def _by_period(self, table: str, key: str, value: str) -> dict[str, Array]:
        """Column of a table as one row of numbers a subject."""
        rows: dict[str, Array] = defaultdict(lambda: np.zeros(self.periods))
        frame = self.tables[table]
        for name, period, amount in zip(frame[key], frame["period"], frame[value], strict=True):
            if pd.notna(amount):
                rows[str(name)][int(period)] += float(amount)
        return dict(rows)

    def _possible(self, name: str, level: Array) -> Array:
        """Levels between nought and what the activity may at most."""
        activity = self.inputs.activities.get(name)
        if activity is None:
            return level
        days = self.active_days(activity)
        with np.errstate(invalid="ignore"):
            most = np.where(days > 0.0, activity.upper * days / 365.0, 0.0)
        return within(level, np.zeros(self.periods), most, activity.scale)

    def _filled(self, name: str, effective: Array) -> Array:
        """Effective levels between nought and what the stretches of the curve give at most."""
        activity = self.inputs.activities.get(name)
        if activity is None or not activity.curve:
            return effective
        most = best_fill(activity.curve, self.level[name], self.active_days(activity) / 365.0)
        return within(
            effective, np.zeros(self.periods), most, max(activity.scale, float(self.level[name].max(initial=0.0)))
        )

    def levels(self, activity: str) -> Array:
        """Levels of an activity; zero where the plan is silent."""
        return self.level.get(activity, np.zeros(self.periods))

    def effective(self, activity: Activity) -> Array:
        """Levels past the curve: as the plan fills it, checked elsewhere against what the stretches allow."""
        if not activity.curve:
            return self.levels(activity.id)
        return self._effective.get(activity.id, np.zeros(self.periods))

    def running(self, activity: Activity) -> Array:
        """Whether it runs, as the plan says."""
        return self._running.get(activity.id, np.zeros(self.periods))

    def started(self, activity: Activity) -> Array:
        """Periods that run after one that does not."""
        runs = self.running(activity)
        return np.asarray(np.maximum(0.0, runs - np.append(0.0, runs[:-1])))

    def span(self, activity: Activity) -> tuple[Array, Array]:
        """Days over which each period's level happens."""
        begin, end = self.calendar.active(activity.window)
        return (self.calendar.start, self.calendar.start) if activity.at_start else (begin, end)

    def active_days(self, activity: Activity) -> Array:
        """Days of each period on which the activity can happen."""
        begin, end = self.calendar.active(activity.window)
        if activity.at_start:
            inside = (self.calendar.start >= activity.window[0]) & (self.calendar.start < activity.window[1])
            return np.where(inside, self.calendar.days, 0.0)
        return end - begin

    def in_force_from(self, switch: str) -> float | None:
        """First day in force, None if it is not taken."""
        item = self.inputs.switches.get(switch)
        if item is None:
            return None
        if item.already:
            return 0.0
        taken = self.taken.get(switch)
        return None if taken is None else float(self.calendar.start[taken]) + item.lead

    def in_force(self, switch: str) -> Array:
        """Days in force in each period."""
        day = self.in_force_from(switch)
        if day is None:
            return np.zeros(self.periods)
        return np.asarray(np.maximum(0.0, self.calendar.end - np.maximum(self.calendar.start, day)))

    def steps(self, stock: Stock) -> Steps:
        """Steps of a stock: as the plan cuts them where that can be, for money and numbers that do not wear."""
        if stock.id not in self._steps:
            cuts = {float(e) for e in self.calendar.edges}
            cuts |= {day for day in (*stock.carry, *stock.breaks) if 0.0 < day < self.calendar.horizon}
            if stock.loss == 0.0:
                cuts |= self._claimed_cuts.get(stock.id, set())
            edges = np.array(sorted(cuts))
            period = np.searchsorted(self.calendar.end, edges[:-1], side="right").astype(float)
            kept = np.array([stock.carry.get(float(day), 1.0) for day in edges[:-1]])
            self._steps[stock.id] = Steps(edges, period, kept)
        return self._steps[stock.id]

    @cached_property
    def _claimed_cuts(self) -> dict[str, set[float]]:
        """Days at which the plan cuts its stocks."""
        cuts: dict[str, set[float]] = defaultdict(set)
        table = self.tables["stocks"]
        for name, day in zip(table["stock"], table["start_day"], strict=True):
            if 0.0 <= day < self.calendar.horizon:
                cuts[str(name)].add(float(day))
        return cuts

    def shares(self, activity: Activity, profile: Delay | Lasting, edges: Array) -> Array:
        """What one unit of each period (rows) brings into each stretch between edges (columns)."""
        key = (activity.window, activity.at_start, profile, edges.tobytes())
        if key not in self._kernels:
            begin, end = self.span(activity)
            if isinstance(profile, Lasting):
                self._kernels[key] = offered(profile, begin, end, edges)
            else:
                self._kernels[key] = np.diff(arrived(profile, begin, end, edges), axis=1)
        return self._kernels[key]

    def amount(self, activity: Activity, line: RecipeLine) -> Array:
        """Quantity that a recipe line moves, by the period of the activity."""
        return line.quantity * (self.effective(activity) if line.effective else self.levels(activity.id))

    def linked(self, ledger: str, verb: str, edges: Array) -> Array:
        """What all activities bring to a ledger in each stretch between edges."""
        total = np.zeros(len(edges) - 1)
        for activity, line in self.inputs.into.get(ledger, ()):
            if line.verb == verb and activity.id in self.level:
                total = total + self.brought(activity, line, edges)
        return total

    def brought(self, activity: Activity, line: RecipeLine, edges: Array) -> Array:
        """What a recipe line brings into each stretch between edges."""
        if activity.id not in self.moved:
            return np.asarray(self.amount(activity, line) @ self.shares(activity, line.profile, edges))
        begin, end, amounts = self.moved[activity.id]
        return np.asarray(line.quantity * (amounts @ np.diff(arrived(AT_ONCE, begin, end, edges), axis=1)))

    @cached_property
    def moved(self) -> dict[str, Parts]:
        """What the plan moves from account to account part by part of a period, by activity."""
        return moved_parts(self)

    def moved_in(self, activity: str, edges: Array) -> Array:
        """Level of an activity in each stretch between edges."""
        item = self.inputs.activities[activity]
        if activity not in self.level:
            return np.zeros(len(edges) - 1)
        return self.brought(item, RecipeLine("", "make", 1.0), edges)

    def effect(self, effect: Effect, edges: Array) -> Array:
        """What an effect brings in each stretch between edges; nothing if its switch is not in force."""
        day = self.in_force_from(effect.switch)
        if effect.verb == "charge":
            taken = self.taken.get(effect.switch)
            already = self.inputs.switches[effect.switch].already
            day = None if taken is None or already else float(self.calendar.start[taken])
        if day is None:
            return np.zeros(len(edges) - 1)
        at = np.array([day])
        if isinstance(effect.profile, Lasting):
            return np.asarray(effect.quantity * offered(effect.profile, at, at, edges)[0])
        profile = Delay() if effect.verb == "charge" else effect.profile
        return np.asarray(effect.quantity * np.diff(arrived(profile, at, at, edges), axis=1)[0])

    def raised(self, stock: str, days: Array) -> Array:
        """How much effects lift a limit on given days."""
        total = np.zeros(len(days))
        for effect in self.inputs.effects_on.get(stock, ()):
            day = self.in_force_from(effect.switch)
            if effect.verb == "raise" and day is not None and isinstance(effect.profile, Delay):
                since = days - day - effect.profile.lag
                over = effect.profile.spread
                climb = np.clip(since / over, 0.0, 1.0) if over > 0.0 else (since >= 0.0).astype(float)
                total += effect.quantity * climb
        return total

    def flows(self, stock: Stock) -> tuple[Array, Array, Array, Array, Array]:
        """Inflow, made, switched, used and paid of a stock by step."""
        steps = self.steps(stock)
        edges = steps.edges
        inflow = np.zeros(len(steps))
        for begin, end, amount in stock.flows:
            inflow += amount * np.diff(arrived(Delay(), np.array([begin]), np.array([end]), edges), axis=1)[0]
        switched = np.zeros(len(steps))
        for effect in self.inputs.effects_on.get(stock.id, ()):
            if effect.verb in ("release", "charge"):
                switched += self.effect(effect, edges) * (-1.0 if effect.verb == "charge" else 1.0)
        made, used = self.linked(stock.id, "make", edges), self.linked(stock.id, "use", edges)
        return inflow, made, switched, self.divided(stock, used), self._paid(stock, steps)

    def several(self, stock: Stock, window: tuple[float, float] = ALWAYS) -> Array:
        """Steps that share their period with another in which something can happen: 1, else 0."""
        steps = self.steps(stock)
        inside = (np.minimum(steps.edges[1:], window[1]) - np.maximum(steps.edges[:-1], window[0]) > 1e-9).astype(float)
        count = np.bincount(steps.period.astype(int), weights=inside, minlength=self.periods)
        return np.asarray(inside * (count[steps.period.astype(int)] > 1.0), dtype=float)

    def splitting(self, stock: Stock) -> list[tuple[Activity, RecipeLine]]:
        """Lines that take from a stock at once and pass nothing on to a stock that lapses inside a period."""
        found = []
        for activity, line in self.inputs.into.get(stock.id, ()):
            passed = (other.ledger for other in activity.lines if other.verb == "make")
            lapsing = any(self.several(self.inputs.stocks[name]).any() for name in passed if name in self.inputs.stocks)
            now = isinstance(line.profile, Delay) and line.profile == AT_ONCE and not line.effective
            spread = activity.id in self.level and not activity.at_start and activity.tags["kind"] != "transfer"
            if line.verb == "use" and now and spread and not lapsing:
                found.append((activity, line))
        return found

    def divided(self, stock: Stock, even: Array) -> Array:
        """What is used by step: as the plan divides it where numbers lapse inside a period, else even."""
        several = self.several(stock)
        if not several.any() or not self.splitting(stock):
            return even
        return np.where(several > 0.0, self.stated_books("used").get(stock.id, even), even)

    def stated_books(self, column: str) -> dict[str, Array]:
        """A column of table stocks by stock and step, as the plan has it."""
        if column not in self._stated:
            table = self.tables["stocks"]
            days, values = table["start_day"].to_numpy(float), table[column].to_numpy(float)
            found = self._stated[column] = {}
            for name, rows in table.groupby("stock", sort=False).indices.items():
                stock = self.inputs.stocks.get(str(name))
                if stock is None:
                    continue
                steps = self.steps(stock)
                known = np.zeros(len(steps))
                at = np.searchsorted(steps.edges[:-1], days[rows])
                inside = at < len(steps)
                known[at[inside]] = values[rows][inside]
                found[str(name)] = known
        return self._stated[column]

    def _paid(self, stock: Stock, steps: Steps) -> Array:
        """What an account pays in each step: even over the days of the period on which it may."""
        account = self.inputs.accounts.get(stock.id)
        if account is None:
            return np.zeros(len(steps))
        paid = self.paid_by.get(stock.id, np.zeros(self.periods))
        begin, end = self.calendar.active(account.window)
        of = steps.period.astype(int)
        overlap = np.minimum(steps.edges[1:], end[of]) - np.maximum(steps.edges[:-1], begin[of])
        days = (end - begin)[of]
        inside = np.maximum(0.0, overlap) / np.where(days > 0.0, days, 1.0)
        share = np.where(days > 0.0, inside, steps.days / self.calendar.days[of])
        even = np.asarray(paid[of] * share)
        several = self.several(stock, account.window)
        return np.where(several > 0.0, self.stated_books("paid").get(stock.id, even), even) if several.any() else even

    @cached_property
    def paid_by(self) -> dict[str, Array]:
        """Everything that each account pays, by period."""
        total: dict[str, Array] = defaultdict(lambda: np.zeros(self.periods))
        for (account, _), amounts in self.payments.items():
            total[account] = total[account] + amounts
        return dict(total)

    @cached_property
    def paid_for(self) -> dict[str, Array]:
        """Everything that is paid for each bill, by period."""
        total: dict[str, Array] = defaultdict(lambda: np.zeros(self.periods))
        for (_, bill), amounts in self.payments.items():
            total[bill] = total[bill] + amounts
        return dict(total)

    def undelivered(self, stock: str) -> float:
        """What is under way to a stock as the plan ends, less what is still to leave it."""
        horizon = np.array([self.calendar.horizon])
        rest = 0.0
        for activity, line in self.inputs.into.get(stock, ()):
            if line.verb in ("make", "use") and activity.id in self.level and isinstance(line.profile, Delay):
                begin, end = self.span(activity)
                under_way = 1.0 - arrived(line.profile, begin, end, horizon)[:, 0]
                rest += float(self.amount(activity, line) @ under_way) * (1.0 if line.verb == "make" else -1.0)
        for effect in self.inputs.effects_on.get(stock, ()):
            day = self.in_force_from(effect.switch)
            if effect.verb == "release" and day is not None and isinstance(effect.profile, Delay):
                at = np.array([day])
                rest += effect.quantity * (1.0 - float(arrived(effect.profile, at, at, horizon)[0, 0]))
        return rest

    @cached_property
    def disposed(self) -> dict[str, Array]:
        """What the plan says to have lapsed, by stock and step (with what is not carried over)."""
        return self.stated_books("lapsed")

    def available(self, capacity: str) -> Array:
        """Unit-days on offer in each period, before the use ceiling."""
        item, edges = self.inputs.capacities[capacity], self.calendar.edges
        begun = np.array([0.0])
        total = item.opening * offered(Lasting(loss=item.loss), begun, begun, edges)[0]
        for effect in self.inputs.effects_on.get(capacity, ()):
            if effect.verb == "provide":
                total = total + self.effect(effect, edges)
        return np.asarray(total + self.linked(capacity, "provide", edges))

    def standing(self, capacity: str) -> Array:
        """Level at each period's end."""
        item, ends = self.inputs.capacities[capacity], self.calendar.end
        begun = np.array([0.0])
        total: Array = item.opening * standing(Lasting(loss=item.loss), begun, begun, ends)[0]
        for effect in self.inputs.effects_on.get(capacity, ()):
            day = self.in_force_from(effect.switch)
            if effect.verb == "provide" and day is not None and isinstance(effect.profile, Lasting):
                at = np.array([day])
                total = total + effect.quantity * standing(effect.profile, at, at, ends)[0]
        for activity, line in self.inputs.into.get(capacity, ()):
            if line.verb == "provide" and activity.id in self.level:
                begin, end = self.span(activity)
                if isinstance(line.profile, Lasting):
                    levels = standing(line.profile, begin, end, ends)
                else:
                    levels = pace(line.profile, begin, end, ends)
                total = total + self.amount(activity, line) @ levels
        return np.asarray(total)
