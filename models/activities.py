r"""Activities: levels, curves, limits, ramps, running (families K4, K5, K6, K9).

:math:`x_{a,t}` is the level of activity *a* in period *t*, in units. It happens evenly over the active span of the
period (the period cut to the activity's window), or all at once as the period begins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from pyomo.core import ConcreteModel, Constraint

from models.builder import Builder, Variables, keyed, stated
from models.linear import Form, Key, Limits, total
from models.network import Activity, steps_integral
from models.profiles import Span, growth_share

MOST_MOVED = 1e5
"""Most that one scale unit of an activity may move, in units of a ledger's own scale."""
DAYS = 100.0
"""Unit-days in which capacities are counted."""


@dataclass(frozen=True)
class Ramp:
    """A stretch of one pace: periods `first` to `last`, active `days`, the middle day, and the stretch just before."""

    first: int
    last: int
    days: float
    middle: float
    before: Ramp | None

    @property
    def years(self) -> float:
        """Years since the middle of the stretch before; 0 without one."""
        return 0.0 if self.before is None else (self.middle - self.before.middle) / 365.0

    def share(self, factor: float) -> float:
        """Share of the starting pace that may be added: all of it where nothing came before."""
        return 1.0 if self.before is None else growth_share(factor, self.years)


class Activities:
    """Levels and effective levels of every activity, with the constraint families that concern them alone."""

    def __init__(self, builder: Builder) -> None:
        """Lay out the levels of all activities."""
        self.builder = builder
        self.by_id = {a.id: a for a in builder.network.activities}
        self.scale = self._scales()
        self.spans: dict[str, dict[int, Span]] = {a.id: self._spans(a) for a in builder.network.activities}
        self.levels: Variables[tuple[str, int]] = builder.variables(
            "level", "decisions", "activity, first period of the decision",
            "x: level of an activity [its unit, or lots of it]; K4, K5: within its limits a year times the days / 365",
        )  # fmt: skip
        self.level: dict[tuple[str, int], Form] = {}
        for activity in builder.network.activities:
            self._lay_levels(activity)

    def _scales(self) -> dict[str, float]:
        """Scale of each activity's levels: its own, or less where a unit moves or costs so much that noise would count.

        A solver keeps a level to 1e-8 of its scale. With a recipe of 1e11 a unit that would be thousands of whatever
        the recipe moves. Beyond :data:`MOST_MOVED` the scale is such that one of it moves about ten.
        """
        network = self.builder.network
        ledgers = {s.id: s.scale for s in network.stocks} | {c.id: DAYS for c in network.capacities}
        yields = {a.id: max((s.yield_ for s in a.curve), default=1.0) for a in network.activities}
        moved: dict[str, float] = {}
        for link in network.links:
            amount = abs(link.quantity) * (max(1.0, yields[link.activity]) if link.basis == "effective" else 1.0)
            moved[link.activity] = max(moved.get(link.activity, 0.0), amount / ledgers.get(link.ledger, 1.0))
        for pair in network.payments:
            item = self.by_id.get(pair.bill)
            if item is not None:
                moved[item.id] = max(moved.get(item.id, 0.0), item.cost / ledgers[pair.account])
        scales = {}
        for activity in network.activities:
            most = moved.get(activity.id, 0.0) * activity.scale
            small = activity.integer_unit is None and most > MOST_MOVED
            scales[activity.id] = (
                activity.scale / 10.0 ** math.ceil(math.log10(most / MOST_MOVED)) if small else activity.scale
            )
        return scales

    def _spans(self, activity: Activity) -> dict[int, Span]:
        """Active span of each period in which the activity can happen at all."""
        grid = self.builder.grid
        first, last = activity.window or (-math.inf, math.inf)
        spans = {}
        for t in grid.periods:
            begin, end = max(grid.start(t), first), min(grid.end(t), last)
            if activity.timing == "start":
                if first <= grid.start(t) < last:
                    spans[t] = grid.span(t)
                continue
            if end - begin <= 1e-9:
                continue
            most = steps_integral(activity.upper, (begin, end))
            if most is None or most > 0.0 or steps_integral(activity.lower, (begin, end)):
                spans[t] = (begin, end)
        return spans

    def deed(self, activity: str, t: int) -> Span:
        """Days over which the level of period t happens: its span, or the instant at which it begins."""
        span = self.spans[activity][t]
        return (span[0], span[0]) if self.by_id[activity].timing == "start" else span

    def _blocks(self, activity: Activity) -> dict[int, list[int]]:
        """Periods that share one decision, by the first of them."""
        groups: dict[int, list[int]] = {}
        for t in self.spans[activity.id]:
            group = {"period": t, "phase": self.builder.grid.phase_of[t], "horizon": 0}[activity.decided]
            groups.setdefault(group, []).append(t)
        return {periods[0]: periods for periods in groups.values()}

    def _lay_levels(self, activity: Activity) -> None:
        r"""K4, K5 limits: levels within :math:`\underline x_a \Delta_t/365 \le x_{a,t} \le \bar x_a \Delta_t/365`."""
        spans = self.spans[activity.id]
        for first, periods in self._blocks(activity).items():
            days = {t: spans[t][1] - spans[t][0] for t in periods}
            whole_block = math.fsum(days.values())
            lower, upper = 0.0, math.inf
            for t in periods:
                least, most = steps_integral(activity.lower, spans[t]), self.most(activity.id, t)
                lower = max(lower, (least or 0.0) * whole_block / days[t])
                upper = min(upper, math.inf if most is None else most * whole_block / days[t])
            unit = activity.integer_unit or self.scale[activity.id]
            block = self.levels.add(
                (activity.id, first),
                lower,
                upper,
                integer=activity.integer_unit is not None,
                scale=unit,
                origin=activity.origin,
            )
            for t in periods:
                self.level[activity.id, t] = block.times(days[t] / whole_block) if len(periods) > 1 else block

    def lay_curves_and_runs(self) -> None:
        """Lay out stretches of curves, and whether activities run."""
        variables, by_date = self.builder.variables, "activity, period"
        self.effective: dict[tuple[str, int], Form] = {}
        self.stretch: Variables[tuple[str, int, int]] = variables(
            "stretch", "stretches", "activity, stretch, period",
            "sigma: level on one stretch of a curve [unit of the activity]",
        )  # fmt: skip
        self.full = variables(
            "full", "rising_stretches", "activity, stretch, period", "b: 1 if a stretch of a rising curve is filled [-]"
        )
        self.running: Variables[tuple[str, int]] = variables(
            "runs", "running_periods", by_date, "v: 1 if the activity runs at all [-]"
        )
        self.started: Variables[tuple[str, int]] = variables(
            "starts", "starting_periods", by_date, "g: 1 if the activity starts to run [-]"
        )
        for activity in self.builder.network.activities:
            for t in self.spans[activity.id]:
                level = self.level[activity.id, t]
                self.effective[activity.id, t] = self._lay_curve(activity, t) if activity.curve else level
            for t in self.spans[activity.id] if activity.running is not None else ():
                self.running.add((activity.id, t), 0.0, 1.0, integer=True, origin=activity.origin)
                if activity.running is not None and activity.running.start_cost > 0.0:
                    self.started.add((activity.id, t), 0.0, 1.0, origin=activity.origin)

    def _lay_curve(self, activity: Activity, t: int) -> Form:
        r"""K4, effective level: :math:`\tilde x = \sum_k \beta_k \sigma_k` with :math:`\sigma_k \le S_k\Delta/365`."""
        worth = Form()
        for k, stretch in enumerate(activity.curve):
            key = (activity.id, k, t)
            width, scale = self._width(*key), self.scale[activity.id]
            sigma = self.stretch.add(key, 0.0, width, scale=scale, origin=activity.origin)
            worth.add(sigma, stretch.yield_)
            if self.rises(activity) and k + 1 < len(activity.curve):
                self.full.add(key, 0.0, 1.0, integer=True, origin=activity.origin)
        return worth

    def _width(self, activity: str, k: int, t: int) -> float:
        """Units that a stretch of a curve holds in period t."""
        begin, end = self.spans[activity][t]
        return self.by_id[activity].curve[k].width * ((end - begin) / 365.0)

    @staticmethod
    def rises(activity: Activity) -> bool:
        """Whether a curve's yield rises anywhere, so that its stretches do not fill in order by themselves."""
        return any(after.yield_ > before.yield_ + 1e-12 for before, after in pairwise(activity.curve))

    def constrain(self, model: ConcreteModel) -> None:
        """Add curves, running and ramps; in a solver they stand activity by activity."""
        curved = dict.fromkeys((a, t) for a, _, t in self.stretch)
        later = [key for key in self.stretch if key[1] and self.rises(self.by_id[key[0]])]
        growing = [key for key in self._ramps if self.by_id[key[0]].growth is not None]
        cut = [key for key, ramp in self._ramps.items() if ramp.before and self.by_id[key[0]].decline is not None]
        model.later_stretches = keyed("activity, stretch, period", later)
        model.curve_order = Constraint(
            model.later_stretches,
            rule=self._curve_order,
            doc="K4: stretch <= width * full of the stretch before [unit]",
        )
        model.curve_full = Constraint(
            model.rising_stretches, rule=self._curve_full, doc="K4: stretch >= width * full [unit]"
        )
        model.curved_periods = keyed("activity, period", curved)
        model.curve = Constraint(
            model.curved_periods, rule=self._curve, doc="K4: level = sum of its stretches [unit of the activity]"
        )
        model.at_most_if_running = Constraint(
            model.running_periods, rule=self._at_most_if_running, doc="K6: level <= largest level * runs [unit]"
        )
        model.at_least_if_running = Constraint(
            model.running_periods, rule=self._at_least_if_running, doc="K6: level >= least level * runs [unit]"
        )
        model.start = Constraint(
            model.starting_periods, rule=self._start, doc="K6: starts >= runs - runs of the period before [-]"
        )
        model.start_runs = Constraint(model.starting_periods, rule=self._start_runs, doc="K6: starts <= runs [-]")
        model.start_anew = Constraint(
            model.starting_periods, rule=self._start_anew, doc="K6: starts <= 1 - runs of the period before [-]"
        )
        model.growing_paces = keyed("activity, first period", growing)
        model.growth = Constraint(
            model.growing_paces,
            rule=self._growth,
            doc="K5: pace <= factor a year ^ years * pace before + starting pace * its share [unit of the activity]",
        )
        model.shrinking_paces = keyed("activity, first period", cut)
        model.decline = Constraint(
            model.shrinking_paces,
            rule=self._decline,
            doc="K5: pace >= (1 - share cut a year) ^ years * pace before [unit]",
        )
        stages = (0, 0, 0, 1, 1, 1, 1, 1, 2, 2)

        def place(rank: int, key: Key) -> tuple[str | float, ...]:
            """Within an activity curves, running and ramps, each date by date."""
            return key[0], stages[rank], key[-1], key[1] if len(key) == 3 else math.inf, rank

        self.builder.rows(
            model.curve_order, model.curve_full, model.curve,
            model.at_most_if_running, model.at_least_if_running, model.start, model.start_runs, model.start_anew,
            model.growth, model.decline, cell=self._cell, place=place,
        )  # fmt: skip

    def _cell(self, _rank: int, key: Key) -> str:
        """Cell of the activity that a key begins with."""
        return self.by_id[str(key[0])].origin

    @stated
    def _curve_order(self, activity: str, k: int, t: int) -> Limits:
        r"""K4: stretches of a rising curve fill in order: :math:`\sigma_{k+1} \le S_{k+1} b_k`, b binary.

        Falling yields fill in order by themselves (HiGHS has no SOS sets).
        """
        return self.stretch[activity, k, t] <= self._width(activity, k, t) * self.full[activity, k - 1, t]

    @stated
    def _curve_full(self, activity: str, k: int, t: int) -> Limits:
        r"""K4: a stretch counts as full when it is: :math:`\sigma_k \ge S_k b_k`."""
        return self.stretch[activity, k, t] >= self._width(activity, k, t) * self.full[activity, k, t]

    @stated
    def _curve(self, activity: str, t: int) -> Limits:
        r"""K4: :math:`x = \sum_k \sigma_k`."""
        stretches = total(self.stretch[activity, k, t] for k in range(len(self.by_id[activity].curve)))
        return stretches == self.level[activity, t]

    @stated
    def _at_most_if_running(self, activity: str, t: int) -> Limits:
        r"""K6: :math:`x_t \le \bar x_a \Delta/365\,v_t`."""
        most = self.most(activity, t)
        if most is None:
            message = f"{activity} has a least scale or a running cost and so needs a largest pace"
            raise ValueError(message)
        return self.level[activity, t] <= most * self.running[activity, t]

    @stated
    def _at_least_if_running(self, activity: str, t: int) -> Limits | None:
        r"""K6: :math:`x_t \ge m_a\Delta/365\,v_t`."""
        running, (begin, end) = self.by_id[activity].running, self.spans[activity][t]
        least = running.minimum * (end - begin) / 365.0 if running is not None else 0.0
        return self.level[activity, t] >= least * self.running[activity, t] if least > 0.0 else None

    @stated
    def _start(self, activity: str, t: int) -> Limits:
        r"""K6: :math:`g_t \ge v_t - v_{t-1}`."""
        return self.started[activity, t] - self.running[activity, t] + self._ran_before(activity, t) >= 0.0

    @stated
    def _start_runs(self, activity: str, t: int) -> Limits:
        r"""K6: :math:`g_t \le v_t`: only a true start may be paid, even where paying would bring points."""
        return self.started[activity, t] <= self.running[activity, t]

    @stated
    def _start_anew(self, activity: str, t: int) -> Limits | None:
        r"""K6: :math:`g_t \le 1 - v_{t-1}`."""
        before = self._ran_before(activity, t)
        return self.started[activity, t] + before <= 1.0 if before.terms else None

    def _ran_before(self, activity: str, t: int) -> Form:
        """Whether the activity ran in the period before; nothing where it could not."""
        return self.running.get((activity, t - 1), Form())

    @cached_property
    def _ramps(self) -> dict[tuple[str, int], Ramp]:
        """Stretches of one pace by activity and first period."""
        limited = [a.id for a in self.by_id.values() if a.growth is not None or a.decline is not None]
        return {(a, ramp.first): ramp for a in limited for ramp in self.ramps(a)}

    def ramps(self, activity: str) -> list[Ramp]:
        """Stretches of one pace of an activity, each beside the one before it, in order."""
        spans, found = self.spans[activity], list[Ramp]()
        for first, periods in self._blocks(self.by_id[activity]).items():
            lengths = [spans[t][1] - spans[t][0] for t in periods]
            days = math.fsum(lengths)
            middles = [(spans[t][0] + spans[t][1]) / 2.0 for t in periods]
            middle = math.fsum(m * length for m, length in zip(middles, lengths, strict=True)) / days
            before = found[-1] if found and found[-1].last == first - 1 else None
            found.append(Ramp(first, periods[-1], days, middle, before))
        return found

    @stated
    def _growth(self, activity: str, first: int) -> Limits:
        r"""K5: the pace grows no faster than stated, the same on every grid.

        .. math:: \frac{x_t}{\Delta_t} \le g^{\tau}\, \frac{x_{t-1}}{\Delta_{t-1}}
                  + \frac{r^0}{365}\, \frac{g^{\tau} - 1}{g - 1}

        :math:`\tau` is the years between the middles of the active spans of t - 1 and t, g the largest factor a year,
        r0 the starting pace in units a year; for g = 1 the fraction is :math:`\tau`. A year later the pace is at most
        g times the pace reached plus r0, in however many steps the year is cut. A period without a history has the
        starting pace alone, :math:`x_t/\Delta_t \le r^0/365`, or what must be done at least: the first in which the
        activity can happen, and the first after a stretch in which it cannot. Where running is a yes or no, not having
        run is no history either: :math:`(1 - \frac{g^{\tau} - 1}{g - 1})(1 - v_{t-1})\, r^0/365` is added. Periods
        that share one pace count as one.
        """
        item, ramp, most = self.by_id[activity], self._ramps[activity, first], 0.0
        base = item.growth_base * ramp.days / 365.0
        above = ramp.days * self._pace(activity, ramp) - base * self.starting_share(item, ramp)
        if ramp.before is not None:
            above.add(self._pace(activity, ramp.before), -ramp.days * (item.growth or 0.0) ** ramp.years)
        else:  # what must be done needs no history either
            most = max(0.0, self._least_pace(item, first) - item.growth_base)
        return above <= most * ramp.days / 365.0

    @stated
    def _decline(self, activity: str, first: int) -> Limits:
        r"""K5: the pace is cut no faster than stated.

        .. math:: \frac{x_t}{\Delta_t} \ge (1 - c)^{\tau}\, \frac{x_{t-1}}{\Delta_{t-1}}

        c is the largest share cut in a year, :math:`\tau` as in growth.
        """
        ramp = self._ramps[activity, first]
        kept = math.pow(1.0 - (self.by_id[activity].decline or 0.0), ramp.years)
        pace, before = self._pace(activity, ramp), self._pace(activity, ramp.before or ramp)
        return ramp.days * pace >= (ramp.days * kept) * before

    def starting_share(self, activity: Activity, ramp: Ramp) -> Form:
        """Share of the starting pace that a stretch may add to what grew: all of it without a history."""
        share = ramp.share(activity.growth or 0.0)
        ran = self.running.get((activity.id, ramp.first - 1)) if ramp.before is not None else None
        return Form(constant=share) if ran is None else (share - 1.0) * ran + 1.0

    def _least_pace(self, activity: Activity, t: int) -> float:
        """What must be done at least in period t, in units a year."""
        begin, end = self.spans[activity.id][t]
        return (steps_integral(activity.lower, (begin, end)) or 0.0) * 365.0 / (end - begin)

    def _pace(self, activity: str, ramp: Ramp) -> Form:
        """Units a day of a stretch of one pace."""
        begin, end = self.spans[activity][ramp.first]
        return self.level[activity, ramp.first].times(1.0 / (end - begin))

    @cached_property
    def deeds(self) -> dict[str, tuple[tuple[int, Span], ...]]:
        """Periods of each activity with the days over which its level happens, in order."""
        return {a: tuple((t, self.deed(a, t)) for t in spans) for a, spans in self.spans.items()}

    @cached_property
    def active(self) -> dict[str, list[int]]:
        """Periods of each activity."""
        return {a: list(spans) for a, spans in self.spans.items()}

    def most(self, activity: str, t: int) -> float | None:
        """Largest level that the limits allow in period t, in units; None where nothing does."""
        item = self.by_id[activity]
        limits = (steps_integral(item.upper, self.spans[activity][t]), item.largest)
        return min((limit for limit in limits if limit is not None), default=None)
