"""Rules of every kind: each row's margin recomputed; hard ones hold, soft ones are priced (K12)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.sheets import Coalition, Deployments, Rules, Transfers
from planner.verify.costs import match_margin, transfer_limit
from planner.verify.measures import Measured, Measures
from planner.verify.report import Opener
from planner.verify.world import MONEY


@dataclass(frozen=True)
class Law:
    """One limit over one scope: `margin` is left less right."""

    rule: str
    scope: str
    sense: str
    margin: float
    scale: float
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
    laws = [law for row in measures.world.case.of(Rules) if row.on for law in _laws(measures, row)]
    return laws + list(_coalition(measures)) + list(_implied(measures))


def _scopes(measures: Measures, row: Rules) -> list[tuple[str, list[int]]]:
    """Scopes of a rule: name and periods, those that begin inside its dates."""
    calendar = measures.world.calendar
    begin, end = calendar.span(row.starts, row.ends)
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
    days = measures.world.calendar.days
    if row.relation == "within band":
        yield from _bands(measures, row)
        return
    for scope, periods in _scopes(measures, row):
        value, scale = left.over(periods), left.scale
        if row.relation in ("at most share of", "at least share of"):
            whole = measures.measure(row.of_measure or row.measure, row.of_where)
            limit, scale = row.value * whole.over(periods), max(left.scale, row.value * whole.scale)
        elif row.relation in ("falls at most", "grows at most"):
            t = periods[0]
            if t == 0:
                continue
            factor = 1.0 - row.value if row.relation == "falls at most" else 1.0 + row.value
            limit = factor * float(left.values[t - 1] / days[t - 1] * days[t])
        else:
            limit = row.value * (float(days[periods].sum()) / 365.0 if row.per_year else 1.0)
        sense = ">=" if row.relation.startswith(("at least", "falls")) else "==" if row.relation == "equals" else "<="
        yield Law(row.rule, scope, sense, value - limit, max(scale, abs(limit)), hard, row.penalty)


def _bands(measures: Measures, row: Rules) -> Iterator[Law]:
    """Every country, origin or group against the overall measure per person in need."""
    needs = measures.needs(row.across)
    everyone = sum(needs.values())
    field = row.across or "country"
    parts: dict[str, Measured] = {name: measures.measure(row.measure, row.where, {field: name}) for name in needs}
    for name, need in needs.items():
        for side, sense, factor in (("low", ">=", 1.0 - row.value), ("high", "<=", 1.0 + row.value)):
            for scope, periods in _scopes(measures, row):
                overall = math.fsum(part.over(periods) for part in parts.values()) / everyone
                margin = parts[name].over(periods) - factor * need * overall
                scale = max(part.scale for part in parts.values())
                yield Law(
                    f"{row.rule} | {name} | {side}", scope, sense, margin, scale, row.strength == "hard", row.penalty
                )


def _coalition(measures: Measures) -> Iterator[Law]:
    """Partners that say yes are no worse off; the votes reach the quorum."""
    votes = 0.0
    periods = list(range(measures.replay.periods))
    for row in measures.world.case.of(Coalition):
        partner = f"partner:{row.partner}"
        yes = measures.replay.taken.get(partner) is not None
        measured = measures.measure(row.measure, row.where)
        margin = measured.over(periods) - (row.status_quo if yes else 0.0)
        yield Law(partner, "whole plan", ">=", margin, max(measured.scale, row.status_quo))
        votes += row.weight if yes else 0.0
    quorum = measures.world.case.setting_number("coalition quorum")
    if quorum is not None:
        yield Law("coalition quorum", "whole plan", ">=", votes - quorum, max(1.0, quorum))


def _implied(measures: Measures) -> Iterator[Law]:
    """Limits that other sheets make: lending, transfers, match, days open."""
    replay, world = measures.replay, measures.world
    names = replay.calendar.names
    for lending in world.case.of(Deployments):
        sender, deploy = f"staff:{lending.cadre} / {lending.from_station}", f"deploy:{lending.id}"
        if sender in measures.use.available:
            margins = replay.levels(deploy) - lending.share_at_most * measures.use.available[sender]
            for name, margin in zip(names, margins, strict=True):
                yield Law(deploy, name, "<=", float(margin), measures.use.scale[sender])
    for row in world.case.of(Transfers):
        limit = transfer_limit(measures.costs, row)
        moved = float(replay.levels(f"transfer:{row.id}").sum())
        yield Law(f"transfer:{row.id}", "whole plan", "<=", moved - limit, max(MONEY, limit))
    for account, holder in world.accounts.items():
        if holder.match_ratio is not None:
            paid = replay.paid_by.get(account, np.zeros(1))
            for name, margin in zip(names, match_margin(measures.costs, account), strict=True):
                rule = f"match:{account.partition(':')[2]}"
                yield Law(rule, f"until {name}", "<=", float(margin), max(MONEY, float(paid.sum())))
    for run, opening, closing in world.open_days:
        margins = replay.levels(run) - replay.in_force(opening) + replay.in_force(closing)
        for name, margin in zip(names, margins, strict=True):
            yield Law(run, name, "==", float(margin), 100.0)


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
        room = np.array([-law.broken for law in members])
        claims.equal(rule, "its slack", slack[rows], room, scale, labels=labels)
        if [senses[i] for i in rows] != [law.sense for law in members]:
            claims.fail(rule, f"it is stated with {senses[rows[0]]}, where the workbook says {members[0].sense}")
        excess = np.array([0.0 if law.hard else max(0.0, law.broken) for law in members])
        claims.equal(rule, "by how much it is broken", violation[rows], excess, scale, labels=labels)
    for rule in claimed.keys() - mine.keys():
        claims.fail(rule, "no row of the workbook makes such a rule")
