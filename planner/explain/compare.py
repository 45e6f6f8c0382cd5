"""Any number of plans side by side: what was put in, what is decided, what comes out, and what made the difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.sheets import SHEETS, Outcomes, columns
from planner.wording.figures import digits, figure, part_of, signed
from planner.wording.lists import listed


@dataclass(frozen=True)
class ComparedCase:
    """One side of a comparison: a name, a case, and its plan if it is solved."""

    name: str
    case: Case
    plan: Plan | None = None


@dataclass(frozen=True)
class InputChange:
    """One cell that differs: `before` and `after` as text, blank where the row does not exist."""

    name: str
    sheet: str
    row: str
    column: str
    cell: str
    before: str
    after: str
    sentence: str


@dataclass(frozen=True)
class DecisionChange:
    """One decision that differs: a level in a phase (units), or the date of a yes."""

    name: str
    sheet: str
    row: str
    cell: str
    phase: str
    unit: str
    before: float | str
    after: float | str
    kind: str
    reason: str
    sentence: str


@dataclass(frozen=True)
class OutcomeChange:
    """One outcome in two plans. `same` where the difference is smaller than what the searches left open."""

    name: str
    outcome: str
    unit: str
    cell: str
    before: float
    after: float
    same: bool
    better: bool
    sentence: str


@dataclass(frozen=True)
class Comparison:
    """Differences of every entry from the reference."""

    reference: str
    inputs: tuple[InputChange, ...]
    decisions: tuple[DecisionChange, ...]
    outcomes: tuple[OutcomeChange, ...]
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All of it in lines."""
        lines = [x.sentence for x in self.inputs] + [x.sentence for x in self.decisions]
        return "\n".join([*lines, *(x.sentence for x in self.outcomes), *self.notes])


def compare(entries: Sequence[ComparedCase], reference: int = 0) -> Comparison:
    """Compare each entry with the reference. Raises ValueError for fewer than two, or two of one name."""
    if len(entries) < 2:
        message = "A comparison needs at least two cases or plans."
        raise ValueError(message)
    names = [e.name for e in entries]
    if len(set(names)) < len(names):
        message = f"Each side of a comparison needs a name of its own, not {listed([repr(n) for n in names])}."
        raise ValueError(message)
    base = entries[reference]
    inputs: list[InputChange] = []
    decisions: list[DecisionChange] = []
    outcomes: list[OutcomeChange] = []
    notes: list[str] = []
    for entry in entries:
        if entry is base:
            continue
        changed = changed_inputs(base.case, entry.case, entry.name)
        inputs += changed
        if base.plan is None or entry.plan is None or not base.plan.found or not entry.plan.found:
            notes += [
                f"{e.name}: {e.plan.status.value}." for e in (base, entry) if e.plan is not None and not e.plan.found
            ]
            continue
        decisions += change_ledger(base.plan, entry.plan, entry.name, changed)
        outcomes += changed_outcomes(base, entry)
        if not changed:
            notes.append(f"{entry.name}: no cell differs from {base.name}.")
    return Comparison(base.name, tuple(inputs), tuple(decisions), tuple(outcomes), tuple(dict.fromkeys(notes)))


def changed_inputs(before: Case, after: Case, name: str = "") -> list[InputChange]:
    """Every cell that differs, by sheet and row key; rows new or gone are told once, sources and notes left out."""
    found = []
    for sheet in SHEETS:
        old, new = ({row.id: row for row in case.of(sheet)} for case in (before, after))
        for key in sorted({*old, *new}):
            one, other = old.get(key), new.get(key)
            if one is None or other is None:
                present = other if other is not None else one
                assert present is not None
                verb = "new" if one is None else "gone"
                found.append(
                    InputChange(
                        name,
                        sheet.SHEET,
                        key,
                        "",
                        present.origin(),
                        "" if one is None else "there",
                        "there" if one is None else "",
                        f"{sheet.SHEET}, row '{key}' is {verb} ({present.origin()}).",
                    )
                )
                continue
            for column in columns(sheet):
                was, now = getattr(one, column.field), getattr(other, column.field)
                if was != now and column.field not in ("source", "grade", "note"):
                    lacking = column.field in one.cells and column.field not in other.cells
                    cell = (one if lacking else other).origin(column.field)
                    found.append(
                        InputChange(
                            name,
                            sheet.SHEET,
                            key,
                            column.name,
                            cell,
                            shown(was),
                            shown(now),
                            f"{cell} ({key}), {column.name}: {shown(was)} -> {shown(now)}.",
                        )
                    )
    return found


def shown(value: Any) -> str:
    """A cell's value as a person would read it."""
    if value is None or value in ("", ()):
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return digits(value, 10)
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def changed_outcomes(before: ComparedCase, after: ComparedCase) -> list[OutcomeChange]:
    """Every outcome of two solved entries. The gaps say below what a difference of the objective means nothing."""
    assert before.plan is not None
    assert after.plan is not None
    rows = {row.outcome: row for row in (*before.case.of(Outcomes), *after.case.of(Outcomes))}
    was, now = (
        dict(zip(p.tables["outcomes"]["outcome"], p.tables["outcomes"]["value"], strict=True))
        for p in (before.plan, after.plan)
    )
    found = []
    open_points = (before.plan.gap or 0.0) * abs(before.plan.objective or 0.0) + (after.plan.gap or 0.0) * abs(
        after.plan.objective or 0.0
    )
    if before.plan.objective is not None and after.plan.objective is not None:
        same = abs(after.plan.objective - before.plan.objective) <= open_points + 1e-9 * abs(before.plan.objective)
        found.append(
            _outcome(
                after.name, "objective", "points", "", before.plan.objective, after.plan.objective, same=same, more=True
            )
        )
    for name in was:
        if name in now:
            row = rows[name]
            tiny = 1e-6 * max(1.0, abs(was[name]))
            open_units = open_points / row.weight if row.weight else 0.0
            same = abs(now[name] - was[name]) <= max(tiny, open_units)
            found.append(
                _outcome(
                    after.name,
                    name,
                    row.unit,
                    row.origin("weight"),
                    was[name],
                    now[name],
                    same=same,
                    more=row.better == "more",
                )
            )
    return found


def _outcome(
    name: str, outcome: str, unit: str, cell: str, before: float, after: float, *, same: bool, more: bool
) -> OutcomeChange:
    """One outcome with its sentence."""
    better = (after > before) == more and not same
    change = after - before
    part = part_of(change, before, sign=True)
    share = f", {part}" if part else ""
    verdict = (
        "no difference (smaller than what the searches left open)"
        if same
        else f"{signed(change, unit)} {unit}{share}, {'better' if better else 'worse'}"
    )
    return OutcomeChange(
        name,
        outcome,
        unit,
        cell,
        before,
        after,
        same,
        better,
        f"{name}: {outcome} {figure(after, unit)} {unit} against {figure(before, unit)}: {verdict}.",
    )


def change_ledger(
    before: Plan,
    after: Plan,
    name: str = "",
    inputs: Sequence[InputChange] = (),
    *,
    least: float = 0.01,
    reasons: Callable[[str, str, str], str] | None = None,
) -> list[DecisionChange]:
    """Decisions that differ between two plans, by phase: what is new, dropped, more or less by at least a share.

    The reason is the changed cell of the same row where there is one; else what `reasons(sheet, row, phase)` says, else
    that it follows from other changes.
    """
    own: dict[tuple[str, str], list[str]] = {}
    for change in inputs:
        own.setdefault((change.sheet, change.row), []).append(
            f"{change.column or 'row'} {change.before} -> {change.after} ({change.cell})"
        )
    was, now = _levels(before), _levels(after)
    found = []
    for key in sorted({*was, *now}):
        sheet, row, phase = key
        old, new = was.get(key, ("", "", 0.0)), now.get(key, ("", "", 0.0))
        unit, cell = (new if key in now else old)[:2]
        size = max(abs(old[2]), abs(new[2]))
        if size <= 1e-6 or abs(new[2] - old[2]) <= max(least * size, 1e-6):
            continue
        kind = "new" if old[2] <= 1e-6 else "dropped" if new[2] <= 1e-6 else "more" if new[2] > old[2] else "less"
        reason = (
            listed(own[sheet, row])
            if (sheet, row) in own
            else reasons(sheet, row, phase)
            if reasons is not None
            else "follows from the other changes"
        )
        sentence = (
            f"{name}: {row} in {phase}: {figure(old[2], unit)} -> {figure(new[2], unit)} {unit} ({kind}; {reason})."
        )
        found.append(DecisionChange(name, sheet, row, cell, phase, unit, old[2], new[2], kind, reason, sentence))
    return found + _switches(before, after, name, own)


def _levels(plan: Plan) -> dict[tuple[str, str, str], tuple[str, str, float]]:
    """(unit, cell, level) by sheet, row and phase."""
    table, periods = plan.tables["activities"], plan.tables["periods"]
    phase = dict(zip(periods["period"], periods["phase"], strict=True))
    found: dict[tuple[str, str, str], tuple[str, str, float]] = {}
    for kind, sheet, row, unit, cell, t, level in zip(
        *(table[c] for c in ("kind", "sheet", "row", "unit", "cell", "period", "level")), strict=True
    ):
        if kind in ("arrive", "soften", "site"):
            continue
        key = (str(sheet), str(row), str(phase[t]))
        found[key] = (str(unit), str(cell), found.get(key, ("", "", 0.0))[2] + float(level))
    return found


def _switches(before: Plan, after: Plan, name: str, own: Mapping[tuple[str, str], list[str]]) -> list[DecisionChange]:
    """Yes-or-no decisions that were taken, dropped or moved."""
    found = []
    sides = []
    for plan in (before, after):
        table = plan.tables["switches"]
        sides.append(
            {
                str(s): (str(sh), str(r), str(c), _date(t, d), bool(t))
                for s, sh, r, c, t, d in zip(
                    *(table[c] for c in ("switch", "sheet", "row", "cell", "taken", "date")), strict=True
                )
            }
        )
    for switch in sorted({*sides[0], *sides[1]}):
        one, other = sides[0].get(switch), sides[1].get(switch)
        old, new = (side[3] if side else "not there" for side in (one, other))
        if old == new:
            continue
        sheet, row, cell = (other or one or ("", "", ""))[:3]
        kind = "dropped" if not (other and other[4]) else "new" if not (one and one[4]) else "moved"
        reason = listed(own[sheet, row]) if (sheet, row) in own else "follows from the other changes"
        found.append(
            DecisionChange(
                name,
                sheet,
                row,
                cell,
                "",
                "decision",
                old,
                new,
                kind,
                reason,
                f"{name}: {row}: {old} -> {new} ({kind}; {reason}).",
            )
        )
    return found


def _date(taken: Any, date: Any) -> str:
    """Whether and when a switch is taken."""
    if not taken:
        return "no"
    return "from the start" if pd.isna(date) else str(date)
