"""Irreducible conflicts: sets of soft limits that cannot hold together, though all but any one of them can."""

from __future__ import annotations

from collections.abc import Callable

from planner.explain.soft_limits import SoftLimit
from planner.solver.elastic import ElasticSession


def all_conflicts(
    elastic: ElasticSession[SoftLimit], start: frozenset[str], most: int, keep: Callable[[frozenset[str]], None]
) -> bool:
    """Find irreducible conflicts by a hitting-set tree (Reiter 1987): each without one member of those before.

    Returns whether all were found. Raises OutOfTimeError.
    """
    everything = frozenset(elastic.soft_limits)
    known: list[frozenset[str]] = []
    seen: set[frozenset[str]] = set()
    paths = [frozenset[str]()]
    while paths:
        without = paths.pop(0)
        if without in seen:
            continue
        seen.add(without)
        conflict = next((c for c in known if not c & without), None)
        if conflict is None:
            if len(known) >= most:
                return False
            conflict = irreducible(elastic, everything - without, start if not without else frozenset())
            if conflict is None:
                continue
            known.append(conflict)
            keep(conflict)
            if not conflict:
                return False
        paths += [without | {member} for member in sorted(conflict)]
    return True


def irreducible(
    elastic: ElasticSession[SoftLimit], allowed: frozenset[str], start: frozenset[str]
) -> frozenset[str] | None:
    """An irreducible conflict among the allowed soft limits, None if they can hold together."""
    core = elastic.core(start & allowed) if start & allowed else None
    if core is None:
        core = elastic.core(allowed)
    if core is None:
        if not elastic.integer or elastic.holds(allowed):
            return None
        return _divided(frozenset(), allowed, elastic.holds)
    core = _filtered(core, elastic.core)
    return _filtered(core, lambda kept: None if elastic.holds(kept) else kept) if elastic.integer else core


def _filtered(members: frozenset[str], conflict: Callable[[frozenset[str]], frozenset[str] | None]) -> frozenset[str]:
    """Deletion filter: leave out, one after another, what the conflict does not need; `conflict` may narrow further."""
    for member in sorted(members):
        if member in members:
            smaller = conflict(members - {member})
            members = members if smaller is None else smaller
    return members


def _divided(
    before: frozenset[str], members: frozenset[str], holds: Callable[[frozenset[str]], bool], *, changed: bool = False
) -> frozenset[str]:
    """QuickXplain (Junker 2004): an irreducible conflict among many in few tests."""
    if changed and not holds(before):
        return frozenset()
    if len(members) <= 1:
        return members
    ordered = sorted(members)
    one, two = frozenset(ordered[: len(ordered) // 2]), frozenset(ordered[len(ordered) // 2 :])
    second = _divided(before | one, two, holds, changed=bool(one))
    first = _divided(before | second, one, holds, changed=bool(second))
    return first | second
