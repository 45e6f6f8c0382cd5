r"""What it means that a package lies inside a larger one, as rows of a model.

With :math:`x^+` the plan of the larger package, every programme, visa stream and raw activity :math:`a` keeps

.. math:: \sum_{t \in p} x_{a,t} \le \sum_{t \in p} x^+_{a,t}

in each phase :math:`p`, no reform is taken and no site opened that is not there, none earlier, and what is closed there
is closed at the latest then. Seen from the smaller package the same rows turn round. Staff, work on cases, transfers
and payments are means: they follow from these decisions and stay free, as in
:mod:`planner.tradeoffs.sweeping.nested`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.build import Built
from models.linear import total
from models.matrix import Floats
from planner.options import Options
from planner.plan import Plan
from planner.solve import Model
from planner.solver.session import Session
from planner.tradeoffs.sweeping.nested import GIVEN, ROOM

SHOWN = 1e-4
"""Share of a level that has to be missing before it is told."""

Side = Literal["inside", "around"]
"""Whether a package lies inside the plan that it is held to (a cut), or around it (more money)."""


@dataclass(frozen=True)
class Decided:
    """What a plan decides: levels by activity and phase, and the period of every yes."""

    levels: Mapping[tuple[str, str], float]
    taken: Mapping[str, int | None]

    @classmethod
    def of(cls, plan: Plan) -> Decided:
        """The decisions of a plan, from its tables."""
        done, periods, switches = (plan.tables[name] for name in ("activities", "periods", "switches"))
        phase = dict(zip(periods["period"], periods["phase"], strict=True))
        levels: dict[tuple[str, str], float] = defaultdict(float)
        for activity, kind, t, level in zip(*(done[c] for c in ("activity", "kind", "period", "level")), strict=True):
            if kind in GIVEN:
                levels[str(activity), str(phase[t])] += float(level)
        when = zip(*(switches[c] for c in ("switch", "period")), strict=True)
        return cls(dict(levels), {str(s): None if pd.isna(t) else int(t) for s, t in when})


@dataclass(frozen=True)
class NestedRow:
    """One row, divided by `size`: the activity or switch that it holds, in which phase, and the level it is held to."""

    subject: str
    phase: str
    level: float
    size: float
    terms: Mapping[int, float]
    lower: float
    upper: float


def nested_rows(built: Built, held: Decided, side: Side) -> Iterator[NestedRow]:
    """The rows that hold a model inside a plan, or around it."""
    yield from _level_rows(built, held, side)
    for switch in built.frame.network.switches:
        starts = built.switches.starts[switch.id]
        if switch.tags.get("kind") not in GIVEN or not starts:
            continue
        when = held.taken.get(switch.id)
        early = (side == "inside") != switch.id.startswith("close:")
        if early:  # no sooner than there, or not at all
            chosen = [form for t, form in starts.items() if when is None or t < when]
            lower, upper = -np.inf, 0.0
        else:  # no later than there
            chosen = [form for t, form in starts.items() if when is not None and t <= when]
            lower, upper = 1.0, np.inf
        if chosen:
            terms = {column: value for form in chosen for column, value in form.terms.items()}
            yield NestedRow(switch.id, "", 0.0 if when is None else 1.0, 1.0, terms, lower, upper)


def _level_rows(built: Built, held: Decided, side: Side) -> Iterator[NestedRow]:
    """Rows of levels by phase."""
    grid, activities = built.frame.grid, built.activities
    for activity in built.frame.network.activities:
        if activity.tags.get("kind") not in GIVEN:
            continue
        for number, phase in enumerate(grid.phases):
            within = [t for t in activities.active[activity.id] if grid.phase_of[t] == number]
            form = total(activities.level[activity.id, t] for t in within)
            level = held.levels.get((activity.id, phase.name), 0.0)
            if not form.terms or (side == "around" and level <= 0.0):
                continue
            size = max(abs(v) for v in form.terms.values())
            edge = level * (1.0 + ROOM if side == "inside" else 1.0 - ROOM) - form.constant
            lower, upper = (-np.inf, edge / size) if side == "inside" else (edge / size, np.inf)
            terms = {column: value / size for column, value in form.terms.items()}
            yield NestedRow(activity.id, phase.name, level, size, terms, lower, upper)


def with_nested(model: Model, rows: Sequence[NestedRow]) -> Model:
    """The model with these rows."""
    return Model(model.case, model.built, model.matrix.with_rows([(r.terms, r.lower, r.upper) for r in rows], "nested"))


def least_beyond(model: Model, rows: Sequence[NestedRow], options: Options) -> list[tuple[NestedRow, float]]:
    """Which rows have to give way, and by how much, so that there is a plan: the least sum of shares of their levels.

    Empty where there is none even so, or none was found in the time.
    """
    session = Session(model.matrix, options)
    session.set_cost(np.zeros(session.columns))
    slack = []
    for row in rows:
        column = session.add_column(-row.size / max(row.level, row.size))
        session.add_terms({**row.terms, column: -1.0 if np.isfinite(row.upper) else 1.0}, row.lower, row.upper)
        slack.append(column)
    found: Floats | None = session.run(time_limit=options.time_limit).values
    if found is None:
        return []
    over = [(row, float(found[column]) * row.size) for row, column in zip(rows, slack, strict=True)]
    return [(row, amount) for row, amount in over if amount > max(SHOWN * row.level, 1e-6 * row.size)]
