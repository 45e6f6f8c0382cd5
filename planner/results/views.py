"""Every view in one place: plain functions from a case and its plan to tables in planners' words."""

from __future__ import annotations

from planner.results.capacities import officers, officers_by_cadre, officers_by_phase, sites, sites_by_period, staff_use
from planner.results.countries import against, by_country, nothing_of
from planner.results.division import behind, division, rows_of
from planner.results.fiscal import accounts_by_year, years_in_all
from planner.results.frames import with_total
from planner.results.going_on import what_goes_on
from planner.results.links import money_links, touches
from planner.results.money import account_by_period, account_by_phase, money_by_lane, money_by_period, payments, unspent
from planner.results.people import (
    balance,
    flows,
    flows_by_state,
    on_time,
    queues,
    queues_summary,
    under_way,
    waiting_by_period,
    whereabouts,
)
from planner.results.ramps import ramps
from planner.results.record import command_line, defaults, evidence, outcomes, outcomes_by, record, warnings
from planner.results.reforms import capital, decisions, reforms
from planner.results.rules import not_kept, rules, tightest
from planner.results.slots import pools, stream_bottlenecks, streams, visas_by_period
from planner.results.summary import check_sentence, headline, held_back, outcome_phases, status_sentence
from planner.results.weak import weak_rows

__all__ = [
    "account_by_period", "account_by_phase", "accounts_by_year", "against", "balance", "behind", "by_country",
    "capital", "check_sentence", "command_line", "decisions", "defaults", "division", "evidence", "flows",
    "flows_by_state", "headline", "held_back", "money_by_lane", "money_by_period", "money_links", "not_kept",
    "nothing_of", "officers", "officers_by_cadre", "officers_by_phase", "on_time", "outcome_phases", "outcomes",
    "outcomes_by", "payments", "pools", "queues", "queues_summary", "ramps", "record", "reforms", "rows_of", "rules",
    "sites", "sites_by_period", "staff_use", "status_sentence", "stream_bottlenecks", "streams", "tightest",
    "touches", "under_way", "unspent", "visas_by_period", "waiting_by_period", "warnings", "weak_rows",
    "what_goes_on", "whereabouts", "with_total", "years_in_all",
]  # fmt: skip
