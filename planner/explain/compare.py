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
    """Compare plans or cases with one of them: inputs, outcomes, decisions.

    Args:
        entries: Two or more, each with its own name: a case with its plan.
        reference: Which of them the others are compared with.

    Returns:
        For each other entry the changed cells, outcomes in their units and decisions.

    Raises:
        ValueError: There are fewer than two entries, or two of one name.

    Example:
        >>> more = planner.workbook.reread(case, ["Staff!asylum officer / Border post.In post=20"])
        >>> sides = [planner.explain.ComparedCase("now", case, plan),
        ...          planner.explain.ComparedCase("more", more, planner.solve(more, options))]
        >>> [(one.cell, one.before, one.after) for one in planner.explain.compare(sides).inputs]
        [('Staff!E5', '12', '20')]
    """
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
            present = other if other is not None else one
            assert present is not None
            if one is None or other is None:
                ends = ("", "there") if one is None else ("there", "")
                told = f"{sheet.SHEET}, row '{key}' is {'new' if one is None else 'gone'} ({present.origin()})."
                found.append(InputChange(name, sheet.SHEET, key, "", present.origin(), *ends, told))
                continue
            for column in columns(sheet):
                was, now = getattr(one, column.field), getattr(other, column.field)
                if was != now and column.field not in ("source", "grade", "note"):
                    lacking = column.field in one.cells and column.field not in other.cells
                    cell, ends = (one if lacking else other).origin(column.field), (shown(was), shown(now))
                    told = f"{cell} ({key}), {column.name}: {' -> '.join(ends)}."
                    found.append(InputChange(name, sheet.SHEET, key, column.name, cell, *ends, told))
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
    old, new = before.plan.objective, after.plan.objective
    open_points = sum((p.gap or 0.0) * abs(p.objective or 0.0) for p in (before.plan, after.plan))
    if old is not None and new is not None:
        same = abs(new - old) <= open_points + 1e-9 * abs(old)
        found.append(_outcome(after.name, "objective", "points", "", old, new, same=same, more=True))
    for name in was:
        if name in now:
            row, one, other = rows[name], was[name], now[name]
            open_units = open_points / row.weight if row.weight else 0.0
            same = abs(other - one) <= max(1e-6 * max(1.0, abs(one)), open_units)
            cell, more = row.origin("weight"), row.better == "more"
            found.append(_outcome(after.name, name, row.unit, cell, one, other, same=same, more=more))
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
    told = f"{name}: {outcome} {figure(after, unit)} {unit} against {figure(before, unit)}: {verdict}."
    return OutcomeChange(name, outcome, unit, cell, before, after, same, better, told)


def change_ledger(
    before: Plan,
    after: Plan,
    name: str = "",
    inputs: Sequence[InputChange] = (),
    *,
    least: float = 0.01,
    reasons: Callable[[str, str, str], str] | None = None,
) -> list[DecisionChange]:
    """Decisions that differ between two plans, by phase: what is new, dropped, more or less.

    Args:
        before: A plan.
        after: Another plan of the same rows.
        name: What the other plan is called in sentences.
        inputs: Changed cells; a decision about the row of one names it as its reason.
        least: Smallest difference that is told, as a share of the larger amount.
        reasons: (sheet, row, phase) -> a reason where no input of the row changed; None: it follows from other
            changes.

    Returns:
        One entry a row and phase, each amount in the row's unit.

    Example:
        >>> more = planner.workbook.reread(case, ["Staff!asylum officer / Border post.In post=20"])
        >>> found = planner.explain.change_ledger(plan, planner.solve(more, options), "more officers")
        >>> sorted({one.sheet for one in found})
        ['Deployments', 'Pipelines', 'Reforms']
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
        told = f"{name}: {row}: {old} -> {new} ({kind}; {reason})."
        found.append(DecisionChange(name, sheet, row, cell, "", "decision", old, new, kind, reason, told))
    return found


def _date(taken: Any, date: Any) -> str:
    """Whether and when a switch is taken."""
    if not taken:
        return "no"
    return "from the start" if pd.isna(date) else str(date)
