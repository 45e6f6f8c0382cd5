"""What the worker answers besides plans: what limits are worth, why a row gets what it gets, what mends a clash.

Each answer is plain data for JSON. Everything is computed by `planner`; here it is only asked for and written down.
"""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.session.store import load_plan, save_answer
from app.tasks.cells import numbers_of
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.explain import (
    NoPlanError,
    SolvedCase,
    UnknownRowError,
    explain_conflict,
    open_case,
    prices,
    rule_costs,
    switch_worth,
    timing_story,
    unused,
    what_would_change,
    who_gains,
    why,
    why_not_more,
)
from planner.explain.prices import Price
from planner.explain.recipe import Margin
from planner.explain.why import KINDS
from planner.options import Options
from planner.plan import Plan
from planner.solve import solve
from planner.tradeoffs import TradeoffError
from planner.workbook import check as check_workbook

Tell = Callable[[dict[str, Any]], None]
TOP = 15
"""Limits whose price is examined and confirmed."""


class RefusedError(ValueError):
    """The question cannot be answered; the message is for people."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """A question as the worker sees it."""

    request: Mapping[str, Any]
    case: Case
    options: Options
    tell: Tell
    stop: threading.Event

    def say(self, words: str, *, keep: bool = False) -> None:
        """Tell what is being done; with `keep` there is something that outlives a stop."""
        self.tell({"kind": "progress", "message": words, "keep": keep or None})

    def plan(self) -> Plan:
        """The plan that the question is about."""
        return load_plan(Path(self.request["plan"]))

    def solved(self) -> SolvedCase:
        """The plan opened for questions."""
        self.say("Opening the plan")
        return open_case(self.case, self.options, self.plan())


def answer(request: Mapping[str, Any], tell: Tell, stop: threading.Event) -> dict[str, Any]:
    """Answer one request and keep the answer; what was interrupted is kept apart."""
    from planner.cli.words import problems_json

    tell({"kind": "progress", "stage": "read"})
    case, problems = check_workbook(Path(request["path"]), scenario=request["scenario"], sets=request["sets"])
    if case is None:
        return {"kind": "invalid", **problems_json(problems, False)}
    asked = Asked(request, case, Options(**request["options"]), tell, stop)
    try:
        found = _kinds()[request["do"]](asked)
    except (RefusedError, UnknownRowError, TradeoffError) as error:
        return {"kind": "refused", "sentence": str(error)}
    out = Path(request["out"])
    if stop.is_set():
        out, found = out.with_stem(f"{out.stem}-stopped"), {**found, "interrupted": True}
    save_answer(found, out)
    return {"kind": "answered", "key": out.stem}


def _kinds() -> dict[str, Callable[[Asked], dict[str, Any]]]:
    """Every kind of question."""
    from app.tasks.attribution import attribution
    from app.tasks.baselines import baselines
    from app.tasks.fronts import front, ladder
    from app.tasks.futures import futures, reserve, trial
    from app.tasks.sensitivity import uncertain
    from app.tasks.steering import fair, goal, merit, ranges, steered

    return {
        "explain": explain, "rules": rules, "why": why_row, "change": change, "try": try_cell, "conflict": conflict,
        "front": front, "ladder": ladder, "attribution": attribution, "baselines": baselines,
        "ranges": ranges, "steer": steered, "goal": goal, "merit": merit, "fair": fair, "uncertain": uncertain,
        "futures": futures, "reserve": reserve, "trial": trial,
    }  # fmt: skip


def explain(asked: Asked) -> dict[str, Any]:
    """Prices, when which limit binds, what is unused, who gains, and the rows that can be asked about."""
    solved = asked.solved()
    asked.say("Working out what each limit is worth, and solving again to confirm it")
    found = prices(solved, top=TOP)
    cells = {number.cell: number for number in numbers_of(solved.case)}
    asked.say("Looking at what binds when, and at what is unused")
    return {
        "prices": [_price(p, cells) for p in found.rows if p.checked is not None],
        "free": [_price(p, cells) for p in found.free[: 2 * TOP]],
        "counts": [len(found.rows), len(found.free)],
        "note": f"{found.note} {found.order}",
        "objective": solved.objective,
        "story": [
            {"first": s.first, "last": s.last, "from": s.start_day, "until": s.end_day, "sentence": s.sentence,
             "bindings": [[b.words, b.cell, b.share] for b in s.bindings]} for s in timing_story(solved)
        ],
        "unused": [dataclasses.asdict(u) for u in unused(solved)],
        "gains": [dataclasses.asdict(g) for g in who_gains(solved)],
        "rows": _rows(solved),
    }  # fmt: skip


def _price(price: Price, cells: Mapping[str, Any]) -> dict[str, Any]:
    """One price with the change of its cell that is one unit more, where there is a cell for it."""
    number = cells.get(price.cell)
    step = None
    if number is not None:
        near = [s for s in (1.0, 0.01) if math.isclose(number.value / s, price.value, rel_tol=1e-9, abs_tol=1e-9)]
        step = near[0] if near else None
    found = {f.name: getattr(price, f.name) for f in dataclasses.fields(price) if f.name not in ("effects", "checked")}
    checked = dataclasses.asdict(price.checked) if price.checked is not None else None
    effects = [[e.outcome, e.unit, e.change] for e in price.effects]
    return {
        **{k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in found.items()},
        "effects": effects, "checked": checked, "least": price.least, "most": price.most, "unique": price.unique,
        "name": number.name if number is not None and step else "", "step": step,
        "now": number.value if number is not None else None,
    }  # fmt: skip


def _rows(solved: SolvedCase) -> list[list[Any]]:
    """Rows about which the plan decides: sheet, row, unit, how much over the whole plan (1 or 0 for a yes or no)."""
    acts, switches = solved.built.activities, solved.built.switches
    sheets = {kind: sheet for sheet, kind in KINDS.items()}
    found: list[list[Any]] = []
    for name, activity in acts.by_id.items():
        kind, _, row = name.partition(":")
        if kind in sheets:
            total = math.fsum(solved.number(acts.level[name, t]) for t in acts.active[name])
            found.append([sheets[kind], row, activity.unit, total])
    for name, switch in switches.by_id.items():
        kind, _, row = name.partition(":")
        if kind in sheets and not switch.already:
            found.append([sheets[kind], row, "decision", float(solved.number(switches.taken(name)) > 0.5)])
    order = list(KINDS)
    return sorted(found, key=lambda f: (order.index(f[0]), f[1]))


def rules(asked: Asked) -> dict[str, Any]:
    """What every rule costs, and what every decision that was taken is worth."""
    solved = asked.solved()
    asked.say("Leaving out each rule in turn and solving again")
    costs = rule_costs(solved)
    asked.say("Turning decisions round, one after another, and solving again")
    worth = switch_worth(solved, top=8)
    return {
        "costs": [{**dataclasses.asdict(c), "certain": c.gain is not None and c.gain > c.uncertain} for c in costs],
        "worth": [{**dataclasses.asdict(w), "worth": w.worth} for w in worth],
        "note": prices(solved, top=0).note,
        "objective": solved.objective,
    }  # fmt: skip


def why_row(asked: Asked) -> dict[str, Any]:
    """Why a row gets what it gets, and what a little more of it would do."""
    solved, sheet, row = asked.solved(), asked.request["sheet"], asked.request["row"]
    asked.say("Taking apart what one more brings and takes")
    found = why(solved, sheet, row)
    margins = {r.period: r.margin for r in found.reasons if r.margin is not None}
    reasons = [
        {"period": r.period, "level": r.level, "unit": r.unit, "state": r.state, "sentence": r.sentence,
         "margin": _margin(margins.get(r.period)), "binding": [[p.words, p.cell, p.points] for p in r.binding]}
        for r in found.reasons
    ]  # fmt: skip
    more: dict[str, Any] = {}
    if KINDS[sheet] in ("reform", "open"):
        if found.reasons:
            asked.say("Turning the decision round and solving again")
            (worth,) = switch_worth(solved, [row])
            more = {"sentence": worth.sentence, "effects": list(worth.effects), "objective": worth.worth}
    else:
        asked.say("Forcing a tenth more of it and solving again")
        forced = why_not_more(solved, sheet, row)
        more = {"sentence": forced.sentence, "effects": list(forced.effects), "objective": forced.objective}
    return {
        "sheet": sheet, "row": row, "cell": found.cell, "sentence": found.sentence, "reasons": reasons, "more": more,
        "gap": solved.gap,
    }  # fmt: skip


def _margin(margin: Margin | None) -> dict[str, Any] | None:
    """What one unit more brings and takes."""
    if margin is None:
        return None
    parts = [[p.words, p.cell, p.points] for p in margin.parts if abs(p.points) > 1e-9]
    if abs(margin.direct) > 1e-9:
        parts.insert(0, ["what it counts for by itself", "", margin.direct])
    return {"brings": margin.brings, "takes": margin.takes, "net": margin.net, "parts": parts}


def change(asked: Asked) -> dict[str, Any]:
    """The smallest change of one number after which a row enters, leaves or halves."""
    request, solved = asked.request, asked.solved()
    asked.say("Trying other values of the number, one after another")
    found = what_would_change(
        solved, request["sheet"], request["row"], request["event"], tuple(request["number"]), free=request["free"]
    )
    return {**dataclasses.asdict(found), "free": request["free"]}


def try_cell(asked: Asked) -> dict[str, Any]:
    """Change one number and solve again: with the decisions of the plan held, and with everything free."""
    request, solved = asked.request, asked.solved()
    sets = [*request["sets"], request["change"]]
    case, problems = check_workbook(Path(request["path"]), scenario=request["scenario"], sets=sets)
    if case is None:
        raise RefusedError(next(f"{p.found} {p.mend}" for p in problems if p.severity == "error"))
    asked.say("Solving again with the yes-or-no decisions held")
    base = solved.fixed.objective
    held: float | None = None
    effects: list[Any] = []
    try:
        other = open_case(case, asked.options, asked.plan())
        held = other.fixed.objective - base
        before, after = solved.built.outcomes.value, other.built.outcomes.value
        for outcome in other.built.frame.network.outcomes:
            was = before[outcome.id].value(solved.fixed.values)
            now = after[outcome.id].value(other.fixed.values)
            if abs(now - was) > 1e-7 * max(1.0, abs(was)):
                effects.append([outcome.id, outcome.unit, now - was])
    except (NoPlanError, ValueError):
        held = None
    asked.say("Solving again with everything free")
    plan = solve(case, asked.options, interrupt=asked.stop)
    return {
        "held": held, "effects": effects, "free": plan.objective, "gap": plan.gap, "found": plan.found,
        "before": asked.plan().objective, "before_gap": asked.plan().gap,
    }  # fmt: skip


def conflict(asked: Asked) -> dict[str, Any]:
    """What cannot hold together, what mends it, and what the nearest possible plan would give."""
    asked.say("Seeking the rules and limits that clash, and what would mend it")
    found = explain_conflict(asked.case, asked.options)
    repairs = [
        {"changes": [dataclasses.asdict(c) for c in r.changes], "category": r.category, "proven": r.proven,
         "sentence": r.sentence, "sets": list(r.sets), "whole": all(c.sets for c in r.changes)} for r in found.repairs
    ]  # fmt: skip
    return {
        "arithmetic": [{"cell": str(p.address), "label": p.label, "found": p.found, "mend": p.mend}
                       for p in found.arithmetic],
        "conflicts": [{"members": [dataclasses.asdict(m) for m in c.members], "sentence": c.sentence}
                      for c in found.conflicts],
        "repairs": repairs, "unfinished": list(found.unfinished), "order": found.order, "complete": found.complete,
        "feasible": found.feasible, "nearest": _nearest(asked, repairs),
    }  # fmt: skip


def _nearest(asked: Asked, repairs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Outcomes of the plan with the first repair that can be carried out."""
    for number, repair in enumerate(repairs):
        if not (repair["proven"] and repair["whole"]):
            continue
        asked.say("Solving with the smallest repair, to see the nearest plan")
        sets = [*asked.request["sets"], *repair["sets"]]
        try:
            case, _ = check_workbook(Path(asked.request["path"]), scenario=asked.request["scenario"], sets=sets)
        except InvalidCaseError:
            continue
        if case is None:
            continue
        plan = solve(case, asked.options, interrupt=asked.stop)
        if plan.found:
            table = plan.tables["outcomes"]
            rows = zip(table["outcome"], table["unit"], table["value"], strict=True)
            return {"repair": number, "outcomes": [[o, u, float(v)] for o, u, v in rows], "gap": plan.gap}
    return None
