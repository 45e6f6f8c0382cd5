r"""Switches: when a reform is taken, a site opened; what must come before (families K7, K8, K9).

:math:`w_{e,u} \in \{0,1\}` says that switch *e* is taken as period *u* begins.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from models.activities import Activities
from models.grid import Grid
from models.linear import Form
from models.network import Switch

if TYPE_CHECKING:
    from models.builder import Builder


def dates_of(switch: Switch, grid: Grid) -> list[int]:
    """Periods as which begin a switch may be taken: those of the grid that its windows allow."""
    firsts = {p.start for p in grid.phases}
    return [
        u
        for u in grid.decision_periods
        if (switch.dates == "period" or grid.start(u) in firsts)
        and any(begin <= grid.start(u) <= end for begin, end in switch.windows)
    ]


class Switches:
    """Start decisions of every switch and what follows from them."""

    def __init__(self, builder: Builder) -> None:
        """Lay out the start decisions on the dates that the windows allow."""
        self.builder = builder
        self.by_id = {e.id: e for e in builder.network.switches}
        self.starts: dict[str, dict[int, Form]] = {}
        for switch in builder.network.switches:
            allowed = [] if switch.already else dates_of(switch, builder.grid)
            self.starts[switch.id] = {
                u: builder.variable("taken", (switch.id, u), 0.0, 1.0, whole=True, origin=switch.origin)
                for u in allowed
            }

    def in_force_from(self, switch: str, u: int) -> float:
        """First day in force of a switch taken in period u."""
        return self.builder.grid.start(u) + self.by_id[switch].lead

    def events(self, switch: str) -> list[tuple[float, float, Form]]:
        """Days on which the switch can be taken and comes into force, with the decision; day 0 if it already is."""
        if self.by_id[switch].already:
            return [(0.0, 0.0, Form(constant=1.0))]
        starts = self.starts[switch]
        return [(self.builder.grid.start(u), self.in_force_from(switch, u), taken) for u, taken in starts.items()]

    def in_force_days(self, switch: str, t: int) -> Form:
        r"""K7: days in force in period t, :math:`\Delta_t y_{e,t} = \sum_u |t \cap [s_u + lead, \infty)|\, w_{e,u}`."""
        grid = self.builder.grid
        if self.by_id[switch].already:
            return Form(constant=grid.days(t))
        days = Form()
        for u, taken in self.starts[switch].items():
            overlap = grid.end(t) - max(grid.start(t), self.in_force_from(switch, u))
            if overlap > 0.0:
                days.add(taken, overlap)
        return days

    def taken(self, switch: str) -> Form:
        """Whether the switch is taken at all (one if it already was)."""
        if self.by_id[switch].already:
            return Form(constant=1.0)
        form = Form()
        for start in self.starts[switch].values():
            form.add(start)
        return form

    def constrain(self, activities: Activities) -> None:
        r"""Add timing, prerequisites, exclusions, enabling, and demands: a least pace while a switch is in force.

        :math:`x_{a,t} \ge r_{e,a}\, y_{e,t}\, \Delta_{a,t}/365`, the activity's days in t on the right.
        """
        for switch in self.builder.network.switches:
            if not switch.already:
                self._timing(switch)
        self._exclusions()
        self._enable(activities)
        for demand in self.builder.network.demands:
            for t in activities.active[demand.activity]:
                begin, end = activities.spans[demand.activity][t]
                share = (end - begin) / self.builder.grid.days(t) / 365.0
                level = activities.level[demand.activity, t].times(1.0)
                row = level.add(self.in_force_days(demand.switch, t), -demand.rate * share)
                self.builder.constraint("demand", (demand.switch, demand.activity, t), row, 0.0, origin=demand.origin)

    def _timing(self, switch: Switch) -> None:
        r"""K7 and K8: taken at most once, and only after what it needs.

        :math:`\sum_u w_{e,u} \le 1`; :math:`w_{e,u} \le \sum_{u': s_{u'} + lead' + wait \le s_u} w_{e',u'}`.
        """
        starts = self.starts[switch.id]
        if starts or switch.must:
            lower = 1.0 if switch.must else -math.inf
            self.builder.constraint("once", (switch.id,), self.taken(switch.id), lower, 1.0, origin=switch.origin)
        for other, wait in switch.prerequisites:
            if self.by_id[other].already:
                continue
            for u in starts:
                row = Form()
                for v, taken in starts.items():
                    if v <= u:
                        row.add(taken)
                for v, taken in self.starts[other].items():
                    if self.in_force_from(other, v) + wait <= self.builder.grid.start(u) + 1e-9:
                        row.add(taken, -1.0)
                self.builder.constraint("prerequisite", (switch.id, other, u), row, upper=0.0, origin=switch.origin)

    def _exclusions(self) -> None:
        r"""K8: :math:`\sum_{e \in X} \sum_u w_{e,u} \le 1` for each pair that excludes each other."""
        pairs = sorted({tuple(sorted((e.id, x))) for e in self.builder.network.switches for x in e.excludes})
        for one, other in pairs:
            row = self.taken(one).times(1.0).add(self.taken(other))
            self.builder.constraint("exclusion", (one, other), row, upper=1.0, origin=self.by_id[one].origin)

    def _enable(self, activities: Activities) -> None:
        r"""K9: :math:`x_{a,t} \le \bar x_{a,t}\, y_{e,t}` for every switch that the activity needs."""
        for activity in self.builder.network.activities:
            for switch in activity.enabled_by:
                if self.by_id[switch].already:
                    continue
                for t in activities.active[activity.id]:
                    most = activities.most(activity.id, t)
                    if most is None:
                        message = f"{activity.id} needs {switch} and so needs a largest pace"
                        raise ValueError(message)
                    share = self.in_force_days(switch, t)
                    row = activities.level[activity.id, t].times(1.0).add(share, -most / self.builder.grid.days(t))
                    key = (activity.id, switch, t)
                    self.builder.constraint("enabled", key, row, upper=0.0, origin=activity.origin)
