"""A plan as plain data for other programs: deterministic order, finite numbers only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from planner.case import Case
from planner.plan import LATER_TABLES, TABLES, Plan, Record, Status
from planner.plan.frames import table, tidy
from planner.plan.seal import seal
from planner.plan.standing import standing_of_plan
from planner.results.division import PARTS, UNITS, division
from planner.results.fiscal import accounts_by_year
from planner.results.frames import MILLION, as_date, name_of, phases, timed
from planner.results.going_on import last_actuals, what_goes_on
from planner.results.headlines import headlines
from planner.results.kinds import restore
from planner.results.record import command_line
from planner.wording.data import as_json, picked
from planner.wording.figures import finite


def to_json(case: Case, plan: Plan) -> dict[str, Any]:
    """Everything that another program asks of a plan, sealed.

    Args:
        case: A case.
        plan: Its plan.

    Returns:
        What JSON can hold; missing numbers are None. Money in USD million, officers in full-time equivalents on
        average,
        visas and places in people.

    Example:
        >>> from planner.results import to_json
        >>> to_json(case, plan)["objective"] == plan.objective
        True
    """
    plan, record = tidy(plan), plan.record
    parts = division(case, plan) if plan.found else {}
    head = headlines(case, plan)
    result: dict[str, Any] = {
        "status": str(plan.status),
        "status_sentence": head.answer,
        "promises_not_kept": list(head.not_kept),
        **picked(plan, "objective", "bound", "gap", "verified"),
        "headline": as_json(head.to_json()),
        "outcomes": _outcomes(case, plan),
        "goes_on": as_json(what_goes_on(case, plan).to_dict("records")) if plan.found else [],
        "totals": _totals(plan, parts),
        "accounts_by_year": as_json(accounts_by_year(case, plan).to_dict("records")) if plan.found else [],
        "by_country": {part: _by_country(parts[part], phases(plan)) for part in PARTS if part in parts},
        "units": dict(UNITS),
        "switches": _switches(plan),
        "rules_binding": _binding(plan),
        "held_back_by": list(head.held_back),
        **picked(plan, "unproven", "defaults"),
        "warnings": list(dict.fromkeys([*(str(problem) for problem in case.warnings), *plan.warnings])),
        **picked(record, "rows", "columns", "nonzeros", "binaries", "coefficient_range", "health", "seconds"),
        "input_sha256": record.input_sha256,
        "case": record.case_name,
        "stands_on": standing_of_plan(plan, case).to_json()["stands_on"],
        **picked(record, "grid", "scenario", "changes"),
        "options": {name: as_json(value) for name, value in sorted(record.options.items())},
        "versions": dict(sorted(record.versions.items())),
        "solved_at": record.solved_at,
        "solve_again": command_line(plan),
        "tables": {name: _table(plan, name) for name in TABLES} if plan.found else {},
    }
    return result | {"seal": asdict(seal(plan_of(result)))}


def _table(plan: Plan, name: str) -> dict[str, Any]:
    """One of the plan's tables with every digit; missing is null, unlimited 'inf'."""
    frame = table(plan, name)
    return {"columns": list(TABLES[name]), "data": [[_cell(v) for v in row] for row in frame.itertuples(index=False)]}


def _cell(value: Any) -> Any:
    """A cell of a table."""
    if value is None or value is pd.NA or value is pd.NaT or value == "":
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, str):
        return value
    number = float(value)
    return None if math.isnan(number) else number if math.isfinite(number) else ("inf" if number > 0 else "-inf")


def plan_of(found: Mapping[str, Any]) -> Plan:
    """Put a plan together again from its JSON. Raises KeyError, TypeError or ValueError where that is damaged."""
    record = Record(
        input_sha256=found["input_sha256"], case_name=found["case"], grid=found["grid"], scenario=found["scenario"],
        changes=tuple(found["changes"]), options=dict(found["options"]), versions=dict(found["versions"]),
        rows=found["rows"], columns=found["columns"], nonzeros=found["nonzeros"], binaries=found["binaries"],
        coefficient_range=tuple(found["coefficient_range"]), seconds=dict(found["seconds"]),
        health=dict(found.get("health", {})),
        solved_at=found["solved_at"],
    )  # fmt: skip
    compared = {
        name: {one["name"]: one[name] for one in found["outcomes"] if one.get(name) is not None}
        for name in ("continuation", "doing_nothing", "previous")
    }
    return Plan(
        status=Status(found["status"]), record=record, objective=found["objective"], bound=found["bound"],
        gap=found["gap"], tables={name: _frame(found["tables"][name], name) for name in _tables(found["tables"])},
        defaults=tuple(found["defaults"]), warnings=tuple(found["warnings"]), unproven=tuple(found["unproven"]),
        verified=found["verified"], **compared,
    )  # fmt: skip


def _tables(found: Mapping[str, Any]) -> list[str]:
    """Tables to be read: all, but those that came later and that the plan does not have."""
    return [name for name in TABLES if found and (name not in LATER_TABLES or name in found)]


def _frame(found: Mapping[str, Any], name: str) -> pd.DataFrame:
    """A table of the plan from its JSON."""
    heads = [str(h) for h in found["columns"]]
    if heads != list(TABLES[name]):
        message = f"table {name} has other columns"
        raise ValueError(message)
    rows = [["" if v is None else v for v in row] for row in found["data"]]
    return pd.DataFrame({column: restore(column, [row[i] for row in rows]) for i, column in enumerate(heads)})


def _outcomes(case: Case, plan: Plan) -> list[dict[str, Any]]:
    """Every outcome with its value and comparisons."""
    found, last = table(plan, "outcomes"), last_actuals(case)
    return [
        {
            "name": str(name),
            "value": finite(value),
            "unit": str(unit),
            "last_actual_a_year": finite(last.get(str(name))),
            "continuation": finite(plan.continuation.get(name)),
            "doing_nothing": finite(plan.doing_nothing.get(name)),
            "previous": finite(plan.previous.get(name)),
            "points": finite(points),
        }
        for name, value, unit, points in zip(
            found["outcome"], found["value"], found["unit"], found["points"], strict=True
        )
    ]


def _totals(plan: Plan, parts: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Money by account and phase; visas, slots and officers by phase."""
    names = phases(plan)
    paid = timed(plan, table(plan, "payments"))
    paid = paid.assign(account=paid["account"].map(name_of), money=pd.to_numeric(paid["amount"]) / MILLION)
    sums = paid.groupby(["account", "phase"])["money"].sum()
    money = {
        str(account): {phase: float(sums.get((account, phase), 0.0)) for phase in names}
        for account in sorted(set(paid["account"]))
    }
    bills = table(plan, "bills")
    total: dict[str, Any] = {"money": money, "money_total": finite(pd.to_numeric(bills["cost"]).sum() / MILLION)}
    for part in ("visas", "slots", "officers"):
        whole = "Plan average" if part == "officers" else "Plan total"
        frame = parts.get(part)
        total[part] = (
            {} if frame is None else {**{p: finite(frame[p].sum()) for p in names}, "plan": finite(frame[whole].sum())}
        )
    return total


def _by_country(frame: pd.DataFrame, names: list[str]) -> dict[str, dict[str, float | None]]:
    """Country: phase: value, with the plan's total or average and the share."""
    whole = "Plan average" if "Plan average" in frame.columns else "Plan total"
    return {
        str(row["Country"]): {
            **{p: finite(row[p]) for p in names},
            "plan": finite(row[whole]),
            "share": finite(row["Share"]),
        }
        for row in frame.to_dict("records")
    }


def _switches(plan: Plan) -> list[dict[str, Any]]:
    """Decisions that were taken, in order of their date."""
    found = table(plan, "switches")
    rows = [
        {"switch": str(switch), "kind": str(kind), "date": day.isoformat() if (day := as_date(when)) else None}
        for switch, kind, taken, when in zip(found["switch"], found["kind"], found["taken"], found["date"], strict=True)
        if bool(taken)
    ]
    return sorted(rows, key=lambda row: (row["date"] or "", str(row["switch"])))


def _binding(plan: Plan) -> list[dict[str, Any]]:
    """Rules that are used to the limit."""
    found = table(plan, "rules")
    found = found[found["binding"].astype(bool)]
    return [
        {"rule": str(r), "scope": str(s), "limit": finite(v), "category": str(c), "cell": str(cell)}
        for r, s, v, c, cell in zip(
            found["rule"], found["scope"], found["right"], found["category"], found["cell"], strict=True
        )
    ]
