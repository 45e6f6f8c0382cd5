"""Folders of tables as people keep them: nothing in them is passed over, and the cause is named before what follows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.workbook import check

STARTER = Path(__file__).parents[2] / "inputs" / "starter"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first lesson as tables."""
    return Path(shutil.copytree(STARTER, tmp_path / "mine"))


def rewrite(name: str, change: Callable[[str], str | bytes]) -> Callable[[Path], None]:
    """Change the text of a table."""

    def made(folder: Path) -> None:
        text = change((folder / name).read_text(encoding="utf-8"))
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)

    return made


def moved(old: str, new: str) -> Callable[[Path], None]:
    """Give a table another name."""

    def made(folder: Path) -> None:
        (folder / old).rename(folder / new)

    return made


def second(folder: Path) -> None:
    """The same table in capitals beside it."""
    shutil.copy(folder / "staff.csv", folder / "STAFF.csv")


def in_its_place(folder: Path) -> None:
    """A folder where a table belongs."""
    (folder / "staff.csv").unlink()
    (folder / "staff.csv").mkdir()


BROKEN: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "semicolons": (rewrite("staff.csv", lambda t: t.replace(",", ";")), "file-damaged", "separated by semicolons"),
    "tabulators": (rewrite("staff.csv", lambda t: t.replace(",", "\t")), "file-damaged", "separated by tabulators"),
    "another alphabet": (rewrite("staff.csv", lambda t: t.encode("utf-16")), "file-damaged", "in UTF-8"),
    "an open quote": (rewrite("staff.csv", lambda t: t.replace("asylum", '"asylum', 1)), "file-damaged", "staff.csv"),
    "no header": (rewrite("staff.csv", lambda t: t.partition("\n")[2]), "header-missing", "'Cadre'"),
    "two files of one sheet": (second, "sheet-twice", "has two files"),
    "a folder for a file": (in_its_place, "file-unreadable", "staff.csv"),
    "another name": (moved("scenario_changes.csv", "scenario changes.csv"), "sheet-misnamed", "Name it scenario_changes"),
    "a backup's name": (moved("rules.csv", "rules old.csv"), "sheet-misnamed", "Name it rules.csv"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_the_cause_is_told_alone(folder: Path, what: str) -> None:
    damage, name, part = BROKEN[what]
    damage(folder)
    case, problems = check(folder)
    assert case is None
    told = [p for p in problems if p.severity == "error"]
    assert [p.check for p in told] == [name], [str(p) for p in told]
    assert part in str(told[0])


def test_capitals_of_a_name_and_of_its_ending_make_no_difference(folder: Path) -> None:
    rows = check(folder)[0]
    moved("rules.csv", "RULES.CSV")(folder)
    case, problems = check(folder)
    assert rows is not None
    assert case is not None, problems
    assert case.rows == rows.rows


def test_a_table_of_another_kind_is_told(folder: Path) -> None:
    moved("rules.csv", "rules.txt")(folder)
    _, problems = check(folder)
    assert [p.check for p in problems if "rules.txt" in str(p)] == ["sheet-unknown"]


def test_a_copy_is_not_read_and_said_so(folder: Path) -> None:
    shutil.copy(folder / "staff.csv", folder / "staff (2).csv")
    case, problems = check(folder)
    assert case is not None
    assert [p.check for p in problems] == ["sheet-unknown"]
