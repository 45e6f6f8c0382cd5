r"""Activities: levels, curves, limits, ramps, running (families K4, K5, K6, K9).

:math:`x_{a,t}` is the level of activity *a* in period *t*, in units. It happens evenly over the active span of the
period (the period cut to the activity's window), or all at once as the period begins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from models.linear import Form
from models.network import Activity, Steps

if TYPE_CHECKING:
    from models.builder import Builder

Span = tuple[float, float]

MOST_MOVED = 1e5
"""Most that one scale unit of an activity may move, in units of a ledger's own scale."""
DAYS = 100.0
"""Unit-days in which capacities are counted."""


def steps_integral(steps: Steps, span: Span) -> float | None:
    """Integral over `span` of a limit given per year, in units; None where any part has no limit."""
    begin, end = span
    if not steps or steps[0][0] > begin + 1e-9:
        return None
    amount = 0.0
    for (start, value), (stop, _) in pairwise([*steps, (math.inf, 0.0)]):
        overlap = min(end, stop) - max(begin, start)
        if overlap > 0.0:
            amount += value * overlap / 365.0
    return amount


def growth_share(factor: float, years: float) -> float:
    r"""Share of the starting pace that `years` of growth add: :math:`(g^{\tau} - 1)/(g - 1)`, or tau for g = 1.

    It is 1 after a year, whatever the factor, and two stretches of time add up to what one of their length gives:
    :math:`s(\tau + \sigma) = g^{\sigma} s(\tau) + s(\sigma)`.
    """
    if factor <= 0.0:
        return 1.0 if years > 0.0 else 0.0
    over = factor - 1.0
    return years if abs(over) < 1e-9 else math.expm1(years * math.log1p(over)) / over


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
        self.level: dict[tuple[str, int], Form] = {}
        self.effective: dict[tuple[str, int], Form] = {}
        self.running: dict[tuple[str, int], Form] = {}
        self.started: dict[tuple[str, int], Form] = {}
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
            small = activity.whole is None and most > MOST_MOVED
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
            unit = activity.whole or self.scale[activity.id]
            block = self.builder.variable(
                "level", (activity.id, first), lower, upper, whole=activity.whole is not None, scale=unit,
                origin=activity.origin,
            )  # fmt: skip
            for t in periods:
                self.level[activity.id, t] = block.times(days[t] / whole_block) if len(periods) > 1 else block

    def constrain(self) -> None:
        """Add curves, ramps and running to the model."""
        for activity in self.builder.network.activities:
            for t in self.spans[activity.id]:
                self.effective[activity.id, t] = (
                    self._curve(activity, t) if activity.curve else self.level[activity.id, t]
                )
            if activity.running is not None:
                self._run(activity)
            if activity.growth is not None or activity.decline is not None:
                self._ramp(activity)

    def _curve(self, activity: Activity, t: int) -> Form:
        r"""K4: :math:`x = \sum_k \sigma_k,\ \sigma_k \le S_k\Delta/365,\ \tilde x = \sum_k \beta_k \sigma_k`.

        Falling yields fill in order by themselves. Elsewhere the incremental form fills stretch k before k + 1:
        :math:`\sigma_k \ge S_k b_k,\ \sigma_{k+1} \le S_{k+1} b_k` with b binary (HiGHS has no SOS sets).
        """
        span = self.spans[activity.id][t]
        share = (span[1] - span[0]) / 365.0
        filled, worth = Form(), Form()
        yields = [s.yield_ for s in activity.curve]
        rising = any(after > before + 1e-12 for before, after in pairwise(yields))
        full_before: Form | None = None
        for k, stretch in enumerate(activity.curve):
            width = stretch.width * share
            key = (activity.id, k, t)
            sigma = self.builder.variable(
                "stretch", key, 0.0, width, scale=self.scale[activity.id], origin=activity.origin
            )
            filled.add(sigma)
            worth.add(sigma, stretch.yield_)
            if not rising:
                continue
            if full_before is not None:
                self._row("curve_order", key, sigma.times(1.0).add(full_before, -width), activity, upper=0.0)
            if k + 1 < len(activity.curve):
                full_before = self.builder.variable("full", key, 0.0, 1.0, whole=True, origin=activity.origin)
                self._row("curve_full", key, sigma.times(1.0).add(full_before, -width), activity, lower=0.0)
        self._row(
            "curve", (activity.id, t), filled.add(self.level[activity.id, t], -1.0), activity, lower=0.0, upper=0.0
        )
        return worth

    def _row(self, family: str, key: tuple[str | int, ...], form: Form, activity: Activity, *, lower: float = -math.inf,
             upper: float = math.inf) -> None:  # fmt: skip
        """Add a row that comes from the activity's cell."""
        self.builder.constraint(family, key, form, lower, upper, origin=activity.origin)

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

    def _ramp(self, activity: Activity) -> None:
        r"""K5: the pace grows, and is cut, no faster than stated, the same on every grid.

        .. math:: \frac{x_t}{\Delta_t} \le g^{\tau}\, \frac{x_{t-1}}{\Delta_{t-1}}
                  + \frac{r^0}{365}\, \frac{g^{\tau} - 1}{g - 1}, \qquad
                  \frac{x_t}{\Delta_t} \ge (1 - c)^{\tau}\, \frac{x_{t-1}}{\Delta_{t-1}}

        :math:`\tau` is the years between the middles of the active spans of t - 1 and t, g the largest factor a year,
        r0 the starting pace in units a year, c the largest share cut in a year; for g = 1 the fraction is
        :math:`\tau`. A year later the pace is at most g times the pace reached plus r0, in however many steps the
        year is cut. A period without a history has the starting pace alone, :math:`x_t/\Delta_t \le r^0/365`, or what
        must be done at least: the first in which the activity can happen, and the first after a stretch in which it
        cannot. Where running is a yes or no, not having run is no history either:
        :math:`(1 - \frac{g^{\tau} - 1}{g - 1})(1 - v_{t-1})\, r^0/365` is added. Periods that share one pace count as
        one.
        """
        for ramp in self.ramps(activity.id):
            pace = self._pace(activity.id, ramp)
            earlier = None if ramp.before is None else self._pace(activity.id, ramp.before)
            if activity.growth is not None:
                row, most = pace.times(ramp.days), 0.0
                row.add(self.starting_share(activity, ramp), -activity.growth_base * ramp.days / 365.0)
                if earlier is not None:
                    row.add(earlier, -ramp.days * activity.growth**ramp.years)
                else:  # what must be done needs no history either
                    most = max(0.0, self._least_pace(activity, ramp.first) - activity.growth_base)
                self._row("growth", (activity.id, ramp.first), row, activity, upper=most * ramp.days / 365.0)
            if activity.decline is not None and earlier is not None:
                row = pace.times(ramp.days).add(earlier, -ramp.days * (1.0 - activity.decline) ** ramp.years)
                self._row("decline", (activity.id, ramp.first), row, activity, lower=0.0)

    def starting_share(self, activity: Activity, ramp: Ramp) -> Form:
        """Share of the starting pace that a stretch may add to what grew: all of it without a history."""
        share = ramp.share(activity.growth or 0.0)
        ran = self.running.get((activity.id, ramp.first - 1)) if ramp.before is not None else None
        return Form(constant=share) if ran is None else ran.times(share - 1.0).plus(1.0)

    def _least_pace(self, activity: Activity, t: int) -> float:
        """What must be done at least in period t, in units a year."""
        begin, end = self.spans[activity.id][t]
        return (steps_integral(activity.lower, (begin, end)) or 0.0) * 365.0 / (end - begin)

    def _pace(self, activity: str, ramp: Ramp) -> Form:
        """Units a day of a stretch of one pace."""
        begin, end = self.spans[activity][ramp.first]
        return self.level[activity, ramp.first].times(1.0 / (end - begin))

    def _run(self, activity: Activity) -> None:
        r"""K6: :math:`m_a\Delta/365\,v_t \le x_t \le \bar x_a \Delta/365\,v_t,\ g_t \ge v_t - v_{t-1}`."""
        running = activity.running
        if running is None:
            return
        for t, span in self.spans[activity.id].items():
            most = self.most(activity.id, t)
            if most is None:
                message = f"{activity.id} has a least scale or a running cost and so needs a largest pace"
                raise ValueError(message)
            runs = self.builder.variable("runs", (activity.id, t), 0.0, 1.0, whole=True, origin=activity.origin)
            self.running[activity.id, t] = runs
            level = self.level[activity.id, t]
            self._row("at_most_if_running", (activity.id, t), level.times(1.0).add(runs, -most), activity, upper=0.0)
            least = running.minimum * (span[1] - span[0]) / 365.0
            if least > 0.0:
                self._row(
                    "at_least_if_running", (activity.id, t), level.times(1.0).add(runs, -least), activity, lower=0.0
                )
            if running.start_cost > 0.0:
                starts = self.builder.variable("starts", (activity.id, t), 0.0, 1.0, origin=activity.origin)
                self.started[activity.id, t] = starts
                row = starts.times(1.0).add(runs, -1.0)
                before = self.running.get((activity.id, t - 1))
                if before is not None:
                    row.add(before)
                self.builder.constraint("start", (activity.id, t), row, 0.0, origin=activity.origin)
                # only a true start may be paid, even where paying would bring points
                self._row("start_runs", (activity.id, t), starts.times(1.0).add(runs, -1.0), activity, upper=0.0)
                if before is not None:
                    self._row("start_anew", (activity.id, t), starts.times(1.0).add(before), activity, upper=1.0)

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
