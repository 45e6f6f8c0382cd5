"""The reference case: what the planner spends around HiGHS, its memory, and what a proof costs."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from bench.measure import ROOT, Process, run
from bench.plain import Answer, solve_file
from bench.table import Table
from planner.options import Options
from planner.solve import export, solve
from planner.workbook import read

AROUND_SECONDS = 1.5
"""Budget at the default grid for everything around the solver, besides a share of HiGHS time."""
AROUND_SHARE = 0.15
PHASES_SECONDS = 3.0
"""Budget at the three-phase grid for start-up and everything else but the solver."""
MEGABYTES = 700.0
"""Budget of peak memory at the default grid."""


def reference_case() -> Path:
    """The regional case if it is there, else the first lesson (as a workbook, else as its folder of tables)."""
    for path in (ROOT / "inputs" / name for name in ("blueprint.xlsx", "starter.xlsx", "starter")):
        if path.exists():
            return path
    message = "there is neither inputs/blueprint.xlsx nor inputs/starter.xlsx"
    raise FileNotFoundError(message)


def measure(*, quick: bool) -> list[Table]:
    """Tables of the reference case."""
    path = reference_case()
    limit = 60.0 if quick else 300.0
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        for grid in ("phases", "default"):
            options = Options(grid=grid, time_limit=limit)
            plain = _plain(path, options, Path(folder))
            process, told = _fresh(path, options, Path(folder))
            tables.append(_stages(path.name, options, plain, process, told))
        tables.append(_gaps(path, limit, Path(folder), (0.001,) if quick else (0.01, 0.001)))
    return tables


def _plain(path: Path, options: Options, folder: Path) -> Answer:
    """Plain HiGHS on the exported model."""
    file = folder / f"{options.grid}.mps"
    export(read(path), file, options)
    return solve_file(file, options)


def _fresh(path: Path, options: Options, folder: Path) -> tuple[Process, dict[str, Any]]:
    """The command in a process of its own, and what its JSON tells; a first start, unmeasured, compiles it."""
    out, told = folder / f"{options.grid}.xlsx", folder / f"{options.grid}.json"
    run("-c", "import planner.solve, planner.verify, planner.results, planner.cli")
    process = run(
        "-m",
        "planner",
        "solve",
        str(path),
        "--grid",
        options.grid,
        "--gap",
        str(options.gap),
        "--time-limit",
        str(options.time_limit),
        "--out",
        str(out),
        "--json",
        str(told),
        "--quiet",
    )
    if not told.exists():
        message = f"planner solve ended with code {process.code}: {process.err}"
        raise RuntimeError(message)
    return process, json.loads(told.read_text(encoding="utf-8"))


def _stages(name: str, options: Options, plain: Answer, process: Process, told: dict[str, Any]) -> Table:
    """Seconds by stage of one fresh run against plain HiGHS."""
    table = Table(
        f"{name} at grid {options.grid}: {told['rows']:,} rows, {told['columns']:,} columns, "
        f"{told['nonzeros']:,} nonzeros, {told['binaries']:,} binaries",
        ("stage", "seconds", "times plain HiGHS"),
    )
    seconds = {stage: float(value) for stage, value in told["seconds"].items() if value is not None}
    order = ("read", "validate", "compile", "build", "solve", "compare", "extract", "verify", "write")
    for stage in sorted(seconds, key=lambda s: order.index(s) if s in order else len(order)):
        table.add(stage, seconds[stage], seconds[stage] / plain.seconds)
    around = sum(value for stage, value in seconds.items() if stage != "solve")
    rest = process.seconds - sum(seconds.values())
    table.add("start-up and the rest", rest, rest / plain.seconds)
    table.add("whole command", process.seconds, process.seconds / plain.seconds)
    table.add("its processor time", process.processor, process.processor / plain.seconds)
    table.add("plain HiGHS on the MPS file", plain.seconds, 1.0)
    table.add("solve beyond plain HiGHS", seconds["solve"] - plain.seconds, seconds["solve"] / plain.seconds - 1.0)
    table.notes.append(
        f"plan: {told['status']}, gap {told['gap']:.2%}; plain HiGHS: {plain.ended}, gap {plain.gap:.2%}"
    )
    share = process.processor / process.seconds
    table.notes.append(
        f"the command had a processor {share:.0%} of its time; much below 100 %, other programs ran beside it"
    )
    if options.grid == "phases":
        everything = process.seconds - seconds["solve"]
        table.notes.append(_verdict("start-up and everything else but the solver", everything, PHASES_SECONDS, "s"))
    else:
        beyond = around - AROUND_SHARE * plain.seconds
        table.notes.append(
            f"around the solver {around:.2f} s; 15 % of HiGHS time is {AROUND_SHARE * plain.seconds:.2f} s"
        )
        table.notes.append(_verdict("around the solver, less 15 % of HiGHS time", beyond, AROUND_SECONDS, "s"))
        table.notes.append(_verdict("peak memory", process.megabytes, MEGABYTES, "MB"))
    return table


def _verdict(what: str, value: float, budget: float, unit: str) -> str:
    """A figure next to its budget."""
    return f"{what}: {value:,.2f} {unit} of {budget:,.1f} {unit}: {'within' if value <= budget else 'OVER'} the budget"


def _gaps(path: Path, limit: float, folder: Path, gaps: tuple[float, ...]) -> Table:
    """What a proof takes at the default grid."""
    columns = ("gap asked for", "solve s", "gap reached", "ended", "plain HiGHS s", "its gap", "it ended")
    table = Table(f"{path.name} at grid default: what a proof takes (limit {limit:g} s, one thread)", columns)
    case = read(path)
    for gap in gaps:
        options = Options(grid="default", gap=gap, time_limit=limit)
        plan = solve(case, options)
        plain = solve_file(folder / "default.mps", options)
        reached = "none" if plan.gap is None else f"{plan.gap:.3%}"
        table.add(
            f"{gap:.1%}",
            plan.record.seconds["solve"],
            reached,
            str(plan.status),
            plain.seconds,
            f"{plain.gap:.3%}",
            plain.ended,
        )
    return table
