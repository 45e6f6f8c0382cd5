"""Every limit that planners can change, with its cell, its unit, and how one unit more moves the model's bounds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from models.linear import BY_HAND, ColumnSpec, Form, RowSpec
from models.matrix import Floats
from models.network import Stock
from models.profiles import decayed
from planner.explain.solved_case import SolvedCase
from planner.explain.words import Words
from planner.sheets import (
    Allotments,
    Appropriations,
    Pipelines,
    Programmes,
    RawActivities,
    RawLedgers,
    Row,
    Slots,
    Staff,
    Visas,
)
from planner.solver.basis import Shift
from planner.wording.units import single

if TYPE_CHECKING:
    from models.extension import Extended


@dataclass(frozen=True)
class Limit:
    """A limit as planners know it.

    `words` says what one unit more is, `cell` where the number stands, `value` the number today in `unit`. `period` is
    the first period that it touches where it is bound to one. `step` is how much one unit is in the cell's own number.
    `about` is the ledger or activity that it limits, `phase` the phase in which money or numbers come.
    """

    id: str
    kind: str
    words: str
    cell: str
    unit: str
    value: float
    shift: Shift
    period: int | None = None
    step: float = 1.0
    about: str = ""
    phase: str = ""


SHEET_ROWS: dict[str, type[Row]] = {
    "stage": Pipelines,
    "programme": Programmes,
    "visa": Visas,
    "raw": RawActivities,
    "hire": Staff,
}
"""Sheet of the row that an activity comes from."""


class Catalogue:
    """All limits of one solved case."""

    def __init__(self, solved: SolvedCase, values: Floats | None = None) -> None:
        """Index the rows by family; coefficients of binary decisions are read at `values` (default: the plan)."""
        self.solved, self.case, self.built = solved, solved.case, solved.built
        self.values = solved.values if values is None else values
        self.words = Words(solved.built)
        self.frame, self.grid = solved.built.frame, solved.built.frame.grid
        self.rows: dict[str, list[tuple[int, RowSpec]]] = defaultdict(list)
        for number, row in enumerate(self.frame.rows):
            self.rows[row.family].append((number, row))

    def all(self) -> list[Limit]:
        """Every limit, in a stable order."""
        makers = (
            self.capacities,
            self.money,
            self.pools,
            self.raw,
            self.capital,
            self.ceilings,
            self.paces,
            self.stretches,
            self.growth,
            self.rules,
            self.duties,
        )
        found = [limit for make in makers for limit in make()]
        told = self.built.extended
        if told is not None:  # what an analyst set does not move with its cell
            found = [replace(limit, shift=limit.shift.without(told.set_rows, told.set_columns)) for limit in found]
            found += self.by_hand(told)
        return [limit for limit in found if not limit.shift.empty]

    def specs_by_hand(self, told: Extended) -> Iterator[tuple[str, str, int, RowSpec | ColumnSpec]]:
        """Constraints that were added to the Pyomo model or changed in it, and variables that were set."""
        for number in [n for n, _ in self.rows[BY_HAND]] + sorted(told.set_rows):
            yield "constraint", "row", number, self.frame.rows[number]
        for number in sorted(told.set_columns):
            yield "variable", "column", number, self.frame.columns[number]

    def by_hand(self, told: Extended) -> Iterator[Limit]:
        """One more, or less, of what was added to the Pyomo model, or set in it, allows."""
        for kind, side, number, spec in self.specs_by_hand(told):
            name, move = spec.origin.partition(": ")[2], {number: 1.0 / spec.scale}
            exact = spec.lower == spec.upper
            for words, bound, value in (("at most", "upper", spec.upper), ("at least", "lower", spec.lower)):
                if math.isfinite(value) and not (exact and bound == "lower"):
                    shift = Shift(**{f"{side}_{each}": move for each in (("lower", "upper") if exact else (bound,))})
                    said = f"one more of what {kind} '{name}' holds {words}"
                    yield Limit(f"{BY_HAND} {name} {words}", BY_HAND, said, spec.origin, "unit", value, shift)

    def raise_upper(self, shift: Shift, number: int, amount: float) -> None:
        """Raise a row's upper bound by natural units."""
        shift.row_upper[number] = shift.row_upper.get(number, 0.0) + amount / self.frame.rows[number].scale

    def raise_lower(self, shift: Shift, number: int, amount: float) -> None:
        """Raise a row's lower bound by natural units."""
        shift.row_lower[number] = shift.row_lower.get(number, 0.0) + amount / self.frame.rows[number].scale

    def capacities(self) -> Iterator[Limit]:
        """One more officer, or place, from the start of a period on."""
        rows: dict[str, dict[int, int]] = defaultdict(dict)
        for number, row in self.rows["occupancy"]:
            rows[str(row.key[0])][int(row.key[1])] = number
        for name, by_period in sorted(rows.items()):
            capacity = self.built.ledgers.capacities[name]
            kind = capacity.tags.get("kind", "raw")
            if kind == "trained":
                continue
            if kind == "site" and not capacity.opening:
                yield from self._opened(name, by_period)
                continue
            noun = {"staff": capacity.tags.get("cadre", "officer")}.get(
                kind, "place" if kind == "site" else capacity.unit
            )
            for t in self.grid.periods:
                shift = Shift()
                for u, number in by_period.items():
                    if u >= t:
                        days = decayed(capacity.loss / 365.0, self.grid.start(t), self.grid.span(u))
                        self.raise_upper(shift, number, capacity.use_ceiling * days)
                where = (
                    f" at {capacity.tags['station']}"
                    if kind == "staff"
                    else f" at {capacity.tags['row']}"
                    if kind == "site"
                    else f" of {capacity.tags.get('row', name)}"
                )
                value = self.number(self.built.ledgers.available(name, t)) / self.grid.days(t)
                aside = ", pay aside" if kind == "staff" else ""
                words = f"one more {noun}{where} from {self.words.date(self.grid.start(t))}{aside}"
                said = f"{name} from {self.words.period(t)}"
                yield Limit(said, kind, words, capacity.origin, noun, value, shift, t, about=name)

    def _opened(self, name: str, by_period: dict[int, int]) -> Iterator[Limit]:
        """One more place at a site that the plan opens, for as long as it is open."""
        capacity, ledgers = self.built.ledgers.capacities[name], self.built.ledgers
        shift, place = Shift(), capacity.tags["row"]
        effects = [e for e in ledgers.effects[name] if e.verb == "provide" and e.switch.startswith("open:")]
        for effect in effects:
            for _, day, taken in self.built.switches.events(effect.switch):
                for t, number in by_period.items():
                    self.raise_upper(
                        shift,
                        number,
                        capacity.use_ceiling
                        * self.number(taken)
                        * effect.profile.spread((day, day), self.grid.span(t)),
                    )
        if any(shift.row_upper.values()):
            size = sum(e.quantity for e in effects)
            yield Limit(
                f"{name} once open",
                "site",
                f"one more place at {place} while it is open",
                capacity.origin,
                "place",
                size,
                shift,
                about=name,
            )

    def number(self, form: Form) -> float:
        """Value of a form at the catalogue's column values."""
        return form.value(self.values)

    @cached_property
    def _balances(self) -> dict[str, dict[int, int]]:
        """Number of the balance row of each stock and step."""
        found: dict[str, dict[int, int]] = defaultdict(dict)
        for number, row in self.rows["balance"]:
            found[str(row.key[0])][int(row.key[1])] = number
        return found

    def balance_rows(self, stock: str) -> dict[int, int]:
        """Number of the balance row of each step."""
        return self._balances[stock]

    def _inflow(self, shift: Shift, stock: str, step: int, amount: float) -> None:
        """Let so much more flow into a stock in a step."""
        item, rows = self.built.ledgers.stocks[stock], self.balance_rows(stock)
        share = self.built.ledgers.survival(item, self.built.ledgers.steps[stock][step])[1]
        number = rows[step]
        shift.row(number, share * amount / self.frame.rows[number].scale)

    def _first_step(self, stock: str, day: float) -> int | None:
        """First step that begins on or after a day."""
        return next((s.number for s in self.built.ledgers.steps[stock] if s.start >= day - 1e-9), None)

    def money(self) -> Iterator[Limit]:
        """One USD million more in an account as a phase begins."""
        for stock in self.frame.network.stocks:
            if stock.tags.get("kind") != "account":
                continue
            name = stock.tags["row"]
            for phase in self.case.phases:
                given = [
                    a for a in self.case.of(Appropriations) if (a.account, a.phase, a.needs) == (name, phase.name, "")
                ]
                step = self._first_step(stock.id, phase.start)
                if step is None:
                    continue
                shift = Shift()
                self._inflow(shift, stock.id, step, 1e6)
                cell = given[0].origin("amount") if given else stock.origin
                yield Limit(
                    f"{stock.id} in {phase.name}",
                    "money",
                    f"one USD million more in account '{name}' at the start of {phase.name}",
                    cell,
                    "USD million",
                    sum(a.amount for a in given),
                    shift,
                    self._period_at(phase.start),
                    about=stock.id,
                    phase=phase.name,
                )

    def _period_at(self, day: float) -> int:
        return next(t for t in self.grid.periods if self.grid.start(t) >= day - 1e-9)

    def pools(self) -> Iterator[Limit]:
        """One number more in a pool as it is given out in a phase; a set-aside takes it from its outer pool."""
        for row in self.case.of(Allotments):
            pool = self.case.find(Slots, row.pool)
            if row.needs or pool is None:
                continue
            phase = next(p for p in self.case.phases if p.name == row.phase)
            shift = Shift()
            for name, amount in ((row.pool, 1.0), (pool.inside, -1.0)):
                step = self._first_step(f"pool:{name}", phase.start) if name else None
                if step is not None:
                    self._inflow(shift, f"pool:{name}", step, amount)
            yield Limit(
                f"pool:{row.pool} in {row.phase}",
                "pool",
                f"one number more in '{row.pool}' in {row.phase}",
                row.origin("amount"),
                "number",
                row.amount,
                shift,
                self._period_at(phase.start),
                about=f"pool:{row.pool}",
                phase=row.phase,
            )

    def raw(self) -> Iterator[Limit]:
        """One unit more of a raw ledger on day one, and of its least balance."""
        for row in self.case.of(RawLedgers):
            name = f"raw:{row.ledger}"
            stock = self.built.ledgers.stocks.get(name)
            if stock is None:
                continue
            unit = stock.unit.removesuffix("s") if stock.unit != "USD" else "USD"
            first, rows = self.built.ledgers.steps[name][0], self.balance_rows(name)
            if 0 in rows:
                kept = self.built.ledgers.survival(stock, first)[0] * first.kept
                shift = Shift().row(rows[0], kept / self.frame.rows[rows[0]].scale)
                yield Limit(
                    f"{name} at start",
                    "raw",
                    f"one {unit} more of '{row.ledger}' on day one",
                    row.origin("opening"),
                    unit,
                    row.opening,
                    shift,
                    0,
                    about=name,
                )
            if row.lower:
                shift = Shift()
                for step in self.built.ledgers.steps[name]:
                    if self.built.ledgers.limit_at(stock.lower, step) == row.lower:
                        shift.column_lower[self.column("balance", name, step.number)] = 1.0 / stock.scale
                yield Limit(
                    f"{name} least",
                    "floor",
                    f"one {unit} more to be left of '{row.ledger}'",
                    row.origin("lower"),
                    unit,
                    row.lower,
                    shift,
                    about=name,
                )

    def column(self, family: str, *key: str | int) -> int:
        """Number of a column."""
        return self.frame.column_of[family, key]

    def capital(self) -> Iterator[Limit]:
        """One point more of political capital on day one."""
        for stock in self.frame.network.stocks:
            if stock.tags.get("kind") == "capital":
                rows = self.balance_rows(stock.id)
                shift = Shift().row(rows[0], 1.0 / self.frame.rows[rows[0]].scale)
                yield Limit(
                    stock.id,
                    "capital",
                    "one point more of political capital on day one",
                    stock.origin,
                    "point",
                    stock.opening,
                    shift,
                    0,
                )

    def ceilings(self) -> Iterator[Limit]:
        """Room for one more in a stock that has a largest balance."""
        for stock in self.frame.network.stocks:
            if not stock.upper or stock.tags.get("kind") == "pulse":
                continue
            shift = Shift()
            for step in self.built.ledgers.steps[stock.id]:
                number = self.column("balance", stock.id, step.number)
                if self.built.ledgers.limit_at(stock.upper, step) is not None and math.isfinite(
                    self.frame.columns[number].upper
                ):
                    shift.column_upper[number] = 1.0 / stock.scale
            for number, row in self.rows["limit"]:
                if row.key[0] == stock.id:
                    self.raise_upper(shift, number, 1.0)
            unit = {"people": "person", "headcount": "post"}.get(
                stock.tags.get("kind", ""), stock.unit.removesuffix("s")
            )
            words = f"room for one more {unit} in {self._plain(stock)}"
            cell, most = self._ceiling_cell(stock), stock.upper[-1][1]
            yield Limit(f"{stock.id} at most", "ceiling", words, cell, unit, most, shift, about=stock.id)

    @staticmethod
    def _plain(stock: Stock) -> str:
        return f"'{stock.tags.get('row', stock.id)}'"

    def _ceiling_cell(self, stock: Stock) -> str:
        row = self.case.find(RawLedgers, stock.tags.get("row", "")) if stock.tags.get("kind") == "raw" else None
        return row.origin("upper") if row is not None else stock.origin

    def growth(self) -> Iterator[Limit]:
        """One unit a year more of the pace that needs no history."""
        by_activity: dict[str, Shift] = defaultdict(Shift)
        acts = self.built.activities
        rows = {(str(row.key[0]), int(row.key[1])): number for number, row in self.rows["growth"]}
        for name in dict.fromkeys(activity for activity, _ in rows):
            for ramp in acts.ramps(name):
                share = self.number(acts.starting_share(acts.by_id[name], ramp))
                self.raise_upper(by_activity[name], rows[name, ramp.first], share * ramp.days / 365.0)
        for name, shift in by_activity.items():
            activity = self.built.activities.by_id[name]
            source = self.case.find(SHEET_ROWS[activity.tags["kind"]], activity.tags["row"])
            cell = source.origin("growth_base") if source is not None else activity.origin
            unit = f"{single(activity.unit)} a year"
            yield Limit(
                f"{name} growth",
                "growth",
                f"one {unit} more of the starting pace of {self.words.noun(name)}",
                cell,
                unit,
                activity.growth_base,
                shift,
                about=name,
            )

    def paces(self) -> Iterator[Limit]:
        """One unit a year more of a largest or least pace, throughout; where it was set by hand, in that phase."""
        from planner.explain.rate_limits import rate_limits  # noqa: PLC0415 - rates build on the catalogue

        yield from rate_limits(self)

    def stretches(self) -> Iterator[Limit]:
        """One unit a year more of a stretch of a curve."""
        from planner.explain.rate_limits import stretch_limits  # noqa: PLC0415 - rates build on the catalogue

        yield from stretch_limits(self)

    def rules(self) -> Iterator[Limit]:
        """Every rule's number, a unit or a percentage point up, over all its rows."""
        from planner.explain.coefficient_limits import rule_limits  # noqa: PLC0415 - coefficients build on the catalogue

        yield from rule_limits(self)

    def duties(self) -> Iterator[Limit]:
        """Time limits, what must go with something, milestones."""
        from planner.explain.right_limits import right_limits  # noqa: PLC0415 - rights build on the catalogue

        yield from right_limits(self)
