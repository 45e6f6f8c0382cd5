r"""The exact front of a linear programme with two objectives: a concave broken line with its breakpoints.

Every breakpoint is a vertex that is best for some weights. Two neighbours a, b define the weights for which both are
equally good; either a vertex beyond their line is found, or the line is proven to be the front between them (dichotomic
search: Cohon 1978; Aneja & Nair 1979). With V breakpoints this takes 2V - 1 linear programmes, each warm.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from models.matrix import Floats
from planner.ordering import place
from planner.plan import Status
from planner.tradeoffs.engine import SubproblemAnswer
from planner.tradeoffs.search import Candidate, Search
from planner.tradeoffs.worker import Subproblem

TOUCH = 1e-8
"""A vertex beyond a line by less than this share of the ranges lies on it."""

Segment = tuple[Candidate, Candidate]


def seek_breakpoints(search: Search) -> list[Segment]:
    """Find all breakpoints, written to `search.breakpoints` in order; returns the segments that are not proven."""
    if len(search.payoff) < 2:
        return []
    first, last = search.payoff
    vertices = [first] if np.all(np.abs(first.point - last.point) <= search.tolerance()) else [first, last]
    todo: list[Segment] = [(first, last)] if len(vertices) == 2 else []
    failed: list[Segment] = []

    def choose() -> tuple[Segment, Subproblem] | None:
        if not todo:
            return None
        todo.sort(key=lambda s: -place(float(np.max(np.abs(s[0].point - s[1].point) / search.ranges))))
        segment = todo.pop(0)
        return segment, Subproblem("weighted", {"weights": _normal(*segment), "limit": max(0.05, search.run.left)})

    def take(segment: Segment, found: SubproblemAnswer) -> None:
        if found.status is not Status.OPTIMAL or found.point is None:
            failed.append(segment)
            return
        a, b = segment
        weights = _normal(a, b)
        beyond = float(weights @ (found.point - a.point)) / float(weights @ search.ranges)
        if beyond > TOUCH and not _same(search, found.point, a) and not _same(search, found.point, b):
            new = search.keep(found, 0, "breakpoint")
            if new is not None and new is not a and new is not b:
                vertices.append(new)
                todo.extend([(a, new), (new, b)])
        search.note()

    search.drive(choose, take)
    vertices.sort(key=lambda c: -float(c.point[0]))
    search.breakpoints = _corners_of_line(search, vertices)
    return failed + todo


def slopes(line: list[Candidate]) -> list[float]:
    """Change of the first objective for one more of the second, on each segment, in inner units (negative)."""
    return [float((b.point[0] - a.point[0]) / (b.point[1] - a.point[1])) for a, b in pairwise(line)]


def between(search: Search, most: int) -> list[tuple[Candidate, Candidate, float]]:
    """Places on the line, as (a, b, share of b), that fill its largest gaps until there are `most` points in all."""
    line = search.breakpoints
    pieces = [(_apart(search, a, b), a, b) for a, b in pairwise(line)]
    parts = [1] * len(pieces)
    for _ in range(max(0, most - len(line)) if pieces else 0):
        widest = max(range(len(pieces)), key=lambda n: (place(pieces[n][0] / parts[n]), -n))
        parts[widest] += 1
    return [(a, b, j / n) for (_, a, b), n in zip(pieces, parts, strict=True) for j in range(1, n)]


def _normal(a: Candidate, b: Candidate) -> Floats:
    """Weights for which both points are equally good."""
    weights = np.array([abs(b.point[1] - a.point[1]), abs(a.point[0] - b.point[0])])
    return np.asarray(weights / weights.sum())


def _apart(search: Search, a: Candidate, b: Candidate) -> float:
    """Distance of two points, over the ranges."""
    return float(np.linalg.norm((a.point - b.point) / search.ranges))


def _same(search: Search, point: Floats, other: Candidate) -> bool:
    return bool(np.all(np.abs(point - other.point) <= 1e-2 * search.tolerance()))


def _corners_of_line(search: Search, vertices: list[Candidate]) -> list[Candidate]:
    """Leave out points that lie on the line between their neighbours."""
    line: list[Candidate] = []
    for vertex in vertices:
        while len(line) >= 2:
            a, b = line[-2].point / search.ranges, line[-1].point / search.ranges
            c = vertex.point / search.ranges
            turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
            if abs(turn) > 1e-7 * float(np.linalg.norm(c - a)):
                break
            beaten = line.pop()
            search.candidates[:] = [c for c in search.candidates if c is not beaten]
        line.append(vertex)
    return line
