"""The smallest changes after which a case has a plan: several, each with its cells and amounts, each proven by solving.

Which soft limits must give way comes from :mod:`planner.explain.corrections`, in the stated order; by how much at
least, from the elastic model. A repair is applied to the case's cells and the case is solved for any plan.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from models.matrix import Floats
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.explain.coefficient_limits import POINT, with_rows
from planner.explain.corrections import Corrections, of_same_kinds
from planner.explain.limits import Catalogue
from planner.explain.soft_limits import RANK, Relaxation, SoftLimit, Word
from planner.explain.solved_case import SolvedCase
from planner.options import Options
from planner.ordering import place
from planner.plan import Status
from planner.sheets import Row, Rules, columns
from planner.solve import Model, prepare
from planner.solver.basis import move
from planner.solver.carrying import carried_to
from planner.solver.elastic import ElasticSession, Relaxed
from planner.solver.session import Session
from planner.wording.figures import digits, figure
from planner.wording.units import plural
from planner.workbook.reader import reread

WEIGHT = {0: 1.0, 1: 4.0, 2: 40.0, 3: 4000.0}
"""What giving way costs by rank, for each soft limit and for its scaled amount."""
WORDS = ("target", "no")
"""What a cell may become that holds a word."""
Cells: TypeAlias = dict[tuple[type[Row], str], dict[str, Any]]
"""New values of cells: {(sheet, row key): {field: value}}."""

FINE = 1e-4
"""Share of an amount to which it is shown to be the least."""
MUCH_LESS = 0.5
"""Share of what fewer cells ask for, up to which a change of more cells is a repair of its own."""
SOUGHT = 4
"""So many times as many repairs are sought as are listed, so that the least of a kind is among them."""
TRIES = ((1.0, False), (1.0001, False), (1.02, False), (1.02, True), (1.1, False), (1.5, False), (1.5, True))
"""Factors on the amounts, tried where the straight line is not enough, and whether yes or no is searched anew."""


@dataclass(frozen=True)
class CellChange:
    """One cell to change. `amount` is how far its number moves, `old` and `new` the cell before and after.

    Where the limit has no cell of its own that gives way in a straight line `sets` is blank, and the change is in the
    unit of the limit.
    """

    policy: str
    words: str
    cell: str
    unit: str
    amount: float
    old: str
    new: str
    sets: str
    category: str

    @property
    def numeric(self) -> bool:
        """Whether a number changes, rather than a word: a right into a target, a duty into a choice."""
        return self.new not in WORDS


@dataclass(frozen=True)
class Repair:
    """A set of changes after which there is a plan. `proven` says by what; `sets` can be given to --set."""

    changes: tuple[CellChange, ...]
    category: str
    proven: bool
    how: str
    sentence: str

    @property
    def sets(self) -> tuple[str, ...]:
        """Changes as the command line takes them."""
        return tuple(c.sets for c in self.changes if c.sets)

    @property
    def total(self) -> float:
        """Sum of all amounts, each in its own unit: only for repairs in one unit a size."""
        return math.fsum(abs(c.amount) for c in self.changes)


def find_repairs(
    model: Model,
    elastic: ElasticSession[SoftLimit],
    options: Options,
    conflicts: Collection[frozenset[str]],
    most: int,
    unfinished: list[str],
) -> tuple[Repair, ...]:
    """Several repairs, the least first: by the highest category that gives way, then by number, then by amount.

    A change of more cells than are needed is among them where it asks for less than half: little money in two years
    beside very much in one of them alone.

    Raises OutOfTimeError only if not even one was found; otherwise says in `unfinished` what is missing.
    """
    price = {p.id: WEIGHT[p.rank] for p in elastic.soft_limits.values()}
    cheapest = elastic.least(price, elastic.soft_limits)
    if cheapest is None:
        return ()
    sought = Corrections(elastic, price, conflicts, SOUGHT * most)
    sought.search(share=0.7)
    candidates = [*sought.found, *of_same_kinds(elastic, price, sought.found)]
    if not sought.complete:
        candidates.append(cheapest)
        unfinished.append(
            f"There may be more repairs than these: {'the time was used up' if sought.late else 'there are many'}."
        )
    repairs: dict[frozenset[str], Repair] = {}
    asks: dict[frozenset[str], float] = {}
    for relaxed in candidates:
        if relaxed.support() and relaxed.support() not in repairs:
            repairs[relaxed.support()] = _proven(model, elastic, options, relaxed)
            asks[relaxed.support()] = elastic.priced(price, relaxed)
    listed = [
        r
        for s, r in repairs.items()
        if not any(o < s and repairs[o].proven and asks[s] > MUCH_LESS * asks[o] for o in repairs)
    ]
    if any(r.proven for r in listed):
        listed = [r for r in listed if r.proven]
    listed.sort(
        key=lambda r: (
            not r.proven,
            RANK[r.category],
            len(r.changes),
            place(r.total),
            [(c.cell, c.new) for c in r.changes],
        )
    )
    if any(not r.proven for r in listed):
        unfinished.append("A repair marked 'not proven' was not confirmed by solving with it.")
    sound: list[Repair] = []
    for repair in listed:
        if len(sound) >= most or _accepted(model.case, repair):
            sound.append(repair)
    if len(sound) < len(listed):
        listed = sound
        unfinished.append("Repairs with figures that the checks of the workbook refuse were left out.")
    if len(listed) > most and sought.complete:
        unfinished.append(f"There are more repairs: {len(listed)} were found, and these {most} come first.")
    return tuple(listed[:most])


def _accepted(case: Case, repair: Repair) -> bool:
    """Whether the checks let the workbook pass with a repair's cells; what has no cell of its own is not looked at."""
    try:
        apply_repair(case, repair)
    except InvalidCaseError:
        return False
    except ValueError:
        return True
    return True


def _proven(model: Model, elastic: ElasticSession[SoftLimit], options: Options, relaxed: Relaxed) -> Repair:
    """Turn amounts into a repair that is shown to work, and to be the least to a ten-thousandth of its amounts.

    The decisions of the relaxed plan are tried first, as a linear programme, before a whole search. A number that also
    stands elsewhere may need a little more or less than the straight line says: that is found by halving.
    """
    short, repair = 0.0, None
    for more, search in TRIES:
        if search and not elastic.integer:
            continue
        repair = _tried(model, elastic, options, relaxed, more, search=search)
        if repair.proven:
            break
        short = more
        if time.monotonic() > elastic.deadline:
            return repair
    assert repair is not None
    if not repair.proven or not any(c.numeric for c in repair.changes):
        return repair
    if short == 0.0:  # the straight line was enough: would less be?
        short = 1.0 - FINE
        less = _tried(model, elastic, options, relaxed, short, search=search)
        if not less.proven:
            return repair
        repair, more, short = less, short, 0.0
    while more - short > FINE * max(more, FINE) and time.monotonic() < elastic.deadline:
        half = 0.5 * (short + more)
        less = _tried(model, elastic, options, relaxed, half, search=search)
        if less.proven:
            repair, more = less, half
        else:
            short = half
    return repair


def _tried(
    model: Model, elastic: ElasticSession[SoftLimit], options: Options, relaxed: Relaxed, more: float, *, search: bool
) -> Repair:
    """Turn amounts, times a factor, into cell changes, apply them, and solve for any plan."""
    changes: list[CellChange] = []
    cells: Cells = {}
    loose: list[tuple[Relaxation, float]] = []
    for soft_limit in sorted(relaxed.support()):
        item = elastic.soft_limits[soft_limit]
        for k, relaxation in enumerate(item.relaxations):
            amount = relaxed.amounts.get((soft_limit, k))
            if amount is not None:
                changes.append(
                    _change(
                        model,
                        relaxed.values,
                        item,
                        relaxation,
                        min(relaxation.most, outward(amount * more)),
                        cells,
                        loose,
                    )
                )
    changes = _joined(changes)
    category = max((c.category for c in changes), key=lambda c: RANK[c], default="preference")
    proven, how = solves(
        model, options, None if search else relaxed.values, cells, loose, max(1.0, elastic.deadline - time.monotonic())
    )
    told = " and ".join(_told(c) for c in changes)
    sentence = told[0].upper() + told[1:] + (f" ({how})." if proven else f" (not proven: {how}).")
    return Repair(tuple(changes), category, proven, how, sentence)


def outward(amount: float) -> float:
    """Round up to six digits, so that what is written is enough (rounding of the solver aside)."""
    unit = 10.0 ** (math.floor(math.log10(amount)) - 5)
    return float(f"{math.ceil(amount / unit - 0.01) * unit:.10g}")


def _change(
    model: Model,
    values: Floats,
    soft_limit: SoftLimit,
    relaxation: Relaxation,
    amount: float,
    cells: Cells,
    loose: list[tuple[Relaxation, float]],
) -> CellChange:
    """One cell change; what has no cell of its own is noted in `loose`."""
    case = model.case
    target = relaxation.apply
    moved = relaxation.sign * amount
    if target is None and relaxation.share:
        points = _share_points(model, values, soft_limit, relaxation, amount)
        if points is not None:
            target, moved = (Rules, relaxation.share, "value"), points
    if target is None and soft_limit.word is not None:
        return _given_up(soft_limit, soft_limit.word, relaxation, amount, cells)
    if target is None:
        loose.append((relaxation, amount))
        return CellChange(
            soft_limit.id,
            soft_limit.words,
            soft_limit.cell,
            relaxation.unit,
            relaxation.sign * amount,
            "",
            "",
            "",
            soft_limit.category,
        )
    sheet, name, field = target
    row = case.find(sheet, name)
    old = float(getattr(row, field) or 0.0) if row is not None else 0.0
    before = float(cells.get((sheet, name), {}).get(field, old))
    new = min(before, old + moved) if moved < 0.0 else max(before, old + moved)
    column = next(c for c in columns(sheet) if c.field == field)
    low = 0.0 if relaxation.share else column.low
    new = round(new if low is None else max(low, new), 10)
    cells.setdefault((sheet, name), {})[field] = new
    return CellChange(
        soft_limit.id,
        relaxation.number or soft_limit.words,
        soft_limit.cell,
        relaxation.unit,
        new - old,
        digits(old, 10),
        digits(new, 10),
        f"{sheet.SHEET}!{name}.{column.name}={digits(new, 10)}",
        soft_limit.category,
    )


def _given_up(soft_limit: SoftLimit, word: Word, relaxation: Relaxation, amount: float, cells: Cells) -> CellChange:
    """A right that becomes a target, a decision that need not happen: the cell is a word, not a number."""
    cells[word.sheet, word.row] = {word.field: word.value}
    title = next(c.name for c in columns(word.sheet) if c.field == word.field)
    right = soft_limit.category == "right"
    words = f"{soft_limit.words} (up to {figure(amount, 'people')} people over it)" if right else soft_limit.words
    sets = f"{word.sheet.SHEET}!{word.row}.{title}={word.new}"
    size = amount if right else 1.0
    return CellChange(
        soft_limit.id, words, soft_limit.cell, relaxation.unit, size, word.old, word.new, sets, soft_limit.category
    )


def _share_points(
    model: Model, values: Floats, soft_limit: SoftLimit, relaxation: Relaxation, amount: float
) -> float | None:
    """How far a share must move so that its row gives way by an amount, at the relaxed plan; None if it cannot so."""
    solved = SolvedCase(model, Options(), values, 0.0, None)
    limit = next((x for x in Catalogue(solved, values).rules() if x.id == soft_limit.id), None)
    if limit is None:
        return None
    steps = []
    for side, moves in (
        (relaxation.shift.row_upper, limit.shift.row_upper),
        (relaxation.shift.row_lower, limit.shift.row_lower),
    ):
        for row, unit in side.items():
            gain = moves.get(row, 0.0)
            if gain:
                steps.append(relaxation.sign * amount * unit / gain)
    if not steps or any(math.copysign(1.0, s) != math.copysign(1.0, steps[0]) for s in steps):
        return None
    largest = max(steps, key=abs)
    return math.copysign(math.ceil(abs(largest) * 100.0 - 1e-6) / 100.0 * POINT, largest)


def _joined(changes: list[CellChange]) -> list[CellChange]:
    """Several relaxations of one cell as one change, the last of which holds the final value."""
    kept: dict[tuple[str, str], CellChange] = {}
    for change in changes:
        key = (change.policy, change.cell if change.sets else f"{change.cell} {len(kept)}")
        before = kept.get(key)
        kept[key] = (
            change
            if before is None or abs(change.amount) >= abs(before.amount)
            else replace(before, new=change.new, sets=change.sets)
        )
    return list(kept.values())


def _told(change: CellChange) -> str:
    """One change in words."""
    unit = f" {plural(change.unit, change.amount)}" if change.unit else ""
    if change.sets and change.numeric:
        step = f"{'raise' if change.amount > 0.0 else 'lower'} {change.words} by {figure(abs(change.amount))}"
        return f"{step}: {change.cell} from {change.old} to {change.new}"
    if change.sets:
        return f"give up {change.words}: {change.cell} from '{change.old}' to '{change.new}'"
    return f"let {change.words} give way by {figure(abs(change.amount))}{unit} ({change.cell})"


def apply_repair(case: Case, repair: Repair) -> Case:
    """The case with a repair's cells changed.

    Args:
        case: The case that had no plan.
        repair: One of `explain_conflict(case).repairs`.

    Returns:
        The case read again with those changes, as `--set` makes them.

    Raises:
        ValueError: A change has no cell.
        InvalidCaseError: The changed workbook cannot hold.

    Example:
        >>> tight = planner.workbook.reread(case, ["Rules!protection at home at least a tenth.Value=0.99"])
        >>> found = planner.explain.explain_conflict(tight, options, repairs=1)
        >>> planner.solve(planner.explain.apply_repair(tight, found.repairs[0]), options).found
        True
    """
    for change in repair.changes:
        if not change.sets:
            message = f"'{change.words}' has no cell that can be changed by itself."
            raise ValueError(message)
    return reread(case, repair.sets)


def solves(
    model: Model,
    options: Options,
    decided: Floats | None,
    cells: Cells,
    loose: list[tuple[Relaxation, float]],
    seconds: float,
) -> tuple[bool, str]:
    """Whether the changed case has a plan (with these binary decisions, if given), and how that was shown."""
    try:
        changed = prepare(with_rows(model.case, cells), options) if cells else model
    except (InvalidCaseError, ValueError) as error:
        return False, f"the changed workbook is refused: {error}"
    if loose and changed.matrix.row_names != model.matrix.row_names:
        return False, "its limits have no cells of their own and the model changed its shape"
    session = Session(changed.matrix, options)
    if decided is not None:
        session.fix_integers(carried_to(decided, model.built, changed.built))
    for relaxation, amount in loose:
        move(session, relaxation.shift, relaxation.sign * amount)
    session.set_cost(np.zeros(len(changed.matrix.cost)))
    answer = session.run(time_limit=min(seconds, options.time_limit))
    if answer.values is not None:
        return True, "proven by solving with it" + (", its limits moved directly" if loose else "")
    return False, "there is still no plan" if answer.status is Status.INFEASIBLE else "the time was not enough"
