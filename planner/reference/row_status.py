"""What a plan does with a row of the case: funded, enacted, binding, in use, given, or idle and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from planner.reference.inactive import inactive_because
from planner.results.facts import Facts
from planner.sheets import (
    Allotments,
    Appropriations,
    Coalition,
    Deployments,
    Effects,
    Evidence,
    Funding,
    Indicators,
    Milestones,
    Needs,
    Outcomes,
    OutcomeTerms,
    People,
    Pipelines,
    Programmes,
    Reforms,
    Row,
    Rules,
    Scenarios,
    Sites,
    Slots,
    Staff,
    Transfers,
    Visas,
    columns,
)
from planner.wording.figures import decimal, figure, share

if TYPE_CHECKING:
    pass

Word: TypeAlias = Literal["funded", "enacted", "binding", "in use", "scored", "given", "idle"]
ORDER: tuple[Word, ...] = ("funded", "enacted", "binding", "in use", "scored", "given", "idle")
"""A recommendation with several rows takes the first of these that any row has."""
TINY = 1e-6


@dataclass(frozen=True, slots=True)
class RowStatus:
    """What becomes of one row: a word, and a phrase with amount or date."""

    word: Word
    phrase: str


def usd(amount: float) -> str:
    """Write money as people say it."""
    millions = amount / 1e6
    return f"USD {figure(millions)} million"


def count(amount: float, unit: str) -> str:
    """Write a count with its unit."""
    return f"{figure(amount, unit)} {unit}".strip()


def row_status(facts: Facts, row: Row) -> RowStatus:
    """What the plan does with one row."""
    return _READERS.get(type(row), _given)(facts, row)


def _activity(facts: Facts, row: Row, prefix: str, unit: str) -> RowStatus:
    """An activity: its units and its money, or why it stays at nothing."""
    name = f"{prefix}:{row.id}"
    level, cost = facts.levels.get(name, 0.0), facts.money.get(name, 0.0)
    if level <= TINY:
        return RowStatus("idle", f"{row.id}: idle because {inactive_because(facts, row)}")
    if cost > 0.0:
        return RowStatus("funded", f"{row.id}: {usd(cost)}, {count(level, unit)}")
    return RowStatus("in use", f"{row.id}: {count(level, unit)}")


def _programme(facts: Facts, row: Any) -> RowStatus:
    return _activity(facts, row, "programme", row.unit)


def _stage(facts: Facts, row: Row) -> RowStatus:
    return _activity(facts, row, "stage", "people")


def _visa(facts: Facts, row: Row) -> RowStatus:
    return _activity(facts, row, "visa", "people")


def _deployment(facts: Facts, row: Row) -> RowStatus:
    return _activity(facts, row, "deploy", "officer-days")


def _switch(facts: Facts, row: Row, name: str) -> RowStatus:
    """A reform or an opening: its dates, or why it is not taken."""
    if not facts.taken(name):
        return RowStatus("idle", f"{row.id}: idle because {inactive_because(facts, row)}")
    found = facts.switches[name]
    if not _stated(found.date):
        return RowStatus("enacted", f"{row.id}: in force from the start")
    later = f", in force {found.in_force_from}" if _stated(found.in_force_from) else ""
    return RowStatus("enacted", f"{row.id}: {'opened' if name.startswith('open:') else 'taken'} {found.date}{later}")


def _stated(value: Any) -> bool:
    """Whether a cell of a plan's table holds something."""
    return str(value) not in ("", "None", "NaT", "nan")


def _reform(facts: Facts, row: Row) -> RowStatus:
    return _switch(facts, row, f"reform:{row.id}")


def _site(facts: Facts, row: Any) -> RowStatus:
    if not row.open_at_start:
        return _switch(facts, row, f"open:{row.site}")
    table = facts.table("capacities")
    mine = table[table["capacity"] == f"site:{row.site}"]
    available = float(mine["available"].sum())
    used = float(mine["occupied"].sum()) / available if available else 0.0
    return RowStatus(
        "in use" if used > TINY else "idle", f"{row.site}: {share(used)} of its places in use over the plan"
    )


def _staff(facts: Facts, row: Row) -> RowStatus:
    hired, cost = facts.levels.get(f"hire:{row.id}", 0.0), facts.money.get(f"headcount:{row.id}", 0.0)
    at_end = facts.closing.get(f"headcount:{row.id}", 0.0)
    phrase = f"{row.id}: {count(hired, 'hired')}, {count(at_end, 'in post at the end')}"
    if cost > 0.0:
        return RowStatus("funded", f"{phrase}, {usd(cost)}")
    return RowStatus("in use" if at_end > TINY else "given", phrase)


def _account(facts: Facts, row: Row) -> RowStatus:
    spent, had = facts.paid.get(f"account:{row.id}", 0.0), facts.came.get(f"account:{row.id}", 0.0)
    word: Word = "funded" if spent > 1.0 else "idle"
    phrase = f"{row.id} pays {usd(spent)} of {usd(had)}"
    if spent > 0.5 * had:
        return RowStatus(word, phrase)
    because = facts.causes.of(row) if facts.causes is not None else ""
    if spent > 1.0:
        return RowStatus(word, f"{phrase} ({because})" if because else phrase)
    return RowStatus(word, f"{phrase}: idle because {because or 'nothing that it may pay was worth it'}")


def _appropriation(facts: Facts, row: Any) -> RowStatus:
    if row.needs and not facts.taken(f"reform:{row.needs}"):
        return RowStatus("idle", f"{row.id}: idle because '{row.needs}' is not taken")
    found = _account(facts, facts.case.find(Funding, row.account) or row)
    return RowStatus(found.word, f"{usd(row.amount * 1e6)} for {row.phase}; {found.phrase}")


def _transfer(facts: Facts, row: Row) -> RowStatus:
    moved = facts.levels.get(f"transfer:{row.id}", 0.0)
    if moved <= 1.0:
        because = facts.causes.of(row) if facts.causes is not None else ""
        return RowStatus(
            "idle", f"{row.id}: idle because {because or 'the receiver needed no more, or could not get any'}"
        )
    return RowStatus("funded", f"{row.id}: {usd(moved)} moved")


def _pool(facts: Facts, row: Row) -> RowStatus:
    used, had = facts.used.get(f"pool:{row.id}", 0.0), facts.came.get(f"pool:{row.id}", 0.0)
    if used <= TINY:
        return RowStatus("idle", f"{row.id}: idle because nobody draws on its {count(had, 'places')}")
    return RowStatus("in use", f"{row.id}: {count(used, 'places')} of {count(had, 'places')} used")


def _allotment(facts: Facts, row: Any) -> RowStatus:
    found = _pool(facts, facts.case.find(Slots, row.pool) or row)
    return RowStatus(found.word, f"{count(row.amount, 'places')} for {row.phase}; {found.phrase}")


def _rule(facts: Facts, row: Any) -> RowStatus:
    if not row.on:
        return RowStatus("idle", f"{row.rule}: idle because it is switched off")
    table = facts.table("rules")
    mine = table[(table["rule"] == row.rule) | table["rule"].str.startswith(f"{row.rule} | ")]
    if (mine["violation"] > TINY).any():
        return RowStatus("binding", f"{row.rule}: broken by {figure(mine['violation'].max())} at its price")
    if mine["binding"].astype(bool).any():
        return RowStatus("binding", f"{row.rule}: binding")
    return RowStatus("given", f"{row.rule}: holds with room")


def _outcome(facts: Facts, row: Any) -> RowStatus:
    table = facts.table("outcomes")
    value = float(table.loc[table["outcome"] == row.outcome, "value"].sum())
    return RowStatus("scored", f"{row.outcome}: {decimal(value, 6)} {row.unit}")


def _term(facts: Facts, row: Any) -> RowStatus:
    parent = facts.case.find(Outcomes, row.outcome)
    return _outcome(facts, parent) if parent is not None else _given(facts, row)


def _of_reform(facts: Facts, row: Any) -> RowStatus:
    """An effect or a milestone goes with its reform."""
    reform = facts.case.find(Reforms, row.reform)
    found = _reform(facts, reform) if reform is not None else _given(facts, row)
    return RowStatus(found.word, found.phrase)


def _need(facts: Facts, row: Any) -> RowStatus:
    level = next(
        (facts.levels[n] for k in ("stage", "programme", "visa") if (n := f"{k}:{row.row}") in facts.levels), 0
    )
    if level <= TINY:
        return RowStatus("idle", f"{row.needed}: idle because '{row.row}' is not done")
    return RowStatus("in use", f"{row.needed}: at least {count(level * row.ratio, 'units')} for {row.row}")


def _indicator(facts: Facts, row: Row) -> RowStatus:
    level = facts.closing.get(f"indicator:{row.id}", 0.0)
    return RowStatus("scored" if level > TINY else "idle", f"{row.id}: {figure(level)} points at the end")


def _people(facts: Facts, row: Any) -> RowStatus:
    closing = facts.closing.get(f"people:{row.people}", 0.0)
    table = facts.table("limits")
    over = table[table["stock"] == f"people:{row.people}"]
    late = f", {count(float(over['over'].iloc[-1]), 'over their time limit')}" if len(over) else ""
    return RowStatus(
        "given", f"{row.people}: {count(row.at_start, 'people')} at first, {count(closing, 'at the end')}{late}"
    )


def _partner(facts: Facts, row: Any) -> RowStatus:
    agreed = facts.taken(f"partner:{row.partner}")
    how = "counted among those" if agreed else "not needed to be"
    return RowStatus("binding" if agreed else "given", f"{row.partner}: {how} no worse off")


def _scenario(facts: Facts, row: Any) -> RowStatus:
    held = facts.plan.record.scenario.casefold() == row.scenario.casefold()
    held = held or facts.case.setting("policy regime").casefold() == row.scenario.casefold()
    return RowStatus(
        "in use" if held else "given", f"{row.scenario}: {'applied' if held else 'offered, not applied here'}"
    )


def _evidence(_facts: Facts, row: Any) -> RowStatus:
    value = f"{decimal(row.value, 6)} {row.unit}".strip() if row.value is not None else "in words"
    return RowStatus("given", f"{row.evidence}: {value}")


def _given(_facts: Facts, row: Row) -> RowStatus:
    stated = [
        f"{c.name.lower()} {decimal(getattr(row, c.field), 6)} {c.unit}".strip()
        for c in columns(type(row))
        if c.numeric and c.field in row.cells and c.field not in row.defaulted and getattr(row, c.field) is not None
    ]
    return RowStatus("given", f"{row.id}: {stated[0] if stated else 'given'}")


_READERS: dict[type[Row], Callable[[Facts, Any], RowStatus]] = {
    Programmes: _programme,
    Pipelines: _stage,
    Visas: _visa,
    Deployments: _deployment,
    Reforms: _reform,
    Sites: _site,
    Staff: _staff,
    Funding: _account,
    Appropriations: _appropriation,
    Transfers: _transfer,
    Slots: _pool,
    Allotments: _allotment,
    Rules: _rule,
    Outcomes: _outcome,
    OutcomeTerms: _term,
    Effects: _of_reform,
    Milestones: _of_reform,
    Needs: _need,
    Indicators: _indicator,
    People: _people,
    Coalition: _partner,
    Scenarios: _scenario,
    Evidence: _evidence,
}
