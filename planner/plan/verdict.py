"""What a row of a rule comes to: its slack, by how much it is broken, whether it binds."""

from __future__ import annotations

from typing import Any

from models.network import Rule

REACHED = 1e-6
"""Share of a rule's size within which its limit counts as reached."""


def verdict(rule: Rule, left: float, right: float) -> dict[str, Any]:
    """Columns of a row of the plan's table of rules, from its two sides in the measure's unit."""
    over, under = left - right, right - left
    slack = {"<=": under, ">=": over, "==": -abs(over)}[rule.sense]
    size = max(1.0, abs(left), abs(right), rule.scale)
    return {
        "sense": rule.sense, "left": left, "right": right, "slack": slack,
        "violation": max(0.0, -slack) if not rule.hard else 0.0, "hard": rule.hard, "category": rule.category,
        "authority": rule.authority, "binding": bool(rule.sense == "==" or slack <= REACHED * size),
    }  # fmt: skip
