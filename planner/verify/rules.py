"""Rules of every kind: each row's margin recomputed; hard ones hold, soft ones are priced (K12)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.sheets import Coalition, Deployments, Funding, Programmes, RawActivities, Rules, Transfers
from planner.verify.costs import match_sides, transfer_limits
from planner.verify.inputs import MONEY
from planner.verify.measures import Measured, Measures
from planner.verify.report import Opener
from planner.verify.selection import read_selection

FLOORS = ("at least", "at least share of", "falls at most")
"""Relations of sheet Rules that say how little may be; "equals" says both, all others how much."""


@dataclass(frozen=True)
class Law:
    """One limit over one scope: `margin` is left less right.

    `measured` is what the rule looks at, `base` what it holds that against besides a fixed figure, if anything.
    """

    rule: str
    scope: str
    sense: str
    margin: float
    scale: float
    measured: float = math.nan
    base: float = math.nan
    hard: bool = True
    penalty: float = 0.0

    @property
    def broken(self) -> float:
        """By how much it is broken; negative where there is room."""
        return {"<=": self.margin, ">=": -self.margin}.get(self.sense, abs(self.margin))

    @property
    def points(self) -> float:
        """Price of breaking it."""
        return 0.0 if self.hard else self.penalty * max(0.0, self.broken)


def all_laws(measures: Measures) -> list[Law]:
    """Every limit of sheets Rules and Coalition, and those that other sheets make."""
    laws = [law for row in measures.inputs.case.of(Rules) if row.on for law in _laws(measures, row)]
    return laws + list(_coalition(measures)) + list(implied_laws(measures))


Stretch = tuple[float, float] | None
"""Days of a scope that is no row of periods."""


def _scopes(measures: Measures, row: Rules) -> list[tuple[str, list[int], Stretch]]:
    """Scopes of a rule: name and periods, those that begin inside its dates; by fiscal year the days inside them."""
    calendar = measures.inputs.calendar
    begin, end = calendar.span(row.starts, row.ends)
    if row.scope == "fiscal year":
        cut = [(name, max(a, begin), min(b, end)) for name, a, b in _fiscal_years(measures, row)]
        every = list(range(len(calendar)))
        return [(name, every, (first, last)) for name, first, last in cut if first < last]
    return [(name, members, None) for name, members in _periods(measures, row, begin, end)]


def _fiscal_years(measures: Measures, row: Rules) -> list[tuple[str, float, float]]:
    """Fiscal years of the accounts that a rule names, if they share one, else those of the settings."""
    case, chosen = measures.inputs.case, read_selection(row.where)
    named = [account for account in case.of(Funding) if chosen.accounts and chosen.takes_account(account.account)]
    found = {account.fiscal_year for account in named}
    first = found.pop() if len(found) == 1 else ""
    return measures.inputs.calendar.fiscal_years(first or case.setting("fiscal year starts"))


def _periods(measures: Measures, row: Rules, begin: float, end: float) -> list[tuple[str, list[int]]]:
    """Scopes of a rule that are rows of periods."""
    calendar = measures.inputs.calendar
    periods = [t for t in range(len(calendar)) if begin <= calendar.start[t] < end]
    if not periods:
        return []
    if row.relation in ("falls at most", "grows at most") or row.scope == "period":
        return [(calendar.names[t], [t]) for t in periods]
    if row.scope == "phase":
        groups: dict[int, list[int]] = defaultdict(list)
        for t in periods:
            groups[calendar.phase[t]].append(t)
        return [(calendar.phases[p][0], members) for p, members in groups.items()]
    if row.scope == "so far":
        return [(f"until {calendar.names[t]}", [u for u in periods if u <= t]) for t in periods]
    return [("whole plan", periods)]


def _laws(measures: Measures, row: Rules) -> Iterator[Law]:
    """Limits of one row."""
    hard = row.strength == "hard"
    left = measures.measure(row.measure, row.where)
    days = measures.inputs.calendar.days
    within = measures.within
    if row.relation == "within band":
        yield from _bands(measures, row)
        return
    for scope, periods, stretch in _scopes(measures, row):
        value, scale, base = within(left, row.measure, row.where, periods, stretch), left.scale, math.nan
        if row.relation in ("at most share of", "at least share of"):
            whole = measures.measure(row.of_measure or row.measure, row.of_where)
            base = within(whole, row.of_measure or row.measure, row.of_where, periods, stretch)
            limit, scale = row.value * base, max(left.scale, row.value * whole.scale)
        elif row.relation in ("falls at most", "grows at most"):
            t = periods[0]
            if t == 0:
                continue
            factor = 1.0 - row.value if row.relation == "falls at most" else 1.0 + row.value
            base = float(left.values[t - 1] / days[t - 1] * days[t])
            limit = factor * base
        else:
            length = float(days[periods].sum()) if stretch is None else stretch[1] - stretch[0]
            limit = row.value * (length / 365.0 if row.per_year else 1.0)
        sense = ">=" if row.relation in FLOORS else "==" if row.relation == "equals" else "<="
        yield Law(row.rule, scope, sense, value - limit, max(scale, abs(limit)), value, base, hard, row.penalty)


def _bands(measures: Measures, row: Rules) -> Iterator[Law]:
    """Every country, origin or group against the overall measure per person in need."""
    needs = measures.needs(row.across)
    everyone = sum(needs.values())
    field = row.across or "country"
    parts: dict[str, Measured] = {name: measures.measure(row.measure, row.where, {field: name}) for name in needs}
    for name, need in needs.items():
        for side, sense, factor in (("low", ">=", 1.0 - row.value), ("high", "<=", 1.0 + row.value)):
            for scope, periods, stretch in _scopes(measures, row):
                values = {
                    n: measures.within(part, row.measure, row.where, periods, stretch, {field: n})
                    for n, part in parts.items()
                }
                value, base = values[name], need * math.fsum(values.values()) / everyone
                scale = max(part.scale for part in parts.values())
                yield Law(
                    f"{row.rule} | {name} | {side}", scope, sense, value - factor * base, scale, value, base,
                    row.strength == "hard", row.penalty,
                )  # fmt: skip


def _coalition(measures: Measures) -> Iterator[Law]:
    """Partners that say yes are no worse off; the votes reach the quorum."""
    votes = 0.0
    periods = list(range(measures.replay.periods))
    for row in measures.inputs.case.of(Coalition):
        partner = f"partner:{row.partner}"
        yes = measures.replay.taken.get(partner) is not None
        measured = measures.measure(row.measure, row.where)
        value, base = measured.over(periods), row.status_quo if yes else 0.0
        scale = max(measured.scale, row.status_quo)
        yield Law(partner, "whole plan", ">=", value - base, scale, value, base if row.status_quo else math.nan)
        votes += row.weight if yes else 0.0
    quorum = measures.inputs.case.setting_number("coalition quorum")
    if quorum is not None:
        yield Law("coalition quorum", "whole plan", ">=", votes - quorum, max(1.0, quorum), votes)


def implied_laws(measures: Measures) -> Iterator[Law]:
    """Limits that other sheets make: lending, transfers, most in all, match, days open."""
    replay, inputs = measures.replay, measures.inputs
    names = replay.calendar.names
    for lending in inputs.case.of(Deployments):
        sender, deploy = f"staff:{lending.cadre} / {lending.from_station}", f"deploy:{lending.id}"
        if sender in measures.use.available:
            lent, whole = replay.levels(deploy), measures.use.available[sender]
            for name, level, base in zip(names, lent, whole, strict=True):
                margin = float(level - lending.share_at_most * base)
                yield Law(deploy, name, "<=", margin, measures.use.scale[sender], float(level), float(base))
    for row in inputs.case.of(Transfers):
        for year, moved, limit in transfer_limits(measures.costs, row):
            yield Law(f"transfer:{row.id}", year, "<=", moved - limit, max(MONEY, limit), moved)
    totals: list[Programmes | RawActivities] = [*inputs.case.of(Programmes), *inputs.case.of(RawActivities)]
    for item in totals:
        if item.at_most_in_all is not None:
            name = f"{'programme' if isinstance(item, Programmes) else 'raw'}:{item.id}"
            done, limit = float(replay.levels(name).sum()), item.at_most_in_all
            scale = max(inputs.activities[name].scale, limit)
            yield Law(f"total:{name}", "whole plan", "<=", done - limit, scale, done)
    for account, holder in inputs.accounts.items():
        if holder.match_ratio is not None:
            paid = replay.paid_by.get(account, np.zeros(1))
            own, basis = match_sides(measures.costs, account)
            rule, scale = f"match:{account.partition(':')[2]}", max(MONEY, float(paid.sum()))
            for name, mine, other in zip(names, own, basis, strict=True):
                margin = float(mine - holder.match_ratio * other)
                base = float(other) if holder.match_basis else math.nan
                yield Law(rule, f"until {name}", "<=", margin, scale, float(mine), base)
    for run, opening, closing in inputs.open_days:
        paid_days, days_open = replay.levels(run), replay.in_force(opening) - replay.in_force(closing)
        for name, level, base in zip(names, paid_days, days_open, strict=True):
            yield Law(run, name, "==", float(level - base), 100.0, float(level), float(base))


def check_rules(measures: Measures, laws: list[Law], opener: Opener) -> None:
    """Table rules against the recomputed margins; hard rules hold."""
    claims = opener("rules", "Rules: left and right sides as claimed")
    holds = opener("rules hold", "Hard rules hold")
    table = measures.replay.tables["rules"]
    claimed: dict[str, list[int]] = defaultdict(list)
    for i, rule in enumerate(table["rule"]):
        claimed[str(rule)].append(i)
    mine: dict[str, list[Law]] = defaultdict(list)
    for law in laws:
        mine[law.rule].append(law)
    left, right = table["left"].to_numpy(float), table["right"].to_numpy(float)
    violation, slack = table["violation"].to_numpy(float), table["slack"].to_numpy(float)
    senses = [str(sense) for sense in table["sense"]]
    for rule, members in mine.items():
        scale, labels = max(law.scale for law in members), [law.scope for law in members]
        if members[0].hard:
            broken = np.array([law.broken for law in members])
            holds.at_most(rule, "the limit is missed by what", broken, np.zeros(len(broken)), scale, labels=labels)
        rows = claimed.get(rule, [])
        if len(rows) != len(members):
            claims.fail(rule, f"the plan shows {len(rows)} rows of it, where there are {len(members)}")
            continue
        margin = np.array([law.margin for law in members])
        claims.equal(rule, "left less right", left[rows] - right[rows], margin, scale, labels=labels)
        for what in ("measured", "base"):
            said, found = table[what].to_numpy(float)[rows], np.array([getattr(law, what) for law in members])
            blank = np.isnan(said) & np.isnan(found)
            said, found = np.where(blank, 0.0, said), np.where(blank, 0.0, found)
            words = "what is measured" if what == "measured" else "what it is held against"
            claims.equal(rule, words, said, found, scale, labels=labels)
        if [str(table["scope"].iloc[i]) for i in rows] != labels:
            claims.fail(rule, "the times that the plan names are not those of the rule")
        room = np.array([-law.broken for law in members])
        claims.equal(rule, "its slack", slack[rows], room, scale, labels=labels)
        if [senses[i] for i in rows] != [law.sense for law in members]:
            claims.fail(rule, f"it is stated with {senses[rows[0]]}, where the workbook says {members[0].sense}")
        excess = np.array([0.0 if law.hard else max(0.0, law.broken) for law in members])
        claims.equal(rule, "by how much it is broken", violation[rows], excess, scale, labels=labels)
    for rule in claimed.keys() - mine.keys():
        claims.fail(rule, "no row of the workbook makes such a rule")
