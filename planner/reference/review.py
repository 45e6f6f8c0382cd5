"""Plausibility: what a plan intends beside what has been seen before. Nothing here stops a plan; it asks questions.

History stands on sheet Evidence, under ids that say what they measure: 'uptake / <pool>', 'growth / <row>',
'output / <cadre>', 'rate / <stage>', 'disbursement / <account>'. A name that ends in * stands for all that begin so.
Any case can bring its own. The high end of a figure's range, where it has one, is what a plan is held against.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from planner.case import Case
from planner.ordering import place
from planner.plan import Plan
from planner.reference.row_status import count, usd
from planner.results.facts import Facts
from planner.sheets import Appropriations, Evidence, People, Pipelines, Slots, Visas
from planner.wording.figures import figure as told
from planner.wording.figures import share

KINDS = ("uptake", "growth", "output", "rate", "disbursement")
GRANTED = ("protected", "durable")
"""States that a decision in favour leads to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison: planned against seen, both as figures, with the source. `worrying` if the plan goes beyond."""

    kind: str
    subject: str
    planned: float
    seen: float
    unit: str
    worrying: bool
    sentence: str
    source: str


@dataclass(frozen=True)
class History:
    """The historic figures of a case, by kind and name."""

    case: Case

    def find(self, kind: str, name: str) -> Evidence | None:
        """Figure for a name: its own first, then the longest beginning that ends in *."""
        exact, starred = None, None
        for row in self.case.of(Evidence):
            head, slash, tail = row.evidence.partition(" / ")
            if not slash or head.casefold() != kind or row.value is None:
                continue
            if tail.casefold() == name.casefold():
                exact = row
            elif tail.endswith("*") and name.casefold().startswith(tail[:-1].casefold()):
                starred = row if starred is None else max(starred, row, key=lambda r: len(r.evidence))
        return exact or starred

    def any(self, kind: str) -> bool:
        """Whether there is any figure of this kind."""
        return any(row.evidence.casefold().startswith(f"{kind} / ") for row in self.case.of(Evidence))


def review(case: Case, plan: Plan) -> tuple[Finding, ...]:
    """Every comparison that the case has history for, the worrying ones first."""
    if not plan.found:
        return ()
    facts, history = Facts(case, plan), History(case)
    found = [
        *_uptake(facts, history),
        *_growth(facts, history),
        *_output(facts, history),
        *_rates(facts, history),
        *_disbursement(facts, history),
    ]
    return tuple(sorted(found, key=lambda f: (not f.worrying, KINDS.index(f.kind), -place(_excess(f)), f.subject)))


def without_history(case: Case) -> tuple[str, ...]:
    """Kinds of history that the case brings no figure for."""
    history = History(case)
    return tuple(kind for kind in KINDS if not history.any(kind))


def _excess(finding: Finding) -> float:
    """How many times beyond history."""
    return finding.planned / finding.seen if finding.seen > 0.0 else finding.planned


def _against(
    case: Case, kind: str, subject: str, planned: float, figure: Evidence, unit: str, words: tuple[str, str]
) -> Finding:
    """Compare with the high end of a figure's range; `words` say what is planned and what was seen."""
    assert figure.value is not None
    best = max(figure.value, figure.high if figure.high is not None else figure.value)
    beyond = planned > best * (1.0 + case.policy("history margin"))
    up_to = f", at best {_shown(best, unit)}" if best > figure.value else ""
    sentence = f"{subject}: {words[0]} {_shown(planned, unit)}; {words[1]} {_shown(figure.value, unit)}{up_to}."
    return Finding(kind, subject, planned, best, unit, beyond, sentence, f"{figure.source} ({figure.published})")


def _shown(value: float, unit: str) -> str:
    """A figure with its unit; shares as percent."""
    if unit == "share":
        return share(value)
    return f"{told(value, unit)} {unit}".strip()


def _uptake(facts: Facts, history: History) -> Iterator[Finding]:
    """Use of ceilings and set-asides."""
    for pool in facts.case.of(Slots):
        figure = history.find("uptake", pool.pool)
        had = facts.came.get(f"pool:{pool.pool}", 0.0)
        if figure is None or had <= 0.0:
            continue
        used = facts.used.get(f"pool:{pool.pool}", 0.0)
        words = (f"the plan uses {count(used, 'places')} of {count(had, 'places')},", "used before:")
        yield _against(facts.case, "uptake", pool.pool, used / had, figure, "share", words)


def _growth(facts: Facts, history: History) -> Iterator[Finding]:
    """Fastest growth of a year's pace over the year before, of all rows that share a figure (shrinking left out)."""
    table = facts.table("activities")
    groups: dict[str, list[str]] = defaultdict(list)
    figures: dict[str, Evidence] = {}
    for name in sorted(set(table.loc[table["kind"].isin(("stage", "visa")), "row"].astype(str))):
        figure = history.find("growth", name)
        if figure is not None:
            groups[figure.evidence].append(name)
            figures[figure.evidence] = figure
    for key, names in groups.items():
        paces = _yearly(table[table["row"].isin(names)], facts.table("periods"))
        grown = [(b / a, a, b) for a, b in pairwise(paces) if a >= 1.0 and b > a]
        if grown:
            factor, before, after = max(grown)
            words = (f"from {told(before)} to {told(after)} a year the plan grows", "the fastest growth seen is")
            yield _against(facts.case, "growth", key.partition(" / ")[2], factor, figures[key], "times a year", words)


def _yearly(mine: pd.DataFrame, periods: pd.DataFrame) -> list[float]:
    """Average pace in every whole year of the plan, units a year."""
    years = int(float(periods["end_day"].max()) // 365.0) + 1
    amounts, days = [0.0] * years, [0.0] * years
    levels = {int(str(k)): float(v) for k, v in mine.groupby("period")["level"].sum().items()}
    for number, begin, finish in zip(periods["period"], periods["start_day"], periods["end_day"], strict=True):
        start, end = float(begin), float(finish)
        for year in range(years):
            overlap = min(end, 365.0 * (year + 1)) - max(start, 365.0 * year)
            if overlap > 0.0:
                amounts[year] += levels.get(int(number), 0.0) * overlap / (end - start)
                days[year] += overlap
    return [365.0 * a / d for a, d in zip(amounts, days, strict=True) if d > 30.0]


def _output(facts: Facts, history: History) -> Iterator[Finding]:
    """Cases per officer in a year: what the plan gets out of the time that each cadre works."""
    done: dict[str, float] = defaultdict(float)
    time: dict[str, float] = defaultdict(float)
    work: list[tuple[str, Pipelines | Visas]] = [("stage", r) for r in facts.case.of(Pipelines)]
    work += [("visa", r) for r in facts.case.of(Visas)]
    for prefix, row in work:
        level = facts.levels.get(f"{prefix}:{row.id}", 0.0)
        if row.cadre and row.cases_per_year and level:
            done[row.cadre] += level
            time[row.cadre] += level / row.cases_per_year
    for cadre in sorted(done):
        figure = history.find("output", cadre)
        if figure is not None:
            words = (
                f"the plan gets {count(done[cadre], 'cases')} out of {count(time[cadre], 'staff-years')},",
                "seen:",
            )
            yield _against(facts.case, "output", cadre, done[cadre] / time[cadre], figure, "cases a year", words)


def _rates(facts: Facts, history: History) -> Iterator[Finding]:
    """Protection granted is never above decisions times the rate that was seen."""
    for stage in facts.case.of(Pipelines):
        figure = history.find("rate", stage.stage)
        level = facts.levels.get(f"stage:{stage.stage}", 0.0)
        if figure is None or not level:
            continue
        good = 0.0
        for to, part in stage.destinations:
            home = facts.case.find(People, to)
            if home is not None and home.state in (*GRANTED, "ready to travel"):
                good += part
        words = (f"of {count(level, 'decisions')} the plan grants", "seen:")
        yield _against(facts.case, "rate", stage.stage, good, figure, "share", words)


def _disbursement(facts: Facts, history: History) -> Iterator[Finding]:
    """Money spent by the end over money that came, transfers counted with the account that they reach."""
    stocks = facts.table("stocks")
    for account in dict.fromkeys(row.account for row in facts.case.of(Appropriations)):
        figure = history.find("disbursement", account)
        mine = stocks[stocks["stock"] == f"account:{account}"]
        had = facts.came.get(f"account:{account}", 0.0) + float((mine["made"] - mine["used"]).sum())
        if figure is None or had <= 0.0:
            continue
        spent = facts.paid.get(f"account:{account}", 0.0)
        words = (f"the plan pays {usd(spent)} of {usd(had)},", "spent before in as long:")
        yield _against(facts.case, "disbursement", account, spent / had, figure, "share", words)
