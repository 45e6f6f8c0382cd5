"""Measures of a front, from moocore (López-Ibáñez and others), with directions and scale set by the front itself."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from models.matrix import Floats
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.points import Front


def hypervolume(front: Front, reference: Mapping[str, float] | None = None) -> float:
    """Volume of outcomes that the front dominates, from a reference point (left out: the nadir). More is better.

    In natural units multiplied; points that do not beat the reference in every outcome add nothing.
    """
    if not len(front):
        return 0.0
    corner = front.nadir if reference is None else reference
    _check(front, corner)
    origin = np.array([corner[n] for n in front.names])
    return float(_moocore().hypervolume(_table(front), ref=origin, maximise=_maximise(front)))


def relative_hypervolume(front: Front) -> float:
    """Hypervolume as a share of the box between nadir and ideal."""
    sides = [abs(front.ideal[n] - front.nadir[n]) for n in front.names]
    box = float(np.prod(sides))
    return hypervolume(front) / box if box > 0.0 else 0.0


def additive_epsilon(front: Front, other: Front) -> float:
    """Least amount by which all of `front` must be improved, over the ranges of `other`, to dominate `other`."""
    _same(front, other)
    low, side = _scale(other)
    tables = ((_table(f) - low) / side for f in (front, other))
    one, two = tables
    return float(_moocore().epsilon_additive(one, ref=two, maximise=_maximise(front)))


def igd_plus(front: Front, other: Front) -> float:
    """Mean distance from the points of `other` to what `front` dominates, over the ranges of `other` (IGD+)."""
    _same(front, other)
    low, side = _scale(other)
    one, two = ((_table(f) - low) / side for f in (front, other))
    return float(_moocore().igd_plus(one, ref=two, maximise=_maximise(front)))


def largest_gap(front: Front) -> float:
    """Largest distance of a point to the nearest other, over the ranges; with two outcomes to the next in order."""
    if len(front) < 2:
        return 0.0
    low, side = _scale(front)
    table = (_table(front) - low) / side
    if len(front.names) == 2:
        return float(np.linalg.norm(np.diff(table, axis=0), axis=1).max())
    apart = np.linalg.norm(table[:, None, :] - table[None, :, :], axis=2) + np.diag(np.full(len(table), np.inf))
    return float(apart.min(axis=1).max())


def measures(front: Front) -> dict[str, float]:
    """The usual figures of one front."""
    return {
        "points": float(len(front)),
        "hypervolume": hypervolume(front),
        "relative hypervolume": relative_hypervolume(front),
        "largest gap": largest_gap(front),
    }


def _moocore() -> Any:
    """Load moocore only where it is needed."""
    return import_module("moocore")


def _table(front: Front) -> Floats:
    return np.array(front.values(), dtype=float)


def _maximise(front: Front) -> list[bool]:
    return [front.senses[n] == "max" for n in front.names]


def _scale(front: Front) -> tuple[Floats, Floats]:
    """Smallest value and range of every outcome."""
    table = _table(front)
    side = table.max(axis=0) - table.min(axis=0)
    return table.min(axis=0), np.where(side > 0.0, side, 1.0)


def _check(front: Front, reference: Mapping[str, float]) -> None:
    """Refuse a reference point that misses an outcome."""
    missing = [n for n in front.names if n not in reference]
    if missing:
        message = f"The reference point needs a value for {', '.join(repr(n) for n in missing)}."
        raise TradeoffError(message)


def _same(front: Front, other: Front) -> None:
    """Refuse to compare fronts of different outcomes."""
    if front.names != other.names or dict(front.senses) != dict(other.senses):
        message = f"These fronts show different outcomes: {', '.join(front.names)} and {', '.join(other.names)}."
        raise TradeoffError(message)
    if not len(front) or not len(other):
        message = "A front without points cannot be compared."
        raise TradeoffError(message)
