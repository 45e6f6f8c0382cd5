"""What follows from a decision by hand inside a period: payments fall on an account's years as what is done does."""

from __future__ import annotations

import pytest

from planner.explain.propagation import propagate
from planner.explain.solved_case import open_case
from planner.options import Options
from tests.properties.test_fiscal_years import limited

TWO_YEARS = Options(grid="phases")


def test_what_an_account_pays_in_its_years_follows_what_is_done() -> None:
    """One period of two years: of 30 and 170 only the 30 of help are left, no more than 15 in a year; 170 stay."""
    solved = open_case(limited(), TWO_YEARS)
    built, values = solved.built, solved.values.copy()
    (level,) = built.activities.level["programme:other", 0].terms
    values[level] = 0.0
    propagate(solved, values)
    (steps,) = built.payments.open.values()
    paid = [built.payments.in_step["account:A", step.number].value(values) for step, _ in steps]
    assert paid == pytest.approx([15e6, 15e6])
    assert built.ledgers.at_end("account:A", 0).value(values) == pytest.approx(170e6)


def test_nothing_changed_moves_no_payment() -> None:
    solved = open_case(limited(), TWO_YEARS)
    values = solved.values.copy()
    propagate(solved, values)
    assert values == pytest.approx(solved.values, abs=1e-6)
