"""Small work with files that people bring, each done in a process with limits; see :mod:`app.tasks.worker`."""

from __future__ import annotations

import dataclasses
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.atomic_files import write_atomically
from planner.wording.figures import count

if TYPE_CHECKING:
    from planner.workbook.reader import RawBook

MOST_MARKED = 3_000_000
"""Bytes of a workbook of which a marked copy is made at once; 50,000 rows take the library that writes it a minute."""
MOST_PROBLEMS = 500
"""Problems of a workbook that are handed to the server; the marked copy lists them all."""
MOST_CELLS = 500_000
"""Filled cells of a workbook that the app works with, as many as are read; the reference case has 17,000."""
MOST_BYTES = 40_000_000
"""Bytes of the tables of a workbook as the worker hands them over."""
MOST_UNPACKED = 120_000_000
"""Bytes of a file of kept plans once it is unpacked."""


def check(path: Path, out: Path) -> dict[str, Any]:
    """Read and check a workbook; where there is something to mend, leave a marked copy at `out`."""
    from planner.case.problems import InvalidCaseError
    from planner.cli.words import problems_json
    from planner.workbook import annotate
    from planner.workbook import check as check_workbook

    case, problems = check_workbook(path)
    found = problems_json(problems, case is not None)
    found["problems"] = found["problems"][:MOST_PROBLEMS]
    marked, lost = "", list[str]()
    if any(p.address.sheet for p in problems) and path.stat().st_size <= MOST_MARKED:
        try:
            lost = annotate(path, problems, out)
            marked = str(out)
        except (InvalidCaseError, MemoryError):
            marked = ""
    return {"kind": "checked", "marked": marked, "lost": lost, "case": case.name if case else "", **found}


def load(path: Path, out: Path) -> dict[str, Any]:
    """Take a workbook apart into plain tables, which the server then reads."""
    from planner.workbook.reader import load as load_tables

    reason = _keep_tables(load_tables(path), out)
    return {"kind": "refused", "sentence": reason} if reason else {"kind": "loaded"}


def _keep_tables(book: RawBook, out: Path) -> str:
    """Write the tables for the server; returns why not, in words, or nothing."""
    cells = sum(len(row.values) for table in book.tables.values() for row in table.rows)
    data = pickle.dumps(book, protocol=5) if cells <= MOST_CELLS else b""
    if cells > MOST_CELLS or len(data) > MOST_BYTES:
        return f"This workbook has {count(cells)} filled cells; the app works with up to {count(MOST_CELLS)}."
    write_atomically(out, data, private=True)
    return ""


def plan_book(path: Path, out: Path, store: Path) -> dict[str, Any]:
    """Read a plan workbook, past the guard that every upload passes; keep its plan and the inputs inside it.

    What it says of how good the plan is, is not believed.
    """
    from app.session.store import keep_in, save_plan
    from planner.plan.brought import unproven
    from planner.plan.seal import examine
    from planner.results import OutputError
    from planner.results.reader import PlanFile

    try:
        found = PlanFile.open(path)
        plan, sealed = found.plan, found.seal
    except OutputError as error:
        return {"kind": "refused", "sentence": str(error).replace(str(path), "This file")}
    if not plan.found:
        return {"kind": "refused", "sentence": "This plan workbook says that no plan was found: nothing to compare."}
    if faults := examine(sealed, plan, found.link).faults:
        return {"kind": "refused", "sentence": f"This plan workbook cannot be relied on: {faults[0]}."}
    save_plan(unproven(plan), out)
    try:
        inputs = found.inputs
    except OutputError:
        inputs = b""
    return {"kind": "read", "key": out.stem, "inputs": str(keep_in(store, inputs)) if inputs else ""}


def recheck(request: Mapping[str, Any]) -> dict[str, Any]:
    """Recompute a plan that somebody brought from its workbook."""
    from app.session.store import load_plan, save_plan
    from planner.plan.brought import unproven
    from planner.verify import verify
    from planner.workbook import check as check_workbook

    case, _ = check_workbook(Path(request["path"]), scenario=request["scenario"], sets=request["sets"])
    plan, out = unproven(load_plan(Path(request["plan"]))), Path(request["out"])
    if case is None or case.sha256 != plan.record.input_sha256:
        return {"kind": "refused", "sentence": "This plan was not made from this workbook."}
    save_plan(dataclasses.replace(plan, verified=verify(case, plan).ok), out)
    return {"kind": "rechecked", "key": out.stem}


def changed(path: Path, out: Path, sets: list[str]) -> dict[str, Any]:
    """Write a workbook with changes in its cells."""
    from planner.case.problems import InvalidCaseError
    from planner.workbook.edited import write_changed

    try:
        _, lost = write_changed(path, out, sets)
    except InvalidCaseError as error:
        return {"kind": "refused", "sentence": " ".join(f"{p.found} {p.mend}" for p in error.problems[:3])}
    return {"kind": "changed", "lost": lost}


def take_in(path: Path, who: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """Take the plans of a file into the library as this person's, each recomputed from its workbook."""
    from planner.library import LibraryError, open_library, rechecked, unpack

    for name in [name for name in os.environ if name.startswith("PLANNER_LIBRARY")]:
        del os.environ[name]
    os.environ.update(settings)
    try:
        packed = rechecked(unpack(path.read_bytes(), most=MOST_UNPACKED))
        library = open_library()
        try:
            added, there = library.add(who, packed)
        finally:
            library.close()
    except LibraryError as error:
        return {"kind": "refused", "sentence": str(error)}
    failed = sum(entry.results.get("verified") is False for entry in added)
    return {"kind": "imported", "added": len(added), "there": there, "failed": failed}
