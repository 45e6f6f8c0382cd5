"""The library: kept plans that outlast reloads and restarts, for one person or a team.

Whoever asks says who they are: :class:`Library` shows them their own entries and those that are shared, and nothing
else. What a person has saved is never overwritten by another: see :class:`~planner.library.errors.ConflictError` and
:meth:`Library.replace`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, get_args

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.orm import Session

from planner.library.entries import SHARING, Entry, Event, KeptPlan, KeptWorkbook, Retention, Saved, Sharing
from planner.library.errors import ConflictError, LibraryError, NotThereError
from planner.library.exchange import Packed, pack
from planner.library.location import Place, place_of
from planner.library.models import ContentRow, EntryRow, EventRow
from planner.library.opening import open_engine
from planner.library.rows import (
    APART,
    Content,
    apart_name,
    book_from,
    content_row,
    entry_from,
    event_from,
    free_name,
    log,
    new_id,
    now,
    plan_from,
    put_files,
)  # fmt: skip
from planner.library.texts import name_from, note_from, owner_from
from planner.library.work import Keeper
from planner.plan import Plan
from planner.wording.dates import moment
from planner.wording.figures import count, figure

LEAST_LETTERS = 4
"""Letters of an entry's number that are enough to name it on the command line."""


def open_library(where: str = "", retention: Retention | None = None) -> Library:
    """Open a library, made or brought up to date where needed, and erase what has been kept long enough.

    Args:
        where: path of a SQLite file, or ``postgresql://...``; blank: the variable PLANNER_LIBRARY, else a file in the
            user's data folder.
        retention: what is kept how long; None: as the environment says.

    Raises:
        LibraryError: it cannot be opened; the message says why.
    """
    place = place_of(where)
    settings = retention or Retention.from_environment()
    engine = open_engine(place)
    try:
        return Library(engine, place, settings)
    except BaseException:
        engine.dispose()
        raise


class Library(Keeper):
    """Kept plans. Every method may be called from several threads and programs at once; all raise LibraryError."""

    def __init__(self, engine: Engine, place: Place, retention: Retention) -> None:
        """Use an open engine."""
        super().__init__(engine, place, retention)
        self.tidy()

    def save(
        self, who: str, name: str, plan: Plan, book: KeptWorkbook, settings: Mapping[str, Any], note: str = "",
        made_from: str = "",
    ) -> Entry:  # fmt: skip
        """Keep a plan as a new entry of this person; a name that they use already gets a number.

        `made_from` is the hash of the workbook's case with the plan's scenario and changes, where it is known already.
        """
        owner, wanted, words = owner_from(who), name_from(name), note_from(note)
        content = Content.of(plan, book, settings, made_from)

        def work(session: Session) -> Entry:
            return self._insert(session, owner, wanted, words, content, ("saved", ""))

        return self._write(work)

    def replace(
        self, who: str, entry_id: str, seen: int, plan: Plan, book: KeptWorkbook, settings: Mapping[str, Any],
        made_from: str = "",
    ) -> Saved:  # fmt: skip
        """Save over an entry; its earlier contents stay in it.

        If somebody else has saved over it since version `seen`, theirs stays the present one and this plan becomes an
        entry of its own.
        """
        person, content = owner_from(who), Content.of(plan, book, settings, made_from)

        def work(session: Session) -> Saved:
            row = self._for_change(session, person, entry_id)
            if _others_since(session, row, seen, ("saved over",)):
                name = free_name(session, person, f"{row.name.rstrip(APART)} ({person})"[:200])
                entry = self._insert(session, person, name, row.note, content, ("saved", f"instead of {row.name}"))
                log(session, row, person, "not saved over", "", f"kept as {name}")
                return Saved(entry, instead_of=entry_from(row))
            before = self._present(row)
            put_files(session, content)
            row.number += 1
            row.contents.append(content_row(content, row.number, person))
            _touch(row, person)
            session.flush()
            log(session, row, person, "saved over", _told(before.results), _told(content.results))
            return Saved(entry_from(row))

        return self._write(work)

    def get(self, who: str, entry_id: str, number: int | None = None) -> KeptPlan:
        """An entry with its plan and its workbook; `number` asks for an earlier content of it."""
        person = owner_from(who)
        with self._reading() as session:
            row = self._visible(session, person, entry_id)
            wanted = number if number is not None else row.number
            content = next((c for c in self._seen_contents(session, person, row) if c.number == wanted), None)
            if content is None:
                entry = entry_from(row)
                message = f"'{entry.name}' has no content number {wanted}."
                raise NotThereError(message)
            return KeptPlan(entry_from(row, content), plan_from(session, content), book_from(session, content))

    def entry(self, who: str, entry_id: str) -> Entry:
        """An entry as it stands in the list."""
        person = owner_from(who)
        with self._reading() as session:
            return entry_from(self._visible(session, person, entry_id))

    def find(self, who: str, text: str) -> Entry:
        """The entry that a person means: by its number, the first letters of it, or its name."""
        person, words = owner_from(who), text.strip()
        every = [*self.listed(person), *self.listed(person, deleted=True)]
        exact = [e for e in every if e.id == words] or [e for e in every if e.name == words and not e.deleted_at]
        own = [e for e in exact if e.owner == person]
        near = [e for e in every if len(words) >= LEAST_LETTERS and e.id.startswith(words.lower())]
        found = own or exact or near
        if len(found) == 1:
            return found[0]
        if found:
            message = f"'{words}' may be any of {len(found)}: {', '.join(e.id for e in found[:6])}. Name one of them."
            raise LibraryError(message)
        message = f"There is no plan '{words[:80]}' here. 'planner library list' shows those that you may see."
        raise NotThereError(message)

    def listed(self, who: str, *, deleted: bool = False) -> list[Entry]:
        """Entries of this person and shared ones, the latest change first; `deleted`: this person's deleted ones."""
        person = owner_from(who)
        self._tidy_if_due()
        mine = EntryRow.owner == person
        wanted = (mine & EntryRow.deleted_at.is_not(None)) if deleted else (
            or_(mine, EntryRow.sharing != "") & EntryRow.deleted_at.is_(None)
        )  # fmt: skip
        return self._list(wanted)

    def everything(self) -> list[Entry]:
        """Every live entry of everybody, for whoever keeps the library: to copy it, or to move it elsewhere."""
        return self._list(EntryRow.deleted_at.is_(None))

    def rename(self, who: str, entry_id: str, name: str, seen: int | None = None) -> Entry:
        """Give an entry another name. Raises ConflictError if somebody has renamed it since version `seen`."""
        wanted = name_from(name)
        return self._change(who, entry_id, "name", wanted, "renamed", seen)

    def annotate(self, who: str, entry_id: str, note: str, seen: int | None = None) -> Entry:
        """Write another note. Raises ConflictError if somebody has written one since version `seen`."""
        return self._change(who, entry_id, "note", note_from(note), "noted", seen)

    def share(self, who: str, entry_id: str, sharing: Sharing, seen: int | None = None) -> Entry:
        """Say who else may see an entry: see :data:`SHARING`. Only its owner can."""
        if sharing not in get_args(Sharing):
            message = f"An entry is shared as one of {', '.join(repr(s) for s in SHARING)}, not '{sharing}'."
            raise LibraryError(message)
        return self._change(who, entry_id, "sharing", sharing, "shared", seen)

    def duplicate(self, who: str, entry_id: str, name: str = "") -> Entry:
        """Copy an entry: the copy belongs to whoever makes it, and nobody else sees it."""
        person = owner_from(who)
        wanted = name_from(name) if name.strip() else ""

        def work(session: Session) -> Entry:
            row = self._visible(session, person, entry_id)
            content = Content.stored(self._present(row))
            name = row.name.rstrip(APART)
            origin = name if row.owner == person else f"{name} of {row.owner}"
            return self._insert(session, person, wanted or name, row.note, content, ("duplicated", origin))

        return self._write(work)

    def delete(self, who: str, entry_id: str) -> Entry:
        """Take an entry out of the list; :meth:`restore` undoes it until the days of the settings are over."""
        person = owner_from(who)
        if not self.retention.deleted_days:
            return self.erase(who, entry_id)

        def work(session: Session) -> Entry:
            row = self._own(session, person, entry_id)
            if row.deleted_at is None:
                row.deleted_at, row.deleted_by = now(), person
                session.flush()
                log(session, row, person, "deleted", row.name, "")
            return entry_from(row)

        return self._write(work)

    def restore(self, who: str, entry_id: str) -> Entry:
        """Undo a deletion; a name that was given away meanwhile gets a number."""
        person = owner_from(who)

        def work(session: Session) -> Entry:
            row = self._own(session, person, entry_id)
            if row.deleted_at is not None:
                self._check_room(session, person)
                row.name = free_name(session, person, row.name)
                row.deleted_at, row.deleted_by = None, ""
                _touch(row, person)
                session.flush()
                log(session, row, person, "restored", "", row.name)
            return entry_from(row)

        return self._write(work)

    def erase(self, who: str, entry_id: str) -> Entry:
        """Delete an entry for good: its contents, its history, and every workbook and plan that nobody else uses."""
        person = owner_from(who)

        def work(session: Session) -> Entry:
            row = self._own(session, person, entry_id)
            gone = entry_from(row)
            self._erase(session, [row], person)
            return gone

        gone = self._write(work, erases=True)
        self._overwrite()
        return gone

    def history(self, who: str, entry_id: str) -> list[Event]:
        """What was done to an entry, the first thing first; others see what was done since it is shared."""
        person = owner_from(who)
        with self._reading() as session:
            row = self._visible(session, person, entry_id)
            since = self._shared_since(session, person, row)
            first = 0 if since is None else since.id
            wanted = (EventRow.entry_id == row.id) & (EventRow.id >= first)
            return [event_from(e) for e in session.scalars(select(EventRow).where(wanted).order_by(EventRow.id))]

    def contents(self, who: str, entry_id: str) -> list[Entry]:
        """An entry as it was after each saving, the first one first; others see the savings since it is shared."""
        person = owner_from(who)
        with self._reading() as session:
            row = self._visible(session, person, entry_id)
            return [entry_from(row, content) for content in self._seen_contents(session, person, row)]

    def book(self, who: str, sha256: str) -> KeptWorkbook | None:
        """The workbook whose hash begins so, if an entry that this person may see was made from it."""
        person = owner_from(who)
        shared = (EntryRow.sharing != "") & EntryRow.deleted_at.is_(None) & (ContentRow.number == EntryRow.number)
        visible = or_(EntryRow.owner == person, shared)
        named = ContentRow.workbook_sha256.startswith(sha256.lower(), autoescape=True)
        query = select(ContentRow).join(EntryRow).where(named, visible).limit(1)
        with self._reading() as session:
            content = session.scalar(query)
            return None if content is None else book_from(session, content)

    def add(self, who: str, packed: Sequence[Packed]) -> tuple[list[Entry], int]:
        """Take in entries of an export as this person's; those that they have already are counted, not doubled.

        :func:`planner.library.unpack` checks what was brought, :func:`planner.library.rechecked` what it says of plans.
        """
        person, new, there = owner_from(who), [], 0
        mine = [entry for entry in self.listed(person) if entry.owner == person]
        held = {_same(entry) for entry in mine}
        for one in packed:
            same = _same(one.kept.entry)
            there += same in held
            new += [] if same in held else [one]
            held.add(same)
        if len(mine) + len(new) > self.retention.entries:
            message = (
                f"With these {count(len(new))} you would keep more than {count(self.retention.entries)} plans; none "
                "was taken."
            )
            raise LibraryError(message)
        contents: dict[tuple[int, str], Content] = {}
        added = []
        for one in new:
            plan, book, settings = one.kept.plan, one.kept.book, one.kept.entry.settings
            place = (id(plan), book.sha256)
            contents[place] = (
                replace(contents[place], settings=dict(settings), workbook_name=book.name)
                if (place in contents)
                else Content.of(plan, book, settings)
            )
            added.append(self._write(partial(self._take, owner=person, entry=one.kept.entry, content=contents[place])))
        return added, there

    def export(self, who: str, ids: Sequence[str]) -> bytes:
        """Entries with their workbooks, plans and histories as one file."""
        return pack([Packed(self.get(who, entry_id), self.history(who, entry_id)) for entry_id in ids])

    # -- what the methods above are made of --

    def _insert(
        self, session: Session, owner: str, name: str, note: str, content: Content, did: tuple[str, str]
    ) -> Entry:
        """Put a new entry in."""
        self._check_room(session, owner)
        put_files(session, content)
        moment = now()
        row = EntryRow(
            id=new_id(), owner=owner, name=free_name(session, owner, name), note=note, number=1, made_at=moment,
            made_by=owner, changed_at=moment, changed_by=owner, deleted_by="", sharing="",
            contents=[content_row(content, 1, owner)],
        )  # fmt: skip
        session.add(row)
        session.flush()
        log(session, row, owner, did[0], did[1], row.name)
        return entry_from(row)

    def _take(self, session: Session, *, owner: str, entry: Entry, content: Content) -> Entry:
        """Put an imported entry in."""
        origin = f"kept by {entry.owner} since {entry.made_at.date().isoformat()}"
        return self._insert(session, owner, entry.name, entry.note, content, ("imported", origin))

    def _change(self, who: str, entry_id: str, field: str, value: str, what: str, seen: int | None) -> Entry:
        """Change one field of an entry, unless somebody else has changed the same one since."""
        person = owner_from(who)

        def work(session: Session) -> Entry | ConflictError:
            find = self._own if field == "sharing" else self._for_change
            row = find(session, person, entry_id)
            before = str(getattr(row, field)).rstrip(APART)
            if before == value:
                return entry_from(row)
            event = _others_since(session, row, seen, (what,)) if seen is not None else None
            if event is not None:
                log(session, row, person, f"not {what}", before, value)
                said = f"{event.who} changed it to '{before[:200]}' on {moment(event.at)} UTC, after you opened it"
                message = f"Your change was not written over another one: {said}. Both stand in its history."
                return ConflictError(message, entry_from(row), field, value)
            if field == "name" and free_name(session, row.owner, value) != value:
                if self._sees_name(session, person, row.owner, value):
                    message = f"There is another plan called '{value}' already. Choose another name."
                    raise LibraryError(message)
                row.name = apart_name(
                    session, row.owner, value
                )  # nobody learns what somebody else keeps for themselves
            else:
                setattr(row, field, value)
            _touch(row, person)
            session.flush()
            log(session, row, person, what, before, value)
            return entry_from(row)

        done = self._write(work)
        if isinstance(done, ConflictError):
            raise done
        return done

    def _present(self, row: EntryRow) -> ContentRow:
        """What an entry holds now. Raises LibraryError where that is gone."""
        if not row.contents:
            message = "What this plan held is damaged or gone. Bring back a copy of the library."
            raise LibraryError(message)
        return row.contents[-1]

    def _sees_name(self, session: Session, who: str, owner: str, name: str) -> bool:
        """Whether this person sees a live plan of that owner under that name."""
        theirs = (EntryRow.owner == owner) & (EntryRow.name == name) & EntryRow.deleted_at.is_(None)
        seen = or_(EntryRow.owner == who, EntryRow.sharing != "")
        return session.scalar(select(EntryRow.id).where(theirs, seen).limit(1)) is not None

    def _check_room(self, session: Session, owner: str) -> None:
        """Refuse one entry too many."""
        query = select(func.count()).where(EntryRow.owner == owner, EntryRow.deleted_at.is_(None))
        if (session.scalar(query) or 0) >= self.retention.entries:
            message = (
                f"You keep {count(self.retention.entries)} plans already, as many as one person may. Delete one first."
            )
            raise LibraryError(message)


def _touch(row: EntryRow, who: str) -> None:
    """Note who changed an entry."""
    row.changed_at, row.changed_by = now(), who


def _others_since(session: Session, row: EntryRow, seen: int, kinds: tuple[str, ...]) -> EventRow | None:
    """The latest change of one of these kinds since a version."""
    query = select(EventRow).where(
        EventRow.entry_id == row.id, EventRow.version > seen, EventRow.what.in_(kinds)
    ).order_by(EventRow.id.desc()).limit(1)  # fmt: skip
    return session.scalar(query)


def _told(results: Mapping[str, Any]) -> str:
    """A content in one line of the audit trail."""
    points = results.get("objective")
    return f"{results.get('status')}{'' if points is None else f', {figure(points)} points'}"


def _same(entry: Entry) -> str:
    """What makes two entries of a person the same; how good a plan is, is forgotten on its way."""
    known = {name: one for name, one in entry.results.items() if name not in ("status", "gap", "verified")}
    return json.dumps([entry.name, entry.note, entry.workbook_sha256, known], sort_keys=True, default=str)
