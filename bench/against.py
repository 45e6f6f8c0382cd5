"""Building a case's model beside the same at another commit: fresh processes in alternation, medians of their ratios.

`python -m bench --only against --commit 62ab960`; that commit, the last before models were read from Pyomo, is the
default.
"""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import tarfile
import tempfile
from pathlib import Path

from bench.measure import ROOT, run
from bench.table import Table

BEFORE = "62ab960"
PAIRS = 5
GRIDS = ("phases", "default", "months")

_CHILD = """
import gc, json, sys, time
from pathlib import Path
from models.build import build
from models.matrix import extract
from planner.compile import compile_case
from planner.workbook import read

case = read(Path(sys.argv[1]))
network, grid = compile_case(case), case.grid(sys.argv[2])
gc.collect()
gc.disable()
begin = time.process_time()
matrix = extract(build(network, grid))
seconds = time.process_time() - begin
print(json.dumps([seconds, len(matrix.values)]))
"""


def measure(*, quick: bool, commit: str = BEFORE) -> list[Table]:
    """One table: seconds and peak memory of both, and the medians of the ratios."""
    columns = ("reference on grid", "nonzeros", "before", "now", "now : before", "MB before", "MB now", "now : before")
    table = Table(f"Building the model beside commit {commit} (processor seconds)", columns)
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["git", "archive", commit, "models", "planner", "inputs"], cwd=ROOT, capture_output=True, check=True
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        for grid in GRIDS[:2] if quick else GRIDS:
            pairs = [(_built(Path(folder), grid), _built(ROOT, grid)) for _ in range(2 if quick else PAIRS)]
            table.add(grid, pairs[0][1][2], *_compared(pairs, 0), *_compared(pairs, 1))
    table.notes = [
        f"{'2' if quick else PAIRS} pairs of fresh processes in alternation; medians. Equations, the Pyomo model and "
        "its matrix, from a network that was compiled before; garbage is not collected meanwhile, as in a search.",
    ]
    return [table]


def _compared(pairs: list[tuple[list[float], list[float]]], which: int) -> tuple[float, float, float]:
    """Medians of one figure before and now, and of its ratio."""
    before, now = ([side[which] for side in sides] for sides in zip(*pairs, strict=True))
    ratios = [b / a for a, b in zip(before, now, strict=True)]
    return statistics.median(before), statistics.median(now), statistics.median(ratios)


def _built(root: Path, grid: str) -> list[float]:
    """Seconds, peak memory in MB and nonzeros of building the reference case with the code of a folder."""
    done = run("-c", _CHILD, str(ROOT / "inputs" / "blueprint.xlsx"), grid, root=root)
    if done.code:
        raise RuntimeError(done.err)
    seconds, nonzeros = json.loads(done.out)
    return [seconds, done.megabytes, nonzeros]
