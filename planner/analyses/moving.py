"""Answers while levers move: no verb, and no options but the levers of a case, so that each case declares its own.

A lever is an option like any other (help, unit, range, default), and the first answer is an answer like any other:
typed, with sentences, tables and JSON. Where it is asked, how often and by whom is the page's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import make_dataclass
from typing import TYPE_CHECKING, Any

from planner.analyses.declare import Analysis, Answer, Question, Subject
from planner.analyses.telling import Block, Sentence, Table, listing
from planner.declaring import option
from planner.solver.runs import RunContext
from planner.wording.data import as_json

if TYPE_CHECKING:
    from planner.live import LiveAnswer, LiveEngine

LEFT_OUT = {"columns", "figures"}
"""Parts of a first answer that serve the next one and nobody else."""


def live_of(engine: LiveEngine) -> Analysis:
    """The analysis of the levers of an engine, with the decisions of the plans that it holds."""
    from planner.plan import Status

    names = {dial.key.replace(" ", "_"): dial for dial in engine.base.dials}
    levers = [
        (name, float, option(d.neutral, d.help or f"Where '{d.key}' stands", low=d.low, high=d.high, unit=d.unit))
        for name, d in names.items()
    ]
    question = make_dataclass("LiveQuestion", levers, bases=(Question,), frozen=True)

    def answer(subject: Subject, asked: Any, _: RunContext) -> Answer:
        found = engine.answer({dial.key: getattr(asked, name) for name, dial in names.items()}, subject.plan)
        content = {name: as_json(value) for name, value in vars(found).items() if name not in LEFT_OUT}
        ends = {"found": Status.FEASIBLE, "none": Status.INFEASIBLE}  # nothing is proven before the whole search is
        return Answer(content, lambda _: _told(found), ends.get(found.status, Status.NO_PLAN))

    return Analysis("live", "While levers move", "Say at once what moved levers bring.", question, answer)


def _told(found: LiveAnswer) -> Iterator[Block]:
    """How good it is, what is scarce, what the last change did."""
    from planner.wording.figures import figure, share, signed

    yield Sentence(found.sentence, strong=True)
    rows = [[m.label, figure(m.used, m.unit), figure(m.available, m.unit), share(m.share), m.unit]
            for m in found.meters.values()]  # fmt: skip
    if rows:
        yield Table(["What is scarce", "Used", "Available", "Share", "Unit"], rows, texts=("Unit",))
    yield from listing("What is short", (s.sentence for s in found.shortages))
    yield from listing("What the last change does", (
        f"{m.label}: {signed(m.change, m.unit)} {m.unit} ({figure(m.before, m.unit)} -> {figure(m.after, m.unit)})"
        for m in found.moves
    ))  # fmt: skip
