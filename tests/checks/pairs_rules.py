"""Rules, partners, outcomes: check, severity, sheet, part of the text, tripping edits, harmless edits."""

from __future__ import annotations

TENTH = "protection at home at least a tenth"
CUTS = "no abrupt cuts in protection at home"


def rule(**cells):
    """A new rule over money."""
    named = {k.replace("_", " "): v for k, v in cells.items()}
    return ("Rules", "", {"Rule": "new", "Measure": "money", "Relation": "at most", "Value": 80.0, **named})


def outcome(**cells):
    """A new outcome, with a term."""
    named = {k.replace("_", " "): v for k, v in cells.items()}
    return ("Outcomes", "", {"Outcome": "new", "Unit": "people", **named})


TERM = ("Outcome terms", "", {"Outcome": "new", "Line": "1", "Measure": "people served"})
NEED = ("Places", "Northland", {"People in need": 50_000.0, "Source": "E01", "Grade": "A"})
PARTNER = ("Coalition", "", {"Partner": "mayors", "Measure": "money", "Status quo": 0.0, "Weight": 2.0})


def quorum(votes):
    """The coalition quorum."""
    return ("Settings", "", {"Setting": "coalition quorum", "Value": votes})


RULES = [
    (
        "share-of-itself", "error", "Rules", "a share of itself",
        [rule(Relation="at least share of", Value=0.1)],
        [rule(Relation="at least share of", Value=0.1, Of_where="kind: stage")],
    ),
    (
        "share-of-all", "warning", "Rules", "all money",
        [rule(Relation="at most share of", Value=0.5, Where="kind: stage")],
        [rule(Relation="at most share of", Value=0.5, Where="kind: stage", Of_measure="money")],
    ),
    (
        "rule-unused", "warning", "Rules", "counts for shares only",
        [rule(Of_where="kind: stage")],
        [rule(Where="kind: stage")],
    ),
    (
        "rule-unused", "warning", "Rules", "counts for bands only",
        [rule(Across="country")],
        [rule()],
    ),
    (
        "rule-unused", "warning", "Rules", "no yearly rate",
        [rule(Measure="people in", Where="state: refused", Value=9e5, Per_year="yes")],
        [rule(Value=40.0, Per_year="yes")],
    ),
    (
        "rule-fiscal-year", "error", "Rules", "adds up over no fiscal year",
        [rule(Measure="people in", Where="state: refused", Value=9e5, Scope="fiscal year")],
        [rule(Value=80.0, Scope="fiscal year")],
    ),
    (
        "rule-fiscal-years", "warning", "Rules", "different fiscal years",
        [rule(Where="account: asylum budget, partner fund", Scope="fiscal year")],
        [rule(Where="account: asylum budget", Scope="fiscal year")],
    ),
    (
        "rule-scope", "error", "Rules", "the scope is 'phase'",
        [("Rules", CUTS, {"Scope": "phase"})],
        [("Rules", CUTS, {"Scope": None})],
    ),
    (
        "rule-value", "error", "Rules", "below 0",
        [("Rules", TENTH, {"Value": -0.1})],
        [("Rules", TENTH, {"Value": 0.0})],
    ),
    (
        "rule-value", "error", "Rules", "says nothing",
        [("Rules", CUTS, {"Value": 1.0})],
        [("Rules", CUTS, {"Value": 0.9})],
    ),
    (
        "rule-value", "error", "Rules", "is more than all, which no part of it can be. Write a share from 0 to 1 (for 15 % write 0.15)",
        [("Rules", TENTH, {"Value": 15.0})],
        [("Rules", TENTH, {"Value": 0.15, "Strength": "soft", "Penalty": 1.0})],
    ),
    (
        "rule-value", "error", "Rules", "is more than all: the rule says nothing",
        [("Rules", TENTH, {"Relation": "at most share of", "Value": 15.0})],
        [("Rules", TENTH, {"Relation": "at most share of", "Value": 1.0})],
    ),
    (
        "rule-value", "warning", "Rules", "write 0.02)",
        [rule(Relation="at most share of", Value=2.0, Where="kind: stage", Of_where="kind: programme")],
        [rule(Relation="at most share of", Value=1.0, Where="kind: stage", Of_where="kind: programme")],
    ),
    (
        "rule-value", "error", "Rules", "no measure is ever below 0",
        [rule(Value=-1.0)],
        [rule(Value=8.0, Where="kind: stage")],
    ),
    (
        "rule-idle", "warning", "Rules", "always holds",
        [rule(Relation="at least", Value=0.0)],
        [rule(Relation="at least", Value=1.0)],
    ),
    (
        "penalty-missing", "warning", "Rules", "costs nothing",
        [("Rules", TENTH, {"Strength": "soft"})],
        [("Rules", TENTH, {"Strength": "soft", "Penalty": 2.0})],
    ),
    (
        "penalty-unused", "warning", "Rules", "never paid",
        [("Rules", TENTH, {"Penalty": 2.0})],
        [("Rules", TENTH, {"Penalty": 0.0})],
    ),
    (
        "across-missing", "error", "Rules", "'Across' is blank",
        [NEED, rule(Relation="within band", Value=0.3)],
        [NEED, rule(Relation="within band", Value=0.3, Across="country")],
    ),
    (
        "nobody-to-compare", "error", "Rules", "1 of them",
        [rule(Relation="within band", Value=0.3, Across="country")],
        [NEED, rule(Relation="within band", Value=0.3, Across="country")],
    ),
    (
        "nobody-to-compare", "error", "Rules", "sheet Groups",
        [NEED, rule(Relation="within band", Value=0.3, Across="group")],
        [],
    ),
    (
        "quorum-missing", "warning", "Coalition", "no quorum",
        [PARTNER],
        [PARTNER, quorum("2")],
    ),
    (
        "impossible-quorum", "conflict", "Settings", "3 votes",
        [PARTNER, quorum("3")],
        [PARTNER, quorum("2")],
    ),
    (
        "nothing-to-seek", "error", "Outcomes", "nothing to seek",
        [("Outcomes", name, {"Weight": None}) for name in ("safe years", "legal admissions", "years waiting", "over the limit", "public money")],
        [("Outcomes", name, {"Weight": None}) for name in ("safe years", "legal admissions", "years waiting", "over the limit")],
    ),
    (
        "outcome-empty", "error", "Outcomes", "what 'new' is made of",
        [outcome(Weight=1.0)],
        [outcome(Weight=1.0), TERM],
    ),
    (
        "outcome-empty", "warning", "Outcomes", "what 'new' is made of",
        [outcome()],
        [outcome(), TERM],
    ),
    (
        "outcome-flat", "warning", "Outcome terms", "counts 0",
        [outcome(), (*TERM[:2], {**TERM[2], "Per unit": 0.0})],
        [outcome(), TERM],
    ),
    (
        "outcome-unused", "warning", "Outcomes", "the kind is 'sum'",
        [outcome(Across="country"), TERM],
        [outcome(Across="country", Kind="worst-off"), TERM],
    ),
    (
        "outcome-sign", "warning", "Outcomes", "counts below 0",
        [outcome(Better="less"), (*TERM[:2], {**TERM[2], "Per unit": -1.0})],
        [outcome(Better="more"), (*TERM[:2], {**TERM[2], "Per unit": -1.0})],
    ),
    (
        "outcome-sign", "warning", "Outcomes", "more inequality",
        [NEED, outcome(Kind="gini", Across="country"), TERM],
        [NEED, outcome(Kind="gini", Across="country", Better="less"), TERM],
    ),
    (
        "across-missing", "error", "Outcomes", "'worst-off' compares",
        [outcome(Kind="worst-off"), TERM],
        [outcome(Kind="worst-off", Across="country"), TERM],
    ),
    (
        "nobody-to-compare", "error", "Outcomes", "'gini' compares countries",
        [outcome(Kind="gini", Across="country", Better="less"), TERM],
        [NEED, outcome(Kind="gini", Across="country", Better="less"), TERM],
    ),
]  # fmt: skip
