"""Slots: set-asides inside their pools, numbers that can be given out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.case import Case
from planner.case.problems import Problem
from planner.checks.finding import cycles, error, exceeds, stated, warning
from planner.sheets import Allotments, Effects, Pipelines, Slots, Time, Visas
from planner.wording.figures import typed
from planner.wording.lists import listed, quoted


def check(case: Case) -> list[Problem]:
    """All findings about pools of numbers."""
    return [*_form(case), *_carved(case), *_used(case)]


def _form(case: Case) -> Iterator[Problem]:
    """Pools inside pools without circles; dates that mean something."""
    for ring in cycles({row.pool: (row.inside,) for row in case.of(Slots) if row.inside}):
        row = case.find(Slots, ring[0])
        if row is None:
            continue
        way = " lies inside ".join(f"'{name}'" for name in [*ring, ring[0]])
        yield error(row, "inside", "set-aside-circle", f"{way}.", "Name the outer quota in the inner one's row only.")
    for row in case.of(Slots):
        if row.released_on and not row.inside:
            yield error(
                row,
                "released_on",
                "release-without-outer",
                f"unused places go to the outer quota on {row.released_on}, but 'Inside' is blank.",
                "Name the outer quota in 'Inside', or clear 'Released on'.",
            )
        if not row.fiscal_year and stated(row, "carry_over_share") and row.carry_over_share < 1.0:
            yield warning(
                row,
                "carry_over_share",
                "carry-over-unused",
                "'Carry-over share' counts at each new fiscal year, and 'Fiscal year starts' is blank: nothing lapses.",
                "Fill in 'Fiscal year starts', as 10-01.",
            )


def _come(case: Case, pool: str, phases: frozenset[str], *, gated: bool) -> float:
    """Numbers that come into a pool in some phases, with or without those that wait for a reform."""
    return math.fsum(
        row.amount
        for row in case.of(Allotments)
        if row.pool == pool and row.phase in phases and (gated or not row.needs)
    )


def _carved(case: Case) -> Iterator[Problem]:
    """Set-asides are cut out of the outer pool's numbers: they cannot be more."""
    names = [row.phase for row in case.of(Time)]
    for outer in case.of(Slots):
        inner = [row for row in case.of(Slots) if row.inside == outer.pool and row.pool != outer.pool]
        if not inner:
            continue
        extra = math.fsum(e.amount for e in case.of(Effects) if e.effect == "releases" and e.target == outer.pool)
        for n, phase in enumerate(names):
            upto, alone = frozenset(names[: n + 1]), frozenset((phase,))
            cut = math.fsum(_come(case, row.pool, upto, gated=False) for row in inner)
            given = _come(case, outer.pool, upto, gated=True) + extra
            cut_now = math.fsum(_come(case, row.pool, alone, gated=False) for row in inner)
            given_now = _come(case, outer.pool, alone, gated=True) + extra
            if not exceeds(cut_now, given_now):
                continue
            line = next(
                a
                for a in case.of(Allotments)
                if a.phase == phase and not a.needs and any(a.pool == row.pool for row in inner) and a.amount
            )
            own = next(
                (a.at("amount") for a in case.of(Allotments) if a.pool == outer.pool and a.phase == phase), outer.at()
            )
            takers = listed((quoted(row.pool) for row in inner), len(inner))
            found = (
                f"{takers} take{'s' if len(inner) == 1 else ''} {typed(cut_now)} places out of '{outer.pool}'"
                f" in phase {phase} ({line.at('amount')}),"
                f" which gets {typed(given_now)} ({own})"
            )
            if exceeds(cut, given):
                so_far = f"; up to its end {typed(cut)} out of {typed(given)}" if n else ""
                yield error(
                    line,
                    "amount",
                    "set-aside-larger",
                    f"{found}{so_far}.",
                    "Raise the outer quota's places (they include the set-asides), or lower the set-aside's.",
                )
                break
            yield warning(
                line,
                "amount",
                "set-aside-larger",
                f"{found}; the rest must be left over from before.",
                "Raise the outer quota's places if they are to include the set-aside's.",
            )


def _used(case: Case) -> Iterator[Problem]:
    """Numbers that nobody uses, and travellers who would use two for one."""
    rows: list[Pipelines | Visas] = [*case.of(Pipelines), *case.of(Visas)]
    used = {name for row in rows for name in row.slots}
    for row in rows:
        for name in row.slots:
            pool = case.find(Slots, name)
            if pool is not None and pool.inside and pool.inside in row.slots and pool.inside != name:
                yield warning(
                    row,
                    "slots",
                    "slots-twice",
                    f"each person uses a number of '{name}' and one of '{pool.inside}', out of which '{name}' is cut"
                    f" ({pool.at('inside')}): it counts twice.",
                    "Name the set-aside alone.",
                )
    for pool in case.of(Slots):
        outer = any(row.inside == pool.pool for row in case.of(Slots))
        gives = pool.inside and pool.released_on
        if pool.pool not in used and not outer and not gives:
            yield warning(
                pool,
                "pool",
                "slots-unused",
                f"no stage or visa stream uses places of '{pool.pool}'.",
                "Name it in 'Quota from' of those that do.",
            )
        elif pool.pool in used and not _ever(case, pool.pool):
            yield warning(
                pool,
                "pool",
                "slots-empty",
                f"no places ever come into '{pool.pool}', so those who need one cannot go.",
                "Add rows on sheet Quota by phase.",
            )


def _ever(case: Case, pool: str) -> bool:
    """Whether any number can come into a pool."""
    if any(row.pool == pool and row.amount > 0.0 for row in case.of(Allotments)):
        return True
    if any(e.effect == "releases" and e.target == pool for e in case.of(Effects)):
        return True
    return any(row.inside == pool and row.released_on for row in case.of(Slots))
