"""Ways to tamper with a plan, for any case: each gives a copy with one thing changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from planner.plan import Plan

Pick = Callable[[pd.DataFrame], "pd.Series[bool]"]


def changed(plan: Plan, table: str, column: str, change: Callable[[Any], Any], **where: Any) -> Plan:
    """Change one column of the rows that match; at least one row must."""
    frame = plan.tables[table].copy()
    chosen = pd.Series(data=True, index=frame.index)
    for name, value in where.items():
        chosen &= frame[name] == value
    assert chosen.any(), f"nothing to tamper with in {table}: {where}"
    frame[column] = frame[column].astype(object)
    frame.loc[chosen, column] = [change(value) for value in frame.loc[chosen, column]]
    return with_table(plan, table, frame.infer_objects())


def added(plan: Plan, table: str, **columns: Any) -> Plan:
    """Add a row."""
    frame = plan.tables[table]
    row = {name: columns.get(name) for name in frame.columns}
    lines = [*frame.to_dict("records"), row]
    return with_table(plan, table, pd.DataFrame(lines, columns=list(frame.columns)))


def without(plan: Plan, table: str, **where: Any) -> Plan:
    """Take away the rows that match."""
    frame = plan.tables[table]
    chosen = pd.Series(data=True, index=frame.index)
    for name, value in where.items():
        chosen &= frame[name] == value
    assert chosen.any(), f"nothing to take away in {table}: {where}"
    return with_table(plan, table, frame[~chosen].reset_index(drop=True))


def with_table(plan: Plan, table: str, frame: pd.DataFrame) -> Plan:
    """Put a table in the place of another."""
    return replace(plan, tables={**plan.tables, table: frame})
