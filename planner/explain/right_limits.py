"""Limits that stand for rights: time limits, what must go with something, what a reform waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.explain.limits import Catalogue, Limit
from planner.solver.basis import Shift


def right_limits(catalogue: Catalogue) -> Iterator[Limit]:
    """All of them."""
    for make in (time_limits, needs, conditions):
        yield from make(catalogue)


def time_limits(catalogue: Catalogue) -> Iterator[Limit]:
    """One day more to leave a compartment, for everyone."""
    ledgers = catalogue.built.ledgers
    shifts: dict[str, Shift] = defaultdict(Shift)
    for number, row in catalogue.rows["on_time"]:
        stock, t = ledgers.stocks[str(row.key[0])], int(row.key[1])
        if stock.limit is None:
            continue
        due = catalogue.grid.end(t) - stock.limit.days
        now, later = (catalogue.number(ledgers.queues.entries_at(stock, due - d)) for d in (0.0, 1.0))
        if now != later:
            catalogue.raise_lower(shifts[stock.id], number, later - now)
    for name, shift in shifts.items():
        stock = ledgers.stocks[name]
        assert stock.limit is not None
        word = "right" if stock.limit.hard else "target"
        words = f"one day more of the time limit of '{stock.tags.get('row', stock.id)}' (a {word})"
        yield Limit(f"{name} time limit", "time limit", words, stock.limit.origin, "day", stock.limit.days, shift)


def needs(catalogue: Catalogue) -> Iterator[Limit]:
    """One unit of what must go with something, given for nothing in every period."""
    shifts: dict[str, Shift] = defaultdict(Shift)
    cells: dict[str, str] = {}
    for number, row in catalogue.rows["requirement"]:
        catalogue.raise_lower(shifts[str(row.key[0])], number, -1.0)
        cells[str(row.key[0])] = row.origin
    for name, shift in shifts.items():
        yield Limit(
            name,
            "need",
            f"one unit less required of {catalogue.words.noun(name)} in every period",
            cells[name],
            "unit less",
            0.0,
            shift,
        )


def conditions(catalogue: Catalogue) -> Iterator[Limit]:
    """One unit more of what a reform requires or waits for."""
    for number, row in catalogue.rows["milestone"]:
        u, switch = int(row.key[2]), catalogue.built.switches.by_id[str(row.key[0])]
        taken = catalogue.number(catalogue.built.switches.starts[switch.id][u])
        condition = next(c for c in switch.conditions if c.ledger == row.key[1])
        if taken > 0.5:
            shift = Shift()
            catalogue.raise_lower(shift, number, taken)
            yield Limit(
                f"{switch.id} milestone {row.key[1]}",
                "milestone",
                f"one more of {catalogue.words.noun(str(row.key[1]))} before {catalogue.words.noun(switch.id)}",
                row.origin,
                "unit",
                condition.at_least,
                shift,
                u,
            )
