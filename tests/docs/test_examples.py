"""Every example of the manual does what its page says."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from planner.manual.examples import Block, ExampleError, Output, blocks, check, matches, renewed, run, type_cells
from planner.workbook import write_template
from tests.docs.conftest import DOCS, PAGES, name_of

WITH_EXAMPLES = [p for p in PAGES if any(b.kind in ("console", "python") for b in blocks(p.read_text("utf-8")))]


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=name_of)
def test_every_example_does_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    outputs = list(run(page.read_text(encoding="utf-8"), tmp_path))
    assert outputs
    for output in outputs:
        check(output)


def test_every_guide_has_examples() -> None:
    guides = {p for p in PAGES if p.parent.name in ("howto", "explanations")} | {DOCS / "tutorial.md"}
    covered = {DOCS / "howto" / name for name in ("app.md", "team.md")}  # by the tests with a browser
    assert guides - set(WITH_EXAMPLES) == covered


def test_no_page_shows_a_path_of_a_machine() -> None:
    for page in PAGES:
        assert str(DOCS.parent) not in page.read_text(encoding="utf-8"), page


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (("a", "b"), ("a", "b"), True),
        (("a", "b"), ("a", "c"), False),
        (("a",), ("a", "b"), False),
        (("a", "...", "d"), ("a", "b", "c", "d"), True),
        (("a", "...", "d"), ("a", "d"), True),
        (("a", "...", "d"), ("a", "b"), False),
        (("worst ... of all",), ("worst 1e-9 of all",), True),
        (("worst ... of all",), ("worst 1e-9", "of all"), False),
        (("a.c",), ("abc",), False),
        (("a  ",), ("a",), True),
        ((), (), True),
        ((), ("a",), False),
    ],
)
def test_three_dots_stand_for_what_is_left_out(shown: tuple[str, ...], printed: tuple[str, ...], same: bool) -> None:
    assert matches(shown, printed) is same


def test_blocks_are_found_with_their_titles_also_inside_a_fold() -> None:
    page = 'text\n\n```csv title="a.csv"\nA\n1\n```\n\n??? example "fold"\n\n    ```console\n    $ ls\n    a.csv\n    ```\n'
    assert blocks(page) == [Block(4, "csv", "a.csv", ("A", "1")), Block(11, "console", "", ("$ ls", "a.csv"))]


def test_examples_run_in_order_and_see_each_others_files(tmp_path: Path) -> None:
    page = '```csv title="deep/a.csv"\nA\n1\n```\n```console\n$ cat deep/a.csv\nA\n1\n```\n```python\nx = 2\nprint(x)\n```\n```text\n2\n```\n'
    for output in run(page, tmp_path):
        check(output)


def test_what_is_printed_otherwise_is_an_error(tmp_path: Path) -> None:
    (output,) = run("```console\n$ echo two\none\n```\n", tmp_path)
    with pytest.raises(ExampleError, match=r"Line 3, echo two(?s:.*)one(?s:.*)two"):
        check(output)


def test_a_failing_command_is_an_error_unless_its_code_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match="exit code 3"):
        list(run("```console\n$ exit 3\n```\n", tmp_path))
    for output in run("```console\n$ exit 3\n$ echo $?\n3\n```\n", tmp_path):
        check(output)


def test_python_that_prints_unseen_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match="does not show"):
        list(run("```python\nprint(1)\n```\n```sh\nls\n```\n", tmp_path))


def test_a_renewed_page_keeps_what_was_left_out() -> None:
    page = "```console\n$ x\nhead 1\n...\nmiddle 2\n...\ntail 3\n```\n"
    printed = ("head 10", "a", "middle 20", "b", "tail 30")
    output = Output(3, ("head 1", "...", "middle 2", "...", "tail 3"), printed, "x")
    assert renewed(page, [output]) == "```console\n$ x\nhead 10\n...\nmiddle 20\n...\ntail 30\n```\n"
    same = Output(3, ("head ...", "...", "tail 30"), printed, "x")
    assert renewed("```console\n$ x\nhead ...\n...\ntail 30\n```\n", [same]).startswith("```console\n$ x\nhead ...\n")


def test_cells_are_typed_under_their_headers(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    write_template(book)
    type_cells(book, "Time", None, {"Phase": "P1", "From": "2025-01-01"})
    type_cells(book, "Time", "P1", {"Label": "first"})
    rows = openpyxl.load_workbook(book)["Time"].iter_rows(values_only=True)
    assert ("P1", "first", datetime(2025, 1, 1)) in {row[:3] for row in rows}
    with pytest.raises(ExampleError, match="no sheet 'Tim'"):
        type_cells(book, "Tim", None, {})
    with pytest.raises(ExampleError, match="headers with Fase"):
        type_cells(book, "Time", None, {"Fase": "P1"})
    with pytest.raises(ExampleError, match="no row 'P9'"):
        type_cells(book, "Time", "P9", {"Label": "x"})
