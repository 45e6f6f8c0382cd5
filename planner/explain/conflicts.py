"""Why a case has no plan: what arithmetic shows, which rules and limits cannot hold together, what mends it.

Three layers: findings of :mod:`planner.checks` that no solver is needed for; irreducible conflicts, each a set of
soft limits of which any one less can hold, with what claims the means in them; repairs
(:mod:`planner.explain.repairs`), each proven by solving with it.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace

from planner.case import Case
from planner.case.problems import Problem
from planner.checks.queues import CHECK as ENDLESS
from planner.explain.cores import all_conflicts
from planner.explain.repairs import Repair, find_repairs
from planner.explain.resource_claims import ResourceClaims, claims_on
from planner.explain.soft_limits import ORDER, SoftLimit, soft_limits
from planner.explain.words import listed
from planner.options import Options
from planner.solve import Model, prepare
from planner.solver.elastic import ElasticSession, OutOfTimeError
from planner.solver.iis import irreducible_system

SECONDS = 60.0
"""Time that an explanation may take unless another is stated."""


@dataclass(frozen=True)
class Member:
    """One rule or limit of a conflict."""

    id: str
    words: str
    cell: str
    category: str
    authority: str


@dataclass(frozen=True)
class Conflict:
    """Rules and limits that cannot all hold; without any one of them the others can."""

    members: tuple[Member, ...]
    irreducible: bool
    sentence: str
    claims: tuple[ResourceClaims, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """Why there is no plan. `unfinished` says what is missing, `complete` that no conflict and no least repair is."""

    arithmetic: tuple[Problem, ...]
    conflicts: tuple[Conflict, ...]
    repairs: tuple[Repair, ...]
    complete: bool
    unfinished: tuple[str, ...]
    order: str = ORDER
    feasible: bool = False

    @property
    def sentence(self) -> str:
        """All in a few lines."""
        if self.feasible:
            return "Everything can hold together: there is no conflict to explain."
        lines = [str(p) for p in self.arithmetic]
        lines += [c.sentence for c in self.conflicts]
        if self.repairs:
            lines.append(f"What would mend it ({self.order}):")
            lines += [f"  {n}. {r.sentence}" for n, r in enumerate(self.repairs, 1)]
        return "\n".join([*lines, *self.unfinished])


def explain_conflict(
    case: Case, options: Options | None = None, *, seconds: float = SECONDS, conflicts: int = 5, repairs: int = 5
) -> Explanation:
    """Explain why a case has no plan: what arithmetic found when it was read, conflicts, repairs.

    `seconds` is the time for all of it; at most so many `conflicts` and `repairs` are sought.
    """
    known = tuple(p for p in case.warnings if p.severity == "conflict" or p.check == ENDLESS)
    options = options or Options()
    until = time.monotonic() + seconds
    model = prepare(case, options)
    candidates = soft_limits(model, options)
    elastic = ElasticSession(model.matrix, candidates, replace(options, gap=0.0), seconds)
    unfinished: list[str] = []
    found: list[frozenset[str]] = []
    complete = False
    try:
        if elastic.holds(elastic.soft_limits):
            return Explanation(known, (), (), complete=True, unfinished=(), feasible=True)
        elastic.deadline = time.monotonic() + 0.6 * (until - time.monotonic())
        start = _touched(model, candidates, options, min(5.0, seconds / 6.0))
        complete = all_conflicts(elastic, start, conflicts, found.append)
        if not complete:
            unfinished.append(f"There may be more conflicts: the search stopped after {len(found)}.")
    except OutOfTimeError:
        unfinished.append(f"Not every conflict was found: {seconds:g} seconds were not enough.")
    elastic.deadline = time.monotonic() + 0.3 * max(0.0, until - time.monotonic())
    told = tuple(
        _conflict(elastic, members, claims_on(model, elastic, members), irreducible=True)
        for members in found
        if members
    )
    if any(not members for members in found):
        unfinished.append(_background(model, options))
    elastic.deadline = until
    mended: tuple[Repair, ...] = ()
    try:
        mended = find_repairs(model, elastic, options, found, repairs, unfinished)
    except OutOfTimeError:
        unfinished.append(f"Not every repair was found: {seconds:g} seconds were not enough.")
    return Explanation(known, told, mended, complete and not unfinished, tuple(unfinished))


def _conflict(
    elastic: ElasticSession[SoftLimit],
    members: Collection[str],
    claims: tuple[ResourceClaims, ...],
    *,
    irreducible: bool,
) -> Conflict:
    """A conflict in words."""
    chosen = [elastic.soft_limits[m] for m in sorted(members)]
    told = tuple(Member(p.id, p.words, p.cell, p.category, p.authority) for p in chosen)
    listing = listed([_named(p) for p in chosen], 12)
    sentence = f"These {len(told)} cannot all hold: {listing}." if len(told) > 1 else f"This cannot hold: {listing}."
    lines = [sentence, *(f"  {c.sentence}" for c in claims)]
    return Conflict(told, irreducible, "\n".join(lines), claims)


def _named(soft_limit: SoftLimit) -> str:
    """A soft limit with its cell."""
    return f"{soft_limit.words} ({soft_limit.cell})" if soft_limit.cell else soft_limit.words


def _touched(model: Model, candidates: Collection[SoftLimit], options: Options, seconds: float) -> frozenset[str]:
    """Soft limits that HiGHS's own irreducible system of the relaxation touches; empty where it finds none in time."""
    found = irreducible_system(model.matrix, options, seconds)
    rows, columns = set(found[0]), set(found[1])
    return frozenset(
        p.id for p in candidates for g in p.relaxations if g.shift.rows & rows or g.shift.columns & columns
    )


def _background(model: Model, options: Options) -> str:
    """What is impossible although every rule and limit gives way: the rows that HiGHS names, with their cells."""
    rows, _ = irreducible_system(model.matrix, options, 5.0)
    cells = list(dict.fromkeys(o for r in rows if (o := model.built.frame.rows[r].origin)))
    named = f": look at {listed(cells, 8)}" if cells else ""
    return f"Even if every rule and limit gave way there would be no plan{named}."
