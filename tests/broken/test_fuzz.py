"""Mutations of the starter case: a clean message, or a verified plan; never a traceback, never a row lost in silence."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.options import Options
from planner.plan import Status
from planner.problems import InvalidCaseError
from planner.sheets import BY_NAME
from planner.solve import solve
from planner.verify import verify
from planner.workbook.reader import check_tables
from tests.checks.edits import Tables, starter

WORDS = [
    "",
    " ",
    "x",
    "-1",
    "1e999",
    "nan",
    "0",
    "1,5",
    "=1+1",
    "protected",
    "P1",
    "\u00a0",
    "2025-13-01",
    "#REF!",
    "yes",
    "'",
    ";",
    ":",
]


def mutate(tables: Tables, chance: random.Random) -> None:
    """Make one to three random changes: delete, swap, retype, blank, negate, blow up, repeat, cut a sheet."""
    for _ in range(chance.randint(1, 3)):
        sheet = chance.choice([name for name, rows in tables.items() if rows])
        rows = tables[sheet]
        row = chance.choice(rows)
        column = chance.choice(list(row) or ["?"])
        value = row.get(column)
        kind = chance.choice(
            [
                "delete row",
                "delete cell",
                "swap",
                "retype",
                "negate",
                "blow up",
                "shrink",
                "repeat",
                "cut",
                "shuffle",
            ]
        )
        match kind:
            case "delete row":
                rows.remove(row)
            case "delete cell":
                row.pop(column, None)
            case "swap":
                other = chance.choice(rows)
                row[column], other[column] = other.get(column), value
            case "retype":
                row[column] = chance.choice([*WORDS, 3.7, -2, 10**9, True, None])
            case "negate" | "blow up" | "shrink":
                factor = {"negate": -1.0, "blow up": 1e6, "shrink": 1e-6}[kind]
                row[column] = float(value) * factor if isinstance(value, (int, float)) else f"{value}{value}"
            case "repeat":
                rows.append(dict(row))
            case "cut":
                del tables[sheet]
            case "shuffle":
                chance.shuffle(rows)
        if not any(tables.values()):
            return


def assert_sound(seed: int) -> None:
    """One mutated case: everything that must hold of it."""
    tables = starter()
    mutate(tables, random.Random(seed))
    case, problems = check_tables(tables)
    if case is None:
        assert any(p.severity == "error" for p in problems)
        assert all(p.found and p.mend for p in problems)
        return
    for sheet, rows in tables.items():
        filled = [row for row in rows if any(str(v or "").strip() for v in row.values())]
        kept = len(case.of(BY_NAME[sheet]))
        ignored = sum(p.address.sheet == sheet and p.check == "row-ignored" for p in problems)
        assert kept + ignored == len(filled), f"seed {seed}: sheet {sheet} lost a row"
    try:
        plan = solve(case, Options(grid="phases", time_limit=20.0))
    except InvalidCaseError as refused:
        told = refused.problems
        assert told
        return
    if plan.found:
        report = verify(case, plan)
        assert report.ok, f"seed {seed}: {report}"
    else:
        assert plan.status in (Status.INFEASIBLE, Status.UNBOUNDED, Status.NO_PLAN)


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
def test_a_mutated_case_gets_a_message_or_a_verified_plan(seed: int) -> None:
    assert_sound(seed)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_many_mutated_cases(part: int) -> None:
    for seed in range(part * 100, part * 100 + 100):
        assert_sound(seed)


def test_mutations_do_reach_both_ends() -> None:
    """The campaign is worth something only if it makes good and bad cases alike."""
    ends: dict[bool, int] = {True: 0, False: 0}
    for seed in range(60):
        tables: dict[str, list[dict[str, Any]]] = starter()
        mutate(tables, random.Random(seed))
        ends[check_tables(tables)[0] is not None] += 1
    assert min(ends.values()) >= 5, ends
