"""What made the difference between two cases: each changed input alone, and its fair part of the whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from planner.case import Case
from planner.explain.compare import InputChange, changed_inputs
from planner.ordering import place
from planner.plan import Plan
from planner.sheets import BY_NAME, Row
from planner.solve import solve
from planner.solver.runs import Given, RunContext
from planner.wording.figures import signed
from planner.wording.lists import listed


@dataclass(frozen=True)
class AttributedShare:
    """Part of the objective's change that one group of inputs made.

    `alone` is the change with this group only, `fair` its Shapley value, the mean over all orders (None for more than
    four groups).
    """

    name: str
    cells: tuple[str, ...]
    alone: float | None
    fair: float | None
    outcomes: Mapping[str, float]
    same: bool
    sentence: str


@dataclass(frozen=True)
class Attribution:
    """What made the difference. `together` is the whole change, `interaction` what no group makes alone."""

    shares: tuple[AttributedShare, ...]
    together: float
    interaction: float
    uncertain: float
    note: str


MOST_SHAPLEY = 4


def attribute(
    before: Case,
    after: Case,
    given: Given | None = None,
    *,
    groups: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> Attribution:
    """Attribute the change of the objective, and of every outcome, to the inputs that changed.

    Each group is changed alone and the case solved; with at most four groups all combinations are, and each gets its
    Shapley value: these add up to the whole.

    Args:
        before: A case.
        after: The same case with other inputs.
        given: Options as for :func:`planner.solve`, or a run; None: the usual ones.
        groups: {name: [(sheet, row key), ...]}; None: every changed row is one.

    Returns:
        Points, and each outcome in its unit, by group, with the sentence of each.

    Raises:
        ValueError: Nothing changed, or one of the two cases has no plan.

    Source: L. S. Shapley, A value for n-person games, 1953.

    Example:
        >>> more = planner.workbook.reread(case, ["Staff!asylum officer / Border post.In post=20"])
        >>> found = planner.explain.attribute(case, more, options)
        >>> [share.name for share in found.shares]
        ['Staff: asylum officer / Border post']
    """
    run = RunContext.of(given)
    changes = changed_inputs(before, after)
    if not changes:
        message = "No cell differs, so there is nothing to attribute."
        raise ValueError(message)
    parts = dict(groups) if groups is not None else {f"{c.sheet}: {c.row}": [(c.sheet, c.row)] for c in changes}
    names, plans = sorted(parts), dict[frozenset[str], Plan]()
    total = 2 ** len(names) if len(names) <= MOST_SHAPLEY else len(names) + 2

    def plan_with(chosen: frozenset[str]) -> Plan:
        if chosen not in plans:
            run.say(f"Solving mixture {len(plans) + 1} of {total}")
            plans[chosen] = solve(_mixed(before, after, [cell for n in chosen for cell in parts[n]]), run.unheard())
        return plans[chosen]

    first, last = plan_with(frozenset()), plan_with(frozenset(names))
    if not first.found or not last.found:
        message = f"Both cases need a plan: before {first.status.value}, after {last.status.value}."
        raise ValueError(message)
    if len(names) <= MOST_SHAPLEY:
        for size in range(1, len(names)):
            for chosen in combinations(names, size):
                plan_with(frozenset(chosen))
    change = _points(last) - _points(first)
    uncertain = sum((p.gap or 0.0) * abs(p.objective or 0.0) for p in (first, last))
    shares = tuple(_share(n, names, plan_with, changes, parts[n], uncertain) for n in names)
    alone = math.fsum(s.alone for s in shares if s.alone is not None)
    apart = f", of which {signed(change - alone)} come only from the changes acting together"
    note = f"Together {signed(change)} points{apart if abs(change - alone) > uncertain + 1e-6 else ''}."
    ranked = sorted(shares, key=lambda s: -place(abs(s.fair if s.fair is not None else s.alone or 0.0)))
    return Attribution(tuple(ranked), change, change - alone, uncertain, note)


def _share(
    name: str,
    names: list[str],
    plan_with: Callable[[frozenset[str]], Plan],
    changes: Sequence[InputChange],
    cells: Sequence[tuple[str, str]],
    uncertain: float,
) -> AttributedShare:
    """Part of one group."""
    base, only = plan_with(frozenset()), plan_with(frozenset({name}))
    alone = _points(only) - _points(base) if only.found else None
    fair = (
        _shapley(name, names, lambda chosen: _points(plan_with(chosen)) if plan_with(chosen).found else None)
        if len(names) <= MOST_SHAPLEY
        else None
    )
    outcomes = {}
    if only.found:
        was, now = (
            dict(zip(p.tables["outcomes"]["outcome"], p.tables["outcomes"]["value"], strict=True)) for p in (base, only)
        )
        outcomes = {
            k: float(now[k] - was[k]) for k in was if k in now and abs(now[k] - was[k]) > 1e-6 * max(1.0, abs(was[k]))
        }
    touched = tuple(c.cell for c in changes if (c.sheet, c.row) in cells)
    value = fair if fair is not None else alone
    same = value is not None and abs(value) <= uncertain + 1e-9
    told = "no plan with this change alone" if value is None else "no difference" if same else f"{signed(value)} points"
    more = (
        f" ({signed(alone)} alone)"
        if fair is not None and alone is not None and abs(alone - fair) > uncertain + 1e-6
        else ""
    )
    return AttributedShare(
        name, touched, alone, fair, outcomes, same, f"{name} ({listed(list(touched), 3)}): {told}{more}."
    )


def _points(plan: Plan) -> float:
    """Objective of a plan that has one."""
    return float(plan.objective or 0.0)


def _shapley(name: str, names: list[str], worth: Callable[[frozenset[str]], float | None]) -> float | None:
    """Mean gain of adding `name`, over all orders; None where a combination has no plan."""
    others = [n for n in names if n != name]
    total, n = 0.0, len(names)
    for size in range(n):
        weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
        for chosen in combinations(others, size):
            with_, without = worth(frozenset({*chosen, name})), worth(frozenset(chosen))
            if with_ is None or without is None:
                return None
            total += weight * (with_ - without)
    return total


def _mixed(before: Case, after: Case, cells: Sequence[tuple[str, str]]) -> Case:
    """The first case with some rows as in the second."""
    rows: dict[type[Row], tuple[Row, ...]] = dict(before.rows)
    for sheet_name in sorted({sheet for sheet, _ in cells}):
        sheet = BY_NAME[sheet_name]
        keys = {row for s, row in cells if s == sheet_name}
        new = {row.id: row for row in after.of(sheet)}
        kept = [new.get(row.id) if row.id in keys else row for row in before.of(sheet)]
        added = [row for row in after.of(sheet) if row.id in keys and before.find(sheet, row.id) is None]
        rows[sheet] = tuple(row for row in (*kept, *added) if row is not None)
    return replace(before, rows=rows)
