"""Evenly spread points of a front that is not finite: supported and unsupported ones, the largest gap first.

Two objectives: boxes between neighbours are halved by epsilon-constraints on the longer side, and what a run proves
empty is cut off (box method of Hamacher, Pedersen & Ruzika 2007; balanced box, Boland, Charkhgard & Savelsbergh 2015).
More objectives: from the local bound of the largest zone a step is made towards the ideal point (Pascoletti & Serafini
1984; hyperboxing, Dächert & Teichert 2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.matrix import Floats
from planner.ordering import largest, place
from planner.plan import Status
from planner.tradeoffs.engine import SubproblemAnswer
from planner.tradeoffs.search import CLOSE, Search
from planner.tradeoffs.worker import Subproblem
from planner.tradeoffs.zones import Zones


@dataclass
class Box:
    """Part of the plane of two objectives that may hold more points, in inner units."""

    lower: Floats
    upper: Floats

    def size(self, ranges: Floats) -> float:
        """Longer side, over the ranges of the objectives."""
        return float(np.max((self.upper - self.lower) / ranges))

    def shut(self, search: Search) -> bool:
        """Whether nothing can lie inside that is told apart from its ends."""
        sides = self.upper - self.lower
        return bool(np.any(sides <= np.where(search.problem.lattice, 1.0, 2.0 * CLOSE * search.ranges)))


def seek_boxes(search: Search) -> list[Box]:
    """Spread points between two corners; returns the boxes that are left."""
    if len(search.payoff) < 2:
        return [Box(search.lowest.copy(), search.top.copy())]
    first, last = search.payoff[0].point, search.payoff[1].point
    boxes = [Box(np.array([last[0], first[1]]), np.array([first[0], last[1]]))]
    left: list[Box] = []
    busy: list[Box] = []

    def choose() -> tuple[tuple[Box, int, float], Subproblem] | None:
        boxes[:] = [b for b in boxes if not b.shut(search)]
        if not boxes or len(search.candidates) + len(busy) >= search.most:
            return None
        boxes.sort(key=lambda b: (-place(b.size(search.ranges)), place(float(b.lower[0]))))
        box = boxes.pop(0)
        axis = largest((box.upper - box.lower) / search.ranges)
        middle = float((box.lower[axis] + box.upper[axis]) / 2.0)
        if search.problem.lattice[axis]:
            middle = float(np.ceil(middle))
        floors = np.full(2, -np.inf)
        floors[axis] = middle
        busy.append(box)
        return (box, axis, middle), search.best(1 - axis, floors)

    def take(asked: tuple[Box, int, float], found: SubproblemAnswer) -> None:
        box, axis, middle = asked
        busy[:] = [b for b in busy if b is not box]
        if found.point is None or found.status is not Status.OPTIMAL:
            left.append(box)
        if found.point is None:
            return
        search.keep(found, 1 - axis, "point")
        if found.status is Status.OPTIMAL:
            boxes.extend(_halves(box, axis, middle, found.point))
        search.note(max((b.size(search.ranges) for b in boxes), default=0.0))

    search.drive(choose, take)
    return left + [b for b in boxes if not b.shut(search)]


def _halves(box: Box, axis: int, middle: float, point: Floats) -> list[Box]:
    """What is left of a box: beyond the point on one side, below the middle on the other."""
    beyond, below = Box(box.lower.copy(), box.upper.copy()), Box(box.lower.copy(), box.upper.copy())
    beyond.lower[axis] = point[axis]
    beyond.upper[1 - axis] = min(point[1 - axis], box.upper[1 - axis])
    below.upper[axis] = min(middle, box.upper[axis])
    below.lower[1 - axis] = max(point[1 - axis], box.lower[1 - axis])
    return [b for b in (beyond, below) if np.all(b.upper > b.lower)]


def seek_zones(search: Search) -> Zones:
    """Spread points inside the box of the pay-off table for three objectives or more."""
    size = search.problem.size
    zones = Zones(1e-4 * search.ranges)
    zones.lower = search.base.reshape(1, size).copy()
    if len(search.payoff) < size:
        return zones
    ideal = np.array([c.point for c in search.payoff]).max(axis=0)
    for corner in search.payoff:
        zones.insert(corner.point, proven=False)
    busy: list[Floats] = []
    done: list[Floats] = []
    empty: list[Floats] = []

    def choose() -> tuple[Floats, Subproblem] | None:
        if not len(zones) or len(search.candidates) + len(busy) >= search.most:
            return None
        open_ones = [z for z in zones.lower if not any(np.array_equal(z, b) for b in busy + done)]
        if not open_ones:
            return None
        corner = max(
            open_ones, key=lambda z: (place(_room(search, ideal, z, empty)), tuple(-place(float(x)) for x in z))
        )
        if _room(search, ideal, corner, empty) <= 1e-3:
            return None
        busy.append(corner)
        arguments = {"corner": corner, "ideal": ideal, "starts": search.starts(0, corner, 1),
                     "ranges": search.ranges, "limit": max(0.05, search.run.left)}  # fmt: skip
        return corner, Subproblem("reach", arguments)

    def take(corner: Floats, found: SubproblemAnswer) -> None:
        busy[:] = [b for b in busy if b is not corner]
        kept = search.keep(found, 0, "point")
        done.append(corner)
        if found.status is Status.OPTIMAL:
            empty.append(corner + found.reached * (ideal - corner))
        if kept is None:
            return
        if found.status is Status.OPTIMAL and found.reached <= 1e-3:
            zones.lower = np.array([z for z in zones.lower if not np.array_equal(z, corner)]).reshape(-1, size)
        zones.insert(kept.point, proven=False)
        search.note()

    search.drive(choose, take)
    return zones


def _room(search: Search, ideal: Floats, corner: Floats, empty: list[Floats]) -> float:
    """How far, over the ranges, a point of the zone can lie beyond its local bound in every objective.

    Nothing lies above the end of an earlier step: on the way from this bound to the ideal point the front comes before.
    """
    way = np.maximum(ideal - corner, 1e-12)
    reach = min((float(np.max((end - corner) / way)) for end in empty), default=1.0)
    return max(0.0, min(1.0, reach)) * float(np.min(way / search.ranges))
