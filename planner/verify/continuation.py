"""What goes on without the plan, replayed from its decisions: it can be carried out, and its outcomes are as stated.

The levels that go on are read from the sheets anew. Floors, rules that people chose and time limits bind nobody here;
balances, capacities, money and what must go with what hold as in any plan. That no more of the levels could have been
kept, and that what is done beyond them (item *beyond*) cannot be left, is the solver's word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.sheets import (
    Deployments,
    Needs,
    Overrides,
    Pipelines,
    PreviousPlan,
    Programmes,
    RawActivities,
    Row,
    Staff,
    Transfers,
    Visas,
)
from planner.verify.balances import Ledger, check_bounds, check_portions
from planner.verify.calendar import Calendar
from planner.verify.costs import Costs, check_matches, check_paid, check_payers, check_steps
from planner.verify.inputs import MONEY, Inputs, rate_of
from planner.verify.measures import Measures
from planner.verify.occupancy import Use
from planner.verify.outcomes import Scores
from planner.verify.rates import check_curves, check_growth, check_known, check_needs, check_paces, check_running
from planner.verify.read_work import deed_named
from planner.verify.replay import Replay
from planner.verify.report import Array, CheckLog, Opener
from planner.verify.rules import implied_laws

Reader = Callable[[Inputs], None]
BOOKS = ("lapsed", "used", "paid")
"""Items of balances, by step."""
ITEMS = ("level", "effective", "running", "started", "beyond", "taken", "paid for", "moved", *BOOKS)
BY_HAND: tuple[tuple[type[Row], str], ...] = (
    (Pipelines, "stage"), (Programmes, "programme"), (Visas, "visa"), (Staff, "hire"), (RawActivities, "raw"),
    (Transfers, "transfer"), (Deployments, "deploy"),
)  # fmt: skip
"""Kind of the activity that a row of each sheet decides."""


def check_continuation(case: Case, plan: Plan, calendar: Calendar, readers: Iterable[Reader], opener: Opener) -> None:
    """Replay what goes on; nothing where the plan carries none."""
    table, stated = plan.tables["continuation"], plan.continuation
    book = opener("continuation", "What goes on without the plan: it can be carried out, and comes to what is stated")
    book.count()
    if not len(table) and not stated:
        return
    strays = _strays(table, len(calendar))
    if strays or not stated or not len(table):
        book.fail("continuation", strays or "its outcomes and its decisions do not stand together")
        return
    inputs = Inputs(replace(case, rows={**case.rows, Overrides: ()}), calendar)
    for read in readers:
        read(inputs)

    def beside(_check: str, _title: str) -> CheckLog:
        return book

    replay = Replay(inputs, _tables(table))
    _levels(replay, table, book)
    _days(replay, table, book)
    check_growth(replay, beside)
    for activity in inputs.activities.values():  # floors are promises of a plan, which bind nobody here
        activity.lower = np.zeros(replay.periods)
    for decided in (check_known, check_paces, check_running, check_curves, check_needs):
        decided(replay, beside)
    ledger = Ledger(replay)
    check_bounds(ledger, beside)
    check_portions(ledger, beside)
    use = Use(replay)
    for name, item in inputs.capacities.items():
        most = item.ceiling * use.available[name]
        book.at_most(name, "what is used of it", use.occupied[name], most, use.scale[name])
    costs = Costs(ledger)
    for paid in (check_paid, check_payers, check_steps, check_matches):
        paid(costs, beside)
    measures = Measures(costs, use)
    for law in implied_laws(measures):
        book.at_most(law.rule, "the limit is missed by what", np.array([law.broken]), np.zeros(1), law.scale)
    _outcomes(Scores(measures), stated, book)


def _outcomes(scores: Scores, stated: Mapping[str, float], book: CheckLog) -> None:
    """Every outcome as it is stated."""
    for name in sorted({*scores.value, *stated}):
        if name not in scores.value or name not in stated:
            book.fail(name, "it is stated, and no row asks for it" if name in stated else "it is not stated")
            continue
        one, other = np.array([float(stated[name])]), np.array([scores.value[name]])
        book.equal(name, "its value without the plan", one, other, scores.scale[name])


def _strays(table: pd.DataFrame, periods: int) -> str:
    """What in the table of decisions can be no decision; empty if all can."""
    period = pd.to_numeric(table["period"], errors="coerce")
    amount = pd.to_numeric(table["amount"], errors="coerce")
    if not period.between(0, periods - 1).all():
        return "a decision belongs to a period that the plan does not have"
    if not np.isfinite(amount.to_numpy(float)).all():
        return "a decision is no finite number"
    return "" if table["item"].isin(ITEMS).all() else "a decision is of a kind that there is not"


def _days(replay: Replay, table: pd.DataFrame, book: CheckLog) -> None:
    """Books are kept by the steps of their stock, each once and in its period; other decisions have no day."""
    books = table["item"].isin(BOOKS)
    book.count(len(table))
    if table.loc[~books & (table["item"] != "moved"), "start_day"].notna().any():
        book.fail("continuation", "a decision that belongs to a period has a day of its own")
    for (item, name), rows in table[books].groupby(["item", "subject"], sort=False):
        stock = replay.inputs.stocks.get(str(name))
        if stock is None:
            book.fail(str(name), "no row of the workbook makes such a balance")
            continue
        cuts = {*stock.carry, *stock.breaks}
        edges = sorted(
            {*map(float, replay.calendar.edges[:-1]), *(d for d in cuts if 0.0 < d < replay.calendar.horizon)}
        )
        days = [float(day) for day in rows["start_day"]]
        whole = item == "lapsed" or len(days) == len(edges)
        if not (whole and len(set(days)) == len(days) and set(days) <= set(edges)):
            book.fail(str(name), "its books are not kept by the steps of the balance")
            continue
        at = np.searchsorted(replay.calendar.end, np.array(days), side="right")
        if [int(p) for p in rows["period"]] != at.tolist():
            book.fail(str(name), "a step of its books lies in another period")


def _tables(table: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """The decisions as the tables that a replay reads."""
    groups = {str(item): rows for item, rows in table.groupby("item", sort=False)}
    nothing = table.iloc[:0]

    def of(*items: str) -> pd.DataFrame:
        parts = [groups[i] for i in items if i in groups]
        return pd.concat(parts) if parts else nothing

    done = of("level", "effective", "running", "started")
    activities = done.pivot_table(index=["subject", "period"], columns="item", values="amount", aggfunc="sum")
    activities = activities.reset_index().rename(columns={"subject": "activity"})
    books = of("lapsed", "used", "paid")
    stocks = books.pivot_table(index=["subject", "start_day"], columns="item", values="amount", aggfunc="sum")
    stocks = stocks.reset_index().rename(columns={"subject": "stock"})
    taken, paid, moved = of("taken"), of("paid for"), of("moved").rename(columns={"subject": "activity"})
    return {
        "activities": activities.reindex(columns=["activity", "period", "level", "effective", "running", "started"]),
        "stocks": stocks.reindex(columns=["stock", "start_day", "lapsed", "used", "paid"]).fillna(0.0),
        "switches": pd.DataFrame({"switch": taken["subject"], "taken": True, "period": taken["period"]}),
        "moved": moved[["activity", "period", "start_day", "amount"]],
        "payments": paid.rename(columns={"subject": "bill"})[["account", "bill", "period", "amount"]],
    }


def _levels(replay: Replay, table: pd.DataFrame, book: CheckLog) -> None:
    """Nothing is done beyond what goes on and what is said to be inevitable; no reform is taken that need not be."""
    inputs = replay.inputs
    allowed = _allowed(replay)
    for name, period, amount in table.loc[table["item"] == "beyond", ["subject", "period", "amount"]].itertuples(False):
        row = allowed.setdefault(str(name), np.zeros(replay.periods))
        row[_stretch(replay, str(name), int(period))] += float(amount)
    for name, level in replay.level.items():
        activity = inputs.activities.get(name)
        if activity is None or name.partition(":")[0] in ("release", "run", "arrive", "soften"):
            continue
        most = allowed.get(name, np.zeros(replay.periods))
        book.at_most(name, "its level", level, most, max(activity.scale, float(most.max(initial=0.0))))
    for name in replay.taken:
        switch = inputs.switches.get(name)
        book.count()
        if switch is None or not switch.must:
            book.fail(name, "it is taken, and need not be")


def _stretch(replay: Replay, name: str, period: int) -> slice:
    """Periods that share the decision of a period."""
    activity = replay.inputs.activities.get(name)
    if activity is None or activity.decided == "period":
        return slice(period, period + 1)
    phases = replay.calendar.phase
    last = max((t for t, p in enumerate(phases) if p == phases[period]), default=period)
    return slice(period, replay.periods if activity.decided == "horizon" else last + 1)


def _allowed(replay: Replay) -> dict[str, Array]:
    """The most of each activity by period, in units: what goes on, and what others ask for at what goes on."""
    inputs, calendar = replay.inputs, replay.calendar
    paces = dict(_paces(inputs))
    known = dict(BY_HAND)
    kind_of = {sheet.SHEET: kind for sheet, kind in known.items()}
    earlier: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in inputs.case.of(PreviousPlan):
        begin, end = calendar.phase_span(row.phase) if row.phase else (0.0, calendar.horizon)
        earlier[f"{kind_of.get(row.sheet, '')}:{row.row}"].append((begin, end, row.level))
    found: dict[str, Array] = {}
    for name in sorted({*paces, *earlier} & set(inputs.activities)):
        activity = inputs.activities[name]
        begins, ends = calendar.active(activity.window)
        days, level = replay.active_days(activity).copy(), np.zeros(replay.periods)
        for begin, end, amount in earlier.get(name, ()):
            overlap = np.maximum(0.0, np.minimum(ends, end) - np.maximum(begins, begin))
            level += amount * overlap / (end - begin)
            days = np.maximum(0.0, days - overlap)
        found[name] = level + paces.get(name, 0.0) * days / 365.0
    return _asked(inputs, replay, found)


def _paces(inputs: Inputs) -> Iterable[tuple[str, float]]:
    """Units a year at which activities go on."""
    case = inputs.case
    units = {"transfer": MONEY, "deploy": 365.0}
    going = False
    for sheet, kind in BY_HAND:
        for row in case.of(sheet) if kind != "hire" else ():
            level = row.last_actual if row.goes_on_at is None else row.goes_on_at  # type: ignore[attr-defined]
            if level:
                going = True
                yield f"{kind}:{row.id}", level * units.get(kind, 1.0)
    posts = [row.goes_on_at for row in case.of(Staff)]
    if going or any(posts) or any(row.level for row in case.of(PreviousPlan)):
        for cadre in case.of(Staff):
            held = cadre.on_board if cadre.goes_on_at is None else cadre.goes_on_at
            yield f"hire:{cadre.id}", held * rate_of(cadre.attrition)


def _asked(inputs: Inputs, replay: Replay, found: dict[str, Array]) -> dict[str, Array]:
    """Raise what others need to what they ask for, services of services too."""
    rows = inputs.case.of(Needs)
    for _ in rows:
        before = {name: level.copy() for name, level in found.items()}
        asked: dict[str, Array] = defaultdict(lambda: np.zeros(replay.periods))
        for row in rows:
            asked[deed_named(inputs, row.needed)] += row.ratio * found.get(deed_named(inputs, row.row), 0.0)
        for name, level in asked.items():
            found[name] = np.maximum(found.get(name, 0.0), level)
        if all(np.array_equal(before.get(name, np.zeros(replay.periods)), level) for name, level in found.items()):
            break
    return found
