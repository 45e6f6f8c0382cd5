"""Decisions changed by hand: what breaks at once, without a solve; then the best plan around them.

The plan's column values are changed, everything that follows by bookkeeping is recomputed (curves, running, balances,
payments in the shares of the plan), and every limit is looked at. Nothing is optimised: what others would do to make
room is only found by :func:`reoptimise`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from models.linear import RowSpec
from models.matrix import Floats
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.compile import draft_case
from planner.compile.overrides import ACTIVITY_KINDS, SWITCH_KINDS
from planner.explain.propagation import propagate
from planner.explain.solved_case import SolvedCase, open_case
from planner.explain.why import UnknownRowError, sheet_named, subject
from planner.explain.words import Words
from planner.plan.extract import Extractor
from planner.results.rules import rule_unit
from planner.sheets import Overrides, Rules
from planner.wording.figures import digits, figure, signed
from planner.wording.units import plural, single
from planner.workbook.changes import BLANK
from planner.workbook.reader import reread

Action = Literal["fix", "forbid", "at least", "at most"]
ACCOUNTING = ("balance", "bill", "paid", "portions", "entries", "outcome", "curve", "worst_off", "apart", "curve_order",
              "curve_full", "start")  # fmt: skip
"""Families that follow from the others by propagation; they are recomputed, so they cannot break."""
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Hand:
    """A decision by hand, as a row of sheet Overrides: `value` is a yearly pace; `phase` blank for all."""

    sheet: str
    row: str
    action: Action
    value: float | None = None
    phase: str = ""


@dataclass(frozen=True)
class BrokenLimit:
    """A rule or limit that no longer holds, first in `period`, by `by` at the worst."""

    words: str
    cell: str
    category: str
    authority: str
    period: str
    by: float
    unit: str
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What hand-made changes do at once. `new` are breaches that the plan itself did not have."""

    hands: tuple[Hand, ...]
    broken: tuple[BrokenLimit, ...]
    outcomes: tuple[tuple[str, str, float, float], ...]
    values: Floats
    sentence: str

    @property
    def holds(self) -> bool:
        """Whether nothing breaks."""
        return not self.broken


def check_hands(solved: SolvedCase, hands: Sequence[Hand]) -> Verdict:
    """Say what breaks, and by how much, if these decisions are made and nothing else.

    Args:
        solved: An opened plan.
        hands: Decisions by hand.

    Returns:
        The limits that break, each in its unit with its cell; none: the decisions can be kept.

    Raises:
        UnknownRowError: The plan decides nothing about a row.
        ValueError: A decision cannot be made at all: the workbook would be refused with it.

    Example:
        >>> hand = planner.explain.Hand("Programmes", "recruitment support", "fix", 3900, "P1")
        >>> print(planner.explain.check_hands(solved, [hand]).broken[0].words)
        'recruitment support' grows faster than it can
    """
    hands = [_named(solved, hand) for hand in hands]
    idle = _possible(solved.case, hands, solved.built.frame.grid.name)
    values = solved.values.copy()
    for hand in hands:
        _lay(solved, hand, values)
    propagate(solved, values)
    before = {(b.words, b.cell) for b in _broken(solved, solved.values)}
    broken = tuple(b for b in _broken(solved, values) if (b.words, b.cell) not in before)
    outcomes = tuple(
        (str(new["outcome"]), str(new["unit"]), float(old["value"]), float(new["value"]))
        for old, new in zip(
            Extractor(solved.built, solved.values).outcomes(), Extractor(solved.built, values).outcomes(), strict=True
        )
    )
    told = "; ".join(
        f"{name} {signed(new - old, unit)} {unit}"
        for name, unit, old, new in outcomes
        if abs(new - old) > 1e-6 * max(1.0, abs(old))
    )
    count = f"{len(broken)} {'limit breaks' if len(broken) == 1 else 'limits break'}"
    if broken:
        head = f"{count}{f' ({told}, if they could)' if told else ''}:"
    else:
        head = f"Nothing breaks{f' ({told})' if told else ''}."
    lines = [head, *(f"  {b.sentence}" for b in broken), *(f"  {text}" for text in idle)]
    return Verdict(tuple(hands), broken, outcomes, values, "\n".join(lines))


def _named(solved: SolvedCase, hand: Hand) -> Hand:
    """The decision with sheet and row as the workbook writes them. Raises UnknownRowError, ValueError."""
    _periods(solved, hand.phase)
    row = subject(solved, hand.sheet, hand.row).partition(":")[2]
    return replace(hand, sheet=sheet_named(hand.sheet), row=row)


def _possible(case: Case, hands: Sequence[Hand], grid: str) -> list[str]:
    """Refuse what the workbook could not hold, as a site open at the start and forbidden; name what does nothing."""
    known = [hand for hand in hands if hand.sheet in {**ACTIVITY_KINDS, **SWITCH_KINDS}]
    try:
        changed = with_hands(case, known, beyond=True)
        draft = draft_case(replace(changed, counted=grid))
    except InvalidCaseError as error:
        faults = [p for p in error.problems if p.severity == "error"]
        raise ValueError(" ".join(f"{p.found} {p.mend}" for p in faults)) from error
    mine = {o.row_number for o in changed.of(Overrides) if _place(o) in {_place(hand) for hand in known}}
    return [f"{p.label}: {p.found}" for p in draft.notes if p.address.row in mine]


def _periods(solved: SolvedCase, phase: str) -> list[int]:
    """Periods of a phase, or all. Raises ValueError for an unknown phase."""
    grid = solved.built.frame.grid
    names = [p.name for p in grid.phases]
    if phase and phase not in names:
        message = f"There is no phase '{phase}'; there are {', '.join(names)}."
        raise ValueError(message)
    return [t for t in grid.periods if not phase or grid.phases[grid.phase_of[t]].name == phase]


def _lay(solved: SolvedCase, hand: Hand, values: Floats) -> None:
    """Write one decision into the column values."""
    name, periods = subject(solved, hand.sheet, hand.row), _periods(solved, hand.phase)
    if hand.action not in ("fix", "forbid", "at least", "at most"):
        message = f"'{hand.action}' is not fix, forbid, at least or at most."
        raise ValueError(message)
    if name in solved.built.switches.by_id:
        _lay_switch(solved, hand, name, periods, values)
        return
    if hand.action != "forbid" and (hand.value is None or not math.isfinite(hand.value) or hand.value < 0.0):
        message = f"'{hand.action}' needs a pace in units a year, not below 0."
        raise ValueError(message)
    pace = 0.0 if hand.action == "forbid" else float(hand.value or 0.0)
    acts = solved.built.activities
    possible = [t for t in acts.active[name] if t in periods]
    if not possible and pace > 0.0 and hand.action != "at most":
        message = f"'{hand.row}' cannot happen in {hand.phase or 'any phase'}: its window or its limits leave no day."
        raise UnknownRowError(message)
    for t in possible:
        begin, end = acts.spans[name][t]
        ((column, share),) = acts.level[name, t].terms.items()
        now, wanted = values[column] * share, pace * (end - begin) / 365.0
        new = {"at least": max(now, wanted), "at most": min(now, wanted)}.get(hand.action, wanted)
        values[column] = new / share


def _lay_switch(solved: SolvedCase, hand: Hand, name: str, periods: list[int], values: Floats) -> None:
    """Take a yes or no on the first possible date of the periods, or not at all."""
    starts = solved.built.switches.starts[name]
    if hand.action not in ("fix", "forbid"):
        message = f"'{hand.row}' is a yes or no: fix it or forbid it."
        raise ValueError(message)
    if solved.built.switches.by_id[name].already:
        return  # it is in force anyway
    columns = {u: next(iter(form.terms)) for u, form in starts.items()}
    if hand.action == "forbid":
        for u in periods:
            if u in columns:
                values[columns[u]] = 0.0
        return
    dates = [u for u in periods if u in columns]
    if not dates:
        message = f"'{hand.row}' cannot be taken in {hand.phase or 'any phase'}: its window leaves no date."
        raise UnknownRowError(message)
    already = [u for u in dates if values[columns[u]] > 0.5]
    for u, column in columns.items():
        values[column] = float(u == (already or dates)[0])


@dataclass
class _Breach:
    """One limit that does not hold, with its worst breach."""

    period: int | None
    by: float
    unit: str
    text: str
    cell: str
    category: str = ""
    authority: str = ""


def _broken(solved: SolvedCase, values: Floats) -> list[BrokenLimit]:
    """Every limit that does not hold, its first period and its worst breach."""
    words = Words(solved.built)
    worst: dict[tuple[str, str], _Breach] = {}
    for key, breach in (*_broken_rows(solved, values, words), *_broken_columns(solved, values, words)):
        known = worst.setdefault(key, breach)
        known.by = max(known.by, breach.by)
    found = []
    for breach in worst.values():
        period = "" if breach.period is None else words.period(breach.period)
        amount = (
            f"USD {figure(breach.by / 1e6)} million"
            if breach.unit == "USD"
            else f"{figure(breach.by, breach.unit)} {plural(breach.unit, breach.by) if breach.unit else ''}"
        )
        when = f", first in {period}" if period else ""
        sentence = f"{breach.text}{when}: by {amount.rstrip()} ({breach.cell})."
        found.append(
            BrokenLimit(
                breach.text, breach.cell, breach.category, breach.authority, period, breach.by, breach.unit, sentence
            )
        )
    return sorted(found, key=lambda b: (b.category != "right", b.category != "law", b.words))


def _broken_rows(solved: SolvedCase, values: Floats, words: Words) -> Iterator[tuple[tuple[str, str], _Breach]]:
    """Rows that do not hold."""
    rules = {r.id: r for r in solved.built.frame.network.rules}
    for row in solved.built.frame.rows:
        value = row.form.value(values) if row.family not in ACCOUNTING else 0.0
        by = max(row.lower - value, value - row.upper)
        if row.family in ACCOUNTING or by <= TOLERANCE * max(row.scale, abs(value)):
            continue
        rule = rules.get(str(row.key[0])) if row.family == "rule" else None
        category = rule.category if rule else "right" if row.family == "on_time" else ""
        breach = _Breach(words.row_period(row), by, _unit(solved, row), _text(words, row), row.origin, category)
        breach.authority = rule.authority if rule else ""
        yield (row.family, str(row.key[0])), breach


def _broken_columns(solved: SolvedCase, values: Floats, words: Words) -> Iterator[tuple[tuple[str, str], _Breach]]:
    """Levels and balances out of their bounds."""
    for number, column in enumerate(solved.built.frame.columns):
        value, name = values[number] * column.scale, str(column.key[0])
        by, below = max(column.lower - value, value - column.upper), value < column.lower
        if column.family not in ("balance", "level") or by <= TOLERANCE * max(column.scale, abs(value)):
            continue
        if column.family == "balance" and below and not _taken_from(solved, name):
            continue  # follows from another stock that is overdrawn
        t = words.stock_period(name, int(column.key[1])) if column.family == "balance" else int(column.key[1])
        unit, text, cell = _column_text(solved, words, name, column.family, column.origin, below=below)
        yield (f"{column.family} {below}", name), _Breach(t, by, unit, text, cell)


def _taken_from(solved: SolvedCase, stock: str) -> bool:
    """Whether any decision takes from a stock."""
    ledgers = solved.built.ledgers
    decided = any(link.verb == "use" for link in ledgers.links[stock]) or bool(ledgers.effects[stock])
    return decided or ledgers.stocks[stock].tags.get("kind") in ("account", "raw")


def _text(words: Words, row: RowSpec) -> str:
    """What a broken row means."""
    name = words.noun(str(row.key[0]))
    if row.family == "occupancy":
        return f"more work than {name} can do"
    if row.family == "on_time":
        return f"people stay over the time limit of {name}"
    if row.family == "rule":
        return f"rule '{row.key[0]}' is broken"
    if row.family == "growth":
        return f"{name} grows faster than it can"
    if row.family == "requirement":
        return f"too little of what must go with it: {name}"
    return words.limit(row)


def _unit(solved: SolvedCase, row: RowSpec) -> str:
    """Unit in which a row is broken."""
    if row.family == "occupancy":
        return f"{single(solved.built.ledgers.capacities[str(row.key[0])].unit)}-days"
    if row.family in ("enabled", "growth", "decline", "portions", "at_most_if_running", "at_least_if_running"):
        return solved.built.activities.by_id[str(row.key[0])].unit
    if row.family == "rule":
        case = solved.model.case
        return rule_unit(case, case.find(Rules, str(row.key[0])), str(row.key[0]))
    return {"on_time": "people", "bill": "USD", "paid": "USD", "step_share": "USD"}.get(row.family, "")


def _column_text(
    solved: SolvedCase, words: Words, name: str, family: str, cell: str, *, below: bool
) -> tuple[str, str, str]:
    """Unit, words and cell of a decision or balance that is out of its bounds."""
    if family == "level":
        unit = solved.built.activities.by_id[name].unit
        return unit, f"{words.noun(name)} is {'under its least' if below else 'over its largest pace'}", cell
    stock = solved.built.ledgers.stocks[name]
    kind = stock.tags.get("kind", "")
    text = {
        "account": f"{words.noun(name)} is overdrawn",
        "people": f"more people are taken from {words.noun(name)} than are there",
        "pool": f"more places are used than {words.noun(name)} has",
    }.get(kind, f"{words.noun(name)} falls under its least")
    return stock.unit, text if below else f"{words.noun(name)} is over its most", cell


def with_hands(case: Case, hands: Sequence[Hand], *, beyond: bool = False) -> Case:
    """The case with decisions by hand as rows of sheet Overrides.

    They are written as `--set` writes them, so that the record of a plan around them holds them.

    Args:
        case: A case.
        hands: The decisions; one replaces an older one on the same row and phase.
        beyond: Whether they may be such as the workbook would refuse, as a pace above a limit: to show what breaks.

    Returns:
        The case read again with them.

    Raises:
        InvalidCaseError: The workbook could not hold them.

    Example:
        >>> hand = planner.explain.Hand("Programmes", "recruitment support", "fix", 600, "P1")
        >>> planner.explain.with_hands(case, [hand]).sets[-1]
        'Overrides!Programmes / recruitment support / P1.Value=600'
    """
    sets = [text for hand in {_place(h): h for h in hands}.values() for text in _sets(case, hand)]
    return reread(case, sets, forgive=Overrides.SHEET if beyond else "")


def _place(hand: Hand | Overrides) -> tuple[str, str, str]:
    """Row and phase that a decision is about."""
    return hand.sheet, hand.row, hand.phase


def _sets(case: Case, hand: Hand) -> Iterator[str]:
    """The changes of cells that write a decision."""
    row = f"Overrides!{' / '.join(part for part in _place(hand) if part)}"
    yield f"{row}.Action={hand.action}"
    if hand.value is not None:
        yield f"{row}.Value={digits(hand.value)}"
    elif any(_place(o) == _place(hand) and o.value is not None for o in case.of(Overrides)):
        yield f"{row}.Value={BLANK}"


def reoptimise(solved: SolvedCase, hands: Sequence[Hand]) -> SolvedCase:
    """The best plan around decisions by hand.

    Args:
        solved: An opened plan.
        hands: The decisions.

    Returns:
        The case with them, solved and opened.

    Raises:
        NoPlanError: They cannot be kept.
        InvalidCaseError: They make no sense.

    Example:
        >>> hand = planner.explain.Hand("Programmes", "recruitment support", "forbid")
        >>> around = planner.explain.reoptimise(solved, [hand])
        >>> around.objective < solved.objective
        True
    """
    return open_case(with_hands(solved.case, hands), solved.options)
