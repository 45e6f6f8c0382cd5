"""Meters of what is scarce: money, officers, visas, resettlement slots; used, available, and who is short.

The definitions are those of the result sheets (accounts, officers, pools). They stand here twice: as expressions of a
model's columns, which answer while a lever moves, and as read from a plan's tables; tests hold the two together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.build import Built
from models.linear import Form
from planner.case import Case
from planner.ordering import place
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.capacities import staff_use
from planner.results.frames import MILLION, name_of
from planner.results.money import unspent
from planner.results.slots import pools
from planner.sheets import Slots

METERS: Mapping[str, tuple[str, str]] = {
    "money": ("Money", "USD million"),
    "officers": ("Officers", "FTE on average"),
    "visas": ("Visas", "visas"),
    "slots": ("Resettlement places", "places"),
}
"""Label and unit of each meter, in the order in which they are shown."""
POOL_KINDS = {"visas": "visas", "resettlement": "slots"}
"""Meter of each kind of pool on sheet Slots."""
NOTHING = 1e-9
"""Share of the largest row below which an amount is rounding."""


@dataclass(frozen=True)
class MeterRow:
    """One account, one cadre at one station, or one pool; `share` is used of available, 0 where nothing is there."""

    name: str
    used: float
    available: float
    unused: float
    share: float


@dataclass(frozen=True)
class Meter:
    """Used and available of one resource over the whole plan; rows with the fullest first.

    `short` is the fullest row that has anything: who is short, or will be first.
    """

    key: str
    label: str
    unit: str
    used: float
    available: float
    unused: float
    share: float
    rows: tuple[MeterRow, ...]

    @property
    def short(self) -> MeterRow | None:
        """The fullest row, None where nothing is available anywhere."""
        return next((row for row in self.rows if row.available > 0.0), None)


def meter_forms(built: Built, case: Case) -> dict[tuple[str, str], tuple[Form, Form]]:
    """Used and available of each row of each meter, as expressions: {(meter, row): (used, available)}."""
    return dict((*_money(built), *_officers(built), *_pools(built, case)))


Found = tuple[tuple[str, str], tuple[Form, Form]]


def _flow(built: Built, stock: str, *parts: str) -> Form:
    """Sum of some flows of a stock's books over the whole plan."""
    form = Form()
    for step in built.ledgers.steps[stock]:
        for part in parts:
            form.add(built.ledgers.parts[stock, step.number][part])
    return form


def _came(built: Built, stock: str) -> Form:
    """What a stock opens with and what comes into it."""
    return _flow(built, stock, "inflow", "made", "switched", "gained").add(built.ledgers.opening(stock, 0))


def _money(built: Built) -> Iterable[Found]:
    """Accounts: paid, of what came in and was moved in or out; USD million."""
    for stock in built.frame.network.stocks:
        if stock.tags.get("kind") == "account":
            offered = _came(built, stock.id).add(_flow(built, stock.id, "used"), -1.0)
            paid = _flow(built, stock.id, "paid")
            yield ("money", name_of(stock.id)), (paid.times(1.0 / MILLION), offered.times(1.0 / MILLION))


def _officers(built: Built) -> Iterable[Found]:
    """Cadres by station: busy, of what is usable on cases; lent staff count once, where they help."""
    grid, ledgers, activities = built.frame.grid, built.ledgers, built.activities
    lent: dict[str, list[str]] = {}
    for activity in built.frame.network.activities:
        if activity.tags.get("kind") == "deploy":
            name = f"{activity.tags.get('cadre', '')} / {activity.tags.get('station', '')}"
            lent.setdefault(name, []).append(activity.id)
    for capacity in built.frame.network.capacities:
        if capacity.tags.get("kind") != "staff":
            continue
        used, usable = Form(), Form()
        for t in grid.periods:
            used.add(ledgers.occupied(capacity.id, t))
            usable.add(ledgers.available(capacity.id, t), capacity.use_ceiling)
        for deployment in lent.get(name_of(capacity.id), ()):
            for t in activities.active[deployment]:
                used.add(activities.level[deployment, t], -1.0)
                usable.add(activities.level[deployment, t], -1.0)
        share = 1.0 / grid.horizon
        yield ("officers", name_of(capacity.id)), (used.times(share), usable.times(share))


def _pools(built: Built, case: Case) -> Iterable[Found]:
    """Pools of visas and of resettlement places: used, of what came in less what was released to the outer pool."""
    kinds = {row.pool: POOL_KINDS.get(row.kind, "") for row in case.of(Slots)}
    for stock in built.frame.network.stocks:
        name = name_of(stock.id)
        meter = kinds.get(name, "") if stock.tags.get("kind") == "pool" else ""
        if not meter:
            continue
        released, release = Form(), f"release:{name}"
        for t in built.activities.active.get(release, ()):
            released.add(built.activities.level[release, t])
        used = _flow(built, stock.id, "used").add(released, -1.0)
        yield (meter, name), (used, _came(built, stock.id).add(released, -1.0))


def meters_from(amounts: Mapping[tuple[str, str], tuple[float, float]]) -> dict[str, Meter]:
    """Meters of used and available by (meter, row); a meter without rows is left out."""
    found: dict[str, Meter] = {}
    for key, (label, unit) in METERS.items():
        mine = {row: pair for (meter, row), pair in amounts.items() if meter == key}
        if not mine:
            continue
        size = max(1.0, *(abs(v) for pair in mine.values() for v in pair))
        rows = [_row(name, *(0.0 if abs(v) < NOTHING * size else v for v in pair)) for name, pair in mine.items()]
        rows.sort(key=lambda r: (-place(r.share), -place(r.available), r.name))
        used, available = math.fsum(r.used for r in rows), math.fsum(r.available for r in rows)
        total = _row("", used, available)
        found[key] = Meter(key, label, unit, used, available, total.unused, total.share, tuple(rows))
    return found


def _row(name: str, used: float, available: float) -> MeterRow:
    """One row with what is left and the share."""
    share = min(1.0, max(0.0, used / available)) if available > 0.0 else 0.0
    return MeterRow(name, used, available, available - used, share)


def meters_of(case: Case, plan: Plan) -> dict[str, Meter]:
    """The same meters, read from a plan's tables as the result sheets show them."""
    amounts: dict[tuple[str, str], tuple[float, float]] = {}
    money = unspent(case, plan)
    for name, came, moved, paid in money[["Account", "Came in", "Moved in or out", "Paid"]].itertuples(index=False):
        amounts["money", str(name)] = (float(paid), float(came) + float(moved))
    horizon = float(table(plan, "periods")["days"].sum()) or 1.0
    use = staff_use(plan)
    sums = use.groupby("name")[["occupied", "usable", "lent_out"]].sum() if len(use) else use
    for staff, occupied, usable, lent in sums[["occupied", "usable", "lent_out"]].itertuples() if len(use) else ():
        amounts["officers", str(staff)] = (
            (float(occupied) - float(lent)) / horizon,
            (float(usable) - float(lent)) / horizon,
        )
    kinds = {row.pool: POOL_KINDS.get(row.kind, "") for row in case.of(Slots)}
    found = pools(plan)
    for name in dict.fromkeys(found["Quota"]):
        mine = found[found["Quota"] == name]
        meter = kinds.get(str(name), "")
        if meter:
            released = float(mine["Released to other quota"].sum())
            came = float(mine["Opening"].iloc[0]) + float(mine["Came in"].sum())
            amounts[meter, str(name)] = (float(mine["Used"].sum()), came - released)
    return meters_from(amounts)
