"""The sheets for a closer look: queues, visas, reforms, people, rules, outcomes, warnings, evidence, record."""

from __future__ import annotations

from planner.results.charts import Picture
from planner.results.going_on import what_goes_on
from planner.results.pages import Writer, others, queues_block, totals
from planner.results.people import flows, flows_by_state, queues, queues_summary, under_way
from planner.results.record import defaults, evidence, outcomes, outcomes_by, record, warnings
from planner.results.reforms import capital, decisions, reforms
from planner.results.rules import rules, tightest
from planner.results.slots import pools, stream_bottlenecks, streams, visas_by_period


def queues_page(writer: Writer) -> None:
    """Who waits, how long, how many over their limit."""
    page = writer.page(
        "Queues", "Queues", "Who waits where, how many leave within their time limit, how many are over it. People."
    )
    page.sheet.freeze_panes(2, 1)
    queues_block(writer, page)
    page.heading(
        "Every queue over the plan",
        "On time: share of those who left who had waited no longer than the limit, first in, first out.",
    )
    page.table(queues_summary(writer.case, writer.plan), "people")
    page.heading("Every queue and period")
    page.table(writer.until(queues(writer.case, writer.plan)), "people", filtered=True)
    page.finish()


def going_page(writer: Writer) -> None:
    """Every row that goes on without the plan: last actual, continuation, plan."""
    page = writer.page("What goes on", "What goes on without the plan", writer.head.compared)
    page.sheet.freeze_panes(2, 1)
    page.heading("Every row whose last level is known", "Levels a year; of continuation and plan on average over it.")
    frame = what_goes_on(writer.case, writer.plan)
    page.table(frame, empty="No row says at which level it goes on (columns Last actual and Goes on at).")
    page.lines(writer.head.goes_on, bullet="• ", width=155)
    page.finish()


def slots_page(writer: Writer) -> None:
    """Pools and streams, with what held them."""
    page = writer.page(
        "Visas and quotas",
        "Visas and quotas",
        "What each cap offered, what was used, what lapsed, and what held each stream back. People.",
    )
    page.sheet.freeze_panes(2, 1)
    page.heading("Streams over the plan", "'Held longest by': what was at its limit for the longest time.")
    frame = writer.named(streams(writer.case, writer.plan))
    page.table(frame, "people", total=totals(frame, skip=("Share of what was asked",)) if len(frame) else None)
    page.heading(
        "Quotas by phase", "Came in: its phases, places released into it. Lapsed: unused at the end of the fiscal year."
    )
    page.table(pools(writer.plan), "people")
    page.heading("Places used by period")
    used = writer.until(visas_by_period(writer.plan))
    block = page.table(used, "people") if len(used.columns) > 2 else page.table(used.iloc[:0])
    picture = Picture("Places used by quota and period", "people", "Until", others(block, ("Period", "Until")))
    page.chart(block, picture)
    page.heading("Every stream and period, with everything that was at its limit")
    held = stream_bottlenecks(writer.case, writer.plan).drop(columns=["phase", "days", "first"])
    page.table(writer.until(held), "people", filtered=True)
    page.finish()


def reforms_page(writer: Writer) -> None:
    """Reforms taken and not taken, political capital."""
    page = writer.page(
        "Reforms",
        "Reforms",
        "Which decisions are taken when, what they open, what they cost; and the likely reason why others are not.",
    )
    page.sheet.freeze_panes(2, 1)
    frame = reforms(writer.case, writer.plan)
    page.heading("Decisions in order of time", "Reforms, openings of sites and partners of the coalition.")
    page.table(decisions(writer.case, writer.plan), empty="No decision is taken.")
    page.heading("Taken")
    taken = frame[frame["Taken"] == "yes"].drop(columns=["Taken", "Why not"])
    skip = ("Political capital, points",) if taken.empty else ()
    page.table(taken, total=totals(taken, skip=skip) if len(taken) else None, empty="No reform is taken.")
    page.heading("Not taken")
    columns = ["Reform", "What it does", "Who decides", "Why not"]
    page.table(frame[frame["Taken"] == "no"][columns], empty="Every reform is taken.")
    page.heading("Political capital by period")
    page.table(writer.until(capital(writer.plan)), "points", empty="Political capital is not limited in this case.")
    page.finish()


def people_page(writer: Writer) -> None:
    """Conservation of people."""
    lead = (
        "Everybody is in exactly one place: opening + arrivals + moved in + came - moved out - went = closing. People."
    )
    page = writer.page("People", "People", lead)
    page.sheet.freeze_panes(2, 1)
    page.heading(
        "By state over the whole plan",
        "The last column shows what does not add up: it should be empty or a dash everywhere.",
    )
    frame = flows_by_state(writer.plan)
    page.table(frame, "people", total=totals(frame))
    page.heading("Still under way when the plan ends")
    page.table(under_way(writer.plan), empty="Nobody is between two caseloads.")
    page.heading("Every caseload and period")
    page.table(writer.until(flows(writer.plan)), "people", filtered=True)
    page.finish()


def rules_page(writer: Writer) -> None:
    """Rules, rights first."""
    page = writer.page(
        "Rules",
        "Rules",
        "How much of each limit was used, rights first. Slack: what was left. Binding: the limit was reached.",
        40,
    )
    page.sheet.freeze_panes(2, 1)
    page.heading(
        "Every rule where it is tightest",
        "A share stands beside what it is a share of. Lending, transfer and match limits stand among the rules.",
    )
    page.table(tightest(writer.case, writer.plan), empty="The case has no rules.")
    page.heading("Every rule and time")
    page.table(rules(writer.case, writer.plan), filtered=True, empty="The case has no rules.")
    page.finish()


def outcomes_page(writer: Writer) -> None:
    """Outcomes by country, origin and group."""
    page = writer.page(
        "Outcomes",
        "Outcomes by country and group",
        "Where each outcome comes from. Phases add up to its value, except for worst-off and Gini outcomes.",
    )
    page.sheet.freeze_panes(2, 1)
    page.heading("Value and weight", "Points: what the outcome adds to the objective.")
    page.table(outcomes(writer.plan))
    for across, note in (
        ("country", "Country where it happens."),
        ("origin", "Country that people come from."),
        ("group", "Group of people."),
    ):
        page.heading(f"By {across}", note)
        page.table(writer.named(outcomes_by(writer.case, writer.plan, across)))
    page.finish()


def warnings_page(writer: Writer) -> None:
    """Warnings first, then the defaults that were used."""
    lead = "What was assumed where a cell was empty, and what a reader should check."
    page = writer.page("Defaults and warnings", "Defaults and warnings", lead, 60)
    page.heading("Warnings")
    page.table(warnings(writer.case, writer.plan), empty="No warnings.")
    page.heading("Defaults that were used")
    page.lines(defaults(writer.plan)["Default that was used"], bullet="\u2022 ", width=160)
    page.finish()


def evidence_page(writer: Writer) -> None:
    """Evidence with the rows that rest on it."""
    lead = "Where the figures come from. Grades: S sourced, D derived, A assumption, U unverified."
    page = writer.page("Evidence", "Evidence", lead, 46)
    page.table(evidence(writer.case), freeze=True, filtered=True, empty="The case names no evidence.")
    page.finish()


def record_page(writer: Writer) -> None:
    """How the plan was found."""
    page = writer.page("Record", "Record", "How this plan was found: enough to find it again.")
    page.table(record(writer.case, writer.plan, writer.link), freeze=True)
    page.finish()
    page.sheet.set_column(0, 0, 36)
    page.sheet.set_column(1, 1, 90)
