"""Library: plans that were kept, with their workbooks and settings; they outlast tabs, reloads and restarts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.charts.widgets import plain
from app.session import people
from app.session.library import library
from app.shell import navigation, page_frame, saved_plans, state
from app.views import library_entry
from planner.extras import lacking
from planner.plan import Status
from planner.wording.dates import day
from planner.wording.figures import figure, share
from planner.wording.units import counted

if TYPE_CHECKING:
    from planner.library import Entry, Library

A_PAGE = 8
"""Plans on one page of the list."""
MOST_COMPARED = 4
LATEST, BY_NAME, BY_POINTS, BY_WORKBOOK = SORTS = ("Latest change first", "Name", "Most points first", "Workbook")
ALL, MINE, OTHERS = WHOSE = ("All", "Mine", "Shared by others")
MOST_IMPORT = 20
"""Megabytes of a file of kept plans that is brought here, as of every upload."""


def page() -> None:
    """Draw the page."""
    page_frame.title(
        "Library", "Plans that you keep outlast this tab, a reload and a restart, with the workbook and levers."
    )
    try:
        from planner.library import LibraryError
    except ModuleNotFoundError as error:
        if not lacking(error):
            raise
        st.info(plain(lacking(error)))
        return
    try:
        who = people.who()
        if not who:
            st.info("Sign in to keep plans and to see those that were kept.")
            return
        opened = library()
        _notice()
        _keep(who)
        _list(opened, who)
        _deleted(opened, who)
        _bring(opened, who)
    except LibraryError as error:
        st.error(plain(error))


def _notice() -> None:
    """What was done last, once, with a way back where there is one."""
    said: dict[str, Any] | None = st.session_state.get("library_said")
    if said is None:
        return
    left, right = st.columns([5, 1], vertical_alignment="center")
    (left.error if said.get("wrong") else left.success)(plain(said["sentence"]))
    if said.get("undo"):
        right.button("Undo", key="undo_delete", on_click=undo_delete, args=(said["undo"],), width="stretch")
    else:
        right.button("Close", key="close_notice", on_click=_close, width="stretch")


def _close() -> None:
    """Take the notice away."""
    st.session_state.pop("library_said", None)


def undo_delete(entry_id: str) -> None:
    """Bring a deleted plan back."""
    library_entry.do(lambda who, opened: f"{opened.restore(who, entry_id).name} is back.")


def _keep(who: str) -> None:
    """Keep the plan on the screen."""
    st.header("Keep the plan on the screen", anchor=False)
    plan: state.Shown | None = st.session_state.get("shown")
    if plan is None:
        st.markdown("As soon as there is a plan it can be kept here.")
        return
    if plan.instead is not None:
        st.markdown("The plan on the screen is a first answer. The plan that replaces it can be kept here.")
        return
    told = f"On the screen: {plain(state.name_of(plan))}."
    held: tuple[str, int] | None = st.session_state.get("kept_as")
    name = st.session_state.get("kept_as_name", "")
    if held is not None and st.session_state.get("kept_as_key") == plan.key:
        told += f" It is kept as **{plain(name)}**."
    st.markdown(told)
    with st.form("keep_form", clear_on_submit=True, border=True):
        left, right = st.columns([2, 3])
        left.text_input("Name", key="keep_name", placeholder="for example: more officers from 2026", max_chars=200)
        right.text_area("Note (optional)", key="keep_note", placeholder="why it matters, who asked for it", height=68)
        st.form_submit_button("Keep this plan", type="primary", on_click=_save, key="keep")
    if held is not None and st.session_state.get("kept_as_key") != plan.key:
        st.button(
            f"Save over {name[:60]}", on_click=_save_over, args=(held,), key="save_over",
            help="What it held before stays in its history. If somebody else saved over it meanwhile, both are kept.",
        )  # fmt: skip
    if not people.people_sign_in():
        st.markdown(
            f":small[Kept for **{plain(who)}**, who runs this server. Nobody signs in here, so everybody who can open "
            "this address works with the same plans.]"
        )
    else:
        st.markdown(f":small[Kept for **{plain(who)}**. Nobody else sees a plan until you share it.]")


def _save() -> None:
    """Keep the plan under the name that was typed."""
    plan: state.Shown = st.session_state.shown
    name, note = str(st.session_state.keep_name), str(st.session_state.keep_note)

    def work(_who: str, _opened: Library) -> str:
        entry = saved_plans.keep(plan, name.strip() or state.name_of(plan)[:200], note)
        return f"Kept as {entry.name}."

    if not library_entry.do(work):  # what was typed is not lost
        st.session_state.keep_name, st.session_state.keep_note = name, note


def _save_over(held: tuple[str, int]) -> None:
    """Save over the entry that this tab works on."""

    def work(_who: str, _opened: Library) -> str:
        saved = saved_plans.keep_over(st.session_state.shown, held)
        if saved.instead_of is None:
            return f"Saved over {saved.entry.name}."
        other = saved.instead_of
        return (
            f"{other.changed_by} has saved over {other.name} after you opened it. Nothing was lost: theirs is still "
            f"called {other.name}, and yours was kept as {saved.entry.name}."
        )

    library_entry.do(work)


def _list(opened: Library, who: str) -> None:
    """Every plan that this person may see: search, sort, compare, and a card for each."""
    st.header("Kept plans", anchor=False)
    every = opened.listed(who)
    if not every:
        st.markdown("Nothing is kept yet. Give the plan on the screen a name above.")
        return
    left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
    words = left.text_input("Search names, notes, workbooks and people", key="library_search")
    order = middle.selectbox("Order", SORTS, key="library_sort")
    whose = right.selectbox("Whose", WHOSE, key="library_whose")
    found = _sorted([e for e in every if _wanted(e, words, whose, who)], order)
    _compare({e.id: e for e in every})
    if not found:
        st.markdown(f"None of {len(every)} plans matches.")
        return
    asked = st.query_params.get("kept", "")
    if asked and "library_linked" not in st.session_state:  # a link to one plan opens that plan, once
        st.session_state.library_linked = asked
        st.session_state.library_open = asked
        if asked not in {e.id for e in every}:
            st.warning("The plan of this link is not in the library any more, or it is not shared with you.")
    pages = -(-len(found) // A_PAGE)
    at = st.pagination(pages, key="library_page") if pages > 1 else 1
    for entry in found[(at - 1) * A_PAGE : at * A_PAGE]:
        _card(opened, who, entry)
    st.markdown(f":small[{len(found)} of {len(every)} plans]")


def _wanted(entry: Entry, words: str, whose: str, who: str) -> bool:
    """Whether an entry is looked for."""
    if whose != ALL and (entry.owner == who) != (whose == MINE):
        return False
    text = " ".join((entry.name, entry.note, entry.workbook, entry.owner, entry.changed_by, entry.id)).casefold()
    return all(word in text for word in words.casefold().split())


def _sorted(entries: list[Entry], order: str) -> list[Entry]:
    """Entries in the wanted order; they come with the latest change first."""
    if order == BY_NAME:
        return sorted(entries, key=lambda e: e.name.casefold())
    if order == BY_WORKBOOK:
        return sorted(entries, key=lambda e: (e.workbook.casefold(), e.name.casefold()))
    if order == BY_POINTS:
        return sorted(entries, key=lambda e: -(e.results.get("objective") or float("-inf")))
    return entries


def _card(opened: Library, who: str, entry: Entry) -> None:
    """One plan: what it is, and what can be done with it."""
    with st.container(border=True, key=f"kept_{entry.id}"):
        badge = {"read": " :blue-badge[shared]", "change": " :blue-badge[shared, others may change it]"}
        st.markdown(f"**{plain(entry.name)}**{badge.get(entry.sharing, '')}")
        if entry.note:
            short = entry.note if len(entry.note) <= 240 else entry.note[:239] + "\u2026"
            st.markdown(plain(short))
        until = opened.retention.kept_until(entry)
        st.markdown(f":small[{_told(entry)}{f' · erased on {day(until)} unless it is changed' if until else ''}]")
        row = st.container(horizontal=True, gap="small", vertical_alignment="center")
        row.button("Put on the screen", key=f"show_{entry.id}", on_click=_show, args=(entry.id,))
        is_open = st.session_state.get("library_open") == entry.id
        row.button(
            "Less" if is_open else "More", key=f"more_{entry.id}", on_click=_toggle, args=(entry, not is_open),
            help="Rename, note, share, duplicate, history, export, delete",
        )  # fmt: skip
        row.checkbox("Compare", key=f"compare_{entry.id}")
        if is_open:
            library_entry.details(opened, who, entry)


def _told(entry: Entry) -> str:
    """What a plan was made from, how sure it is, who changed it when."""
    results, settings = entry.results, entry.settings
    changes = len(results.get("changes") or ())
    parts = [plain(entry.workbook)]
    parts += [f"scenario {plain(settings['scenario'])}"] if settings.get("scenario") else []
    parts += [f"{counted(changes, 'cell')} changed"] if changes else ["as the workbook says"]
    points, gap = results.get("objective"), results.get("gap")
    parts += [f"{figure(points)} points"] if points is not None else ["no plan"]
    if gap is not None and results.get("status") == Status.OPTIMAL:
        parts.append("proven best" if gap < 5e-6 else f"proven within {share(gap)}")
    parts += [plain(settings["origin"])] if settings.get("origin") else []
    parts += [f"damaged: {plain(entry.damaged)}"] if entry.damaged else []
    parts += ["taken in from a file, not proven"] if settings.get("imported") else []
    return " · ".join([*parts, f"changed {ago(entry.changed_at)} by {plain(entry.changed_by)}"])


def ago(moment: datetime) -> str:
    """How long ago something was."""
    seconds = (datetime.now(UTC) - moment).total_seconds()
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        number = int(seconds // size)
        if number:
            return f"{counted(number, name)} ago"
    return "just now"


def _toggle(entry: Entry, wanted: bool) -> None:
    """Open or close the details of one entry, as it is seen now."""
    st.session_state.library_open = entry.id if wanted else None
    library_entry.begin(entry)


def _show(entry_id: str) -> None:
    """Work on with a kept plan."""

    def work(_who: str, _opened: Library) -> str:
        entry = saved_plans.put_on_screen(entry_id)
        return f"{entry.name} is on the screen on every page, and the levers stand as they stood."

    library_entry.do(work)


def _compare(every: dict[str, Entry]) -> None:
    """Send up to four plans to Compare."""
    chosen = [key for key in every if st.session_state.get(f"compare_{key}")]
    if not chosen:
        return
    names = ", ".join(plain(every[key].name) for key in chosen)
    left, right = st.columns([4, 2], vertical_alignment="center")
    left.markdown(f"To compare: {names}")
    if len(chosen) > MOST_COMPARED:
        left.warning(f"Compare shows up to {MOST_COMPARED} plans; take {len(chosen) - MOST_COMPARED} away.")
        return
    if right.button("Compare these" if len(chosen) > 1 else "Compare with the plan shown", key="go_compare",
                    type="primary", width="stretch"):  # fmt: skip
        keys = [saved_plans.put_beside(key) for key in chosen]
        shown: state.Shown | None = st.session_state.get("shown")
        if len(keys) == 1 and shown is not None and shown.instead is None:
            keys = [shown.key, *keys]
        st.session_state.compare_keys = list(dict.fromkeys(keys))
        navigation.go("Compare")


def _deleted(opened: Library, who: str) -> None:
    """Deleted plans that can still be brought back."""
    gone = opened.listed(who, deleted=True)
    if not gone:
        return
    days = opened.retention.deleted_days
    with st.expander(f"Deleted plans ({len(gone)}), kept for {days} days", icon=":material/delete:"):
        for entry in gone:
            left, middle, right = st.columns([4, 1, 1], vertical_alignment="center")
            until = opened.retention.kept_until(entry)
            assert until is not None  # it was deleted
            left.markdown(f"**{plain(entry.name)}** :small[erased on {day(until)}]")
            middle.button("Bring back", key=f"back_{entry.id}", on_click=undo_delete, args=(entry.id,), width="stretch")
            right.button("Erase now", key=f"erase_{entry.id}", on_click=_erase, args=(entry.id,), width="stretch")


def _erase(entry_id: str) -> None:
    """Delete for good."""
    library_entry.do(lambda who, opened: f"{opened.erase(who, entry_id).name} was erased.")


def _bring(opened: Library, who: str) -> None:
    """Take in a file of kept plans, and hand all of them out."""
    with st.expander("All my plans as a file, or plans from a file", icon=":material/upload:"):
        mine = [e.id for e in opened.listed(who) if e.owner == who]
        if mine:
            st.download_button(
                "Download all my plans", lambda: opened.export(who, mine), "kept_plans.zip", "application/zip",
                on_click="ignore", key="export_all",
            )  # fmt: skip
        given = st.file_uploader(
            f"File of kept plans (.zip, up to {MOST_IMPORT} MB)", key="library_file", max_upload_size=MOST_IMPORT,
        )  # fmt: skip
        if given is None or st.session_state.get("library_file_seen") == given.file_id:
            return
        st.session_state.library_file_seen = given.file_id
        with st.spinner("Checking the file ...", show_time=True):
            library_entry.do(lambda _who, _opened: saved_plans.take_in(given.getvalue()))
        st.rerun()
