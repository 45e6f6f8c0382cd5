"""Do now and wait: what every future's own plan begins with, and what depends on which future comes.

Before futures show, a decision that all of their own plans take is safe to take now; one that only some of them take is
a bet, and what it depends on is which of them take it. What the hedged plan does is said beside it. Decisions that fall
later, and that the hedged plan takes in some futures and not in others, are those that can wait.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.matrix import Floats
from planner.futures.found import Hedge
from planner.futures.outlook import Future

Verdict = Literal["now", "part now", "depends", "later"]
STEADY = 0.1
"""Amounts that differ by no more than this share of the largest are the same."""
TRACE = 1e-3
"""A pace below this share of the largest in any future is not done."""


@dataclass(frozen=True)
class Commitment:
    """A row about which futures agree or not: amounts before they show, by future's own plan and in the hedged plan.

    For yes-or-no rows an amount is 1 or 0. `least` and `most` are over the futures' own plans; `wanted` names the
    futures whose plans do it (those that do most of it, where all do some), `others` the rest. `probability` is that
    of the futures that do it.
    """

    sheet: str
    row: str
    unit: str
    yes_or_no: bool
    verdict: Verdict
    amounts: tuple[float, ...]
    hedged: float | None
    wanted: tuple[str, ...]
    others: tuple[str, ...]
    probability: float

    @property
    def least(self) -> float:
        """Smallest amount of all futures."""
        return min(self.amounts)

    @property
    def most(self) -> float:
        """Largest amount of all futures."""
        return max(self.amounts)


def commitments(found: Hedge) -> tuple[Commitment, ...]:
    """Every row that some plan begins before futures show, those to do now first; then what can wait."""
    futures = found.outlook.futures
    own = [_amounts(f, h.values, early=True) for f, h in zip(futures, found.hindsight, strict=True)]
    hedged: list[dict[str, float]] | None = None
    later: list[dict[str, float]] = []
    row = found.hedged
    if row is not None:
        values = [f.values for f in row.followed]
        pairs = [(f, v) for f, v in zip(futures, values, strict=True) if v is not None]
        if len(pairs) == len(futures):
            hedged = [_amounts(f, v, early=True) for f, v in pairs]
            later = [_amounts(f, v, early=False) for f, v in pairs]
    names = sorted({name for amounts in own for name in amounts} | {n for part in hedged or () for n in part})
    listed = [
        _judged(
            found, name, tuple(a.get(name, 0.0) for a in own), None if hedged is None else _mean(found, hedged, name)
        )
        for name in names
    ]
    listed += _waiting(found, later)
    order = {"now": 0, "part now": 1, "depends": 2, "later": 3}
    return tuple(sorted((c for c in listed if c is not None), key=lambda c: (order[c.verdict], c.sheet, c.row)))


def _amounts(future: Future, values: Floats, *, early: bool) -> dict[str, float]:
    """What a plan does of every row before (or, for binary decisions, after) the future shows."""
    found: dict[str, float] = defaultdict(float)
    wanted = future.early if early else np.isfinite(future.days) & ~future.early
    for n in np.flatnonzero(wanted).tolist():
        family, key = future.decisions[n]
        if family == "taken" or (family == "level" and early):
            found[str(key[0])] += float(values[n] * future.scales[n])
    return {name: round(v) if name in _switches(future) else v for name, v in found.items()}


def _switches(future: Future) -> dict[str, object]:
    """Switches of a future by id."""
    return future.model.built.switches.by_id  # type: ignore[return-value]


def _mean(found: Hedge, parts: list[dict[str, float]], name: str) -> float:
    """What the hedged plan does: the same in all futures that have not shown."""
    return found.outlook.expected([part.get(name, 0.0) for part in parts])


def _judged(found: Hedge, name: str, amounts: tuple[float, ...], hedged: float | None) -> Commitment | None:
    """Verdict on one row; None where nobody does anything that matters."""
    outlook, future = found.outlook, found.outlook.futures[0]
    yes_or_no = name in _switches(future)
    top = max(*amounts, hedged or 0.0)
    trace = 0.5 if yes_or_no else max(TRACE * top, 1e-6)
    if top <= trace:
        return None
    done = [a > trace for a in amounts]
    probability = math.fsum(p for p, d in zip(outlook.probabilities.tolist(), done, strict=True) if d)
    doing = [a for a, d in zip(amounts, done, strict=True) if d]
    verdict: Verdict = "depends"
    wanted = tuple(t for t, d in zip(outlook.titles, done, strict=True) if d)
    if probability >= outlook.case.policy("futures that agree") - 1e-9:
        steady = yes_or_no or max(doing) - min(doing) <= STEADY * max(doing)
        verdict = "now" if steady else "part now"
        if not steady:
            middle = (max(doing) + min(doing)) / 2.0
            wanted = tuple(t for t, a in zip(outlook.titles, amounts, strict=True) if a >= middle)
    return Commitment(
        *_named(future, name), yes_or_no, verdict, amounts, hedged, wanted, _rest(found, wanted), probability
    )


def _rest(found: Hedge, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Futures that are not among these."""
    return tuple(t for t in found.outlook.titles if t not in wanted)


def _named(future: Future, name: str) -> tuple[str, str, str]:
    """Sheet, row and unit of an activity or switch."""
    built = future.model.built
    if name in built.switches.by_id:
        tags = built.switches.by_id[name].tags
        return tags.get("sheet", ""), tags.get("row", name), "decision"
    activity = built.activities.by_id[name]
    return activity.tags.get("sheet", ""), activity.tags.get("row", name), activity.unit


def begun(item: Commitment) -> bool:
    """Whether the hedged plan begins it before futures show."""
    return item.verdict != "later" and item.hedged is not None and item.hedged > max(TRACE * item.most, 1e-6)


def _waiting(found: Hedge, later: list[dict[str, float]]) -> list[Commitment]:
    """Yes-or-no decisions that the hedged plan takes later in some futures and not in others."""
    if not later:
        return []
    outlook, future = found.outlook, found.outlook.futures[0]
    listed = []
    for name in sorted({n for part in later for n in part if n in _switches(future)}):
        amounts = tuple(part.get(name, 0.0) for part in later)
        done = [a > 0.5 for a in amounts]
        if any(done) and not all(done):
            probability = math.fsum(p for p, d in zip(outlook.probabilities.tolist(), done, strict=True) if d)
            wanted = tuple(t for t, d in zip(outlook.titles, done, strict=True) if d)
            rest = _rest(found, wanted)
            listed.append(Commitment(*_named(future, name), True, "later", amounts, None, wanted, rest, probability))
    return listed
