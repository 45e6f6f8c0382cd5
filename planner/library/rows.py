"""Between the tables and what the library hands out."""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast, get_args

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from planner.case.problems import InvalidCaseError
from planner.library.entries import Entry, Event, KeptWorkbook, Sharing, results_of
from planner.library.errors import LibraryError
from planner.library.models import BEGINNING, NAME_LETTERS, ContentRow, EntryRow, EventRow, PlanRow, WorkbookRow
from planner.library.texts import numbered
from planner.library.typed import RESULTS, SETTINGS, sorted_out
from planner.plan import Plan
from planner.signs import shown

MOST_PLAN_BYTES = 64_000_000
"""Bytes of a plan before it is compressed; the reference case on days stays far below."""
MOST_SETTINGS = 1_000_000
BOOK_NAME_LETTERS = 200
UNREADABLE = "(its name cannot be read)"
APART = "\u2060"
"""A sign of no width that keeps two names apart in the table of entries; no name that is typed may hold it."""


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
    def of(cls, plan: Plan, book: KeptWorkbook, settings: Mapping[str, Any], made_from: str = "") -> Content:
        """Prepare a plan. Raises LibraryError if it was not made from this workbook, or if it is too large.

        `made_from` is the hash of the workbook's case as the plan's record has it, where somebody knows it already.
        """
        from planner.plan import plan_json  # noqa: PLC0415 - pandas is loaded only where a plan is

        same = plan.record.input_sha256 == made_from if made_from else _made_from(plan, book)
        if not (same_workbook(plan, book) and same):
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


def same_workbook(plan: Plan, book: KeptWorkbook) -> bool:
    """Whether a plan can be of this workbook, as far as that is known without reading it."""
    record = plan.record
    return bool(record.scenario or record.changes) or record.input_sha256 == book.sha256


def _made_from(plan: Plan, book: KeptWorkbook) -> bool:
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
    return shown(name, BOOK_NAME_LETTERS)


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
    held = content or next((c for c in row.contents if c.number == row.number), None)
    wrong: list[str] = []

    def text(holder: object, name: str, usual: str = "") -> str:
        value = getattr(holder, name, None)
        if isinstance(value, str) and "\0" not in value:
            return value
        wrong.append(name)
        return usual if value is None else shown(repr(value))

    def whole(holder: object, name: str) -> int:
        value = getattr(holder, name, None)
        if type(value) is int:
            return value
        wrong.append(name)
        return 0

    settings, odd = sorted_out(getattr(held, "settings", None), SETTINGS)
    results, strange = sorted_out(getattr(held, "results", None), RESULTS)
    sharing = text(row, "sharing")
    if sharing not in get_args(Sharing):
        wrong.append("sharing")
    wrong += [f"its settings ({', '.join(odd)})"] if odd and held is not None else []
    wrong += [f"its results ({', '.join(strange)})"] if strange and held is not None else []
    wrong += ["what it holds"] if held is None else []
    moments = {"made_at": row.made_at or BEGINNING, "changed_at": row.changed_at or BEGINNING}
    wrong += [name for name, moment in moments.items() if moment == BEGINNING]
    return Entry(
        id=text(row, "id"), owner=text(row, "owner"), name=text(row, "name", UNREADABLE).rstrip(APART) or UNREADABLE,
        note=text(row, "note"), sharing=cast("Sharing", sharing if sharing in get_args(Sharing) else ""),
        version=whole(row, "version"), number=whole(held, "number"), made_by=text(row, "made_by"),
        changed_by=text(row, "changed_by"), workbook=text(held, "workbook_name"), packaged=text(held, "packaged"),
        workbook_sha256=text(held, "workbook_sha256"), plan_sha256=text(held, "plan_sha256"), settings=settings,
        results=results, deleted_at=row.deleted_at, deleted_by=text(row, "deleted_by"), damaged=", ".join(wrong),
        **moments,
    )  # fmt: skip


def plan_from(session: Session, content: ContentRow) -> Plan:
    """The plan of a content, if it is what was stored."""
    from planner.plan import plan_json  # noqa: PLC0415 - as above

    row = session.get(PlanRow, content.plan_sha256)
    try:
        data = zlib.decompress(row.content) if row is not None else b""
        if hashlib.sha256(data).hexdigest() == content.plan_sha256:
            return plan_json.loads(data)
    except (zlib.error, ValueError):
        pass
    message = "The stored plan is damaged: it is not what was once saved. Bring back a copy of the library."
    raise LibraryError(message)


def book_from(session: Session, content: ContentRow) -> KeptWorkbook:
    """The workbook of a content, if it is what was stored."""
    row = session.get(WorkbookRow, content.workbook_sha256)
    book = KeptWorkbook(row.content if row is not None else b"", content.workbook_name, content.packaged)
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


def apart_name(session: Session, owner: str, name: str) -> str:
    """The name with as many signs of no width as keep it apart from those that its owner uses already."""
    query = select(EntryRow.name).where(EntryRow.owner == owner, EntryRow.deleted_at.is_(None))
    taken, found, marks = set(session.scalars(query)), name, 0
    while found in taken:
        marks += 1
        found = name[: NAME_LETTERS - marks] + APART * marks
    return found


def event_from(row: EventRow) -> Event:
    """A line of the audit trail as the library hands it out, whatever has become of it."""
    texts = (row.who, row.what, row.before, row.after)
    who, what, before, after = (value if isinstance(value, str) else shown(repr(value)) for value in texts)
    return Event(row.at or BEGINNING, who, what, before, after, row.version if type(row.version) is int else 0)


def log(session: Session, row: EntryRow, who: str, what: str, before: str, after: str) -> None:
    """Write a line of the audit trail."""
    session.add(
        EventRow(entry_id=row.id, version=row.version, at=now(), who=who, what=what, before=before, after=after)
    )
