"""Plans to check: one worked out by hand, one found for the case that uses every sheet."""

from __future__ import annotations

import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Plan
from planner.solve import solve
from tests.verify.by_hand import by_hand, plan_by_hand
from tests.verify.everything import everything


@pytest.fixture(scope="session")
def hand() -> tuple[Case, Plan]:
    """Small enough for pencil and paper."""
    return by_hand(), plan_by_hand()


@pytest.fixture(scope="session")
def found() -> tuple[Case, Plan]:
    """A plan found for the case that uses every sheet."""
    case = everything()
    return case, solve(case, Options(gap=1e-3))
