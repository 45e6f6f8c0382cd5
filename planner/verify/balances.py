"""Balances of people, money, numbers, indicators, capital and raw stocks, step by step (K1, K2)."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import numpy as np

from planner.verify.inputs import PEOPLE, Activity, RecipeLine, Stock
from planner.verify.replay import Balance, Replay
from planner.verify.report import Array, Opener
from planner.wording.figures import typed

MOST_ROUNDS = 200
"""Rounds in which compartments with different steps exchange what they lose; a few suffice."""
ROUNDING = 1e-12
"""Share of the most that a stock has held which the sums of its balance leave by rounding."""
COLUMNS = ("opening", "inflow", "made", "switched", "gained", "used", "paid", "lost", "lapsed", "closing")


class Ledger:
    """All balances, recomputed from the decisions."""

    def __init__(self, replay: Replay) -> None:
        """Carry every stock from its opening to the end."""
        self.replay, self.inputs = replay, replay.inputs
        self.periods = replay.periods
        self.balances: dict[str, Balance] = {}
        self._flows: dict[str, tuple[Array, ...]] = {}
        for family in self._families():
            self._carry(family)

    def _families(self) -> list[list[Stock]]:
        """Stocks that lose to each other belong together; others stand alone."""
        parent = {name: name for name in self.inputs.stocks}

        def root(name: str) -> str:
            while parent[name] != name:
                name = parent[name]
            return name

        for stock in self.inputs.stocks.values():
            for target, _ in stock.loss_to:
                parent[root(stock.id)] = root(target)
        groups: dict[str, list[Stock]] = defaultdict(list)
        for stock in self.inputs.stocks.values():
            groups[root(stock.id)].append(stock)
        return list(groups.values())

    def _carry(self, family: list[Stock]) -> None:
        """Carry a family: together where its members share their steps, else in turn until nothing changes."""
        steps = [self.replay.steps(stock) for stock in family]
        if all(np.array_equal(s.edges, steps[0].edges) for s in steps):
            share = np.zeros((len(family), len(family)))
            number = {stock.id: i for i, stock in enumerate(family)}
            for stock in family:
                for target, part in stock.loss_to:
                    share[number[target], number[stock.id]] += part
            self._run(family, share, np.zeros((len(family), len(steps[0]))))
            return
        gains = {stock.id: np.zeros(len(s)) for stock, s in zip(family, steps, strict=True)}
        for _ in range(MOST_ROUNDS):
            for stock in family:
                self._run([stock], np.zeros((1, 1)), gains[stock.id][None, :])
            fresh = self._gains(family)
            still = all(np.allclose(fresh[name], gains[name], rtol=1e-14, atol=1e-12) for name in gains)
            gains = fresh
            if still:
                return

    def _gains(self, family: list[Stock]) -> dict[str, Array]:
        """What each member gains, a step's loss being even over its days."""
        gains = {stock.id: np.zeros(len(self.replay.steps(stock))) for stock in family}
        for stock in family:
            balance = self.balances[stock.id]
            lost_before = np.append(0.0, np.cumsum(balance.lost))
            for target, part in stock.loss_to:
                edges = self.replay.steps(self.inputs.stocks[target]).edges
                gains[target] += part * np.diff(np.interp(edges, balance.steps.edges, lost_before))
        return gains

    def _run(self, family: list[Stock], share: Array, given: Array) -> None:
        """Step a family through its days; `share` says who gains what others lose, `given` is gained besides."""
        replay = self.replay
        steps = [replay.steps(stock) for stock in family]
        for stock in family:
            if stock.id not in self._flows:
                self._flows[stock.id] = replay.flows(stock)
        inflow, made, switched, used, paid = (np.array([self._flows[s.id][k] for s in family]) for k in range(5))
        count = len(steps[0])
        loss = np.array([s.loss for s in family])
        on_opening = np.array([s.on_opening for s in family])
        opening, lost, closing, gained = (np.zeros((len(family), count)) for _ in range(4))
        lapsed = np.array([replay.disposed.get(s.id, np.zeros(count)) for s in family])
        kept = np.array([s.kept for s in steps])
        balance = np.array([s.opening for s in family])
        for j in range(count):
            opening[:, j] = balance
            unkept = (1.0 - kept[:, j]) * balance
            exponent = loss * steps[0].days[j] / 365.0
            gone = -np.expm1(-exponent)
            passing = np.where(
                (exponent > 0.0) & ~on_opening, 1.0 - gone / np.where(exponent > 0.0, exponent, 1.0), 0.0
            )
            net = inflow[:, j] + made[:, j] + switched[:, j] + given[:, j] - used[:, j] - paid[:, j]
            net -= lapsed[:, j] - unkept
            left = gone * kept[:, j] * balance + passing * net
            if share.any():
                left = np.linalg.solve(np.eye(len(family)) - passing[:, None] * share, left)
            gained[:, j] = share @ left
            lost[:, j] = left
            balance = balance - unkept + net + gained[:, j] - left
            closing[:, j] = balance
        for i, stock in enumerate(family):
            self.balances[stock.id] = Balance(
                steps[i], opening[i], inflow[i], made[i], switched[i], gained[i] + given[i], used[i], paid[i], lost[i],
                lapsed[i], closing[i], replay.undelivered(stock.id),
            )  # fmt: skip

    def presence(self, stock: str) -> Array:
        """Unit-days in each period, by the trapezoid over steps; what rounding leaves of an empty stock is nothing."""
        balance = self.balances[stock]
        steps = balance.steps
        days = steps.by_period(steps.days * (steps.kept * balance.opening + balance.closing) / 2.0, self.periods)
        most = float(max(np.abs(balance.opening).max(initial=0.0), np.abs(balance.entered).max(initial=0.0)))
        rounding = ROUNDING * most * steps.by_period(steps.days, self.periods)
        return np.where(np.abs(days) <= rounding, 0.0, days)

    def entered(self, stock: str) -> Array:
        """What enters in each period."""
        balance = self.balances[stock]
        return balance.steps.by_period(balance.entered, self.periods)

    def closing(self, stock: str) -> Array:
        """Balance at each period's end."""
        balance = self.balances[stock]
        return np.asarray(balance.closing[balance.steps.last])

    @cached_property
    def over(self) -> dict[str, Array]:
        """People beyond the time limit at each period's end, negative where there is room."""
        return {s.id: self._late(s) for s in self.inputs.stocks.values() if s.limit is not None}

    def entries(self, stock: str) -> Array:
        """Everyone who ever entered, by period's end."""
        return np.asarray(self.inputs.stocks[stock].opening + np.cumsum(self.entered(stock)))

    def _late(self, stock: Stock) -> Array:
        """Entries of W days ago that have not left."""
        calendar = self.replay.calendar
        entries = self.entries(stock.id)
        days, known = [0.0, *calendar.end], [stock.opening, *entries]
        asked = calendar.end - (stock.limit or 0.0)
        before = stock.opening * np.maximum(0.0, 1.0 + asked / stock.age) if stock.age > 0.0 else np.zeros(len(asked))
        due = np.where(asked < 0.0, before, np.interp(asked, days, known))
        return np.asarray(due - (entries - self.closing(stock.id)))

    def late_days(self, stock: str) -> Array:
        """Unit-days beyond the time limit in each period."""
        item = self.inputs.stocks[stock]
        limit = item.limit or 0.0
        at_start = item.opening * (1.0 - limit / item.age) if item.age > limit else 0.0
        over = np.maximum(0.0, self.over[stock])
        return np.asarray(self.replay.calendar.days * (np.append(at_start, over[:-1]) + over) / 2.0)


def check_balances(ledger: Ledger, opener: Opener) -> None:
    """Every column of table stocks against the replay."""
    book = opener("balances", "Balances of people, accounts, quotas, indicators, capital and staff, step by step")
    table = ledger.replay.tables["stocks"]
    columns = {
        name: table[name].to_numpy(float) for name in (*COLUMNS, "undelivered", "start_day", "end_day", "period")
    }
    groups = {str(name): rows for name, rows in table.groupby("stock", sort=False).indices.items()}
    for name, balance in ledger.balances.items():
        rows = groups.get(name)
        stock = ledger.inputs.stocks[name]
        if rows is None:
            book.fail(name, "the plan has no balance of it")
            continue
        steps = balance.steps
        if len(rows) != len(steps) or not np.array_equal(columns["start_day"][rows], steps.edges[:-1]):
            book.fail(name, f"its {len(rows)} steps do not begin on the days {[float(d) for d in steps.edges[:-1]]}")
            continue
        labels = [ledger.replay.calendar.names[int(t)] for t in steps.period]
        scale = max(stock.unit, balance.size)
        book.equal(name, "its last day", columns["end_day"][rows], steps.edges[1:], 1.0, labels=labels)
        book.equal(name, "its period", columns["period"][rows], steps.period, 1.0, labels=labels)
        for column in COLUMNS:
            book.equal(name, f"'{column}'", columns[column][rows], getattr(balance, column), scale, labels=labels)
        at_end = np.array([balance.undelivered])
        book.equal(name, "what is under way at the end", columns["undelivered"][rows][-1:], at_end, scale)
    for name in groups.keys() - ledger.balances.keys():
        book.fail(name, "no row of the workbook makes such a balance")


def _held(ends: Array, first: float) -> Array:
    """Whether a limit from a day on holds as periods end: where the day lies before, or is the end of the plan."""
    return np.asarray((ends > first + 1e-6) | ((ends == ends[-1]) & (abs(first - ends[-1]) <= 1e-6)))


def check_bounds(ledger: Ledger, opener: Opener) -> None:
    """Nothing below its least or above its largest amount, nothing thrown away that may not be."""
    book = opener("balance limits", "Balances within their limits: nothing negative, no ceiling passed")
    replay = ledger.replay
    for name, balance in ledger.balances.items():
        stock, steps = ledger.inputs.stocks[name], balance.steps
        scale = max(stock.unit, balance.size)
        ends = steps.edges[1:]
        labels = [replay.calendar.names[int(t)] for t in steps.period]
        if stock.lower is not None:
            lower = np.where(_held(ends, stock.lower_from), stock.lower, 0.0)
            book.at_least(name, "its balance", balance.closing, lower, scale, labels=labels)
        if stock.upper is not None:
            held = _held(ends, stock.upper_from)
            upper = np.where(held, stock.upper + replay.raised(name, ends), np.inf)
            book.at_most(name, "its balance", balance.closing, upper, scale, labels=labels)
        thrown = balance.lapsed - (1.0 - steps.kept) * balance.opening
        book.at_least(
            name, "what lapses besides what is not carried over", thrown, np.zeros(len(steps)), scale, labels=labels
        )
        if not stock.disposable:
            book.at_most(name, "what is thrown away", thrown, np.zeros(len(steps)), scale, labels=labels)


def check_portions(ledger: Ledger, opener: Opener) -> None:
    """Numbers that lapse inside a period: used as fast as their users may go, and in all what their users use."""
    book = opener("places before they lapse", "Places used before and after they lapse inside a period")
    replay = ledger.replay
    for name, stock in ledger.inputs.stocks.items():
        several, lines = replay.several(stock), replay.splitting(stock)
        if not several.any() or not lines:
            continue
        steps, balance = replay.steps(stock), ledger.balances[name]
        even = sum((replay.amount(d, line) @ replay.shares(d, line.profile, steps.edges) for d, line in lines),
                   start=np.zeros(len(steps)))  # fmt: skip
        divided = balance.used - (replay.linked(name, "use", steps.edges) - even)
        scale = max(stock.unit, balance.size)
        book.at_least(name, "what is used in a step", divided * several, np.zeros(len(steps)), scale)
        asked = sum((replay.amount(d, line) for d, line in lines), start=np.zeros(replay.periods))
        of = steps.period.astype(int)
        asked = np.where(np.bincount(of, weights=several, minlength=replay.periods) > 0.0, asked, 0.0)
        book.equal(name, "what is used in the steps of a period", steps.by_period(divided * several, replay.periods),
                   asked, scale)  # fmt: skip
        for t in np.unique(of[several > 0.0]):
            inside = np.flatnonzero((of == t) & (several > 0.0))
            for first in range(len(inside)):
                for last in range(first, len(inside)):
                    begin, end = float(steps.edges[inside[first]]), float(steps.edges[inside[last] + 1])
                    most = sum(_fastest(replay, d, line, int(t), begin, end) for d, line in lines)
                    used = float(divided[inside[first] : inside[last] + 1].sum())
                    label = [replay.calendar.names[t]]
                    book.at_most(name, "what is used before or after it lapses", np.array([used]), np.array([most]),
                                 scale, labels=label)  # fmt: skip


def _fastest(replay: Replay, activity: Activity, line: RecipeLine, t: int, begin: float, end: float) -> float:
    """Most that a line can use between two days of a period: its largest pace, and no more than its level."""
    first, last = max(begin, activity.window[0]), min(end, activity.window[1])
    days = max(0.0, last - first)
    pace = float(activity.upper[t]) * days / 365.0 if days > 0.0 else 0.0
    return line.quantity * min(float(replay.levels(activity.id)[t]), pace)


def check_conservation(ledger: Ledger, opener: Opener) -> None:
    """Everyone ever in the books is in a compartment, under way, or has left through a stream that leads out."""
    book = opener("conservation", "People in total: everyone is somewhere")
    replay, inputs = ledger.replay, ledger.inputs
    people = {name: stock for name, stock in inputs.stocks.items() if stock.tags["kind"] == "people"}
    if not people:
        return
    came = sum(stock.opening + sum(flow[2] for flow in stock.flows) for stock in people.values())
    under_way = sum(ledger.balances[name].undelivered for name in people)
    for name in people:
        for effect in inputs.effects_on.get(name, ()):
            if effect.verb == "release" and replay.in_force_from(effect.switch) is not None:
                came += effect.quantity
    left = 0.0
    for activity in inputs.activities.values():
        moves = [line for line in activity.lines if line.ledger in people and line.verb in ("make", "use")]
        if moves and activity.id in replay.level:
            net = sum(line.quantity * (1.0 if line.verb == "make" else -1.0) for line in moves)
            amount = float((replay.effective(activity) if moves[0].effective else replay.levels(activity.id)).sum())
            came += max(0.0, net) * amount
            left += max(0.0, -net) * amount
    for name, stock in people.items():
        lost_outside = 1.0 - sum(part for _, part in stock.loss_to)
        left += lost_outside * float(ledger.balances[name].lost.sum())
    table = replay.tables["stocks"]
    claimed = table[table["stock"].isin(people)].groupby("stock").tail(1)["closing"].sum()
    total = np.array([came - left - under_way])
    book.equal("everyone", "people in all caseloads at the end", np.array([float(claimed)]), total, max(PEOPLE, came))


def check_time_limits(ledger: Ledger, opener: Opener) -> None:
    """First in, first out: rights hold, and nobody over a target is left out of the count."""
    book = opener("time limits", "Time limits, first in, first out")
    table = ledger.replay.tables["limits"]
    groups = {str(name): rows for name, rows in table.groupby("stock", sort=False).indices.items()}
    for name, over in ledger.over.items():
        stock = ledger.inputs.stocks[name]
        entries = ledger.entries(name)
        scale = max(stock.unit, float(entries.max()))
        if stock.right:
            book.at_most(
                name, f"people waiting longer than {typed(stock.limit)} days", over, np.zeros(len(over)), scale
            )
        rows = groups.get(name)
        if rows is None or len(rows) != len(over):
            book.fail(name, "the plan does not count it against its time limit in every period")
            continue
        order = rows[np.argsort(table["period"].to_numpy(int)[rows])]
        left = entries - ledger.closing(name)
        for column, value in (("entered", entries), ("left", left), ("over", np.maximum(0.0, over))):
            book.equal(name, f"'{column}'", table[column].to_numpy(float)[order], value, scale)
    for name in groups.keys() - ledger.over.keys():
        book.fail(name, "no row of the workbook gives it a time limit")
