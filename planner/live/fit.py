r"""What each dial does to the numbers of a model, fitted at a few settings and tried at others.

The case is compiled at neutral, at both ends of every dial, and where all dials stand somewhere between at once. Each
number is taken to follow a dial in a straight line up to some setting and to stay from there on, as a cell does that a
ceiling holds: :math:`n(v) = n_0 + s \min(v - v_0, u)` on each side of neutral; to add up over dials; and, where two
dials multiply one cell, to have a term :math:`c\,(v - v_0)(w - w_0)`. All of it is tried where the dials stand between:
what differs there by more than rounding names the dials whose settings are compiled afresh when somebody asks for them.
No number is ever guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.matrix import Floats, Integers
from planner.case.problems import InvalidCaseError
from planner.live.dials import Dial, complete
from planner.live.layout import ArrayLayout, Flat, Subject

STRAIGHT = 2e-9
"""Relative distance that counts as rounding: factors are written with nine figures."""
TRIALS = 6
"""Settings at which all dials are tried together."""
MOST_BENDS = 8
"""Bends of one side that are measured one by one."""
DIGITS = 6
"""Figures of a trial setting, so that no rounding of a change is mistaken for a bend."""

SHRINK = (1.0, 0.5, 0.2, 0.05)
"""Parts of a dial's side that are tried as its end where the workbook refuses a longer one."""


class Maker(Protocol):
    """Builds models of settings; both raise InvalidCaseError where the workbook refuses them."""

    def checked(self, settings: Mapping[str, float]) -> Subject:
        """With all checks."""

    def quick(self, settings: Mapping[str, float]) -> Subject:
        """For numbers alone."""


@dataclass(frozen=True)
class OneSide:
    """How numbers `used` move from neutral to one end: at `slope` a unit, for at most `until` units.

    A number that bends more than once stands there several times, and its moves add up. `known` is false where the end
    itself could not be compiled into the same rows and columns.
    """

    end: float
    known: bool
    used: Integers
    slope: Floats
    until: Floats

    def move(self, distance: float) -> Floats:
        """Change of the used numbers at a distance from neutral."""
        return np.asarray(self.slope * np.minimum(distance, self.until))

    def rate(self, distance: float) -> Floats:
        """Change of the used numbers per unit further away from neutral."""
        return np.asarray(np.where(distance < self.until, self.slope, 0.0))


@dataclass(frozen=True)
class DialResponse:
    """How numbers move with one dial, below and above neutral; `sure` is false where trials found otherwise."""

    dial: str
    neutral: float
    below: OneSide
    above: OneSide
    sure: bool = True

    def side(self, setting: float) -> OneSide:
        """The side on which a setting lies."""
        return self.above if setting >= self.neutral else self.below

    def reaches(self, setting: float) -> bool:
        """Whether numbers at a setting are known without compiling."""
        if setting == self.neutral:
            return True
        side = self.side(setting)
        inside = min(self.neutral, side.end) <= setting <= max(self.neutral, side.end)
        return side.known and inside and self.sure


@dataclass(frozen=True)
class Product:
    """What two dials do together beyond the sum of both: `factor` times both distances from neutral."""

    used: Integers
    factor: Floats


@dataclass(frozen=True)
class LinearResponse:
    """All dials' effects on the numbers at neutral, products of pairs, and pairs that are neither sum nor product."""

    home: Flat
    effects: Mapping[str, DialResponse]
    products: Mapping[tuple[str, str], Product] = field(default_factory=dict)
    entangled: frozenset[tuple[str, str]] = frozenset()

    def at(self, settings: Mapping[str, float]) -> Flat | None:
        """All numbers at settings of every dial; None where they have to be compiled."""
        moved = [key for key, effect in self.effects.items() if settings[key] != effect.neutral]
        pairs = list(combinations(moved, 2))
        if not all(self.effects[key].reaches(settings[key]) for key in moved) or self.entangled.intersection(pairs):
            return None
        return self.plainly(settings)

    def plainly(self, settings: Mapping[str, float]) -> Flat:
        """Numbers at settings as the lines have them, sure or not."""
        flat = self.home.copy()
        away = {k: settings[k] - e.neutral for k, e in self.effects.items() if settings[k] != e.neutral}
        for key, distance in away.items():
            side = self.effects[key].side(settings[key])
            np.add.at(flat, side.used, side.move(abs(distance)))
        for (one, two), product in self.products.items():
            if one in away and two in away:
                flat[product.used] += product.factor * (away[one] * away[two])
        return flat

    def rate(self, key: str, settings: Mapping[str, float], upwards: bool = True) -> tuple[Integers, Floats] | None:
        """Change of numbers per unit more of a dial (less, where `upwards` is false); None where it is not known."""
        effect, value = self.effects[key], settings[key]
        above = value > effect.neutral or (value == effect.neutral and upwards)
        side = effect.above if above else effect.below
        away = above == upwards
        if not effect.sure or not side.known or (away and value == side.end):
            return None
        distance = abs(value - effect.neutral)
        slope = side.rate(distance) if away else np.where(distance <= side.until, side.slope, 0.0)
        rate = np.zeros(len(self.home))
        np.add.at(rate, side.used, slope if above else -slope)
        for (one, two), product in self.products.items():
            if key in (one, two):
                other = two if key == one else one
                rate[product.used] += product.factor * (settings[other] - self.effects[other].neutral)
        used = np.flatnonzero(rate).astype(np.int32)
        return used, rate[used]


def trial_settings(
    neutral: Mapping[str, float], ends: Mapping[tuple[str, bool], float]
) -> tuple[dict[str, float], ...]:
    """Settings at which all dials are tried together: each on one of its sides, at shares with no simple ratio.

    `ends` are the settings of each dial that the workbook takes, by dial and whether it is the upper one.
    """
    found = []
    for k in range(TRIALS):
        settings = dict(neutral)
        for i, (key, middle) in enumerate(neutral.items()):
            share = 0.1 + 0.85 * ((0.381966 + 0.618034 * (i + 1) + 0.754878 * (k + 1)) % 1.0)
            sides = [ends[key, up] for up in (True, False) if ends[key, up] != middle]
            if sides:
                end = sides[(i * (k + 1) + k) % len(sides)]
                settings[key] = float(f"{middle + share * (end - middle):.{DIGITS}g}")
        found.append(settings)
    return tuple(s for s in found if s != dict(neutral))


class ResponseFitter:
    """Fits the effects of dials by compiling a case at a few settings."""

    def __init__(self, dials: Sequence[Dial], maker: Maker) -> None:
        """Build at neutral, at both ends of each dial, and where all dials are moved together."""
        self.dials, self.maker = {d.key: d for d in dials}, maker
        self.order = {d.key: n for n, d in enumerate(dials)}
        self.neutral = complete(dials, {})
        self.builds = 1
        self.subject = maker.checked({})
        ends = {(d.key, up): self._end(d, d.high if up else d.low) for d in dials for up in (False, True)}
        self.end_of = {where: found[0] for where, found in ends.items()}
        trials = [(settings, self._build(settings)) for settings in trial_settings(self.neutral, self.end_of)]
        known = [found[1] for found in ends.values()] + [subject for _, subject in trials]
        self.layout = ArrayLayout(self.subject, [s for s in known if s is not None])
        home = self.layout.flat_of(self.subject)
        assert home is not None
        self.home = home
        self.ends = {where: self._flat(found[1]) for where, found in ends.items()}
        self.trials = [(settings, self._flat(subject)) for settings, subject in trials]

    def _end(self, dial: Dial, end: float) -> tuple[float, Subject | None]:
        """The furthest setting on a side that the workbook takes, and its model."""
        for part in SHRINK if end != dial.neutral else ():
            place = float(f"{dial.neutral + part * (end - dial.neutral):.{DIGITS}g}") if part < 1.0 else end
            found = self._build({dial.key: place}, checked=True)
            if found is not None:
                return place, found
        return dial.neutral, None

    def _build(self, settings: Mapping[str, float], *, checked: bool = False) -> Subject | None:
        """The model at settings, None where the workbook refuses them."""
        self.builds += 1
        try:
            return self.maker.checked(settings) if checked else self.maker.quick(settings)
        except InvalidCaseError:
            return None

    def _flat(self, subject: Subject | None) -> Flat | None:
        """Numbers in the layout."""
        return None if subject is None else self.layout.flat_of(subject)

    def learn(self) -> LinearResponse:
        """Lay the lines, find the products, and mark what does not hold where it was tried."""
        response = LinearResponse(self.home, {key: self._effect(dial) for key, dial in self.dials.items()})
        response = replace(response, products=self._products(response))
        response = self._straightened(response)
        entangled: set[tuple[str, str]] = set()
        for settings, found in self.trials:
            entangled |= set(combinations(self._movers(response, settings, found), 2))
        return replace(response, entangled=frozenset(entangled))

    def _effect(self, dial: Dial) -> DialResponse:
        """The line of each number on both sides of neutral."""
        sides: list[OneSide] = []
        for up in (False, True):
            end, flat = self.end_of[dial.key, up], self.ends[dial.key, up]
            length, none = abs(end - dial.neutral), np.zeros(0, dtype=np.int32)
            side = OneSide(end, False, none, np.zeros(0), np.zeros(0))
            if flat is not None:
                used = np.flatnonzero(flat != self.home).astype(np.int32)
                moves = flat[used] - self.home[used]
                if np.all(np.isfinite(moves)):
                    side = OneSide(end, True, used, moves / length, np.full(len(used), length))
            sides.append(side)
        return DialResponse(dial.key, dial.neutral, sides[0], sides[1])

    def _straightened(self, response: LinearResponse) -> LinearResponse:
        """Dials that leave their lines at a trial are tried alone there, and their bends are laid where they show."""
        seen: dict[str, list[tuple[float, Flat | None]]] = {}
        for settings, found in self.trials:
            for key in self._movers(response, settings, found):
                alone = {key: settings[key]}
                if settings[key] != self.neutral[key]:
                    seen.setdefault(key, []).append((settings[key], self._flat(self._build(alone))))
        effects = dict(response.effects)
        for key, trials in seen.items():
            if not all(self._follows(effects[key], *trial) for trial in trials):
                bent = self._bent(effects[key], trials)
                if not all(self._follows(bent, *trial) for trial in trials):
                    above, below = self._broken(bent, bent.above, trials), self._broken(bent, bent.below, trials)
                    bent = replace(bent, above=above, below=below)
                effects[key] = replace(bent, sure=all(self._follows(bent, *trial) for trial in trials))
        return replace(response, effects=effects)

    def _follows(self, effect: DialResponse, setting: float, found: Flat | None) -> bool:
        """Whether the numbers of one dial alone at a setting are as the effect has them."""
        alone = LinearResponse(self.home, {effect.dial: effect})
        return found is not None and bool(np.all(_close(alone.plainly({effect.dial: setting}), found)))

    def _bent(self, effect: DialResponse, trials: Sequence[tuple[float, Flat | None]]) -> DialResponse:
        """Numbers that leave their line follow the other side's till they have their last value, and stay there."""
        above = self._bounded(effect.above, effect.below, effect, trials)
        below = self._bounded(effect.below, effect.above, effect, trials)
        return replace(effect, above=above, below=below)

    def _bounded(
        self, side: OneSide, other: OneSide, effect: DialResponse, trials: Sequence[tuple[float, Flat | None]]
    ) -> OneSide:
        """One side with its bends."""
        length = abs(side.end - effect.neutral)
        mine, theirs, bends = np.zeros(len(self.home)), np.zeros(len(self.home)), np.zeros(len(self.home), dtype=bool)
        mine[side.used], theirs[other.used] = side.slope, -other.slope
        for setting, found in trials:
            if found is not None and (setting > effect.neutral) == (side.end > effect.neutral):
                bends |= ~_close(self.home + mine * abs(setting - effect.neutral), found)
        with np.errstate(all="ignore"):
            until = np.where(mine == 0.0, 0.0, mine * length / theirs)
        stops = bends & (theirs != 0.0) & np.isfinite(until) & (until >= 0.0) & (until < length)
        used = np.union1d(side.used, np.flatnonzero(stops)).astype(np.int32)
        return replace(side, used=used, slope=np.where(stops, theirs, mine)[used],
                       until=np.where(stops, until, length)[used])  # fmt: skip

    def _broken(self, effect: DialResponse, side: OneSide, trials: Sequence[tuple[float, Flat | None]]) -> OneSide:
        """Numbers that add up cells which stop at different settings: a line for each bend that another shows.

        Between every two bends the case is compiled once more; the lines are fitted to that, the end and the trials.
        """
        length, sign = abs(side.end - effect.neutral), 1.0 if side.end > effect.neutral else -1.0
        bends = np.unique(np.round(side.until[side.until < length], 7))
        bends = bends[bends > 0.0]
        if not 1 < len(bends) <= MOST_BENDS:
            return side
        places = [0.0, *bends.tolist(), length]
        middles = [float(f"{effect.neutral + sign * (x + y) / 2.0:.{DIGITS}g}") for x, y in pairwise(places)]
        seen = [*trials, *((v, self._flat(self._build({effect.dial: v}))) for v in middles)]
        seen.append((side.end, self.ends[effect.dial, sign > 0.0]))
        mine = [(abs(v - effect.neutral), f) for v, f in seen if f is not None and (v - effect.neutral) * sign > 0.0]
        alone, off = LinearResponse(self.home, {effect.dial: effect}), np.zeros(len(self.home), dtype=bool)
        for distance, flat in mine:
            off |= ~_close(alone.plainly({effect.dial: effect.neutral + sign * distance}), flat)
        used = np.flatnonzero(off & np.isfinite(self.home)).astype(np.int32)
        reach = np.array(places[1:])
        lengths = np.minimum(np.array([d for d, _ in mine])[:, None], reach[None, :])
        moves = np.array([flat[used] - self.home[used] for _, flat in mine]).reshape(len(mine), len(used))
        if not np.all(np.isfinite(moves)):
            return side
        slopes = np.linalg.lstsq(lengths, moves, rcond=None)[0]
        kept = ~np.isin(side.used, used)
        return replace(
            side,
            used=np.concatenate([side.used[kept], *[used] * len(reach)]),
            slope=np.concatenate([side.slope[kept], *slopes]),
            until=np.concatenate([side.until[kept], *(np.full(len(used), d) for d in reach)]),
        )

    def _products(self, response: LinearResponse) -> dict[tuple[str, str], Product]:
        """Pairs that multiply numbers, each measured at one corner; whether that holds is tried with the rest."""
        suspects: set[tuple[str, str]] = set()
        for settings, found in self.trials:
            if found is not None:
                suspects |= self._pairs(response, settings, found)
        products = {}
        for one, two in sorted(suspects, key=lambda pair: (self.order[pair[0]], self.order[pair[1]])):
            product = self._product(response, response.effects[one], response.effects[two])
            if product is not None:
                products[one, two] = product
        return products

    def _product(self, response: LinearResponse, one: DialResponse, two: DialResponse) -> Product | None:
        """What two dials do together at a corner beyond their sum, as a share of both distances."""
        a, b = (e.above.end if e.above.known else e.below.end for e in (one, two))
        found = self._flat(self._build({one.dial: a, two.dial: b}))
        if found is None or a == one.neutral or b == two.neutral:
            return None
        expected = response.plainly(self.neutral | {one.dial: a, two.dial: b})
        used = np.flatnonzero(~_close(expected, found)).astype(np.int32)
        beyond = found[used] - expected[used]
        if not len(used) or not np.all(np.isfinite(beyond)):
            return None
        return Product(used, beyond / ((a - one.neutral) * (b - two.neutral)))

    def _pairs(self, response: LinearResponse, settings: Mapping[str, float], found: Flat) -> set[tuple[str, str]]:
        """Pairs of dials that both move one of the numbers that differ at a trial."""
        off = np.flatnonzero(~_close(response.plainly(settings), found))
        mine = {key: np.isin(off, np.union1d(e.below.used, e.above.used)) for key, e in response.effects.items()}
        if not len(off) or not np.logical_or.reduce(list(mine.values())).all():
            return set(combinations(self.dials, 2)) if len(off) else set()
        return {(a, b) for a, b in combinations(self.dials, 2) if bool((mine[a] & mine[b]).any())}

    def _movers(self, response: LinearResponse, settings: Mapping[str, float], found: Flat | None) -> list[str]:
        """Dials that move what differs at a trial; all of them where that cannot be said."""
        if found is None:
            return list(self.dials)
        off = np.flatnonzero(~_close(response.plainly(settings), found))
        movers = {}
        for key, effect in response.effects.items():
            movers[key] = np.isin(off, np.union1d(effect.below.used, effect.above.used))
        named = [key for key, mine in movers.items() if mine.any()]
        explained = np.logical_or.reduce(list(movers.values())) if movers else np.ones(len(off), dtype=bool)
        return named if bool(explained.all()) else list(self.dials)


def alike(one: Floats, other: Floats) -> bool:
    """Whether two arrays are equal up to rounding."""
    return bool(np.all(_close(one, other)))


def _close(one: Floats, other: Floats) -> npt.NDArray[np.bool_]:
    """Where two arrays are equal up to rounding."""
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.maximum(np.abs(one), np.abs(other)), 1e-9)
        return np.asarray((one == other) | (np.abs(one - other) <= STRAIGHT * size))
