"""Tables of the library. A change here needs a new revision in `migrations/versions`, and :data:`HEAD` its number."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    text,
)  # fmt: skip
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from planner.library.typed import DAMAGED

HEAD = "0003"
"""The newest revision: the form of the tables that this code reads and writes."""
VERSION_TABLE = "library_version"
PREFIX = "library_"
"""Every table begins with it, so that a library can share a database of PostgreSQL with other programs."""
NAME_LETTERS, NOTE_LETTERS, OWNER_LETTERS = 200, 10_000, 320


BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment of something whose own moment is damaged."""


class UtcTime(TypeDecorator[datetime]):
    """A moment with its time zone; SQLite, which knows none, keeps Universal Time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment into what the database keeps."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Turn what the database keeps into a moment in Universal Time; what is none is the beginning of time."""
        read = self.impl_instance.result_processor(dialect, coltype)

        def process(value: Any) -> datetime | None:
            try:
                found = value if read is None else read(value)
            except (ValueError, TypeError, OverflowError):
                return BEGINNING
            if found is None:
                return None
            if not isinstance(found, datetime):
                return BEGINNING
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

        return process


class Tolerant(TypeDecorator[dict[str, Any]]):
    """A field of loose values; one that is no JSON any more says so instead of hiding every other row."""

    impl = JSON
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read, or say that it cannot be read."""
        read = self.impl_instance.result_processor(dialect, coltype)

        def process(value: Any) -> Any:
            try:
                return value if read is None else read(value)
            except (ValueError, TypeError, AttributeError, RecursionError):
                return {DAMAGED: True}

        return process


class Base(DeclarativeBase):
    """Every table of the library."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
    )


class WorkbookRow(Base):
    """A workbook that some entry was made from, once, however many entries use it."""

    __tablename__ = "library_workbook"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PlanRow(Base):
    """A plan as compressed JSON, once, however many entries show it."""

    __tablename__ = "library_plan"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class EntryRow(Base):
    """A kept plan: its name, note and owner. `number` says which content is the present one, `version` counts changes.

    `sharing` is empty (the owner alone), 'read' or 'change' (everybody who uses this library).
    """

    __tablename__ = "library_entry"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(OWNER_LETTERS), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LETTERS))
    note: Mapped[str] = mapped_column(Text)
    number: Mapped[int]
    version: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    made_by: Mapped[str] = mapped_column(String(OWNER_LETTERS))
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_by: Mapped[str] = mapped_column(String(OWNER_LETTERS))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    deleted_by: Mapped[str] = mapped_column(String(OWNER_LETTERS))
    sharing: Mapped[str] = mapped_column(String(10), server_default=text("''"))
    contents: Mapped[list[ContentRow]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", passive_deletes=True, order_by="ContentRow.number"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
    __table_args__ = (
        # an owner's names are different, those of deleted entries apart
        Index(
            "uq_library_entry_owner_name", "owner", "name", unique=True,
            sqlite_where=text("deleted_at IS NULL"), postgresql_where=text("deleted_at IS NULL"),
        ),
    )  # fmt: skip


class ContentRow(Base):
    """What an entry held from one saving to the next: workbook, settings, what came out, plan."""

    __tablename__ = "library_content"
    entry_id: Mapped[str] = mapped_column(ForeignKey("library_entry.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    workbook_name: Mapped[str] = mapped_column(Text)
    packaged: Mapped[str] = mapped_column(String(40))
    workbook_sha256: Mapped[str] = mapped_column(ForeignKey("library_workbook.sha256"), index=True)
    plan_sha256: Mapped[str] = mapped_column(ForeignKey("library_plan.sha256"), index=True)
    settings: Mapped[dict[str, Any]] = mapped_column(Tolerant)
    results: Mapped[dict[str, Any]] = mapped_column(Tolerant)
    saved_at: Mapped[datetime] = mapped_column(UtcTime)
    saved_by: Mapped[str] = mapped_column(String(OWNER_LETTERS))
    entry: Mapped[EntryRow] = relationship(back_populates="contents")


class PersonRow(Base):
    """Whose plans are a person's who signs in: their provider's own sign for them, and the owner that plans name.

    A sign is given once; an address may be given to somebody else later, who then is another owner.
    """

    __tablename__ = "library_person"
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(OWNER_LETTERS), unique=True)
    since: Mapped[datetime] = mapped_column(UtcTime)


class EventRow(Base):
    """One line of the audit trail. It outlasts its entry only as the bare fact that something was erased."""

    __tablename__ = "library_event"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    entry_id: Mapped[str] = mapped_column(String(32), index=True)
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcTime)
    who: Mapped[str] = mapped_column(String(OWNER_LETTERS))
    what: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
