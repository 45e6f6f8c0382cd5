"""Figures as people write them: the same figure is the same words wherever it is told.

============================  =========================================================  ====================
what                          how                                                        56.789 is
============================  =========================================================  ====================
a figure that was reckoned    four significant digits, whole from 1,000 on               :func:`figure` 56.79
people                        whole: nobody is told by halves                            57
a share                       in percent, three significant digits, two below 1 %        :func:`share` 5,679 %
what somebody typed           as it was typed, up to nine significant digits             :func:`typed` 56.789
what is typed again           every digit                                                :func:`digits` 56.789
the size of a number          a power of ten                                             :func:`power` 6e+01
============================  =========================================================  ====================

Thousands stand apart by commas, noughts behind the last digit are left out, nothing has an exponent (but
:func:`power`), nought has no sign, and what is no number is :data:`MISSING`. What one more of something brings, and any
other figure per unit, is no count of people: it is told without a unit, with its digits.
"""

from __future__ import annotations

import math
from typing import SupportsFloat

MISSING = "\u2013"
"""What stands where there is no figure."""
NO_CHANGE = "no change"
"""What is said of a difference of nothing."""
NOTHING, ROUNDING = 1e-9, 1e-6
"""Figures below this are nought: rates, and amounts, which a solver leaves less surely at nought."""
NO_DIFFERENCE = 5e-4
"""Differences below this are none: two plans are not nearer to each other than that."""
NO_SHARE = 5e-6
"""Shares below this are nought: half a thousandth of a percent."""
DIGITS, FEW, FEW_BELOW = 4, 3, 1e-3
"""Significant digits of a figure; those of figures below a thousandth."""
SHARE_DIGITS, SMALL_DIGITS = 3, 2
"""Significant digits of a percentage from 1 % on, and of smaller ones."""
TYPED = 9
"""Significant digits that somebody may have typed; a figure with more of them was reckoned."""
MOST_TIMES = 10.0
"""A change of more than so many times a figure is no percentage of it: the amounts are said instead."""
ENDLESS = 1e21
"""Figures from here on are told as a power of ten: their digits would fill lines."""
EVEN, MOST = 1e-9, 1e-3
"""How far figures are moved from nought before they are written: by this share, by so much at most."""

_PEOPLE = frozenset({"people", "persons", "person", "places", "place", "visas", "visa"})


def even(value: float) -> float:
    """The figure to write for a figure: within a billionth of a tie it is rounded away from nought on every machine."""
    if not math.isfinite(value):
        return value
    return value + math.copysign(min(EVEN * abs(value), MOST), value)


def counts_people(unit: str) -> bool:
    """Whether a unit counts people, or their visas, one by one: 'people waiting', but no 'people a day'."""
    words = unit.casefold().split()
    return bool(words) and words[0] in _PEOPLE and not {"a", "per"} & {*words}


def figure(value: SupportsFloat | str | None, unit: str = "") -> str:
    """A figure that was reckoned, as it is told of this unit: '56.79', '1,235', '0.000927'; 57 people.

    Args:
        value: the figure; None, a text, and what is not finite are :data:`MISSING`.
        unit: its unit where it is an amount of it; none where it is a rate, such as what one more brings.
    """
    number = finite(value)
    if number is None:
        return MISSING
    if abs(number) < (ROUNDING if unit else NOTHING):
        return "0"
    if counts_people(unit):
        return _nought(f"{even(number):,.0f}")
    return rounded(even(number), FEW if abs(number) < FEW_BELOW else DIGITS)


def signed(value: SupportsFloat | None, unit: str = "") -> str:
    """A figure with its sign: '+15.53', '-0.054'; nought has none."""
    number = finite(value)
    text = figure(value, unit)
    return f"+{text}" if number is not None and number > 0.0 and text != "0" else text


def change(value: SupportsFloat | None, unit: str = "") -> str:
    """A difference between two plans with its sign; one that would be told as nought is :data:`NO_CHANGE`."""
    number = finite(value)
    text = signed(value, unit)
    return NO_CHANGE if number is not None and (text == "0" or abs(number) < NO_DIFFERENCE) else text


def share(value: SupportsFloat | None, *, sign: bool = False) -> str:
    """A share in percent: '97.3 %', '1.26 %', '0.71 %', '0.012 %', '50 %'; with its sign if asked for."""
    number = finite(value)
    if number is None:
        return MISSING
    if abs(number) < NO_SHARE:
        return "0 %"
    percent = even(100.0 * number)
    text = rounded(percent, SHARE_DIGITS if abs(percent) >= 1.0 else SMALL_DIGITS)
    return f"{'+' if sign and percent > 0.0 else ''}{text} %"


def part_of(part: float, whole: float, *, sign: bool = False) -> str:
    """A part of a whole in percent; blank where the whole is nothing beside it."""
    return share(part / abs(whole), sign=sign) if whole and abs(part) <= MOST_TIMES * abs(whole) else ""


def within(gap: float, amount: float | None = None) -> str:
    """A relative gap in percent; where the figure itself is nothing beside it the amount, if it is known."""
    if gap <= MOST_TIMES:
        return share(gap)
    return "more than the figure itself" if finite(amount) is None else figure(abs(amount or 0.0))


def share_up(value: float) -> str:
    """A share rounded up to a tenth of a percent, so that 'never more than' stays true."""
    tenths = int(1000 * value) + (1 if 1000 * value - int(1000 * value) > NOTHING else 0)
    return f"{tenths / 10:g} %"


def typed(value: SupportsFloat | None) -> str:
    """A figure as it was typed into a cell or an option, up to nine digits; one that was reckoned as :func:`figure`."""
    number = finite(value)
    if number is None:
        return MISSING
    if abs(number) >= ENDLESS:
        return power(number)
    if math.isclose(number, float(f"{number:.{TYPED}g}"), rel_tol=1e-12):
        return decimal(number, TYPED)
    return figure(number)


def typed_share(value: SupportsFloat | None) -> str:
    """A share in percent as it was typed: '12.5 %', '150 %'."""
    number = finite(value)
    return MISSING if number is None else f"{typed(float(f'{100.0 * number:.12g}'))} %"


def millions(value: float) -> str:
    """An amount of USD million as it was typed."""
    return f"{typed(value)} million USD"


def told_apart(one: float, other: float) -> tuple[str, str]:
    """Two figures that are held against each other, with as many digits as it takes to tell them apart."""
    told = figure(one), figure(other)
    for more in (6, 9, 12, 15):
        if told[0] != told[1]:
            break
        told = decimal(one, more), decimal(other, more)
    return told


def digits(value: float, most: int = 17) -> str:
    """A figure as a cell or `--set` takes it, with so many significant digits at most and no thousands apart."""
    return unmistakable(f"{value:.{most}g}")


def unmistakable(text: str) -> str:
    """A figure with one more digit where three after the point might be thousands: '1.1250' for '1.125'."""
    whole, _, rest = text.lstrip("+-").partition(".")
    return text + "0" if len(rest) == 3 and rest.isdigit() and len(whole) <= 3 and whole.strip("0") else text


def count(number: int) -> str:
    """A number of things that were counted: '12,345'."""
    return f"{number:,}"


def whole(value: SupportsFloat | None) -> str:
    """A figure of which only the whole part tells something: seconds, megabytes, how many times as much."""
    number = finite(value)
    return MISSING if number is None else _nought(f"{even(number):,.0f}")


def clock(seconds: float) -> str:
    """Seconds of a running clock: '12.0'."""
    return f"{seconds:.1f}"


def power(value: float) -> str:
    """The size of a number as a power of ten: '6e+01'. Only where the size is what is told."""
    return f"{value:.0e}"


def exact(value: SupportsFloat | None, most: int = 10) -> str:
    """A figure with so many significant digits, where two that nearly agree are told: tests, golden files, claims."""
    number = finite(value)
    return MISSING if number is None else decimal(number, most)


def rounded(value: float, significant: int) -> str:
    """A figure with so many significant digits, whole where it has more of them in front of the point."""
    return f"{value:,.0f}" if abs(value) >= 10.0 ** min(significant, 3) else decimal(value, significant)


def decimal(value: float, significant: int) -> str:
    """A figure with so many significant digits: '1,234.5', '0.0000195'; never '1.95e-05'."""
    text = f"{value:,.{significant}g}"
    if "e" not in text:
        return _nought(text)
    if abs(value) >= 1.0:
        return f"{value:,.0f}"
    places = significant - 1 - math.floor(math.log10(abs(value)))
    return f"{value:,.{places}f}".rstrip("0")


def finite(value: SupportsFloat | str | None) -> float | None:
    """A finite number; None for anything else."""
    if value is None or isinstance(value, str):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _nought(text: str) -> str:
    """A text of a figure without a sign before nought."""
    return "0" if text == "-0" else text
