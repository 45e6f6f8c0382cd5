"""Every non-dominated point of a problem whose objectives depend on integer decisions alone.

Search zones (Klamroth, Lacour & Vanderpooten 2015) with the sub-problem and the zone that promise most first (Tamby &
Vanderpooten 2021): each run finds a new point or proves a part of the space empty, mostly both. With two objectives
this is the two-ended epsilon-constraint method, with about one run a point: 36 runs for the 35 points of 2kp50.
"""

from __future__ import annotations

import numpy as np

from models.matrix import Floats
from planner.ordering import places
from planner.plan import Status
from planner.tradeoffs.engine import SubproblemAnswer
from planner.tradeoffs.search import Search
from planner.tradeoffs.worker import Subproblem
from planner.tradeoffs.zones import Zones

Choice = tuple[int, Floats]
Key = tuple[int, tuple[float, ...]]


def seek_all(search: Search) -> Zones:
    """Find all points, as far as time allows; what is not proven is left in the zones returned."""
    search.step = np.where(search.problem.lattice, 1.0, search.tolerance())
    zones = Zones(search.step)
    for k in range(search.problem.size):
        zones.prove(k, np.full(search.problem.size, -np.inf), float(search.top[k]))
    for corner in search.payoff:
        zones.insert(corner.point, proven=corner.found.status is Status.OPTIMAL)
    if search.run.over() or len(search.payoff) < search.problem.size:
        return zones
    asked: list[Choice] = []
    done: set[Key] = set()

    def choose() -> tuple[Choice, Subproblem] | None:
        if len(search.candidates) >= search.most:
            return None
        chosen = _most_promising(search, zones, asked, done)
        if chosen is None:
            return None
        asked.append(chosen)
        k, corner = chosen
        floors = corner + search.step
        floors[k] = -np.inf
        return chosen, search.best(k, floors)

    def take(chosen: Choice, found: SubproblemAnswer) -> None:
        asked[:] = [a for a in asked if a is not chosen]
        k, corner = chosen
        done.add(_key(chosen))  # the same question has the same answer
        if found.status is Status.INFEASIBLE:
            zones.prove(k, corner, -np.inf)
            return
        zones.prove(k, corner, found.bound)
        kept = search.keep(found, k, "point")
        if kept is not None:
            zones.insert(kept.point, proven=kept.found.status is Status.OPTIMAL)
        search.note()

    search.drive(choose, take)
    return zones


def _most_promising(search: Search, zones: Zones, asked: list[Choice], done: set[Key]) -> Choice | None:
    """Zone and objective whose sub-problem looks at most of the space; none that one on its way may settle."""
    if not len(zones):
        return None
    size = search.problem.size
    edges = np.clip((search.top - np.maximum(zones.lower, search.base - search.ranges)) / search.ranges, 1e-9, None)
    volumes = np.stack([np.delete(edges, k, axis=1).prod(axis=1) for k in range(size)])
    order = np.argsort(-places(volumes.ravel()), kind="stable")
    for flat in order:
        k, n = divmod(int(flat), len(zones))
        corner = zones.lower[n].copy()
        corner[k] = -np.inf
        settled = any(j == k and np.all(corner >= other) for j, other in asked)
        if not settled and _key((k, corner)) not in done:
            return k, corner
    return None


def _key(choice: Choice) -> Key:
    """A choice as something to look up."""
    return choice[0], tuple(choice[1].tolist())
