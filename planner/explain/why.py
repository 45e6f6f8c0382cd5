"""Why a row has the level that it has, why not more, and what would change it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from models.linear import Form
from models.matrix import Floats
from planner.explain.recipe import Margin, Margins, RecipePart
from planner.explain.solved_case import SolvedCase
from planner.explain.words import Words, heaviest_first, moved
from planner.ordering import place
from planner.solver.session import Session
from planner.wording.figures import figure
from planner.wording.lists import listed
from planner.wording.units import plural, quantity, single

KINDS = {
    "Pipelines": "stage",
    "Programmes": "programme",
    "Visas": "visa",
    "Staff": "hire",
    "Deployments": "deploy",
    "Transfers": "transfer",
    "Raw activities": "raw",
    "Reforms": "reform",
    "Sites": "open",
}
"""Kind of what the plan decides about a row of each sheet."""


class UnknownRowError(ValueError):
    """No such row; the message names near ones."""


@dataclass(frozen=True)
class Reason:
    """Why a row has its level in one period. `binding` are the limits that hold it, the dearest first."""

    period: str
    level: float
    unit: str
    state: Literal["at its most", "at its least", "not done", "between", "taken", "not taken"]
    binding: tuple[RecipePart, ...]
    margin: Margin | None
    sentence: str


@dataclass(frozen=True)
class Why:
    """Why a row of the workbook is done as much as it is, period by period."""

    sheet: str
    row: str
    cell: str
    reasons: tuple[Reason, ...]
    sentence: str


@dataclass(frozen=True)
class More:
    """What a little more of a row would do: forced, with everything else free to adapt."""

    sheet: str
    row: str
    cell: str
    period: str
    extra: float
    objective: float | None
    effects: tuple[tuple[str, str, float], ...]
    margin: Margin | None
    sentence: str


def subject(solved: SolvedCase, sheet: str, row: str) -> str:
    """Kernel id of what the plan decides about a row. Raises UnknownRowError."""
    kind = KINDS[sheet_named(sheet)]
    known = solved.built.switches.by_id if kind in ("reform", "open") else solved.built.activities.by_id
    rows = [name.partition(":")[2] for name in known if name.startswith(kind + ":")]
    same = [name for name in rows if name.casefold() == row.casefold()]
    if row in rows or len(same) == 1:
        return f"{kind}:{row if row in rows else same[0]}"
    near = [name for name in rows if row.casefold() in name.casefold() or name.casefold() in row.casefold()][:4]
    hint = f" Did you mean {listed(near)}?" if near else f" There are {listed(rows)}."
    message = f"On sheet '{sheet}' the plan decides nothing about '{row}'.{hint}"
    raise UnknownRowError(message)


def sheet_named(words: str) -> str:
    """Sheet on which something is decided, in whatever letters. Raises UnknownRowError."""
    for sheet in KINDS:
        if sheet.casefold() == words.strip().casefold():
            return sheet
    near = get_close_matches(words.casefold(), [s.casefold() for s in KINDS], n=1, cutoff=0.6)
    meant = next((s for s in KINDS if near and s.casefold() == near[0]), "")
    hint = f" Did you mean '{meant}'?" if meant else f" Name one of {', '.join(KINDS)}."
    message = f"Nothing is decided on sheet '{words}'.{hint}"
    raise UnknownRowError(message)


def is_switch(solved: SolvedCase, sheet: str, row: str) -> bool:
    """Whether a row is a yes or no. Raises UnknownRowError."""
    return subject(solved, sheet, row) in solved.built.switches.by_id


def why(solved: SolvedCase, sheet: str, row: str) -> Why:
    """Say for every period what holds a row where it is.

    Args:
        solved: An opened plan.
        sheet: Sheet of the row.
        row: Its key.

    Returns:
        Level in the row's unit, and the limits and gains that hold it there, by period.

    Raises:
        UnknownRowError: The plan decides nothing about it.

    Example:
        >>> found = planner.explain.why(solved, "Programmes", "recruitment support")
        >>> [(reason.period, reason.state) for reason in found.reasons]
        [('P1', 'between'), ('P2', 'between'), ('P3', 'between')]
    """
    name = subject(solved, sheet, row)
    if name in solved.built.switches.by_id:
        return _why_switch(solved, sheet, row, name)
    margins, acts = Margins(solved), solved.built.activities
    reasons = [r for t in acts.active[name] if (r := _reason(margins, name, t)) is not None]
    unit = acts.by_id[name].unit
    total = math.fsum(r.level for r in reasons)
    first = f"'{row}': {quantity(total, unit)} over the plan."
    return Why(sheet, row, acts.by_id[name].origin, tuple(reasons), " ".join([first, *merged(reasons)]))


def merged(reasons: list[Reason]) -> list[str]:
    """Sentences of consecutive periods that say the same, said once."""
    groups: list[list[Reason]] = []
    for reason in reasons:
        if groups and groups[-1][0].sentence == reason.sentence:
            groups[-1].append(reason)
        else:
            groups.append([reason])
    lines = []
    for group in groups:
        when = group[0].period if len(group) == 1 else f"{group[0].period} to {group[-1].period}"
        lines.append(f"{when}: {group[0].sentence}")
    return lines


def _reason(margins: Margins, name: str, t: int) -> Reason | None:
    """What holds one activity in one period."""
    margin = margins.of(name, t)
    if margin is None:
        return None
    unit = margins.solved.built.activities.by_id[name].unit
    size = max(1e-6, 1e-7 * abs(margin.at_most)) if math.isfinite(margin.at_most) else 1e-6
    state: Literal["at its most", "at its least", "not done", "between"] = "between"
    if margin.level >= margin.at_most - size and margin.at_most > 0.0:
        state = "at its most"
    elif margin.level <= margin.at_least + size and margin.at_least > 0.0:
        state = "at its least"
    elif margin.level <= size:
        state = "not done"
    binding = tuple(margin.costs())
    return Reason(margin.period, margin.level, unit, state, binding, margin, _say(margin, state, binding, unit))


def _say(margin: Margin, state: str, binding: tuple[RecipePart, ...], unit: str) -> str:
    """One period's reason as a sentence."""
    costs = listed([f"{p.words} ({figure(-p.points)})" for p in binding[:3]])
    one, much = single(unit), quantity(margin.level, unit)
    brings, takes = figure(margin.brings), figure(margin.takes)
    gates = [p for p in binding if p.family in ("enabled", "at_most_if_running")]
    if gates and state == "not done":
        return f"not done: {gates[0].words}; one {one} would bring {brings} points."
    if state == "at its most":
        return f"{much}, its most; one more {one} would gain {figure(margin.net)} points."
    if state == "at its least":
        more = f"each costs {figure(-margin.net)} points more than it brings ({costs})"
        return f"{much}, only because that much must be done: {more}."
    if state == "not done" and not binding:  # what it brings is what makes up for that: no price of anything real
        lost = f"lose {figure(-margin.direct)} points" if margin.direct < 0.0 else "bring nothing"
        return f"not done: one {one} would {lost} by its own outcomes, whatever it may take."
    if state == "not done":
        return f"not done: one {one} would bring {brings} points and take what is worth {takes} elsewhere: {costs}."
    return (
        f"{much}, held by {costs}: one more brings {brings} points and takes as much elsewhere."
        if binding
        else (f"{much}; one more would bring nothing.")
    )


def _why_switch(solved: SolvedCase, sheet: str, row: str, name: str) -> Why:
    """When a decision is taken, and what keeps it from an earlier date or at all."""
    built, words = solved.built, Words(solved.built)
    switch = built.switches.by_id[name]
    if switch.already:
        return Why(sheet, row, switch.origin, (), f"'{row}' is in force from day one; nothing is decided about it.")
    reasons = []
    for u, form in built.switches.starts[name].items():
        taken = solved.number(form) > 0.5
        holds = [] if taken else _switch_rows(solved, words, name, u)
        day = words.date(built.frame.grid.start(u))
        because = "" if taken else f": {_because(holds)}"
        reasons.append(
            Reason(
                words.period(u),
                float(taken),
                "decision",
                "taken" if taken else "not taken",
                tuple(holds),
                None,
                f"{'taken' if taken else 'not taken'} on {day}{because}.",
            )
        )
    when = next((r.period for r in reasons if r.state == "taken"), "")
    dates = [words.date(built.frame.grid.start(u)) for u in built.switches.starts[name]]
    head = f"'{row}' is taken in {when}." if when else f"'{row}' is not taken."
    if not reasons:
        head += " Its window leaves no date on which it could be."
    return Why(
        sheet,
        row,
        switch.origin,
        tuple(reasons),
        " ".join([head, *_not_taken(reasons, dates)]),
    )


def _because(holds: Sequence[RecipePart]) -> str:
    """What keeps a decision from one date."""
    return listed([p.words for p in holds]) or "it would bring too little, or charge too much, then"


def _not_taken(reasons: Sequence[Reason], dates: Sequence[str]) -> list[str]:
    """What keeps a decision from its dates: one reason on dates that follow each other is said once, with its span."""
    spans: list[tuple[str, list[str]]] = []
    for reason, day in zip(reasons, dates, strict=True):
        because = _because(reason.binding) if reason.binding else ""
        if spans and spans[-1][0] == because:
            spans[-1][1].append(day)
        else:
            spans.append((because, [day]))
    return [
        f"Not taken on {days[0]}: {because}."
        if len(days) == 1
        else f"Not taken on any of {len(days)} dates from {days[0]} to {days[-1]}: {because}."
        for because, days in spans
        if because
    ]


def _switch_rows(solved: SolvedCase, words: Words, name: str, u: int) -> list[RecipePart]:
    """Rows that one more start on this date would break as things stand."""
    frame = solved.built.frame
    column = frame.column_of["taken", (name, u)]
    parts = []
    for row in frame.rows:
        value = row.form.terms.get(column)
        if value is None or row.family not in ("prerequisite", "milestone", "exclusion", "balance", "limit"):
            continue
        now = row.form.value(solved.values)
        if row.family == "balance":
            stock = str(row.key[0])
            left = min(solved.number(f) for (s, _), f in solved.built.ledgers.closing.items() if s == stock)
            if words.tags[stock].get("kind") == "capital" and left < abs(value) - 1e-6:
                parts.append(
                    RecipePart(
                        row.family,
                        stock,
                        f"only {figure(left)} points of political capital are left",
                        -value,
                        0.0,
                        row.origin,
                    )
                )
            continue
        if now + value > row.upper + 1e-6 or now + value < row.lower - 1e-6:
            what = (
                words.row(row)
                if row.family != "exclusion"
                else f"{words.noun(str(row.key[1] if row.key[0] == name else row.key[0]))} excludes it"
            )
            parts.append(RecipePart(row.family, str(row.key[-1]), what, -value, 0.0, row.origin))
    return parts


def why_not_more(solved: SolvedCase, sheet: str, row: str, *, phase: str = "", share: float = 0.1) -> More:
    """Force more of a row and let everything else adapt.

    Limits of the row itself give way; yes-or-no decisions stay.

    Args:
        solved: An opened plan.
        sheet: Sheet of the row.
        row: Its key.
        phase: Phase in which it is forced; blank: wherever it is done.
        share: How much more. Where nothing is done, a hundredth of the largest pace is forced (one unit where none is
            stated).

    Returns:
        What it costs in points and in each outcome's unit, what gives way, or that it is impossible.

    Raises:
        UnknownRowError: The plan decides nothing about it.

    Example:
        >>> found = planner.explain.why_not_more(solved, "Programmes", "recruitment support")
        >>> print(found.sentence.partition(" of ")[2].partition(":")[0])
        'recruitment support' from P1 to P3
    """
    name = subject(solved, sheet, row)
    built, words = solved.built, Words(solved.built)
    if name in built.switches.by_id:
        message = (
            f"'{row}' is a yes or no, of which there is no more: ask what it is worth (planner explain --switches)."
        )
        raise UnknownRowError(message)
    acts, grid = built.activities, built.frame.grid
    periods = [t for t in acts.active[name] if not phase or grid.phases[grid.phase_of[t]].name == phase]
    if not periods:
        message = f"'{row}' cannot happen in phase '{phase}'."
        raise UnknownRowError(message)
    level = Form()
    for t in periods:
        level.add(acts.level[name, t])
    now = level.value(solved.fixed.values)
    most = math.fsum(m for t in periods if (m := acts.most(name, t)) is not None)
    extra = share * now if now > 1e-6 else 0.01 * most if most else 1.0
    before, after = solved.fixed.values, _forced(solved, level, now + extra)
    margins = Margins(solved)
    margin = max(
        (x for t in periods if (x := margins.of(name, t)) is not None), key=lambda x: place(x.net), default=None
    )
    effects = heaviest_first(solved.built, _changes(solved, before, after)) if after is not None else ()
    objective = None if after is None else float(solved.fixed.cost @ after) - float(solved.fixed.cost @ before)
    first, last = words.period(periods[0]), words.period(periods[-1])
    where = phase or (first if first == last else f"{first} to {last}")
    unit = acts.by_id[name].unit
    return More(
        sheet,
        row,
        acts.by_id[name].origin,
        where,
        extra,
        objective,
        effects,
        margin,
        _say_more(row, unit, _span(phase, words, periods), extra, objective, effects, margin),
    )


def _span(phase: str, words: Words, periods: Sequence[int]) -> str:
    """'in P1', 'from P1.01 to P3.04', or 'in Year' where all of it is one period."""
    first, last = words.period(periods[0]), words.period(periods[-1])
    return f"in {phase or first}" if phase or first == last else f"from {first} to {last}"


def _forced(solved: SolvedCase, level: Form, amount: float) -> Floats | None:
    """Column values with exactly so much of a level; the columns' own upper bounds give way."""
    session = Session(solved.matrix, solved.options)
    session.fix_integers(solved.values)
    frame = solved.built.frame
    for column in level.terms:
        if not frame.columns[column].integer:
            session.bound_column(column, float(solved.matrix.column_lower[column]), math.inf)
    session.set_cost(solved.fixed.cost)
    session.add_terms(dict(level.terms), amount, amount)
    return session.run().values


def _changes(solved: SolvedCase, before: Floats, after: Floats) -> list[tuple[str, str, float]]:
    """Change of every outcome between two column vectors."""
    found = []
    for outcome in solved.built.frame.network.outcomes:
        form = solved.built.outcomes.value[outcome.id]
        change = form.value(after) - form.value(before)
        if abs(change) > 1e-7 * max(1.0, abs(form.value(before))):
            found.append((outcome.id, outcome.unit, change))
    return found


def _say_more(
    row: str,
    unit: str,
    where: str,
    extra: float,
    objective: float | None,
    effects: tuple[tuple[str, str, float], ...],
    margin: Margin | None,
) -> str:
    """A tenth more, in a sentence."""
    head = f"{figure(extra, unit)} more {plural(unit, extra)} of '{row}' {where}"
    takes = listed([p.words for p in margin.costs()[:3]]) if margin is not None and margin.costs() else ""
    if objective is None:
        return f"{head}: impossible while everything else must hold{f'; it takes {takes}' if takes else ''}."
    told = moved(effects)
    verdict = f"would {'gain' if objective > 0.0 else 'cost'} {figure(abs(objective))} points"
    if abs(objective) <= 1e-6:
        verdict = "would gain and cost nothing"
    uses = f"; it takes {takes}" if takes and objective < 1e-6 else ""
    return f"{head} {verdict}{f' ({told})' if told else ''}{uses}."
