"""Kernel ids and tags that several sheets share, and refusals that name their cell."""

from __future__ import annotations

import math
from collections.abc import Iterable

from planner.case import Case
from planner.case.problems import InvalidCaseError, Problem
from planner.compile.draft import Draft
from planner.sheets.declare import Row
from planner.sheets.people import People
from planner.sheets.pipelines import Pipelines
from planner.sheets.programmes import Programmes
from planner.sheets.slots import Visas

_ACTIVITY_SHEETS: tuple[tuple[type[Row], str], ...] = ((Pipelines, "stage"), (Programmes, "programme"), (Visas, "visa"))


def activity_id(case: Case, key: str) -> str:
    """Kernel id of the stage, programme or visa stream with this key (looked for in this order).

    Raises LookupError where no such row exists; the references of a checked case always do.
    """
    for sheet, kind in _ACTIVITY_SHEETS:
        if case.find(sheet, key) is not None:
            return f"{kind}:{key}"
    message = f"no stage, programme or visa stream is called '{key}'"
    raise LookupError(message)


def row_tags(kind: str, row: Row, **fields: str) -> dict[str, str]:
    """Tags of a kernel row: what it is, the sheet and key of its row, and the fields that its sheet knows."""
    return {"kind": kind, "sheet": row.SHEET, "row": row.id, **fields}


def compartment_tags(draft: Draft, people: str) -> dict[str, str]:
    """Origin, group and state of the people in a compartment, empty where none is named."""
    row = draft.case.find(People, people) if people else None
    if row is None:
        return {"origin": "", "group": "", "state": ""}
    return {"origin": draft.country(row.origin_country), "group": row.group, "state": row.state}


def yearly_rate(share: float) -> float:
    r"""Continuous rate a year under which `share` is gone after a year: :math:`-\ln(1 - share)`."""
    return -math.log1p(-share) if share else 0.0


def refusal(row: Row, field: str, check: str, found: str, mend: str) -> Problem:
    """Make an error that stands at a cell of a row."""
    return Problem(check, "error", row.at(field), found, mend, row.id)


def remark(row: Row, field: str, check: str, found: str, mend: str) -> Problem:
    """Make a warning that stands at a cell of a row."""
    return Problem(check, "warning", row.at(field), found, mend, row.id)


def refuse_all(problems: Iterable[Problem]) -> None:
    """Raise :class:`InvalidCaseError` with all findings, if there are any."""
    found = tuple(problems)
    if found:
        raise InvalidCaseError(found)
