r"""Portions: how a period's level falls between the days on which numbers lapse inside it (part of family K1).

A pool of numbers that lapses inside a period can be used up before that day. Were the level even over the period,
numbers that lapse a day before the period ends could hardly be used in it at all.

What is moved in parts from stock to stock, as money between accounts, is decided for the days between all edges of
both stocks: it is taken and given in the same portion, so that a fiscal year gets what is moved in it on any grid.
"""

from __future__ import annotations

import math
from itertools import pairwise

from pyomo.core import ConcreteModel, Constraint

from models.activities import Activities
from models.builder import Builder, keyed, stated
from models.linear import Form, Limits, total
from models.network import Activity, Link, steps_integral
from models.profiles import Span

INSTANT = 1e-9
"""Days within which a delivery is at once."""


class Portions:
    """The level of a period in portions, where stocks that the activity uses are cut inside the period."""

    def __init__(self, builder: Builder, activities: Activities, cuts: dict[str, tuple[float, ...]]) -> None:
        """Lay out portions; `cuts` are the days, by stock, on which a step begins inside a period."""
        self.builder, self.activities, self.cuts = builder, activities, cuts
        self.portions: dict[tuple[str, int], list[tuple[Span, Form]]] = {}
        self.variables = builder.variables(
            "portion", "portioned", "activity, portion, period",
            "level between two days on which numbers lapse [unit of the activity]",
        )  # fmt: skip
        self.moves = {activity.id for activity in builder.network.activities if activity.timing == "parts"}
        links: dict[str, list[Link]] = {}
        for link in builder.network.links:
            links.setdefault(link.activity, []).append(link)
        for activity in builder.network.activities:
            mine = links.get(activity.id, [])
            splitting = [link for link in mine if activity.id in self.moves or self.splits(link, mine)]
            days = sorted({day for link in splitting for day in cuts.get(link.ledger, ())})
            if days:
                self._lay(activity, days)

    def splits(self, link: Link, all_links: list[Link]) -> bool:
        """Whether a link takes from a stock that is cut, at once and without passing it on to another such stock.

        What moves numbers or money from one stock that lapses to another stays even: it could otherwise be taken before
        the day on which it lapses and given after it.
        """
        spread = self.activities.by_id[link.activity].timing == "spread"
        passes_on = any(other.verb == "make" and self.cuts.get(other.ledger) for other in all_links)
        at_once = link.profile.reach <= INSTANT and link.basis == "level"
        return link.verb == "use" and spread and at_once and bool(self.cuts.get(link.ledger)) and not passes_on

    def _lay(self, activity: Activity, days: list[float]) -> None:
        """Portions of every period that one of these days cuts, each no larger than the largest pace allows."""
        for t, (begin, end) in self.activities.spans[activity.id].items():
            inside = [day for day in days if begin < day < end]
            if not inside:
                continue
            found: list[tuple[Span, Form]] = []
            for k, span in enumerate(pairwise([begin, *inside, end])):
                limits = (steps_integral(activity.upper, span), activity.largest)
                most = min((limit for limit in limits if limit is not None), default=math.inf)
                key = (activity.id, k, t)
                found.append((span, self.variables.add(key, 0.0, most, scale=activity.scale, origin=activity.origin)))
            self.portions[activity.id, t] = found

    def constrain(self, model: ConcreteModel) -> None:
        """Add that portions are the level."""
        model.portioned_periods = keyed("activity, period", self.portions)
        model.portions = Constraint(
            model.portioned_periods, rule=self._portions, doc="K1: level = sum of its portions [unit of the activity]"
        )
        self.builder.rows(model.portions, cell=lambda _, key: self.activities.by_id[str(key[0])].origin)

    @stated
    def _portions(self, activity: str, t: int) -> Limits:
        r"""K1: portions add up to the level, :math:`\sum_k \pi_{a,t,k} = x_{a,t}`, each within its largest pace.

        With :math:`\Delta_k` the days of a portion, :math:`\pi_{a,t,k} \le \bar x_a \Delta_k/365`. A stock that is cut
        inside the period gives each portion its numbers in the step that holds it.
        """
        return -self.activities.level[activity, t] + total(form for _, form in self.portions[activity, t]) == 0.0

    def taken(self, link: Link, t: int, span: Span) -> Form | None:
        """Units of a link's activity that meet its stock within a step; None where the level is even."""
        parts = self.portions.get((link.activity, t)) if self.cuts.get(link.ledger) else None
        if parts is None or (link.verb != "use" and link.activity not in self.moves):
            return None
        form = Form()
        for (begin, end), portion in parts:
            if span[0] - INSTANT <= begin and end <= span[1] + INSTANT:
                form.add(portion)
        return form
