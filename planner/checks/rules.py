"""Rules, partners and outcomes: columns that fit the relation, something to seek, somebody to compare."""

from __future__ import annotations

from collections.abc import Iterator

from planner.case import Case
from planner.case.problems import Problem
from planner.checks.finding import error, exceeds, stated, warning
from planner.compile.rules import accounts_of
from planner.sheets import Coalition, Groups, Outcomes, OutcomeTerms, Places, Rules, Settings
from planner.sheets.address import Address
from planner.wording.figures import typed

SHARES = ("at most share of", "at least share of")
RAMPS = ("falls at most", "grows at most")
AT_THE_END = ("people in", "people under way", "staff in post", "level", "numbers left", "money left")
"""Measures that are looked at when a scope ends, so that no yearly rate makes sense."""


def check(case: Case) -> list[Problem]:
    """All findings about rules, partners and outcomes."""
    problems: list[Problem] = []
    for row in case.of(Rules):
        problems += [*_columns(row), *_value(row), *_strength(row), *_fiscal_year(case, row)]
        if row.relation == "within band" and row.on:
            problems += _band(case, row)
    return [*problems, *_coalition(case), *_outcomes(case)]


def _columns(row: Rules) -> Iterator[Problem]:
    """Columns that the relation asks for, and those that it does not use."""
    if row.relation in SHARES and not row.of_measure and not row.of_where:
        if not row.where:
            yield error(
                row,
                "of_where",
                "share-of-itself",
                "the rule asks for a share of itself: 'Where', 'Of measure' and 'Of where' are blank.",
                "Write in 'Of where' or 'Of measure' of what it is a share.",
            )
        else:
            yield warning(
                row,
                "of_measure",
                "share-of-all",
                f"'Of measure' and 'Of where' are blank: read as a share of all {row.measure}.",
                "Write them if something else is meant.",
            )
    if row.relation not in SHARES:
        for field, name, value in (
            ("of_measure", "Of measure", row.of_measure),
            ("of_where", "Of where", row.of_where),
        ):
            if value:
                yield warning(
                    row,
                    field,
                    "rule-unused",
                    f"'{name}' counts for shares only, and the relation is '{row.relation}'.",
                    "Clear it, or choose a share relation.",
                )
    if row.relation != "within band" and row.across:
        yield warning(
            row,
            "across",
            "rule-unused",
            f"'Across' counts for bands only, and the relation is '{row.relation}'.",
            "Clear it, or choose 'within band'.",
        )
    if row.relation in RAMPS and row.scope != "period" and stated(row, "scope"):
        yield error(
            row,
            "scope",
            "rule-scope",
            f"'{row.relation}' compares each period with the one before, and the scope is '{row.scope}'.",
            "Write 'period'.",
        )
    if row.per_year and (row.relation in (*SHARES, *RAMPS, "within band") or row.measure in AT_THE_END):
        what = f"the relation '{row.relation}'" if row.measure not in AT_THE_END else f"the measure '{row.measure}'"
        yield warning(row, "per_year", "rule-unused", f"{what} has no yearly rate.", "Say no in 'Per year'.")


def _fiscal_year(case: Case, row: Rules) -> Iterator[Problem]:
    """By fiscal year counts what adds up, in the year of the accounts that are named."""
    if row.scope != "fiscal year":
        return
    if row.measure in AT_THE_END:
        found = f"'{row.measure}' is read as a time ends, and adds up over no fiscal year."
        yield error(row, "scope", "rule-fiscal-year", found, "Write 'phase' or 'period'.")
    try:
        named = accounts_of(case, row)
    except ValueError:  # a selection that cannot be read is told by itself
        return
    years = {account.fiscal_year for account in named}
    if len(years) > 1:
        told = ", ".join(f"'{a.account}' {a.fiscal_year or 'none'} ({a.at('fiscal_year')})" for a in named)
        found = f"the accounts have different fiscal years: {told}; that of the settings counts."
        yield warning(row, "scope", "rule-fiscal-years", found, "Make a rule for the accounts of each fiscal year.")


def _value(row: Rules) -> Iterator[Problem]:
    """The limit itself: shares lie between 0 and 1, no measure is ever below 0."""
    shown = typed(row.value)
    if row.relation in (*SHARES, "within band", "falls at most"):
        if row.value < 0.0:
            yield error(
                row,
                "value",
                "rule-value",
                f"the value {shown} is below 0; for '{row.relation}' it is a share.",
                "Write a share such as 0.25.",
            )
        elif row.value >= 1.0 and row.relation == "falls at most":
            yield error(
                row,
                "value",
                "rule-value",
                f"nothing can fall by more than all of it, so 'falls at most' {shown} says nothing.",
                "Write a share below 1 such as 0.25, or switch the rule off.",
            )
        elif row.value > 1.0:
            hint = f" (for {shown} % write {typed(row.value / 100)})" if row.value <= 100.0 else ""
            say, why = warning, ""
            if _part_of_all(row):
                least = row.relation == "at least share of"
                say, why = error, ", which no part of it can be" if least else ": the rule says nothing"
            yield say(
                row,
                "value",
                "rule-value",
                f"for '{row.relation}' the value is a share, and {shown} is more than all{why}.",
                f"Write a share from 0 to 1{hint}.",
            )
    elif row.value < 0.0 and row.relation in ("at most", "equals", "grows at most"):
        yield error(
            row,
            "value",
            "rule-value",
            f"'{row.relation}' {shown} cannot hold: no measure is ever below 0.",
            "Write a value of 0 or more.",
        )
    elif row.relation == "at least" and row.value <= 0.0:
        yield warning(
            row, "value", "rule-idle", f"'at least' {shown} always holds.", "Write the least amount that is meant."
        )


def _part_of_all(row: Rules) -> bool:
    """Whether a rule asks for a share of all that it measures, so that no share is more than 1."""
    return row.relation in SHARES and not row.of_where and row.of_measure in ("", row.measure)


def _strength(row: Rules) -> Iterator[Problem]:
    """Only soft rules have a price."""
    if row.strength == "soft" and row.penalty <= 0.0:
        yield warning(
            row,
            "penalty",
            "penalty-missing",
            "the rule is soft and 'Penalty' is 0: breaking it costs nothing, so it does not count.",
            "Write the points for each unit, or make it hard.",
        )
    elif row.strength == "hard" and row.penalty > 0.0:
        yield warning(
            row,
            "penalty",
            "penalty-unused",
            f"the rule is hard, so the penalty of {typed(row.penalty)} is never paid.",
            "Make it soft, or clear the penalty.",
        )


def in_need(case: Case, across: str) -> list[str]:
    """Countries (origins) or groups with people in need, who take part in equity."""
    if across == "group":
        return [row.group for row in case.of(Groups) if row.need]
    return [row.place for row in case.of(Places) if row.need and (not row.country or row.country == row.place)]


def _compared(across: str) -> tuple[str, str]:
    """What equity compares, and the cell where the need stands."""
    what = {"group": "groups", "origin": "countries of origin"}.get(across, "countries")
    return what, "'People in need' on sheet " + ("Groups" if across == "group" else "Places")


def _band(case: Case, row: Rules) -> Iterator[Problem]:
    """A band is between two at least."""
    if not row.across:
        yield error(
            row,
            "across",
            "across-missing",
            "'within band' compares countries, origins or groups, and 'Across' is blank.",
            "Write country, origin or group.",
        )
        return
    having = in_need(case, row.across)
    if len(having) < 2:
        what, where = _compared(row.across)
        yield error(
            row,
            "across",
            "nobody-to-compare",
            f"a band compares {what} by their need, and {len(having)} of them has any.",
            f"Fill in {where} for two or more.",
        )


def _coalition(case: Case) -> Iterator[Problem]:
    """A quorum within reach, and one that is asked for."""
    rows, quorum = case.of(Coalition), case.setting_number("coalition quorum")
    setting = case.find(Settings, "coalition quorum")
    if quorum is None:
        if rows:
            yield warning(
                rows[0],
                "partner",
                "quorum-missing",
                "partners are named, but no quorum: their consent changes nothing.",
                "Write 'coalition quorum' on sheet Settings.",
            )
        return
    where = setting.at("value") if setting is not None else Address(Settings.SHEET)
    votes = sum(row.weight for row in rows)
    if exceeds(quorum, votes):
        yield Problem(
            "impossible-quorum",
            "conflict",
            where,
            f"the coalition quorum is {typed(quorum)} votes, and the partners on sheet Coalition have {typed(votes)}.",
            "Lower the quorum, or add partners.",
            "coalition quorum",
        )


def _outcomes(case: Case) -> Iterator[Problem]:
    """Something to seek, made of something, with signs that make sense."""
    rows = case.of(Outcomes)
    if rows and not any(row.weight for row in rows):
        yield error(
            rows[0],
            "weight",
            "nothing-to-seek",
            "every weight on sheet Outcomes is 0 or blank, so the plan would have nothing to seek.",
            "Give at least one outcome a weight.",
        )
    for row in rows:
        terms = [term for term in case.of(OutcomeTerms) if term.outcome == row.outcome]
        if not terms:
            make = error if row.weight else warning
            yield make(
                row,
                "outcome",
                "outcome-empty",
                f"nothing on sheet Outcome terms says what '{row.outcome}' is made of.",
                "Add a row there, or delete the outcome.",
            )
        elif all(term.per_unit == 0.0 for term in terms):
            yield warning(
                terms[0],
                "per_unit",
                "outcome-flat",
                f"every term of '{row.outcome}' counts 0.",
                "Write how much a unit counts.",
            )
        if row.kind == "sum":
            yield from _sum(row, terms)
        else:
            yield from _equity(case, row)


def _sum(row: Outcomes, terms: list[OutcomeTerms]) -> Iterator[Problem]:
    """A sum needs no 'Across'; less of something negative is more of it."""
    if row.across:
        yield warning(
            row,
            "across",
            "outcome-unused",
            "'Across' counts for worst-off and gini, and the kind is 'sum'.",
            "Clear it, or choose another kind.",
        )
    if row.better == "less" and terms and all(term.per_unit < 0.0 for term in terms):
        yield warning(
            row,
            "better",
            "outcome-sign",
            "less is better and every term counts below 0, so that more of them is sought.",
            "Write 'more', or take the minus out of 'Per unit'.",
        )


def _equity(case: Case, row: Outcomes) -> Iterator[Problem]:
    """Worst-off and Gini compare those with people in need."""
    if not row.across:
        yield error(
            row,
            "across",
            "across-missing",
            f"'{row.kind}' compares countries, origins or groups, and 'Across' is blank.",
            "Write country, origin or group.",
        )
        return
    having = in_need(case, row.across)
    if len(having) < (2 if row.kind == "gini" else 1):
        what, where = _compared(row.across)
        yield error(
            row,
            "across",
            "nobody-to-compare",
            f"'{row.kind}' compares {what} by their need, and {len(having)} of them has any.",
            f"Fill in {where}.",
        )
    if row.kind == "gini" and row.better == "more":
        yield warning(
            row,
            "better",
            "outcome-sign",
            "a larger Gini coefficient is more inequality, and more is said to be better.",
            "Write 'less'.",
        )
    if row.kind == "worst-off" and row.better == "less":
        yield warning(
            row,
            "better",
            "outcome-sign",
            "'worst-off' with 'less' seeks the least for those who have least.",
            "Write 'more', unless the terms count harm.",
        )
