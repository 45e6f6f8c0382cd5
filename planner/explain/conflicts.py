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
from planner.explain.structure import structural_repairs
from planner.options import Options
from planner.solve import Model, prepare
from planner.solver.elastic import ElasticSession, OutOfTimeError
from planner.solver.iis import irreducible_system
from planner.wording.figures import typed
from planner.wording.lists import listed

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
    background: str = ""
    order: str = ORDER
    feasible: bool = False

    @property
    def sentence(self) -> str:
        """All in a few lines."""
        if self.feasible:
            return "Everything can hold together: there is no conflict to explain."
        lines = [str(p) for p in self.arithmetic]
        lines += [c.sentence for c in self.conflicts]
        lines += [self.background] if self.background else []
        if self.repairs:
            lines.append(f"What would mend it ({self.order}):")
            lines += [f"  {n}. {r.sentence}" for n, r in enumerate(self.repairs, 1)]
        return "\n".join([*lines, *self.unfinished])


def explain_conflict(
    case: Case, options: Options | None = None, *, seconds: float = SECONDS, conflicts: int = 5, repairs: int = 5
) -> Explanation:
    """Explain why a case has no plan: what arithmetic found when it was read, conflicts, repairs.

    Args:
        case: A case.
        options: As for :func:`planner.solve`; None: the usual ones.
        seconds: Time for all of it.
        conflicts: Most conflicts that are sought. Each is irreducible: without any one of its limits the others can
            hold.
        repairs: Most repairs that are sought, the smallest first; each is proven by solving with it.

    Returns:
        Conflicts and repairs with cells and sentences; `complete` where no others of these sizes exist.

    Source: J. W. Chinneck, Feasibility and Infeasibility in Optimization, 2008.

    Example:
        >>> tight = planner.workbook.reread(case, ["Rules!protection at home at least a tenth.Value=0.99"])
        >>> found = planner.explain.explain_conflict(tight, options)
        >>> print(found.conflicts[0].sentence)
        This cannot hold: rule 'protection at home at least a tenth' (at least share of 99 %) (Rules!F5).
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
        if not complete and all(found):
            unfinished.append(f"There may be more conflicts: the search stopped after {len(found)}.")
    except OutOfTimeError:
        unfinished.append(f"Not every conflict was found: {typed(seconds)} seconds were not enough.")
    elastic.deadline = time.monotonic() + 0.3 * max(0.0, until - time.monotonic())
    told = tuple(
        _conflict(elastic, members, _claims(model, elastic, members, unfinished)) for members in found if members
    )
    elastic.deadline = until
    mended: tuple[Repair, ...] = ()
    against = None if all(found) else _background(model, elastic, options)
    if against is not None:
        mended = structural_repairs(model, against.ledgers, options, until, repairs)
    try:
        mended += find_repairs(model, elastic, options, found, repairs, unfinished)
    except OutOfTimeError:
        unfinished.append(f"Not every repair was found: {typed(seconds)} seconds were not enough.")
    background = against.sentence if against is not None else ""
    return Explanation(known, told, mended, complete and not unfinished, tuple(unfinished), background)


def _claims(
    model: Model, elastic: ElasticSession[SoftLimit], members: Collection[str], unfinished: list[str]
) -> tuple[ResourceClaims, ...]:
    """What claims the means in a conflict; none, and a word in `unfinished`, where the time is used up."""
    try:
        return claims_on(model, elastic, members)
    except OutOfTimeError:
        missing = "What claims the means in a conflict was not found each time: the time was used up."
        if missing not in unfinished:
            unfinished.append(missing)
        return ()


def _conflict(
    elastic: ElasticSession[SoftLimit], members: Collection[str], claims: tuple[ResourceClaims, ...]
) -> Conflict:
    """A conflict in words."""
    chosen = [elastic.soft_limits[m] for m in sorted(members)]
    told = tuple(Member(p.id, p.words, p.cell, p.category, p.authority) for p in chosen)
    listing = listed([_named(p) for p in chosen], 12)
    sentence = f"These {len(told)} cannot all hold: {listing}." if len(told) > 1 else f"This cannot hold: {listing}."
    lines = [sentence, *(f"  {c.sentence}" for c in claims)]
    return Conflict(told, "\n".join(lines), claims)


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


@dataclass(frozen=True)
class _Background:
    """What stands against any plan although all that can give way does: a sentence, and the ledgers in it."""

    sentence: str
    ledgers: frozenset[str]


def _background(model: Model, elastic: ElasticSession[SoftLimit], options: Options) -> _Background:
    """What is impossible although every rule and limit gives way: the rows that HiGHS names then, with their cells."""
    known = model.built.frame.rows
    rows = [known[r] for r in irreducible_system(elastic.matrix, options, 5.0)[0] if r < len(known)]
    cells = list(dict.fromkeys(row.origin for row in rows if row.origin))
    named = f": look at {listed(cells, 8)}" if cells else ""
    sentence = f"Even if every rule and limit gave way there would be no plan{named}."
    return _Background(sentence, frozenset(str(row.key[0]) for row in rows if row.key))
