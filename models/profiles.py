r"""Delivery profiles: when what an activity or a switch sets in motion arrives.

A profile is a function :math:`\gamma(\tau)` of the days :math:`\tau` since the deed. Two readings share one algebra:

* a *mass* profile says which share of the yield arrives after :math:`\tau` days (its integral is the yield);
* a *level* profile says how much is standing after :math:`\tau` days (a trained officer, an occupied bed).

On a grid both are needed only through their first and second antiderivatives

.. math:: F(\tau) = \int_0^{\tau^-} \gamma(s)\,ds, \qquad G(\tau) = \int_0^{\tau} F(s)\,ds ,

because a deed spread evenly over :math:`[r_0, r_1)` delivers into :math:`[a, b)` exactly

.. math:: \frac{G(b-r_0) - G(a-r_0) - G(b-r_1) + G(a-r_1)}{r_1 - r_0}.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

Span: TypeAlias = tuple[float, float]
"""Days [from, until) from the origin."""


@dataclass(frozen=True, slots=True)
class Mass:
    """A lump: `amount` arrives exactly `lag` days after the deed (unit: share of the yield)."""

    lag: float = 0.0
    amount: float = 1.0

    def first(self, tau: float) -> float:
        """Share arrived strictly before `tau` days."""
        return self.amount if tau > self.lag else 0.0

    def second(self, tau: float) -> float:
        """Antiderivative of :meth:`first`, in share-days."""
        return self.amount * max(0.0, tau - self.lag)

    def total(self) -> float:
        """Everything that ever arrives."""
        return self.amount


@dataclass(frozen=True, slots=True)
class Piece:
    r"""A smooth stretch :math:`(c_0 + c_1 (\tau - a))\,e^{-\alpha \tau}` on :math:`[a, b)`, days and 1/day.

    `end` may be infinite when the stretch dies out or is a level that stays.
    """

    begin: float
    end: float
    constant: float
    slope: float = 0.0
    decay: float = 0.0

    def _moments(self, tau: float) -> tuple[float, float, float]:
        r"""Moments :math:`M_n = \int_0^x s^n e^{-\alpha s} ds`, n = 0, 1, 2, with x the covered length."""
        x = min(tau, self.end) - self.begin
        if x <= 0.0:
            return 0.0, 0.0, 0.0
        if self.decay == 0.0:
            return x, x * x / 2.0, x * x * x / 3.0
        y = self.decay * x
        if y < 0.3:  # the recursion would cancel; thirteen terms of the series are exact to the last digit
            zero, one, two, term = 0.0, 0.0, 0.0, 1.0
            for k in range(1, 14):
                zero += term / k
                one += term / (k + 1)
                two += term / (k + 2)
                term *= -y / k
            return x * zero, x * x * one, x * x * x * two
        tail = math.exp(-y)
        zero = -math.expm1(-y) / self.decay
        one = (zero - x * tail) / self.decay
        return zero, one, (2.0 * one - x * x * tail) / self.decay

    def first(self, tau: float) -> float:
        """Integral of the stretch up to `tau`."""
        zero, one, _ = self._moments(tau)
        return math.exp(-self.decay * self.begin) * (self.constant * zero + self.slope * one)

    def second(self, tau: float) -> float:
        """Double integral of the stretch up to `tau`."""
        zero, one, two = self._moments(tau)
        reach = tau - self.begin
        weighted = self.constant * (reach * zero - one) + self.slope * (reach * one - two)
        return math.exp(-self.decay * self.begin) * weighted

    def total(self) -> float:
        """Integral over the whole stretch (infinite for a level that stays)."""
        if math.isinf(self.end) and self.decay == 0.0:
            return math.inf
        if math.isinf(self.end):
            scale = math.exp(-self.decay * self.begin)
            return scale * (self.constant / self.decay + self.slope / self.decay**2)
        return self.first(self.end)

    def value(self, tau: float) -> float:
        """The stretch's value at `tau`."""
        if not self.begin <= tau < self.end:
            return 0.0
        return (self.constant + self.slope * (tau - self.begin)) * math.exp(-self.decay * tau)


@dataclass(frozen=True, slots=True)
class Profile:
    """A sum of lumps and stretches; the neutral profile delivers everything at once."""

    parts: tuple[Mass | Piece, ...] = (Mass(),)

    def first(self, tau: float) -> float:
        """F: what has arrived strictly before `tau` days."""
        return sum(part.first(tau) for part in self.parts) if tau > 0.0 else 0.0

    def second(self, tau: float) -> float:
        """G: the antiderivative of F."""
        return sum(part.second(tau) for part in self.parts) if tau > 0.0 else 0.0

    def total(self) -> float:
        """The yield: everything that ever arrives."""
        return sum(part.total() for part in self.parts)

    @property
    def reach(self) -> float:
        """Days after the deed from which nothing more arrives."""
        return max((part.lag if isinstance(part, Mass) else part.end for part in self.parts), default=0.0)

    def value(self, tau: float) -> float:
        """Level standing `tau` days after the deed (stretches only)."""
        return sum(part.value(tau) for part in self.parts if isinstance(part, Piece))

    def spread(self, deed: tuple[float, float], window: tuple[float, float]) -> float:
        """Average over a deed spread evenly on `deed` of what arrives in `window` (days from the origin).

        A deed of no length is a deed at that instant.
        """
        (r0, r1), (a, b) = deed, window
        if r1 <= r0:
            return self.first(b - r0) - self.first(a - r0)
        return (self.second(b - r0) - self.second(a - r0) - self.second(b - r1) + self.second(a - r1)) / (r1 - r0)

    def arrived(self, deed: tuple[float, float], day: float) -> float:
        """Average over a deed spread on `deed` of what has arrived before `day`."""
        (r0, r1) = deed
        if r1 <= r0:
            return self.first(day - r0)
        return (self.second(day - r0) - self.second(day - r1)) / (r1 - r0)

    def standing(self, deed: tuple[float, float], day: float) -> float:
        """Average level standing on `day` of a deed spread on `deed`: for level profiles."""
        (r0, r1) = deed
        if r1 <= r0:
            return self.value(day - r0)
        return (self.first(day - r0) - self.first(day - r1)) / (r1 - r0)


def at_once() -> Profile:
    """Everything arrives with the deed."""
    return Profile()


def after(lag: float, over: float = 0.0) -> Profile:
    """Everything arrives `lag` days after the deed, evenly over the `over` days that follow."""
    if over <= 0.0:
        return Profile((Mass(lag),))
    return Profile((Piece(lag, lag + over, 1.0 / over),))


def stay(days: float, lag: float = 0.0) -> Profile:
    """Level profile: one place is taken from `lag` for `days` days."""
    return Profile((Piece(lag, lag + days, 1.0),))


def lasting(lag: float, ramp: float = 0.0, loss: float = 0.0) -> Profile:
    r"""Level profile of a hire or an opened site.

    Nothing until `lag`, a straight climb over `ramp` days, then full, all shrunk by survival
    :math:`e^{-\alpha\tau}` with `loss` as :math:`\alpha` per year.
    """
    decay = loss / 365.0
    full = Piece(lag + ramp, math.inf, 1.0, 0.0, decay)
    if ramp <= 0.0:
        return Profile((full,))
    return Profile((Piece(lag, lag + ramp, 0.0, 1.0 / ramp, decay), full))


def steps(levels: tuple[tuple[float, float, float], ...]) -> Profile:
    """Level profile typed as stretches `(from_day, until_day, level)`."""
    return Profile(tuple(Piece(begin, end, level) for begin, end, level in levels))


def growth_share(factor: float, years: float) -> float:
    r"""Share of the starting pace that `years` of growth add: :math:`(g^{\tau} - 1)/(g - 1)`, or tau for g = 1.

    It is 1 after a year, whatever the factor, and two stretches of time add up to what one of their length gives:
    :math:`s(\tau + \sigma) = g^{\sigma} s(\tau) + s(\sigma)`.
    """
    if factor <= 0.0:
        return 1.0 if years > 0.0 else 0.0
    over = factor - 1.0
    return years if abs(over) < 1e-9 else math.expm1(years * math.log1p(over)) / over


def decayed(rate: float, since: float, span: Span) -> float:
    r"""Unit-days in a span of one unit that stands from day `since` on and shrinks at `rate` a day."""
    begin, end = max(span[0], since), span[1]
    if end <= begin:
        return 0.0
    if rate == 0.0:
        return end - begin
    return (math.exp(-rate * (begin - since)) - math.exp(-rate * (end - since))) / rate
