"""Rules as planners say them: what was measured, against what, and how it ended."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from planner.case import Case
from planner.sheets import Coalition, Deployments, Rules
from planner.wording.figures import figure, finite, share, told_apart, typed, typed_share

KEPT = 1e-9
"""Below this a rule is not called broken, in its unit."""


class State:
    """How a row of the table of rules ended, as its column says."""

    OFF = "SWITCHED OFF"
    BROKEN = "BROKEN"
    BINDING = "binding"
    SLACK = "slack"


SENSES = {"<=": "at most", ">=": "at least", "==": "exactly"}


def limit_words(case: Case, rule: str) -> str:
    """A rule as planners call it: rows of sheet Rules by name, limits of other sheets by what they limit."""
    kind, colon, name = rule.partition(":")
    if not colon or case.find(Rules, rule.split(" | ", maxsplit=1)[0]) is not None:
        return f"the {rule}" if rule == "coalition quorum" else rule
    if kind == "transfer":
        sender, _, receiver = name.partition(" / ")
        return f"transfers from {sender} to {receiver}"
    row = case.find(Deployments, name) if kind == "deploy" else None
    if row is not None:
        work = f", as {row.to_cadre}" if row.to_cadre else ""
        return f"lending from {row.from_station} to {row.to_station} ({row.cadre}{work})"
    if kind == "total":
        return f"most in all of {name.partition(':')[2]}"
    heads = {
        "deploy": "lending of ",
        "match": "what comes beside other money from ",
        "run": "running of ",
        "partner": "agreement of ",
    }
    return f"{heads[kind]}{name}" if kind in heads else rule


def _amount(value: float, unit: str = "") -> str:
    """A figure of a rule with its unit."""
    return f"{figure(value, unit)} {unit}".strip()


def _shares(measured: float, limit: float) -> tuple[str, str]:
    """A measured share and its limit in percent: the limit as it was typed, the other so that it differs if it does."""
    told, wanted = share(measured), typed_share(limit)
    if told != wanted or math.isclose(measured, limit, rel_tol=1e-9, abs_tol=KEPT):
        return told, wanted
    return f"{told_apart(100.0 * measured, 100.0 * limit)[0]} %", wanted


def measured_of(record: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """What a row of the plan's table of rules measured, and its limit, both in the measure's unit."""
    measured, left, right = (finite(record[name]) for name in ("measured", "left", "right"))
    if measured is None or left is None or right is None:
        return left, right
    limit = right if measured == left else right + (measured - left)
    return measured, limit


def in_words(case: Case, record: Mapping[str, Any], unit: str) -> str:
    """One row of the plan's table of rules in words: '15.0 % of 511.4 USD million; at least 15 %; reached'."""
    measured, limit = measured_of(record)
    if measured is None or limit is None:
        return ""
    name = str(record["rule"])
    sense, base = SENSES.get(str(record["sense"]), ""), finite(record["base"])
    row = case.find(Rules, name.split(" | ", maxsplit=1)[0])
    if name.startswith("partner:"):
        return _partner(case, name, measured, base, unit)
    if base is None:
        said = [_amount(measured, unit), f"{sense} {typed(limit)}"]
    elif base <= 0.0:
        what = "nothing was done in the period before" if _paced(row) else "there is nothing to take a share of"
        what = "not open" if name.startswith("run:") and row is None else what
        said = [_amount(measured, unit), what]
    else:
        of = _of(row, name, _amount(base, unit))
        told, wanted = _shares(measured / base, _stated(row, limit / base, name))
        said = [f"{told} of {of}", f"{sense} {wanted}"]
    return "; ".join([*said, _ending(record, unit)])


def _paced(row: Rules | None) -> bool:
    """Whether a rule looks at the period before."""
    return row is not None and row.relation in ("falls at most", "grows at most")


def _of(row: Rules | None, name: str, base: str) -> str:
    """What a share is taken of."""
    if row is None:
        whole = {"deploy": "that station's", "match": "others'", "run": "the days open, "}.get(
            name.partition(":")[0], ""
        )
        return f"{whole} {base}".strip()
    if row.relation == "within band":
        return f"an even share of {base}"
    return f"the period before, {base}" if _paced(row) else base


def _stated(row: Rules | None, found: float, name: str) -> float:
    """The share as the workbook states it; rounding of the plan's figures does not show."""
    if row is None:
        return float(f"{found:.6g}")
    if row.relation in ("at most share of", "at least share of"):
        return row.value
    if row.relation == "within band":
        return 1.0 - row.value if name.rpartition(" | ")[2] == "low" else 1.0 + row.value
    return 1.0 - row.value if row.relation == "falls at most" else 1.0 + row.value


def _partner(case: Case, name: str, measured: float, base: float | None, unit: str) -> str:
    """What a partner of the coalition finds."""
    row = case.find(Coalition, name.removeprefix("partner:"))
    quo = row.status_quo if row is not None else 0.0
    said = "agrees" if base or not quo else "its yes is not counted on"
    return f"{_amount(measured, unit)}; {typed(quo)} without the plan; {said}"


def _ending(record: Mapping[str, Any], unit: str) -> str:
    """How it ended: broken by how much, reached, or how much was left."""
    broken, slack = finite(record["violation"]) or 0.0, finite(record["slack"])
    if broken > KEPT:
        return f"BROKEN by {_amount(broken, unit)}"
    if record["binding"] or slack is None:
        return "reached"
    return f"{_amount(slack, unit)} left"
