"""Opens a library: makes it if it is not there, and brings an older one to the present form."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm.exc import ObjectDeletedError

from planner.library.errors import InTheWayError, LibraryError
from planner.library.location import BUSY_SECONDS, WRITES, Place, engine_of
from planner.library.models import HEAD, PREFIX, VERSION_TABLE

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK = 5_402_190_411
"""Number of the lock that a program holds in PostgreSQL while it changes tables: any, but always the same."""
_one_at_a_time = threading.Lock()


def open_engine(place: Place) -> Engine:
    """Connect to a library in its present form. Raises LibraryError with what is wrong with it."""
    with said(place):
        engine = engine_of(place)
        try:
            with engine.connect() as connection:
                present = _revision(connection)
            if present != HEAD:
                bring_up(engine, place)
        except BaseException:
            engine.dispose()
            raise
        return engine


def bring_up(engine: Engine, place: Place, target: str = "head") -> None:
    """Take the steps that a library lacks: all of them or none, and by one program at a time."""
    # Alembic keeps what it works on in one place for the whole process
    with _one_at_a_time, engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
        present = _revision(connection)
        if present is None:
            _refuse_other_programs(connection, place)
        elif present == HEAD:  # another program was faster
            return
        from alembic.script import ScriptDirectory  # noqa: PLC0415 - half a second that an open library saves

        config = config_for(connection)
        known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        if present is not None and present not in known:
            message = (
                f"The library {place.said} was made by a newer planner (its form is {present}, this one knows forms up "
                f"to {HEAD}). Update the planner."
            )
            raise LibraryError(message)
        from alembic import command  # noqa: PLC0415

        command.upgrade(config, target)


def config_for(connection: Connection) -> Config:
    """What Alembic needs to know."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    """The form that a library has; None for an empty one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - our own name
    return None if found is None else str(found)


def _refuse_other_programs(connection: Connection, place: Place) -> None:
    """A file with tables of another program was named by mistake."""
    tables = inspect(connection).get_table_names()
    if place.path is not None and tables:
        message = f"{place.said} is a database of another program, not a library of plans. Name another file."
        raise LibraryError(message)
    if any(name.startswith(PREFIX) for name in tables):
        message = f"The library {place.said} is damaged: it does not say which form it has. Bring back a copy of it."
        raise LibraryError(message)


@contextmanager
def said(place: Place) -> Iterator[None]:
    """Turn what a database says into a sentence."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, IntegrityError) or type(error.orig).__name__ in _LATE:
            raise InTheWayError from error
        raise LibraryError(_sentence(place, error)) from error
    except OSError as error:
        raise LibraryError(_file_sentence(place, error)) from error
    except (ValueError, TypeError, AttributeError, StatementError, ObjectDeletedError) as error:
        message = f"The library '{place.said}' is damaged: something in it cannot be read. Bring back a copy of it."
        raise LibraryError(message) from error


_LATE = frozenset({"DeadlockDetected", "SerializationFailure"})
"""What PostgreSQL says when somebody else was faster."""
_BUSY = f"The library {{}} was busy for {BUSY_SECONDS} seconds: another program is writing to it. Try again."
_SQLITE = (
    (
        "not a database",
        "{} is not a library of plans, or it is damaged. Name another file, or bring back a copy of it.",
    ),
    ("malformed", "The library {} is damaged. Bring back a copy of it; 'planner library export' makes such copies."),
    ("no such table", "The library {} is damaged: a table is missing. Bring back a copy of it."),
    ("no such column", "The library {} is damaged: a column is missing. Bring back a copy of it."),
    ("readonly", "The library {} may not be written: its file or its folder is read-only."),
    ("unable to open", "The library {} cannot be opened: its folder is missing or may not be written."),
    ("locked", _BUSY),
    ("disk is full", "The library {} cannot be written: the disk is full. Nothing was changed."),
    ("disk i/o", "The library {} cannot be read or written: the disk reports a fault. Nothing was changed."),
)


def _sentence(place: Place, error: DBAPIError) -> str:
    """Say what a database complains about."""
    words = str(error.orig).strip()
    if place.path is not None:
        told = next((sentence for mark, sentence in _SQLITE if mark in words.lower()), None)
        return (told or f"The library {{}} cannot be used: {words}.").format(f"'{place.said}'")
    first = words.splitlines()[0] if words else "no reason given"
    if type(error.orig).__name__ == "LockNotAvailable":
        return _BUSY.format(place.said)
    if type(error.orig).__name__ == "OperationalError" or error.connection_invalidated:
        return f"The library {place.said} cannot be reached: {first}"
    return f"The library {place.said} cannot be used: {first}"


def _file_sentence(place: Place, error: OSError) -> str:
    """Say why a file cannot be made."""
    reasons = {
        errno.EACCES: "no permission", errno.EPERM: "no permission", errno.EROFS: "the disk is read-only",
        errno.ENOSPC: "the disk is full", errno.ENOTDIR: "it lies in something that is not a folder",
        errno.EISDIR: "it is a folder", errno.EEXIST: "it lies in something that is not a folder",
        errno.ENAMETOOLONG: "its name is too long",
    }  # fmt: skip
    return f"The library '{place.said}' cannot be made: {reasons.get(error.errno or 0, error.strerror or 'unknown')}."
