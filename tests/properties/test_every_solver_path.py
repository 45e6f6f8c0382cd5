"""The same plans and the same sentences, whichever way the solver goes and whatever processor it runs on.

Every verb is run with rows and columns of the matrix in other orders, with other seeds, and with other kernels of numpy
and OpenBLAS; what it prints is compared letter by letter. `pytest --shuffle N` and `--solver-seed N` run everything so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from models.matrix import Matrix
from planner.cli import app
from planner.options import Options
from planner.solve import solve
from planner.solver.session import Session
from planner.workbook import read
from tests.shuffled import SEED, SHUFFLE, shuffled

ROOT = Path(__file__).parents[2]
STARTER = str(ROOT / "inputs" / "starter.xlsx")
CASES = ROOT / "tests" / "cases"
SHUFFLES, SEEDS = (1, 2, 3), (0, 11)
FRONT = ("--outcome", "safe years", "--outcome", "public money")
SMALL = {
    "starter, explained": ("explain", STARTER, "--top", "10"),
    "starter, why": ("explain", STARTER, "--why", "Programmes!safe houses and local protection"),
    "starter, swept": ("sweep", STARTER, "--cell", "Appropriations!*.Amount", "--from", "50%", "--to", "150%"),
    "starter, packaged": ("packages", STARTER, "--grid", "phases", "--steps", "-35,-15,+10"),
    "starter, front": ("front", STARTER, *FRONT),
    "ports, explained": ("explain", str(CASES / "t02_ports")),
    "earmark, explained": ("explain", str(CASES / "t04_earmark")),
    "conflict, explained": ("explain", str(CASES / "t10_conflict")),
    "carry over, swept": ("sweep", str(CASES / "t15_carry_over"), "--cell", "Appropriations!*.Amount",
                          "--from", "50%", "--to", "150%"),
}  # fmt: skip
"""What is run always."""
LONG = {
    "starter, by months": ("explain", STARTER, "--grid", "default", "--top", "40"),
    "starter, alternatives": ("alternatives", STARTER, "--within", "2%"),
    "starter, goal": ("goal", STARTER, "--target", "safe years>=700", "--least", "money"),
    "starter, fairness": ("fairness", STARTER, "--outcome", "safe years", "--across", "country"),
    "starter, steered": ("steer", STARTER, "--improve", "safe years", "--free", "public money"),
    "starter, futures": ("futures", STARTER, "--samples", "12"),
    "starter, uncertain": ("uncertain", STARTER),
    **{f"{case.name}, explained": ("explain", str(case)) for case in sorted(CASES.iterdir()) if case.is_dir()},
}
"""What the nightly campaign runs besides."""


def told(words: tuple[str, ...]) -> str:
    """Everything that a verb prints, without the seconds that it took."""
    run = CliRunner().invoke(app, list(words), env={"COLUMNS": "160"})
    assert run.exception is None or isinstance(run.exception, SystemExit), run.exception
    return re.sub(r"\d+(\.\d+)? s\b", "some s", f"{run.stdout}\nexit {run.exit_code}")


def planned(workbook: str) -> str:
    """Everything that a plan decides and says, figures to nine digits."""
    plan = solve(read(workbook))
    noise = re.compile(r"(?<![\w.])-?\d+(\.\d+)?e-(0[89]|1\d)\b")
    tables = "".join(f"{name}\n{table.to_csv(float_format='%.9g')}" for name, table in sorted(plan.tables.items()))
    sure = f"{plan.status} {plan.objective:.9g} {plan.bound:.9g} {plan.gap:.3g} {plan.unproven} {plan.warnings}"
    compared = {name: f"{value:.9g}" for name, value in plan.doing_nothing.items()}
    return noise.sub("0", f"{sure}\n{compared}\n{tables}")


def ways() -> Iterator[tuple[int, int]]:
    """Orders and seeds to try, but for the first pair, which is how the solver is asked otherwise."""
    yield from product(SHUFFLES, SEEDS)


@pytest.mark.parametrize("words", SMALL.values(), ids=SMALL)
def test_sentences_hang_on_no_path_of_the_solver(words: tuple[str, ...]) -> None:
    plain = told(words)
    for shuffle, seed in ways():
        with shuffled(shuffle, seed):
            assert told(words) == plain, (shuffle, seed)


@pytest.mark.parametrize("workbook", [STARTER, *(str(CASES / n) for n in ("t02_ports", "t04_earmark", "v04_manpower"))])
def test_plans_hang_on_no_path_of_the_solver(workbook: str) -> None:
    plain = planned(workbook)
    for shuffle, seed in ways():
        with shuffled(shuffle, seed):
            assert planned(workbook) == plain, (shuffle, seed)


@pytest.mark.nightly
@pytest.mark.parametrize("words", LONG.values(), ids=LONG)
def test_more_sentences_hang_on_no_path_of_the_solver(words: tuple[str, ...]) -> None:
    plain = told(words)
    for shuffle, seed in product(range(6), (0, 5, 11, 77)):
        with shuffled(shuffle, seed):
            assert told(words) == plain, (shuffle, seed)


KERNELS = {
    "as it is": {},
    "Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "Nehalem, no AVX": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX X86_V3 X86_V4",
    },
}
"""Arithmetic of other processors, as far as this one can do it."""


def able(more: dict[str, str]) -> bool:
    """Whether numpy starts so on this processor."""
    start = [sys.executable, "-W", "ignore", "-c", "import numpy"]
    return subprocess.run(start, env={**os.environ, **more}, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", ["starter, explained"])
def test_sentences_hang_on_no_kernel(name: str) -> None:
    outputs = {}
    for kernel, more in KERNELS.items():
        if able(more):
            path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)
            command = [sys.executable, "-W", "ignore", "-m", "planner", *SMALL[name]]
            run = subprocess.run(
                command, env={**os.environ, **more, "PYTHONPATH": path, "COLUMNS": "160"}, capture_output=True, text=True,
                check=True,
            )  # fmt: skip
            outputs[kernel] = re.sub(r"\d+(\.\d+)? s\b", "some s", run.stdout)
    assert "as it is" in outputs
    assert len(set(outputs.values())) == 1


def two_ways() -> Matrix:
    """Two columns of which one has to be one: both are equally good."""
    ones, none = np.ones(2), np.zeros(2)
    return Matrix(
        cost=-ones, offset=0.0, column_lower=none, column_upper=ones, integer=np.zeros(2, dtype=bool),
        row_lower=np.ones(1), row_upper=np.ones(1), starts=np.array([0, 2], dtype=np.int32),
        columns=np.array([0, 1], dtype=np.int32), values=ones, column_names=("a", "b"), row_names=("one",),
    )  # fmt: skip


def test_the_shuffle_finds_what_is_left_to_the_solver() -> None:
    """Without a rule another order gives another of two equal answers, and answers come back in the caller's order."""
    found = set()
    for shuffle in range(8):
        with shuffled(shuffle):
            values = Session(two_ways(), Options()).run().values
            assert values is not None
            found.add(tuple(values.tolist()))
    assert found == {(1.0, 0.0), (0.0, 1.0)}


def test_processes_that_tests_start_are_shuffled_too() -> None:
    start = str(ROOT / "tests" / "shuffled_start")
    environment = {**os.environ, SHUFFLE: "2", SEED: "5", "PYTHONPATH": start}
    command = [sys.executable, "-c", "import highspy; print(highspy.Highs.__name__, highspy.Highs.shuffle)"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["Shuffled", "2"]
