"""What the library hands out and takes in: plain, frozen, without a tie to the database."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from planner.library.errors import LibraryError
from planner.plan import Plan

Sharing: TypeAlias = Literal["", "read", "change"]
SHARING: Mapping[str, str] = {
    "": "only its owner sees it",
    "read": "everybody here may see and copy it",
    "change": "everybody here may see, copy, rename and save over it",
}
"""Who may do what with an entry. Sharing and deleting it stay with its owner."""


@dataclass(frozen=True)
class KeptWorkbook:
    """A workbook: its bytes, what people call it, and the word of the packaged case if it is one."""

    content: bytes
    name: str
    packaged: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the bytes; a plan's record names the workbook by it."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Entry:
    """A kept plan as it stands in a list. Moments are in Universal Time.

    `settings` say what was asked for (scenario, grid, gap, sets as for ``--set``), `results` what came out: status,
    objective in points, gap and outcomes by name. `version` grows with every change; who changes an entry names the
    version that they saw. `damaged` says what of it could not be read, and is empty where all is well.
    """

    id: str
    owner: str
    name: str
    note: str
    sharing: Sharing
    version: int
    number: int
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str
    workbook: str
    packaged: str
    workbook_sha256: str
    plan_sha256: str
    settings: Mapping[str, Any]
    results: Mapping[str, Any]
    deleted_at: datetime | None = None
    deleted_by: str = ""
    damaged: str = ""

    def may_change(self, who: str) -> bool:
        """Whether this person may rename it, note on it and save over it."""
        return who == self.owner or self.sharing == "change"


@dataclass(frozen=True)
class KeptPlan:
    """An entry with everything that it takes to work on: plan and workbook, checked against their hashes."""

    entry: Entry
    plan: Plan
    book: KeptWorkbook


@dataclass(frozen=True)
class Saved:
    """What became of saving over an entry: `entry` holds the plan.

    `instead_of` is set where somebody else had saved meanwhile: then `entry` is a new one, and theirs is untouched.
    """

    entry: Entry
    instead_of: Entry | None = None


@dataclass(frozen=True)
class Event:
    """A line of the audit trail: who did what when, from what to what."""

    at: datetime
    who: str
    what: str
    before: str = ""
    after: str = ""
    version: int = 0


@dataclass(frozen=True)
class Retention:
    """How long what is kept; every limit is a setting.

    `deleted_days`: days in which a deletion can be undone; afterwards it is erased, with every workbook that nobody
    else uses. 0 erases at once. `days`: days since the last change after which an entry is erased; 0: never. `entries`:
    how many plans one person may keep.
    """

    deleted_days: int = field(default=30, metadata={"variable": "PLANNER_LIBRARY_DELETED_DAYS"})
    days: int = field(default=0, metadata={"variable": "PLANNER_LIBRARY_DAYS"})
    entries: int = field(default=500, metadata={"variable": "PLANNER_LIBRARY_ENTRIES"})

    @classmethod
    def from_environment(cls) -> Retention:
        """The settings of this machine. Raises LibraryError if one is no whole number."""
        found = {}
        for name, declared in cls.__dataclass_fields__.items():
            text = os.environ.get(variable := declared.metadata["variable"], "").strip()
            if not text:
                continue
            if not text.isascii() or not text.isdigit() or len(text) > 7 or (name == "entries" and int(text) == 0):
                least = 1 if name == "entries" else 0
                message = f"{variable} is '{text[:40]}'; it must be a whole number from {least} on."
                raise LibraryError(message)
            found[name] = int(text)
        return cls(**found)

    def kept_until(self, entry: Entry) -> datetime | None:
        """When an entry will be erased by itself; None if never."""
        if entry.deleted_at is not None:
            return entry.deleted_at + timedelta(days=self.deleted_days)
        return entry.changed_at + timedelta(days=self.days) if self.days else None


def results_of(plan: Plan) -> dict[str, Any]:
    """What a list shows of a plan, and what tells two of them apart."""
    record = plan.record
    outcomes = plan.tables.get("outcomes")
    named = {} if outcomes is None else dict(zip(outcomes["outcome"], outcomes["value"], strict=True))
    return {
        "status": plan.status.value, "objective": plan.objective, "gap": plan.gap, "verified": plan.verified,
        "case": record.case_name, "grid": record.grid, "scenario": record.scenario, "changes": list(record.changes),
        "versions": dict(record.versions), "solved_at": record.solved_at,
        "outcomes": {str(name): float(value) for name, value in named.items()},
    }  # fmt: skip
