"""One kept plan in the library: rename, note, share, duplicate, history, export, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from app.charts.widgets import plain, reading_table
from app.session import people
from app.session.library import library
from app.shell import saved_plans
from planner.case.problems import InvalidCaseError
from planner.wording.dates import moment
from planner.wording.figures import figure

if TYPE_CHECKING:
    from planner.library import ConflictError, Entry, Event, Library, Sharing

SHARING: dict[Sharing, str] = {
    "": "Only me",
    "read": "Everybody here may see and copy it",
    "change": "Everybody here may also rename it and save over it",
}
DID = {
    "saved": "kept", "saved over": "saved over", "renamed": "renamed", "noted": "wrote a note", "shared": "shared",
    "duplicated": "copied", "deleted": "deleted", "restored": "brought back", "imported": "taken in from a file",
    "not renamed": "tried to rename", "not noted": "tried to write a note", "not saved over": "tried to save over",
}  # fmt: skip
"""What an event is called on the page."""
FIELDS = {"renamed": "the name", "noted": "the note", "shared": "the sharing"}


def do(work: Callable[[str, Library], str]) -> bool:
    """Do something to the library and say how it went; True if it was done."""
    from planner.library import ConflictError, LibraryError

    try:
        st.session_state.library_said = {"sentence": work(people.who(), library())}
    except ConflictError as error:
        st.session_state.library_conflict = error
        st.session_state.pop("library_said", None)
        return False
    except LibraryError as error:
        st.session_state.library_said = {"sentence": str(error), "wrong": True}
        return False
    except InvalidCaseError as error:
        first = next((p for p in error.problems if p.severity == "error"), error.problems[0])
        sentence = f"Its workbook cannot be used any more: {first.found} Download the plan as a file to mend it."
        st.session_state.library_said = {"sentence": sentence, "wrong": True}
        return False
    except (OSError, ValueError) as error:
        sentence = f"It could not be done: {getattr(error, 'strerror', None) or error}."
        st.session_state.library_said = {"sentence": sentence, "wrong": True}
        return False
    return True


def begin(entry: Entry) -> None:
    """Note in which version an entry is looked at: a later change by somebody else must not be written over."""
    st.session_state.library_seen = {entry.id: entry.version}
    st.session_state.pop("library_conflict", None)
    st.session_state.pop("library_sure", None)


def _seen(entry: Entry) -> int:
    """The version in which this tab opened an entry."""
    seen: dict[str, int] = st.session_state.setdefault("library_seen", {})
    return seen.setdefault(entry.id, entry.version)


def details(opened: Library, who: str, entry: Entry) -> None:
    """Everything that can be done with one entry."""
    seen = _seen(entry)
    _conflict(entry)
    mine = entry.owner == who
    if entry.may_change(who):
        _words(entry, seen)
    if mine:
        st.selectbox(
            "Who sees it", list(SHARING), index=list(SHARING).index(entry.sharing), format_func=SHARING.__getitem__,
            key=f"share_{entry.id}_{seen}", on_change=_share, args=(entry, seen),
        )  # fmt: skip
    else:
        st.markdown(f"It belongs to {plain(entry.owner)}. Duplicate it to have one of your own.")
    row = st.container(horizontal=True, gap="small")
    row.button("Duplicate", key=f"copy_{entry.id}", on_click=_duplicate, args=(entry,))
    row.download_button(
        "Download as a file", lambda: opened.export(who, [entry.id]), "kept_plan.zip", "application/zip",
        on_click="ignore", key=f"export_{entry.id}",
        help="Workbook, settings, plan and history in one file; it can be taken in here or by planner library import.",
    )  # fmt: skip
    if mine:
        row.button("Delete", key=f"delete_{entry.id}", on_click=_delete, args=(entry,))
    _earlier(opened, who, entry)
    _history(opened.history(who, entry.id))
    st.markdown(f":small[Number {entry.id} · workbook fingerprint {entry.workbook_sha256[:16]}]")
    st.markdown(":small[A link to it, for those who may see it, and the same in the terminal:]")
    address = (st.context.url or "").partition("?")[0]
    st.code(f"{address}?kept={entry.id}\nplanner library show {entry.id}", language=None, wrap_lines=True)


def _words(entry: Entry, seen: int) -> None:
    """Name and note."""
    with st.form(f"words_{entry.id}", border=False):
        # what is typed belongs to the version that this tab has seen: a change by somebody else does not take it away
        st.text_input("Name", entry.name, key=f"name_{entry.id}_{seen}", max_chars=200)
        st.text_area("Note", entry.note, key=f"note_{entry.id}_{seen}", height=90, max_chars=10_000)
        st.form_submit_button("Save name and note", key=f"save_{entry.id}", on_click=_rewrite, args=(entry, seen))


def _rewrite(entry: Entry, seen: int) -> None:
    """Write what was changed of name and note."""
    name, note = (str(st.session_state[f"{field}_{entry.id}_{seen}"]) for field in ("name", "note"))

    def work(who: str, opened: Library) -> str:
        done, said = entry, []
        if name.strip() != entry.name:
            done = opened.rename(who, entry.id, name, seen)
            said.append(f"{entry.name} is now called {done.name}.")
        if note.strip() != entry.note:
            done = opened.annotate(who, entry.id, note, seen)
            said.append("The note was written.")
        _noted(done)
        return " ".join(said) or "Nothing was changed."

    do(work)


def _noted(entry: Entry) -> None:
    """This tab has seen the entry as it is now."""
    st.session_state.library_seen = {entry.id: entry.version}
    held: tuple[str, int] | None = st.session_state.get("kept_as")
    if held is not None and held[0] == entry.id:
        st.session_state.kept_as_name = entry.name


def _conflict(entry: Entry) -> None:
    """Somebody else was faster: both versions, and the choice between them."""
    error: ConflictError | None = st.session_state.get("library_conflict")
    if error is None or error.current.id != entry.id:
        return
    with st.container(border=True, key="conflict"):
        st.warning(f"{plain(error)}")
        st.markdown(f"What you wrote: **{plain(error.yours) or 'nothing'}**")
        row = st.container(horizontal=True, gap="small")
        row.button("Write mine all the same", key="conflict_mine", on_click=_mine, args=(error,))
        row.button("Leave theirs", key="conflict_theirs", on_click=_theirs, args=(error,))


def _mine(error: ConflictError) -> None:
    """Write what was refused, now that both are known."""
    entry = error.current

    def work(who: str, opened: Library) -> str:
        change = opened.rename if error.field == "name" else opened.annotate
        done = change(who, entry.id, error.yours, entry.version)
        _noted(done)
        return f"Yours was written; theirs stays in the history of {done.name}."

    st.session_state.pop("library_conflict", None)
    do(work)


def _theirs(error: ConflictError) -> None:
    """Leave what the other person wrote."""
    _noted(error.current)
    st.session_state.pop("library_conflict", None)


def _share(entry: Entry, seen: int) -> None:
    """Say who else may see it."""
    chosen: Sharing = st.session_state[f"share_{entry.id}_{seen}"]

    def work(who: str, opened: Library) -> str:
        done = opened.share(who, entry.id, chosen, seen)
        _noted(done)
        return f"{done.name}: {SHARING[done.sharing].lower()}."

    do(work)


def _duplicate(entry: Entry) -> None:
    """Copy it."""
    do(lambda who, opened: f"Copied as {opened.duplicate(who, entry.id).name}.")


def _delete(entry: Entry) -> None:
    """Delete it, with a way back where the settings leave one."""

    def work(who: str, opened: Library) -> str:
        opened.delete(who, entry.id)
        days = opened.retention.deleted_days
        return f"{entry.name} was deleted." + (f" For {days} days it can be brought back." if days else "")

    if do(work):
        st.session_state.library_open = None
        if library().retention.deleted_days:
            st.session_state.library_said["undo"] = entry.id


def _earlier(opened: Library, who: str, entry: Entry) -> None:
    """What the entry held before it was saved over."""
    if entry.number == 1:
        return
    with st.expander(f"Earlier plans under this name ({entry.number - 1})", key=f"earlier_{entry.id}"):
        for one in opened.contents(who, entry.id)[:-1]:
            left, right = st.columns([4, 1], vertical_alignment="center")
            points = one.results.get("objective")
            said = "no plan" if points is None else f"{figure(points)} points"
            left.markdown(f"Number {one.number}: {said}")
            right.button(
                "Put on the screen", key=f"earlier_{entry.id}_{one.number}", on_click=_show_earlier,
                args=(entry.id, one.number), width="stretch",
            )  # fmt: skip


def _show_earlier(entry_id: str, number: int) -> None:
    """Work on with what an entry held before."""
    do(lambda _who, _opened: f"{saved_plans.put_on_screen(entry_id, number).name}, number {number}, is on the screen.")


def _history(events: list[Event]) -> None:
    """Who did what to it when."""
    with st.expander(f"History ({len(events)})"):
        rows: list[dict[str, Any]] = [
            {
                "When": f"{moment(event.at)} UTC",
                "Who": event.who,
                "What": DID.get(event.what, event.what),
                "From": event.before[:200],
                "To": event.after[:200],
            }
            for event in reversed(events)
        ]
        reading_table(pd.DataFrame(rows))
