"""Staff, sites and other capacities: on offer, in use, never beyond the ceiling (K3)."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from planner.sheets import Deployments
from planner.verify.replay import Replay
from planner.verify.report import Array, Opener


class Use:
    """Unit-days of every capacity by period."""

    def __init__(self, replay: Replay) -> None:
        """Work out what is on offer and what is taken."""
        self.replay, self.inputs = replay, replay.inputs
        edges = replay.calendar.edges
        self.available: dict[str, Array] = {name: replay.available(name) for name in self.inputs.capacities}
        self.occupied: dict[str, Array] = {
            name: replay.linked(name, "occupy", edges) for name in self.inputs.capacities
        }

    @cached_property
    def scale(self) -> dict[str, float]:
        """Natural scale of each capacity: its largest offer of unit-days."""
        return {
            name: max(100.0, float(np.abs(self.available[name]).max()), float(np.abs(self.occupied[name]).max()))
            for name in self.available
        }


def check_capacities(use: Use, opener: Opener) -> None:
    """Table capacities against the replay, and every use within its ceiling."""
    claims = opener("capacity", "Capacity on offer and in use: staff, sites, trained people")
    limits = opener("occupancy", "Nothing used beyond its ceiling: staff with their support teams, sites, lending")
    table, periods = use.replay.tables["capacities"], use.replay.periods
    columns = {name: table[name].to_numpy(float) for name in ("available", "ceiling", "occupied", "standing")}
    order = table["period"].to_numpy(int)
    groups = {str(name): rows for name, rows in table.groupby("capacity", sort=False).indices.items()}
    for name, item in use.inputs.capacities.items():
        available, occupied, scale = use.available[name], use.occupied[name], use.scale[name]
        limits.at_most(name, "what is used of it", occupied, item.ceiling * available, scale)
        rows = groups.get(name)
        if rows is None or sorted(order[rows]) != list(range(periods)):
            claims.fail(name, "the plan does not show it in every period")
            continue
        rows = np.asarray(rows)[np.argsort(order[rows])]
        ceiling = np.full(periods, item.ceiling)
        standing = use.replay.standing(name)
        for column, value in (
            ("available", available),
            ("ceiling", ceiling),
            ("occupied", occupied),
            ("standing", standing),
        ):
            claims.equal(
                name,
                f"'{column}'",
                columns[column][rows],
                value,
                scale if column != "standing" else max(1.0, scale / 30.0),
            )
    for name in groups.keys() - use.inputs.capacities.keys():
        claims.fail(name, "no row of the workbook makes such a capacity")
    for row in use.inputs.case.of(Deployments):
        sender = f"staff:{row.cadre} / {row.from_station}"
        lent = use.replay.levels(f"deploy:{row.id}")
        if sender in use.available:
            limits.at_most(
                f"deploy:{row.id}", "FTE-days lent", lent, row.share_at_most * use.available[sender], use.scale[sender]
            )
    for name in sorted(
        {line.ledger for activity in use.inputs.activities.values() for line in activity.lines} - _known(use)
    ):
        limits.count()
        takers = [
            d.id
            for d, line in use.inputs.into[name]
            if line.verb == "occupy" and np.any(use.replay.levels(d.id) > 1e-9)
        ]
        if takers:
            limits.fail(name, f"{takers[0]} uses it, but the workbook has none")


def _known(use: Use) -> set[str]:
    """Ledgers that exist."""
    return set(use.inputs.capacities) | set(use.inputs.stocks)
