"""A small case and a plan that belongs to it, made by arithmetic: no solver."""

import pytest

from planner.case import Case
from planner.plan import Plan
from tests.results.made_case import make_case
from tests.results.made_plan import make_plan


@pytest.fixture
def case() -> Case:
    """The small case."""
    return make_case()


@pytest.fixture
def plan() -> Plan:
    """Its plan."""
    return make_plan()
