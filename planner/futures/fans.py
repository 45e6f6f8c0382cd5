"""Over time, future by future: what a plan brings up to each period, and how many people stand where."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.matrix import Floats
from planner.futures.outlook import Future
from planner.plan.extract import Extractor

PEOPLE = "people:"


@dataclass(frozen=True)
class Fan:
    """One measure over the periods in every future: `kind` is *outcome* (so far) or *people* (at the period's end)."""

    name: str
    unit: str
    kind: str
    periods: tuple[str, ...]
    lines: Mapping[str, tuple[float, ...]]


def over_time(future: Future, values: Floats) -> dict[tuple[str, str], tuple[str, list[float]]]:
    """Every outcome so far and every group of people at each period's end, by (kind, name), with its unit."""
    built = future.model.built
    extractor, grid = Extractor(built, values), built.frame.grid
    units = {o.id: o.unit for o in built.frame.network.outcomes if o.kind == "sum"}
    found: dict[tuple[str, str], tuple[str, list[float]]] = {}
    parts: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(grid))
    for line in extractor.outcome_terms():
        if line["outcome"] in units:
            parts[str(line["outcome"])][int(line["period"])] += float(line["value"])
    for name, unit in units.items():
        amounts, total, so_far = parts[name], 0.0, []
        for amount in amounts:
            total += amount
            so_far.append(total)
        found["outcome", name] = (unit, so_far)
    for stock in built.frame.network.stocks:
        if stock.id.startswith(PEOPLE):
            standing = [extractor.number(built.ledgers.at_end(stock.id, t)) for t in grid.periods]
            found["people", stock.id.removeprefix(PEOPLE)] = ("people", standing)
    return found


def fans(futures: Sequence[Future], values: Sequence[Floats]) -> tuple[Fan, ...]:
    """Lines of every measure for a plan's values in every future; measures that are nothing everywhere are left out."""
    read = [over_time(f, v) for f, v in zip(futures, values, strict=True)]
    names = futures[0].model.built.frame.grid.names
    listed = []
    for key, (unit, _) in read[0].items():
        lines = {f.title: tuple(part[key][1]) for f, part in zip(futures, read, strict=True) if key in part}
        if any(abs(v) > 1e-6 for line in lines.values() for v in line):
            listed.append(Fan(key[1], unit, key[0], tuple(names), lines))
    return tuple(listed)


def percentile(values: Sequence[float], weights: Sequence[float], share: float) -> float:
    """Smallest value with at least this share of the weight at or below it."""
    total, reached = math.fsum(weights), 0.0
    ordered = sorted(zip(values, weights, strict=True))
    for value, weight in ordered:
        reached += weight
        if reached >= share * total - 1e-12:
            return value
    return ordered[-1][0]
