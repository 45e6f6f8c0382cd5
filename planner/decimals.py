"""Figures as people write them: thousands apart, never with an exponent."""

from __future__ import annotations

import math


def decimal(value: float, digits: int) -> str:
    """A figure with so many significant digits: '1,234.5', '0.0000195'; never '1.95e-05'."""
    text = f"{value:,.{digits}g}"
    if "e" not in text:
        return text
    if abs(value) >= 1.0:
        return f"{value:,.0f}"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{value:,.{places}f}".rstrip("0")
