"""Between the tables and what the library hands out."""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from planner.library.entries import Book, Entry, Sharing, results_of
from planner.library.errors import LibraryError
from planner.library.models import ContentRow, EntryRow, EventRow, PlanRow, WorkbookRow
from planner.library.texts import numbered
from planner.plan import Plan
from planner.problems import InvalidCaseError

MOST_PLAN_BYTES = 64_000_000
"""Bytes of a plan before it is compressed; the reference case on days stays far below."""
MOST_SETTINGS = 1_000_000
BOOK_NAME_LETTERS = 200


@dataclass(frozen=True)
class Content:
    """What an entry holds, ready to be written; files that are stored already come without their bytes."""

    workbook_name: str
    packaged: str
    workbook_sha256: str
    plan_sha256: str
    settings: dict[str, Any]
    results: dict[str, Any]
    workbook: bytes | None = None
    plan: bytes | None = None

    @classmethod
    def of(cls, plan: Plan, book: Book, settings: Mapping[str, Any]) -> Content:
        """Prepare a plan. Raises LibraryError if it was not made from this workbook, or if it is too large."""
        from planner import plan_json  # noqa: PLC0415 - pandas is loaded only where a plan is

        if not (same_workbook(plan, book) and _made_from(plan, book)):
            message = "This plan was not made from this workbook, so they are not kept together."
            raise LibraryError(message)
        written = plan_json.dumps(plan)
        said = json.loads(json.dumps(dict(settings), default=str))
        if len(written) > MOST_PLAN_BYTES or len(json.dumps(said)) > MOST_SETTINGS:
            message = f"This plan is too large to be kept ({len(written) / 1e6:,.0f} MB)."
            raise LibraryError(message)
        return cls(
            _one_line(book.name), book.packaged, book.sha256, hashlib.sha256(written).hexdigest(), said,
            results_of(plan), book.content, written,
        )  # fmt: skip

    @classmethod
    def stored(cls, row: ContentRow) -> Content:
        """The same content once more."""
        return cls(
            row.workbook_name, row.packaged, row.workbook_sha256, row.plan_sha256, dict(row.settings), dict(row.results)
        )


def same_workbook(plan: Plan, book: Book) -> bool:
    """Whether a plan can be of this workbook, as far as that is known without reading it."""
    record = plan.record
    return bool(record.scenario or record.changes) or record.input_sha256 == book.sha256


def _made_from(plan: Plan, book: Book) -> bool:
    """Whether a plan was made from this workbook: with the scenario and changes of its record it has the same hash."""
    record = plan.record
    if record.input_sha256 == book.sha256:
        return True
    from planner.workbook.reader import finish, load_bytes  # noqa: PLC0415 - only where a workbook is read

    try:
        case, _ = finish(load_bytes(book.content, "kept"), record.scenario, record.changes)
    except InvalidCaseError:
        return False
    return case is not None and case.sha256 == record.input_sha256


def _one_line(name: str) -> str:
    """A file's name as it can be shown: names of uploads are not typed, so they are mended instead of refused."""
    kept = "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") else c for c in name).strip()
    return kept if len(kept) <= BOOK_NAME_LETTERS else kept[: BOOK_NAME_LETTERS - 1] + "\u2026"


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def new_id() -> str:
    """A number for an entry that nobody can guess from another one."""
    return secrets.token_hex(6)


def put_files(session: Session, content: Content) -> None:
    """Store the workbook and the plan, each once however many entries use it."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    files = ((WorkbookRow, content.workbook_sha256, content.workbook), (PlanRow, content.plan_sha256, content.plan))
    for table, sha256, data in files:
        if data is None or session.scalar(select(table.sha256).where(table.sha256 == sha256)) is not None:
            continue
        stored = zlib.compress(data, 6) if table is PlanRow else data
        row = {"sha256": sha256, "size": len(data), "content": stored}
        session.execute(insert(table).values(row).on_conflict_do_nothing())


def content_row(content: Content, number: int, who: str) -> ContentRow:
    """A row that holds a content."""
    return ContentRow(
        number=number, workbook_name=content.workbook_name, packaged=content.packaged,
        workbook_sha256=content.workbook_sha256, plan_sha256=content.plan_sha256, settings=content.settings,
        results=content.results, saved_at=now(), saved_by=who,
    )  # fmt: skip


def entry_from(row: EntryRow, content: ContentRow | None = None) -> Entry:
    """An entry as the library hands it out, with its present content or another one."""
    held = content or next(c for c in row.contents if c.number == row.number)
    return Entry(
        id=row.id, owner=row.owner, name=row.name, note=row.note, sharing=cast("Sharing", row.sharing or ""),
        version=row.version, number=held.number, made_at=row.made_at, made_by=row.made_by, changed_at=row.changed_at,
        changed_by=row.changed_by, workbook=held.workbook_name, packaged=held.packaged,
        workbook_sha256=held.workbook_sha256, plan_sha256=held.plan_sha256, settings=held.settings,
        results=held.results, deleted_at=row.deleted_at, deleted_by=row.deleted_by,
    )  # fmt: skip


def plan_from(session: Session, content: ContentRow) -> Plan:
    """The plan of a content, if it is what was stored."""
    from planner import plan_json  # noqa: PLC0415 - as above

    row = session.get(PlanRow, content.plan_sha256)
    try:
        data = zlib.decompress(row.content) if row is not None else b""
        if hashlib.sha256(data).hexdigest() == content.plan_sha256:
            return plan_json.loads(data)
    except (zlib.error, ValueError):
        pass
    message = "The stored plan is damaged: it is not what was once saved. Bring back a copy of the library."
    raise LibraryError(message)


def book_from(session: Session, content: ContentRow) -> Book:
    """The workbook of a content, if it is what was stored."""
    row = session.get(WorkbookRow, content.workbook_sha256)
    book = Book(row.content if row is not None else b"", content.workbook_name, content.packaged)
    if book.sha256 != content.workbook_sha256:
        message = "The stored workbook is damaged: it is not what was once saved. Bring back a copy of the library."
        raise LibraryError(message)
    return book


def free_name(session: Session, owner: str, name: str) -> str:
    """The name itself, or the first one with a number that its owner has not used."""
    query = select(EntryRow.name).where(EntryRow.owner == owner, EntryRow.deleted_at.is_(None))
    taken = set(session.scalars(query))
    number, found = 2, name
    while found in taken:
        found = numbered(name, number)
        number += 1
    return found


def log(session: Session, row: EntryRow, who: str, what: str, before: str, after: str) -> None:
    """Write a line of the audit trail."""
    session.add(
        EventRow(entry_id=row.id, version=row.version, at=now(), who=who, what=what, before=before, after=after)
    )
