"""What a plan moves from account to account, part by part of the periods that the edges of the accounts cut."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from planner.verify.report import Array

if TYPE_CHECKING:
    from planner.verify.replay import Replay

Parts: TypeAlias = tuple[Array, Array, Array]
"""First days, days after the last and amounts (USD) of the parts of every period."""


def moved_parts(replay: Replay) -> dict[str, Parts]:
    """Parts of every transfer for which the plan states any; a period for which it states none is one part."""
    table = replay.tables["moved"]
    stated: dict[tuple[str, int], dict[float, float]] = defaultdict(dict)
    for name, period, day, amount in zip(
        table["activity"], table["period"], table["start_day"], table["amount"], strict=True
    ):
        stated[str(name), int(period)][float(day)] = float(amount)
    found: dict[str, Parts] = {}
    for name in sorted({name for name, _ in stated} & set(replay.level)):
        activity = replay.inputs.activities.get(name)
        if activity is None or activity.tags["kind"] != "transfer":
            continue
        cuts = {float(e) for line in activity.lines for e in replay.steps(replay.inputs.stocks[line.ledger]).edges}
        rows: list[tuple[float, float, float]] = []
        for t, (begin, end) in enumerate(zip(*replay.span(activity), strict=True)):
            parts = stated.get((name, t))
            inside = [float(begin), *(d for d in sorted(cuts) if begin < d < end and parts), float(end)]
            for first, last in pairwise(inside):
                rows.append((first, last, parts.get(first, 0.0) if parts else float(replay.level[name][t])))
        begins, ends, amounts = (np.array(column) for column in zip(*rows, strict=True))
        found[name] = (begins, ends, amounts)
    return found
