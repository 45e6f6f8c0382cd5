"""Recommendations: what documents ask for, and the rows of the case that carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from planner.sheets.declare import REQUIRED, Row, choice, key, text

CONTEXT = "context"
"""Kind of what has no quantity, and so no row of its own."""


@dataclass(frozen=True, kw_only=True)
class Recommendations(Row):
    """One recommendation, fact or limit of a document, with the rows that carry it.

    `carried_by` lists 'Sheet: row key' pairs, separated by semicolons; a key that ends in * stands for every row that
    begins so. Only *context* may be carried by nothing, and then says why. `in_plan` is filled in by
    `planner reference coverage`.
    """

    SHEET: ClassVar[str] = "Recommendations"
    PURPOSE: ClassVar[str] = "What the documents ask for, which rows carry it, what the plan does with it."

    recommendation: str = key("Id", help="Short id, used once")
    document: str = text("Document", help="Which document", default=REQUIRED)
    section: str = text("Section", help="Where in the document")
    asks_for: str = text("Asks for", help="What it asks for, in a few words")
    kind: str = choice(
        "Kind",
        "programme",
        "pipeline",
        "visa stream",
        "slots",
        "site",
        "cadre",
        "account",
        "reform",
        "milestone",
        "rule",
        "outcome",
        "scenario",
        "starting value",
        "parameter",
        "structure",
        CONTEXT,
        help="What it is in the case",
    )
    carried_by: str = text(
        "Carried by",
        help="Rows that carry it, as 'Reforms: wider interview; Sites: Port'",
        blank="nothing: context",
    )
    in_plan: str = text(
        "In the plan", help="What the plan does with it; written by planner reference coverage", blank="not yet"
    )
    reason: str = text("Reason", help="For context: why there is no quantity", blank="none")
