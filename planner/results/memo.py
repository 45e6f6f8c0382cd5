"""A memo of one page for those who decide: what a plan gives people, costs, does not keep, rests on, and asks of whom.

Every figure in it is taken from a view of the plan, by the page, the row and the column where it stands in the plan
workbook, and noted (:attr:`Memo.figures`); whole sentences of the plan's pages are quoted as they are
(:attr:`Memo.quoted`). What has no room is counted, and the page that has it is named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeAlias

import pandas as pd

from planner.case import Case
from planner.ordering import ranked
from planner.plan import Plan
from planner.plan.frames import tidy
from planner.plan.standing import standing_of_plan
from planner.results.division import UNITS
from planner.results.documents import Block, Heading, Items, Table, Text, html_document
from planner.results.frames import as_date
from planner.results.going_on import done_less
from planner.results.headlines import ALL_KEPT, TITLES, headlines
from planner.results.money import unspent
from planner.results.people import queues_summary
from planner.results.record import outcomes_by
from planner.results.reforms import enabled_rows
from planner.results.rules import not_kept
from planner.results.summary import DIFFERENCE, LAST, check_sentence, headline, status_sentence
from planner.results.weak import WEAK, weak_rows
from planner.sheets import Appropriations, Funding, Reforms, Time
from planner.wording.dates import days, short_day
from planner.wording.figures import change, figure, finite, share
from planner.wording.lists import listed

WIDTH = 108
"""Letters in a line of the page."""
ROOM_KEPT, ROOM_WEAK = 9, 7
"""Lines that are there for what is not kept, and for the weakest figures."""
MOST_OUTCOMES, MOST_ASKED, MOST_NAMED, MOST_DECIDERS = 6, 8, 3, 5
"""Rows of the two tables; names in a sentence; those who decide that are counted apart."""
STYLE = """
body{font:9pt/1.25 Arial,sans-serif;max-width:48rem;margin:1rem auto}h1{font-size:13pt}
h2{font-size:10.5pt;margin:.5rem 0 .1rem}p{margin:.15rem 0}ul{margin:.15rem 0;padding-left:1.1rem}
.small{font-size:8pt}table{font-size:8.5pt;margin:.2rem 0}th,td{padding:.05rem .4rem}@page{margin:14mm}
"""
"""How the HTML page is set close together."""
NOT_SAID = "not stated"
"""Who decides, where the workbook does not say it."""
Asked: TypeAlias = tuple[str, str, date, float]
"""A decision: what, who takes it, by when, and how much it weighs among its kind."""
Rows: TypeAlias = Mapping[str, Mapping[str, Any]]
"""A page: figures and texts by row and column."""


def _rows(frame: pd.DataFrame, *keys: str) -> dict[str, dict[str, Any]]:
    """A table by the key of its rows, several columns joined."""
    found: dict[str, dict[str, Any]] = {}
    for row in frame.to_dict("records"):
        values = {str(k): v for k, v in row.items()}
        found[" / ".join(str(values[k]) for k in keys)] = values
    return found


def _there(value: Any) -> bool:
    """Whether a figure is there."""
    return finite(value) is not None


def _share(value: float, _: str) -> str:
    """A share as it is told."""
    return share(value)


@dataclass(frozen=True)
class Figure:
    """A figure of the memo: as it is told, and where it stands in the plan workbook."""

    text: str
    page: str
    row: str
    column: str
    value: float


@dataclass(frozen=True)
class Memo:
    """The memo as blocks; `figures` and `quoted` are what its figures and whole sentences were taken from."""

    title: str
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]
    quoted: tuple[str, ...]
    made: datetime

    def html(self) -> str:
        """The whole HTML file."""
        return html_document(self.title, self.blocks, STYLE)

    def word(self) -> bytes:
        """The content of a .docx file."""
        from planner.results.word import word_document  # noqa: PLC0415 - only where a Word file is written

        return word_document(self.title, self.blocks, self.made, close=True)


def memo(case: Case, plan: Plan, made: datetime | None = None) -> Memo:
    """The memo of a plan that was found; `made` is its date.

    Raises:
        ValueError: There is no plan to speak of.
    """
    if not plan.found:
        message = f"There is no plan to write a memo about ({plan.status})."
        raise ValueError(message)
    writer = _Writer(case, tidy(plan))
    blocks = tuple(writer.blocks())
    title = f"{case.name or 'Plan'}: memo"
    return Memo(title, blocks, tuple(writer.figures), tuple(writer.quoted), made or datetime.now())


@dataclass
class _Writer:
    """Writes the memo, and notes what it takes from where."""

    case: Case
    plan: Plan
    figures: list[Figure] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        """The page from top to bottom."""
        case = self.case
        yield Heading(1, f"Memo: {case.name or 'the plan'}")
        span = days(case.origin, case.date(case.horizon - 1.0))
        yield Text(f"{span}. {standing_of_plan(self.plan, case).line}", "small")
        if self.plan.verified is False:
            yield Text(check_sentence(self.plan), "sure")
        for title, part in (
            ("What it gives", self._gives), ("What it costs", self._costs), ("What is not kept", self._not_kept),
            ("What it rests on", self._rests), ("What is asked", self._asks),
        ):  # fmt: skip
            yield Heading(2, title)
            yield from part()

    @cached_property
    def views(self) -> Mapping[str, Rows]:
        """Pages of the plan workbook by their names: rows by key, in order."""
        case, plan = self.case, self.plan
        money, shares = unspent(case, plan), outcomes_by(case, plan, "country")
        weak = weak_rows(case, plan, least=0.0)
        return {
            "Summary": _rows(headline(plan, case), "Outcome"),
            "The division": _rows(headlines(case, plan).divided_table(), "What"),
            "Money": _rows(money, "Account"),
            "Outcomes": _rows(shares, "Outcome", "Country"),
            "Queues": _rows(queues_summary(case, plan), "Caseload"),
            "Evidence": _rows(weak, "Sheet", "Row"),
        }

    def tell(self, page: str, row: str, column: str, unit: str = "", way: Callable[[float, str], str] = figure) -> str:
        """A figure of a page as it is told, noted."""
        return self.note(page, row, column, float(self.views[page][row][column]), unit, way)

    def note(
        self, page: str, row: str, column: str, value: float, unit: str = "",
        way: Callable[[float, str], str] = figure,
    ) -> str:  # fmt: skip
        """A figure that is a sum or a count over a page, as it is told, noted."""
        text = way(value, unit)
        self.figures.append(Figure(text, page, row, column, value))
        return text

    def quote(self, sentences: Sequence[str]) -> list[str]:
        """Whole sentences of the plan's pages, noted."""
        self.quoted += sentences
        return list(sentences)

    def fitted(self, lines: Sequence[str], room: int, page: str) -> list[str]:
        """As many lines as there is room for, and how many more stand on which page."""
        kept: list[str] = []
        for line in lines:
            room -= math.ceil(len(line) / WIDTH)
            if room < 0 and kept:
                more = self.note(page, "", "further lines", float(len(lines) - len(kept)))
                return [*kept, f"... and {more} more on sheet {page} of the plan."]
            kept.append(line)
        return kept

    # What it gives

    @cached_property
    def _outcomes(self) -> Rows:
        """Headline outcomes that are no cost, all where none is a headline."""
        rows = self.views["Summary"]
        heads = {name: row for name, row in rows.items() if row["Headline"] not in ("", "cost")}
        return dict(list((heads or rows).items())[:MOST_OUTCOMES])

    @property
    def _anyway(self) -> tuple[str, str]:
        """Column of what differences are against, and how people say it; blank where nothing is compared."""
        if self.plan.continuation:
            return "Continuation", "if things go on as they are"
        return ("Doing nothing", "if nothing new is decided") if self.plan.doing_nothing else ("", "")

    def _gives(self) -> Iterator[Block]:
        """People first: the outcomes in a sentence each, who gets most, then the table."""
        said, (column, anyway) = [], self._anyway
        if not self._outcomes:
            yield Text("The workbook counts no outcome.")
            return
        firsts = {row["Headline"]: name for name, row in reversed(list(self._outcomes.items()))}
        for name, row in self._outcomes.items():
            if firsts[row["Headline"]] != name:
                continue
            unit = str(row["Unit"])
            now = f"{row['What it is']}: {self.tell('Summary', name, 'Plan total', unit)} {unit}"
            if not column or not _there(row[column]):
                said.append(f"{now}.")
                continue
            said.append(f"{now}, {self._against(name, row, unit)} than {anyway}.")
        yield Text(" ".join(said))
        if who := self._who(next(iter(self._outcomes))):
            yield Text(who)
        yield self._outcome_table()

    def _against(self, name: str, row: Mapping[str, Any], unit: str) -> str:
        """How much more or less a figure is than without the plan; what is worse is said to be."""
        more = float(row[DIFFERENCE])
        told = self.tell("Summary", name, DIFFERENCE, unit, way=lambda v, u: figure(abs(v), u))
        worse = "" if told == "0" or (more > 0.0) == (row["Wanted"] != "less") else ", which is worse,"
        return f"{told} {'more' if more > 0.0 else 'less'}{worse}"

    def _who(self, outcome: str) -> str:
        """Where most of an outcome is."""
        mine = [(k, r) for k, r in self.views["Outcomes"].items() if r["Outcome"] == outcome and r["Share"] > 0.0]
        parts = [
            f"{row['Country']} {self.tell('Outcomes', key, 'Share', way=_share)}" for key, row in mine[:MOST_NAMED]
        ]
        return f"Who gets it, of '{outcome}': {listed(parts)}." if len(mine) > 1 else ""

    def _outcome_table(self) -> Table:
        """Outcomes: last year known, what goes on, plan, difference."""
        heads = {LAST: "Last known year, a year", self._anyway[0]: "Goes on anyway" if self.plan.continuation else
                 self._anyway[0], "Plan total": "This plan", DIFFERENCE: DIFFERENCE}  # fmt: skip
        kept = {c: head for c, head in heads.items() if c and any(_there(r[c]) for r in self._outcomes.values())}
        rows = []
        for name, row in self._outcomes.items():
            unit = str(row["Unit"])
            ways = {c: change if c == DIFFERENCE else figure for c in kept}
            cells = [self.tell("Summary", name, c, unit, way=ways[c]) if _there(row[c]) else "" for c in kept]
            rows.append([f"{name}, {unit} ({row['Wanted']} is better)", *cells])
        return Table(pd.DataFrame(rows, columns=["Over the plan", *kept.values()]), tuple(kept.values()))

    # What it costs

    def _costs(self) -> Iterator[Block]:
        """Money by phase and payer, what stays unspent; staff."""
        unit = UNITS["money"]
        row, whole = TITLES["money"], "Plan total or average"
        phases = [
            f"{self.tell('The division', row, phase.phase, unit)} in {phase.label or phase.phase}"
            for phase in self.case.of(Time)
        ]
        total = self.tell("The division", row, whole, unit)
        spent = f"USD {total} million in all{self._more_than_anyway()}: {listed(phases)}."
        said = [spent if total != "0" else "It spends no money."]
        payers = {a: float(r["Paid"]) for a, r in self.views["Money"].items() if r["Paid"] > 0.0}
        order = ranked(payers, payers.__getitem__)
        named = [f"{account} {self.tell('Money', account, 'Paid', unit)}" for account in order[:MOST_NAMED]]
        rest = len(order) - MOST_NAMED
        named += [f"{self.note('Money', '', 'further accounts', float(rest))} more"] if rest > 0 else []
        said += [f"It is paid by {listed(named)} (USD million)."] if named else []
        idle = math.fsum(float(r["Lapsed"] + r["Left at the end"]) for r in self.views["Money"].values())
        if idle > 0.0005:
            told = self.note("Money", "Total", "Lapsed + Left at the end", idle, unit)
            said.append(f"USD {told} million of what is given lapses or stays unspent.")
        row = TITLES["officers"]
        if self.views["The division"][row][whole] > 0.0:
            said.append(f"It takes {self.tell('The division', row, whole)} staff at work on average (FTE).")
        yield Text(" ".join(said))

    def _more_than_anyway(self) -> str:
        """By how much a cost in USD million that is an outcome differs from what goes on."""
        rows = self.views["Summary"].items()
        costs = [
            n for n, r in rows if r["Headline"] == "cost" and r["Unit"] == UNITS["money"] and _there(r[DIFFERENCE])
        ]
        if not costs or not self._anyway[1]:
            return ""
        told = self.tell("Summary", costs[0], DIFFERENCE, UNITS["money"], way=lambda v, u: figure(abs(v), u))
        more = "more" if self.views["Summary"][costs[0]][DIFFERENCE] > 0.0 else "less"
        return f", {told} million {more} than {self._anyway[1]}"

    # What is not kept

    def _not_kept(self) -> Iterator[Block]:
        """Promises, limits over time, and what the plan does less than goes on."""
        lines = self.quote(not_kept(self.case, self.plan))
        found = self.views["Queues"]
        late = {name: float(row["Most over the limit"]) for name, row in found.items()
                if _there(row["Most over the limit"]) and row["Most over the limit"] > 0.5}  # fmt: skip
        order = ranked(late, late.__getitem__)
        for name in order[:MOST_NAMED]:
            over = self.tell("Queues", name, "Most over the limit", "people")
            limit = self.tell("Queues", name, "Limit, days")
            left = ""
            if _there(found[name]["Left on time, share"]):
                left = (
                    f"; {self.tell('Queues', name, 'Left on time, share', way=_share)} of those who leave are on time"
                )
            lines.append(f"{name}: up to {over} people wait longer than their limit of {limit} days{left}.")
        if len(order) > MOST_NAMED:
            more = self.note("Queues", "", "further queues over their limit", float(len(order) - MOST_NAMED))
            lines.append(f"{more} more queues are over their limits (sheet Queues).")
        lines += self.quote(done_less(self.case, self.plan))
        yield (
            Items(self.fitted(lines, ROOM_KEPT, "Summary"))
            if lines
            else Text(f"{ALL_KEPT} Nobody waits beyond a time limit.")
        )

    # What it rests on

    def _rests(self) -> Iterator[Block]:
        """The share of weak figures, the heaviest of them by name, then how sure the plan is."""
        found = self.views["Evidence"]
        columns = {"Share of all money": "of the money", "Share of all people moved": "of the moves of people"}
        sure, lines = " ".join(self.quote([status_sentence(self.plan), check_sentence(self.plan)])), []
        if found:
            sums = [
                f"{self.note('Evidence', '', c, min(1.0, sum(float(r[c]) for r in found.values())), way=_share)} {what}"
                for c, what in columns.items()
            ]
            words = " or ".join(self.case.setting(f"grade {grade}") for grade in WEAK)
            yield Text(f"{listed(sums)} rest on figures graded {words}. The heaviest:")
        for name, row in list(found.items())[:MOST_NAMED]:
            parts = [
                f"{self.tell('Evidence', name, c, way=_share)} {what}" for c, what in columns.items() if row[c] >= 5e-4
            ]
            lines.append(f"{row['Row']} ({row['Cell']}, {row['Grade']}): {listed(parts)}.")
        if lines:
            yield Items(self.fitted(lines, ROOM_WEAK, "Evidence"))
        yield Text(f"These are what to find out first. {sure}" if lines else sure)

    # What is asked

    def _asks(self) -> Iterator[Block]:
        """The decisions: how many of whom, then the weightiest with their dates."""
        kinds = [list(kind) for kind in (self._money_asked(), self._staff_asked(), self._switches_asked())]
        asked = [one for kind in kinds for one in kind]
        if not asked:
            yield Text("No new decision: the plan carries on with what is decided.")
            return
        by: dict[str, int] = {}
        for _, who, _, _ in asked:
            by[who] = by.get(who, 0) + 1
        order = sorted(by, key=lambda who: (-by[who], who))
        told = [(who, self.note("Reforms", who, "decisions", float(by[who]))) for who in order[:MOST_DECIDERS]]
        counts = [f"{number} by {who}" if who != NOT_SAID else f"{number} {who} by whom" for who, number in told]
        rest = sum(by[who] for who in order[MOST_DECIDERS:])
        counts += [f"{self.note('Reforms', '', 'decisions of others', float(rest))} by others"] if rest else []
        shown = sorted(_weightiest(kinds), key=lambda a: (a[2], a[0]))
        whole = self.note("Reforms", "", "decisions", float(len(asked)))
        first = " These weigh most:" if len(asked) > len(shown) else ""
        yield Text(f"{whole} decisions are wanted: {listed(counts)}.{first}")
        rows = [[what, who, short_day(when)] for what, who, when, _ in shown]
        yield Table(pd.DataFrame(rows, columns=["Decision", "Who", "By"]))

    def _money_asked(self) -> Iterator[Asked]:
        """Money to be given to each account that pays: what, who, by when, and how much it weighs."""
        owners = {row.account: row.owner for row in self.case.of(Funding)}
        start = {p.name: self.case.date(p.start) for p in self.case.phases}
        money = self.views["Money"]
        for account in dict.fromkeys(row.account for row in self.case.of(Appropriations)):
            if account in money and money[account]["Paid"] > 0.0:
                first = min(start[r.phase] for r in self.case.of(Appropriations) if r.account == account)
                paid, given = (self.tell("Money", account, c, UNITS["money"]) for c in ("Paid", "Came in"))
                said = f"Spend USD {paid} million of the {given} million of {account}"
                yield said, owners[account] or NOT_SAID, first, float(money[account]["Paid"])

    def _staff_asked(self) -> Iterator[Asked]:
        """People to be hired, the largest cadres, from the day on which the first of them begin to be sought."""
        done, periods = self.plan.tables["activities"], self.plan.tables["periods"]
        begins = dict(zip(periods["period"], periods["from"], strict=True))
        hires: dict[str, dict[int, float]] = {}
        rows = done[(done["kind"] == "hire") & (done["level"] > 1e-6)]
        for cadre, t, level in zip(rows["cadre"], rows["period"], rows["level"], strict=True):
            own = hires.setdefault(str(cadre), {})
            own[int(t)] = own.get(int(t), 0.0) + float(level)
        for cadre in ranked(hires, lambda c: sum(hires[c].values()))[:2]:
            amount = sum(hires[cadre].values())
            told, day = self.note("Officers", cadre, "Hired", amount, "people"), as_date(begins[min(hires[cadre])])
            assert day is not None
            yield f"Hire {told} people as {cadre}", NOT_SAID, day, amount

    def _switches_asked(self) -> Iterator[Asked]:
        """Reforms and sites with their dates; each weighs as much as it opens."""
        deciders = {row.reform: row.decider or NOT_SAID for row in self.case.of(Reforms)}
        opens = enabled_rows(self.case)
        switches = self.plan.tables["switches"]
        for switch, kind, row, taken_on in zip(*(switches[c] for c in ("switch", "kind", "row", "date")), strict=True):
            day = as_date(taken_on)
            if day is None or kind not in ("reform", "site"):
                continue
            verb = {"open": "Open ", "close": "Close "}.get(str(switch).partition(":")[0], "")
            who = deciders.get(str(row), NOT_SAID) if kind == "reform" else NOT_SAID
            yield f"{verb}{row}", who, day, float(len(opens.get(str(row), [])))


def _weightiest(kinds: Sequence[Sequence[Asked]]) -> list[Asked]:
    """The decisions that there is room for: of money and staff the largest, then those that open most."""
    chosen: list[Asked] = []
    for kind, most in zip(kinds, (MOST_NAMED, 1, MOST_ASKED), strict=True):
        chosen += ranked(kind, lambda asked: asked[3])[: min(most, MOST_ASKED - len(chosen))]
    return chosen
