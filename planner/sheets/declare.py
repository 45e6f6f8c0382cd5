"""How a domain sheet is declared: one typed row class a sheet, one field a column.

The declaration is the only place where a column's name, unit, range, default and help are written; reading, checking,
the template's drop-downs and the manual are made from it.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal, TypeAlias

from planner.sheets.address import Address

Kind: TypeAlias = Literal[
    "text", "reference", "references", "number", "whole", "share", "date", "choice", "yes", "where"
]

REST, FREE_REST = 1e-6, 1e-9
"""Sizes up to which a figure is a rest: in a unit that the column states, and in one that its row chooses."""

RATIOS = ("factor a year", "people per case", "effective units a unit", "FTE per FTE", "USD per USD")
MEANT = dict.fromkeys(("days", *RATIOS), 1e6)
"""Sizes up to which a figure can be meant, by unit: a million days are 2,738 years.

What is larger can only be a slip of the keyboard or a way of writing 'without end', for which a blank cell stands; a
solver that is given such figures mistakes them for noise.
"""

NOT_LIMITED, NO_LIMIT = ENDLESS = ("not limited", "no limit")
"""What a blank cell means where it stands for 'without end'."""

REQUIRED: Any = object()
"""Marks a column that has no default: a blank cell is an error."""


@dataclass(frozen=True)
class Column:
    """A column as people see it.

    `name` is the header, `field` the attribute of the row class. `low` and `high` are inclusive. `refers` names the
    sheets whose keys may stand here. `blank` says in words what an empty cell means; `default` is its value. `was` is
    the header in earlier forms of the workbook, which is read as well.
    """

    field: str
    name: str
    kind: Kind
    unit: str = ""
    help: str = ""
    key: bool = False
    required: bool = False
    default: Any = None
    blank: str = ""
    low: float | None = None
    high: float | None = None
    positive: bool = False
    choices: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    was: str = ""

    @property
    def numeric(self) -> bool:
        """Whether the column carries a figure that needs a source."""
        return self.kind in ("number", "whole", "share")

    @property
    def rest(self) -> float:
        """Largest size of a figure that can only be the rest of a formula; it is read as nought.

        That is a millionth of a day, a person, a post, a dollar, a million dollars or of the whole. Where a row or a
        measure chooses its own unit, which may be a dollar counted in millions, it is a billionth; the unit of a target
        (people, places, USD million) is none of these.
        """
        chosen = "unit" in self.unit and not self.unit.startswith(("USD", "unit of the target"))
        free = not self.unit or chosen
        return FREE_REST if free else REST

    @property
    def meant(self) -> float:
        """Largest size of a figure that can be meant, in the column's unit; without end where no unit says so."""
        return MEANT.get(self.unit, math.inf)


def _column(kind: Kind, name: str, **options: Any) -> Any:
    """Make a dataclass field that carries its column."""
    default = options.pop("default", None)
    required = default is REQUIRED
    spec = {"kind": kind, "name": name, "required": required, "default": None if required else default, **options}
    if required:
        return field(metadata={"column": spec})
    return field(default=default, metadata={"column": spec})


def key(name: str, *, help: str, refers: tuple[str, ...] = (), blank: str = "", was: str = "") -> Any:
    """Column that names the row; with `blank` it may be empty."""
    kind: Kind = "reference" if refers else "text"
    default = "" if blank else REQUIRED
    return _column(kind, name, help=help, refers=refers, key=True, default=default, blank=blank, was=was)


def text(name: str, *, help: str, default: Any = "", blank: str = "", was: str = "") -> Any:
    """Free text."""
    return _column("text", name, help=help, default=default, blank=blank, was=was)


def line_of_action() -> Any:
    """Read what a row serves."""
    told = "What it serves, such as asylum or legal pathways: rules and tables select by it"
    return text("Line of action", help=told, blank="none", was="Lane")


def reference(name: str, *refers: str, help: str, default: Any = "", blank: str = "none", was: str = "") -> Any:
    """Key of a row on one of the named sheets."""
    return _column("reference", name, refers=refers, help=help, default=default, blank=blank, was=was)


def references(name: str, *refers: str, help: str, blank: str = "none", was: str = "") -> Any:
    """Several keys, separated by semicolons; with no sheet named, several words."""
    return _column("references", name, refers=refers, help=help, default=(), blank=blank, was=was)


def number(name: str, unit: str, *, help: str, default: Any = None, blank: str = NOT_LIMITED, **limits: Any) -> Any:
    """Read a figure; `low`, `high` and `positive` bound it."""
    return _column("number", name, unit=unit, help=help, default=default, blank=blank, **limits)


def share(name: str, *, help: str, default: Any = None, blank: str = "0", unit: str = "share", **limits: Any) -> Any:
    """Read a share from 0 to 1 (a cell may show it as a percentage)."""
    options = {"low": 0.0, "high": 1.0, **limits}
    return _column("share", name, unit=unit, help=help, default=default, blank=blank, **options)


def whole(name: str, unit: str, *, help: str, default: Any = None, blank: str = "none", **limits: Any) -> Any:
    """Read a whole number."""
    return _column("whole", name, unit=unit, help=help, default=default, blank=blank, **limits)


def day(name: str, *, help: str, default: Any = None, blank: str = "none") -> Any:
    """Read a date."""
    return _column("date", name, unit="date", help=help, default=default, blank=blank)


def choice(name: str, *choices: str, help: str, default: Any = None, key: bool = False) -> Any:
    """One of the listed words; the first is the default unless another is named."""
    first = choices[0] if default is None else default
    blank = "" if first is REQUIRED else str(first)
    return _column("choice", name, choices=choices, help=help, default=first, blank=blank, key=key)


def yes(name: str, *, help: str, default: bool = False) -> Any:
    """Read yes or no."""
    return _column("yes", name, help=help, default=default, blank="yes" if default else "no")


def selection(name: str, *, help: str, blank: str = "everything") -> Any:
    """Read a selection such as `line of action: pathways; country: East, West`."""
    return _column("where", name, help=help, default="", blank=blank)


def last_actual(unit: str) -> Any:
    """Read the last level that is known, as a rate a year."""
    told = "Level of the last year that is known as the plan begins"
    return number("Last actual", unit, low=0, help=told, blank="not known")


def goes_on_at(unit: str) -> Any:
    """Read the level that goes on without a decision, as a rate a year."""
    return number(
        "Goes on at",
        unit,
        low=0,
        help="Level that goes on without any decision, where it is not the last actual one",
        blank="at the last actual level; nothing goes on where that is not known",
    )


def runs_without_plan() -> Any:
    """Read whether others carry a row on, whatever the plan decides."""
    told = "Whether others do it whatever is decided: the plan may not do more of it than goes on, so it is no gain"
    return yes("Runs without the plan", help=told)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a sheet: typed values plus where they stand.

    `cells` maps a field to its column letter; `defaulted` holds the fields whose cell was blank or absent. `WAS` is the
    sheet's name in earlier forms of the workbook, which is read as well.
    """

    SHEET: ClassVar[str] = ""
    WAS: ClassVar[str] = ""
    PURPOSE: ClassVar[str] = ""
    GROUP: ClassVar[Literal["basic", "more", "advanced"]] = "more"

    source: str = text("Source", help="Evidence id, or 'column: id; column: id' where numbers differ in source")
    grade: str = choice(
        "Grade", "", "S", "D", "A", "U", help="S sourced, D derived, A assumption, U unverified: the weakest of the row"
    )
    note: str = text("Note", help="Anything a reader should know")
    row_number: int = 0
    cells: dict[str, str] = field(default_factory=dict)
    defaulted: frozenset[str] = frozenset()

    @cached_property
    def id(self) -> str:
        """Return the row's key: its key columns joined with ' / '."""
        parts = [str(getattr(self, name)) for name in key_fields(type(self))]
        return " / ".join(p for p in parts if p)

    def at(self, field_name: str = "") -> Address:
        """Address of one of the row's cells, or of its first cell."""
        first = next(iter(key_fields(type(self))), "")
        return Address(self.SHEET, self.row_number, self.cells.get(field_name or first, ""))

    def origin(self, field_name: str = "") -> str:
        """Address as text, for the kernel."""
        return str(self.at(field_name))


_COLUMNS: dict[type[Row], tuple[Column, ...]] = {}
_KEYS: dict[type[Row], tuple[str, ...]] = {}


def columns(row: type[Row]) -> tuple[Column, ...]:
    """Columns of a sheet in order: its own first, then source, grade and note."""
    if row not in _COLUMNS:
        _COLUMNS[row] = tuple(_read_columns(row))
    return _COLUMNS[row]


def key_fields(row: type[Row]) -> tuple[str, ...]:
    """Names of the fields that make a row's key, in order."""
    if row not in _KEYS:
        _KEYS[row] = tuple(c.field for c in columns(row) if c.key)
    return _KEYS[row]


def _read_columns(row: type[Row]) -> list[Column]:
    """Collect the columns from the fields of a row class."""
    own: list[Column] = []
    common: list[Column] = []
    for item in dataclasses.fields(row):
        spec = item.metadata.get("column")
        if spec is not None:
            target = common if item.name in ("source", "grade", "note") else own
            target.append(Column(field=item.name, **spec))
    return own + common
