"""Outcomes by country and group, defaults and warnings, evidence, and the record of the solve."""

from __future__ import annotations

import json
import shlex

import pandas as pd

from planner.case import Case
from planner.ordering import steps
from planner.plan import EXTENDED, Plan
from planner.plan.frames import table
from planner.results.frames import REGION, phases, timed, wide
from planner.sheets import SHEETS, Evidence, Outcomes

FLAGS = ("gap", "time_limit", "threads", "seed", "method")
"""Options of a solve that are flags of the command line."""


def outcomes_by(case: Case, plan: Plan, across: str) -> pd.DataFrame:
    """Outcomes down by `across` (country, origin or group), phases across, in each outcome's unit."""
    terms = timed(plan, table(plan, "outcome_terms"))
    terms = terms.assign(
        Who=terms[across].fillna("").astype(str).replace("", REGION if across == "country" else "all, mixed")
    )
    units = dict(zip(table(plan, "outcomes")["outcome"], table(plan, "outcomes")["unit"], strict=True))
    laid = wide(terms, ["outcome", "Who"], "phase", "value", phases(plan))
    laid = laid[laid["Plan total"].abs() > 1e-9]
    whole = laid.groupby("outcome")["Plan total"].transform("sum")
    laid["Share"] = (laid["Plan total"] / whole).where(whole != 0)
    laid.insert(1, "Unit", laid["outcome"].map(units))
    laid = laid.rename(columns={"outcome": "Outcome", "Who": across.capitalize()})
    order = {row.outcome: i for i, row in enumerate(case.of(Outcomes))}
    ranked = laid.assign(_order=laid["Outcome"].map(order).fillna(len(order)))
    ranked = ranked.sort_values(["_order", "Plan total"], ascending=[True, False], kind="stable", key=steps)
    return ranked.drop(columns="_order").reset_index(drop=True)


def outcomes(plan: Plan) -> pd.DataFrame:
    """Every outcome: value, weight, points in the objective, priority."""
    found = table(plan, "outcomes")
    names = {
        "outcome": "Outcome",
        "unit": "Unit",
        "value": "Value",
        "weight": "Weight, points a unit",
        "points": "Points, points",
        "priority": "Priority",
        "cell": "Cell",
    }
    laid = found[list(names)].rename(columns=names).reset_index(drop=True)
    return laid.astype({"Priority": object})  # a rank, not a figure in the outcome's unit


def defaults(plan: Plan) -> pd.DataFrame:
    """Every default that was used for an empty cell."""
    return pd.DataFrame({"Default that was used": list(plan.defaults)}, dtype=object)


def warnings(case: Case, plan: Plan) -> pd.DataFrame:
    """What a reader should check: findings on the workbook, then those of the solve."""
    said = {str(p) for p in case.warnings}
    found = [(str(p.address), p.label, p.found, p.mend) for p in case.warnings]
    found += [("solve", "", text, "") for text in plan.warnings if text not in said]
    return pd.DataFrame(found, columns=["Where", "Row", "What", "What to do"], dtype=object)


def evidence_uses(case: Case) -> dict[str, list[str]]:
    """Evidence id: addresses of the rows whose Source names it."""
    found: dict[str, list[str]] = {}
    for sheet in SHEETS:
        if sheet is Evidence:
            continue
        for row in case.of(sheet):
            ids = {part.rpartition(":")[2].strip() for part in row.source.split(";")}
            for identity in sorted(ids - {""}):
                found.setdefault(identity, []).append(row.origin())
    return found


def evidence(case: Case) -> pd.DataFrame:
    """Every piece of evidence, and the rows that rest on it."""
    used = evidence_uses(case)
    records = [
        {
            "Id": row.evidence,
            "What it says": row.statement,
            "Central": row.value,
            "Low": row.low,
            "High": row.high,
            "Unit": row.unit,
            "Grade": row.grade,
            "Published": row.published,
            "Source": row.source,
            "Rows that use it": "; ".join(used.get(row.evidence, [])),
        }
        for row in case.of(Evidence)
    ]
    columns = [
        "Id",
        "What it says",
        "Central",
        "Low",
        "High",
        "Unit",
        "Grade",
        "Published",
        "Source",
        "Rows that use it",
    ]
    frame = pd.DataFrame(records, columns=columns)
    return frame.astype(dict.fromkeys(["Central", "Low", "High"], float))


def command_line(plan: Plan, workbook: str = "CASE.xlsx") -> str:
    """Return the command that solves the same case in the same way."""
    record = plan.record
    parts = ["planner", "solve", workbook, "--grid", record.grid]
    if record.scenario:
        parts += ["--scenario", record.scenario]
    for name in FLAGS:
        value = record.options.get(name)
        if value is not None and value != "":
            parts += [f"--{name.replace('_', '-')}", str(value)]
    for change in record.changes:
        parts += ["--set", change]
    name = str(record.health.get(EXTENDED, "")).partition(": ")[0]
    if name.endswith(".py"):
        parts += ["--extend", name]
    return " ".join(shlex.quote(part) for part in parts)


def record(case: Case, plan: Plan, link: str = "") -> pd.DataFrame:
    """How the plan was found: enough to find it again. Three columns: what, value, unit.

    `link` is the address at which an app shows the same, where there is one.
    """
    kept = plan.record
    rows: list[tuple[str, object, str]] = [
        ("Case", kept.case_name or case.name, ""),
        ("Status", str(plan.status), ""),
        ("Objective", plan.objective, "points"),
        ("Bound: no plan can score more than", plan.bound, "points"),
        ("Gap between them", plan.gap, "share of the objective"),
        ("Verified independently", {True: "yes", False: "NO", None: "not checked"}[plan.verified], ""),
        ("To solve again", command_line(plan), ""),
        *([("Link", link, "")] if link else []),
        ("Hash of the workbook", kept.input_sha256, "SHA-256"),
        ("Grid", kept.grid, ""),
        ("Scenario", kept.scenario or "none", ""),
        ("Changes", "; ".join(kept.changes) or "none", ""),
        ("Solved at", kept.solved_at, ""),
        ("Rows of the matrix", kept.rows, "rows"),
        ("Columns of the matrix", kept.columns, "columns"),
        ("Non-zeros", kept.nonzeros, "entries"),
        ("Yes/no decisions", kept.binaries, "columns"),
        ("Smallest coefficient", kept.coefficient_range[0], ""),
        ("Largest coefficient", kept.coefficient_range[1], ""),
    ]
    rows += [(f"Health: {name}", _plain(value), "") for name, value in kept.health.items()]
    rows += [(f"Time: {name}", seconds, "seconds") for name, seconds in kept.seconds.items()]
    rows += [(f"Version: {name}", version, "") for name, version in sorted(kept.versions.items())]
    rows += [(f"Option: {name}", _plain(value), "") for name, value in sorted(kept.options.items())]
    return pd.DataFrame(rows, columns=["What", "Value", "Unit"], dtype=object)


def _plain(value: object) -> object:
    """Make any option a number or text."""
    return value if isinstance(value, int | float | str) else json.dumps(value, default=str)
