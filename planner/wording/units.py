"""Units in the number that goes with their figure, in the plain English that the planner itself uses."""

from __future__ import annotations

from planner.wording.figures import figure

_RATES = (" a day", " a year", " a month")
_ODD = {"person": "people", "unit less": "units less", "money": "money", "child": "children"}


def single(unit: str) -> str:
    """A unit for one of it: 'person' for 'people', 'hire a year' for 'hires a year'."""
    if " or " in unit:
        return " or ".join(single(part) for part in unit.split(" or "))
    for tail in _RATES:
        if unit.endswith(tail):
            return single(unit.removesuffix(tail)) + tail
    if unit == "people":
        return "person"
    return unit[:-1] if unit.endswith("s") and not unit.endswith("ss") and " " not in unit else unit


def plural(unit: str, amount: float = 2.0) -> str:
    """A unit in the number of its amount: 'person' with 1, 'people' with 2; signs (MW, FTE) have one form."""
    if amount == 1.0 or unit.startswith("USD") or unit.endswith(("s", "people")) or _symbol(unit):
        return unit
    if unit.endswith(" a year"):
        return plural(unit.removesuffix(" a year"), amount) + " a year"
    if unit in _ODD:
        return _ODD[unit]
    noun, _, done = unit.rpartition(" ")
    if noun and done.endswith("ed"):  # 'family supported'
        return f"{plural(noun, amount)} {done}"
    if unit.endswith("day") or not unit.endswith("y"):
        return unit + "s"
    return unit[:-1] + "ies"


def quantity(value: float, unit: str) -> str:
    """An amount with its unit: '56.79 person-years', '57 people', '1 visa'."""
    text = figure(value, unit)
    return f"{text} {single(unit) if text == '1' else plural(unit)}".rstrip()


def counted(number: int, noun: str) -> str:
    """'1 error', '2 errors', '1,200 cells'."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def behind(amount: float, unit: str) -> str:
    """A unit as it stands behind a figure: 'person' behind 1, as the workbook says behind all others."""
    return single(unit) if figure(abs(amount)) == "1" else unit


def of_several_words(unit: str) -> bool:
    """Whether a unit is a phrase ('family supported'), which stands badly behind 'the next 56.3'."""
    return " " in unit.removesuffix(" a year")


def _symbol(unit: str) -> bool:
    """Whether a unit is a sign that has no plural: FTE, MW, GWh, km2, %, °C."""
    last = unit.rpartition(" ")[2]
    return not last.isalpha() or any(letter.isupper() for letter in last) or len(last) <= 2
