"""Problems are listed by severity and sheet, the first fifty in full."""

import io

from rich.console import Console

from planner.case.problems import Problem
from planner.cli.words import counted, print_problems, problems_json, tally
from planner.sheets.address import Address


def problem(sheet: str = "Time", row: int = 2, severity: str = "error", **more: str) -> Problem:
    return Problem("check", severity, Address(sheet, row, "B"), "It is wrong.", "Mend it.", **more)  # type: ignore[arg-type]


def printed(*problems: Problem, terminal: bool = False) -> str:
    file = io.StringIO()
    print_problems(Console(file=file, force_terminal=terminal, width=60, color_system=None), problems)
    return file.getvalue()


def test_errors_first_then_by_sheet() -> None:
    text = printed(problem("Time", severity="warning"), problem("Staff", 9), problem("Staff", 3), problem("Funding"))
    assert [line.strip().split()[0] for line in text.splitlines()] == [
        "Errors", "Funding", "B2", "Staff", "B3", "B9", "Warnings", "Time", "B2", "3",
    ]  # fmt: skip
    assert text.splitlines()[-1] == "3 errors, 1 warning"


def test_one_line_a_problem_outside_a_terminal() -> None:
    text = printed(problem(label="a very long label " * 10, suggestion="Tiem"))
    assert len(text.splitlines()) == 4
    assert "Mend it. Did you mean 'Tiem'?" in text


def test_a_terminal_gets_the_same_words() -> None:
    assert "Mend it." in printed(problem(label="[bold]"), terminal=True)
    assert "([bold])" in printed(problem(label="[bold]"), terminal=True)


def test_only_fifty_are_listed_but_all_counted() -> None:
    text = printed(*(problem(row=n) for n in range(1, 1062)))
    assert text.count("It is wrong.") == 50
    assert "and 1,011 more; --annotate OUT.xlsx or --json FILE" in text
    assert text.splitlines()[-1] == "1,061 errors, 0 warnings"


def test_a_problem_of_the_whole_workbook() -> None:
    assert "The workbook" in printed(Problem("zip", "error", Address(), "Not a workbook.", "Save it as .xlsx."))


def test_nothing_wrong() -> None:
    assert printed() == "0 errors, 0 warnings\n"


def test_json_keeps_every_problem() -> None:
    found = problems_json([problem(row=n) for n in range(1, 101)], valid=False)
    assert (found["valid"], found["errors"], found["warnings"], len(found["problems"])) == (False, 100, 0, 100)
    assert found["problems"][0]["cell"] == "Time!B1"


def test_counting() -> None:
    assert counted(1, "error") == "1 error"
    assert counted(2000, "row") == "2,000 rows"
    assert tally([]) == "0 errors, 0 warnings"
