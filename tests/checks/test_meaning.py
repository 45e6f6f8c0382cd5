"""Every check of meaning: what trips it, and what looks alike and must be left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from planner.options import Options
from planner.plan import Status
from planner.solve import solve
from planner.workbook import check, check_tables
from tests.checks.edits import STARTER, Edit, edited, found
from tests.checks.pairs_frame import FRAME
from tests.checks.pairs_people import PEOPLE
from tests.checks.pairs_rules import RULES
from tests.checks.pairs_sums import SUMS
from tests.checks.pairs_work import WORK


@dataclass(frozen=True)
class Pair:
    """A check with edits that trip it (severity, sheet and a part of what is said) and edits that must not."""

    check: str
    severity: str
    sheet: str
    part: str
    trip: Sequence[Edit]
    harmless: Sequence[Edit]


PAIRS = [Pair(*pair) for group in (FRAME, PEOPLE, RULES, SUMS, WORK) for pair in group]
NAMES = [f"{pair.check}-{n}" for n, pair in enumerate(PAIRS)]


@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_a_check_is_tripped(pair: Pair) -> None:
    said = [p for p in found(pair.trip) if p.check == pair.check]
    assert said, [str(p) for p in found(pair.trip)]
    for problem in said:
        assert problem.severity == pair.severity
    hit = [p for p in said if p.address.sheet == pair.sheet and pair.part in f"{p.found} {p.mend}"]
    assert hit, [str(p) for p in said]
    assert all(p.found and p.mend for p in said)


@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_what_looks_alike_is_left_alone(pair: Pair) -> None:
    problems = found(pair.harmless)
    assert not [str(p) for p in problems if p.check == pair.check or p.severity != "warning"]


def test_the_starter_draws_no_remark() -> None:
    case, problems = check(STARTER)
    assert case is not None
    assert [str(p) for p in problems] == []


@pytest.mark.parametrize(
    "pair", [pytest.param(p, id=n) for p, n in zip(PAIRS, NAMES, strict=True) if p.severity == "conflict"]
)
def test_what_arithmetic_calls_impossible_is(pair: Pair) -> None:
    case, _ = check_tables(edited(*pair.trip))
    assert case is not None
    plan = solve(case, Options(grid="phases", time_limit=60.0))
    assert plan.status is Status.INFEASIBLE
