"""The sheets that answer first: summary, the division, money, officers, sites."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd
from xlsxwriter import Workbook

from planner.case import Case
from planner.plan import Plan
from planner.results.bridges import bridge_table, fiscal_bridge
from planner.results.capacities import officers, officers_by_cadre, officers_by_phase, sites, sites_by_period
from planner.results.charts import Block, Picture
from planner.results.division import PARTS, UNITS, division
from planner.results.fiscal import accounts_by_year, over_the_years, years_in_all
from planner.results.frames import periods, say_date
from planner.results.headlines import NOTHING_HELD, TITLES, Headlines, headlines
from planner.results.layout import Formats, SheetWriter
from planner.results.money import account_by_phase, money_by_lane, money_by_period, payments, unspent
from planner.results.people import waiting_by_period
from planner.results.summary import CONTINUATION, NOTHING_MEANS
from planner.sheets import Time

WAITING_TITLE = "People who wait, at each period's end"
STAFF_TITLE = "Staff at work by period"
NOTES = {
    "money": "Where it is spent. 'region': what serves no single country.",
    "officers": "At work there on average; staff lent elsewhere count where they help.",
    "visas": "People who are given a visa or another legal way, besides resettlement.",
    "slots": "People who use a place of a resettlement ceiling or pledge.",
}
"""What each table of the division counts."""


@dataclass
class Writer:
    """What every page needs: the open book, the case, the plan, and the blocks that charts of other pages draw."""

    book: Workbook
    formats: Formats
    case: Case
    plan: Plan
    blocks: dict[str, Block | None] = field(default_factory=dict)
    pages: list[SheetWriter] = field(default_factory=list)
    hide_below: int = 0
    link: str = ""

    @cached_property
    def head(self) -> Headlines:
        """The headline of the plan."""
        return headlines(self.case, self.plan)

    def page(self, name: str, title: str, lead: str, widest: int = 30) -> SheetWriter:
        """Start a sheet."""
        case = self.case.name or self.plan.record.case_name
        made = SheetWriter(self.book, self.formats, name, title, lead, case, widest, hide_below=self.hide_below)
        self.pages.append(made)
        return made

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Phase columns with what people call the phase, where that fits."""
        said = {row.phase: phase_label(row) for row in self.case.of(Time)}
        return frame.rename(columns={c: said.get(str(c), str(c)) for c in frame.columns})

    def phase_columns(self) -> list[str]:
        """Headers of the phases in order."""
        return [phase_label(row) for row in self.case.of(Time)]

    def until(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the last day of each period after its name."""
        frame = frame.copy()
        known = periods(self.plan)
        days = dict(zip(known["name"].astype(str), known["until"].map(say_date), strict=True))
        position = list(frame.columns).index("Period")
        frame.insert(position + 1, "Until", frame["Period"].map(days).fillna(""))
        return frame


def phase_label(row: Time) -> str:
    """Phase with its label: 'P1 First 100 days'; commas would read as units."""
    if not row.label or row.label == row.phase:
        return row.phase
    return f"{row.phase} {row.label.replace(',', ' ·')}"[:40]


def totals(frame: pd.DataFrame, first: str = "Total", skip: tuple[str, ...] = ()) -> pd.Series[Any]:
    """Total row of a table: sums of its numbers except those that do not add up."""
    sums: dict[str, object] = {}
    for position, column in enumerate(frame.columns):
        if pd.api.types.is_numeric_dtype(frame[column]) and column not in skip:
            sums[str(column)] = float(frame[column].sum())
        else:
            sums[str(column)] = first if position == 0 else None
    return pd.Series(sums, dtype=object)


def summary_page(writer: Writer) -> SheetWriter:
    """Start the answer page: status, promises not kept, headline table, totals, what held the plan back.

    Charts follow at the end.
    """
    plan, found = writer.plan, writer.head
    page = writer.page("Summary", found.title, "")
    page.sheet.hide_gridlines(2)
    page.row = 1
    page.lines([found.answer], width=140, style=writer.formats.answer)
    if plan.found and found.not_kept:
        page.row += 1
        page.heading("Promises that are not kept")
        page.lines(found.not_kept, bullet="• ", width=155, style=writer.formats.broken)
        page.row += 1
    page.lines([found.sentence] if found.sentence else [], width=155, style=writer.formats.lead)
    page.row += 1
    if not plan.found:
        notes = list(plan.unproven) + list(plan.warnings)
        page.heading("What to do next")
        page.lines(notes or ["See sheets 'Defaults and warnings' and 'Record'."], bullet="• ", width=155)
        return page
    page.heading("What the plan achieves")
    outcomes = found.outcome_table()
    page.table(writer.named(outcomes))
    page.lines([found.compared], width=155)
    if CONTINUATION in outcomes and "Doing nothing" in outcomes:
        page.lines([NOTHING_MEANS], width=155)
    page.lines(found.goes_on, bullet="• ", width=155)
    page.heading("What it divides")
    page.table(writer.named(found.divided_table()))
    if found.bridges:
        page.heading("Totals that are called alike", "Each begins with one total and ends with the other.")
        page.table(found.bridge_table())
    page.heading("What held the plan back")
    page.lines(found.held_back or [NOTHING_HELD], bullet="• ", width=155)
    page.row += 1
    page.heading("What was not proven")
    page.lines(plan.unproven or ["Nothing is left open within the case as it is written."], bullet="• ", width=155)
    page.row += 1
    return page


def summary_charts(writer: Writer, page: SheetWriter) -> None:
    """Draw the four charts a reader looks at first, from the tables of the other sheets."""
    if not writer.plan.found:
        return
    phases_ = tuple(writer.phase_columns())
    blocks = writer.blocks
    top = page.row
    page.page_break()
    low = top + 17
    months = ("Period", "Until", "All who wait", "All cadres")
    waiting, cadres = blocks.get("waiting"), blocks.get("cadres")
    drawn = (
        (
            blocks.get("money"),
            Picture("Money by country and phase", "USD million", "Country", phases_, True),
            (top, 0.0),
        ),
        (
            blocks.get("lanes"),
            Picture("Money by line of action and phase", "USD million", "Line of action", phases_, True),
            (top, 555.0),
        ),
        (waiting, Picture(WAITING_TITLE, "people", "Until", others(waiting, months)), (low, 0.0)),
        (cadres, Picture(STAFF_TITLE, "full-time equivalents", "Until", others(cadres, months)), (low, 555.0)),
    )
    for block, picture, at in drawn:
        page.chart(block, picture, at, (540, 310))
    page.row = low + 17


def others(block: Block | None, left_out: tuple[str, ...]) -> tuple[str, ...]:
    """Columns of a table besides those left out."""
    return tuple(c for c in block.columns if c not in left_out) if block is not None else ()


def division_page(writer: Writer) -> None:
    """Four tables, country by phase, each with its chart."""
    page = writer.page(
        "The division",
        "The division",
        "Who gets what, when: money, officers, visas and resettlement places by country and phase.",
    )
    page.sheet.freeze_panes(2, 1)
    parts, charts = division(writer.case, writer.plan), []
    for part in PARTS:
        frame = parts[part]
        title, note = TITLES[part], NOTES[part]
        if part == "visas":
            page.page_break()
        page.heading(f"{title}, {UNITS[part]}", note)
        unit = "FTE" if part == "officers" else UNITS[part]
        frame = writer.named(frame.rename(columns={"Used": "Used on average, FTE"}))
        top = page.row
        some = frame[frame.drop(columns=["Country", "Share"]).abs().sum(axis=1) > 0]
        frame = pd.concat([some, frame.drop(some.index)], ignore_index=True)
        block = page.table(frame, unit, total=totals(frame))
        shown = (
            Block(block.sheet, block.header, block.first, block.first + len(some) - 1, block.columns)
            if block and len(some)
            else None
        )
        writer.blocks[part] = shown
        charts.append((shown, title, unit, top))
        page.row = max(page.row, top + 15)
    left = page.pixels(len(writer.phase_columns()) + 4) + 20.0
    series = tuple(writer.phase_columns())
    for shown, title, unit, top in charts:
        page.chart(shown, Picture(title, unit, "Country", series, True), (top, left), (470, 280))
    page.finish()


def money_page(writer: Writer) -> None:
    """Accounts with what stayed unspent and why, money by lane, then every payment."""
    page = writer.page(
        "Money", "Money", "Who pays for what, where and when; what stays unspent in each account, and why. USD million."
    )
    page.sheet.freeze_panes(2, 1)
    unit = "USD million"
    page.heading("Accounts over the whole plan")
    frame = unspent(writer.case, writer.plan)
    page.table(frame, unit, total=totals(frame, skip=("Spent, share",)))
    page.heading("Money by line of action", "What has no line of action is named by its kind: staff, sites, care.")
    lanes = writer.named(money_by_lane(writer.plan))
    writer.blocks["lanes"] = page.table(lanes, unit, total=totals(lanes))
    page.heading("Paid and left by period, all accounts")
    page.table(writer.until(money_by_period(writer.plan)), unit)
    page.heading("Accounts by phase")
    page.table(account_by_phase(writer.plan), unit)
    page.heading("Every payment: account, programme, country")
    paid = writer.named(payments(writer.plan))
    page.table(paid, unit, total=totals(paid), filtered=True)
    page.finish()


def years_page(writer: Writer) -> None:
    """Accounts by fiscal year: all together, by budget class, and each."""
    page = writer.page(
        "Accounts by year",
        "Accounts by fiscal year",
        "Carried in + authority + transfers in - transfers out - obligated - lapsed = carried out. USD million.",
    )
    page.sheet.freeze_panes(2, 2)
    unit = "USD million"
    laid = years_in_all(writer.case, writer.plan)
    page.heading("All accounts", "A year is named by the calendar year in which it ends; transfers cancel out.")
    for name in dict.fromkeys(laid["Accounts"]):
        part = laid[laid["Accounts"] == name].reset_index(drop=True)
        page.table(part, unit, total=over_the_years(part))
    bridge = fiscal_bridge(writer.case, writer.plan)
    page.heading("From what accounts obligate to the spending on the Summary")
    page.table(bridge_table([bridge]))
    page.heading("Every account", "Where an account has no fiscal year of its own, that of the settings.")
    page.table(accounts_by_year(writer.case, writer.plan), unit, filtered=True)
    page.finish()


def officers_page(writer: Writer) -> None:
    """Staff by cadre and period, by station and phase, and in full."""
    page = writer.page(
        "Officers",
        "Officers and other staff",
        "Who is in post, what they can do and what they did, in full-time equivalents (FTE).",
    )
    page.sheet.freeze_panes(2, 1)
    page.heading("At work on average by period, all stations", "Staff lent elsewhere count once.")
    frame = writer.until(officers_by_cadre(writer.plan))
    block = page.table(frame, "FTE")
    writer.blocks["cadres"] = block
    page.chart(block, Picture(STAFF_TITLE, "FTE", "Until", others(block, ("Period", "Until", "All cadres"))))
    page.heading(
        "By cadre and duty station",
        "Effective staff on average in each phase, after training and attrition, with staff lent to the station.",
    )
    page.table(writer.named(officers_by_phase(writer.case, writer.plan)), "FTE")
    page.heading("Every cadre, station and period")
    page.table(writer.until(officers(writer.case, writer.plan)), "FTE", filtered=True)
    page.finish()


def sites_page(writer: Writer) -> None:
    """Sites: when they open, what they cost, how full they are."""
    page = writer.page(
        "Sites", "Sites", "Ports, centres, shelters and hubs: when they open, how full they are, what they cost."
    )
    page.sheet.freeze_panes(2, 1)
    page.heading("Over the plan")
    page.table(sites(writer.case, writer.plan))
    page.heading("Every site and period")
    page.table(writer.until(sites_by_period(writer.plan)), filtered=True)
    page.finish()


def queues_block(writer: Writer, page: SheetWriter) -> None:
    """Table and chart of who waits by period."""
    page.heading("People who wait at each period's end")
    frame = writer.until(waiting_by_period(writer.plan))
    block = page.table(frame, "people")
    writer.blocks["waiting"] = block
    page.chart(block, Picture(WAITING_TITLE, "people", "Until", others(block, ("Period", "Until", "All who wait"))))
