"""Work, money, slots, raw rows: check, severity, sheet, part of the text, tripping edits, harmless edits."""

from __future__ import annotations

BORDER = "interview at the border"
HOMES = "safe houses and local protection"
SUPPORT = "recruitment support"
VISA = "seasonal work from Southland"
OFFICERS = "asylum officer / Border post"
CURVE = ("Curves", f"{HOMES} / 2")


def interpreters(station="Border post", **cells):
    """A row of interpreters."""
    return (
        "Staff",
        "",
        {"Cadre": "interpreter", "Duty station": station, "Purpose": "asylum", "In post": 5.0, **cells},
    )


def team(support, station=None, cadre="asylum officer"):
    """A row of sheet Teams."""
    return ("Teams", "", {"Cadre": cadre, "Support cadre": support, "Duty station": station, "Ratio": 0.5})


def need(row, needed, ratio):
    """A co-requisite."""
    return ("Goes with", "", {"For each": row, "Needs": needed, "Ratio": ratio})


def pool(name, **cells):
    """A pool of numbers."""
    return ("Quotas", "", {"Quota": name, "Kind": "visas", **{k.replace("_", " "): v for k, v in cells.items()}})


def numbers(name, phase, amount):
    """Numbers into a pool."""
    return ("Quota by phase", "", {"Quota": name, "Phase": phase, "Places": amount})


def uses(*pools):
    """Let the stream use places of these pools."""
    return ("Visas", VISA, {"Quota from": "; ".join(pools)})


SET_ASIDE = pool("for women", Inside="seasonal visas")

WORK = [
    (
        "least-above-most", "error", "Programmes", "'At most' 4,000",
        [("Programmes", SUPPORT, {"At least": 4500.0})],
        [("Programmes", SUPPORT, {"At least": 300.0})],
    ),
    (
        "least-above-most", "error", "Visas", "'Demand'",
        [("Visas", VISA, {"At least": 5001.0})],
        [],
    ),
    (
        "least-above-curve", "error", "Programmes", "the curve ends at 3,000",
        [("Programmes", HOMES, {"At least": 3500.0, "At most": None, "Unit cost": 1.0})],
        [("Programmes", HOMES, {"At least": 300.0, "At most": None, "Unit cost": 1.0})],
    ),
    (
        "most-above-curve", "warning", "Programmes", "the curve ends at 3,000",
        [("Programmes", HOMES, {"At most": 4000.0})],
        [("Programmes", HOMES, {"At most": None})],
    ),
    (
        "growth-without-start", "error", "Programmes", "it can never start",
        [("Programmes", SUPPORT, {"Starting pace": None})],
        [("Programmes", SUPPORT, {"Starting pace": None, "At least": 100.0, "Last actual": None})],
    ),
    (
        "growth-unused", "warning", "Programmes", "'Growth'",
        [("Programmes", SUPPORT, {"Growth": None})],
        [("Programmes", SUPPORT, {"Growth": None, "Starting pace": None})],
    ),
    (
        "scale-above-most", "error", "Programmes", "it can never run",
        [("Programmes", SUPPORT, {"Least scale": 4500.0})],
        [("Programmes", SUPPORT, {"Least scale": 400.0})],
    ),
    (
        "scale-above-start", "warning", "Programmes", "can only start with 500",
        [("Programmes", SUPPORT, {"Least scale": 700.0})],
        [("Programmes", SUPPORT, {"Least scale": 500.0, "Last actual": 500.0})],
    ),
    (
        "cadre-without-output", "error", "Pipelines", "it would take no time",
        [("Pipelines", BORDER, {"Cases per staff-year": None})],
        [("Pipelines", BORDER, {"Cases per staff-year": None, "Cadre": None, "Duty station": None})],
    ),
    (
        "output-without-cadre", "error", "Pipelines", "nobody's time is used",
        [("Pipelines", BORDER, {"Cadre": None, "Duty station": None})],
        [],
    ),
    (
        "output-without-cadre", "error", "Programmes", "'Units per staff-year'",
        [("Programmes", SUPPORT, {"Units per staff-year": 90.0})],
        [("Programmes", SUPPORT, {"Units per staff-year": 90.0, "Cadre": "asylum officer", "Duty station": "Border post"})],
    ),
    (
        "station-unused", "warning", "Programmes", "'Cadre' is blank",
        [("Programmes", SUPPORT, {"Duty station": "Border post"})],
        [],
    ),
    (
        "site-unused", "warning", "Programmes", "'Site' is blank",
        [("Programmes", SUPPORT, {"Days at site": 3.0})],
        [("Programmes", SUPPORT, {"Days at site": 3.0, "Site": "Border post"})],
    ),
    (
        "name-on-two-sheets", "error", "Programmes", "Pipelines",
        [("Programmes", "", {"Programme": BORDER, "Place": "Southland", "Purpose": "asylum", "Unit": "case", "Unit cost": 1.0})],
        [("Programmes", "", {"Programme": "hearing", "Place": "Southland", "Purpose": "asylum", "Unit": "case", "Unit cost": 1.0})],
    ),
    (
        "curve-gap", "error", "Curves", "stretch 2",
        [(*CURVE, {"Stretch": 3.0})],
        [("Curves", "", {"Programme": HOMES, "Stretch": 3.0, "Width": 10.0, "Effect": 0.1})],
    ),
    (
        "curve-flat", "warning", "Curves", "no stretch",
        [(*CURVE, {"Effect": 0.0}), ("Curves", f"{HOMES} / 1", {"Effect": 0.0})],
        [(*CURVE, {"Effect": 0.0})],
    ),
    (
        "need-itself", "error", "Goes with", "needs itself",
        [need(SUPPORT, SUPPORT, 1.0)],
        [need(SUPPORT, HOMES, 1.0)],
    ),
    (
        "need-nothing", "warning", "Goes with", "with ratio 0",
        [need(SUPPORT, HOMES, 0.0)],
        [need(SUPPORT, HOMES, 0.1)],
    ),
    (
        "need-circle", "error", "Goes with", "none can ever be done",
        [need(SUPPORT, HOMES, 2.0), need(HOMES, SUPPORT, 0.6)],
        [need(SUPPORT, HOMES, 2.0), need(HOMES, SUPPORT, 0.5)],
    ),
    (
        "impossible-need", "conflict", "Goes with", "needs 3,200",
        [("Programmes", SUPPORT, {"At least": 400.0}), need(SUPPORT, HOMES, 8.0)],
        [("Programmes", SUPPORT, {"At least": 100.0}), need(SUPPORT, HOMES, 2.0)],
    ),
    (
        "staff-above-ceiling", "error", "Staff", "still there",
        [("Staff", OFFICERS, {"In post": 90.0})],
        [("Staff", OFFICERS, {"In post": 60.0})],
    ),
    (
        "staff-above-ceiling", "warning", "Staff", "61 are in post",
        [("Staff", OFFICERS, {"In post": 61.0})],
        [],
    ),
    (
        "hires-late", "warning", "Staff", "hiring helps nobody",
        [("Staff", OFFICERS, {"Training": 1100.0})],
        [("Staff", OFFICERS, {"Training": 1100.0, "Hiring limit": None})],
    ),
    (
        "hires-without-posts", "warning", "Staff", "nobody can be hired",
        [("Staff", "asylum officer / Harbour centre", {"Authorised posts": 0.0})],
        [("Staff", "asylum officer / Harbour centre", {"Authorised posts": None})],
    ),
    (
        "deploy-to-itself", "error", "Deployments", "to itself",
        [("Deployments", "", {"Cadre": "asylum officer", "From duty station": "Border post", "To duty station": "Border post", "At most": 0.1})],
        [interpreters(), ("Deployments", "", {"Cadre": "asylum officer", "From duty station": "Border post", "To duty station": "Border post",
                                              "As cadre": "interpreter", "At most": 0.1, "Purpose": "asylum"})],
    ),
    (
        "deploy-all-lost", "warning", "Deployments", "nobody is helped",
        [("Deployments", "asylum officer / Border post / Harbour centre", {"Loss": 1.0})],
        [("Deployments", "asylum officer / Border post / Harbour centre", {"Loss": 0.9})],
    ),
    (
        "team-itself", "error", "Teams", "support itself",
        [team("asylum officer")],
        [interpreters(), team("interpreter")],
    ),
    (
        "staff-unknown", "error", "Teams", "there is no 'interpreter / Harbour centre'",
        [interpreters(), team("interpreter", "Harbour centre")],
        [interpreters(), team("interpreter", "Border post")],
    ),
    (
        "team-circle", "warning", "Teams", "followed once",
        [interpreters(), team("interpreter"), team("asylum officer", None, "interpreter")],
        [interpreters(), team("interpreter")],
    ),
    (
        "set-aside-circle", "error", "Quotas", "lies inside",
        [pool("for women", Inside="seasonal visas"), ("Quotas", "seasonal visas", {"Inside": "for women"})],
        [SET_ASIDE, numbers("for women", "P1", 100.0), uses("for women")],
    ),
    (
        "set-aside-larger", "error", "Quota by phase", "takes 1,600 places out of 'seasonal visas' in phase P1",
        [SET_ASIDE, numbers("for women", "P1", 1600.0), uses("for women")],
        [SET_ASIDE, numbers("for women", "P1", 1500.0), uses("for women")],
    ),
    (
        "set-aside-larger", "warning", "Quota by phase", "left over from before",
        [SET_ASIDE, numbers("for women", "P2", 1600.0), uses("for women")],
        [SET_ASIDE, numbers("for women", "P2", 1500.0), uses("for women")],
    ),
    (
        "release-without-outer", "error", "Quotas", "'Inside' is blank",
        [("Quotas", "seasonal visas", {"Released on": "07-01"})],
        [pool("for women", Inside="seasonal visas", Released_on="07-01"), numbers("for women", "P1", 100.0)],
    ),
    (
        "carry-over-unused", "warning", "Quotas", "nothing lapses",
        [("Quotas", "seasonal visas", {"Fiscal year starts": None, "Carry-over share": 0.2})],
        [("Quotas", "seasonal visas", {"Fiscal year starts": None, "Carry-over share": None})],
    ),
    (
        "slots-twice", "warning", "Visas", "counts twice",
        [SET_ASIDE, numbers("for women", "P1", 100.0), uses("seasonal visas", "for women")],
        [SET_ASIDE, numbers("for women", "P1", 100.0), uses("for women")],
    ),
    (
        "slots-unused", "warning", "Quotas", "no stage or visa stream uses",
        [pool("places for families"), numbers("places for families", "P1", 50.0)],
        [pool("places for families"), numbers("places for families", "P1", 50.0), uses("seasonal visas", "places for families")],
    ),
    (
        "slots-empty", "warning", "Quotas", "no places ever come",
        [pool("places for families"), uses("seasonal visas", "places for families")],
        [pool("places for families"), numbers("places for families", "P1", 50.0), uses("seasonal visas", "places for families")],
    ),
    (
        "carry-over-unused", "warning", "Funding", "everything is kept",
        [("Funding", "partner fund", {"Carry-over share": 0.5, "Source": "E03", "Grade": "A"})],
        [("Funding", "partner fund", {"Carry-over share": 1.0, "Source": "E03", "Grade": "A"})],
    ),
    (
        "match-half", "error", "Funding", "'Match accounts' is blank",
        [("Funding", "partner fund", {"Match ratio": 2.0, "Source": "E03", "Grade": "A"})],
        [("Funding", "partner fund", {"Match ratio": 2.0, "Match accounts": "asylum budget", "Source": "E03", "Grade": "A"})],
    ),
    (
        "match-half", "error", "Funding", "'Match ratio' is blank",
        [("Funding", "partner fund", {"Match accounts": "asylum budget"})],
        [],
    ),
    (
        "match-itself", "error", "Funding", "would match itself",
        [("Funding", "partner fund", {"Match ratio": 2.0, "Match accounts": "partner fund", "Source": "E03", "Grade": "A"})],
        [],
    ),
    (
        "match-nothing", "warning", "Funding", "may pay nothing",
        [("Funding", "partner fund", {"Match ratio": 0.0, "Match accounts": "asylum budget", "Source": "E03", "Grade": "A"})],
        [("Funding", "partner fund", {"Match ratio": 0.1, "Match accounts": "asylum budget", "Source": "E03", "Grade": "A"})],
    ),
    (
        "match-circle", "warning", "Funding", "neither may pay",
        [("Funding", "partner fund", {"Match ratio": 0.5, "Match accounts": "asylum budget", "Source": "E03", "Grade": "A"}),
         ("Funding", "asylum budget", {"Match ratio": 1.5, "Match accounts": "partner fund"}),
         ("Staff", OFFICERS, {"Salary": 0.0}), ("Sites", "Border post", {"Running cost": 0.0})],
        [("Funding", "partner fund", {"Match ratio": 0.5, "Match accounts": "asylum budget", "Source": "E03", "Grade": "A"})],
    ),
    (
        "transfer-itself", "error", "Transfers", "to itself",
        [("Transfers", "", {"From account": "partner fund", "To account": "partner fund", "At most": 0.1})],
        [("Transfers", "", {"From account": "partner fund", "To account": "asylum budget", "At most": 0.1})],
    ),
    (
        "resolution-lacks", "error", "Appropriations", "this is blank",
        [("Appropriations", "asylum budget / P3", {"Release": "resolution", "Enacted on": "02-15"})],
        [("Appropriations", "asylum budget / P3", {"Release": "resolution", "Enacted on": "02-15", "Last year": 10.0})],
    ),
    (
        "resolution-no-year", "error", "Appropriations", "has none",
        [("Appropriations", "partner fund / P3", {"Release": "resolution", "Enacted on": "02-15", "Last year": 5.0})],
        [("Appropriations", "asylum budget / P3", {"Release": "resolution", "Enacted on": "02-15", "Last year": 10.0})],
    ),
    (
        "transfer-no-year", "error", "Transfers", "has none",
        [("Transfers", "", {"From account": "partner fund", "To account": "asylum budget", "At most": 0.1, "Over": "fiscal year"})],
        [("Transfers", "", {"From account": "asylum budget", "To account": "partner fund", "At most": 0.1, "Over": "fiscal year"})],
    ),
    (
        "transfer-nothing", "warning", "Transfers", "no appropriations of its own",
        [("Funding", "", {"Account": "reserve"}), ("Transfers", "", {"From account": "reserve", "To account": "asylum budget", "At most": 0.1})],
        [("Transfers", "", {"From account": "asylum budget", "To account": "partner fund", "At most": 0.1})],
    ),
    (
        "account-empty", "warning", "Funding", "no money ever comes",
        [("Funding", "", {"Account": "reserve"})],
        [("Funding", "", {"Account": "reserve"}), ("Appropriations", "", {"Account": "reserve", "Phase": "P1", "Amount": 1.0})],
    ),
    (
        "raw-verb", "error", "Raw recipes", "acts on a capacity",
        [("Raw ledgers", "", {"Ledger": "beds"}), ("Raw activities", "", {"Activity": "stay"}),
         ("Raw recipes", "", {"Activity": "stay", "Verb": "occupy", "Ledger": "beds", "Quantity": 1.0})],
        [("Raw ledgers", "", {"Ledger": "beds", "Kind": "capacity", "Opening": 5.0}), ("Raw activities", "", {"Activity": "stay"}),
         ("Raw recipes", "", {"Activity": "stay", "Verb": "occupy", "Ledger": "beds", "Quantity": 1.0})],
    ),
    (
        "no-limit-to-raise", "error", "Raw effects", "no 'Upper'",
        [("Raw ledgers", "", {"Ledger": "beds"}), ("Raw effects", "", {"Reform": "labour agreement", "Verb": "raise", "Ledger": "beds", "Quantity": 1.0})],
        [("Raw ledgers", "", {"Ledger": "beds", "Upper": 9.0}),
         ("Raw effects", "", {"Reform": "labour agreement", "Verb": "raise", "Ledger": "beds", "Quantity": 1.0})],
    ),
    (
        "least-above-most", "error", "Raw ledgers", "'Upper' 4",
        [("Raw ledgers", "", {"Ledger": "beds", "Lower": 5.0, "Upper": 4.0, "Opening": 5.0})],
        [("Raw ledgers", "", {"Ledger": "beds", "Lower": 4.0, "Upper": 5.0, "Opening": 5.0})],
    ),
    (
        "raw-loss", "error", "Raw ledgers", "cannot go to 'beds'",
        [("Raw ledgers", "", {"Ledger": "beds", "Loss share": 0.1, "Loss to": "beds"})],
        [("Raw ledgers", "", {"Ledger": "beds", "Loss share": 0.1, "Loss to": "scrap"}), ("Raw ledgers", "", {"Ledger": "scrap"})],
    ),
    (
        "raw-unused", "warning", "Raw ledgers", "'Loss share'",
        [("Raw ledgers", "", {"Ledger": "beds", "Loss to": "scrap"}), ("Raw ledgers", "", {"Ledger": "scrap"})],
        [("Raw ledgers", "", {"Ledger": "beds"})],
    ),
    (
        "least-above-most", "error", "Raw activities", "'At most' 4",
        [("Raw activities", "", {"Activity": "stay", "At least": 5.0, "At most": 4.0})],
        [("Raw activities", "", {"Activity": "stay", "At least": 4.0, "At most": 5.0})],
    ),
    (
        "scale-above-most", "error", "Raw activities", "it can never run",
        [("Raw activities", "", {"Activity": "stay", "Least scale": 5.0, "At most": 4.0})],
        [("Raw activities", "", {"Activity": "stay", "Least scale": 4.0, "At most": 5.0})],
    ),
    (
        "growth-without-start", "error", "Raw activities", "it can never start",
        [("Raw activities", "", {"Activity": "stay", "Growth": 2.0})],
        [("Raw activities", "", {"Activity": "stay", "Growth": 2.0, "Starting pace": 1.0})],
    ),
]  # fmt: skip
