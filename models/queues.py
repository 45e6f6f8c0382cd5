r"""Queues: stocks that everybody leaves within a time limit, first in, first out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyomo.core import ConcreteModel, Constraint

from models.builder import Variables, stated
from models.linear import Form, Key, Limits
from models.network import Stock

if TYPE_CHECKING:
    from models.ledgers import Ledgers


class Queues:
    """Who has entered a stock with a time limit so far, and who is over it."""

    def __init__(self, ledgers: Ledgers) -> None:
        """Keep the stocks that have a limit."""
        self.ledgers, self.builder = ledgers, ledgers.builder
        self.limits = {s.id: s.limit for s in self.builder.network.stocks if s.limit is not None}

    def lay(self) -> None:
        """Lay out entries so far, and people over the limit where it is soft."""
        self.arrived: Variables[tuple[str, int]] = self.builder.variables(
            "entries_so_far", "queue_periods", "stock, period",
            "A: everybody who has entered by the period's end [people]", family="entries",
        )  # fmt: skip
        self.over: Variables[tuple[str, int]] = self.builder.variables(
            "over_limit", "soft_queue_periods", "stock, period",
            "L: people over the time limit at the period's end [people]",
        )  # fmt: skip
        for name, limit in self.limits.items():
            stock, periods = self.ledgers.stocks[name], self.builder.grid.periods
            for t in periods:
                self.arrived.add((name, t), scale=stock.scale, origin=stock.origin)
            for t in () if limit.hard else periods:
                self.over.add((name, t), scale=stock.scale, origin=limit.origin)

    def constrain(self, model: ConcreteModel) -> None:
        """Add entries and time limits."""
        model.entries = Constraint(
            model.queue_periods,
            rule=self._entries,
            doc="entries so far = entries by the period before + what entered [people]",
        )
        model.on_time = Constraint(
            model.queue_periods,
            rule=self._on_time,
            doc="those who left >= entries up to the limit before, less those over it [people]",
        )
        self.builder.rows(model.entries, model.on_time, cell=self._cell)

    def _cell(self, rank: int, key: Key) -> str:
        """Cell of the stock, or of its time limit."""
        return (self.limits if rank else self.ledgers.stocks)[str(key[0])].origin

    def entries(self, stock: str) -> list[Form]:
        """Cumulative entries of a stock by period end, the opening first."""
        opening = Form(constant=self.ledgers.stocks[stock].opening)
        return [opening, *(self.arrived[stock, t] for t in self.builder.grid.periods)]

    @stated
    def _entries(self, stock: str, t: int) -> Limits:
        r"""Entries so far: :math:`A_t = A_{t-1} + entered_t`, from the opening on; :math:`D = A - z` are exits."""
        before, now = self.entries(stock)[t : t + 2]
        return now - before - self.ledgers.entered(stock, t) == 0.0

    @stated
    def _on_time(self, stock: str, t: int) -> Limits:
        r"""Everyone leaves within W days: :math:`D_t \ge A(e_t - W)`, A interpolated between period ends.

        Softly, :math:`L_t \ge A(e_t - W) - D_t` people are over the limit at the end of t.
        """
        due = self.entries_at(self.ledgers.stocks[stock], self.builder.grid.end(t) - self.limits[stock].days)
        left = self.arrived[stock, t] - self.ledgers.at_end(stock, t)
        return -due + left + self.over.get((stock, t), Form()) >= 0.0

    def entries_at(self, stock: Stock, day: float) -> Form:
        """Cumulative entries on a day, straight between period ends; the opening queue built up over its age."""
        grid, entries = self.builder.grid, self.entries(stock.id)
        if day < 0.0:
            age = stock.limit.opening_age if stock.limit is not None else 0.0
            return Form(constant=stock.opening * max(0.0, 1.0 + day / age) if age > 0.0 else 0.0)
        t = min(next((t for t in grid.periods if day <= grid.end(t)), len(grid) - 1), len(grid) - 1)
        part = (day - grid.start(t)) / grid.days(t)
        return (1.0 - part) * entries[t] + part * entries[t + 1]
