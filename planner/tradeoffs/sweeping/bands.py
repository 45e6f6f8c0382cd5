"""Allocation bands: what grows, what is dropped, what comes in and at which budget, from a sweep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from planner.ordering import place
from planner.tradeoffs.sweeping.curves import Subject, Sweep, SweepPoint
from planner.wording.figures import figure, within
from planner.wording.lists import listed

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("programme", "visa", "site", "reform", "raw")
"""Kinds of rows that are listed: what is given, and what is decided."""
NONE = 1e-6
"""Share of the largest amount over the range that counts as nothing."""

Trend = Literal["grows", "falls", "turns", "steady", "comes in", "goes out", "comes and goes"]


@dataclass(frozen=True)
class Crossing:
    """Where a row comes in or goes out: at an exact place (`low == high`), or between two solved places."""

    low: float
    high: float
    comes_in: bool

    @property
    def exact(self) -> bool:
        """Whether the place is exact."""
        return self.low == self.high


@dataclass(frozen=True)
class Band:
    """One programme, site or reform over the range: amount (own unit) and money (USD million) at each solved place.

    `enters` is where it comes in for good, seen from the lowest place up, `leaves` where it goes out for good; None
    where it does not. `crossings` holds every change.
    """

    sheet: str
    row: str
    kind: str
    unit: str
    amounts: tuple[float, ...]
    money: tuple[float, ...]
    trend: Trend
    enters: Crossing | None
    leaves: Crossing | None
    crossings: tuple[Crossing, ...]


@dataclass(frozen=True)
class Bands:
    """All rows that get something somewhere in the range, those with most money first."""

    sweep: Sweep
    places: tuple[str, ...]
    rows: tuple[Band, ...]
    sentences: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """One row a programme, site or reform: amount at each place, enters at, leaves at."""
        import pandas as pd  # noqa: PLC0415  (nobody else here needs it)

        rows = []
        for band in self.rows:
            row: dict[str, Any] = {"sheet": band.sheet, "row": band.row, "unit": band.unit, "trend": band.trend}
            row |= {"enters at": self.where(band.enters), "leaves at": self.where(band.leaves)}
            row |= {f"amount at {p}": a for p, a in zip(self.places, band.amounts, strict=True)}
            row |= {f"USD million at {p}": m for p, m in zip(self.places, band.money, strict=True)}
            rows.append(row)
        return pd.DataFrame(rows)

    def where(self, crossing: Crossing | None) -> str:
        """A place of the range in words."""
        return where(self.sweep, crossing)

    def to_json(self) -> dict[str, Any]:
        """For a file."""
        return {
            "places": list(self.places),
            "rows": [
                {"sheet": b.sheet, "row": b.row, "kind": b.kind, "unit": b.unit, "trend": b.trend,
                 "amounts": list(b.amounts), "money": list(b.money),
                 "enters": None if b.enters is None else [b.enters.low, b.enters.high],
                 "leaves": None if b.leaves is None else [b.leaves.low, b.leaves.high]} for b in self.rows
            ],
            "sentences": list(self.sentences),
        }  # fmt: skip


def where(sweep: Sweep, crossing: Crossing | None) -> str:
    """A place of the range in words; blank for none."""
    if crossing is None:
        return ""
    if crossing.exact:
        return sweep.group.shown(crossing.low)
    return f"{sweep.group.shown(crossing.low)} to {sweep.group.shown(crossing.high)}"


def allocation_bands(sweep: Sweep) -> Bands:
    """Read from a sweep what grows and what is dropped; with exact parts rows come and go at exact places.

    Args:
        sweep: As :func:`sweep` returns it.

    Returns:
        For each row its amounts, in its unit, over the places of the sweep.

    Example:
        >>> found = planner.tradeoffs.sweep(case, "Appropriations!*.Amount", "80%", "120%", points=3, options=options)
        >>> len(planner.tradeoffs.allocation_bands(found).rows) > 0
        True
    """
    points = sweep.found
    subjects = [s for s, kind in sorted(sweep.kinds.items()) if kind in SHOWN]
    rows = [band for s in subjects if (band := _band(sweep, points, s)) is not None]
    rows.sort(key=lambda b: (-place(max(b.money, default=0.0)), b.sheet, b.row))
    return Bands(sweep, tuple(p.shown for p in points), tuple(rows), tuple(_sentences(sweep, rows)))


def _band(sweep: Sweep, points: tuple[SweepPoint, ...], subject: Subject) -> Band | None:
    """One row; None where it never gets anything."""
    amounts = tuple(p.allocation.amounts.get(subject, 0.0) for p in points)
    money = tuple(p.allocation.money.get(subject, 0.0) for p in points)
    exact = [(part.low, part.high, part.first.amounts.get(subject, 0.0), part.last.amounts.get(subject, 0.0))
             for part in sweep.parts]  # fmt: skip
    most = max([abs(a) for a in amounts] + [abs(v) for *_, a, b in exact for v in (a, b)], default=0.0)
    if most <= 1e-9:
        return None
    tiny = NONE * most
    if exact:
        crossings = tuple(_exact_crossings(exact, tiny))
        ends = (exact[0][2], exact[-1][3])
        levels = [v for *_, a, b in exact for v in (a, b)]
    else:
        crossings = tuple(
            Crossing(p.place, q.place, comes_in=b > tiny)
            for (p, q), (a, b) in zip(pairwise(points), pairwise(amounts), strict=True)
            if (a > tiny) != (b > tiny)
        )
        ends, levels = (amounts[0], amounts[-1]), list(amounts)
    enters = crossings[-1] if crossings and crossings[-1].comes_in else None
    leaves = crossings[-1] if crossings and not crossings[-1].comes_in else None
    trend = _trend(levels, len(crossings), (ends[0] > tiny, ends[1] > tiny), most)
    unit = sweep.amount_units.get(subject, "")
    return Band(*subject, sweep.kinds[subject], unit, amounts, money, trend, enters, leaves, crossings)


def _exact_crossings(parts: list[tuple[float, float, float, float]], tiny: float) -> Iterator[Crossing]:
    """Where an amount on straight parts becomes positive or nothing."""
    before: bool | None = None
    for low, _, first, last in parts:
        positive = max(first, last) > tiny
        if before is not None and positive != before:
            yield Crossing(low, low, comes_in=positive)
        before = positive


def _trend(levels: list[float], crossings: int, ends: tuple[bool, bool], most: float) -> Trend:
    """One word for how an amount moves as the place goes up."""
    if crossings > 1:
        return "comes and goes"
    if crossings == 1:
        return "comes in" if ends[1] else "goes out"
    steps = [b - a for a, b in pairwise(levels)]
    up, down = any(s > 1e-4 * most for s in steps), any(s < -1e-4 * most for s in steps)
    return "turns" if up and down else "grows" if up else "falls" if down else "steady"


def _sentences(sweep: Sweep, rows: list[Band]) -> Iterator[str]:
    """What comes in, what is dropped, what takes the growth."""
    points = sweep.found
    if len(points) < 2:
        return
    ends = f"As {describe(sweep)} goes from {points[0].shown} to {points[-1].shown}"
    entering = sorted((b for b in rows if b.enters), key=lambda b: place(b.enters.low if b.enters else 0.0))
    leaving = sorted((b for b in rows if b.leaves), key=lambda b: place(b.leaves.low if b.leaves else 0.0))
    if entering:
        names = [f"'{b.row}' ({_at(sweep, b.enters)})" for b in entering]
        yield f"{ends}, {_counted(entering)} in: {listed(names, 8)}."
    if leaving:
        names = [f"'{b.row}' ({_at(sweep, b.leaves)})" for b in leaving]
        count = "1 row is" if len(leaving) == 1 else f"{len(leaving)} rows are"
        yield f"{ends}, {count} dropped: {listed(names, 8)}."
    growth = sorted(rows, key=lambda b: -place(b.money[-1] - b.money[0]))
    more = [f"'{b.row}' (+{figure(b.money[-1] - b.money[0])})" for b in growth if b.money[-1] - b.money[0] > 1e-6][:5]
    less = [f"'{b.row}' ({figure(b.money[-1] - b.money[0])})" for b in growth[::-1]
            if b.money[-1] - b.money[0] < -1e-6][:5]  # fmt: skip
    if more:
        yield f"Most of the growth goes to {listed(more)}, in USD million."
    if less:
        yield f"Less is spent on {listed(less)}, in USD million."
    come_and_go = [f"'{b.row}'" for b in rows if b.trend == "comes and goes"]
    if come_and_go:
        yield f"In the middle of the range only, or more than once, come: {listed(come_and_go, 5)}."
    if sweep.integer and not sweep.exact and (entering or leaving or come_and_go):
        widest = max((p.gap or 0.0 for p in points), default=0.0)
        yield f"Each plan is proven within {within(widest)}: rows may come or go for differences smaller than that."
    if not (entering or leaving or more or less):
        yield f"{ends}, no programme, visa stream, site or reform gets more money or less."


def _counted(rows: list[Band]) -> str:
    """'1 row comes', '3 rows come'."""
    return "1 row comes" if len(rows) == 1 else f"{len(rows)} rows come"


def _at(sweep: Sweep, crossing: Crossing | None) -> str:
    """'at 93 %' or 'between 90 % and 95 %'."""
    if crossing is None:
        return ""
    if crossing.exact:
        return f"at {sweep.group.shown(crossing.low)}"
    return f"between {sweep.group.shown(crossing.low)} and {sweep.group.shown(crossing.high)}"


def describe(sweep: Sweep) -> str:
    """The swept cells in a few words."""
    cells = sweep.group.cells
    if len(cells) == 1:
        return f"'{cells[0].key}', {cells[0].column.name} ({cells[0].address})"
    sheets = dict.fromkeys(f"{c.sheet.SHEET}, {c.column.name}" for c in cells)
    return f"{listed(list(sheets))} ({len(cells)} cells together)"
