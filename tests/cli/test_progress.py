"""Progress: plain lines without a terminal, one live line with one, nothing if quiet."""

import io

from rich.console import Console

from planner.run.progress import STAGES, Display, Progress, describe


def shown(*moments: Progress, terminal: bool = False, quiet: bool = False) -> str:
    file = io.StringIO()
    with Display(Console(file=file, force_terminal=terminal, width=100), quiet) as display:
        for moment in moments:
            display.show(moment)
    return file.getvalue()


def test_a_moment_in_words() -> None:
    moment = Progress("solve", "3 nodes", incumbent=1234.5, bound=1300.0, gap=0.053, elapsed=2.0)
    assert describe(moment) == "Searching for the best plan · best plan 1,234.5 · bound 1,300 · gap 5.30% · 3 nodes"


def test_figures_of_a_large_case_have_no_exponent() -> None:
    assert describe(Progress("solve", incumbent=2_010_975.25, bound=2e12)) == (
        "Searching for the best plan · best plan 2,010,975 · bound 2,000,000,000,000"
    )


def test_a_huge_gap_is_not_said() -> None:
    assert "gap" not in describe(Progress("solve", gap=float("inf")))


def test_without_a_terminal_every_stage_is_one_line() -> None:
    text = shown(*(Progress(stage) for stage in STAGES for _ in range(3)))
    assert len(text.splitlines()) == len(STAGES)
    assert "\x1b" not in text


def test_news_of_the_same_stage_come_seldom() -> None:
    text = shown(*(Progress("solve", incumbent=float(n)) for n in range(1000)))
    assert len(text.splitlines()) == 1


def test_quiet_says_nothing() -> None:
    assert shown(Progress("read"), terminal=True, quiet=True) == ""


def test_a_terminal_gets_a_live_line_that_goes_away() -> None:
    text = shown(Progress("read"), Progress("solve", incumbent=5.0), terminal=True)
    assert "Searching for the best plan" in text
    assert "\x1b[?25h" in text  # the cursor is back


def test_brackets_in_a_message_are_not_markup() -> None:
    assert "[red]" in shown(Progress("build", "[red] [/x]"))
