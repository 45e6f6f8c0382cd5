"""What was found about futures as plain data for JSON, the app and tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from planner.futures.commitments import Commitment, commitments
from planner.futures.fans import Fan, fans, percentile
from planner.futures.found import CommittedPlan, Hedge
from planner.futures.recourse import Followed
from planner.futures.reserve import Reserve
from planner.futures.sampling import Trial
from planner.futures.telling import (
    answer,
    commitment_sentence,
    infeasible_sentence,
    name_of,
    reserve_answer,
    row_sentence,
    sentences,
    trial_answer,
    trial_sentences,
    when,
)
from planner.ordering import place
from planner.plan.extract import Extractor
from planner.sheets import Outcomes
from planner.wording.figures import digits, finite

BAND = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Percentiles of fans."""


def hedge_json(found: Hedge) -> dict[str, Any]:
    """Everything about a hedge."""
    outlook, case = found.outlook, found.outlook.case
    branch = case.date(outlook.branching.day).isoformat() if outlook.branching.day < case.horizon else None
    return {
        "answer": answer(found),
        "sentences": list(sentences(found)),
        "when": when(found),
        "branch": {"date": branch, "common": outlook.branching.common,
                   "own": {n or "as it stands": case.date(d).isoformat() for n, d in outlook.branching.own.items()}},
        "futures": [
            {"name": f.name, "title": f.title, "label": f.label, "probability": found.probability(f), "best": h.points,
             "bound": finite(h.bound)} for f, h in zip(outlook.futures, found.hindsight, strict=True)
        ],
        "hopeless": [
            {"title": lost.future.title, "probability": lost.future.probability,
             "sentence": infeasible_sentence(found, n), "breaks": _breaks(lost.broken)}
            for n, lost in enumerate(found.infeasible)
        ],
        "plans": [row_json(found, row) for row in found.rows],
        "expected": finite(found.expected), "bound": finite(found.bound), "gap": finite(found.gap),
        "wait_and_see": finite(found.wait_and_see), "averaged": finite(found.averaged),
        "hedging_worth": _worth(found.hedging_worth), "knowing_worth": _worth(found.knowing_worth),
        "outcomes": outcomes_json(found),
        "commitments": [commitment_json(c) for c in commitments(found)],
        "fans": [fan_json(f, found) for f in _fans(found)],
        "notes": list(found.notes), "stopped": found.stopped, "seconds": found.seconds,
        "rows": found.size[0], "columns": found.size[1],
    }  # fmt: skip


def _worth(worth: Any) -> dict[str, Any] | None:
    """A difference with its ends."""
    return None if worth is None else {**{k: finite(v) for k, v in asdict(worth).items()}, "sure": worth.sure}


def row_json(found: Hedge, row: CommittedPlan) -> dict[str, Any]:
    """One set of commitments in every future."""
    count = range(len(row.followed))
    largest = found.largest_regret(row)
    return {
        "name": row.name, "kind": row.kind, "whole": row.whole, "expected": finite(row.expected(found.outlook)),
        "points": [finite(p) for p in row.points], "kept": [f.kept for f in row.followed],
        "regret": [finite(found.regret(row, s)) for s in count],
        "regret_share": [finite(found.regret_share(row, s)) for s in count],
        "regret_told": [found.regret_told(row, s) for s in count],
        "cuts": [_cuts(f) for f in row.followed], "breaks": [_breaks(f) for f in row.followed],
        "sentence": row_sentence(found, row),
        "largest_regret": largest and {"future": found.outlook.titles[largest[0]], "points": largest[1]},
        "expected_regret": _expected_regret(found, row), "at_most_worse": finite(found.at_most_worse(row)),
    }  # fmt: skip


def _expected_regret(found: Hedge, row: CommittedPlan) -> float | None:
    """Mean regret, where all is kept everywhere."""
    if not row.whole:
        return None
    return found.outlook.expected([found.regret(row, s) or 0.0 for s in range(len(row.followed))])


def _cuts(followed: Followed) -> list[dict[str, Any]]:
    """What has to be cut back."""
    return [
        {"what": name_of(str(c.decision[1][0])), "planned": c.planned, "left": c.left, "share": c.share}
        for c in followed.cuts
    ]


def _breaks(followed: Followed) -> list[dict[str, Any]]:
    """What breaks."""
    return [asdict(b) for b in followed.breaks]


def outcomes_json(found: Hedge) -> list[dict[str, Any]]:
    """Every outcome in every future: with hindsight, and of the hedged plan."""
    better = {row.outcome: row.better for row in found.outlook.case.of(Outcomes)}
    hedged = found.hedged
    listed: dict[str, dict[str, Any]] = {}
    for s, future in enumerate(found.outlook.futures):
        known = Extractor(future.model.built, found.hindsight[s].values).outcomes()
        mine = None if hedged is None else hedged.followed[s].values
        values = {} if mine is None else _values(Extractor(future.model.built, mine))
        for line in known:
            name = str(line["outcome"])
            item = listed.setdefault(
                name,
                {"outcome": name, "unit": line["unit"], "better": better.get(name, "more"), "hindsight": [],
                 "hedged": []},
            )  # fmt: skip
            item["hindsight"].append(finite(float(line["value"])))
            item["hedged"].append(finite(values.get(name)))
    return list(listed.values())


def _values(extractor: Extractor) -> dict[str, float]:
    """Values of outcomes by name."""
    return {str(line["outcome"]): float(line["value"]) for line in extractor.outcomes()}


def commitment_json(item: Commitment) -> dict[str, Any]:
    """One decision about which futures agree or not."""
    return {**asdict(item), "sentence": commitment_sentence(item)}


def _fans(found: Hedge) -> tuple[Fan, ...]:
    """Lines over time of the hedged plan, of hindsight where there is none."""
    hedged = found.hedged
    values = [h.values for h in found.hindsight]
    if hedged is not None and all(f.values is not None for f in hedged.followed):
        values = [f.values for f in hedged.followed if f.values is not None]
    return fans(found.outlook.futures, values)


def fan_json(fan: Fan, found: Hedge) -> dict[str, Any]:
    """Lines with their weighted percentiles."""
    weights = found.outlook.probabilities.tolist()
    lines = [fan.lines[t] for t in found.outlook.titles if t in fan.lines]
    bands = {}
    if len(lines) == len(weights):
        bands = {digits(100 * q, 6): [percentile(at, weights, q) for at in zip(*lines, strict=True)] for q in BAND}
    return {"name": fan.name, "unit": fan.unit, "kind": fan.kind, "periods": list(fan.periods),
            "lines": {k: list(v) for k, v in fan.lines.items()}, "bands": bands}  # fmt: skip


def reserve_json(front: Reserve, found: Hedge) -> dict[str, Any]:
    """Steps from the best mean to the best worst futures, with what each holds differently from the first."""
    base = front.committed(found, front.steps[0]) if front.steps else {}
    return {
        "answer": reserve_answer(front), "worst": front.worst, "stopped": front.stopped, "seconds": front.seconds,
        "titles": list(found.outlook.titles),
        "steps": [
            {"weight": s.weight, "mean": s.mean, "tail": s.tail, "points": list(s.points), "gap": finite(s.gap),
             "changes": _changes(base, front.committed(found, s))} for s in front.steps
        ],
    }  # fmt: skip


def _changes(before: dict[Any, float], after: dict[Any, float]) -> list[dict[str, Any]]:
    """Commitments that a step changes, the largest share first."""
    sums: dict[str, list[float]] = {}
    for side, amounts in enumerate((before, after)):
        for (family, key), value in amounts.items():
            if family in ("level", "taken"):
                sums.setdefault(str(key[0]), [0.0, 0.0])[side] += value
    found_changes = []
    for name, (old, new) in sums.items():
        size = max(abs(old), abs(new))
        if size > 1e-6 and abs(new - old) > 0.01 * size:
            found_changes.append({"what": name_of(name), "before": old, "after": new, "share": abs(new - old) / size})
    return sorted(found_changes, key=lambda c: (-place(c["share"]), c["what"]))


def trial_json(trial: Trial) -> dict[str, Any]:
    """How plans fare out of sample, with bands over time of the first."""
    plans = []
    for name, samples in trial.plans.items():
        kept = {k.replace(" ", "_"): _estimate(trial.frequency(name, k)) for k in ("kept", "cut back", "broken")}
        plans.append(
            {"name": name, "samples": len(samples), "mean": _estimate(trial.mean(name)),
             "tail": _estimate(trial.tail(name)), **kept, "breaks": trial.breaks(name),
             "points": [finite(s.points) for s in samples]}
        )  # fmt: skip
    return {
        "answer": trial_answer(trial), "sentences": list(trial_sentences(trial)), "plans": plans,
        "bands": sample_bands(trial), "asked": trial.asked, "left_out": trial.left_out, "seed": trial.seed,
        "drawn": [{"evidence": r.id, "statement": r.statement, "low": r.low, "central": r.central, "high": r.high,
                   "cells": [f"{c.sheet.SHEET}!{c.row}" for c in r.cells]} for r in trial.ranges],
        "stopped": trial.stopped, "seconds": trial.seconds,
    }  # fmt: skip


def _estimate(estimate: Any) -> dict[str, float | None]:
    """A figure with its interval."""
    return {k: finite(v) for k, v in asdict(estimate).items()}


def sample_bands(trial: Trial) -> list[dict[str, Any]]:
    """Percentiles over time of every outcome and group of people, over all samples with a plan."""
    first = next(iter(trial.plans.values()), ())
    with_lines = [s for s in first if s.lines]
    if not with_lines:
        return []
    even = [1.0] * len(with_lines)
    listed = []
    for kind, name in with_lines[0].lines:
        lines = [s.lines[kind, name] for s in with_lines if (kind, name) in s.lines]
        if len(lines) < len(with_lines) or not any(abs(v) > 1e-6 for line in lines for v in line):
            continue
        bands = {digits(100 * q, 6): [percentile(at, even, q) for at in zip(*lines, strict=True)] for q in BAND}
        unit = trial.units.get(name, "people") if kind == "outcome" else "people"
        listed.append({"name": name, "kind": kind, "unit": unit, "periods": list(trial.periods), "bands": bands})
    return listed
