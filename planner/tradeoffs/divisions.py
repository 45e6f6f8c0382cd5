"""One outcome of a case divided into who gets it: parts by country, origin or group, for questions of fairness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.linear import Form
from models.network import Tags
from planner.sheets import Outcomes
from planner.solve import Model
from planner.solver.loaded import filled
from planner.solver.runs import Given, RunContext
from planner.tradeoffs.cases import hold_soft_rules
from planner.tradeoffs.errors import TradeoffError, meant
from planner.tradeoffs.problem import MultiObjectiveProblem, assemble

ACROSS = ("country", "origin", "group")
"""Ways of dividing."""

NOBODY = "not assigned"
"""Part of what no country, origin or group is named for."""


def division(
    model: Model,
    outcome: str,
    across: str,
    options: Given,
    *,
    only: Sequence[str] = (),
) -> tuple[MultiObjectiveProblem, tuple[str, ...]]:
    """Parts of an outcome as a problem, one objective a part, and notes on what was held or left out.

    The parts add up to the outcome (but for what has no name to it). `only` picks parts. Raises TradeoffError for an
    unknown outcome, way of dividing or part, and for an outcome of which less is better.
    """
    forms = _parts(model, outcome, across)
    notes: list[str] = []
    if NOBODY in forms:
        notes.append(f"Part of '{outcome}' belongs to no {across}; it is left out.")
        del forms[NOBODY]
    for name in only:
        if name not in forms:
            message = f"No {across} '{name}' has a part in '{outcome}'.{meant(name, list(forms))}"
            raise TradeoffError(message)
    chosen = list(only) or [n for n, f in forms.items() if f.terms]
    if len(chosen) < 2:
        message = f"'{outcome}' is not divided by {across}: there is nothing to share between several."
        raise TradeoffError(message)
    size = len(model.matrix.cost)
    rows, constants = [], []
    for name in chosen:
        rows.append(filled(forms[name].terms, size))
        constants.append(forms[name].constant)
    plain = replace(model.matrix, cost=np.zeros(size), offset=0.0)
    parts = assemble(plain, chosen, [1] * len(chosen), rows, constants)
    problem, held = hold_soft_rules(model, parts, RunContext.of(options))
    return problem, (*notes, *held)


def _parts(model: Model, outcome: str, across: str) -> dict[str, Form]:
    """Forms by name, in the order of names."""
    if across not in ACROSS:
        message = f"Outcomes are divided by {', '.join(ACROSS)}, not by '{across}'."
        raise TradeoffError(message)
    network = model.built.frame.network
    known = {o.id: o for o in network.outcomes if o.kind == "sum"}
    if outcome not in known:
        message = f"The workbook has no summed outcome '{outcome}' on sheet Outcomes.{meant(outcome, known)}"
        raise TradeoffError(message)
    if next(o.better for o in model.case.of(Outcomes) if o.outcome == outcome) != "more":
        message = f"Of '{outcome}' less is better: fairness divides what people gain. Name an outcome that is gained."
        raise TradeoffError(message)
    tags: dict[str, Tags] = {}
    for group in (network.stocks, network.capacities, network.activities, network.switches):
        tags |= {item.id: item.tags for item in group}
    found: dict[str, Form] = {}
    for term in known[outcome].terms:
        name = tags.get(term.subject.split("|")[-1], {}).get(across, "") or NOBODY
        found.setdefault(name, Form()).add(model.built.outcomes.discounted((term,), known[outcome].discount))
    return dict(sorted(found.items()))
