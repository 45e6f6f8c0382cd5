"""Kept plans as one file: to hand on, to keep a copy of, to move from one library to another.

A zip with `library.json` (what stands in the lists, with hashes), the workbooks, and the plans as JSON. Reading one
trusts nothing: names are hashes, sizes are limited, every file must have the hash that its name says, every workbook
passes the guard that uploads pass, every value is of its kind. What is said of how good a plan is, is not believed:
:mod:`planner.library.unbelieved` recomputes it from its workbook.
"""

from __future__ import annotations

import io
import json
import re
import shlex
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from planner import __version__
from planner.case.problems import InvalidCaseError
from planner.library.entries import Entry, Event, KeptPlan, KeptWorkbook, results_of
from planner.library.errors import DamagedError, LibraryError
from planner.library.rows import MOST_PLAN_BYTES, same_workbook
from planner.library.texts import name_from, note_from, owner_from
from planner.library.typed import settings_from
from planner.plan import Plan
from planner.signs import shown

FORMAT = "planner library 1"
LIST = "library.json"
MOST_FILES = 2_001
MOST_LIST = 8_000_000
MOST_ENTRIES = 1_000
MOST_EVENTS = 1_000
"""Lines of the history of one plan."""
MOST_BOOK = 20_000_000
MOST_UNPACKED = 400_000_000
"""Bytes of an export once it is unpacked."""
_NAME = re.compile(r"(workbooks/[0-9a-f]{64}\.xlsx|plans/[0-9a-f]{64}\.json)")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Moment of every file in the zip: the same plans give the same bytes."""


@dataclass(frozen=True)
class Packed:
    """An entry with everything, and its history, as it travels."""

    kept: KeptPlan
    history: Sequence[Event] = ()


def pack(entries: Sequence[Packed]) -> bytes:
    """Write entries as one file."""
    from planner.plan import plan_json  # noqa: PLC0415 - pandas is loaded only where a plan is

    stream, listed = io.BytesIO(), []
    files: dict[str, bytes] = {}
    for one in entries:
        plan, book = plan_json.dumps(one.kept.plan), one.kept.book
        digest = sha256(plan).hexdigest()
        files |= {f"workbooks/{book.sha256}.xlsx": book.content, f"plans/{digest}.json": plan}
        listed.append(_described(one) | {"plan_sha256": digest})
    said = {"format": FORMAT, "planner": __version__, "entries": listed}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, LIST, json.dumps(said, indent=1, ensure_ascii=True).encode())
        for name, data in files.items():
            _add(archive, name, data)
    return stream.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Put a file in."""
    info = zipfile.ZipInfo(name, _FIRST_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _described(one: Packed) -> dict[str, Any]:
    """An entry in the list."""
    entry = one.kept.entry
    return {
        "id": entry.id, "owner": entry.owner, "name": entry.name, "note": entry.note,
        "made_at": entry.made_at.isoformat(), "changed_at": entry.changed_at.isoformat(), "workbook": entry.workbook,
        "packaged": entry.packaged, "workbook_sha256": entry.workbook_sha256,
        "settings": dict(entry.settings), "results": dict(entry.results),
        "history": [asdict(event) | {"at": event.at.isoformat()} for event in one.history],
    }  # fmt: skip


def unpack(data: bytes, most: int = MOST_UNPACKED) -> list[Packed]:
    """Read such a file. Raises DamagedError with what is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = _files(archive, most)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise _damaged(reason="it is no zip file, or not a whole one") from error
    try:
        said = json.loads(files.pop(LIST, b""))
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise _damaged(reason=f"it does not call itself '{FORMAT}'")
        entries = said["entries"]
        if len(entries) > MOST_ENTRIES:
            raise _damaged(reason=f"it holds {len(entries):,} plans; at most {MOST_ENTRIES:,} are taken at once")
        bag = _Bag(files)
        return [_packed(one, bag) for one in entries]
    except InvalidCaseError as error:
        raise _damaged(reason=" ".join(p.found for p in error.problems)) from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise _damaged(reason="its list of plans cannot be read") from error
    except DamagedError:
        raise
    except LibraryError as error:
        raise _damaged(reason=str(error)) from error


def _files(archive: zipfile.ZipFile, most: int) -> dict[str, bytes]:
    """Every file of an export by its name, read in pieces and never beyond the limits."""
    infos = archive.infolist()
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > most:
        raise _damaged(reason=f"it unpacks to more than {most // 1_000_000} MB or {MOST_FILES:,} files")
    files: dict[str, bytes] = {}
    for info in infos:
        if info.filename != LIST and not _NAME.fullmatch(info.filename):
            raise _damaged(reason="it holds files that no export holds")
        limit = _limit(info.filename)
        with archive.open(info) as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise _damaged(reason=f"one of its files is larger than {limit // 1_000_000} MB")
        stem = info.filename.rpartition("/")[2].partition(".")[0]
        if info.filename in files or (info.filename != LIST and sha256(content).hexdigest() != stem):
            raise _damaged(reason="one of its files was changed after it was written")
        files[info.filename] = content
    return files


def _limit(name: str) -> int:
    """Bytes that a file of an export may have."""
    return MOST_LIST if name == LIST else MOST_BOOK if name.startswith("workbooks/") else MOST_PLAN_BYTES


class _Bag:
    """The files of an export: however often its list names one, it is looked at once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Nothing is looked at yet."""
        self._files, self._guarded = files, set[str]()
        self._plans: dict[str, Plan] = {}

    def workbook(self, mark: str) -> bytes:
        """A workbook that passed the guard. Raises InvalidCaseError, or KeyError where there is none."""
        from planner.workbook.guard import guard  # noqa: PLC0415 - as above

        content = self._files[f"workbooks/{mark}.xlsx"]
        if mark not in self._guarded:
            guard(content)
            self._guarded.add(mark)
        return content

    def plan(self, mark: str) -> Plan:
        """A plan. Raises ValueError, or KeyError where there is none."""
        from planner.plan import plan_json  # noqa: PLC0415 - as above

        if mark not in self._plans:
            self._plans[mark] = replace(plan_json.loads(self._files[f"plans/{mark}.json"]), verified=None)
        return self._plans[mark]


def _packed(said: Mapping[str, Any], bag: _Bag) -> Packed:
    """One entry; what it says of its plan is taken from the plan itself, which counts as unchecked."""
    mark = str(said["plan_sha256"])
    content = bag.workbook(str(said["workbook_sha256"]))
    book, plan = KeptWorkbook(content, shown(str(said["workbook"])), shown(str(said["packaged"]), 40)), bag.plan(mark)
    if not same_workbook(plan, book):
        raise _damaged(reason="one of its plans was not made from the workbook that comes with it")
    settings = said["settings"]
    if not isinstance(settings, dict):
        raise _damaged(reason="its list of plans cannot be read")
    made, changed = (_moment(said[name]) for name in ("made_at", "changed_at"))
    owner = owner_from(str(said["owner"]))
    kept = settings_from(settings) | {"imported": True, "remake": safe_command(str(settings.get("remake") or ""))}
    entry = Entry(
        id=shown(str(said["id"]), 32), owner=owner, name=name_from(str(said["name"])),
        note=note_from(str(said["note"])), sharing="", version=1, number=1, made_at=made, made_by=owner,
        changed_at=changed, changed_by=owner, workbook=book.name, packaged=book.packaged,
        workbook_sha256=book.sha256, plan_sha256=mark, settings=kept, results=results_of(plan),
    )  # fmt: skip
    history = [_event(e) for e in said["history"][:MOST_EVENTS]]
    return Packed(KeptPlan(entry, plan, book), history)


def _event(said: Mapping[str, Any]) -> Event:
    """A line of a history that came in a file."""
    who, what, before, after = (shown(str(said[name])) for name in ("who", "what", "before", "after"))
    return Event(_moment(said["at"]), who, what, before, after)


def safe_command(text: str) -> str:
    """A command of the planner as it can be given to a shell: every word quoted; empty if it is another program's."""
    try:
        words = shlex.split(text.replace("\\\n", " "))
    except ValueError:
        return ""
    return shlex.join(words) if words[:1] == ["planner"] else ""


def _moment(text: object) -> datetime:
    """A moment with its time zone."""
    found = datetime.fromisoformat(str(text))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _damaged(*, reason: str) -> DamagedError:
    """The sentence about a file that cannot be taken."""
    return DamagedError(f"This is not a file of kept plans that can be imported: {reason}.")
