"""A plan as JSON and back: everything that is in it, so that reading it runs no code and solves nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import pandas as pd

from planner.plan import TABLES, Plan, Record, Status
from planner.plan.frames import DATES
from planner.plan.plan_types import wrong_in
from planner.plan.seal import Seal, seal

LATER = {"rules": ("measured", "base")}
"""Columns that plans kept by earlier versions lack; such plans carry no seal."""


def dumps(plan: Plan) -> bytes:
    """Write a plan as JSON; the same plan gives the same bytes."""
    record = asdict(plan.record)
    rest = {f.name: getattr(plan, f.name) for f in fields(Plan) if f.name not in ("record", "tables", "status")}
    tables = {
        name: {
            "columns": list(frame.columns),
            "data": frame.astype(object).where(frame.notna(), None).to_numpy().tolist(),
        }
        for name, frame in plan.tables.items()
    }
    content = {"status": plan.status.value, "record": record, "tables": tables, **rest, "seal": asdict(seal(plan))}
    return json.dumps(content, default=plain).encode()


def loads(data: bytes) -> Plan:
    """Read a plan back. Raises ValueError if this is no plan, or one that is damaged."""
    try:
        content = json.loads(data)
        wrong = wrong_in(content)
        if wrong:
            message = f"{wrong} is not of its kind"
            raise ValueError(message)
        record, sealed = content.pop("record"), content.pop("seal", None)
        record |= {name: tuple(record[name]) for name in ("changes", "coefficient_range")}
        tables = {name: _frame(name, found) for name, found in content.pop("tables").items()}
        rest: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
        rest |= {"status": Status(content["status"]), "record": Record(**record), "tables": tables}
        plan = Plan(**rest)
        if sealed is not None and Seal(**sealed).digest != seal(plan).digest:
            message = "its seal is broken: it was changed after it was written"
            raise ValueError(message)
        return plan
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, RecursionError) as error:
        message = f"this is no plan, or it is damaged ({type(error).__name__}: {str(error)[:200]})"
        raise ValueError(message) from error


def _frame(name: str, found: dict[str, Any]) -> pd.DataFrame:
    """One table with its dates restored; a table of a plan has all its columns."""
    frame = pd.DataFrame(found["data"], columns=found["columns"])
    for column in LATER.get(name, ()):  # plans that were kept before it was written down
        if column not in frame.columns:
            frame[column] = float("nan")
    missing = set(TABLES.get(name, ())) - set(frame.columns)
    if missing:
        message = f"table {name} has no {', '.join(sorted(missing))}"
        raise ValueError(message)
    for column in DATES & set(frame.columns):
        frame[column] = [date.fromisoformat(v) if isinstance(v, str) and v else v for v in frame[column]]
    return frame


def plain(value: Any) -> Any:
    """What JSON cannot hold by itself: dates and numpy's figures."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if hasattr(value, "item"):
        return value.item()
    return str(value)
