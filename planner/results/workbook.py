"""The plan workbook: the answer first, charts where people look, and every table needed to check it again."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pandas as pd
from xlsxwriter import Workbook

from planner.atomic_files import write_atomically
from planner.case import Case
from planner.plan import Plan
from planner.plan.frames import tidy
from planner.plan.seal import Seal, seal
from planner.results.frames import OutputError
from planner.results.layout import Formats
from planner.results.pages import (
    Writer,
    division_page,
    money_page,
    officers_page,
    sites_page,
    summary_charts,
    summary_page,
    years_page,
)
from planner.results.pages_more import (
    evidence_page,
    going_page,
    outcomes_page,
    people_page,
    queues_page,
    record_page,
    reforms_page,
    rules_page,
    slots_page,
    warnings_page,
)
from planner.results.tables import write_inputs, write_tables

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_workbook(case: Case, plan: Plan, path: str | Path) -> None:
    """Write the plan workbook beside its final name and rename it, so that a torn file never appears.

    Args:
        case: A case.
        plan: Its plan.
        path: File to write; the same case and plan give the same bytes.

    Raises:
        OutputError: The folder or file cannot be written, in a sentence for people.

    Example:
        >>> from planner.results import write_workbook
        >>> write_workbook(case, plan, folder / "plan.xlsx")
        >>> (folder / "plan.xlsx").exists()
        True
    """
    _replace(Path(path), workbook_bytes(case, plan))


def workbook_bytes(case: Case, plan: Plan, *, link: str = "", hide_below: int = 0, sealed: Seal | None = None) -> bytes:
    """Make the plan workbook in memory (for downloads).

    The workbook that the case was read from travels inside, so that the file alone restores scenario and plan. With
    `hide_below` counts of people above nought and below it are hidden, and what would give them away, the tables for
    other programs and the inputs, is left out. `sealed` is written as its seal where a workbook is made again to be
    compared.
    """
    with pd.option_context("mode.string_storage", "python"):  # of short texts, which are few: Arrow's cost a fifth more
        return _made(case, tidy(plan), link, hide_below, sealed)


def _made(case: Case, plan: Plan, link: str, hide_below: int, sealed: Seal | None) -> bytes:
    """The plan workbook of a tidy plan, in memory."""
    target = BytesIO()
    book = Workbook(target, OPTIONS)
    book.set_properties(
        {
            "title": case.name or plan.record.case_name,
            "subject": str(plan.status),
            "author": "planner",
            "created": _created(plan),
        }
    )
    book.set_calc_mode("auto")
    writer = Writer(book, Formats(book), case, plan, hide_below=hide_below, link=link)
    page = summary_page(writer)
    if plan.found:
        for make in (
            division_page,
            money_page,
            years_page,
            officers_page,
            sites_page,
            queues_page,
            slots_page,
            reforms_page,
            people_page,
            going_page,
            rules_page,
            outcomes_page,
        ):
            make(writer)
        summary_charts(writer, page)
    page.finish()
    for last in (warnings_page, evidence_page, record_page):
        last(writer)
    if not hide_below:
        write_tables(book, writer.formats, plan, writer.head, link, sealed or seal(plan, link))
        if case.book:
            write_inputs(book, writer.formats, case.book)
    page.sheet.activate()
    book.close()
    return target.getvalue()


def _created(plan: Plan) -> datetime:
    """When the plan was solved; a fixed day where that is not recorded, so that the same plan gives the same file."""
    try:
        return datetime.fromisoformat(plan.record.solved_at).replace(tzinfo=None)
    except ValueError:
        return datetime(2000, 1, 1)


def _replace(path: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise OutputError(_why(path, error)) from error


def _why(path: Path, error: OSError) -> str:
    """Say what kept a file from being written and what to do."""
    if not path.parent.exists():
        return f"{path} cannot be written: there is no folder {path.parent}. Make it, or give another name."
    if path.is_dir():
        return f"{path} cannot be written: it is a folder. Give the name of a file."
    if isinstance(error, PermissionError):
        mend = "Close it if it is open in a spreadsheet, or give another name or folder."
        return f"{path} cannot be written: permission denied. {mend}"
    return f"{path} cannot be written: {error.strerror or error}. Free some space, or give another folder."
