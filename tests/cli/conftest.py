"""The command line called inside the test, and in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.case import Case
from planner.cli import app
from planner.plan import Plan, Record, Status


@pytest.fixture
def planner() -> Callable[..., Result]:
    """Call the command in this process; the result has exit_code, stdout and stderr."""
    return lambda *words: CliRunner().invoke(app, [str(w) for w in words])


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call the command as a user does."""

    def call(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "planner", *(str(w) for w in words)]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)

    return call


@pytest.fixture
def case() -> Case:
    """A case with nothing in it."""
    return Case(rows={}, name="Nothing", sha256="abc")


@pytest.fixture
def plan() -> Callable[..., Plan]:
    """Make a plan of this status without tables."""

    def make(status: Status = Status.OPTIMAL, **more: object) -> Plan:
        record = Record(
            input_sha256="abc", case_name="Nothing", grid="phases", scenario="", changes=(), options={}, versions={},
            rows=0, columns=0, nonzeros=0, binaries=0, coefficient_range=(1.0, 1.0), seconds={"solve": 1.0},
        )  # fmt: skip
        return Plan(status=status, record=record, **more)

    return make
