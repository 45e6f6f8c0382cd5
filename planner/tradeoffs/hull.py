r"""What weighted searches prove of every point of a front.

A search for the best of :math:`w \cdot g` over all plans ends with a bound B, and :math:`w \cdot g \le B` then holds
for every plan, wherever it lies: above floors :math:`\varepsilon` no plan has more of objective k than
:math:`(B - \sum_{i \ne k} w_i \varepsilon_i) / w_k`. Where integer decisions bend the front only a little, a few such
cuts prove many points that cheap linear programmes have found (Lagrangian bound of the epsilon-constraint problem;
Ehrgott 2006, Annals of Operations Research 147).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from models.matrix import Floats

ALIKE = 1e-6
"""Weights nearer than this share prove the same thing."""


@dataclass(frozen=True)
class SupportingCut:
    """`weights @ g <= bound` for every plan, inner units; weights are never negative."""

    weights: Floats
    bound: float


def ceiling(k: int, floors: Floats, cuts: Iterable[SupportingCut]) -> float:
    """Most that objective k can be above floors of the others, as far as the cuts tell."""
    others = np.arange(len(floors)) != k
    best = np.inf
    for cut in cuts:
        used = others & (cut.weights > 0.0)
        if cut.weights[k] > 0.0 and np.isfinite(floors[used]).all():
            best = min(best, float((cut.bound - cut.weights[used] @ floors[used]) / cut.weights[k]))
    return best


def chord(k: int, floor: float, points: Floats) -> float:
    """Most of objective k, of two, on the lines between known points where the other one is at its floor.

    No cut can prove less than this, since a cut holds for both ends of a line.
    """
    if not len(points) or not np.isfinite(floor):
        return -np.inf
    here, value = points[:, 1 - k], points[:, k]
    above, below = here >= floor, here < floor
    best = float(value[above].max()) if above.any() else -np.inf
    if above.any() and below.any():
        share = (floor - here[below])[:, None] / (here[above][None, :] - here[below][:, None])
        best = max(best, float((share * value[above][None, :] + (1.0 - share) * value[below][:, None]).max()))
    return best


def known(weights: Floats, cuts: Iterable[SupportingCut]) -> bool:
    """Whether a cut with these weights is there already."""
    direction = weights / np.linalg.norm(weights)
    return any(np.allclose(c.weights / np.linalg.norm(c.weights), direction, rtol=0.0, atol=ALIKE) for c in cuts)
