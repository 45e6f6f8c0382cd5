"""Coverage: is every recommendation of the documents carried by rows, and what does a plan do with it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.atomic_files import write_atomically
from planner.case import Case
from planner.case.carriers import carriers
from planner.cells.raw import as_text, clean, folded
from planner.plan import Plan
from planner.reference.row_status import ORDER, RowStatus, row_status
from planner.results.facts import Facts
from planner.sheets import Recommendations, Row
from planner.sheets.recommendations import CONTEXT
from planner.workbook.tables import quoted

if TYPE_CHECKING:
    from planner.cells.raw import RawTable
    from planner.reference.causes import Causes


@dataclass(frozen=True, slots=True)
class Coverage:
    """One recommendation: `word` sums up what the plan does with it, `in_plan` says it in full.

    `missing` holds the clauses that point nowhere. Without a plan `word` and `in_plan` are empty.
    """

    id: str
    document: str
    section: str
    kind: str
    carried_by: str
    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    word: str = ""
    in_plan: str = ""

    @property
    def covered(self) -> bool:
        """Whether rows carry it, or it is context with a reason."""
        return not self.missing and (bool(self.rows) or self.kind == CONTEXT)


def cover(case: Case, plan: Plan | None = None, causes: Causes | None = None) -> tuple[Coverage, ...]:
    """Every recommendation in the order of the sheet, with what the plan does with it (if there is one).

    With `causes` of the opened plan the reasons for what stays idle are computed ones.
    """
    facts = Facts(case, plan, causes) if plan is not None and plan.found else None
    return tuple(_one(case, facts, row) for row in case.of(Recommendations))


def uncovered(found: Sequence[Coverage], wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """Ids that no row carries, that point nowhere, or that are wanted and not on the sheet at all."""
    listed = {item.id for item in found}
    return tuple(sorted({item.id for item in found if not item.covered} | (set(wanted) - listed)))


def _one(case: Case, facts: Facts | None, row: Recommendations) -> Coverage:
    """Follow one recommendation to its rows."""
    listed = carriers(row)
    rows = tuple({(r.SHEET, r.id): r for c in listed for r in c.rows(case)}.values())
    missing = tuple(str(c) for c in listed if not c.rows(case))
    word, told = "", ""
    if row.kind == CONTEXT and not rows:
        word, told = CONTEXT, f"context: {row.reason}"
    elif facts is not None:
        word, told = _told([row_status(facts, r) for r in rows])
    return Coverage(row.recommendation, row.document, row.section, row.kind, row.carried_by, rows, missing, word, told)


def _told(fates: Sequence[RowStatus]) -> tuple[str, str]:
    """One word and one line for several rows: what happens first, what stays idle last."""
    if not fates:
        return "", ""
    ranked = sorted(fates, key=lambda f: ORDER.index(f.word))
    phrases = tuple(dict.fromkeys(f.phrase for f in ranked))
    return ranked[0].word, f"{ranked[0].word}: " + "; ".join(phrases)


def table(found: Sequence[Coverage]) -> Iterator[tuple[str, ...]]:
    """Header and lines of the sheet as it can be read: id, document, section, kind, rows, plan."""
    yield ("Id", "Document", "Section", "Kind", "Carried by", "In the plan")
    for item in found:
        yield (item.id, item.document, item.section, item.kind, item.carried_by, item.in_plan)


def write_csv(found: Sequence[Coverage], path: Path) -> None:
    """Write the table as CSV; texts that a spreadsheet would take for a formula get an apostrophe."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([quoted(cell) for cell in line] for line in table(found))
    write_atomically(path, stream.getvalue())


def write_copy(source: Path, found: Sequence[Coverage], out: Path) -> list[str]:
    """Write a copy of a workbook with the column 'In the plan' filled in; nothing else of it changes.

    Returns what the copy lacks of what the original holds besides its cells, in words. A folder of tables becomes a
    workbook.

    Raises:
        InvalidCaseError: the file is refused or damaged.
    """
    from planner.workbook import write_template  # noqa: PLC0415 - slow to load, wanted only here
    from planner.workbook.reader import load  # noqa: PLC0415

    told = {item.id: item.in_plan for item in found if item.in_plan}
    book = load(source)
    table = book.tables.get(Recommendations)
    if source.is_dir():
        for row in table.rows if table is not None else ():
            name = clean(as_text(row.values.get("recommendation")))
            if name in told:
                row.values["in_plan"] = told[name]
        return write_template(out, raw_tables=book.tables)
    if table is not None and "in_plan" in table.letters:
        return _fill(source, table, told, out)
    with tempfile.TemporaryDirectory() as folder:
        completed = Path(folder) / "completed.xlsx"
        lost = write_template(completed, from_path=source)  # the same workbook with the columns that it lacks
        return lost + _fill(completed, load(completed).tables.get(Recommendations), told, out)


def _fill(source: Path, table: RawTable | None, told: Mapping[str, str], out: Path) -> list[str]:
    """Write texts into the column, row by row, of a workbook that has it; returns what the copy lacks."""
    from planner.workbook.copies import open_copy  # noqa: PLC0415 - openpyxl is slow to start
    from planner.workbook.marker import put  # noqa: PLC0415

    copy = open_copy(source)
    book = copy.book
    if table is not None:
        page = next(book[name] for name in book.sheetnames if folded(name) == folded(table.name))
        for row in table.rows:
            text = told.get(clean(as_text(row.values.get("recommendation"))))
            if text:
                put(page[f"{table.letters['in_plan']}{row.number}"], text)
    return copy.save(out)
