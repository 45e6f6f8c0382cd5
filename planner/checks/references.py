"""Names must lead somewhere: references, staff behind cadres, rows behind overrides, known settings."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from planner.case import SETTINGS, Case, Setting
from planner.case.problems import Problem
from planner.cells.meanings import is_month_day, plain_number, readings, two_readings
from planner.cells.raw import as_text
from planner.cells.words import nearest
from planner.sheets import (
    BY_NAME,
    Column,
    Deployments,
    Effects,
    Funding,
    Overrides,
    Places,
    PreviousPlan,
    RawEffects,
    RawRecipes,
    Row,
    Settings,
    Staff,
    Teams,
    Visas,
    columns,
)
from planner.signs import difference, twin
from planner.wording.figures import typed
from planner.wording.lists import named

CAPITAL = "political capital"
"""What an effect on sheet Settings acts on."""

VERBS: dict[type[Row], tuple[str, ...]] = {
    RawRecipes: ("use", "make", "occupy", "provide"),
    RawEffects: ("release", "raise", "provide", "charge"),
}
DECIDED = ("Pipelines", "Programmes", "Visas", "Staff", "Deployments", "Reforms", "Sites")
"""Sheets whose rows can be overridden."""
PLANNED = ("Pipelines", "Programmes", "Visas", "Staff")
"""Sheets whose rows have levels in a previous plan."""
_SEPARATORS = re.compile(r"[;|]")


def check(case: Case) -> list[Problem]:
    """All findings about names."""
    return [
        *_references(case),
        *_commas(case),
        *_names(case),
        *_staff(case),
        *_pointers(case),
        *_verbs(case),
        *_settings(case),
        *_purposes(case),
    ]


def keys(case: Case, sheets: Iterable[str]) -> list[str]:
    """Keys of the rows of some sheets, in order."""
    found: list[str] = []
    for name in sheets:
        if name == "Settings":
            found.append(CAPITAL)
        else:
            found += [row.id for row in case.of(BY_NAME[name])]
    return found


def problem(row: Row, field: str, check_name: str, found: str, mend: str, hint: str = "") -> Problem:
    """Make an error about a row's cell."""
    return Problem(check_name, "error", row.at(field), found, mend, row.id, hint)


def _references(case: Case) -> Iterator[Problem]:
    """Every name in a column that refers to other sheets is a key there."""
    known: dict[tuple[str, ...], set[str]] = {}
    hints: dict[tuple[tuple[str, ...], str], str] = {}
    for sheet, rows in case.rows.items():
        for column in columns(sheet):
            if not column.refers or not rows:
                continue
            if column.refers not in known:
                known[column.refers] = set(keys(case, column.refers))
            there = known[column.refers]
            for row in rows:
                value = getattr(row, column.field)
                for name in value if isinstance(value, tuple) else (value,):
                    if name and name not in there and not (CAPITAL in there and name.casefold() == CAPITAL):
                        if (column.refers, name) not in hints:
                            hints[column.refers, name] = nearest(name, there)
                        yield _several(row, column, name, there) or _unknown(
                            row, column, name, hints[column.refers, name], bool(there)
                        )


def _commas(case: Case) -> Iterator[Problem]:
    """Lists of free words, as purposes and actors, with commas where every piece is a word of the workbook."""
    listing = [(sheet, c) for sheet in case.rows for c in columns(sheet) if c.kind == "references" and not c.refers]
    for sheet, column in listing:
        rows = [row for row in case.of(sheet) if any("," in part for part in getattr(row, column.field))]
        words = _words(case) if rows else {}
        for row in rows:
            parts = [piece.strip() for part in getattr(row, column.field) for piece in part.split(",")]
            if all(part.casefold() in words for part in parts):
                found = f"column '{column.name}': several names with commas between them."
                right = "; ".join(words[part.casefold()] for part in parts)
                mend = f"Separate them with semicolons: {right}."
                yield problem(row, column.field, "name-separator", found, mend, right)


def _words(case: Case) -> dict[str, str]:
    """Every word in a column of single words or names, by itself in small letters."""
    found: dict[str, str] = {}
    for sheet, rows in case.rows.items():
        for column in columns(sheet):
            if column.kind in ("text", "reference"):
                for row in rows:
                    value = getattr(row, column.field)
                    if isinstance(value, str) and value:
                        found.setdefault(value.casefold(), value)
    return found


def _several(row: Row, column: Column, name: str, there: set[str]) -> Problem | None:
    """Say that several names stand in a cell with commas between them; None where that is not so."""
    known = {key.casefold(): key for key in there}
    parts = [known.get(part.strip().casefold(), "") for part in name.split(",")]
    if column.kind != "references" or len(parts) < 2 or not all(parts):
        return None
    found = f"column '{column.name}': '{name}' holds several names with commas between them."
    right = "; ".join(parts)
    return problem(row, column.field, "reference-unknown", found, f"Separate them with semicolons: {right}.", right)


def _unknown(row: Row, column: Column, name: str, hint: str, filled: bool) -> Problem:
    """Say that a name leads nowhere."""
    where = " or ".join(column.refers)
    mend = (
        f"Choose a row of sheet {where}, or add it there." if filled else f"Add it to sheet {where}, which has no rows."
    )
    if not hint and ";" in name:
        mend = f"The column takes one name: choose a row of sheet {where}."
    return problem(
        row,
        column.field,
        "reference-unknown",
        f"column '{column.name}': there is no '{name}' on sheet {where}. {difference(name, hint)}".rstrip(),
        mend,
        hint,
    )


def _names(case: Case) -> Iterator[Problem]:
    """Names that others refer to must not hold the signs that separate names."""
    referred = {name for sheet in BY_NAME.values() for column in columns(sheet) for name in column.refers}
    for sheet, rows in case.rows.items():
        first = next((c for c in columns(sheet) if c.key), None)
        if sheet.SHEET not in referred or first is None or sheet is Settings:
            continue
        for row in rows:
            if sign := _SEPARATORS.search(row.id):
                yield problem(
                    row,
                    first.field,
                    "name-separator",
                    f"the name '{row.id}' holds '{sign.group()}', which separates names elsewhere.",
                    "Write the name without it.",
                )
            elif "," in row.id:
                yield Problem(
                    "name-separator",
                    "warning",
                    row.at(first.field),
                    f"the name '{row.id}' holds a comma, which separates names in selections.",
                    "Write the name without it if a rule or an outcome is to select it.",
                    row.id,
                )


def workplaces(case: Case) -> Iterator[tuple[Row, str, str, str]]:
    """Every row that occupies a cadre: row, field, cadre, station."""
    for name in ("Pipelines", "Programmes", "Visas"):
        for row in case.of(BY_NAME[name]):
            cadre = str(getattr(row, "cadre", ""))
            station = str(getattr(row, "station", ""))
            if cadre:
                if not station and isinstance(row, Visas):
                    place = case.find(Places, row.nationality)
                    station = (place.country or place.place) if place else row.nationality
                yield row, "cadre", cadre, station or str(getattr(row, "place", ""))
    for lent in case.of(Deployments):
        yield lent, "cadre", lent.cadre, lent.from_station
        yield lent, "to_cadre" if lent.to_cadre else "to_station", lent.to_cadre or lent.cadre, lent.to_station


def _staff(case: Case) -> Iterator[Problem]:
    """Cadres are text on most sheets; each must have a row on sheet Staff at its station."""
    there = {row.id.casefold(): row.id for row in case.of(Staff)}
    cadres = {row.cadre.casefold(): row.cadre for row in case.of(Staff)}
    for row, field, cadre, station in workplaces(case):
        wanted = f"{cadre} / {station}"
        if wanted.casefold() in there or (station and case.find(Places, station) is None):
            continue
        at = sorted(s.station for s in case.of(Staff) if s.cadre.casefold() == cadre.casefold())
        mend = "Add the row to sheet Staff (with 0 in post if there is nobody yet), or name another cadre."
        hint = twin(wanted, there.values()) or ("" if at else nearest(wanted, there.values()))
        if at and not hint:
            mend = f"The cadre is at {named(at)}: name one of these stations, or add a row to sheet Staff."
        found = f"there is no '{wanted}' on sheet Staff. {difference(wanted, hint)}".rstrip()
        yield problem(row, field, "staff-unknown", found, mend, hint)
    for team in case.of(Teams):
        for field, cadre in (("cadre", team.cadre), ("support", team.support)):
            if cadre.casefold() not in cadres:
                yield problem(
                    team,
                    field,
                    "staff-unknown",
                    f"there is no cadre '{cadre}' on sheet Staff.",
                    "Add it there, or name another.",
                    nearest(cadre, cadres.values()),
                )


def _pointers(case: Case) -> Iterator[Problem]:
    """Sheet and row named in Overrides and Previous plan must exist."""
    for kind, allowed in ((Overrides, DECIDED), (PreviousPlan, PLANNED)):
        for row in case.of(kind):
            name, wanted = row.sheet, row.row  # type: ignore[attr-defined]
            sheet = next((s for s in allowed if s.casefold() == name.casefold()), None)
            if sheet is None:
                yield problem(
                    row,
                    "sheet",
                    "pointer-sheet",
                    f"rows of sheet '{name}' cannot stand here.",
                    f"Write one of {named(allowed)}.",
                    nearest(name, allowed),
                )
                continue
            there = keys(case, (sheet,))
            if wanted.casefold() not in {key.casefold() for key in there}:
                yield problem(
                    row,
                    "row",
                    "pointer-row",
                    f"sheet {sheet} has no row '{wanted}'.",
                    "Write the row's key (key columns joined with ' / ').",
                    nearest(wanted, there),
                )


def _verbs(case: Case) -> Iterator[Problem]:
    """Verbs of the raw sheets are words of a short list."""
    for kind, allowed in VERBS.items():
        for row in case.of(kind):
            verb = str(getattr(row, "verb", ""))
            if verb not in allowed:
                yield problem(
                    row,
                    "verb",
                    "choice-unknown",
                    f"column 'Verb': '{verb}' is not in the list.",
                    f"Write one of {named(allowed)}.",
                    nearest(verb, allowed),
                )


def _settings(case: Case) -> Iterator[Problem]:
    """Settings are known, and their values are of the right kind."""
    known = {s.name: s for s in SETTINGS}
    for row in case.of(Settings):
        setting = known.get(row.setting)
        if setting is None:
            yield problem(
                row,
                "setting",
                "setting-unknown",
                f"there is no setting '{row.setting}'.",
                f"Choose one of {named(known, 12)}.",
                nearest(row.setting, known),
            )
            continue
        fault = _setting_fault(setting, row.value)
        if fault:
            unit = f" ({setting.unit})" if setting.unit else ""
            yield problem(
                row, "value", "setting-value", f"setting '{setting.name}'{unit}: '{row.value}' {fault[0]}.", fault[1]
            )


def _setting_fault(setting: Setting, value: str) -> tuple[str, str] | None:
    """What is wrong with a setting's value, and how to mend it."""
    kind = setting.kind
    if kind == "number":
        number = plain_number(value)
        if number is not None and math.isfinite(number) and number >= 0:
            if setting.low <= number <= setting.high:
                return None
            span = f"from {typed(setting.low)} to {typed(setting.high)}" if setting.high < math.inf else ""
            return "is out of range", f"Write a number {span or f'of {typed(setting.low)} or more'}."
        both = two_readings(value)
        if both:
            return f"may mean {both}", f"Write {both}."
        meant = [as_text(x) for x in readings(value) if number is None and 0 <= x < math.inf]
        offered = meant[0] if meant else f"a number such as {setting.default or 100}"
        return "is not a number of 0 or more", f"Write {offered}, or delete the row."
    if kind == "month-day":
        return (
            None
            if is_month_day(value)
            else ("is not a month and day of every year", "Write month-day with two digits each, as 10-01.")
        )
    if kind == "grid":
        every = re.fullmatch(r"every (\d+(?:\.\d+)?) days", value)
        good = value in ("phases", "default", "months") or (
            every is not None and (plain_number(every[1]) or 0.0) >= 1.0
        )
        return None if good else ("is not a grid", "Write phases, default, months, or 'every 30 days'.")
    return None


def _purposes(case: Case) -> Iterator[Problem]:
    """Purposes and actors that an account may pay but nobody has: a likely misspelling, so a warning."""
    for field, what in (("purposes", "purpose"), ("actors", "actor")):
        used = {
            str(getattr(row, what))
            for sheet, rows in case.rows.items()
            if sheet is not Funding
            for row in rows
            if getattr(row, what, "")
        }
        plain = {name.casefold() for name in used}
        for account in case.of(Funding):
            for name in getattr(account, field):
                if name.casefold() not in plain:
                    hint = nearest(name, used)
                    found = f"no row has the {what} '{name}', so there is nothing of it to pay."
                    yield Problem(
                        f"{what}-unused",
                        "warning",
                        account.at(field),
                        f"{found} {difference(name, hint)}".rstrip(),
                        f"Write the {what} as it stands on the other sheets.",
                        account.id,
                        hint,
                    )
    for effect in case.of(Effects):
        if effect.effect in ("adds capacity", "requires", "raises limit"):
            allowed = {
                "adds capacity": ("Staff", "Sites"),
                "requires": ("Pipelines", "Programmes", "Visas"),
                "raises limit": ("People",),
            }[effect.effect]
            there = keys(case, allowed)
            anywhere = keys(
                case,
                (
                    "Funding",
                    "Quotas",
                    "People",
                    "Indicators",
                    "Staff",
                    "Sites",
                    "Pipelines",
                    "Programmes",
                    "Visas",
                    "Settings",
                ),
            )
            if effect.target in anywhere and effect.target not in there:
                yield problem(
                    effect,
                    "target",
                    "effect-target",
                    f"'{effect.effect}' cannot act on '{effect.target}'.",
                    f"Name a row of sheet {' or '.join(allowed)}.",
                    nearest(effect.target, there),
                )
