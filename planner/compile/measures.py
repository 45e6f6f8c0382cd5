"""The planner's measures as terms of the kernel: what each counts, over which subjects, in which unit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from models.network import Measure, Tags, Term
from planner.compile.draft import MONEY, Draft, matches, parse_selection
from planner.sheets.frame import Groups, Places
from planner.sheets.programmes import Programmes

Selected = Callable[[Tags], bool]
DAYS = 100.0
"""Usual length of a period: what a scale of people becomes as a scale of person-days."""


def terms(draft: Draft, measure: str, where: str, only: Mapping[str, str] | None = None) -> tuple[Term, ...]:
    """Kernel terms whose sum is a measure of sheet Rules or Outcome terms, in its planner's unit.

    `where` is a selection as typed; `only` keeps, besides, subjects that carry these tags (used for one country or
    group at a time). Nothing selected gives no terms. Raises ValueError for a selection that cannot be read.
    """
    selection = parse_selection(where)
    narrow = {name: (value,) for name, value in (only or {}).items()}

    def selected(tags: Tags) -> bool:
        return matches(tags, selection) and matches(tags, narrow)

    if measure == "money":
        found = _money(draft, selected, selection.get("account", ()))
    elif measure == "people served":
        found = _served(draft, selected)
    elif measure == "units":
        found = [Term("level", a.id) for a in draft.activities.values() if selected(a.tags)]
    elif measure == "reforms taken":
        decisions = (s for s in draft.switches.values() if _decision(s.id, s.already))
        found = [Term("started", s.id) for s in decisions if selected(s.tags)]
    elif measure in ("staff days used", "staff days available"):
        kind: Measure = "occupied" if measure == "staff days used" else "available"
        staff = (c for c in draft.capacities.values() if c.tags.get("kind") in ("staff", "raw"))
        found = [Term(kind, c.id) for c in staff if selected(c.tags)]
    else:
        found = _stocks(draft, measure, selected)
    return combine(found)


_STOCKS: Mapping[str, tuple[Measure, tuple[str, ...], float]] = {
    "people in": ("closing", ("people", "raw"), 1.0),
    "person-days in": ("presence", ("people", "raw"), 1.0),
    "people entering": ("entered", ("people", "raw"), 1.0),
    "person-days over limit": ("over_limit", ("people", "raw"), 1.0),
    "level": ("closing", ("indicator", "capital", "raw"), 1.0),
    "people under way": ("undelivered", ("people", "raw", "headcount"), 1.0),
    "staff in post": ("closing", ("headcount",), 1.0),
    "numbers left": ("closing", ("pool",), 1.0),
    "money left": ("closing", ("account",), 1.0 / MONEY),
}
"""Measures of stocks: the kernel's measure, the kinds of stock, and the coefficient into the planner's unit."""


def _stocks(draft: Draft, measure: str, selected: Selected) -> list[Term]:
    """Terms of a measure that looks at stocks."""
    kernel, kinds, coefficient = _STOCKS[measure]
    stocks = (s for s in draft.stocks.values() if s.tags.get("kind") in kinds)
    if kernel == "over_limit":
        stocks = (s for s in stocks if s.limit is not None)
    return [Term(kernel, stock.id, coefficient) for stock in stocks if selected(stock.tags)]


def _money(draft: Draft, selected: Selected, accounts: Sequence[str]) -> list[Term]:
    """Spending in USD million; what the named accounts pay where the selection names any."""
    bills = {bill.id for bill in draft.bills.values() if selected(bill.tags)}
    if not accounts:
        return [Term("spending", bill, 1.0 / MONEY) for bill in bills]
    named = {"payer": tuple(accounts)}
    pairs = (p for p in draft.payments if p.bill in bills and matches({"payer": p.account.partition(":")[2]}, named))
    return [Term("payment", f"{pair.account}|{pair.bill}", 1.0 / MONEY) for pair in pairs]


def _served(draft: Draft, selected: Selected) -> list[Term]:
    """People served by stages, visas and programmes, past their curves."""
    found = []
    for activity in draft.activities.values():
        kind = activity.tags.get("kind")
        if kind not in ("stage", "visa", "programme") or not selected(activity.tags):
            continue
        row = draft.case.find(Programmes, activity.tags.get("row", "")) if kind == "programme" else None
        found.append(Term("effective", activity.id, row.people_per_unit if row is not None else 1.0))
    return found


def _decision(switch: str, already: bool) -> bool:
    """Whether a switch counts as a reform taken: a reform or a site opening that was not there on day one."""
    return not already and switch.partition(":")[0] in ("reform", "open")


def combine(found: Iterable[Term]) -> tuple[Term, ...]:
    """Add up terms of the same measure and subject, leave out zeros, sort."""
    sums: dict[tuple[Measure, str], float] = {}
    for term in found:
        key = (term.measure, term.subject)
        sums[key] = sums.get(key, 0.0) + term.coefficient
    return tuple(Term(measure, subject, value) for (measure, subject), value in sorted(sums.items()) if value)


def scaled(found: Iterable[Term], factor: float) -> list[Term]:
    """Terms times a factor."""
    return [Term(term.measure, term.subject, term.coefficient * factor) for term in found]


def needs(draft: Draft, across: str) -> tuple[tuple[str, float], ...]:
    """Who takes part in an equity measure across countries, origins or groups, with the people in need there.

    A blank or zero need leaves a place or group out.
    """
    if across == "group":
        listed = [(row.group, row.need) for row in draft.case.of(Groups)]
    else:
        listed = [(row.place, row.need) for row in draft.case.of(Places) if draft.country(row.place) == row.place]
    return tuple(sorted((name, need) for name, need in listed if need))


def natural_scale(draft: Draft, found: Iterable[Term]) -> float:
    """Size of a measure: the largest scale among its subjects times its coefficient, as a power of ten from 1 up.

    Rules and outcomes are divided by it, so that people count in thousands, money in millions, and person-days in
    hundreds of thousands.
    """
    size = max((abs(term.coefficient) * _subject_scale(draft, term) for term in found), default=1.0)
    return float(10.0 ** round(math.log10(max(1.0, size))))


def _subject_scale(draft: Draft, term: Term) -> float:
    """Size of what a term measures."""
    if term.measure in ("spending", "payment"):
        return MONEY
    if term.measure in ("level", "effective"):
        return draft.activities[term.subject].scale
    if term.measure in ("available", "occupied"):
        return DAYS
    if term.measure in ("started", "in_force"):
        return 1.0
    stock = draft.stocks[term.subject]
    return stock.scale * (DAYS if term.measure in ("presence", "over_limit") else 1.0)
