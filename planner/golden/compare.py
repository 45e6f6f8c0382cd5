"""Accepted figures against new ones: what moved, by how much, and whether the searches' open gaps allow saying so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias

from planner.golden.figures import UNITS, Figures, OutcomeFigure
from planner.golden.tolerances import FLOOR, GROUPS, IGNORE, Tolerances
from planner.ordering import place
from planner.wording.figures import exact, figure, share, signed, whole

Verdict: TypeAlias = Literal["changed", "open"]
"""'changed' is a difference; 'open' one that the gaps left open by the two searches do not allow to be told."""

PLAIN = {"money": "money", "totals": "total", "countries": "country", "outcomes": "outcome"}
_BETWEEN = ", "


@dataclass(frozen=True)
class InputChange:
    """One cell that differs from when the figures were accepted; blank where the row or the cell was not there."""

    sheet: str
    row: str
    column: str
    cell: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """The cell and what became of it."""
        place = f"{self.cell} ({self.row})" if self.cell else f"{self.sheet}, row '{self.row}'"
        if not self.column:
            return f"{place}: the row is {'new' if self.after else 'gone'}"
        return f"{place}, {self.column}: {self.before or 'blank'} -> {self.after or 'blank'}"


@dataclass(frozen=True)
class FigureChange:
    """One figure that moved beyond its tolerance. `size` is its share of the group's whole; causes are in words."""

    group: str
    path: tuple[str, ...]
    before: float | str | None
    after: float | str | None
    unit: str
    size: float
    verdict: Verdict = "changed"
    causes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Group and path as people would say them."""
        if self.group in ("status", "objective"):
            return self.group
        head = PLAIN.get(self.group, {"switches": "decision", "rules": "binding rule"}.get(self.group, "model's"))
        return f"{head} {_BETWEEN.join(self.path)}"

    @property
    def moved(self) -> str:
        """Before, after, and the difference."""
        old, new = (_worded(v, self.group) for v in (self.before, self.after))
        if old == new:
            old, new = (exact(v) if isinstance(v, float) else old for v in (self.before, self.after))
        unit = f" {self.unit}" if self.unit else ""
        if isinstance(self.before, float | int) and isinstance(self.after, float | int):
            change = self.after - self.before
            part = f", {share(change / abs(self.before), sign=True)}" if self.before else ""
            return f"{old} -> {new}{unit} ({signed(change)}{part})"
        return f"{old} -> {new}{unit}"

    @property
    def sentence(self) -> str:
        """All of it in a line."""
        return f"{self.name}: {self.moved}"


@dataclass(frozen=True)
class GoldenReport:
    """A plan held against accepted figures: differences and open ones (largest first), and what else differs."""

    case: str
    grid: str
    accepted: str
    changes: tuple[FigureChange, ...]
    inputs: tuple[InputChange, ...] = ()
    around: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    strict: bool = False
    compared: Mapping[str, int] = field(default_factory=dict)

    @property
    def differences(self) -> tuple[FigureChange, ...]:
        """What counts: beyond tolerance and not left open by a gap (under `strict` those too)."""
        return tuple(c for c in self.changes if c.verdict == "changed" or self.strict)

    @property
    def open(self) -> tuple[FigureChange, ...]:
        """What moved less than the searches left open."""
        return tuple(c for c in self.changes if c.verdict == "open" and not self.strict)

    @property
    def ok(self) -> bool:
        """Whether the plan is the accepted one."""
        return not self.differences


def _worded(value: float | str | None, group: str) -> str:
    """A figure, a date, a state."""
    if value is None:
        return {"switches": "not taken", "rules": "not binding"}.get(group, "not there")
    if isinstance(value, str):
        return value
    return whole(value) if group == "size" else figure(value)


def compare_figures(before: Figures, after: Figures, tolerances: Tolerances) -> tuple[FigureChange, ...]:
    """Every figure that moved beyond its tolerance, the status and the objective first, then by size.

    The two searches prove that the best plans score within [objective, objective + open]. Where these ranges overlap,
    the data do not say that the best plan moved: the objective and whatever moved with it is 'open', unless a tolerance
    was stated for it. Where both searches were closed (no gap), every figure beyond its tolerance is a difference.
    """
    if before.status != after.status:
        return (FigureChange("status", (), before.status, after.status, "", 1.0),)
    found = list(_objective(before, after, tolerances))
    undecided = _gap_open(before, after) and all(c.verdict == "open" for c in found)
    rest = [
        *_outcomes(before, after, tolerances),
        *_rows("money", before.money, after.money, tolerances, UNITS["money"]),
        *_parts("totals", before.totals, after.totals, tolerances),
        *_countries(before, after, tolerances),
        *_switches(before, after, tolerances),
        *_rules(before, after, tolerances),
    ]
    judged = [replace(c, verdict="open") if undecided and _unstated(c, tolerances) else c for c in rest]
    found += sorted(judged, key=lambda c: (-place(c.size), GROUPS.index(c.group), c.path))
    found += _size(before, after, tolerances)
    return tuple(found)


def _unstated(change: FigureChange, tolerances: Tolerances) -> bool:
    """Whether nobody stated a tolerance for what changed."""
    return tolerances.explicit(change.group, *change.path) is None


def _gap_open(before: Figures, after: Figures) -> bool:
    """Whether either search left anything open that could be told from rounding."""
    return any(f.open_points > 1e-7 * max(1.0, abs(f.objective or 0.0)) for f in (before, after))


def beyond(before: float, after: float, tolerance: float) -> bool:
    """Whether a figure moved by more than a share of itself (and by more than rounding)."""
    return tolerance != IGNORE and abs(after - before) > max(FLOOR, tolerance * max(abs(before), abs(after)))


def _objective(before: Figures, after: Figures, tolerances: Tolerances) -> Iterator[FigureChange]:
    """The objective, by the ranges in which the best plans are proven to lie."""
    if before.objective is None or after.objective is None:
        return
    old, new = before.objective, after.objective
    stated = tolerances.explicit("objective")
    if not beyond(old, new, tolerances.of("objective")):
        return
    left_open = before.open_points if new > old else after.open_points
    verdict: Verdict = "open" if stated is None and abs(new - old) <= left_open + FLOOR else "changed"
    yield FigureChange(
        "objective", (), old, new, UNITS["objective"], _share(new - old, max(abs(old), abs(new))), verdict
    )


def _share(change: float, whole: float) -> float:
    """Size of a change against a whole."""
    return min(1.0, abs(change) / whole) if whole > 0.0 else 1.0


def _outcomes(before: Figures, after: Figures, tolerances: Tolerances) -> Iterator[FigureChange]:
    """Outcomes; a change worth less than what the searches left open is open."""
    left_open = before.open_points + after.open_points
    for name in _names(before.outcomes, after.outcomes):
        old, new = before.outcomes.get(name), after.outcomes.get(name)
        if old is None or new is None:
            yield FigureChange(
                "outcomes", (name,), _value(old), _value(new), (old or new or OutcomeFigure(0.0)).unit, 1.0
            )
            continue
        if not beyond(old.value, new.value, tolerances.of("outcomes", name)):
            continue
        worth = abs(new.value - old.value) * max(abs(old.weight), abs(new.weight))
        stated = tolerances.explicit("outcomes", name) is not None
        verdict: Verdict = "open" if not stated and 0.0 < worth <= left_open else "changed"
        whole = max(abs(old.value), abs(new.value))
        yield FigureChange(
            "outcomes", (name,), old.value, new.value, new.unit, _share(new.value - old.value, whole), verdict
        )


def _value(outcome: OutcomeFigure | None) -> float | None:
    """Value of an outcome that may not be there."""
    return None if outcome is None else outcome.value


def _names(*rows: Mapping[str, object]) -> list[str]:
    """Names of either side, in order."""
    return sorted({name for row in rows for name in row})


def _rows(
    group: str,
    before: Mapping[str, Mapping[str, float]],
    after: Mapping[str, Mapping[str, float]],
    tolerances: Tolerances,
    unit: str,
    *path: str,
) -> Iterator[FigureChange]:
    """Figures in rows by name and phase; what stands on one side only counts as nothing on the other."""
    whole = max((_total(side) for side in (before, after)), default=0.0)
    for name in _names(before, after):
        old, new = before.get(name, {}), after.get(name, {})
        for phase in _names(old, new):
            was, now = old.get(phase, 0.0), new.get(phase, 0.0)
            steps = (*path, name, phase)
            if beyond(was, now, tolerances.of(group, *steps)):
                yield FigureChange(group, steps, was, now, unit, _share(now - was, whole))


def _total(rows: Mapping[str, Mapping[str, float]]) -> float:
    """Sum of the absolute figures of a table, without its total column."""
    return sum(abs(v) for row in rows.values() for name, v in row.items() if name != "plan" or len(row) == 1)


def _parts(
    group: str,
    before: Mapping[str, Mapping[str, float]],
    after: Mapping[str, Mapping[str, float]],
    tolerances: Tolerances,
) -> Iterator[FigureChange]:
    """Totals by part (money, visas, slots, officers), each against its own whole."""
    for part in _names(before, after):
        sides = [{part: side[part]} if part in side else {} for side in (before, after)]
        yield from _rows(group, sides[0], sides[1], tolerances, UNITS.get(part, ""))


def _countries(before: Figures, after: Figures, tolerances: Tolerances) -> Iterator[FigureChange]:
    """The division: part, country, phase."""
    for part in _names(before.countries, after.countries):
        old, new = before.countries.get(part, {}), after.countries.get(part, {})
        yield from _rows("countries", old, new, tolerances, UNITS.get(part, ""), part)


def _switches(before: Figures, after: Figures, tolerances: Tolerances) -> Iterator[FigureChange]:
    """Decisions taken, dropped or moved by more than the tolerated days."""
    for name in _names(before.switches, after.switches):
        old, new = before.switches.get(name), after.switches.get(name)
        allowed = tolerances.of("switches", name)
        if old == new or allowed == IGNORE:
            continue
        days = _days(old, new)
        if days is None or days > allowed:
            yield FigureChange("switches", (name,), old, new, "", 1.0 if days is None else _share(days, 3650.0))


def _days(old: str | None, new: str | None) -> float | None:
    """Days between two dates; None where one of them is none."""
    try:
        return float(abs((date.fromisoformat(old or "") - date.fromisoformat(new or "")).days))
    except ValueError:
        return None


def _rules(before: Figures, after: Figures, tolerances: Tolerances) -> Iterator[FigureChange]:
    """Rules that bind or no longer do, or whose limit moved."""
    for name in _names(before.rules, after.rules):
        tolerance = tolerances.of("rules", name)
        if tolerance == IGNORE:
            continue
        there = name in before.rules, name in after.rules
        old, new = before.rules.get(name), after.rules.get(name)
        if all(there):
            if old is None or new is None or not beyond(old, new, tolerance):
                continue
            yield FigureChange("rules", (name,), old, new, "", _share(new - old, max(abs(old), abs(new))))
        else:
            limit = old if there[0] else new
            words = "binding" if limit is None else f"binding at {figure(limit)}"
            yield FigureChange("rules", (name,), words if there[0] else None, words if there[1] else None, "", 0.0)


def _size(before: Figures, after: Figures, tolerances: Tolerances) -> list[FigureChange]:
    """Rows and columns of the model: told last, because whoever changes a rule expects them to change."""
    return [
        FigureChange("size", (name,), float(old), float(new), "", _share(new - old, max(old, new)))
        for name in _names(before.size, after.size)
        if (old := before.size.get(name, 0)) != (new := after.size.get(name, 0))
        and beyond(float(old), float(new), tolerances.of("size", name))
    ]


def counts(figures: Figures) -> dict[str, int]:
    """How many figures of each group there are."""
    tables: Iterable[tuple[str, Mapping[str, Mapping[str, object]]]] = (
        ("money", figures.money),
        ("totals", figures.totals),
    )
    return {
        "status": 1,
        "objective": int(figures.objective is not None),
        "outcomes": len(figures.outcomes),
        **{group: sum(len(row) for row in rows.values()) for group, rows in tables},
        "countries": sum(len(row) for part in figures.countries.values() for row in part.values()),
        "switches": len(figures.switches),
        "rules": len(figures.rules),
        "size": len(figures.size),
    }
