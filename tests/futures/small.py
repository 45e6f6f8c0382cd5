"""Workbooks for tests of futures: the folders of `cases` and the first lesson, with rows added or changed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planner.case import Case
from planner.futures import Hedge, Outlook, hedge, outlook_of
from planner.options import Options
from planner.workbook import read, read_folder, write_template

CASES = Path(__file__).parent / "cases"
STARTER = Path(__file__).parents[2] / "inputs" / "starter"
EXACT = Options(gap=0.0, grid="phases")


def workbook(folder: Path, to: Path, added: dict[str, Sequence[str]] | None = None, *, only: bool = False) -> Path:
    """Write a folder of CSV files as a workbook, with lines added to some of them (or in place of theirs)."""
    copy = to / "tables"
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    for name, lines in (added or {}).items():
        path = copy / f"{name}.csv"
        kept = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([*(kept[:1] if only else kept), *lines]) + "\n", encoding="utf-8")
    path = to / "case.xlsx"
    write_template(path, raw_tables=read_folder(copy))
    return path


def outlook(path: Path, options: Options = EXACT, sets: tuple[str, ...] = (), **more: Any) -> Outlook:
    """The futures of a workbook."""

    def reader(scenario: str) -> Case:
        return read(path, scenario=scenario, sets=sets)

    return outlook_of(reader, options=options, **more)


def hedged(
    path: Path, options: Options = EXACT, *, matrix: bool = True, sets: tuple[str, ...] = (), **more: Any
) -> Hedge:
    """What is found about the futures of a workbook."""
    return hedge(outlook(path, options, sets, **more), matrix=matrix)
