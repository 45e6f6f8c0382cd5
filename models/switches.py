r"""Switches: when a reform is taken, a site opened; what must come before (families K7, K8, K9).

:math:`w_{e,u} \in \{0,1\}` says that switch *e* is taken as period *u* begins.
"""

from __future__ import annotations

from pyomo.core import ConcreteModel, Constraint

from models.activities import Activities
from models.builder import Builder, keyed, one_each, stated
from models.linear import Form, Key, Limits, total


class Switches:
    """Start decisions of every switch and what follows from them."""

    def __init__(self, builder: Builder) -> None:
        """Lay out the start decisions on the dates that the windows allow."""
        self.builder = builder
        self.by_id = {e.id: e for e in builder.network.switches}
        self.starts: dict[str, dict[int, Form]] = {}
        taken = builder.variables(
            "taken", "dates", "switch, period", "w: 1 if the switch is taken as the period begins, else 0 [-]"
        )
        for switch in builder.network.switches:
            allowed = [] if switch.already else builder.grid.dates_of(switch)
            self.starts[switch.id] = {
                u: taken.add((switch.id, u), 0.0, 1.0, integer=True, origin=switch.origin) for u in allowed
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
        return Form(constant=1.0) if self.by_id[switch].already else total(self.starts[switch].values())

    def constrain(self, model: ConcreteModel, activities: Activities) -> None:
        """Add timing, prerequisites, exclusions, enabling, and demands."""
        self.activities = activities
        self.demands = one_each(((d.switch, d.activity), d) for d in self.builder.network.demands)
        switches, every = [e for e in self.by_id.values() if not e.already], self.builder.network.activities
        needs = [(e.id, other) for e in switches for other, _ in e.prerequisites if not self.by_id[other].already]
        enabling = [(a.id, e) for a in every for e in a.enabled_by if not self.by_id[e].already]
        model.timed_switches = keyed("switch", [e.id for e in switches if self.starts[e.id] or e.must])
        model.once = Constraint(
            model.timed_switches,
            rule=self._once,
            doc="K7: a switch is taken at most once, or exactly once where it must [-]",
        )
        model.prerequisites = keyed(
            "switch, switch needed, period",
            [(e, other, u) for e, other in dict.fromkeys(needs) for u in self.starts[e]],
        )
        model.prerequisite = Constraint(
            model.prerequisites, rule=self._prerequisite, doc="K8: taken by now <= what it needs in force by now [-]"
        )
        model.exclusions = keyed(
            "switch, switch", sorted({tuple(sorted((e.id, x))) for e in self.by_id.values() for x in e.excludes})
        )
        model.exclusion = Constraint(
            model.exclusions, rule=self._exclusion, doc="K8: at most one of two switches is taken [-]"
        )
        model.enabled_periods = keyed(
            "activity, switch, period", [(a, e, t) for a, e in enabling for t in activities.active[a]]
        )
        model.enabled = Constraint(
            model.enabled_periods, rule=self._enabled, doc="K9: level <= largest level * share in force [unit]"
        )
        model.demanded_periods = keyed(
            "switch, activity, period", [(e, a, t) for e, a in self.demands for t in activities.active[a]]
        )
        model.demand = Constraint(
            model.demanded_periods, rule=self._demand, doc="K9: level >= rate * days in force / 365 [unit]"
        )
        rows = self.builder.rows
        rows(model.once, model.prerequisite, cell=self._cell)
        rows(model.exclusion, cell=self._cell)
        rows(model.enabled, cell=lambda _, key: activities.by_id[str(key[0])].origin)
        rows(model.demand, cell=lambda _, key: self.demands[str(key[0]), str(key[1])].origin)

    def _cell(self, _rank: int, key: Key) -> str:
        """Cell of the switch that a key begins with."""
        return self.by_id[str(key[0])].origin

    @stated
    def _once(self, switch: str) -> Limits:
        r"""K7: taken at most once, :math:`\sum_u w_{e,u} \le 1`, or exactly once where it must be."""
        return self.taken(switch) == 1.0 if self.by_id[switch].must else self.taken(switch) <= 1.0

    @stated
    def _prerequisite(self, switch: str, other: str, u: int) -> Limits:
        r"""K8: only after what it needs: :math:`w_{e,u} \le \sum_{u': s_{u'} + lead' + wait \le s_u} w_{e',u'}`."""
        wait = max(days for needed, days in self.by_id[switch].prerequisites if needed == other)
        now = self.builder.grid.start(u) + 1e-9
        so_far = total(taken for v, taken in self.starts[switch].items() if v <= u)
        ready = (form for v, form in self.starts[other].items() if self.in_force_from(other, v) + wait <= now)
        return so_far <= total(ready)

    @stated
    def _exclusion(self, one: str, other: str) -> Limits:
        r"""K8: :math:`\sum_{e \in X} \sum_u w_{e,u} \le 1` for each pair that excludes each other."""
        return self.taken(one) + self.taken(other) <= 1.0

    @stated
    def _enabled(self, activity: str, switch: str, t: int) -> Limits:
        r"""K9: :math:`x_{a,t} \le \bar x_{a,t}\, y_{e,t}` for every switch that the activity needs."""
        most = self.activities.most(activity, t)
        if most is None:
            message = f"{activity} needs {switch} and so needs a largest pace"
            raise ValueError(message)
        return self.activities.level[activity, t] <= most / self.builder.grid.days(t) * self.in_force_days(switch, t)

    @stated
    def _demand(self, switch: str, activity: str, t: int) -> Limits:
        r"""K9: a least pace while a switch is in force: :math:`x_{a,t} \ge r_{e,a}\, y_{e,t}\, \Delta_{a,t}/365`.

        :math:`\Delta_{a,t}` are the activity's days in t.
        """
        begin, end = self.activities.spans[activity][t]
        share = (end - begin) / self.builder.grid.days(t) / 365.0
        least = self.demands[switch, activity].rate * share * self.in_force_days(switch, t)
        return self.activities.level[activity, t] >= least
