r"""Exact averages of delayed deliveries, by the geometry of overlapping intervals and by quadrature.

An activity spread evenly over :math:`[r_0, r_1)` whose yield arrives evenly between `lag` and `lag + spread` days later
arrives at the sum of two independent uniform times. The share that has arrived before a day is that sum's distribution
function, a difference of four squared positive parts. What a lasting activity (a hire, an opened site) offers in a
period is its level integrated against the trapezoid of possible ages; on each of its at most six straight stretches the
integrand is a polynomial of degree two times an exponential, which 20 Gauss-Legendre nodes integrate to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from planner.verify.report import Array

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


@dataclass(frozen=True)
class Delay:
    """Everything arrives between `lag` and `lag + spread` days after the activity, then evenly over the days `held`."""

    lag: float = 0.0
    spread: float = 0.0
    held: float = 0.0


@dataclass(frozen=True)
class Lasting:
    """Level: nothing until `lag`, a climb over `ramp` days, then full; survival at `loss` a year from then on."""

    lag: float = 0.0
    ramp: float = 0.0
    loss: float = 0.0

    def level(self, age: Array) -> Array:
        """Level `age` days after the activity."""
        since = age - self.lag
        climb = np.clip(since / self.ramp, 0.0, 1.0) if self.ramp > 0.0 else (since >= 0.0).astype(float)
        return climb * np.exp(-self.loss / 365.0 * np.maximum(age, 0.0))


def arrived(delay: Delay, begin: Array, end: Array, days: Array) -> Array:
    """Share of activities on [begin, end) (rows) that has arrived strictly before each of `days` (columns)."""
    age = days[None, :] - begin[:, None] - delay.lag
    width = np.broadcast_to((end - begin)[:, None], age.shape)
    if delay.spread > 0.0 and delay.held > 0.0:
        return _three(age, width, delay.spread, delay.held)
    spread = max(delay.spread, delay.held)
    if spread <= 0.0:
        at_once = (age > 0.0).astype(float)
        return np.where(width > 0.0, np.clip(age / np.where(width > 0.0, width, 1.0), 0.0, 1.0), at_once)
    instant = np.clip(age / spread, 0.0, 1.0)
    positive = np.where(width > 0.0, width, 1.0)
    small, large = np.minimum(positive, spread), np.maximum(positive, spread)
    rising = np.clip(age, 0.0, small)
    flat = np.clip(age - small, 0.0, large - small)
    falling = np.clip(age - large, 0.0, small)
    share = (rising**2 / 2.0 + flat * small + falling * small - falling**2 / 2.0) / (small * large)
    return np.where(width > 0.0, np.where(age >= small + large, 1.0, share), instant)


def _three(age: Array, width: Array, spread: float, held: float) -> Array:
    """Distribution of a sum of two or three uniform times, by inclusion and exclusion of its corners."""
    positive = np.where(width > 0.0, width, 1.0)
    two, three = np.zeros(age.shape), np.zeros(age.shape)
    for sign, shift in ((1.0, 0.0), (-1.0, spread), (-1.0, held), (1.0, spread + held)):
        two += sign * np.maximum(0.0, age - shift) ** 2
        three += sign * (np.maximum(0.0, age - shift) ** 3 - np.maximum(0.0, age - shift - positive) ** 3)
    two, three = two / (2.0 * spread * held), three / (6.0 * spread * held * positive)
    share = np.where(width > 0.0, three, two)
    return np.where(age >= spread + held + np.where(width > 0.0, width, 0.0), 1.0, share)


def offered(profile: Lasting, begin: Array, end: Array, edges: Array) -> Array:
    """Unit-days that a lasting activity on [begin, end) (rows) offers in each stretch between `edges` (columns)."""
    a, b = edges[None, :-1], edges[1:][None, :]
    r0, r1 = begin[:, None], end[:, None]
    shape = (len(begin), len(edges) - 1)
    width = np.broadcast_to(r1 - r0, shape)
    corners = [a - r1, a - r0, b - r1, b - r0]
    if width.size and float(width.max()) <= 0.0:
        corners = [a - r0, b - r0]
    turns = [profile.lag, profile.lag + profile.ramp] if profile.ramp > 0.0 else [profile.lag]
    cuts = np.stack([np.broadcast_to(c, shape) for c in corners] + [np.full(shape, t) for t in turns])
    cuts = np.sort(np.clip(cuts, 0.0, np.maximum(np.max(cuts[: len(corners)], axis=0), 0.0)), axis=0)
    total = np.zeros(shape)
    for low, high in pairwise(cuts):
        half = (high - low) / 2.0
        if not np.any(half > 0.0):
            continue
        age = (low + high)[..., None] / 2.0 + half[..., None] * _NODES
        weight = _overlap(age, np.broadcast_to(r0, shape), width, np.broadcast_to(a, shape), np.broadcast_to(b, shape))
        total += half * ((profile.level(age) * weight) @ _WEIGHTS)
    return total


def _overlap(age: Array, r0: Array, width: Array, a: Array, b: Array) -> Array:
    """Share of activities whose given age falls inside [a, b)."""
    first = np.maximum(r0[..., None], a[..., None] - age)
    last = np.minimum((r0 + width)[..., None], b[..., None] - age)
    inside = (age >= (a - r0)[..., None]) & (age < (b - r0)[..., None])
    share = np.maximum(0.0, last - first) / np.where(width > 0.0, width, 1.0)[..., None]
    return np.where(width[..., None] > 0.0, share, inside.astype(float))


def standing(profile: Lasting, begin: Array, end: Array, days: Array) -> Array:
    """Average level on each of `days` (columns) of a lasting activity spread on [begin, end) (rows)."""
    shape = (len(begin), len(days))
    low = np.broadcast_to(days[None, :] - end[:, None], shape)
    high = np.broadcast_to(days[None, :] - begin[:, None], shape)
    width = np.where(high > low, high - low, 1.0)
    total = np.zeros(shape)
    turns = [np.clip(np.full(shape, t), low, high) for t in (0.0, profile.lag, profile.lag + profile.ramp)]
    cuts = np.sort(np.stack([low, *turns, high]), axis=0)
    for c0, c1 in pairwise(cuts):
        half = (c1 - c0) / 2.0
        age = (c0 + c1)[..., None] / 2.0 + half[..., None] * _NODES
        total += half * (np.where(age >= 0.0, profile.level(age), 0.0) @ _WEIGHTS)
    return np.where(high > low, total / width, np.where(high >= 0.0, profile.level(high), 0.0))


def pace(delay: Delay, begin: Array, end: Array, days: Array) -> Array:
    """Units a day arriving just before each of `days` from an activity on [begin, end): a standing loan of staff."""
    width = (end - begin)[:, None]
    later, earlier = (arrived(delay, r, r, days) for r in (end, begin))
    return np.where(width > 0.0, (earlier - later) / np.where(width > 0.0, width, 1.0), 0.0)
