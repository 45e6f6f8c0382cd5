"""A comparison as people ask for it: whom it hurts, what stops, what shrinks, what grows, what starts, which cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.explain.compare import ComparedCase, Comparison, DecisionChange
from planner.explain.gains import gains_between
from planner.plan import Plan
from planner.wording.figures import figure

MOST = 12
"""Lines of one kind before the rest is counted."""
KINDS = (
    ("dropped", "What stops"),
    ("less", "What is cut"),
    ("more", "What grows"),
    ("new", "What is new"),
    ("moved", "What is decided at another date"),
)
"""Kinds of changed decisions in the order in which they are told."""


def sections(found: Comparison, first: ComparedCase, entry: ComparedCase) -> Iterator[tuple[str, list[str]]]:
    """Headings with their lines about one side of a comparison; a heading without lines is left out.

    Promises that the side does not keep come first, then who loses and gains, decisions by kind (a row once, its
    phases in one line, the largest relative change first), and last the cells that differ.
    """
    assert first.plan is not None
    assert entry.plan is not None
    told = [
        ("Promises that are no longer kept", _broken(first.plan, entry.plan)),
        *_who(first, entry, {o.outcome for o in found.outcomes if o.name == entry.name and o.same}),
        *_decisions([d for d in found.decisions if d.name == entry.name]),
        ("Cells that differ", [c.sentence for c in found.inputs if c.name == entry.name]),
    ]
    for title, lines in told:
        if lines:
            rest = [f"... and {len(lines) - MOST} more; --json FILE lists them all."] if len(lines) > MOST else []
            yield title, [*lines[:MOST], *rest]


def _broken(before: Plan, after: Plan) -> list[str]:
    """Soft rules that the second plan breaks further than the first."""
    sides = []
    for plan in (before, after):
        rules = plan.tables["rules"]
        keys = zip(rules["rule"], rules["scope"], strict=True)
        sides.append(dict(zip(keys, zip(rules["violation"], rules["cell"], strict=True), strict=True)))
    found = []
    for (rule, scope), (over, cell) in sides[1].items():
        was = float(sides[0].get((rule, scope), (0.0, ""))[0])
        if float(over) - was > 1e-6 * max(1.0, abs(was)):
            when = f" in {scope}" if scope else ""
            line = f"{rule}{when} ({cell}): missed by {figure(float(over))}, {figure(was)} before."
            found.append((was - float(over), line))
    return [line for _, line in sorted(found)]


def _who(first: ComparedCase, entry: ComparedCase, open_: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Who loses and who gains, by country and by group; outcomes that the searches left open are neither."""
    assert first.plan is not None
    assert entry.plan is not None
    now, then = entry.plan.tables["outcome_terms"], first.plan.tables["outcome_terms"]
    lost: list[str] = []
    won: list[str] = []
    for across in ("country", "group"):
        gains = gains_between(entry.case, now, then, across=across, word=first.name)
        sizes = [(abs(g.value - g.before) / max(1.0, abs(g.before)), g) for g in gains]
        for _, gain in sorted(sizes, key=lambda pair: (-round(pair[0], 9), pair[1].outcome, pair[1].name)):
            if gain.outcome not in open_ and abs(gain.value - gain.before) > 1e-3 * max(1.0, abs(gain.before)):
                (won if gain.better else lost).append(gain.sentence)
    yield "Who loses", list(dict.fromkeys(lost))
    yield "Who gains", list(dict.fromkeys(won))


def _decisions(changes: Sequence[DecisionChange]) -> Iterator[tuple[str, list[str]]]:
    """One line a row of the workbook, under the heading of its kind over all phases together."""
    rows: dict[tuple[str, str], list[DecisionChange]] = {}
    for change in changes:
        rows.setdefault((change.sheet, change.row), []).append(change)
    lines: dict[str, list[tuple[float, str]]] = {kind: [] for kind, _ in KINDS}
    for (sheet, row), own in sorted(rows.items()):
        dated = [d for d in own if isinstance(d.before, str)]
        levels = [d for d in own if not isinstance(d.before, str)]
        for decision in dated:
            lines[decision.kind].append((0.0, f"{row} ({decision.cell}): {decision.before} -> {decision.after}."))
        if levels:
            was, now = (sum(float(getattr(d, side)) for d in levels) for side in ("before", "after"))
            kind = "new" if was <= 1e-6 else "dropped" if now <= 1e-6 else "more" if now > was else "less"
            phases = "; ".join(
                f"{d.phase} {figure(float(d.before))} -> {figure(float(d.after))}" for d in sorted(levels, key=_phase)
            )
            share = abs(now - was) / max(was, now)
            lines[kind].append((-round(share, 9), f"{row} ({sheet}, {levels[0].unit}): {phases}."))
    for kind, title in KINDS:
        yield title, [line for _, line in sorted(lines[kind])]


def _phase(change: DecisionChange) -> str:
    """Phases in their order: their names begin alike and count up."""
    return change.phase
