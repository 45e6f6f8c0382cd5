"""Time, places, reforms, changes: check, severity, sheet, part of the text, tripping edits, harmless edits."""

from __future__ import annotations

from datetime import date

AGREED = "labour agreement"
WIDER = "wider refugee definition"
CENTRE = "Harbour centre"
LAST = date(2027, 12, 31)


def reform(name, **cells):
    """A new reform."""
    return ("Reforms", "", {"Reform": name, **{k.replace("_", " "): v for k, v in cells.items()}})


def override(sheet, row, action, value=None, phase=None):
    """A new override."""
    return ("Overrides", "", {"Sheet": sheet, "Row": row, "Action": action, "Value": value, "Phase": phase})


def scenario(name, probability):
    """A new scenario."""
    return ("Scenarios", "", {"Scenario": name, "Probability": probability})


def change(sheet, row, column, verb, value):
    """A change in scenario 'surge'."""
    cells = {"Scenario": "surge", "Sheet": sheet, "Row": row, "Column": column, "Change": verb, "Value": value}
    return ("Scenario changes", "", cells)


AWARE = ("Indicators", "", {"Indicator": "awareness", "At start": 10.0, "At most": 50.0})
RAISES = ("Programmes", "recruitment support", {"Raises": "awareness", "Raise per unit": 0.1})


def milestone(level):
    """The agreement waits for awareness."""
    return ("Milestones", "", {"Reform": AGREED, "Watches": "awareness", "At least": level})


FRAME = [
    (
        "date-odd", "error", "Reforms", "the number 2026: is a year meant?",
        [("Reforms", WIDER, {"From": date(1905, 7, 18)})],
        [("Reforms", WIDER, {"From": date(2019, 7, 18)})],
    ),
    (
        "date-odd", "error", "Time", "long before any plan",
        [("Time", "P1", {"From": date(1900, 2, 1)})],
        [],
    ),
    (
        "number-absurd", "error", "Programmes", "6,000,000,000,000 is more than anything can be",
        [("Programmes", "recruitment support", {"Unit cost": 6e12})],
        [("Programmes", "recruitment support", {"Unit cost": 6e5})],
    ),
    (
        "cost-in-dollars", "warning", "Sites", "2,500,000 are 29,070 times the 86 that all accounts get together. Write 2.5 if",
        [("Sites", "Harbour centre", {"Opening cost": 2.5e6})],
        [("Sites", "Harbour centre", {"Opening cost": 2500.0})],
    ),
    (
        "cost-in-dollars", "warning", "Reforms", "Write 0.5 if 500,000 USD are meant",
        [("Reforms", WIDER, {"Cost": 5e5})],
        [("Reforms", WIDER, {"Cost": 1e9})],
    ),
    (
        "plan-long", "error", "Time", "more than 50 years",
        [("Time", "P3", {"Until": date(2202, 12, 31)})],
        [("Time", "P3", {"Until": date(2045, 12, 31)})],
    ),
    (
        "dates-backwards", "error", "Time", "before it begins",
        [("Time", "P1", {"Until": date(2024, 12, 1)})],
        [],
    ),
    (
        "dates-backwards", "error", "Reforms", "before it begins",
        [("Reforms", WIDER, {"From": date(2025, 7, 1), "Until": date(2025, 5, 1)})],
        [("Reforms", WIDER, {"From": date(2025, 7, 1), "Until": date(2025, 12, 31)})],
    ),
    (
        "dates-backwards", "error", "Funding", "before it begins",
        [("Funding", "partner fund", {"Available from": date(2026, 1, 1), "Available until": date(2025, 1, 1)})],
        [("Funding", "partner fund", {"Available from": date(2025, 1, 1), "Available until": LAST})],
    ),
    (
        "phases-gap", "error", "Time", "leaves a gap of 2 days",
        [("Time", "P2", {"From": date(2025, 4, 13)})],
        [("Time", "P1", {"Until": date(2025, 4, 12)}), ("Time", "P2", {"From": date(2025, 4, 13)})],
    ),
    (
        "phases-gap", "error", "Time", "overlaps by 1 days",
        [("Time", "P3", {"From": date(2025, 12, 31)})],
        [],
    ),
    (
        "phases-order", "error", "Time", "order of time",
        [("Time", "P3", {"From": date(2025, 3, 1), "Until": date(2025, 3, 5)})],
        [],
    ),
    (
        "window-outside", "warning", "Reforms", "outside the plan",
        [("Reforms", WIDER, {"From": date(2028, 3, 1)})],
        [("Reforms", WIDER, {"From": date(2025, 3, 1)})],
    ),
    (
        "window-outside", "warning", "Funding", "never pay",
        [("Funding", "partner fund", {"Purposes": "protection at home", "Available until": date(2024, 5, 1)}),
         ("Funding", "asylum budget", {"Purposes": None})],
        [("Funding", "partner fund", {"Available until": date(2027, 5, 1)}),
         ("Funding", "asylum budget", {"Purposes": None})],
    ),
    (
        "window-outside", "warning", "Rules", "never apply",
        [("Rules", "protection at home at least a tenth", {"From": date(2031, 1, 1)})],
        [("Rules", "protection at home at least a tenth", {"From": date(2025, 1, 1)})],
    ),
    (
        "must-impossible", "error", "Reforms", "it must be taken",
        [("Reforms", WIDER, {"Until": date(2024, 3, 1), "Must happen": "yes"})],
        [("Reforms", WIDER, {"Until": date(2026, 3, 1), "Must happen": "yes"})],
    ),
    (
        "window-without-start", "error", "Reforms", "Write 'period' in column 'Dates'",
        [("Reforms", AGREED, {"From": date(2025, 2, 1), "Until": date(2025, 3, 1)})],
        [("Reforms", AGREED, {"From": date(2025, 2, 1), "Until": date(2025, 4, 11)})],
    ),
    (
        "window-without-start", "error", "Sites", "never be opened",
        [("Sites", CENTRE, {"Opens from": date(2026, 2, 1)})],
        [("Sites", CENTRE, {"Opens from": date(2026, 2, 1), "Opening dates": "period"})],
    ),
    (
        "window-without-start", "warning", "Reforms", "no period begins",
        [("Reforms", WIDER, {"From": date(2025, 1, 2), "Until": date(2025, 1, 5)})],
        [("Reforms", WIDER, {"From": date(2025, 1, 1), "Until": date(2025, 1, 5)})],
    ),
    (
        "money-late", "warning", "Appropriations", "may only pay until 2025-12-31",
        [("Funding", "partner fund", {"Available until": date(2025, 12, 31)})],
        [("Funding", "partner fund", {"Available until": date(2026, 12, 31)})],
    ),
    (
        "country-in-country", "error", "Places", "lies in country",
        [("Places", "Southland", {"Country": "Northland"})],
        [("Places", "Southland", {"Country": "Southland"})],
    ),
    (
        "country-not-country", "error", "Places", "not a country",
        [("Places", "", {"Place": "Bridge", "Kind": "station", "Country": "Border post"})],
        [("Places", "", {"Place": "Bridge", "Kind": "station", "Country": "Northland"})],
    ),
    (
        "place-without-country", "warning", "Places", "has no country",
        [("Places", "", {"Place": "Bridge", "Kind": "station"})],
        [("Places", "", {"Place": "Westland", "Kind": "country"})],
    ),
    (
        "need-unused", "warning", "Places", "count for countries only",
        [("Places", "Border post", {"People in need": 50_000.0, "Source": "E01", "Grade": "A"})],
        [("Places", "Northland", {"People in need": 50_000.0, "Source": "E01", "Grade": "A"})],
    ),
    (
        "needs-itself", "error", "Reforms", "needs itself",
        [("Reforms", AGREED, {"Needs": AGREED})],
        [("Reforms", AGREED, {"Needs": WIDER})],
    ),
    (
        "needs-circle", "error", "Reforms", "'labour agreement' needs 'wider refugee definition' needs 'labour agreement'",
        [("Reforms", AGREED, {"Needs": WIDER}), ("Reforms", WIDER, {"Needs": AGREED})],
        [("Reforms", AGREED, {"Needs": f"{WIDER}; Border post"})],
    ),
    (
        "needs-circle", "error", "Sites", "none can come first",
        [("Reforms", AGREED, {"Needs": CENTRE}), ("Sites", CENTRE, {"Needs": AGREED})],
        [("Reforms", AGREED, {"Needs": CENTRE})],
    ),
    (
        "needs-excluded", "error", "Reforms", "and excludes it",
        [("Reforms", AGREED, {"Needs": WIDER, "Excludes": WIDER})],
        [("Reforms", AGREED, {"Excludes": WIDER})],
    ),
    (
        "needs-excluded", "error", "Reforms", "which exclude each other",
        [reform("summit", Needs=f"{AGREED}; {WIDER}"), ("Reforms", AGREED, {"Excludes": WIDER})],
        [reform("summit", Needs=AGREED), ("Reforms", AGREED, {"Excludes": WIDER})],
    ),
    (
        "excludes-itself", "error", "Reforms", "excludes itself",
        [("Reforms", AGREED, {"Excludes": AGREED})],
        [("Reforms", AGREED, {"Excludes": WIDER})],
    ),
    (
        "excludes-must", "error", "Reforms", "both must happen",
        [("Reforms", AGREED, {"Excludes": WIDER, "Must happen": "yes"}), ("Reforms", WIDER, {"Must happen": "yes"})],
        [("Reforms", AGREED, {"Excludes": WIDER, "Must happen": "yes"})],
    ),
    (
        "in-force-unused", "warning", "Reforms", "in force at the start",
        [("Reforms", WIDER, {"In force at start": "yes", "Must happen": "yes"})],
        [("Reforms", WIDER, {"Must happen": "yes"})],
    ),
    (
        "wait-unused", "warning", "Reforms", "'Needs' is blank",
        [("Reforms", AGREED, {"Wait": 30.0})],
        [("Reforms", AGREED, {"Wait": 30.0, "Needs": WIDER})],
    ),
    (
        "effect-target", "error", "Effects", "'releases' cannot act on 'recruitment support'",
        [("Effects", "", {"Reform": AGREED, "Effect": "releases", "On": "recruitment support", "Amount": 5.0})],
        [("Effects", "", {"Reform": AGREED, "Effect": "releases", "On": "political capital", "Amount": 5.0})],
    ),
    (
        "effect-target", "error", "Effects", "'pulse' cannot act on 'partner fund'",
        [("Effects", "", {"Reform": AGREED, "Effect": "pulse", "On": "partner fund", "Amount": 5.0})],
        [("Effects", "", {"Reform": AGREED, "Effect": "releases", "On": "partner fund", "Amount": 5.0})],
    ),
    (
        "capital-unlimited", "warning", "Effects", "not limited",
        [("Settings", "political capital at start", {"Setting": "policy regime", "Value": "none"}),
         ("Effects", "", {"Reform": AGREED, "Effect": "releases", "On": "political capital", "Amount": 5.0})],
        [("Effects", "", {"Reform": AGREED, "Effect": "releases", "On": "political capital", "Amount": 5.0})],
    ),
    (
        "effect-late", "warning", "Effects", "the plan has 1,095",
        [("Effects", f"{WIDER} / {'waiting at the border'}", {"Lag": 2000.0})],
        [("Effects", f"{WIDER} / {'waiting at the border'}", {"Lag": 200.0})],
    ),
    (
        "effect-above-limit", "error", "Effects", "can do 5,000 at most",
        [("Effects", "", {"Reform": AGREED, "Effect": "requires", "On": "seasonal work from Southland", "Amount": 5001.0})],
        [("Effects", "", {"Reform": AGREED, "Effect": "requires", "On": "seasonal work from Southland", "Amount": 500.0})],
    ),
    (
        "softening-half", "error", "Effects", "names no stage",
        [("Effects", f"{WIDER} / waiting at the border", {"Softened by": None})],
        [("Effects", f"{WIDER} / waiting at the border", {"Softened by": None, "Softening": None})],
    ),
    (
        "softening-half", "error", "Effects", "'Softening' is 0",
        [("Effects", f"{WIDER} / waiting at the border", {"Softening": 0.0})],
        [],
    ),
    (
        "softening-unused", "warning", "Effects", "only a pulse is softened",
        [("Effects", f"{WIDER} / waiting at the border", {"Effect": "releases"})],
        [("Effects", f"{WIDER} / waiting at the border", {"Effect": "releases", "Softened by": None, "Softening": None})],
    ),
    (
        "milestone-above-limit", "error", "Milestones", "50 at most",
        [AWARE, RAISES, milestone(60.0)],
        [AWARE, RAISES, milestone(50.0)],
    ),
    (
        "milestone-unreachable", "warning", "Milestones", "nothing raises it to 20",
        [AWARE, milestone(20.0)],
        [AWARE, milestone(10.0)],
    ),
    (
        "milestone-unreachable", "error", "Milestones", "though it must be",
        [AWARE, milestone(20.0), ("Reforms", AGREED, {"Must happen": "yes"})],
        [AWARE, RAISES, milestone(20.0), ("Reforms", AGREED, {"Must happen": "yes"})],
    ),
    (
        "milestone-unused", "warning", "Milestones", "waits for nothing",
        [AWARE, RAISES, milestone(20.0), ("Reforms", AGREED, {"In force at start": "yes"})],
        [AWARE, RAISES, milestone(20.0)],
    ),
    (
        "impossible-capital", "conflict", "Reforms", "ask for 17 points",
        [("Reforms", AGREED, {"Political capital": 11.0, "Must happen": "yes"}), ("Reforms", WIDER, {"Must happen": "yes"})],
        [("Reforms", AGREED, {"Political capital": 10.0, "Must happen": "yes"}), ("Reforms", WIDER, {"Must happen": "yes"})],
    ),
    (
        "capital-out-of-reach", "warning", "Reforms", "16 points at most",
        [("Reforms", WIDER, {"Political capital": 40.0})],
        [("Reforms", WIDER, {"Political capital": 16.0})],
    ),
    (
        "override-value", "error", "Overrides", "needs a pace",
        [override("Programmes", "recruitment support", "fix")],
        [override("Programmes", "recruitment support", "fix", 300.0)],
    ),
    (
        "override-above-limit", "error", "Overrides", "'At most'",
        [override("Programmes", "recruitment support", "fix", 4001.0)],
        [override("Programmes", "recruitment support", "at most", 4001.0)],
    ),
    (
        "override-above-limit", "error", "Overrides", "'Hiring limit'",
        [override("Staff", "asylum officer / Border post", "at least", 41.0)],
        [override("Staff", "asylum officer / Border post", "at least", 4.0)],
    ),
    (
        "override-below-least", "error", "Overrides", "'At least' is 500",
        [("Programmes", "recruitment support", {"At least": 500.0}), override("Programmes", "recruitment support", "at most", 400.0)],
        [("Programmes", "recruitment support", {"At least": 500.0}), override("Programmes", "recruitment support", "at most", 500.0)],
    ),
    (
        "override-below-least", "warning", "Overrides", "the override counts",
        [("Programmes", "recruitment support", {"At least": 500.0}), override("Programmes", "recruitment support", "forbid", None, "P2")],
        [override("Programmes", "recruitment support", "forbid", None, "P2")],
    ),
    (
        "override-action", "error", "Overrides", "a yes or no",
        [override("Reforms", AGREED, "at least", 1.0)],
        [override("Reforms", AGREED, "fix", None, "P2")],
    ),
    (
        "override-unused", "warning", "Overrides", "has no pace",
        [override("Sites", CENTRE, "fix", 40.0)],
        [override("Sites", CENTRE, "fix")],
    ),
    (
        "override-must", "error", "Overrides", "must happen",
        [override("Reforms", AGREED, "forbid"), ("Reforms", AGREED, {"Must happen": "yes"})],
        [override("Reforms", AGREED, "forbid", None, "P1"), ("Reforms", AGREED, {"Must happen": "yes"})],
    ),
    (
        "override-twice", "warning", "Overrides", "again for P2",
        [override("Programmes", "recruitment support", "fix", 300.0), override("Programmes", "recruitment support", "fix", 400.0, "P2")],
        [override("Programmes", "recruitment support", "fix", 300.0, "P1"), override("Programmes", "recruitment support", "fix", 400.0, "P2")],
    ),
    (
        "probabilities-sum", "error", "Scenarios", "1.05",
        [scenario("calm", 0.55), scenario("storm", None)],
        [scenario("calm", 0.5)],
    ),
    (
        "scenario-same", "warning", "Scenarios", "nothing on sheet Scenario changes differs",
        [scenario("calm", 0.1), scenario("storm", 0.1)],
        [scenario("as planned", 0.5)],
    ),
    (
        "change-value", "error", "Scenario changes", "out of range",
        [change("Sites", CENTRE, "Capacity", "set", "-5")],
        [change("Sites", CENTRE, "Capacity", "set", "5")],
    ),
    (
        "change-value", "error", "Scenario changes", "would be",
        [change("Movements", "*", "Share a year", "multiply", "9")],
        [change("Movements", "*", "Share a year", "multiply", "6")],
    ),
    (
        "change-value", "error", "Scenario changes", "must not be blank",
        [change("Sites", CENTRE, "Capacity", "set", "blank")],
        [change("Sites", CENTRE, "Use ceiling", "set", "blank")],
    ),
]  # fmt: skip
