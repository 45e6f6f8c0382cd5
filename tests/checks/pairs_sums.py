"""What shows once all is put together: check, severity, sheet, part of the text, tripping edits, harmless edits."""

from __future__ import annotations

from datetime import date

BORDER = "interview at the border"
HARBOUR = "interview at the harbour"
WIDER = "wider refugee definition"
HOMES = "safe houses and local protection"
SUPPORT = "recruitment support"
VISA = "seasonal work from Southland"
RICH = [("Appropriations", f"asylum budget / P{n}", {"Amount": 900.0}) for n in (1, 2, 3)]
"""Money enough for anything."""


def rule(name, **cells):
    """A new hard rule over money."""
    named = {k.replace("_", " "): v for k, v in cells.items()}
    return ("Rules", "", {"Rule": name, "Measure": "money", **named})


def floor(value, **cells):
    """At least so much money."""
    return rule("floor", Relation="at least", Value=value, **cells)


def cap(value, **cells):
    """At most so much money."""
    return rule("cap", Relation="at most", Value=value, **cells)


OF_HOMES = {"Where": "purpose: protection at home"}
OF_LABOUR = {"Where": "purpose: labour pathways"}
REFUSED = {"Measure": "people in", "Where": "row: refused"}

APART = [
    ("Funding", "asylum budget", {"Purposes": None}),
    ("Funding", "partner fund", {"Purposes": "asylum; labour pathways", "Places": "Northland"}),
]
"""An account for labour pathways that pays only where nobody asks for them."""

SUMS = [
    (
        "account-never-meets", "warning", "Funding", "can pay nothing for 'labour pathways'",
        APART, [*APART, ("Visas", VISA, {"Place": "Northland"})],
    ),
    (
        "impossible-money", "conflict", "Rules", "the floors ask for 3 million USD in phase P1: rule 'floor' 3 (Rules!",
        [floor(3.0, **OF_HOMES, Scope="phase")],
        [floor(2.0, **OF_HOMES, Scope="phase")],
    ),
    (
        "impossible-money", "conflict", "Rules", "the accounts that may pay it have 26 million USD: 'partner fund' 26",
        [floor(14.0, **OF_HOMES), rule("second", Relation="at least", Value=13.0, **OF_LABOUR)],
        [floor(14.0, **OF_HOMES), rule("second", Relation="at least", Value=12.0, **OF_LABOUR)],
    ),
    (
        "impossible-money", "conflict", "Rules", "in phases P1 to P2",
        [floor(5.0, **OF_HOMES, Scope="phase"), ("Appropriations", "partner fund / P1", {"Amount": 5.0}),
         ("Appropriations", "partner fund / P2", {"Amount": 4.0})],
        [floor(5.0, **OF_HOMES, Scope="phase"), ("Appropriations", "partner fund / P1", {"Amount": 7.0}),
         ("Appropriations", "partner fund / P2", {"Amount": 4.0})],
    ),
    (
        "impossible-money", "conflict", "Staff", "salaries of 'asylum officer / Border post'",
        [("Staff", "asylum officer / Border post", {"Salary": 9_500_000.0})],
        [("Staff", "asylum officer / Border post", {"Salary": 150_000.0})],
    ),
    (
        "impossible-money", "conflict", "Sites", "running cost of 'Border post'",
        [("Sites", "Border post", {"Running cost": 90_000.0})],
        [("Sites", "Border post", {"Running cost": 9_000.0})],
    ),
    (
        "impossible-money", "conflict", "Programmes", "the least of 'safe houses and local protection'",
        [("Programmes", HOMES, {"At least": 2500.0, "Unit cost": 9_000.0})],
        [("Programmes", HOMES, {"At least": 500.0})],
    ),
    (
        "impossible-money", "conflict", "Rules", "3 million USD in phase P1",
        [floor(3.0, **OF_HOMES, Scope="phase"),
         ("Transfers", "", {"From account": "asylum budget", "To account": "partner fund", "At most": 0.01})],
        [floor(3.0, **OF_HOMES, Scope="phase"),
         ("Transfers", "", {"From account": "asylum budget", "To account": "partner fund", "At most": 0.1})],
    ),
    (
        "impossible-money", "conflict", "Rules", "'partner fund' 2 ",
        [floor(3.0, **OF_HOMES, Scope="phase")],
        [floor(3.0, **OF_HOMES, Scope="phase"),
         ("Effects", "", {"Reform": WIDER, "Effect": "releases", "On": "partner fund", "Amount": 5.0})],
    ),
    (
        "impossible-limits", "conflict", "Rules", "at most 5 million USD (money) in the whole plan, of which 6 million USD are asked for",
        [floor(6.0, **OF_HOMES), cap(5.0, **OF_HOMES)],
        [floor(5.0, **OF_HOMES), cap(5.0, **OF_HOMES)],
    ),
    (
        "impossible-limits", "conflict", "Rules", "9 million USD are asked for",
        [floor(4.0, **OF_HOMES), rule("second", Relation="at least", Value=5.0, **OF_LABOUR),
         cap(8.0, Where="purpose: protection at home, labour pathways")],
        [floor(4.0, **OF_HOMES), rule("second", Relation="at least", Value=5.0, Where="purpose: protection at home, labour pathways"),
         cap(8.0, Where="purpose: protection at home, labour pathways")],
    ),
    (
        "impossible-limits", "conflict", "Rules", "at most 3 million USD",
        [floor(1.5, **OF_HOMES, Scope="phase"), cap(3.0, **OF_HOMES)],
        [floor(1.0, **OF_HOMES, Scope="phase"), cap(3.0, **OF_HOMES)],
    ),
    (
        "impossible-limits", "conflict", "Rules", "at the end of",
        [rule("cap", **REFUSED, Relation="at most", Value=80.0, Scope="phase"), rule("floor", **REFUSED, Relation="at least", Value=90.0)],
        [rule("cap", **REFUSED, Relation="at most", Value=80.0), rule("floor", **REFUSED, Relation="at least", Value=80.0)],
    ),
    (
        "impossible-limits", "conflict", "Rules", "what is sure of 'recruitment support'",
        [("Programmes", SUPPORT, {"At least": 400.0}), rule("cap", Measure="units", Where="kind: programme", Relation="at most", Value=1000.0)],
        [("Programmes", SUPPORT, {"At least": 300.0}), rule("cap", Measure="units", Where="kind: programme", Relation="at most", Value=1000.0)],
    ),
    (
        "impossible-shares", "conflict", "Rules", "add up to 1.2",
        [rule("half", Relation="at least share of", Value=0.6, **OF_HOMES, Of_measure="money"),
         rule("other half", Relation="at least share of", Value=0.6, **OF_LABOUR, Of_measure="money"), ("Rules", "protection at home at least a tenth", {"On": "no"})],
        [rule("half", Relation="at least share of", Value=0.6, **OF_HOMES, Of_measure="money"),
         rule("other half", Relation="at least share of", Value=0.6, Where="purpose: protection at home, labour pathways", Of_measure="money"),
         ("Rules", "protection at home at least a tenth", {"On": "no"})],
    ),
    (
        "impossible-people", "conflict", "Rules", "nothing to take them out",
        [("People", "refused", {"At start": 100.0, "Source": "E07", "Grade": "A"}), rule("cap", **REFUSED, Relation="at most", Value=90.0)],
        [("People", "refused", {"At start": 100.0, "Source": "E07", "Grade": "A"}), rule("cap", **REFUSED, Relation="at most", Value=100.0)],
    ),
    (
        "impossible-staff", "conflict", "Pipelines", "staff-days of 'asylum officer / Border post'",
        [*RICH, ("Pipelines", BORDER, {"At least": 7000.0})],
        [*RICH, ("Pipelines", BORDER, {"At least": 5000.0})],
    ),
    (
        "impossible-site", "conflict", "Pipelines", "place-days at 'Border post'",
        [*RICH, ("Pipelines", BORDER, {"At least": 5000.0}), ("Sites", "Border post", {"Capacity": 10.0})],
        [*RICH, ("Pipelines", BORDER, {"At least": 5000.0}), ("Sites", "Border post", {"Capacity": 20.0})],
    ),
    (
        "impossible-numbers", "conflict", "Visas", "places of 'seasonal visas'",
        [("Reforms", "labour agreement", {"In force at start": "yes"}), ("Visas", VISA, {"At least": 4500.0})],
        [("Reforms", "labour agreement", {"In force at start": "yes"}), ("Visas", VISA, {"At least": 150.0})],
    ),
    (
        "impossible-people", "conflict", "Visas", "at most 50 are or come there",
        [("People", "", {"People": "ready and few", "Place": "Southland", "State": "ready to travel", "At start": 50.0}),
         ("Reforms", "labour agreement", {"In force at start": "yes"}),
         ("Visas", VISA, {"Takes from": "ready and few", "At least": 100.0})],
        [("People", "", {"People": "ready and few", "Place": "Southland", "State": "ready to travel", "At start": 350.0}),
         ("Reforms", "labour agreement", {"In force at start": "yes"}),
         ("Visas", VISA, {"Takes from": "ready and few", "At least": 100.0})],
    ),
    (
        "impossible-before-reform", "conflict", "Visas", "2025-01-31 at the earliest",
        [("Visas", VISA, {"At least": 4500.0}), ("Quota by phase", "seasonal visas / P1", {"Places": 9000.0})],
        [("Visas", VISA, {"At least": 100.0})],
    ),
    (
        "never-possible", "warning", "Reforms", "its own window ends on 2025-12-01",
        [("Reforms", WIDER, {"Needs": "labour agreement", "Wait": 340.0, "Until": date(2025, 12, 1)})],
        [("Reforms", WIDER, {"Needs": "labour agreement", "Wait": 300.0, "Until": date(2025, 12, 1)})],
    ),
    (
        "must-impossible", "conflict", "Reforms", "though it must be",
        [("Reforms", WIDER, {"Needs": "labour agreement", "Wait": 340.0, "Until": date(2025, 12, 1), "Must happen": "yes"})],
        [("Reforms", WIDER, {"Needs": "labour agreement", "Wait": 300.0, "Until": date(2025, 12, 1), "Must happen": "yes"})],
    ),
    (
        "unpayable", "error", "Reforms", "Nearest is account",
        [("Reforms", WIDER, {"Purpose": "laws"})],
        [("Reforms", WIDER, {"Purpose": "asylum"})],
    ),
    (
        "largest-pace-missing", "error", "Programmes", "'At most' is blank",
        [("Programmes", SUPPORT, {"At most": None, "Start-up cost": 0.1})],
        [("Programmes", SUPPORT, {"At most": None})],
    ),
    (
        "account-pays-nothing", "warning", "Funding", "there is nothing that 'reserve' may pay",
        [("Funding", "", {"Account": "reserve", "Purposes": "asylum", "Places": "Southland"}),
         ("Appropriations", "", {"Account": "reserve", "Phase": "P1", "Amount": 1.0})],
        [("Funding", "", {"Account": "reserve", "Purposes": "asylum", "Places": "Northland"}),
         ("Appropriations", "", {"Account": "reserve", "Phase": "P1", "Amount": 1.0})],
    ),
    (
        "selection-empty", "warning", "Rules", "the rule says nothing",
        [cap(5.0, Where="kind: visa; purpose: asylum")],
        [cap(5.0, Where="kind: visa; purpose: labour pathways")],
    ),
    (
        "selection-empty", "conflict", "Rules", "cannot hold",
        [floor(1.0, Where="kind: visa; purpose: asylum")],
        [floor(1.0, Where="kind: visa; purpose: labour pathways")],
    ),
    (
        "selection-empty", "warning", "Outcome terms", "made of nothing else",
        [("Outcome terms", "legal admissions / 1", {"Measure": "people in"})],
        [("Outcome terms", "legal admissions / 1", {"Where": "kind: visa; class: seasonal"})],
    ),
    (
        "selection-empty", "warning", "Coalition", "cannot be won",
        [("Coalition", "", {"Partner": "mayors", "Measure": "people in", "Where": "kind: visa", "Status quo": 1.0}),
         ("Settings", "", {"Setting": "coalition quorum", "Value": "1"})],
        [("Coalition", "", {"Partner": "mayors", "Measure": "people served", "Where": "kind: visa", "Status quo": 1.0}),
         ("Settings", "", {"Setting": "coalition quorum", "Value": "1"})],
    ),
]  # fmt: skip
