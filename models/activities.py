r"""Activities: levels, curves, limits, ramps, running (families K4, K5, K6, K9).

:math:`x_{a,t}` is the level of activity *a* in period *t*, in units. It happens evenly over the active span of the
period (the period cut to the activity's window), or all at once as the period begins.
"""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise

from models.linear import Form, Frame
from models.network import Activity, Steps

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


class Activities:
    """Levels and effective levels of every activity, with the constraint families that concern them alone."""

    def __init__(self, frame: Frame) -> None:
        """Lay out the levels of all activities."""
        self.frame = frame
        self.by_id = {a.id: a for a in frame.network.activities}
        self.scale = self._scales()
        self.spans: dict[str, dict[int, Span]] = {a.id: self._spans(a) for a in frame.network.activities}
        self.level: dict[tuple[str, int], Form] = {}
        self.effective: dict[tuple[str, int], Form] = {}
        self.running: dict[tuple[str, int], Form] = {}
        self.started: dict[tuple[str, int], Form] = {}
        for activity in frame.network.activities:
            self._lay_levels(activity)

    def _scales(self) -> dict[str, float]:
        """Scale of each activity's levels: its own, or less where a unit moves or costs so much that noise would count.

        A solver keeps a level to 1e-8 of its scale. With a recipe of 1e11 a unit that would be thousands of whatever
        the recipe moves. Beyond :data:`MOST_MOVED` the scale is such that one of it moves about ten.
        """
        network = self.frame.network
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
        grid = self.frame.grid
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
            group = {"period": t, "phase": self.frame.grid.phase_of[t], "horizon": 0}[activity.decided]
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
            block = self.frame.column(
                "level", (activity.id, first), lower, upper, whole=activity.whole is not None, scale=unit,
                origin=activity.origin,
            )  # fmt: skip
            for t in periods:
                self.level[activity.id, t] = block.times(days[t] / whole_block) if len(periods) > 1 else block

    def constrain(self) -> None:
        """Add curves, ramps and running to the frame."""
        for activity in self.frame.network.activities:
            for t in self.spans[activity.id]:
                self.effective[activity.id, t] = (
                    self._curve(activity, t) if activity.curve else self.level[activity.id, t]
                )
            if activity.growth is not None or activity.decline is not None:
                self._ramp(activity)
            if activity.running is not None:
                self._run(activity)

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
            sigma = self.frame.column("stretch", key, 0.0, width, scale=self.scale[activity.id], origin=activity.origin)
            filled.add(sigma)
            worth.add(sigma, stretch.yield_)
            if not rising:
                continue
            if full_before is not None:
                self._row("curve_order", key, sigma.times(1.0).add(full_before, -width), activity, upper=0.0)
            if k + 1 < len(activity.curve):
                full_before = self.frame.column("full", key, 0.0, 1.0, whole=True, origin=activity.origin)
                self._row("curve_full", key, sigma.times(1.0).add(full_before, -width), activity, lower=0.0)
        self._row(
            "curve", (activity.id, t), filled.add(self.level[activity.id, t], -1.0), activity, lower=0.0, upper=0.0
        )
        return worth

    def _row(self, family: str, key: tuple[str | int, ...], form: Form, activity: Activity, *, lower: float = -math.inf,
             upper: float = math.inf) -> None:  # fmt: skip
        """Add a row that comes from the activity's cell."""
        self.frame.row(family, key, form, lower, upper, origin=activity.origin)

    def _ramp(self, activity: Activity) -> None:
        r"""K5: :math:`x_t/\Delta_t \le g^{(m_t - m_{t-1})/365}\, x_{t-1}/\Delta_{t-1} + r^0/365`, its mirror for cuts.

        m is the middle of the active span, g the largest factor a year, r0 the pace that needs no history.
        """
        spans = self.spans[activity.id]
        for t, span in spans.items():
            days, middle = span[1] - span[0], (span[0] + span[1]) / 2.0
            rate = self.level[activity.id, t].times(1.0 / days)
            before = spans.get(t - 1)
            lapse = 0.0 if before is None else middle - (before[0] + before[1]) / 2.0
            base = activity.growth_base
            if before is None:
                base = max(base, (steps_integral(activity.lower, span) or 0.0) * 365.0 / days)
            earlier = None if before is None else self.level[activity.id, t - 1].times(1.0 / (before[1] - before[0]))
            if activity.growth is not None:
                row = rate.times(days)
                if earlier is not None:
                    row.add(earlier, -days * activity.growth ** (lapse / 365.0))
                self._row("growth", (activity.id, t), row, activity, upper=base * days / 365.0)
            if activity.decline is not None and earlier is not None:
                row = rate.times(days).add(earlier, -days * (1.0 - activity.decline) ** (lapse / 365.0))
                self._row("decline", (activity.id, t), row, activity, lower=0.0)

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
            runs = self.frame.column("runs", (activity.id, t), 0.0, 1.0, whole=True, origin=activity.origin)
            self.running[activity.id, t] = runs
            level = self.level[activity.id, t]
            self._row("at_most_if_running", (activity.id, t), level.times(1.0).add(runs, -most), activity, upper=0.0)
            least = running.minimum * (span[1] - span[0]) / 365.0
            if least > 0.0:
                self._row(
                    "at_least_if_running", (activity.id, t), level.times(1.0).add(runs, -least), activity, lower=0.0
                )
            if running.start_cost > 0.0:
                starts = self.frame.column("starts", (activity.id, t), 0.0, 1.0, origin=activity.origin)
                self.started[activity.id, t] = starts
                row = starts.times(1.0).add(runs, -1.0)
                before = self.running.get((activity.id, t - 1))
                if before is not None:
                    row.add(before)
                self.frame.row("start", (activity.id, t), row, 0.0, origin=activity.origin)
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
