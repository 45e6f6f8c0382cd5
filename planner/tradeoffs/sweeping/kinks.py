r"""All kinks of a broken line that is concave (or convex), from values and slopes at chosen places.

Two places with their tangents: where the tangents meet, either the value lies on them, then this is a kink and both
sides are straight, or it lies beyond, and both halves are looked at in turn (Eisner & Severance 1976). With K kinks
this takes about 2K + 1 evaluations. A last round puts each kink where the lines through the middles of its two sides
meet, so that its place does not rest on the slope at a corner, which is not unique.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, Protocol, TypeVar


class Tangent(Protocol):
    """A place, the value there and a slope that touches the line there."""

    @property
    def place(self) -> float:
        """Where."""

    @property
    def value(self) -> float:
        """Value there."""

    @property
    def slope(self) -> float:
        """A slope of the line there."""


TangentT = TypeVar("TangentT", bound=Tangent)

SAME_VALUE = 1e-9
"""Distance from a line, over the largest value, that counts as lying on it."""
SAME_SLOPE = 1e-7
"""Difference of slopes, over the largest slope, that counts as none."""
SAME_PLACE = 1e-9
"""Distance of places, over the range, that counts as none."""


@dataclass(frozen=True)
class LinearSegment(Generic[TangentT]):
    """A straight segment and the subgradient in its middle. `sure` is false where it was not proven."""

    low: float
    high: float
    middle: TangentT
    sure: bool = True

    def value(self, place: float) -> float:
        """Value on the stretch."""
        return self.middle.value + self.middle.slope * (place - self.middle.place)


def broken_line(
    tangent: Callable[[float], TangentT | None], low: float, high: float, most: int = 400
) -> list[LinearSegment[TangentT]]:
    """Straight stretches from `low` to `high`, in order. `tangent` gives None where it was stopped.

    After about `most` evaluations what is left is returned as stretches that are not sure.
    """
    search = _Search(tangent, low, high, most)
    spans = search.spans()
    return search.merged([p for a, b, sure in spans if (p := search.segment(a, b, sure=sure)) is not None])


class _Search(Generic[TangentT]):
    """One search for kinks."""

    def __init__(self, tangent: Callable[[float], TangentT | None], low: float, high: float, most: int) -> None:
        self.tangent, self.low, self.high, self.left = tangent, low, high, most
        self.length = high - low
        self.size = 1e-12
        self.steepest = 1e-12

    def at(self, place: float) -> TangentT | None:
        """Evaluate, and note sizes."""
        self.left -= 1
        found = self.tangent(place)
        if found is not None:
            self.size = max(self.size, abs(found.value))
            self.steepest = max(self.steepest, abs(found.slope))
        return found

    def spans(self) -> list[tuple[float, float, bool]]:
        """Stretches between places at which the slope changes; a slope at a corner may leave one cut in two."""
        first, last = self.at(self.low), self.at(self.high)
        if first is None or last is None:
            return []
        todo: list[tuple[TangentT, TangentT]] = [(first, last)]
        done: list[tuple[float, float, bool]] = []
        while todo:
            a, b = todo.pop()
            bend = a.slope - b.slope
            if abs(bend) <= SAME_SLOPE * self.steepest:
                done.append((a.place, b.place, self._on(a, b)))
                continue
            meet = a.place + (b.value - a.value - b.slope * (b.place - a.place)) / bend
            room = SAME_PLACE * self.length
            if meet <= a.place + room or meet >= b.place - room:
                done.append((a.place, b.place, True))
                continue
            middle = self.at(meet) if self.left > 0 else None
            if middle is None:
                done.append((a.place, b.place, False))
                continue
            tangent = a.value + a.slope * (meet - a.place)
            if abs(middle.value - tangent) <= SAME_VALUE * self.size + SAME_PLACE * self.length * abs(bend):
                done += [(a.place, meet, True), (meet, b.place, True)]
            else:
                todo += [(a, middle), (middle, b)]
        return sorted(done)

    def _on(self, a: TangentT, b: TangentT) -> bool:
        """Whether two places with one slope lie on one line."""
        return abs(a.value + a.slope * (b.place - a.place) - b.value) <= 1e-6 * self.size

    def segment(self, low: float, high: float, *, sure: bool) -> LinearSegment[TangentT] | None:
        """A stretch with its middle."""
        middle = self.at((low + high) / 2.0)
        return None if middle is None else LinearSegment(low, high, middle, sure)

    def merged(self, pieces: list[LinearSegment[TangentT]]) -> list[LinearSegment[TangentT]]:
        """Join stretches of one line, then put every kink where its two lines meet."""
        joined: list[LinearSegment[TangentT]] = []
        for segment in pieces:
            last = joined[-1] if joined else None
            if last is not None and abs(last.middle.slope - segment.middle.slope) <= SAME_SLOPE * self.steepest:
                longer = segment.middle if segment.high - segment.low > last.high - last.low else last.middle
                joined[-1] = LinearSegment(last.low, segment.high, longer, last.sure and segment.sure)
            else:
                joined.append(segment)
        meets = [_meet(a, b) for a, b in pairwise(joined)]
        ends = [self.low, *meets, self.high] if joined else []
        return [LinearSegment(a, b, p.middle, p.sure) for (a, b), p in zip(pairwise(ends), joined, strict=True)]


def _meet(a: LinearSegment[TangentT], b: LinearSegment[TangentT]) -> float:
    """Where the lines of two neighbours meet, kept between their middles."""
    one, two = a.middle, b.middle
    place = (two.value - one.value + one.slope * one.place - two.slope * two.place) / (one.slope - two.slope)
    return min(max(place, one.place), two.place) if a.sure and b.sure else a.high
