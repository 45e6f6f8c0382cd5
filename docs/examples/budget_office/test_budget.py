"""What this office promised: the plan is the accepted one, and nobody falls below the agreed floor."""

from planner.testing import Workbook


def test_the_workbook_has_no_errors(planner_workbook) -> None:
    planner_workbook("budget.xlsx").is_valid(warnings=False)


def test_the_budget_has_not_moved(planner_workbook) -> None:
    planner_workbook("budget.xlsx").matches("budget.golden.json")


def test_the_floor_is_kept(planner_workbook) -> None:
    book: Workbook = planner_workbook("budget.xlsx")
    assert book.outcome("safe years") >= 10_000
    assert book.money("shelter fund", "P1") <= 0.5


def test_a_cut_by_a_tenth_still_leaves_ten_thousand_years(planner_workbook) -> None:
    cut = planner_workbook("budget.xlsx", sets=("Appropriations!*.Amount=*0.9",))
    assert cut.outcome("safe years") >= 10_000
