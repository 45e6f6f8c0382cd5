"""Sweeps that cannot be: each a sentence that says what is wrong and what may have been meant."""

from __future__ import annotations

from typing import Any

import pytest

from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.sweeping.sweeps import sweep
from planner.workbook import case_from
from tests.solve.test_solve import tables
from tests.tradeoffs.test_sweeps import BUDGET, EXACT, knapsack


@pytest.mark.parametrize(
    ("cells", "low", "high", "says"),
    [
        ("Raw ledger!budget.Opening", 1, 2, "Did you mean 'Raw ledgers'"),
        ("Raw ledgers!bugdet.Opening", 1, 2, "Did you mean 'budget'"),
        ("Raw ledgers!budget.Openning", 1, 2, "Did you mean 'Opening'"),
        ("budget", 1, 2, "Write it as 'Sheet!row key.Column'"),
        (BUDGET, 300, 50, "is reversed. Did you mean 50 to 300"),
        (BUDGET, "150%", "50%", "is reversed. Did you mean 50 % to 150 %"),
        (BUDGET, 5, 5, "has no length"),
        (BUDGET, "50%", 200, "mixes a share with a number"),
        (BUDGET, "much", "more", "'much' is not a number"),
        (BUDGET, None, None, "two ends"),
        ("Raw ledgers!budget.Unit", 1, 2, "holds words ('USD'), not a number"),
        ("Raw activities!cheap.At most", -5, 50, "it must be at least 0"),
        ("Outcomes!helped.Target", "50%", "150%", "every such cell is blank"),
        ([], 1, 2, "at least one cell"),
        ([f"{BUDGET}=1..2", "Raw activities!dear.Unit cost=1..3"], None, None, "share one range"),
        ("Outcomes!helped.Priority", "50%", "200%", "whole numbers only"),
    ],
)
def test_what_cannot_be_swept_is_said(cells: Any, low: Any, high: Any, says: str) -> None:
    with pytest.raises(TradeoffError) as error:
        sweep(case_from(tables()), cells, low, high, options=EXACT)
    assert says in str(error.value)


def test_too_few_points_and_decisions_that_cannot_be_held() -> None:
    with pytest.raises(TradeoffError, match="at least 2 points"):
        sweep(case_from(tables()), BUDGET, 1, 2, points=1)
    with pytest.raises(TradeoffError, match=r"contains what stands in the workbook \(7\)"):
        sweep(knapsack(), BUDGET, 3, 6, held=True, options=EXACT)
