"""What a lever move costs without a browser: the engine's parts, and the work that stands behind other buttons."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.measure import ROOT
from bench.table import Table
from planner.case.problems import Problem
from planner.cells.raw import RawRow
from planner.explain import explain_conflict
from planner.inputs_path import inputs_path
from planner.live import CaseSpec, Dial, LiveBase, LiveEngine, build_base
from planner.live.solvers import RelaxedLP
from planner.options import Options
from planner.plan import Plan
from planner.results import write_workbook
from planner.sheets import Evidence
from planner.sheets.address import Address
from planner.solve import prepare, solve
from planner.tradeoffs import front_of_case
from planner.tradeoffs.steering import reachable
from planner.workbook import annotate, read, read_folder, write_template
from planner.workbook.guard import findings

CELLS = {
    "money": "Appropriations!*.Amount",
    "hiring": "Staff!*.Hiring limit",
    "arrivals": "Arrivals!*.Arrivals",
    "visas": "Allotments!*.Numbers",
}
FRONT = {"blueprint": ("Safe person-years", "Public and donor spending"), "starter": ("safe years", "public money")}
MOVES = 40


@dataclass(frozen=True)
class Demo:
    """A case ready to be moved, with the seconds that it took to learn."""

    name: str
    base: LiveBase
    plan: Plan
    response: float


def scaled(cells: str, percent: float) -> tuple[str, ...]:
    """Cells times a share."""
    return () if percent == 100.0 else (f"{cells}=*{percent / 100.0:.9g}",)


def demo(name: str) -> Demo:
    """Learn a packaged case on phases and solve it."""
    dials = tuple(Dial(key, partial(scaled, cells), 50.0, 150.0, 100.0, "percent") for key, cells in CELLS.items())
    begin = time.perf_counter()
    base = build_base(CaseSpec(str(inputs_path(name)), dials))
    response = time.perf_counter() - begin
    return Demo(name, base, solve(read(inputs_path(name)), Options(grid="phases")), response)


def timed(call: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """Median wall milliseconds of several calls, and the last result."""
    spent, result = [], None
    for _ in range(times):
        begin = time.perf_counter()
        result = call()
        spent.append(1000.0 * (time.perf_counter() - begin))
    return statistics.median(spent), result


def row(table: Table, what: str, milliseconds: float, budget: float | None) -> None:
    """One row: what, milliseconds, budget, and the share of the budget that was used."""
    table.add(what, milliseconds, budget, None if budget is None else milliseconds / budget)


def measure(*, quick: bool) -> list[Table]:
    """Tables of ux.md section 11 that need no browser."""
    name = "starter" if quick else "blueprint"
    found = demo(name)
    return [moves(found), buttons(found), files(quick=quick)]


def ways(demo: Demo) -> list[dict[str, float]]:
    """Settings of a person who tries one lever after another."""
    keys = [dial.key for dial in demo.base.dials]
    return [{keys[n % len(keys)]: 100.0 + (n % 9) - 4.0} for n in range(MOVES)]


def moves(demo: Demo) -> Table:
    """Parts of an answer, warm against cold."""
    table = Table(f"A lever move on {demo.name}, phases: the engine alone", ("part", "ms", "budget", "of budget"))
    engine = LiveEngine(demo.base)
    opened, _ = timed(lambda: LiveEngine(demo.base))
    engine.hold(demo.plan)
    before = engine.answer({})
    answers = [engine.answer(settings, before) for settings in ways(demo)]
    found = [a for a in answers if a.status == "found"]
    whole = sorted(1000.0 * a.seconds["total"] for a in answers)
    for part, budget in (("numbers", None), ("solve", 25.0), ("ties", None), ("bound", None), ("read", 5.0)):
        row(table, part, statistics.median(1000.0 * a.seconds[part] for a in found), budget)
    row(table, "answer, median", statistics.median(whole), 30.0)
    row(table, "answer, 95th percentile", whole[int(0.95 * len(whole)) - 1], None)
    numbers = demo.base.structure.layout.numbers(demo.base.response.home)
    programme = RelaxedLP(demo.base.structure, numbers)
    programme.solve(numbers)
    cold, _ = timed(lambda: programme.solve(numbers), 5)
    row(table, "linear programme from scratch", cold, 150.0)
    certified, _ = timed(lambda: engine.certify(found[-1]))
    row(table, "certify (tighter bound, after the paint)", certified, None)
    row(table, "open an engine (a new tab)", opened, None)
    case = read(demo.base.spec.path)
    built, _ = timed(lambda: prepare(case, demo.base.spec.options), 3)
    row(table, "model build", built, 300.0)
    row(table, "learn the case (once, in the background)", 1000.0 * demo.response, None)
    table.notes.append(f"{len(found)} of {len(answers)} moves had a plan; {demo.base.builds} compilations to learn.")
    return table


def buttons(demo: Demo) -> Table:
    """Reachable ranges, a front, a conflict: what runs in workers."""
    table = Table(f"Behind the buttons on {demo.name}, phases", ("work", "ms", "budget", "of budget"))
    options = Options(grid="phases")
    case = read(demo.base.spec.path)
    names = FRONT[demo.name]
    ranges, _ = timed(lambda: reachable(case, list(names), plan=demo.plan, proven=False, options=options))
    row(table, "reachable ranges of two outcomes (bounds)", ranges, 200.0)
    fronted, found = timed(lambda: front_of_case(case, list(names), points=15, options=options))
    row(table, "front of 15 plans", fronted, 1000.0)
    table.notes.append(f"The front has {len(found.points)} plans, every one with its yes-or-no decisions free.")
    engine = LiveEngine(demo.base)
    engine.hold(demo.plan)
    engine.answer({"money": 52.0})
    helped, answer = timed(lambda: engine.answer({"money": 51.0}))
    row(table, f"conflict helper: nearest plan ({answer.status})", helped, 200.0)
    changed = demo.base.spec.case({"money": 51.0})
    exact, _ = timed(lambda: explain_conflict(changed, options))
    row(table, "exact conflict set", exact, 15_000.0)
    return table


def files(*, quick: bool) -> Table:
    """Uploads in, results out."""
    table = Table("Workbooks", ("work", "ms", "budget", "of budget"))
    with tempfile.TemporaryDirectory() as folder:
        for rows, budget in ((1_000, 500.0), *(() if quick else ((50_000, 3_000.0),))):
            path = Path(folder) / f"{rows}.xlsx"
            grown(path, rows)
            guarded, _ = timed(partial(checked, path))
            whole, _ = timed(partial(read, path))
            row(table, f"guard alone, {rows:,} rows", guarded, None)
            row(table, f"guard, read and check, {rows:,} rows", whole, budget)
        source = Path(folder) / "1000.xlsx"
        places = [Address("Evidence", n + 2, "A") for n in range(1_000)]
        marks = [Problem("bench", "warning", place, "a mark", "nothing to do") for place in places]
        marked, _ = timed(lambda: annotate(source, marks, Path(folder) / "marked.xlsx"))
        row(table, "annotated copy, 1,000 marks", marked, 1_000.0)
        case = read(inputs_path("blueprint" if not quick else "starter"))
        plan = solve(case, Options(grid="phases"))
        written, _ = timed(lambda: write_workbook(case, plan, Path(folder) / "out.xlsx"))
        rows_out = sum(len(frame) for frame in plan.tables.values())
        row(table, f"results workbook, {rows_out:,} rows of tables", written, 2_000.0)
    return table


def checked(path: Path) -> list[Problem]:
    """What the guard finds in a file."""
    return list(findings(path.read_bytes()))


def grown(path: Path, rows: int) -> None:
    """Write the starter with so many rows of evidence."""
    tables = read_folder(ROOT / "inputs" / "starter")
    found = tables[Evidence]
    first = len(found.rows) + 1
    for n in range(first, rows + 1):
        like = found.rows[(n - 1) % (first - 1)]
        found.rows.append(RawRow(like.number + n, {**like.values, "evidence": f"X{n:05}"}))
    write_template(path, raw_tables=tables)
