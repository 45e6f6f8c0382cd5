"""Number formats of a workbook's cells: a cell keeps every digit and shows what is told of its figure elsewhere."""

from __future__ import annotations

from planner.wording.figures import NO_CHANGE, figure, share
from planner.wording.figures import change as difference

GENERAL = "General"
"""Number format of weights and other factors that were typed: every digit."""


def number_format(value: float, unit: str = "", *, change: bool = False) -> str:
    """The number format that shows a figure as :func:`~planner.wording.figures.figure` tells it.

    Args:
        value: the figure, a finite number.
        unit: its unit; shares ('share', '%') are shown in percent, weights ('... a unit') with every digit.
        change: whether it is a difference, which has a sign, or is no change.
    """
    said = unit.casefold()
    if said.endswith(" a unit"):
        return GENERAL
    if change and difference(value, unit) == NO_CHANGE:
        return f'"{NO_CHANGE}"'
    shares = "share" in said or "%" in said
    text = (share(value) if shares else figure(value, unit)).removesuffix(" %")
    if text == "0":
        return f'"{text}"'
    _, _, digits = text.partition(".")
    shape = ("0" if shares else "#,##0") + (f".{'0' * len(digits)}" if digits else "") + (" %" if shares else "")
    return f"+{shape};-{shape}" if change else shape
