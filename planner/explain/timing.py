"""When which limit binds, and what is left unused, with its cause."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.explain.recipe import Margins
from planner.explain.solved_case import SolvedCase
from planner.explain.words import Words
from planner.ordering import place
from planner.wording.figures import figure, share
from planner.wording.lists import listed
from planner.wording.units import single

LIMITS = (
    "occupancy", "rule", "growth", "decline", "on_time", "requirement", "enabled", "limit", "demand", "milestone",
    "at_most_if_running", "at_least_if_running",
)  # fmt: skip
"""Families of constraints that limit something; the others are balances."""
NOBODY = 1e-3
"""People of whom fewer are none."""
SHARE = 0.05
"""A limit is told if it takes at least this share of what all limits of its period are worth."""


@dataclass(frozen=True)
class Binding:
    """A limit that binds in a period. `rent` is its price times its size, `share` of all rents of the period."""

    period: int
    name: str
    words: str
    cell: str
    rent: float
    share: float


@dataclass(frozen=True)
class BindingStretch:
    """Consecutive periods in which the same limits bind."""

    first: str
    last: str
    start_day: float
    end_day: float
    bindings: tuple[Binding, ...]
    sentence: str


def timing_story(solved: SolvedCase, most: int = 4) -> tuple[BindingStretch, ...]:
    """Which limits bind when, merged over consecutive periods.

    Args:
        solved: An opened plan.
        most: The dearest so many of each period.

    Returns:
        Stretches of periods with the limits that bind throughout, in points a unit.

    Example:
        >>> first = planner.explain.timing_story(solved, most=1)[0]
        >>> (first.first, first.start_day)
        ('P1', 0.0)
    """
    grid, words = solved.built.frame.grid, Words(solved.built)
    by_period = bindings(solved)
    stretches: list[list[list[Binding]]] = []
    for t in grid.periods:
        told = [b for b in by_period.get(t, []) if b.share >= SHARE][:most]
        if stretches and {b.name for b in stretches[-1][0]} == {b.name for b in told}:
            stretches[-1].append(told)
        else:
            stretches.append([told])
    story, t = [], 0
    for group in stretches:
        last = t + len(group) - 1
        until = f"From {words.date(grid.start(t))} until {words.date(grid.end(last) - 1)}"
        binds = listed([f"{b.words} ({b.cell})" if b.cell else b.words for b in group[0]], most)
        verb = "binds" if len(group[0]) == 1 else "bind"
        sentence = f"{until}: {binds} {verb}." if group[0] else f"{until}: nothing binds."
        story.append(
            BindingStretch(
                words.period(t), words.period(last), grid.start(t), grid.end(last), tuple(group[0]), sentence
            )
        )
        t = last + 1
    return tuple(story)


def bindings(solved: SolvedCase) -> dict[int, list[Binding]]:
    """Every binding limit by period, the dearest first, by its rent."""
    words = Words(solved.built)
    rents: dict[tuple[int, str], Binding] = {}
    for one in (*_row_rents(solved, words), *_column_rents(solved, words)):
        known = rents.get((one.period, one.name))
        if one.rent > 1e-9:
            rents[one.period, one.name] = one if known is None else replace(one, rent=one.rent + known.rent)
    totals: dict[int, float] = defaultdict(float)
    for one in rents.values():
        totals[one.period] += one.rent
    found: dict[int, list[Binding]] = defaultdict(list)
    for one in sorted(rents.values(), key=lambda b: (-place(b.rent), b.name)):
        found[one.period].append(replace(one, share=one.rent / totals[one.period]))
    return dict(found)


def _row_rents(solved: SolvedCase, words: Words) -> Iterator[Binding]:
    """Rents of rows: the price times the size of the limit, or of what passes through it."""
    frame, prices = solved.built.frame, solved.fixed.duals[0]
    books = {r.id for r in frame.network.rules if r.tags.get("kind") == "site"}
    for number, row in enumerate(frame.rows):
        price, name = float(prices[number]) / row.scale, str(row.key[0])
        periods = words.row_periods(row)
        if not price or not periods or name in books or row.family not in LIMITS:
            continue
        if row.family == "occupancy":
            size = _supply(solved, name, periods[0])
        else:
            size = max(
                *(abs(x) if math.isfinite(x) else 0.0 for x in (row.lower, row.upper)), _throughput(solved, number)
            )
        noun = words.noun(name)
        text = {
            "occupancy": noun,
            "rule": words.rule(row),
            "growth": f"how fast {noun} can grow",
            "decline": f"how fast {noun} can shrink",
            "on_time": f"the time limit of {noun}",
            "requirement": f"what must go with it: {noun}",
            "limit": f"room in {noun}",
            "at_most_if_running": f"the largest pace of {noun}",
            "at_least_if_running": f"the least scale of {noun}",
        }.get(row.family) or words.row(row)
        days = math.fsum(frame.grid.days(t) for t in periods)
        for t in periods:  # a limit on several periods together is worth in each what its days are of all
            part = frame.grid.days(t) / days
            yield Binding(t, f"{row.family} {name}", text, row.origin, abs(price) * size * part, 0.0)


def _column_rents(solved: SolvedCase, words: Words) -> Iterator[Binding]:
    """Rents of stocks that are at their least or largest, by what flows through them, and of paces at a limit."""
    fixed = solved.fixed
    for number, column in enumerate(solved.built.frame.columns):
        price, name = float(fixed.duals[1][number]) / column.scale, str(column.key[0])
        noun, t = words.noun(name), int(column.key[-1]) if column.family in ("level", "stretch") else 0
        if column.family == "balance" and price > 0.0 and math.isfinite(column.upper):
            t, text = words.stock_period(name, int(column.key[1])), f"room in {noun}"
            yield Binding(t, f"room {name}", text, words.origins[name], price * column.upper, 0.0)
        elif column.family == "balance" and price < 0.0:
            step = int(column.key[1])
            parts = solved.built.ledgers.parts[name, step]
            flow = sum(parts[k].value(fixed.values) for k in ("used", "paid"))
            texts = {"people": f"nobody is left in {noun}", "account": f"money of {noun}", "pool": f"places of {noun}"}
            text = texts.get(words.tags[name].get("kind", ""), noun)
            if column.lower:
                text, flow = f"what must be left of {noun}", max(flow, abs(column.lower))
            yield Binding(
                words.stock_period(name, step), f"balance {name}", text, words.origins[name], -price * flow, 0.0
            )
        elif column.family == "level" and price > 0.0 and math.isfinite(column.upper):
            text = f"the largest pace of {noun}"
            yield Binding(t, f"level {name}", text, column.origin, price * column.upper, 0.0)
        elif column.family == "level" and price < 0.0 and column.lower > 0.0:
            text = f"what must be done of {noun}"
            yield Binding(t, f"least {name}", text, column.origin, -price * column.lower, 0.0)
        elif column.family == "stretch" and price > 0.0 and math.isfinite(column.upper):
            text = f"the end of a stretch of {noun}"
            yield Binding(t, f"stretch {name}", text, column.origin, price * column.upper, 0.0)


def _supply(solved: SolvedCase, capacity: str, t: int) -> float:
    """Usable unit-days of a capacity."""
    item = solved.built.ledgers.capacities[capacity]
    return item.use_ceiling * solved.built.ledgers.available(capacity, t).value(solved.fixed.values)


def _throughput(solved: SolvedCase, row: int) -> float:
    """Half of all that passes through a row: the size of a limit whose own number is nought."""
    form = solved.built.frame.rows[row].form
    return math.fsum(abs(v * solved.fixed.values[c]) for c, v in form.terms.items()) / 2.0


@dataclass(frozen=True)
class Unused:
    """Capacity, numbers or money that nobody uses, with the cause."""

    ledger: str
    kind: str
    period: str
    cell: str
    available: float
    unused: float
    unit: str
    cause: str
    sentence: str


def unused(solved: SolvedCase, least: float = 0.05) -> tuple[Unused, ...]:
    """Capacity that is unused, and places and money that lapse, each with its cause.

    Args:
        solved: An opened plan.
        least: Smallest unused share that is told.

    Returns:
        Amounts in the unit of each, the cause and its cell.

    Example:
        >>> found = planner.explain.unused(solved)
        >>> all(0.05 * one.available <= one.unused <= one.available for one in found)
        True
    """
    words, grid, ledgers = Words(solved.built), solved.built.frame.grid, solved.built.ledgers
    margins = Margins(solved)
    found = []
    for capacity in solved.built.frame.network.capacities:
        for t in grid.periods:
            offered = _supply(solved, capacity.id, t)
            free = offered - ledgers.occupied(capacity.id, t).value(solved.fixed.values)
            if offered > 1e-6 and free > least * offered:
                users = _users(solved, capacity.id)
                cause = _cause(solved, margins, words, users, t, capacity.id)
                per_day, noun = free / grid.days(t), capacity.unit
                where = f"{words.noun(capacity.id)} in {words.period(t)} ({capacity.origin})"
                sentence = (
                    f"{where}: {share(free / offered)} unused (about {figure(per_day)} {noun} all the time): {cause}."
                )
                found.append(
                    Unused(
                        capacity.id,
                        capacity.tags.get("kind", ""),
                        words.period(t),
                        capacity.origin,
                        offered,
                        free,
                        f"{single(noun)}-days",
                        cause,
                        sentence[0].upper() + sentence[1:],
                    )
                )
    found += _lapsed(solved, margins, words, least)
    return tuple(sorted(found, key=lambda u: (u.kind, u.ledger, u.period)))


def _users(solved: SolvedCase, capacity: str) -> set[str]:
    """Who could use a capacity for work; where nobody does, who is prepared or hired with it."""
    links = [link.activity for link in solved.built.ledgers.links[capacity] if link.verb == "occupy"]
    kinds = {a.id: a.tags.get("kind", "") for a in solved.built.frame.network.activities}
    return {a for a in links if kinds.get(a) not in ("hire", "train")} or set(links)


def _lapsed(solved: SolvedCase, margins: Margins, words: Words, least: float) -> list[Unused]:
    """Numbers and money that are not kept over a fiscal year's edge, and numbers left at the end."""
    ledgers, found = solved.built.ledgers, []
    for stock in solved.built.frame.network.stocks:
        kind = stock.tags.get("kind", "")
        if kind not in ("pool", "account"):
            continue
        came = math.fsum(
            ledgers.parts[stock.id, s.number][k].value(solved.fixed.values)
            for s in ledgers.steps[stock.id]
            for k in ("inflow", "switched", "made")
        )
        users = (
            {link.activity for link in ledgers.links[stock.id] if link.verb == "use"}
            if kind == "pool"
            else {p.bill for p in solved.built.frame.network.payments if p.account == stock.id}
        )
        for step in ledgers.steps[stock.id]:
            lost = (1.0 - step.kept) * ledgers.opening(stock.id, step.number).value(solved.fixed.values)
            if lost <= least * max(came, 1.0):
                continue
            before = max(
                0, step.period - 1 if step.start == solved.built.frame.grid.start(step.period) else step.period
            )
            cause = _cause(solved, margins, words, users, before, stock.id)
            amount = f"USD {figure(lost / 1e6)} million" if kind == "account" else f"{figure(lost, 'places')} places"
            sentence = (
                f"{amount} of {words.noun(stock.id)} lapse on {words.date(step.start)} ({stock.origin}): {cause}."
            )
            found.append(
                Unused(stock.id, kind, words.period(before), stock.origin, came, lost, stock.unit, cause, sentence)
            )
    return found


def _pays(solved: SolvedCase, ledger: str) -> bool:
    """Whether a ledger is an account."""
    return any(s.id == ledger and s.tags.get("kind") == "account" for s in solved.built.frame.network.stocks)


def _people_left(solved: SolvedCase, stock: str, t: int) -> float:
    """Fewest people in a compartment at the end of a step of a period."""
    ledgers = solved.built.ledgers
    ends = [s for s in ledgers.steps[stock] if s.period == t]
    return min((ledgers.closing[stock, s.number].value(solved.fixed.values) for s in ends), default=0.0)


def _cause(solved: SolvedCase, margins: Margins, words: Words, users: set[str], t: int, ledger: str) -> str:
    """Why those who could use something do not use more of it."""
    reasons: dict[str, float] = defaultdict(float)
    asked = 0
    for activity in sorted(users):
        margin = margins.of(activity, t) if activity in solved.built.activities.by_id else None
        if margin is None:
            continue
        asked += 1
        at_most = math.isfinite(margin.at_most) and margin.level >= margin.at_most - max(1e-6, 1e-7 * margin.at_most)
        gate = next((p for p in margin.parts if p.family in ("enabled", "at_most_if_running") and p.points < 0.0), None)
        own = _pays(solved, ledger)
        other = next((p for p in margin.costs() if p.ledger != ledger and not (p.family == "bill" and own)), None)
        saved = next((p for p in margin.costs() if p.family == "bill" and own), None)
        if gate is not None:
            reasons[gate.words] += -gate.points
        elif at_most:
            reasons[f"{words.noun(activity)} is at its largest pace"] += max(margin.net, 1e-9)
        elif (
            other is not None and other.family == "balance" and words.tags.get(other.ledger, {}).get("kind") == "people"
        ):
            empty = _people_left(solved, other.ledger, t) <= NOBODY
            who = words.noun(other.ledger)
            reasons[
                f"nobody is left in {who}" if empty else f"those in {who} do better on other ways or later"
            ] += -other.points
        elif saved is not None and (other is None or saved.points < other.points):
            reasons["what is kept of it is worth more later"] += -saved.points
        elif other is not None:
            reasons[f"{other.words} binds"] += -other.points
        elif margin.brings <= 1e-12:
            reasons[f"more of {words.noun(activity)} would bring nothing"] += 1e-9
    if not asked:
        return "nothing in the plan can use it then"
    ordered = sorted(reasons, key=lambda r: (-place(reasons[r]), r))
    return listed(ordered[:3]) if ordered else "more of it would bring nothing"
