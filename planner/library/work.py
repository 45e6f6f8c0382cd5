"""What every method of the library needs: transactions, who may see what, erasing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Engine, delete, or_, select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from planner.library.entries import Entry, Retention
from planner.library.errors import InTheWayError, LibraryError, NotThereError
from planner.library.location import WRITES, Place
from planner.library.models import ContentRow, EntryRow, EventRow, PersonRow, PlanRow, WorkbookRow
from planner.library.opening import LOCK, said
from planner.library.rows import entry_from, log, now
from planner.library.texts import owner_from

TRIES = 8
"""Times that a change is tried when others change the same at the same moment."""
TIDY_SECONDS = 3_600.0
RETENTION = "retention settings"
"""Who erases what has been kept long enough."""
Result = TypeVar("Result")


class Keeper:
    """A library's transactions."""

    def __init__(self, engine: Engine, place: Place, retention: Retention) -> None:
        """Use an open engine."""
        self.place, self.retention = place, retention
        self._engine = engine
        self._writer = engine.execution_options(**{WRITES: True})
        self._tidied = 0.0

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def tidy(self) -> int:
        """Erase what the settings say is kept long enough; returns how many entries went."""
        self._tidied = time.monotonic()
        moment = now()
        old = [EntryRow.deleted_at < moment - timedelta(days=self.retention.deleted_days)]
        if self.retention.days:
            old.append(EntryRow.changed_at < moment - timedelta(days=self.retention.days))

        with self._reading() as session:
            if session.scalar(select(EntryRow.id).where(or_(*old)).limit(1)) is None:
                return 0

        def work(session: Session) -> int:
            rows = list(session.scalars(select(EntryRow).where(or_(*old)).with_for_update()))
            self._erase(session, rows, RETENTION)
            return len(rows)

        gone = self._write(work, erases=True)
        self._overwrite()
        return gone

    def _tidy_if_due(self) -> None:
        """Tidy once an hour."""
        if time.monotonic() - self._tidied > TIDY_SECONDS:
            self.tidy()

    def owner_of(self, subject: str, address: str) -> str:
        """The owner of the plans of somebody who signs in.

        The first who signs in with an address takes up the plans that were kept under it. Whoever is given the same
        address later is another owner, with a number.

        Args:
            subject: hash of the provider and its own sign for the person; it stays when the address changes.
            address: the person's present address, verified by the provider.
        """
        wanted = owner_from(address)

        def work(session: Session) -> str:
            known = session.get(PersonRow, subject)
            if known is not None:
                return known.owner
            number, owner = 2, wanted
            while session.scalar(select(PersonRow.subject).where(PersonRow.owner == owner)) is not None:
                owner, number = f"{wanted} ({number})", number + 1
            session.add(PersonRow(subject=subject, owner=owner, since=now()))
            session.flush()
            return owner

        with self._reading() as session:
            known = session.get(PersonRow, subject)
            if known is not None:
                return known.owner
        return self._write(work)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """A session that sees one moment and changes nothing."""
        with said(self.place), Session(self._engine) as session:
            yield session

    def _write(self, work: Callable[[Session], Result], *, erases: bool = False) -> Result:
        """Do a piece of work whole or not at all, again where others were in the way.

        What nobody uses is erased only while nobody saves, so that no file goes that somebody is about to use.
        """
        for attempt in range(TRIES):
            try:
                with said(self.place), Session(self._writer, expire_on_commit=False) as session, session.begin():
                    if self._engine.dialect.name == "postgresql":
                        kind = "pg_advisory_xact_lock" if erases else "pg_advisory_xact_lock_shared"
                        session.execute(text(f"SELECT {kind}(:number)"), {"number": LOCK + 1})
                    return work(session)
            except (InTheWayError, StaleDataError):
                time.sleep(0.01 * 2**attempt)
        message = "Others keep changing the same plan at this moment; nothing of yours was written. Try again."
        raise LibraryError(message)

    def _list(self, wanted: Any) -> list[Entry]:
        """Entries with their present contents."""
        present = (ContentRow.entry_id == EntryRow.id) & (ContentRow.number == EntryRow.number)
        query = select(EntryRow, ContentRow).outerjoin(ContentRow, present).where(wanted)
        with self._reading() as session:
            found = session.execute(query.order_by(EntryRow.changed_at.desc(), EntryRow.id))
            return [entry_from(row, content) for row, content in found]

    def _visible(self, session: Session, who: str, entry_id: str) -> EntryRow:
        """An entry that this person may see."""
        return self._one(session, entry_id, lambda row: row.owner == who or (bool(row.sharing) and not row.deleted_at))

    def _for_change(self, session: Session, who: str, entry_id: str) -> EntryRow:
        """An entry that this person may change, held until the end of the transaction."""
        row = self._one(
            session, entry_id, lambda row: (row.owner == who or bool(row.sharing)) and not row.deleted_at, held=True
        )
        if not entry_from(row).may_change(who):
            message = f"'{row.name}' belongs to {row.owner}, who lets others see it but not change it. Duplicate it."
            raise LibraryError(message)
        return row

    def _own(self, session: Session, who: str, entry_id: str) -> EntryRow:
        """An entry of this person, deleted or not, held until the end of the transaction."""
        row = self._one(
            session, entry_id, lambda row: row.owner == who or (bool(row.sharing) and not row.deleted_at), held=True
        )
        if row.owner != who:
            message = f"'{row.name}' belongs to {row.owner}; only its owner can share or delete it."
            raise LibraryError(message)
        return row

    def _one(
        self, session: Session, entry_id: str, seen: Callable[[EntryRow], bool], *, held: bool = False
    ) -> EntryRow:
        """An entry by its number; what may not be seen is not there."""
        query = select(EntryRow).where(EntryRow.id == entry_id)
        row = session.scalar(query.with_for_update() if held else query)
        if row is None or not seen(row):
            message = "This plan is not in the library any more, or it is not shared with you."
            raise NotThereError(message)
        return row

    def _shared_since(self, session: Session, who: str, row: EntryRow) -> EventRow | None:
        """The event since which somebody else may see an entry; None where they see all of it, as its owner does.

        What was written while it was its owner's alone stays theirs, however it is shared later.
        """
        if row.owner == who:
            return None
        begun = (EventRow.entry_id == row.id) & (EventRow.what == "shared") & (EventRow.before == "")
        return session.scalar(select(EventRow).where(begun).order_by(EventRow.id.desc()).limit(1))

    def _seen_contents(self, session: Session, who: str, row: EntryRow) -> list[ContentRow]:
        """The contents that this person may see: all that are theirs, of another's those since it was shared."""
        since = self._shared_since(session, who, row)
        if row.owner == who:
            return list(row.contents)
        before = [c.number for c in row.contents if since is not None and c.saved_at <= since.at]
        first = max(before, default=row.number)
        return [c for c in row.contents if c.number >= first]

    def _erase(self, session: Session, rows: list[EntryRow], who: str) -> None:
        """Delete entries with all that is theirs; only the fact stays in the audit trail."""
        for row in rows:
            session.execute(delete(EventRow).where(EventRow.entry_id == row.id))
            log(session, row, who, "erased", "", "")
            session.delete(row)
        session.flush()
        for files, used in ((WorkbookRow, ContentRow.workbook_sha256), (PlanRow, ContentRow.plan_sha256)):
            session.execute(delete(files).where(files.sha256.not_in(select(used))))

    def _overwrite(self) -> None:
        """Have a SQLite file hold nothing of what was erased, not even in its log."""
        if self._engine.dialect.name == "sqlite":
            with said(self.place), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
