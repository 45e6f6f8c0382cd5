"""Damaged workbooks by the thousand: refused with reasons, or read whole, planned and verified; never anything else.

`pytest --nightly -m nightly --campaign 10000` runs as many in parts of a hundred, so that two processes share them.
Each part leaves its counts in out/campaign/, and whatever breaks is kept there as a workbook; a summary is printed by
`python -m tests.robustness.test_campaign`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from planner.case.problems import Problem
from planner.compile import compile_case
from planner.options import Options
from planner.plan import Status
from planner.results import read_plan, write_workbook
from planner.solve import solve
from planner.verify import verify
from planner.workbook import check, write_template
from tests.broken.damage import damage
from tests.broken.forms import FORMS
from tests.broken.surgery import Book
from tests.broken.test_fuzz import finite, no_row_is_lost, well_spoken
from tests.checks.edits import Tables, starter

OUT = Path(__file__).parents[2] / "out" / "campaign"
PART = 100
QUICK = Options(grid="phases", time_limit=5.0)


def outcome_of(tables: Tables, folder: Path) -> str:
    """Write a damaged workbook, read it, solve it, verify it and read the plan back; say how it ended."""
    path = folder / "damaged.xlsx"
    write_template(path, raw_tables=tables)
    case, problems = check(path)
    well_spoken(problems)
    same_in_every_form(path, problems)
    if case is None:
        assert any(p.severity == "error" for p in problems)
        return "refused"
    no_row_is_lost(tables, case, problems)
    compile_case(case)
    plan = solve(case, QUICK)
    if not plan.found:
        assert plan.status in (Status.INFEASIBLE, Status.UNBOUNDED, Status.NO_PLAN)
        return str(plan.status)
    assert not [p for p in problems if p.severity == "conflict"]
    report = verify(case, plan)
    assert report.ok, str(report)
    write_workbook(case, plan, folder / "plan.xlsx")
    again = verify(case, read_plan(folder / "plan.xlsx"))
    assert again.ok, str(again)
    return "planned and verified"


def same_in_every_form(path: Path, problems: tuple[Problem, ...]) -> None:
    """One other form of the file, which its bytes choose: the same findings, so that nothing was read otherwise."""
    data = path.read_bytes()
    form = sorted(FORMS)[hashlib.sha256(data).digest()[0] % len(FORMS)]
    other = path.parent / form / path.name
    other.parent.mkdir(exist_ok=True)
    other.write_bytes(FORMS[form](Book(data)))
    assert check(other)[1] == problems, form


def part_of_campaign(number: int, count: int, folder: Path) -> Counter[str]:
    """Run one part from its own seed; what breaks is kept as a workbook and told."""
    counts: Counter[str] = Counter()
    broken: list[str] = []

    @seed(number)
    @settings(
        max_examples=count, phases=(Phase.generate,), derandomize=False, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data())
    def each(data: st.DataObject) -> None:
        tables = finite(damage(data.draw, starter()))
        try:
            counts[outcome_of(tables, folder)] += 1
        except Exception as error:  # every failure is kept with its workbook, and the campaign goes on
            counts["broken"] += 1
            OUT.mkdir(parents=True, exist_ok=True)
            kept = OUT / f"broken_{number}_{len(broken)}.xlsx"
            write_template(kept, raw_tables=tables)
            broken.append(f"{kept.name}: {type(error).__name__}: {error}")

    each()
    if broken:
        (OUT / f"broken_{number}.txt").write_text("\n".join(broken), encoding="utf-8")
    assert not broken, "\n".join(broken[:3])
    return counts


def test_a_few_damaged_workbooks_are_refused_or_planned(tmp_path: Path) -> None:
    counts = part_of_campaign(0, 15, tmp_path)
    assert counts.total() >= 10
    assert counts["broken"] == 0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a part of the campaign."""
    if "part" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--campaign")
        metafunc.parametrize("part", range(1, 1 + max(1, -(-wanted // PART))))


@pytest.mark.nightly
def test_very_many_damaged_workbooks_are_refused_or_planned(
    part: int, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    wanted = pytestconfig.getoption("--campaign")
    count = min(PART, wanted - PART * (part - 1))
    started = time.perf_counter()
    counts = part_of_campaign(part, count, tmp_path)
    OUT.mkdir(parents=True, exist_ok=True)
    told = {"part": part, "seconds": round(time.perf_counter() - started, 1), "counts": dict(counts)}
    (OUT / f"part_{part:04d}.json").write_text(json.dumps(told), encoding="utf-8")


def summary() -> str:
    """What the campaign found so far."""
    parts = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(OUT.glob("part_*.json"))]
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part["counts"])
    seconds = sum(part["seconds"] for part in parts)
    lines = [f"{total.total():,} damaged workbooks in {len(parts)} parts, {seconds / 3600:.1f} hours of work"]
    lines += [f"  {count:6,}  {name}" for name, count in total.most_common()]
    return "\n".join(lines + [f"  kept: {path.name}" for path in sorted(OUT.glob("broken_*.txt"))])


if __name__ == "__main__":
    print(summary())
