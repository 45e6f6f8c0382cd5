"""The frame around every page: levers at the side, the first answer to a change, meters below that never leave."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from app import coarse, first_answer, jobs, meters, settings, sign_in, state
from app.kept import EARLIER, IMPORTED
from app.levers import GRADES, NEUTRAL, Lever
from app.show import figure, plain
from app.store import Source, key_of
from app.versions import versions
from planner.case import Case
from planner.explain.holds import held, hold_country, holdable
from planner.options import GAP as DEFAULT_GAP
from planner.plan import Plan, Status
from planner.progress import STAGES
from planner.results import status_sentence
from planner.results.views import check_sentence, not_kept
from planner.sheets import Scenarios

PAUSE = 0.5
"""Seconds between two looks at the work under way."""
SETTLED = 0.9
"""Seconds that the levers must rest before the search for the proven plan begins."""


def draw(page: str) -> None:
    """Draw the frame; the page writes its title above the state of the work with :func:`title`.

    Levers stand outside the parts that answer them: what is moved while the page is being drawn is kept.
    """
    st.session_state.head = st.container()
    st.session_state.drawn = False
    state.keep_address(page)
    found = state.present_levers()
    settings.remember(found)
    scenario = settings.now(found).scenario
    case = state.base_case("" if scenario == settings.AS_WRITTEN else scenario)
    with st.sidebar:
        side(case, found)
    live()
    with st.bottom:
        gauges()


ANSWERS = ["live", "said", "count", "tail", "gauges"]
"""Parts of the frame that answer a lever at once; the page waits for the proof."""


@st.fragment(key="live")
def live() -> None:
    """Notices, the first answer, the work under way."""
    with _guarded():
        notices()
        status(first_answer.ask(state.present_levers()))


@st.fragment(key="gauges")
def gauges() -> None:
    """Meters below the page."""
    with _guarded():
        meters.draw(first_answer.ask(state.present_levers()) if stale() else None)


@contextlib.contextmanager
def _guarded() -> Iterator[None]:
    """Say in words that a part of the frame could not be drawn."""
    try:
        yield
    except Exception:
        logging.getLogger("planner.app").exception("frame")
        st.error("The answer to the levers could not be drawn: a fault of ours. The server's log says more.")


def side(case: Case, found: Sequence[Lever]) -> None:
    """Levers of the case and the buttons."""
    st.markdown(f"**{plain(case.name)}**")
    _buttons(found)
    _count()
    _settings(case)
    st.markdown("**What if** (100 % = current policy, as the workbook says)")
    for group in dict.fromkeys(lever.group for lever in found):
        _group(group, [lever for lever in found if lever.group == group], found)
    _holds(case)
    _others()
    with st.expander("Copy link, or the same by command", key="group_link"):
        _tail()
    sign_in.control()


@st.fragment(key="tail")
def _tail() -> None:
    """The link, and the command that does the same."""
    source: Source = st.session_state.source
    st.markdown("This link opens the app as it stands now. It carries settings, never data.")
    st.code(f"{_address()}?{state.link()}", language=None, wrap_lines=True)
    st.markdown("The same from the command line:")
    st.code(state.command(source, state.wish_now()), language="bash", wrap_lines=True)


@st.fragment(key="count")
def _count() -> None:
    """How many levers and other cells are changed."""
    found = state.present_levers()
    away, others = state.away(), len(state.extra())
    said = f"{away} of {len(found)} levers changed" if away else "No lever changed"
    said += f", {others} more {'cell' if others == 1 else 'cells'}" if others else ""
    st.markdown(f":small[{said}]")


def _address() -> str:
    """Address of the page that is open."""
    url = st.context.url or ""
    return url.partition("?")[0]


def _buttons(found: Sequence[Lever]) -> None:
    """Solve, undo, redo and reset, and how many levers are changed."""
    job = st.session_state.get("job")
    busy = job is not None and job.active
    st.button("Solve", type="primary", width="stretch", disabled=busy or not stale(), on_click=_solve, key="solve")
    row = st.container(horizontal=True, gap="small")
    for name, by in (("Undo", -1), ("Redo", +1)):
        row.button(name, key=name.lower(), disabled=not settings.can_go(by), on_click=_go, args=(by, found))
    clean = not state.away() and not state.extra()
    row.button("Reset", key="reset", disabled=clean, on_click=state.reset, help="Back to current policy")


def _go(by: int, found: Sequence[Lever]) -> None:
    """Undo or redo a step; other levers may belong to another scenario."""
    settings.go(by, found)
    st.session_state.changed_at = time.monotonic()


def _solve() -> None:
    """Make the plan that the widgets ask for."""
    state.ask(state.wish_now())


def _settings(case: Case) -> None:
    """Scenario, periods and proof."""
    labels = {row.scenario: row.label for row in case.of(Scenarios)}
    names = [settings.AS_WRITTEN, *labels]
    chosen = st.selectbox(
        "Scenario (a possible future)", names, key=settings.SCENARIO, bind="query-params", on_change=state.changed,
        help="Rows of sheet Scenarios: other values of some cells.",
    )  # fmt: skip
    if labels.get(chosen):
        st.markdown(f":small[{plain(labels[chosen])}]")
    grids = coarse.grids_of(case)
    periods = {name: len(case.grid(name)) for name in settings.GRIDS}
    with st.expander("How it is solved"):
        st.selectbox(
            "Periods", grids, key=settings.GRID, bind="query-params", on_change=state.changed,
            help=f"phases: {periods['phases']} periods, answered in seconds. default: {periods['default']} periods, "
            "which follow queues and staff more closely and may take minutes for a large case. The workbook's own: "
            f"{case.grid().name}.",
        )  # fmt: skip
        st.selectbox(
            "Wanted distance from the best (share)", settings.GAPS, index=settings.GAPS.index(DEFAULT_GAP),
            key=settings.GAP, bind="query-params", on_change=state.changed,
            help="A plan is returned once no other plan can score more than this share higher: 0.001 is 0.1 %.",
        )  # fmt: skip
        st.toggle(
            "Prove each change by itself", value=True, key="auto", persist_state="session",
            help="The first answer comes at once. The search for the proven plan begins when the levers rest.",
        )  # fmt: skip


def _group(group: str, members: Sequence[Lever], found: Sequence[Lever]) -> None:
    """One group of levers; folded, it says how many are changed."""
    away = sum(abs(float(st.session_state.get(lever.key, NEUTRAL)) - NEUTRAL) > 1e-6 for lever in members)
    said = f"{group} · {away} changed" if away else group
    with st.expander(said, expanded=group == found[0].group, key=f"group_{members[0].key}"):
        for lever in members:
            _lever(lever, found)


def _lever(lever: Lever, found: Sequence[Lever]) -> None:
    """Draw one lever: its percentage, its exact value in its own unit, what is said of it."""
    st.slider(
        f"{plain(lever.name)}, % of {figure(lever.total())} {lever.unit}", lever.low, lever.high, lever.neutral,
        step=lever.step, key=lever.key, bind="query-params", format="%.4g %%", help=plain_help(lever),
        on_change=_slid, args=(lever, found),
    )  # fmt: skip
    st.number_input(
        f"{lever.name}: exact value, {lever.unit}", value=None, placeholder="exact value",
        key=settings.box_key(lever), label_visibility="collapsed", step=lever.total() / 100.0, format="%.7g",
        on_change=_typed, args=(lever, found),
    )  # fmt: skip
    _said(lever)


@st.fragment(key="said")
def _said(lever: Lever) -> None:
    """What a lever does now: from what to what, how large a change, what one more is worth, what was refused."""
    answer = first_answer.ask(state.present_levers())
    percent = float(st.session_state.get(lever.key, NEUTRAL))
    now, then = figure(lever.total()), figure(lever.total(percent))
    if abs(percent - NEUTRAL) < 1e-6:
        said = f":small[{now} {lever.unit}: current policy]"
    else:
        said = f":orange-badge[changed] :small[{now} → **{then}** {lever.unit}: {lever.scale(percent)}]"
    st.markdown("  \n".join([said, *first_answer.worth_words(lever, answer)]))
    refused = st.session_state.get("refused", {}).get(lever.key)
    if refused:
        st.error(plain(refused))


def plain_help(lever: Lever) -> str:
    """What a lever does, current policy, range with its reason, word scale, source and grade."""
    behind = f"Source: {lever.source or 'none named'}" + (f"; weakest: {GRADES[lever.grade]}" if lever.grade else "")
    return plain(
        f"{lever.help} Current policy: {figure(lever.total())} {lever.unit}, as sheet {lever.sheet} says. "
        f"{settings.allowed(lever)} Up to 10 % is modest, up to 25 % strong. {behind}. "
        "Arrow keys move it by 1 %; release it to see the answer."
    )


def _slid(lever: Lever, found: Sequence[Lever]) -> None:
    """Take note of a lever that was moved."""
    settings.slid(lever, found)
    _moved()


def _typed(lever: Lever, found: Sequence[Lever]) -> None:
    """Take over or refuse a value that was typed: the slider must follow, so all is drawn anew."""
    settings.typed(lever, found)
    st.session_state.changed_at = time.monotonic()


def _moved() -> None:
    """Answer at once, without the page: that is drawn anew with the proof, or at once where no proof will come.

    A page whose drawing this change has interrupted is drawn to its end: its parts that run by themselves would stop.
    """
    st.session_state.changed_at = time.monotonic()
    if not st.session_state.get("auto", True) or not st.session_state.get("drawn"):
        return
    with contextlib.suppress(StreamlitAPIException):  # no frame to answer in: everything is drawn anew
        st.rerun(ANSWERS)


def _holds(case: Case) -> None:
    """Countries whose money is held where the plan shown has it, whatever else is moved."""
    countries, held_now = holdable(case), [c for c in holdable(case) if held(state.extra(), c)]
    found = st.session_state.get("shown")
    st.session_state.held = held_now
    with st.expander(f"Hold a country · {len(held_now)} held" if held_now else "Hold a country", key="group_held"):
        st.multiselect(
            "Countries whose money (USD million a phase) stays as in the plan shown", countries, key="held",
            disabled=found is None, on_change=_hold, args=(case,),
            help="Each is held by a rule 'money for ... in ...', which has a price on page Explain like any other.",
        )  # fmt: skip


def _hold(case: Case) -> None:
    """Hold and release countries as the widget says."""
    wanted, found = set(st.session_state.held), state.shown()
    drop = tuple(c for country in holdable(case) if country not in wanted for c in held(state.extra(), country))
    if drop:
        state.drop_changes(drop)
    new = [c for c in holdable(case) if c in wanted and not held(state.extra(), c)]
    if new and found is not None and found[2].found:
        state.add_changes(tuple(line for country in new for line in hold_country(found[1], found[2], country)))


def _others() -> None:
    """Cells changed one by one, each with a way to put it back."""
    if not state.extra():
        return
    st.markdown("**Other cells changed**")
    for number, one in enumerate(state.extra()):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(f":orange-badge[changed] :small[{plain(one)}]")
        right.button("✕", key=f"drop_{number}", help="Put it back", on_click=state.drop_change, args=(one,))


def stale() -> bool:
    """Whether the plan on the screen is another one than the widgets ask for."""
    found = st.session_state.get("shown")
    if found is None or found.source.sha256 != st.session_state.source.sha256 or found.wish != state.wish_now():
        return True
    return bool(not found.origin and found.key != key_of(found.source, found.wish))


def notices() -> None:
    """What a link asked for that could not be."""
    told: list[str] = st.session_state.get("notices") or []
    for sentence in told:
        st.warning(plain(sentence), icon=":material/link_off:")
    if told:
        st.button("Understood", key="understood", on_click=lambda: st.session_state.update(notices=[]))


def status(answer: Any) -> None:
    """What is being done and whether the plan shown is the one asked for; on top of every page."""
    job = st.session_state.get("job")
    busy = job is not None and job.active
    if job is not None and not busy:
        _ended(job)
    found = st.session_state.get("shown")
    if found is not None and found.origin and not stale():
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.info(f"The plan shown is {plain(found.origin)}. {_standing(found.origin)}")
        right.button("Best plan", on_click=state.ask, args=(found.wish,), key="to_best", width="stretch")
    waits = stale() and st.session_state.get("auto", True) and _failed_wish() != state.wish_now()
    if stale() and found is not None:
        first_answer.draw(answer, busy or waits)
        _say_stale(found, busy=busy, waits=waits)
    if busy or waits:
        watch()


def _standing(origin: str) -> str:
    """How a plan that was not just made for these settings stands to the best one."""
    if origin in (EARLIER, IMPORTED):
        return "Whether it is still the best, a new search says."
    return "It is not the best by the workbook's weights."


def _say_stale(found: state.Shown, *, busy: bool, waits: bool) -> None:
    """Mark the page as older than the settings at the side."""
    if found.key.endswith("-stopped") and found.wish == state.wish_now():
        st.info("This search was stopped before its end. Press **Solve** to search again.")
        return
    then = "" if busy else " The search for the proven plan begins when the levers rest." if waits else ""
    then = then or ("" if busy else " Press **Solve** for the proof.")
    st.warning(
        f"The page below shows the plan before your last changes at the side.{then}", icon=":material/hourglass_top:"
    )


def _failed_wish() -> Any:
    """The wish that ended without a plan, or was stopped: it is not asked for again by itself.

    A plan that has been found and is not on the page yet is none of these: :func:`watch` takes it over.
    """
    job, found = st.session_state.get("job"), st.session_state.get("shown")
    if job is not None and not job.active and not job.found:
        return st.session_state.get("job_wish")
    return found.wish if found is not None and found.key.endswith("-stopped") else None


def _ended(job: Any) -> None:
    """Say how work without a plan ended."""
    if job.answer.get("kind") == "invalid":
        st.error("With these changes the workbook cannot be solved:")
        for problem in job.answer["problems"][:12]:
            if problem["severity"] == "error":
                st.markdown(f"- **{plain(problem['cell'])}** {plain(problem['found'])} {plain(problem['mend'])}")
    elif job.state == "cancelled":
        old = (
            " The plan below is the one from before." if st.session_state.get("shown") else " Press **Solve** to start."
        )
        st.info(f"Cancelled; no plan had been found yet.{old}")
    elif job.state == "failed":
        st.error(plain(job.sentence))


@st.fragment(run_every=PAUSE)
def watch() -> None:
    """Begin the proof when the levers rest; follow it: stage, best plan, bound, gap, time, and a way to stop it."""
    job = st.session_state.get("job")
    rested = time.monotonic() - st.session_state.get("changed_at", 0.0) > SETTLED
    if not rested and (job is None or not job.active):
        return  # nothing is drawn anew while somebody moves a lever: a whole rerun now could undo the last move
    wish = state.wish_now()
    asked_for = job is not None and st.session_state.get("job_wish") == wish
    if rested and not asked_for and stale() and st.session_state.get("auto", True):
        state.ask(wish)
        job = st.session_state.get("job")
    if job is None or not job.active:
        state.settle()
        st.empty()  # whatever was moved meanwhile goes first
        st.rerun()
    assert job is not None
    with st.container(border=True, key="progress"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(f"**{_doing(job.told)}** · {job.elapsed:.0f} s")
        right.button("Cancel", on_click=job.cancel, key="cancel", width="stretch")
        news = job.told.news
        if news.get("incumbent") is not None:
            cells = st.columns(3)
            cells[0].markdown(f"Best plan so far  \n**{figure(news['incumbent'])}** points")
            cells[1].markdown(f"No plan can pass  \n**{figure(news.get('bound'))}** points")
            cells[2].markdown(f"Distance (gap)  \n**{_gap(news.get('gap'))}**")


def _gap(gap: float | None) -> str:
    """Write a gap."""
    return "not known yet" if gap is None or gap > 10 else f"{gap:.2%}"


def _doing(job: jobs.Job) -> str:
    """Say what the work is at."""
    if job.state == "waiting":
        return f"Waiting for a free place; {job.ahead} ahead of you" if job.ahead else "Waiting for a free place"
    if job.stopping is not None:
        return "Stopped; writing down the best plan found"
    return STAGES.get(str(job.news.get("stage")), "Starting the solver")


def title(words: str, lead: str) -> None:
    """Open a page: its title and one sentence, above the state of the work."""
    with st.session_state.head:
        st.title(words, anchor=False)
        st.markdown(lead)


def stands_on(case: Case, plan: Plan) -> None:
    """Say what figures about a plan stand on; that they are coarse, where they are."""
    st.markdown(f":small[{coarse.standing_line(case, plan)}]")
    badge(coarse.note(case, plan))


def badge(rough: str) -> None:
    """Say what makes figures coarse, under its badge; nothing where nothing does."""
    if rough:
        st.markdown(f":orange-badge[coarse] {rough}")


def verdict(plan: Plan) -> None:
    """Say what the plan stands on, which promises it breaks, and how sure it is; that it is coarse, where it is."""
    found, here = st.session_state.get("shown"), state.shown()
    if here is not None:
        stands_on(here[1], plan)
    broken = not_kept(here[1], plan) if here is not None and plan.found else []
    if broken:
        listed = "\n".join(f"- {plain(line)}" for line in broken)
        st.error(f"**Promises that are not kept**\n\n{listed}", icon=":material/heart_broken:")
    if found is not None and found.origin and plan.found and plan.verified:
        st.info(plain(f"{' '.join(plan.unproven)} {check_sentence(plan)}"), icon=":material/verified:")
        return
    said = plain(f"{status_sentence(plan)} {check_sentence(plan)}".strip())
    if not plan.found or plan.verified is False:
        st.error(said)
    elif plan.status is Status.OPTIMAL:
        st.success(said, icon=":material/verified:")
    else:
        st.warning(said)


def no_plan(plan: Plan) -> None:
    """Say what to do where there is no plan."""
    if plan.status is Status.INFEASIBLE:
        st.markdown("Which limits clash, and the smallest changes that would mend it:")
        st.page_link(
            st.session_state.pages["Explain"], label="**See what clashes, and mend it**", icon=":material/build:"
        )
        return
    for line in [*plan.unproven, *plan.warnings] or ["Try wider limits, or more money, staff or time."]:
        st.markdown(f"- {plain(line)}")


def tab_title(page: str) -> str:
    """Name of the browser's tab: the page, the workbook, the scenario, how much is changed."""
    scenario = st.session_state.get(settings.SCENARIO, settings.AS_WRITTEN)
    parts = [page, str(st.session_state.source.name)]
    parts += [scenario] if scenario != settings.AS_WRITTEN else []
    changes = state.away() + len(state.extra())
    parts += [f"{changes} changed"] if changes else []
    return " · ".join([*parts, "Migration planner"])


def footer() -> None:
    """Versions of app, model, data and solver, and what the app is not; the page is drawn."""
    source: Source = st.session_state.source
    known = versions()
    st.divider()
    st.markdown(
        f"Planner {known['app']} · model {known['model']} · solver HiGHS {known['highspy']} with Pyomo "
        f"{known['pyomo']} · workbook *{plain(source.name)}*, fingerprint {source.sha256[:10]} · "
        "This app advises; people decide."
    )
    st.session_state.drawn = True
