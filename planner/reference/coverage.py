"""Coverage: is every recommendation of the documents carried by rows, and what does a plan do with it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.case import Case
from planner.plan import Plan
from planner.reference.carriers import carriers
from planner.reference.fates import ORDER, Facts, Fate, fate
from planner.sheets import Recommendations, Row
from planner.sheets.recommendations import CONTEXT


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


def cover(case: Case, plan: Plan | None = None) -> tuple[Coverage, ...]:
    """Every recommendation in the order of the sheet, with what the plan does with it (if there is one)."""
    facts = Facts(case, plan) if plan is not None and plan.found else None
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
        word, told = _told([fate(facts, r) for r in rows])
    return Coverage(row.recommendation, row.document, row.section, row.kind, row.carried_by, rows, missing, word, told)


def _told(fates: Sequence[Fate]) -> tuple[str, str]:
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
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows(
            [("'" + cell if cell[:1] in "=+-@" and cell else cell) for cell in line] for line in table(found)
        )


def write_copy(source: Path, found: Sequence[Coverage], out: Path) -> None:
    """Write a copy of a workbook (or folder of tables) with the column 'In the plan' filled in."""
    from planner.workbook import write_template  # noqa: PLC0415 - slow to load, wanted only here
    from planner.workbook.reader import load  # noqa: PLC0415

    told = {item.id: item.in_plan for item in found}
    book = load(source)
    sheet = book.tables.get(Recommendations)
    for row in sheet.rows if sheet is not None else ():
        name = str(row.values.get("recommendation", ""))
        if told.get(name):
            row.values["in_plan"] = told[name]
    write_template(out, raw_tables=book.tables)
