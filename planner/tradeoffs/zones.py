r"""Search zones: where points of a front may still hide.

Objectives are maximised. Given points :math:`N`, the region that no known point dominates is a union of zones
:math:`\{g : g > u\}` with *local bounds* u (Klamroth, Lacour & Vanderpooten 2015, European Journal of Operational
Research 245). What a sub-problem :math:`\max g_k : g_i > w_i\ (i \ne k)` has proven, namely that :math:`g_k \le b`
there, empties every zone inside it at once (Tamby & Vanderpooten 2021, INFORMS Journal on Computing 33).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from models.matrix import Floats


@dataclass
class Zones:
    """Local bounds of the zones left, one a row. A point of a zone is better than its bound by at least `step`."""

    step: Floats
    lower: Floats = field(init=False)
    proofs: list[tuple[Floats, Floats]] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with one zone that holds everything."""
        size = len(self.step)
        self.lower = np.full((1, size), -np.inf)
        self.proofs = [(np.empty((0, size)), np.empty(0)) for _ in range(size)]

    def __len__(self) -> int:
        """Number of zones left."""
        return len(self.lower)

    def insert(self, point: Floats, *, proven: bool) -> None:
        """Cut a point's region off; a proven point also bounds whatever beats it in all other objectives."""
        hit = np.all(self.lower < point, axis=1)
        if hit.any():
            parents, rest = self.lower[hit], self.lower[~hit]
            children = np.repeat(parents, len(point), axis=0)
            which = np.tile(np.arange(len(point)), len(parents))
            children[np.arange(len(children)), which] = point[which]
            fresh = _maximal(np.unique(children, axis=0), rest)
            room = np.array([bool(np.all(z + 0.999 * self.step <= self.upper(z))) for z in fresh], dtype=bool)
            self.lower = np.vstack([rest, fresh[room]])
        if proven:
            for k in range(len(point)):
                self.prove(k, point, point[k] - self.step[k])

    def prove(self, k: int, corner: Floats, bound: float) -> None:
        """Note that nothing with `g_i > corner_i` for all i but k has `g_k > bound`, and drop what that empties."""
        corners, bounds = self.proofs[k]
        new = corner.astype(float).copy()
        new[k] = -np.inf
        if bool(np.any(np.all(corners <= new, axis=1) & (bounds <= bound))):
            return
        weaker = np.all(corners >= new, axis=1) & (bounds >= bound)
        self.proofs[k] = (np.vstack([corners[~weaker], new]), np.append(bounds[~weaker], bound))
        empty = np.all(self.lower >= new, axis=1) & (self.lower[:, k] + 0.999 * self.step[k] > bound)
        self.lower = self.lower[~empty]

    def upper(self, zone: Floats) -> Floats:
        """What is proven of the best values inside a zone."""
        result = np.full(len(zone), np.inf)
        for k, (corners, bounds) in enumerate(self.proofs):
            inside = np.all(zone >= corners, axis=1)
            if inside.any():
                result[k] = bounds[inside].min()
        return result


def _maximal(fresh: Floats, others: Floats) -> Floats:
    """New zones that lie in no other zone (lower bounds at most theirs)."""
    keep = []
    for n, zone in enumerate(fresh):
        inside_other = bool(np.any(np.all(others <= zone, axis=1)))
        inside_new = bool(np.any(np.all(np.delete(fresh, n, axis=0) <= zone, axis=1)))
        keep.append(not inside_other and not inside_new)
    return fresh[np.array(keep, dtype=bool)] if len(fresh) else fresh
