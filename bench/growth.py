"""How building and solving grow with the number of countries."""

from __future__ import annotations

import time

from bench.synthetic import region
from bench.table import Table
from planner.options import Options
from planner.solve import StageClock, prepare
from planner.solver.session import Session
from planner.workbook import case_from

CURVES = (
    ("lite", "phases", (2, 4, 8, 16, 32)),
    ("lite", "default", (2, 4, 8, 16, 32)),
    ("full", "phases", (2, 4, 8, 16, 32)),
    ("full", "default", (2, 4, 8, 16)),
)
QUICK = (("lite", "phases", (2, 4, 8)), ("lite", "default", (2, 4)))


def measure(*, quick: bool) -> list[Table]:
    """One table a curve."""
    limit = 10.0 if quick else 60.0
    columns = (
        "countries",
        "rows",
        "columns",
        "nonzeros",
        "binaries",
        "check",
        "compile",
        "build",
        "us a nonzero",
        "solve",
        "gap",
        "ended",
    )
    tables = []
    for detail, grid, sizes in QUICK if quick else CURVES:
        table = Table(
            f"Growth: {detail} detail at grid {grid}, seconds; to a gap of 0.1 % within {limit:g} s on one thread",
            columns,
        )
        for countries in sizes:
            table.add(*_point(countries, detail, grid, limit))
        tables.append(table)
    return tables


def _point(countries: int, detail: str, grid: str, limit: float) -> tuple[object, ...]:
    """One size."""
    options, clock = Options(grid=grid, time_limit=limit), StageClock()
    tables = region(countries, detail)
    begin = time.perf_counter()
    case = case_from(tables)
    checking = time.perf_counter() - begin
    matrix = prepare(case, options, clock).matrix
    session = Session(matrix, options)
    begin = time.perf_counter()
    answer = session.run()
    seconds = time.perf_counter() - begin
    built = clock.seconds["build"]
    gap = "none" if answer.gap is None else f"{answer.gap:.2%}"
    return (
        countries,
        len(matrix.row_lower),
        len(matrix.cost),
        len(matrix.values),
        int(matrix.integer.sum()),
        checking,
        clock.seconds["compile"],
        built,
        1e6 * built / len(matrix.values),
        seconds,
        gap,
        answer.stopped or "proven",
    )
