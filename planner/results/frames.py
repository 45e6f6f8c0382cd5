"""What the views share: tables with their phase, steps joined to periods, wide tables with totals, words for ids."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.plan.frames import TidyTables, table
from planner.sheets import Places
from planner.wording.dates import short_day

MILLION = 1_000_000.0
REGION = "region"
"""Row for what belongs to no single country."""
NEAR = 1e-4
"""Relative distance from a limit within which it counts as reached."""

CATEGORY_ORDER = {"right": 0, "law": 1, "agreement": 2, "preference": 3}

WHAT: Mapping[str, str] = {
    "headcount": "salaries",
    "hire": "hiring",
    "people": "care",
    "open": "site",
    "close": "closing",
    "reform": "reform",
    "deploy": "lending staff",
    "train": "training",
    "transfer": "transfer",
    "release": "release",
    "partner": "partner",
    "account": "account",
    "pool": "pool",
    "indicator": "indicator",
    "staff": "staff",
    "site": "site",
}
"""Words before the name of a kernel id; stages, programmes and visa streams need none."""


class OutputError(OSError):
    """A result could not be written or read; the message says which file and what to do."""


Given = ParamSpec("Given")
View = TypeVar("View")


def remembered(view: Callable[Given, View]) -> Callable[Given, View]:
    """Keep a view of a tidy plan, so that the pages that share it make it once."""

    @wraps(view)
    def kept(*args: Given.args, **options: Given.kwargs) -> View:
        plan = next((a for a in args if isinstance(a, Plan)), None)
        if plan is None or not isinstance(plan.tables, TidyTables):
            return view(*args, **options)
        rest = tuple(a if isinstance(a, str) else id(a) for a in args if a is not plan)
        key = (view.__module__, view.__qualname__, rest)
        if key not in plan.tables.memory:
            plan.tables.memory[key] = (
                view(*args, **options),
                args,
            )  # the arguments stay alive, so that no id is used twice
        found = plan.tables.memory[key][0]
        if isinstance(found, pd.DataFrame):
            found = found.copy(deep=False)
        return cast("View", found)

    return kept


def added(frame: pd.DataFrame, keys: list[str], value: str) -> pd.DataFrame:
    """Sum of a column over rows with the same keys, as a table."""
    sums = frame.groupby(keys, as_index=False).agg({value: "sum"})
    return sums.astype({"period": "int64"}) if "period" in keys else sums


def as_date(value: Any) -> date | None:
    """Turn a date, a timestamp or ISO text into a date, None where it is missing."""
    if isinstance(value, datetime):
        return None if pd.isna(value) else value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and value:
        return date.fromisoformat(value[:10])
    return None


def say_date(value: Any) -> str:
    """Write a date for people, as '1 Oct 2021'; empty where there is none."""
    day = as_date(value)
    return short_day(day) if day else ""


def say_day(case: Case, value: Any) -> str:
    """Write a day, given as days from the origin or as a date, for people."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return say_date(case.date(float(value))) if math.isfinite(value) else ""
    return say_date(value)


def split(text: Any) -> tuple[str, ...]:
    """Values of a tag that may hold several, 'a; b'."""
    return tuple(part.strip() for part in str(text).split(";") if part.strip()) if isinstance(text, str) else ()


def name_of(identity: str) -> str:
    """Name of a kernel id without its kind: 'visa:seasonal' gives 'seasonal'."""
    return identity.partition(":")[2] or identity


def say_id(identity: str) -> str:
    """Name of a kernel id in words: 'headcount:judge / Port' gives 'salaries: judge / Port'."""
    kind, _, name = identity.partition(":")
    return f"{WHAT[kind]}: {name}" if kind in WHAT else (name or identity)


def phases(plan: Plan) -> list[str]:
    """Phase names in order of time."""
    return list(dict.fromkeys(periods(plan)["phase"].astype(str)))


@remembered
def periods(plan: Plan) -> pd.DataFrame:
    """Periods in order of time."""
    return table(plan, "periods").sort_values("period").reset_index(drop=True)


def period_names(plan: Plan) -> list[str]:
    """Period names in order of time."""
    return periods(plan)["name"].astype(str).tolist()


def timed(plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """Add the phase, the period's name, its days and last day to rows that have a period."""
    known = periods(plan)[["period", "phase", "name", "days", "until"]]
    known = known.rename(columns={"name": "period_name", "days": "period_days", "until": "period_until"})
    kept = frame.drop(columns=[c for c in known.columns if c != "period" and c in frame.columns])
    return kept.assign(period=pd.to_numeric(kept["period"])).merge(known, on="period", how="left")


def days_in_phase(plan: Plan) -> dict[str, float]:
    """Days of each phase."""
    found = periods(plan).groupby("phase")["days"].sum()
    return {str(phase): float(days) for phase, days in found.items()}


@remembered
def by_period(plan: Plan, kind: str) -> pd.DataFrame:
    """Stocks of one kind by period: steps joined, flows added up, opening of the first and closing of the last step."""
    found = table(plan, "stocks")
    found = found[found["kind"] == kind].sort_values(["stock", "period", "step"])
    flows = ["inflow", "made", "switched", "gained", "used", "paid", "lost", "lapsed"]
    same = ["kind", "sheet", "row", "cell", "unit", "place", "country", "origin", "group", "state", "pipeline"]
    rules = {
        **dict.fromkeys(same, "first"),
        "opening": "first",
        **dict.fromkeys(flows, "sum"),
        "closing": "last",
        "undelivered": "last",
    }
    if found.empty:
        return timed(plan, found.drop(columns=["step", "start_day", "end_day"]))
    return timed(plan, found.groupby(["stock", "period"], as_index=False).agg(rules))


def wide(
    frame: pd.DataFrame,
    rows: str | Sequence[str],
    column: str,
    value: str,
    columns: Iterable[str],
    total: str = "Plan total",
) -> pd.DataFrame:
    """Lay a long table out: `rows` down, `columns` across (all of them, in this order), with a total column."""
    keys = [rows] if isinstance(rows, str) else list(rows)
    wanted = list(columns)
    if frame.empty:
        return pd.DataFrame({c: pd.Series(dtype=object if c in keys else float) for c in [*keys, *wanted, total]})
    numbers = frame.assign(**{value: pd.to_numeric(frame[value])})
    laid = numbers.pivot_table(index=keys, columns=column, values=value, aggfunc="sum", fill_value=0.0, sort=True)
    laid = laid.reindex(columns=wanted, fill_value=0.0)
    laid.columns.name = None
    laid[total] = laid.sum(axis=1)
    return laid.reset_index()


def with_share(frame: pd.DataFrame, of: str = "Plan total", name: str = "Share") -> pd.DataFrame:
    """Add each row's share of a column's sum; empty where the sum is zero."""
    whole = float(frame[of].sum())
    return frame.assign(**{name: frame[of] / whole if whole else float("nan")})


def with_total(frame: pd.DataFrame, label: str = "Total") -> pd.DataFrame:
    """Add a total row under a table whose text columns come first."""
    sums: dict[str, Any] = {}
    for position, column in enumerate(frame.columns):
        numeric = pd.api.types.is_numeric_dtype(frame[column])
        sums[column] = frame[column].sum(min_count=1) if numeric else (label if position == 0 else "")
    if frame.empty:
        return frame
    return pd.concat([frame, pd.DataFrame([sums])], ignore_index=True)


def country_or_region(values: pd.Series[Any]) -> pd.Series[Any]:
    """Name the country, or the region where there is none."""
    return values.fillna("").astype(str).replace("", REGION)


def countries(case: Case) -> list[str]:
    """Countries of the case in the order of its sheet."""
    return [row.place for row in case.of(Places) if row.kind == "country"]


def country_of(case: Case, place: str) -> str:
    """Country of a place; a country is its own."""
    row = case.find(Places, place)
    return row.country or row.place if row is not None else place


def every_country(case: Case, frame: pd.DataFrame, key: str = "Country") -> pd.DataFrame:
    """One row for each country of the case (zeros where nothing happens), others after them, the region last."""
    named = countries(case)
    extra = sorted(set(frame[key]) - set(named) - {REGION})
    order = named + extra + ([REGION] if REGION in set(frame[key]) else [])
    numbers = [c for c in frame.columns if c != key]
    return frame.set_index(key).reindex(order)[numbers].astype(float).fillna(0.0).rename_axis(key).reset_index()


@remembered
def bill_tags(plan: Plan) -> pd.DataFrame:
    """One row a bill: its tags."""
    found = table(plan, "bills").drop(columns=["period", "cost"])
    return found.drop_duplicates("bill").reset_index(drop=True)
