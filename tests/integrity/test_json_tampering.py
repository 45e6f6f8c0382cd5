"""Every field of a plan's JSON, walked: each figure and each sentence changed in turn is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from planner.integrity.pages import compare_json
from planner.plan.seal import Seal, examine, seal
from planner.results.json import plan_of, to_json
from planner.verify.report import CheckLog, Report
from tests.integrity.conftest import Filed

SEALED = {
    "bound", "gap", "verified", "unproven", "rows", "columns", "nonzeros", "binaries", "coefficient_range", "seconds",
    "versions", "options", "solved_at", "objective", "defaults", "warnings", "status", "case", "scenario", "changes",
    "grid", "input_sha256", "health",
}  # fmt: skip
"""Fields that the rest of the JSON follows from: the seal holds them, and the check of the tables or of claims."""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to every figure, sentence, flag and null."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path


def changed(said: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """The JSON with another value at a path."""
    made = copy.copy(said)
    inside: Any = made
    for step in path[:-1]:
        inside[step] = copy.copy(inside[step])
        inside = inside[step]
    old = inside[path[-1]]
    new: Any = (
        "x"
        if old is None
        else old + "x"
        if isinstance(old, str)
        else not old
        if isinstance(old, bool)
        else old * 1.01 + 1
    )
    inside[path[-1]] = new
    return made


def sampled(said: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Every leaf outside the tables of each top-level field (about two or three of one), and some of each table."""
    found: dict[Any, list[tuple[Any, ...]]] = {}
    for path in leaves(said):
        found.setdefault(path[:2] if path[0] in ("tables", "headline") else path[:1], []).append(path)
    unseen = {("seal", "signature"), ("seal", "key")}  # nobody without the key can check them, which is said
    return [p for group in found.values() for p in group[:: max(1, len(group) // 2)] if p not in unseen]


def gives_away(case: Any, said: dict[str, Any]) -> bool:
    """Whether the seal or a field that should follow from the others gives a change away."""
    try:
        plan = plan_of(said)
        held = examine(Seal(**said["seal"]), plan)
    except (KeyError, TypeError, ValueError, AttributeError):
        return True
    if held.faults:
        return True
    report = Report()
    compare_json(said, json.loads(json.dumps(to_json(case, plan), default=str)), CheckLog(report, "pages", "", ()))
    return not report.ok


def test_untouched_json_holds(filed: Filed) -> None:
    found = filed.checked_json(filed.said)
    assert found.ok, str(found)


def test_every_field_is_recomputed_bound_or_sealed(filed: Filed) -> None:
    paths = sampled(filed.said)
    said_at_all = {name for name in filed.said if next(leaves(filed.said[name]), None) is not None}
    assert {path[0] for path in paths} == said_at_all
    assert [path for path in paths if not gives_away(filed.case, changed(filed.said, path))] == []


def test_fields_that_follow_are_found_by_whom_the_seal_does_not_stop(filed: Filed) -> None:
    """Sealed anew: everything but what the rest follows from is still found."""
    missed = []
    for path in sampled(filed.said):
        if path[0] in SEALED | {"tables", "seal"} or path[-1] in ("doing_nothing", "previous"):
            continue
        said = changed(filed.said, path)
        said["seal"] = asdict(seal(plan_of(said)))
        if not gives_away(filed.case, said):
            missed.append(path)
    assert missed == []


def test_a_field_taken_out_or_added_is_found(filed: Filed) -> None:
    bare = {name: value for name, value in filed.said.items() if name != "held_back_by"}
    assert not filed.checked_json(bare).ok
    assert not filed.checked_json(filed.said | {"approved": True}).ok
