"""Every family of variables and constraints of the kernel: its name in Pyomo, what it is indexed by, what it says.

A case's Pyomo model has one indexed component a family, with these words as its `doc`. Families of variables that bear
the name of constraints in exported models have another in Pyomo, where a name stands once.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A family of variables or constraints: its component in Pyomo, the meaning of its index, the equation or unit."""

    component: str
    index: str
    doc: str


VARIABLES: dict[str, Family] = {
    "level": Family(
        "level",
        "activity, first period of the decision",
        "x: level of an activity, in its unit (whole lots, where it comes in lots); K4, K5: within its limits a year "
        "times the days of the period / 365",
    ),
    "taken": Family("taken", "switch, period", "w: 1 if the switch is taken as the period begins, else 0 [-]"),
    "balance": Family(
        "closing", "stock, step", "z: what a stock closes a step with [unit of the stock]; K2: its limits"
    ),
    "lapse": Family("lapse", "stock, step", "o: what lapses unused in a step [unit of the stock]"),
    "portion": Family(
        "portion", "activity, portion, period", "level between two days on which numbers lapse [unit of the activity]"
    ),
    "stretch": Family(
        "stretch", "activity, stretch, period", "sigma: level on one stretch of a curve [unit of the activity]"
    ),
    "full": Family("full", "activity, stretch, period", "b: 1 if a stretch of a rising curve is filled [-]"),
    "runs": Family("runs", "activity, period", "v: 1 if the activity runs at all [-]"),
    "starts": Family("starts", "activity, period", "g: 1 if the activity starts to run [-]"),
    "payment": Family("payment", "account, bill, period", "p: what an account pays of a bill [USD]"),
    "paid": Family("paid_in_step", "account, step", "what an account pays between two edges of its money [USD]"),
    "entries": Family("entries_so_far", "stock, period", "A: everybody who has entered by the period's end [people]"),
    "over_limit": Family("over_limit", "stock, period", "L: people over the time limit at the period's end [people]"),
    "broken": Family("broken", "rule, scope, side", "epsilon: breach of a soft rule [unit of the rule]"),
    "outcome": Family("outcome_value", "outcome", "y: value of an outcome [its unit]"),
    "gap": Family("gap", "outcome, part, part", "distance between two parts of a Gini coefficient [ratio]"),
}
"""Families of variables by their names in exported models."""

CONSTRAINTS: dict[str, Family] = {
    "curve_order": Family(
        "curve_order", "activity, stretch, period", "K4: stretch <= width * full of the stretch before [unit]"
    ),
    "curve_full": Family("curve_full", "activity, stretch, period", "K4: stretch >= width * full [unit]"),
    "curve": Family("curve", "activity, period", "K4: level = sum of its stretches [unit of the activity]"),
    "at_most_if_running": Family("at_most_if_running", "activity, period", "K6: level <= largest level * runs [unit]"),
    "at_least_if_running": Family("at_least_if_running", "activity, period", "K6: level >= least level * runs [unit]"),
    "start": Family("start", "activity, period", "K6: starts >= runs - runs of the period before [-]"),
    "start_runs": Family("start_runs", "activity, period", "K6: starts <= runs [-]"),
    "start_anew": Family("start_anew", "activity, period", "K6: starts <= 1 - runs of the period before [-]"),
    "growth": Family(
        "growth",
        "activity, first period",
        "K5: pace <= factor a year ^ years * pace before + starting pace * its share [unit of the activity]",
    ),
    "decline": Family(
        "decline", "activity, first period", "K5: pace >= (1 - share cut a year) ^ years * pace before [unit]"
    ),
    "once": Family("once", "switch", "K7: a switch is taken at most once, or exactly once where it must [-]"),
    "prerequisite": Family(
        "prerequisite", "switch, switch needed, period", "K8: taken by now <= what it needs in force by now [-]"
    ),
    "exclusion": Family("exclusion", "switch, switch", "K8: at most one of two switches is taken [-]"),
    "enabled": Family("enabled", "activity, switch, period", "K9: level <= largest level * share in force [unit]"),
    "demand": Family("demand", "switch, activity, period", "K9: level >= rate * days in force / 365 [unit]"),
    "portions": Family("portions", "activity, period", "K1: level = sum of its portions [unit of the activity]"),
    "balance": Family(
        "balance",
        "stock, step",
        "K1: closing = d * carried over * opening + s * (inflow + made + switched + gained - used - paid - lapsed) "
        "[unit of the stock]",
    ),
    "limit": Family("limit", "stock, step", "K2: closing <= limit + what switches in force add [unit of the stock]"),
    "entries": Family(
        "entries", "stock, period", "entries so far = entries by the period before + what entered [people]"
    ),
    "on_time": Family(
        "on_time", "stock, period", "those who left >= entries up to the limit before, less those over it [people]"
    ),
    "occupancy": Family("occupancy", "capacity, period", "K3: occupied <= use ceiling * available [unit-days]"),
    "bill": Family("bill", "bill, period", "K10: sum of payments = cost [USD]"),
    "paid": Family("paid", "account, period", "K10: sum over the steps of a period = sum of its payments [USD]"),
    "step_share": Family(
        "step_share", "account, step, period", "K10: paid in a step <= its share of the days * costs [USD]"
    ),
    "open_share": Family(
        "open_share", "account, period", "K10: payments <= share of the days on which it is open * costs [USD]"
    ),
    "milestone": Family(
        "milestone", "switch, stock, period", "K8: what the stock holds >= target * taken by now [unit of the stock]"
    ),
    "requirement": Family("requirement", "requirement, period", "K11: what is supplied >= what is demanded [its unit]"),
    "rule": Family("rule", "rule, scope", "K12: what is measured <= , = or >= the bound, less breaches [unit]"),
    "outcome": Family("outcome", "outcome", "K13: value = discounted sum of its terms, or its Gini coefficient [unit]"),
    "worst_off": Family("worst_off", "outcome, part", "K13: value <= what a part has / its need [ratio]"),
    "apart": Family("apart", "outcome, part, part, side", "K13: gap >= difference of two parts' ratios [ratio]"),
}
"""Families of constraints by their names, which Pyomo and exported models share."""
