"""Columns of the plan's tables as files keep them: their kinds restored."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pandas as pd

from planner.plan.frames import DATES, FIGURES, FLAGS, WHOLE


def restore(column: str, values: list[Any]) -> pd.Series[Any]:
    """Give a column its kind back; blank figures become missing, blank text stays empty text."""
    if column in FLAGS:
        return pd.Series([bool(v) if v != "" else False for v in values], dtype=bool)
    if column in WHOLE:
        if values and all(v != "" for v in values):
            return pd.Series([int(v) for v in values], dtype="int64")
        return pd.Series([_number(v) for v in values], dtype=float)
    if column in FIGURES:
        return pd.Series([_number(v) for v in values], dtype=float)
    if column in DATES:
        return pd.Series([_date(v) for v in values], dtype=object)
    return pd.Series([str(v) for v in values], dtype=object)


def _number(value: Any) -> float:
    """Read a figure: blank is missing, 'inf' is unlimited."""
    return math.nan if value == "" else float(value)


def _date(value: Any) -> date | None:
    """Read a date kept as ISO text."""
    return date.fromisoformat(str(value)[:10]) if value != "" else None
