"""Questions that take long, beside the plan: each is answered in a process of its own and the answer is kept on disk.

A page calls :func:`follow` with the question that it is about. It gets the answer, or the answer to the question before
(to be shown as old) while the new one is worked out and its progress is drawn.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st

from app.charts.widgets import plain
from app.session.store import Source, Wish, answer_path, code_mark, folder, load_answer, plan_path
from app.tasks import jobs
from planner.analyses import ANALYSES, Analysis, declare
from planner.run.progress import STAGES
from planner.wording.figures import whole

WRITERS = ("app.tasks.analysed", "app.tasks.answers", "app.tasks.baselines")
"""Modules that write answers."""
PAUSE = 0.4
"""Seconds between two looks at the work under way."""


@cache
def _mark() -> str:
    """Hash of the code that writes answers, so that no kept answer outlives a change of its form."""
    digest = hashlib.sha256()
    for name in WRITERS:
        digest.update(Path(str(getattr(find_spec(name), "origin", ""))).read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Question:
    """What is asked: `do` is the kind of answer, `plan` the key of the plan it is about, `details` JSON text."""

    do: str
    source: Source
    wish: Wish
    plan: str = ""
    details: str = "{}"

    @property
    def key(self) -> str:
        """Name of the answer: the same question has the same name, as long as the code is the same."""
        said = [self.do, self.source.sha256, asdict(self.wish), self.plan, self.details, code_mark(), _mark()]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:40]

    @property
    def asked(self) -> Any:
        """What a declared analysis is asked: a question of its own kind."""
        return ANALYSES[self.do].question(**json.loads(self.details)["asked"])

    def request(self) -> dict[str, Any]:
        """What the worker process is told."""
        return {
            "do": self.do, "path": self.source.path, "scenario": self.wish.scenario, "sets": list(self.wish.sets),
            "options": self.wish.options.as_record(), "plan": str(plan_path(self.plan)) if self.plan else "",
            "out": str(answer_path(self.key)), "plans": str(folder("plans")), **json.loads(self.details),
        }  # fmt: skip


def question(do: str, source: Source, wish: Wish, plan: str = "", **details: Any) -> Question:
    """Put a question together."""
    return Question(do, source, wish, plan, json.dumps(details, sort_keys=True))


def asks(
    analysis: Analysis, asked: declare.Question, source: Source, wish: Wish, plan: str = "", **more: Any
) -> Question:
    """The question to a declared analysis; `more` names what else it is about.

    `before` is the key of an answer that it goes on from, `others` are sides that the plan is compared with.
    """
    return question(analysis.name, source, wish, plan, asked=asked.to_json(), **more)


@dataclass
class Work:
    """A question being answered, and the latest answer with the question that it belongs to."""

    question: Question
    job: jobs.Job | None = None
    answer: dict[str, Any] | None = None
    answered: Question | None = None

    @property
    def busy(self) -> bool:
        """Whether somebody works on it."""
        return self.job is not None and self.job.active


@dataclass(frozen=True)
class Answered:
    """What can be shown: an answer, whether it is the answer to what is asked now, and the question that it answers."""

    answer: dict[str, Any] | None
    current: bool
    question: Question | None = None

    @property
    def of(self) -> Question:
        """The question of an answer that is there."""
        assert self.question is not None
        return self.question


def _all() -> dict[str, Work]:
    """Every work of this tab by name."""
    works: dict[str, Work] = st.session_state.setdefault("works", {})
    return works


def stop_all() -> None:
    """End all work of this tab and forget the answers."""
    for work in _all().values():
        if work.job is not None and work.busy:
            work.job.discard()
    st.session_state.works = {}


def ask(name: str, asked: Question) -> None:
    """Have a question answered, from the disk if it was answered before."""
    works = _all()
    before = works.get(name)
    if before is not None and before.job is not None and before.busy:
        if before.question == asked:
            return
        before.job.discard()
    work = Work(asked, answer=before.answer if before else None, answered=before.answered if before else None)
    works[name] = work
    known = load_answer(answer_path(asked.key))
    if known is not None:
        work.answer, work.answered = known, asked
    else:
        work.job = jobs.Job(asked.request())


def _settle(work: Work) -> None:
    """Take over the answer of a job that has ended."""
    job = work.job
    if job is None or job.active or job.answer.get("kind") != "answered":
        return
    path = answer_path(str(job.answer["key"]))
    found = load_answer(path)
    if found is not None:
        work.answer, work.answered, work.job = found, work.question, None


def known(wanted: Question) -> bool:
    """Whether the answer is on the disk already."""
    return answer_path(wanted.key).is_file()


def done(name: str, wanted: Question) -> bool:
    """Whether this question is answered to its end, or just being answered."""
    work = _all().get(name)
    if work is None:
        return False
    _settle(work)
    if work.busy:
        return work.question == wanted
    return work.answered == wanted and not (work.answer or {}).get("interrupted")


def asked(name: str) -> bool:
    """Whether anything was asked under this name."""
    return name in _all()


def follow(name: str, wanted: Question, *, start: bool = True) -> Answered:
    """The answer to a question; draws its progress while it is worked out, and asks it first if `start`."""
    work = _all().get(name)
    if start and (work is None or work.question != wanted):
        ask(name, wanted)
        work = _all()[name]
    if work is None:
        return Answered(None, current=False)
    _settle(work)
    if work.job is not None:
        if work.job.active:
            watch(name)
        else:
            _ended(name, work)
    return Answered(work.answer, work.answered == wanted, work.answered)


def on_demand(
    name: str, wanted: Question, label: str, waiting: str = "", place: Any = st, *, ready: bool = True, **look: Any
) -> Answered | None:
    """The answer to a question that a button asks; None, and what the button would do, while there is none."""
    place.button(
        label, key=f"{name}_go", on_click=ask, args=(name, wanted), disabled=not ready or done(name, wanted),
        **{"type": "primary", **look},
    )  # fmt: skip
    found = follow(name, wanted, start=known(wanted))
    if found.answer is None:
        if waiting:
            st.markdown(waiting)
        return None
    say_if_earlier(found)
    return found


@st.fragment(run_every=PAUSE)
def watch(name: str) -> None:
    """Follow the work under way: stage, words, time, and a way to stop it."""
    work = _all().get(name)
    if work is None or work.job is None or not work.busy:
        st.rerun()
    assert work is not None
    job = work.job
    assert job is not None
    with st.container(border=True, key=f"progress_{name}"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(f"**{plain(_doing(job.told))}** · {whole(job.elapsed)} s")
        right.button("Cancel", on_click=job.cancel, key=f"cancel_{name}", width="stretch")
        if work.answer is not None:
            st.markdown("What stands below is the answer from before.")


def say_if_earlier(found: Answered) -> None:
    """Mark an answer that belongs to another question than the one that now stands on the page."""
    if found.current:
        return
    st.warning(
        "This is the answer to an earlier question or to earlier settings at the side.", icon=":material/hourglass_top:"
    )


def _doing(job: jobs.Job) -> str:
    """Say what the work is at."""
    if job.state == "waiting":
        return f"Waiting for a free place; {job.ahead} ahead of you" if job.ahead else "Waiting for a free place"
    if job.stopping is not None:
        return "Stopped; keeping what was found"
    stage, words = STAGES.get(job.news.get("stage", "read")), str(job.news.get("message") or "")
    if words:
        return words[0].upper() + words[1:]
    return stage or "Starting"


def say_invalid(job: jobs.Job, what: str) -> None:
    """List the errors of a workbook that cannot be used, or solved."""
    st.error(f"With these changes the workbook cannot be {what}:")
    for problem in job.answer["problems"][:12]:
        if problem["severity"] == "error":
            st.markdown(f"- **{plain(problem['cell'])}** {plain(problem['found'])} {plain(problem['mend'])}")


def _ended(name: str, work: Work) -> None:
    """Say how work without an answer ended, and offer to try again."""
    job = work.job
    assert job is not None
    if job.answer.get("kind") == "refused":
        st.error(plain(job.answer["sentence"]))
    elif job.answer.get("kind") == "invalid":
        say_invalid(job, "used")
    elif job.state == "cancelled":
        st.info("Cancelled before there was an answer.")
    else:
        st.error(plain(job.sentence or "There is no answer."))
    st.button("Try again", on_click=ask, args=(name, work.question), key=f"again_{name}")
