"""The starter, damaged at random: a clean list of problems, or a plan that is verified; no row is lost on the way."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.case import Case
from planner.case.problems import InvalidCaseError, Problem
from planner.compile import compile_case
from planner.options import Options
from planner.sheets import BY_NAME
from planner.signs import INVISIBLE
from planner.solve import solve
from planner.verify import verify
from planner.workbook import check, check_tables, write_template
from tests.broken.damage import damage
from tests.checks.edits import Tables, starter

NOT_READ = ("row-set-aside", "row-beside-table")
"""Findings about a row that is not read, as it says."""
EASY = settings(max_examples=150, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=800, suppress_health_check=list(HealthCheck))
QUICK = Options(grid="phases", time_limit=5.0)


def filled(tables: Tables, name: str) -> int:
    """Rows of a sheet in which anything stands."""
    spaces = dict.fromkeys(n for n in range(0x10000) if chr(n) in "\u00a0\u202f\u2007" or n in INVISIBLE)
    return sum(
        any(v is not None and not (isinstance(v, str) and not v.translate(spaces).strip()) for v in row.values())
        for row in tables.get(name, [])
    )


def finite(tables: Tables) -> Tables:
    """The tables without figures that no workbook can hold."""
    return {
        name: [
            {k: repr(v) if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()} for row in rows
        ]
        for name, rows in tables.items()
    }


def no_row_is_lost(tables: Tables, case: Case, problems: tuple[Problem, ...]) -> None:
    """Every row with anything in it became a typed row, or something says that it is not read."""
    for name in tables:
        aside = {p.address.row for p in problems if p.check in NOT_READ and p.address.sheet == name}
        assert len(case.of(BY_NAME[name])) + len(aside) == filled(tables, name)


def well_spoken(problems: tuple[Problem, ...]) -> None:
    """Every finding has its words."""
    assert all(p.check and p.found and p.mend and str(p) for p in problems)
    assert len(set(problems)) == len(problems)


def survives(tables: Tables) -> None:
    """Check damaged tables; where they still are a case, compile, solve and verify it."""
    case, problems = check_tables(tables)
    well_spoken(problems)
    if case is None:
        assert any(p.severity == "error" for p in problems)
        return
    no_row_is_lost(tables, case, problems)
    compile_case(case)
    conflicts = [str(p) for p in problems if p.severity == "conflict"]
    try:
        plan = solve(case, QUICK)
    except InvalidCaseError as refused:
        pytest.fail(f"a checked case was refused: {refused}")
    assert not (plan.found and conflicts), conflicts
    if plan.found:
        report = verify(case, plan)
        assert report.ok, str(report)


@EASY
@given(data=st.data())
def test_damaged_tables_are_refused_or_planned(data: st.DataObject) -> None:
    survives(damage(data.draw, starter()))


@pytest.mark.slow
@MANY
@given(data=st.data())
def test_very_many_damaged_tables_are_refused_or_planned(data: st.DataObject) -> None:
    survives(damage(data.draw, starter()))


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_workbooks_are_refused_or_read(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = finite(damage(data.draw, starter()))
    path = tmp_path_factory.mktemp("damaged") / "damaged.xlsx"
    write_template(path, raw_tables=tables)
    case, problems = check(path)
    well_spoken(problems)
    if case is None:
        assert any(p.severity == "error" for p in problems)
    else:
        no_row_is_lost(tables, case, problems)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_bytes_are_refused_or_read(
    workbook_bytes: bytes, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stream = io.BytesIO(workbook_bytes)
    for _ in range(data.draw(st.integers(1, 4))):
        stream.seek(data.draw(st.integers(0, len(workbook_bytes) - 1)))
        stream.write(data.draw(st.binary(min_size=1, max_size=8)))
    kept = data.draw(st.one_of(st.just(len(workbook_bytes)), st.integers(0, len(workbook_bytes))))
    path = tmp_path_factory.mktemp("bytes") / "damaged.xlsx"
    path.write_bytes(stream.getvalue()[:kept])
    case, problems = check(path)
    well_spoken(problems)
    assert case is not None or any(p.severity == "error" for p in problems)


@pytest.fixture(scope="module")
def workbook_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The starter as a file."""
    path: Path = tmp_path_factory.mktemp("whole") / "starter.xlsx"
    write_template(path, raw_tables=starter())
    return path.read_bytes()
