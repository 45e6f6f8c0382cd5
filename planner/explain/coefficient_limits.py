r"""Numbers that stand as coefficients (shares, bands, matches): finite differences of their constraints.

The case is compiled and built again with the number raised by a step, and every row is compared with itself at the
plan: a row :math:`L \le f(x) \le U` that has become :math:`L' \le f'(x) \le U'` acts, to first order, as if its bounds
had moved by :math:`L' - L - (f'(x) - f(x))`. Rules have rows of their own, so one rebuild serves all of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from models.build import build
from models.linear import Form, Key
from models.matrix import Floats
from planner.compile import compile_case
from planner.explain.words import Words
from planner.sheets import Coalition, Deployments, Funding, Programmes, RawActivities, RawLedgers, Row, Rules
from planner.solver.basis import Shift

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.build import Built
    from planner.case import Case
    from planner.explain.limits import Catalogue, Limit

POINT = 0.01
"""One percentage point."""
A_POINT, A_CENT = "percentage point", "cent of match per dollar"
"""Units of shares: one of them is a step that can be had."""
SHARES = ("at most share of", "at least share of", "falls at most", "grows at most", "within band")

CoefficientStep = tuple[type[Row], str, str, float, str]
"""Sheet, row, field, step in the cell's own unit, and the step in words."""


def rule_steps(case: Case) -> list[CoefficientStep]:
    """Cells of rules and of limits that are shares."""
    found: list[CoefficientStep] = []
    for row in case.of(Rules):
        if row.on:
            share = row.relation in SHARES
            unit = A_POINT if share else "USD million" if row.measure.startswith("money") else "unit"
            found.append((Rules, row.id, "value", POINT if share else 1.0, unit))
    cents = A_CENT
    found += [(Deployments, lent.id, "share_at_most", POINT, A_POINT) for lent in case.of(Deployments)]
    found += [(Funding, a.id, "match_ratio", POINT, cents) for a in case.of(Funding) if a.match_ratio is not None]
    ledgers = (row for row in case.of(RawLedgers) if row.pays and row.match_ratio is not None)
    found += [(RawLedgers, ledger.id, "match_ratio", POINT, cents) for ledger in ledgers]
    totals: list[Programmes | RawActivities] = [*case.of(Programmes), *case.of(RawActivities)]
    whole = (row for row in totals if row.at_most_in_all is not None)
    found += [(type(row), row.id, "at_most_in_all", 1.0, "unit") for row in whole]
    found += [(Coalition, partner.id, "status_quo", 1.0, "unit") for partner in case.of(Coalition)]
    return found


def with_rows(case: Case, changes: dict[tuple[type[Row], str], dict[str, Any]]) -> Case:
    """Return the case with other values in some cells: {(sheet, row key): {field: value}}."""
    rows = dict(case.rows)
    for sheet in {sheet for sheet, _ in changes}:
        rows[sheet] = tuple(_changed(row, changes.get((sheet, row.id))) for row in case.of(sheet))
    return replace(case, rows=rows)


def _changed(row: Row, change: dict[str, Any] | None) -> Row:
    """Return the row with other values in some fields."""
    return replace(row, defaulted=row.defaulted - set(change), **change) if change else row


def moved_rows(before: Built, case: Case, values: Floats) -> dict[tuple[str, Key], tuple[float, float]]:
    """How the bounds of each row move, to first order at `values`, when the case is replaced by another; natural units.

    Only rows that both models have, and columns that both have, are compared.
    """
    after = build(compile_case(case), before.frame.grid, case.extend)
    number = {(c.family, c.key): n for n, c in enumerate(before.frame.columns)}
    renamed = [number.get((c.family, c.key)) for c in after.frame.columns]
    rows = {(r.family, r.key): r for r in before.frame.rows}
    found = {}
    for row in after.frame.rows:
        old = rows.get((row.family, row.key))
        if old is None:
            continue
        terms = {renamed[c]: v for c, v in row.form.terms.items()}
        if None in terms:
            continue
        change = Form({c: v for c, v in terms.items() if c is not None}).add(old.form, -1.0).value(values)
        lower, upper = (
            new - was if new != was else 0.0 for new, was in ((row.lower, old.lower), (row.upper, old.upper))
        )
        if lower or upper or change:
            found[row.family, row.key] = (lower - change, upper - change)
    return found


def rule_limits(catalogue: Catalogue) -> Iterator[Limit]:
    """Limits of all rules, from one rebuild with every rule's number a step up."""
    from planner.explain.limits import Limit  # noqa: PLC0415 - the catalogue builds on this module

    case, frame = catalogue.case, catalogue.frame
    nudges = rule_steps(case)
    if not nudges:
        return
    changes = {
        (sheet, row): {field: getattr(case.find(sheet, row), field) + step} for sheet, row, field, step, _ in nudges
    }
    moves = moved_rows(catalogue.built, with_rows(case, changes), catalogue.values)
    numbers = {(r.family, r.key): n for n, r in enumerate(frame.rows)}
    owner = {rule.id: (rule.tags.get("sheet", ""), rule.tags.get("row", "")) for rule in frame.network.rules}
    shifts: dict[tuple[str, str], Shift] = defaultdict(Shift)
    for (family, key), (lower, upper) in moves.items():
        if family == "rule":
            number = numbers[family, key]
            scale = frame.rows[number].scale
            moved = shifts[owner[str(key[0])]]
            moved.row_lower[number], moved.row_upper[number] = lower / scale, upper / scale
    for sheet, name, field, step, unit in nudges:
        row = case.find(sheet, name)
        shift = shifts.get((sheet.SHEET, name))
        if row is not None and shift is not None:
            value = float(getattr(row, field)) / (POINT if step == POINT else 1.0)
            yield Limit(
                f"{sheet.SHEET}: {name}",
                _kind(sheet),
                _words(sheet, name, unit, catalogue.words),
                row.origin(field),
                unit,
                value,
                shift,
                step=step,
            )


def _kind(sheet: type[Row]) -> str:
    """Kind of limit that a sheet states."""
    kinds: dict[type[Row], str] = {
        Rules: "rule", Deployments: "lending", Coalition: "coalition", Programmes: "pace", RawActivities: "pace",
    }  # fmt: skip
    return kinds.get(sheet, "match")


def _words(sheet: type[Row], name: str, unit: str, words: Words) -> str:
    """What one step more is."""
    if sheet is Rules:
        return f"one {unit} more in rule '{name}'"
    if sheet is Deployments:
        return f"one percentage point more that may be lent in {name}"
    if sheet in (Programmes, RawActivities):
        return f"one unit more of '{name}' over the whole plan"
    if sheet is Coalition:
        return f"one unit more asked for by partner '{name}'"
    return f"one cent more that {words.noun('account:' + name)} may add to each matching dollar"
