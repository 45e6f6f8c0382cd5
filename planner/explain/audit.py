"""What every rule, earmark and condition costs, and who gains and loses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.matrix import Floats
from planner.baseline import DECIDED
from planner.case import Case
from planner.explain.nudges import with_rows
from planner.explain.study import Study
from planner.explain.words import figure, signed
from planner.extract import Extractor
from planner.plan import Status
from planner.session import Answer, Session
from planner.sheets import Funding, Outcomes, RawLedgers
from planner.solve import prepare, search


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
    study: Study, ids: Collection[str] = (), *, free: bool = False, time_limit: float = 60.0
) -> tuple[RuleCost, ...]:
    """Objective without each rule, time limit that is a right, match, milestone and earmark; the dearest first.

    Yes-or-no decisions stay as the plan took them, so that what is shown is the least that each costs; with `free` the
    whole search is made anew for each. `ids` picks some by id or name. Raises KeyError where none is meant.
    """
    found = [
        _without_rows(study, *group, free=free, time_limit=time_limit)
        for group in _groups(study)
        if _picked(ids, group[0], group[2])
    ]
    found += [
        _without_earmark(study, name, case, free=free)
        for name, case in _earmarks(study.case)
        if _picked(ids, f"earmark {name}", name)
    ]
    if ids and not found:
        message = f"No rule, right, match, milestone or earmark is called {', '.join(repr(i) for i in ids)}."
        raise KeyError(message)
    return tuple(sorted(found, key=lambda r: (r.gain is not None, -(r.gain or 0.0), r.id)))


def _picked(ids: Collection[str], name: str, words: str) -> bool:
    """Whether something is asked for."""
    return not ids or name in ids or words in ids


Group = tuple[str, str, str, str, str, str, list[int]]


def _groups(study: Study) -> list[Group]:
    """Rows to free together: (id, kind, name, cell, category, authority, rows)."""
    frame = study.built.frame
    rules = {r.id: r for r in frame.network.rules}
    groups: dict[str, Group] = {}
    for number, row in enumerate(frame.rows):
        key = str(row.key[0])
        if row.family == "rule" and rules[key].tags.get("kind") in ("rule", "match"):
            rule = rules[key]
            name = rule.tags.get("row", key)
            kind = "rule" if rule.tags["kind"] == "rule" else "match"
            group = groups.setdefault(
                f"{kind}: {name}", (f"{kind}: {name}", kind, name, rule.origin, rule.category, rule.authority, [])
            )
        elif row.family == "on_time" and (limit := study.built.ledgers.stocks[key].limit) is not None and limit.hard:
            name = key.partition(":")[2]
            group = groups.setdefault(
                f"right: {name}", (f"right: {name}", "time limit", name, row.origin, "right", "", [])
            )
        elif row.family == "milestone":
            name = key.partition(":")[2]
            group = groups.setdefault(
                f"milestone: {name}", (f"milestone: {name}", "milestone", name, row.origin, "agreement", "", [])
            )
        else:
            continue
        group[-1].append(number)
    return list(groups.values())


def _without_rows(
    study: Study,
    name: str,
    kind: str,
    words: str,
    cell: str,
    category: str,
    authority: str,
    rows: list[int],
    *,
    free: bool,
    time_limit: float,
) -> RuleCost:
    """Solve with some rows free."""
    session = Session(study.matrix, study.options)
    if not free:
        session.fix_whole(study.values)
        session.highs.setBasis(study.fixed.start)
    for row in rows:
        session.highs.changeRowBounds(row, -np.inf, np.inf)
    session.set_cost(study.fixed.cost)
    answer = session.run(time_limit=time_limit, presolve=None if free else False)
    before = study.objective if free else study.fixed.objective
    return _cost(study, name, kind, words, cell, category, authority, answer, before, free=free)


def _cost(
    study: Study,
    name: str,
    kind: str,
    words: str,
    cell: str,
    category: str,
    authority: str,
    answer: Answer,
    before: float,
    *,
    free: bool,
) -> RuleCost:
    """What an answer without something says about it."""
    effects: tuple[tuple[str, str, float], ...] = ()
    gain: float | None = None
    uncertain = abs(before) * (study.gap or 0.0) if free else 1e-6 * max(1.0, abs(before))
    if answer.objective is not None and answer.values is not None and len(answer.values) == len(study.values):
        gain = answer.objective - before
        reference = study.values if free else study.fixed.values
        forms = study.built.outcomes.value
        changes = (
            (o.id, o.unit, forms[o.id].value(answer.values) - forms[o.id].value(reference))
            for o in study.built.frame.network.outcomes
        )
        effects = tuple((o, u, c) for o, u, c in changes if abs(c) > 1e-6)
    elif answer.objective is not None:
        gain = answer.objective - before
    if free and answer.bound is not None and answer.objective is not None and np.isfinite(answer.bound):
        uncertain = max(uncertain, abs(answer.bound - answer.objective))
    told = _say(
        kind,
        words,
        cell,
        authority,
        gain,
        uncertain,
        effects,
        before,
        free=free,
        unlimited=answer.status is Status.UNBOUNDED,
    )
    return RuleCost(name, kind, words, cell, category, authority, gain, uncertain, effects, free, told)


def _say(
    kind: str,
    words: str,
    cell: str,
    authority: str,
    gain: float | None,
    uncertain: float,
    effects: tuple[tuple[str, str, float], ...],
    before: float,
    *,
    free: bool,
    unlimited: bool,
) -> str:
    """What something costs, in a sentence."""
    head = f"{kind[0].upper()}{kind[1:]} '{words}' ({cell}{f'; {authority}' if authority else ''})"
    if unlimited:
        return f"{head}: without it nothing would limit the objective."
    if gain is None:
        return f"{head}: no plan was found without it in the time."
    if gain <= uncertain:
        return f"{head} costs nothing" + (
            " that is larger than what the searches left open." if free else " as the plan stands."
        )
    told = "; ".join(f"{o} {signed(c)} {u}" for o, u, c in effects[:4])
    share = f", {gain / abs(before):.2%} of the plan's" if before else ""
    least = "" if free else "at least "
    return f"{head} costs {least}{figure(gain)} points{share}{f' (without it: {told})' if told else ''}."


def _earmarks(case: Case) -> list[tuple[str, Case]]:
    """Every account that may not pay everything, with the case in which it may."""
    found = []
    for row in case.of(Funding):
        if row.purposes or row.places or row.actors:
            found.append(
                (row.account, with_rows(case, {(Funding, row.id): {"purposes": (), "places": (), "actors": ()}}))
            )
    for ledger in case.of(RawLedgers):
        if ledger.pays and ledger.pays_for:
            found.append((ledger.ledger, with_rows(case, {(RawLedgers, ledger.id): {"pays_for": ()}})))
    return found


def _without_earmark(study: Study, name: str, case: Case, *, free: bool) -> RuleCost:
    """Build and solve the case in which one account may pay everything."""
    model = prepare(case, study.options)
    row = case.find(Funding, name)
    ledger = case.find(RawLedgers, name)
    cell = row.origin("purposes") if row is not None else ledger.origin("pays_for") if ledger is not None else ""
    if free:
        answer = search(model, study.options, None, None)
        return _cost(
            study, f"earmark {name}", "earmark of", name, cell, "agreement", "", answer, study.objective, free=True
        )
    session = Session(model.matrix, study.options)
    whole = {(c.family, c.key): study.values[n] for n, c in enumerate(study.built.frame.columns)}
    session.fix_whole(np.array([whole.get((c.family, c.key), 0.0) for c in model.built.frame.columns]))
    answer = session.run()
    if answer.values is not None:
        place = {(c.family, c.key): n for n, c in enumerate(model.built.frame.columns)}
        values = np.array(
            [
                answer.values[k] if (k := place.get((c.family, c.key))) is not None else 0.0
                for c in study.built.frame.columns
            ]
        )
        answer = Answer(answer.status, answer.objective, answer.bound, answer.gap, values)
    return _cost(
        study, f"earmark {name}", "earmark of", name, cell, "agreement", "", answer, study.fixed.objective, free=False
    )


@dataclass(frozen=True)
class Gain:
    """What a country, origin or group gets of an outcome, now and in what it is compared with."""

    outcome: str
    unit: str
    across: str
    name: str
    value: float
    before: float
    better: bool
    sentence: str


def who_gains(study: Study, *, across: str = "country", against: pd.DataFrame | None = None) -> tuple[Gain, ...]:
    """Outcomes by country, origin or group against doing nothing, or against another plan's table `outcome_terms`.

    Losers come first; what things cost is not among them. Raises ValueError for another division.
    """
    if across not in ("country", "origin", "group"):
        message = f"Gains are shown by country, origin or group, not by '{across}'."
        raise ValueError(message)
    now = _divided(pd.DataFrame(list(Extractor(study.built, study.values).outcome_terms())), across)
    if against is None:
        values = nothing_done(study)
        against = (
            pd.DataFrame(list(Extractor(study.built, values).outcome_terms())) if values is not None else pd.DataFrame()
        )
        word = "doing nothing"
    else:
        word = "the other plan"
    then = _divided(against, across)
    rows = {row.outcome: row for row in study.case.of(Outcomes)}
    gains = []
    for outcome, name in sorted({*now, *then}):
        row, value, before = rows[outcome], now.get((outcome, name), 0.0), then.get((outcome, name), 0.0)
        if abs(value - before) <= 1e-6 * max(1.0, abs(before)) or not name or row.headline == "cost":
            continue
        better = (value > before) == (row.better == "more")
        verdict = "gains" if better else "loses"
        sentence = f"{name} {verdict}: {row.label or outcome} {figure(value)} {row.unit} against {figure(before)} under {word} ({signed(value - before)})."
        gains.append(Gain(outcome, row.unit, across, name, value, before, better, sentence))
    return tuple(sorted(gains, key=lambda g: (g.better, g.outcome, -abs(g.value - g.before))))


def _divided(table: pd.DataFrame, across: str) -> dict[tuple[str, str], float]:
    """Value of each outcome by name in a column of the table."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    if not table.empty and across in table:
        for outcome, name, value in zip(table["outcome"], table[across], table["value"], strict=True):
            found[str(outcome), str(name) if isinstance(name, str) else ""] += float(value)
    return found


def nothing_done(study: Study) -> Floats | None:
    """Column values if nothing new is decided (see :func:`planner.baseline.doing_nothing`); None if even that cannot be."""
    built, matrix = study.built, study.matrix
    session = Session(matrix, study.options)
    lower, upper = matrix.column_lower.copy(), matrix.column_upper.copy()
    kinds = {a.id: a.tags.get("kind", "") for a in built.frame.network.activities}
    for (family, key), number in built.frame.column_of.items():
        if family == "taken" and not built.switches.by_id[str(key[0])].must:
            upper[number] = 0.0
        elif family == "level" and kinds[str(key[0])] in DECIDED:
            upper[number] = lower[number] = max(0.0, lower[number])
    session.set_columns(lower, upper)
    chosen = {r.id for r in built.frame.network.rules if r.tags.get("kind", "rule") == "rule"}
    rights = {s.id for s in built.frame.network.stocks if s.limit is not None and s.limit.hard}
    for number, row in enumerate(built.frame.rows):
        if (row.family == "on_time" and row.key[0] in rights) or (row.family == "rule" and row.key[0] in chosen):
            session.highs.changeRowBounds(number, -np.inf, np.inf)
    return session.run(time_limit=min(120.0, study.options.time_limit)).values
