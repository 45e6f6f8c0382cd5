"""What every rule, earmark and condition costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from planner.case import Case
from planner.explain.coefficient_limits import with_rows
from planner.explain.solved_case import SolvedCase
from planner.explain.words import heaviest_first, moved
from planner.ordering import place
from planner.plan import Status
from planner.sheets import Funding, RawLedgers, Rules
from planner.solve import prepare, search
from planner.solver.answers import Answer
from planner.solver.carrying import carried_to
from planner.solver.session import Session
from planner.wording.figures import figure, part_of

COUNT = "count"
"""Kind of a rule that keeps the books: it is told last, without a cost."""


@dataclass(frozen=True)
class RuleCost:
    """What the plan would gain without a rule, an earmark or a condition; certain to `uncertain` points."""

    id: str
    kind: str
    words: str
    cell: str
    category: str
    authority: str
    gain: float | None
    uncertain: float
    effects: tuple[tuple[str, str, float], ...]
    free: bool
    sentence: str


def rule_costs(
    solved: SolvedCase, ids: Collection[str] = (), *, free: bool = False, time_limit: float = 60.0
) -> tuple[RuleCost, ...]:
    """What each rule costs: the objective without each rule, right to a time limit, match, milestone and earmark.

    Args:
        solved: An opened plan.
        ids: Some of them by id or name; none: all.
        free: Whether the whole search is made anew for each. Else yes-or-no decisions stay as the plan took them, so
            that
            what is shown is the least that each costs.
        time_limit: Seconds for all of it.

    Returns:
        Points, and each outcome in its unit, that the plan gains without it; the dearest first.

    Raises:
        KeyError: An id means none.

    Example:
        >>> found = planner.explain.rule_costs(solved, ["protection at home at least a tenth"])
        >>> [(cost.cell, cost.gain >= 0) for cost in found]
        [('Rules!F5', True)]
    """
    items = [item for item in _items(solved) if _picked(ids, item.id, item.words)]
    found = [_without_rows(solved, item, free=free, time_limit=time_limit) for item in items]
    earmarks = [pair for pair in _earmarks(solved.case) if _picked(ids, f"earmark: {pair[0]}", pair[0])]
    found += [_without_earmark(solved, name, case, free=free) for name, case in earmarks]
    if ids and not found:
        message = f"No rule, right, match, milestone or earmark is called {', '.join(repr(i) for i in ids)}."
        raise KeyError(message)
    return tuple(sorted(found, key=lambda r: (r.kind == COUNT, r.gain is not None, -place(r.gain or 0.0), r.id)))


def _picked(ids: Collection[str], name: str, words: str) -> bool:
    """Whether something is asked for."""
    return not ids or name in ids or words in ids


@dataclass(frozen=True)
class _Item:
    """Something that can be left out: its name, its cell, what stands behind it, the rows to free."""

    id: str
    kind: str
    words: str
    cell: str
    category: str
    authority: str = ""
    rows: tuple[int, ...] = ()


def _items(solved: SolvedCase) -> list[_Item]:
    """Rules, matches, rights and milestones with the rows to free together."""
    frame = solved.built.frame
    rules = {r.id: r for r in frame.network.rules}
    rows: dict[str, list[int]] = defaultdict(list)
    items: dict[str, _Item] = {}
    for number, row in enumerate(frame.rows):
        key = str(row.key[0])
        item = None
        if row.family == "rule" and rules[key].tags.get("kind") in ("rule", "match"):
            rule = rules[key]
            kind, name = rule.tags["kind"], rule.tags.get("row", key)
            kind = COUNT if kind == "rule" and _counts(solved.case, name) else kind
            item = _Item(f"{rule.tags['kind']}: {name}", kind, name, rule.origin, rule.category, rule.authority)
        elif row.family == "on_time":
            limit, name = solved.built.ledgers.stocks[key].limit, key.partition(":")[2]
            item = _Item(f"right: {name}", "time limit", name, row.origin, "right") if limit and limit.hard else None
        elif row.family == "milestone":
            name = key.partition(":")[2]
            item = _Item(f"milestone: {name}", "milestone", name, row.origin, "agreement")
        if item is not None:
            items.setdefault(item.id, item)
            rows[item.id].append(number)
    return [replace(item, rows=tuple(rows[name])) for name, item in items.items()]


def _counts(case: Case, name: str) -> bool:
    """Whether a rule only says that a part is no more than the whole: it keeps the books, and nobody can give it up."""
    row = case.find(Rules, name)
    return row is not None and row.relation == "at most share of" and row.value == 1.0


def _without_rows(solved: SolvedCase, item: _Item, *, free: bool, time_limit: float) -> RuleCost:
    """Solve with some rows free; what only counts cannot be left out, and has no cost."""
    if item.kind == COUNT:
        found = RuleCost(item.id, COUNT, item.words, item.cell, item.category, item.authority, None, 0.0, (), free, "")
        return replace(found, sentence=_say(found, 0.0, unlimited=False))
    session = Session(solved.matrix, solved.options)
    if not free:
        session.fix_integers(solved.values)
        session.begin_from(solved.fixed.start)
    for row in item.rows:
        session.bound_row(row)
    session.set_cost(solved.fixed.cost)
    answer = session.run(time_limit=time_limit, presolve=None if free else False)
    return _cost(solved, item, answer, free=free)


def _cost(solved: SolvedCase, item: _Item, answer: Answer, *, free: bool) -> RuleCost:
    """What an answer without something says about it."""
    effects: tuple[tuple[str, str, float], ...] = ()
    before = solved.objective if free else solved.fixed.objective
    reference = solved.values if free else solved.fixed.values
    gain = None if answer.objective is None else answer.objective - before
    uncertain = abs(before) * (solved.gap or 0.0) if free else 1e-6 * max(1.0, abs(before))
    if answer.values is not None and len(answer.values) == len(solved.values):
        forms = solved.built.outcomes.value
        outcomes = solved.built.frame.network.outcomes
        changes = ((o.id, o.unit, forms[o.id].value(answer.values) - forms[o.id].value(reference)) for o in outcomes)
        effects = heaviest_first(solved.built, changes)
    if free and answer.bound is not None and answer.objective is not None and np.isfinite(answer.bound):
        uncertain = max(uncertain, abs(answer.bound - answer.objective))
    found = RuleCost(
        item.id, item.kind, item.words, item.cell, item.category, item.authority, gain, uncertain, effects, free, ""
    )
    return replace(found, sentence=_say(found, before, unlimited=answer.status is Status.UNBOUNDED))


def _say(cost: RuleCost, before: float, *, unlimited: bool) -> str:
    """What something costs, in a sentence."""
    if cost.kind == COUNT:
        return f"'{cost.words}' ({cost.cell}) only counts: a part is no more than the whole. Nobody could give it up."
    kind, authority = cost.kind[0].upper() + cost.kind[1:], f"; {cost.authority}" if cost.authority else ""
    head = f"{kind} '{cost.words}' ({cost.cell}{authority})"
    if unlimited:
        return f"{head}: without it nothing would limit the objective."
    if cost.gain is None:
        return f"{head}: no plan was found without it in the time."
    if cost.gain <= cost.uncertain:
        return f"{head} costs nothing" + (
            " larger than what the searches left open." if cost.free else " as the plan stands."
        )
    told = moved(cost.effects)
    part = part_of(cost.gain, before)
    share = f", {part} of the plan's" if part else ""
    least = "" if cost.free else "at least "
    return f"{head} costs {least}{figure(cost.gain)} points{share}{f' (without it: {told})' if told else ''}."


def _earmarks(case: Case) -> list[tuple[str, Case]]:
    """Every account that may not pay everything, with the case in which it may."""
    anything = {"purposes": (), "places": (), "actors": ()}
    accounts = (row for row in case.of(Funding) if row.purposes or row.places or row.actors)
    found = [(row.account, with_rows(case, {(Funding, row.id): dict(anything)})) for row in accounts]
    ledgers = (row for row in case.of(RawLedgers) if row.pays and row.pays_for)
    return found + [(row.ledger, with_rows(case, {(RawLedgers, row.id): {"pays_for": ()}})) for row in ledgers]


def _without_earmark(solved: SolvedCase, name: str, case: Case, *, free: bool) -> RuleCost:
    """Build and solve the case in which one account may pay everything."""
    model = prepare(case, solved.options)
    row, ledger = case.find(Funding, name), case.find(RawLedgers, name)
    cell = row.origin("purposes") if row is not None else ledger.origin("pays_for") if ledger is not None else ""
    item = _Item(f"earmark: {name}", "earmark of", name, cell, "agreement")
    if free:
        return _cost(solved, item, search(model, solved.options), free=True)
    session = Session(model.matrix, solved.options)
    session.fix_integers(carried_to(solved.values, solved.built, model.built))
    answer = session.run()
    if answer.values is not None:
        answer = replace(answer, values=carried_to(answer.values, model.built, solved.built))
    return _cost(solved, item, answer, free=False)
