"""Every table of a plan as CSV files in one zip, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import zipfile

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.plan.frames import tidy
from planner.results import views
from planner.results.division import PARTS, UNITS
from planner.results.layout import hidden, hidden_words
from planner.workbook.tables import quoted

DAY = (1980, 1, 1, 0, 0, 0)
"""Date of every file in the zip, so that the same plan gives the same bytes."""


def csv_zip(case: Case, plan: Plan, *, hide_below: int = 0) -> bytes:
    """One CSV file a table. Counts of people above nought and below `hide_below` are hidden."""
    plan = tidy(plan)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (unit, frame) in _tables(case, plan).items():
            entry = zipfile.ZipInfo(f"{name}.csv", DAY)
            archive.writestr(entry, csv_text(frame, unit, hide_below), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def csv_text(frame: pd.DataFrame, unit: str = "", hide_below: int = 0) -> str:
    """A table as CSV: figures with every digit, texts that no spreadsheet takes for a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([quoted(str(c)) for c in frame.columns])
    units = [str(u) for u in frame["Unit"]] if "Unit" in frame else [unit] * len(frame)
    for values, own in zip(frame.itertuples(index=False), units, strict=True):
        writer.writerow([_cell(v, str(c), own, hide_below) for v, c in zip(values, frame.columns, strict=True)])
    return stream.getvalue()


def _cell(value: object, column: str, unit: str, hide_below: int) -> str:
    """One cell."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        said = column.rpartition(", ")[2] if ", " in column else "share" if "share" in column.lower() else unit
        if hidden(float(value), said, hide_below):
            return hidden_words(hide_below)
        return "" if value != value else str(value)  # noqa: PLR0124 - a missing figure is not equal to itself
    return quoted(str(value))


def _tables(case: Case, plan: Plan) -> dict[str, tuple[str, pd.DataFrame]]:
    """Name of the file: unit of its figures and the table."""
    made = {
        "headline": ("", views.headline(plan, case)),
        **{f"division_{part}": (UNITS[part], views.division(case, plan)[part]) for part in PARTS},
        "accounts": ("USD million", views.unspent(case, plan)),
        "accounts_by_year": ("USD million", views.accounts_by_year(case, plan)),
        "payments": ("USD million", views.payments(plan)),
        "money_flow": ("USD million", views.money_links(case, plan)),
        "officers": ("FTE", views.officers(case, plan)),
        "queues": ("people", views.queues(case, plan)),
        "pools": ("people", views.pools(plan)),
        "streams": ("people", views.streams(case, plan)),
        "reforms": ("", views.reforms(case, plan)),
        "people": ("people", views.flows(plan)),
        "people_by_place": ("people", views.whereabouts(plan)),
        "rules": ("", views.tightest(case, plan)),
        "outcomes_by_country": ("", views.outcomes_by(case, plan, "country")),
        "record": ("", views.record(case, plan)),
    }
    return {name: (unit, frame) for name, (unit, frame) in made.items() if len(frame)}
