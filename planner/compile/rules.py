r"""Sheets Rules and Coalition as kernel rules (K12).

A share rule is multiplied out, :math:`\sum a x - v \sum b y \lessgtr 0`, so that no decision is divided by another. A
band around the overall rate per person in need is, for each country (origin, group) c with need :math:`n_c` of all
needs N,

.. math:: (1-v)\,\frac{n_c}{N}\sum_k o_k \;\le\; o_c \;\le\; (1+v)\,\frac{n_c}{N}\sum_k o_k .
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from models.network import Rule, Switch, Term
from planner.case import Case
from planner.compile.draft import Draft, matches, parse_selection
from planner.compile.measures import combine, natural_scale, needs, scaled, terms
from planner.sheets.frame import Settings
from planner.sheets.funding import Funding
from planner.sheets.rules import Coalition, Rules

Scope = Literal["period", "phase", "horizon", "cumulative", "fiscal year"]
Sense = Literal["<=", ">=", "=="]

SCOPES: dict[str, Scope] = {
    "whole plan": "horizon",
    "phase": "phase",
    "period": "period",
    "so far": "cumulative",
    "fiscal year": "fiscal year",
}
SENSES: dict[str, Sense] = {
    "at most": "<=",
    "at least": ">=",
    "equals": "==",
    "at most share of": "<=",
    "at least share of": ">=",
    "falls at most": ">=",
    "grows at most": "<=",
}


def compile_rules(draft: Draft) -> None:
    """Add every rule that is on. Payments must be compiled before, since `account:` selects among them."""
    for row in draft.case.of(Rules):
        if not row.on:
            continue
        if row.relation == "within band":
            _band(draft, row)
        else:
            _limit(draft, row)


def _limit(draft: Draft, row: Rules) -> None:
    """Add one rule against a value, a share of another measure, or the period before."""
    left = terms(draft, row.measure, row.where)
    rule = replace(_frame(draft, row), terms=left, sense=SENSES[row.relation], scale=natural_scale(draft, left))
    if row.relation in ("at most share of", "at least share of"):
        whole = terms(draft, row.of_measure or row.measure, row.of_where)
        both = combine([*left, *scaled(whole, -row.value)])
        rule = replace(rule, terms=both, compared=whole, share=row.value)
    elif row.relation in ("falls at most", "grows at most"):
        factor = 1.0 - row.value if row.relation == "falls at most" else 1.0 + row.value
        rule = replace(rule, scope="period", previous=factor)
    else:
        rule = replace(rule, bound=row.value, bound_per="year" if row.per_year else "scope")
    draft.rules.append(rule)


def _band(draft: Draft, row: Rules) -> None:
    """Add a lower and an upper rule for every country, origin or group with people in need."""
    field = row.across or "country"
    taking_part = needs(draft, field)
    total = sum(need for _, need in taking_part)
    parts = {name: terms(draft, row.measure, row.where, {field: name}) for name, _ in taking_part}
    everyone = [term for name in sorted(parts) for term in parts[name]]
    frame = replace(_frame(draft, row), scale=natural_scale(draft, everyone))
    sides: tuple[tuple[str, Sense, float], ...] = (("low", ">=", 1.0 - row.value), ("high", "<=", 1.0 + row.value))
    for name, need in taking_part:
        for side, sense, factor in sides:
            even = combine(scaled(everyone, need / total))
            balance = combine([*parts[name], *scaled(everyone, -factor * need / total)])
            label = f"{row.rule} | {name} | {side}"
            draft.rules.append(replace(frame, id=label, terms=balance, sense=sense, compared=even, share=factor))


def _frame(draft: Draft, row: Rules) -> Rule:
    """Build what all rules of a row have in common."""
    window = None
    if row.starts is not None or row.ends is not None:
        begin = draft.case.day(row.starts) if row.starts is not None else 0.0
        end = draft.case.day(row.ends) + 1.0 if row.ends is not None else draft.case.horizon
        window = (begin, end)
    return Rule(
        id=row.rule,
        terms=(),
        sense="<=",
        scope=SCOPES[row.scope],
        years=draft.case.fiscal_years(fiscal_year_of(draft.case, row)) if row.scope == "fiscal year" else (),
        window=window,
        hard=row.strength == "hard",
        penalty=row.penalty,
        category=row.category,  # type: ignore[arg-type]
        authority=row.authority,
        tags={"kind": "rule", "sheet": Rules.SHEET, "row": row.id},
        origin=row.origin("value"),
    )


def accounts_of(case: Case, row: Rules) -> list[Funding]:
    """Accounts that a rule's selection names."""
    chosen = parse_selection(row.where).get("account", ())
    return [a for a in case.of(Funding) if chosen and matches({"row": a.account}, {"row": chosen})]


def fiscal_year_of(case: Case, row: Rules) -> str:
    """First day of the fiscal year of a rule: that which the accounts share that it names; blank for the settings'."""
    found = {account.fiscal_year for account in accounts_of(case, row)}
    return found.pop() if len(found) == 1 else ""


def compile_coalition(draft: Draft) -> None:
    """Add each partner's yes or no, what a yes asks for, and the quorum.

    A yes asks that the measure over the whole plan reaches the status quo; measures are never negative, so the status
    quo itself is the big constant.
    """
    votes: list[Term] = []
    for row in draft.case.of(Coalition):
        partner = f"partner:{row.partner}"
        tags = {"kind": "coalition", "sheet": Coalition.SHEET, "row": row.id}
        origin = row.origin("status_quo")
        draft.switch(Switch(id=partner, windows=((0.0, 0.0),), dates="phase", tags=tags, origin=origin))
        measured = terms(draft, row.measure, row.where)
        draft.rules.append(
            Rule(
                id=partner,
                terms=combine([*measured, Term("started", partner, -row.status_quo)]),
                compared=combine([Term("started", partner, row.status_quo)]),
                sense=">=",
                scale=natural_scale(draft, measured),
                category="agreement",
                tags={**tags, "kind": "rule"},
                origin=origin,
            )
        )
        votes.append(Term("started", partner, row.weight))
    quorum = draft.case.setting_number("coalition quorum")
    if quorum is None:
        return
    setting = draft.case.find(Settings, "coalition quorum")
    draft.rules.append(
        Rule(
            id="coalition quorum",
            terms=combine(votes),
            sense=">=",
            bound=quorum,
            category="agreement",
            tags={"kind": "rule", "sheet": Settings.SHEET, "row": "coalition quorum"},
            origin=setting.origin("value") if setting is not None else Settings.SHEET,
        )
    )
