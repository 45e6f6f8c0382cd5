"""The starter's base and plan, and the reference's on phases, learnt once a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from planner.inputs_path import inputs_path
from planner.live import CaseSpec, Dial, LiveBase, LiveEngine, build_base
from planner.options import Options
from planner.plan import Plan
from planner.solve import solve
from planner.wording.figures import digits
from planner.workbook import read


def scaled(cells: str, percent: float) -> tuple[str, ...]:
    """All cells of a name times a share."""
    return () if percent == 100.0 else (f"{cells}=*{digits(percent / 100.0, 9)}",)


def dial(key: str, cells: str, low: float = 50.0, high: float = 150.0) -> Dial:
    """A dial in percent of cells."""
    return Dial(key, partial(scaled, cells), low, high, 100.0, "percent")


@dataclass(frozen=True)
class Lab:
    """A case with its base and its plan at current policy."""

    path: Path
    base: LiveBase
    plan: Plan

    def engine(self) -> LiveEngine:
        """A fresh engine with the plan's decisions held."""
        engine = LiveEngine(self.base)
        engine.hold(self.plan)
        return engine


STARTER = (
    dial("money", "Appropriations!*.Amount"),
    dial("asylum money", "Appropriations!asylum budget / *.Amount"),
    dial("officers", "Staff!*.In post"),
    dial("hiring", "Staff!*.Hiring limit"),
    dial("arrivals", "Arrivals!*.Arrivals"),
    dial("visas", "Quota by phase!*.Places"),
    dial("weight of safety", "Outcomes!safe years.Weight"),
)


def lab(name: str, dials: tuple[Dial, ...], gap: float) -> Lab:
    """Learn a case and solve it."""
    path = inputs_path(name)
    spec = CaseSpec(str(path), dials)
    return Lab(path, build_base(spec), solve(read(path), Options(grid="phases", gap=gap)))


@pytest.fixture(scope="session")
def starter() -> Lab:
    """The starter, proven to the end."""
    return lab("starter", STARTER, 0.0)


@pytest.fixture(scope="session")
def reference() -> Lab:
    """The reference case on phases."""
    dials = (
        dial("money", "Appropriations!*.Amount"),
        dial("hiring", "Staff!*.Hiring limit"),
        dial("arrivals", "Arrivals!*.Arrivals"),
        dial("visas", "Quota by phase!*.Places"),
    )
    return lab("blueprint", dials, 0.01)
