"""Between what a tab works on and the library: a plan on the screen is kept, a kept plan is put on the screen again."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.session import people
from app.session.library import library
from app.session.store import Source, Wish, keep_upload, key_of, load_plan, plan_path, save_plan
from app.shell import state
from app.shell.opening import PACKAGED, first_source, packaged
from app.shell.state import Shown
from planner.extras import lacking
from planner.wording.units import counted

if TYPE_CHECKING:
    from planner.library import Entry, KeptPlan, Saved

LEAST_FINGERPRINT = 16
"""Letters of a workbook's hash that a link carries."""
EARLIER = "a kept plan that an earlier version of the planner made"
"""What is said of a kept plan that this version might not find again."""
IMPORTED = "a kept plan that was taken in from a file"


def settings_of(plan: Shown) -> dict[str, Any]:
    """How a plan was asked for, as the library keeps it."""
    return {
        **dataclasses.asdict(plan.wish), "grid": state.grid_of(plan.source, plan.wish), "key": plan.key,
        "origin": plan.origin, "remake": plan.remake, "kind": plan.source.kind,
    }  # fmt: skip


def keep(plan: Shown, name: str, note: str) -> Entry:
    """Keep the plan on the screen as a new entry. Raises LibraryError."""
    found, book, settings, made_from = _parts(plan)
    kept = library().save(people.who(), name, found, book, settings, note, made_from)
    hold(kept, plan.key)
    return kept


def keep_over(plan: Shown, held: tuple[str, int]) -> Saved:
    """Save the plan on the screen over an entry that was seen in this version. Raises LibraryError."""
    found, book, settings, made_from = _parts(plan)
    saved = library().replace(people.who(), held[0], held[1], found, book, settings, made_from)
    hold(saved.entry, plan.key)
    return saved


def hold(entry: Entry, key: str) -> None:
    """Note which entry the plan on the screen is kept as, in the version that this tab has seen."""
    st.session_state.kept_as = (entry.id, entry.version)
    st.session_state.kept_as_name = entry.name
    st.session_state.kept_as_key = key
    st.session_state.setdefault("kept_names", {})[key] = entry.name


def _parts(plan: Shown) -> tuple[Any, Any, dict[str, Any], str]:
    """Plan, workbook, settings of what is on the screen, and the hash of its case."""
    from planner.library import KeptWorkbook, LibraryError

    source = plan.source
    content = Path(source.path).read_bytes()
    if hashlib.sha256(content).hexdigest() != source.sha256:
        message = "The workbook was changed on the disk since this plan was made; open it again and solve it first."
        raise LibraryError(message)
    word = source.kind if source.kind in PACKAGED else ""
    wish = plan.wish
    made_from = state.case_of(source.path, source.sha256, wish.scenario, wish.sets).sha256
    return load_plan(plan_path(plan.key)), KeptWorkbook(content, source.title, word), settings_of(plan), made_from


def shown_of(kept: KeptPlan) -> Shown:
    """A kept plan as a tab works on it: its workbook and its plan are put where they are looked for.

    A plan that came in a file, or from another version of the planner, never passes for what this one would find.
    """
    settings, source = dict(kept.entry.settings), _source(kept)
    wish = _wish(kept, source)
    key, origin = str(settings.get("key") or ""), str(settings.get("origin") or "")
    if settings.get("imported"):
        key, origin = "", IMPORTED
    elif key.removesuffix("-stopped") != key_of(source, wish):
        key, origin = "", origin or EARLIER
    key = key or f"kept-{kept.entry.plan_sha256[:32]}"
    if not state.kept(key):
        save_plan(kept.plan, plan_path(key))
    st.session_state.setdefault("kept_names", {})[key] = kept.entry.name
    return Shown(source, wish, key, origin, str(settings.get("remake") or ""))


def _wish(kept: KeptPlan, source: Source) -> Wish:
    """How a kept plan was asked for; grid, scenario and changes as its own record has them."""
    given: dict[str, Any] = {}
    for field in dataclasses.fields(Wish):
        value, usual = kept.entry.settings.get(field.name), field.default
        value = tuple(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value
        if type(value) is type(usual):
            given[field.name] = value
    record = kept.plan.record
    wish = Wish(**given | {"grid": "", "scenario": record.scenario, "sets": tuple(record.changes)})
    return dataclasses.replace(wish, grid="" if state.grid_of(source, wish) == record.grid else record.grid)


def _source(kept: KeptPlan) -> Source:
    """The workbook of a kept plan: the packaged one where it is still the same, else the stored one."""
    book = kept.book
    if book.packaged in PACKAGED:
        at_hand = packaged(book.packaged)
        if at_hand.sha256 == book.sha256:
            return at_hand
    first = first_source()
    if first.sha256 == book.sha256:
        return first
    return Source(book.name, str(keep_upload(book.content, people.store()).resolve()), book.sha256, "upload")


def put_on_screen(entry_id: str, number: int | None = None) -> Entry:
    """Work on with a kept plan: the levers follow. Raises LibraryError."""
    kept = library().get(people.who(), entry_id, number)
    plan = shown_of(kept)
    state.take_up(plan)
    if kept.entry.may_change(people.who()):
        hold(kept.entry, plan.key)
    else:
        st.session_state.pop("kept_as", None)
    return kept.entry


def put_beside(entry_id: str) -> str:
    """Put a kept plan on the shelf of plans that can be compared; returns its key there. Raises LibraryError."""
    plan = shown_of(library().get(people.who(), entry_id))
    state.put_aside(plan)
    return plan.key


def source_named(fingerprint: str) -> Source | None:
    """The workbook that a link names by the first letters of its hash, if this person keeps a plan of it."""
    if len(fingerprint) < LEAST_FINGERPRINT:
        return None
    try:
        from planner.library import LibraryError
    except ModuleNotFoundError as error:
        if lacking(error):
            return None  # nobody keeps plans here
        raise
    try:
        who = people.who()
        if not who:
            return None
        book = library().book(who, fingerprint)
    except LibraryError:
        return None
    if book is None:
        return None
    return Source(book.name, str(keep_upload(book.content, people.store()).resolve()), book.sha256, "upload")


def take_in(data: bytes) -> str:
    """Take the plans of a file into the library, in a process with limits; says how it went. Raises DamagedError."""
    from app.tasks import jobs
    from planner.library import DamagedError

    settings = {name: value for name, value in os.environ.items() if name.startswith("PLANNER_LIBRARY")}
    path = keep_upload(data, people.store())
    request = {"do": "import", "path": str(path), "out": "", "who": people.who(), "library": settings}
    job = jobs.Job(request, jobs.CHECK_SECONDS)
    job.wait(jobs.CHECK_SECONDS + 30)
    path.unlink(missing_ok=True)
    if job.answer.get("kind") != "imported":
        raise DamagedError(str(job.answer.get("sentence") or job.sentence))
    added, there, failed = (int(job.answer[name]) for name in ("added", "there", "failed"))
    parts = [f"{counted(added, 'plan')} taken in."]
    parts += [f"{there} {'was' if there == 1 else 'were'} here already."] if there else []
    parts += [f"{failed} did not pass the check from its own workbook."] if failed else []
    return " ".join(parts)
