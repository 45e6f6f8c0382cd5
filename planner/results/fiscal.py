"""Accounts by fiscal year: carried in, authority, transfers, obligated, spent, lapsed, carried out.

Nothing here is stored: the steps of table *stocks* end with every fiscal year of an account, and verification works
them out anew from the workbook. So the sheet, the terminal, JSON and the app all read the same few sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from models.grid import FiscalYear
from planner.case import Case
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import MILLION, name_of, remembered
from planner.sheets import Funding

FLOWS = {
    "Authority": ("inflow", "switched", "gained"),
    "Transfers in": ("made",),
    "Transfers out": ("used",),
    "Obligated": ("paid",),
    "Lapsed": ("lost", "lapsed"),
}
"""What comes in and goes out, as columns of table *stocks*."""
SIGNS = {"Authority": 1.0, "Transfers in": 1.0, "Transfers out": -1.0, "Obligated": -1.0, "Lapsed": -1.0}
AMOUNTS = (
    "Carried in", "Authority", "Transfers in", "Transfers out", "Obligated", "Lapsed", "Carried out",
    "Spent", "Still to be spent",
)  # fmt: skip
"""Columns of figures, USD million."""
STANDING = ("Carried in", "Carried out", "Still to be spent")
"""Of these the columns that say what stands at an end of a year, which no sum over years means anything of."""
ROUNDING = 1e-9
"""Share of the largest figure of a year within which what is left of it is what rounding leaves."""
CLASSES = ("mandatory", "discretionary", "class not said")
ALL = "All accounts"


@remembered
def accounts_by_year(case: Case, plan: Plan) -> pd.DataFrame:
    """Every account and fiscal year of its own (the settings' where it has none) in which it had money, USD million.

    Carried in + authority + transfers in - transfers out - obligated - lapsed = carried out, which is what the next
    year carries in. What a year's end does not let pass lapses in that year. Of what is obligated in a year the share
    that the account says is spent in it, the rest in the next; what was obligated before the plan is not known.
    """
    stocks = table(plan, "stocks")
    stocks = stocks[stocks["kind"] == "account"].sort_values(["stock", "step"], kind="stable")
    rows = [
        {"Account": row.account, "Budget class": row.budget_class or CLASSES[-1], **line}
        for stock, steps in stocks.groupby("stock", sort=True)
        if (row := case.find(Funding, name_of(str(stock)))) is not None
        for line in _years(row, steps, case.fiscal_years(row.fiscal_year))
    ]
    return pd.DataFrame(rows, columns=["Account", "Budget class", "Fiscal year", *AMOUNTS])


def _years(row: Funding, steps: pd.DataFrame, years: Sequence[FiscalYear]) -> Iterator[dict[str, object]]:
    """The years of one account; those without any money or flow are left out."""
    begins, starts = np.array([year.start for year in years]), steps["start_day"].to_numpy(float)
    of = np.searchsorted(begins, starts, side="right") - 1
    ending = np.searchsorted(begins, starts, side="left") - 1  # of the day before, on which what is not kept lapses
    carried = float(steps["opening"].iloc[0]) / MILLION
    unspent = 0.0
    for number, year in enumerate(years):
        sums = {
            name: float(
                sum(steps.loc[(ending if c == "lapsed" else of) == number, c].astype(float).sum() for c in columns)
            )
            / MILLION
            for name, columns in FLOWS.items()
        }
        left = carried + sum(SIGNS[name] * amount for name, amount in sums.items())
        left = 0.0 if abs(left) <= ROUNDING * max(carried, *sums.values()) else left
        spent = unspent + row.spent_in_year * sums["Obligated"]
        owed, before = (1.0 - row.spent_in_year) * sums["Obligated"], (carried, unspent)
        if any(before) or any(sums.values()):
            yield {
                "Fiscal year": year.name, "Carried in": carried, **sums, "Carried out": left,
                "Spent": spent, "Still to be spent": owed,
            }  # fmt: skip
        carried, unspent = left, owed


def years_in_all(case: Case, plan: Plan) -> pd.DataFrame:
    """Fiscal years down: all accounts, and those of each budget class where any has one, USD million.

    Years of different accounts that end in the same calendar year stand together. What an account has left in its last
    year in the plan stands in the years of others that come after, so that every year carries in what the one before
    carries out.
    """
    found = accounts_by_year(case, plan)
    names, standing = sorted(set(found["Fiscal year"])), []
    for _, mine in found.groupby("Account"):
        last = mine.iloc[-1]
        left = {c: last["Carried out"] if c.startswith("Carried") else 0.0 for c in AMOUNTS}
        left["Still to be spent"] = last["Still to be spent"]
        standing += [{**last, **left, "Fiscal year": name} for name in names if name > last["Fiscal year"]]
    found = pd.DataFrame([*found.to_dict("records"), *standing], columns=list(found.columns))
    told = (found["Budget class"] != CLASSES[-1]).any()
    parts = [(name, found[found["Budget class"] == name]) for name in (CLASSES if told else ())]
    laid = [
        part.groupby("Fiscal year", sort=True)[list(AMOUNTS)].sum().reset_index().assign(Accounts=name)
        for name, part in [*parts, (ALL, found)]
        if len(part)
    ]
    columns = ["Accounts", "Fiscal year", *AMOUNTS]
    return pd.concat(laid, ignore_index=True)[columns] if laid else pd.DataFrame(columns=columns)


def over_the_years(frame: pd.DataFrame) -> pd.Series[Any]:
    """Total row of a table by fiscal year: flows add up over years, what stands at a year's end does not."""
    sums = {c: float(frame[c].sum()) if c in AMOUNTS and c not in STANDING else None for c in frame.columns}
    return pd.Series({**sums, str(frame.columns[0]): "Total"}, dtype=object)
