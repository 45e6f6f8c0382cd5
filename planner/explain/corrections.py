"""Which soft limits must give way: least sets whose giving way lets all the others hold, by a stated order.

A set mends a case exactly if it hits every conflict, so least hitting sets of the conflicts known so far are tried; one
that does not mend it shows a new conflict (implicit hitting sets: Moreno-Centeno and Karp 2013). Nothing here depends
on the size of any number: no constant stands for "as far as is needed".
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping

from planner.explain.cores import irreducible
from planner.explain.soft_limits import SoftLimit
from planner.solver.elastic import ElasticSession, OutOfTimeError, Relaxed

Set = frozenset[str]
MOST_KINDS = 8
"""Groups of kinds of which the least amounts are sought."""


class Corrections:
    """Least sets of soft limits that mend a case, by the highest rank in them, then by number.

    `found` are the least amounts of each, `complete` says that there is no further set, `late` that time ran out.
    """

    def __init__(
        self, elastic: ElasticSession[SoftLimit], price: Mapping[str, float], conflicts: Collection[Set], most: int
    ) -> None:
        """Begin from conflicts that are known; find at most so many sets."""
        self.elastic, self.price, self.most = elastic, price, most
        self.conflicts = [c for c in conflicts if c]
        self.found: list[Relaxed] = []
        self.sets: list[Set] = []
        self.complete = self.late = False

    def search(self, share: float) -> None:
        """Find them in this share of the time that is left."""
        until = self.elastic.deadline
        self.elastic.deadline = time.monotonic() + share * max(0.0, until - time.monotonic())
        try:
            self.complete = all(
                self._rank(rank) for rank in sorted({p.rank for p in self.elastic.soft_limits.values()})
            )
        except OutOfTimeError:
            self.late = True
        finally:
            self.elastic.deadline = until

    def _rank(self, rank: int) -> bool:
        """Find all sets in which nothing gives way that comes later in the order; False where there are too many."""
        pool = frozenset(p.id for p in self.elastic.soft_limits.values() if p.rank <= rank)
        size = 0
        while True:
            candidate = next(self._candidates(pool, size), None)
            if candidate is None:
                if next(self._candidates(pool, len(pool)), None) is None:
                    return True
                size += 1
            elif len(self.sets) >= self.most or not self._tried(candidate):
                return False

    def _tried(self, candidate: Set) -> bool:
        """Keep a set that mends the case, or learn the conflict that it leaves; False where neither can be shown."""
        relaxed = self.elastic.least(self.price, candidate)
        if relaxed is not None:
            self.sets.append(candidate)
            self.found.append(relaxed)
            return True
        conflict = irreducible(self.elastic, frozenset(self.elastic.soft_limits) - candidate, frozenset())
        if not conflict:
            return False
        self.conflicts.append(conflict)
        return True

    def _candidates(self, pool: Set, size: int) -> Iterator[Set]:
        """Sets of at most so many soft limits that hit every known conflict and contain no set already found."""
        conflicts = sorted((sorted(c & pool) for c in self.conflicts), key=lambda c: (len(c), c))
        yield from self._deeper(conflicts, frozenset(), frozenset(), size)

    def _deeper(self, conflicts: list[list[str]], chosen: Set, without: Set, left: int) -> Iterator[Set]:
        """Choose one member of the first conflict that is not hit, in alphabetical order, each without those before."""
        if time.monotonic() > self.elastic.deadline:
            raise OutOfTimeError
        open_ = [c for c in conflicts if not chosen.intersection(c)]
        if not open_:
            yield chosen
            return
        if left <= 0 or _apart(open_) > left:
            return
        barred = set(without)
        for member in open_[0]:
            more = chosen | {member}
            if member not in barred and not any(known <= more for known in self.sets):
                yield from self._deeper(conflicts, more, frozenset(barred), left - 1)
            barred.add(member)


def _apart(conflicts: list[list[str]]) -> int:
    """Number of conflicts that share nothing, taken greedily: no smaller set can hit them all."""
    used: set[str] = set()
    count = 0
    for conflict in conflicts:
        if used.isdisjoint(conflict):
            used.update(conflict)
            count += 1
    return count


def of_same_kinds(
    elastic: ElasticSession[SoftLimit], price: Mapping[str, float], found: Collection[Relaxed]
) -> Iterator[Relaxed]:
    """The least amounts by which all limits of the same kinds may give way, money and rules say, for all that mend."""
    kinds = {frozenset(_kind(soft_limit) for soft_limit in relaxed.support()) for relaxed in found}
    for kind in sorted(kinds, key=lambda k: (len(k), sorted(k)))[:MOST_KINDS]:
        try:
            relaxed = elastic.least(
                price, [soft_limit for soft_limit in elastic.soft_limits if _kind(soft_limit) in kind]
            )
        except OutOfTimeError:
            return
        if relaxed is not None:
            yield relaxed


def _kind(soft_limit: str) -> str:
    """Of what kind a soft limit is, from the beginning of its name."""
    return soft_limit.partition(":")[0]
