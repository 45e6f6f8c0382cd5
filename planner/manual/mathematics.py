"""The mathematics, read from the docstrings of `models` in the order in which :mod:`models.build` lays them down."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from models import (
    activities,
    build,
    grid,
    ledgers,
    linear,
    network,
    outcomes,
    payments,
    portions,
    profiles,
    rules,
    switches,
)
from planner.manual.docstrings import cell, markdown_of
from planner.manual.tables import table

ORDER: dict[ModuleType, str] = {
    grid: "Periods",
    profiles: "Delivery profiles",
    activities: "Activities",
    switches: "Switches",
    ledgers: "Ledgers",
    payments: "Payments",
    portions: "Portions of a period",
    build: "Milestones, and the model as a whole",
    rules: "Rules",
    outcomes: "Outcomes and the objective",
    linear: "Scaling",
}
"""Modules in reading order: time first, then the nouns as the model is built, then how numbers are scaled."""

NOTATION = (
    (r"t,\ u", "periods; a deed in period u works in period t"),
    (r"\Delta_t", "days of a period; years have 365 days"),
    (r"s_u,\ e_t", "first day of period u, day after the last of period t"),
    (r"x_{a,t}", "level of an activity, in units a period"),
    (r"\tilde x", "its effective level, after the curve"),
    (r"z_{\ell,t}", "what a stock holds as a period (or a step of it) ends"),
    (r"w_{e,u} \in \{0, 1\}", "a switch is taken as period u begins"),
    (r"y_{e,t}", "share of a period in which a switch is in force"),
    (r"v_{a,t} \in \{0, 1\},\ g_{a,t}", "an activity runs in a period, and starts to"),
    (r"p_{f,a,t}", "what account f pays of bill a in a period, USD"),
    (r"y_h", "value of an outcome"),
    (r"\kappa,\ \delta,\ d,\ s", "share carried over; natural loss a year; what survives of opening and of flows"),
)
"""Symbols that the equations share."""

_ADDERS = ("constraint", "variable", "_row")
_LABEL = re.compile(r"\bK\d+\b")


@dataclass(frozen=True)
class Family:
    """A function that lays down constraints or says how a quantity is worked out."""

    module: str
    name: str
    docstring: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Numbers of the families that its docstring names: K1 to K13."""
        return tuple(dict.fromkeys(_LABEL.findall(self.docstring)))

    @property
    def heading(self) -> str:
        """Title of its section."""
        what = ", ".join(self.rows) or ", ".join(self.columns) or self.name.rsplit(".", 1)[-1].strip("_")
        return ": ".join([*([" ".join(self.labels)] if self.labels else []), what.replace("_", " ")])

    @property
    def anchor(self) -> str:
        """Address of its section on the page."""
        return f"{self.module}-{self.name.rsplit('.', 1)[-1].strip('_')}".replace("_", "-").lower()


def families(module: ModuleType) -> list[Family]:
    """Functions of a module with an equation or with constraints of their own, in the order of the source."""
    tree = ast.parse(Path(inspect.getfile(module)).read_text(encoding="utf-8"))
    found = []
    for owner, function in _functions(tree):
        docstring = ast.get_docstring(function) or ""
        rows, columns = _added(function)
        if ":math:" in docstring or _LABEL.search(docstring) or rows or columns:
            name = f"{owner}.{function.name}" if owner else function.name
            found.append(Family(module.__name__.rsplit(".", 1)[-1], name, docstring, rows, columns))
    return [f for f in found if f.module != "linear" or ":math:" in f.docstring]


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of a module with the class that it belongs to."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        elif isinstance(node, ast.ClassDef):
            yield from ((node.name, item) for item in node.body if isinstance(item, ast.FunctionDef))


def _added(function: ast.FunctionDef) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the families of rows and of columns that a function adds to the model."""
    rows: list[str] = []
    columns: list[str] = []
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ADDERS):
            continue
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            (columns if node.func.attr == "variable" else rows).append(first.value)
    return tuple(dict.fromkeys(rows)), tuple(dict.fromkeys(columns))


def page() -> str:
    """The whole mathematics on one page."""
    parts = [
        "# Mathematics",
        "The model is a mixed-integer linear programme. This page is made from the docstrings of `models/`, in the "
        "order in which the model is built; the code beneath each equation is the code that runs. "
        "`planner export CASE model.lp` writes a case's model with the names of rows and columns used here.",
        "## Notation",
        table(("Symbol", "Meaning"), [(f":math:`{symbol}`", meaning) for symbol, meaning in NOTATION]),
        "## Families of constraints",
        _overview(),
        "## Nouns",
        markdown_of(network.__doc__),
        *_nouns(),
    ]
    for module in ORDER:
        parts += _module(module)
    return "\n\n".join(parts)


def _overview() -> str:
    """Families of constraints with their rows and columns."""
    rows = []
    for module in ORDER:
        for family in families(module):
            if family.rows or family.columns:
                link = f"[{family.heading.rsplit(': ', 1)[-1]}](#{family.anchor})"
                rows.append((" ".join(family.labels), link, _names(family.rows), _names(family.columns)))
    return table(("Family", "What", "Rows", "Columns"), rows)


def _names(names: tuple[str, ...]) -> str:
    """Names of rows or columns in a table."""
    return ", ".join(f"`{name}`" for name in names)


def _nouns() -> list[str]:
    """The kernel's data: what each noun is, with its fields."""
    parts = []
    for name, noun in vars(network).items():
        if dataclasses.is_dataclass(noun) and isinstance(noun, type) and noun.__module__ == network.__name__:
            fields = ", ".join(f"`{item.name}`" for item in dataclasses.fields(noun))
            parts.append(f"### {name}\n\n{markdown_of(noun.__doc__)}\n\nFields: {fields}.")
    return parts


def _module(module: ModuleType) -> list[str]:
    """A module's own words, then its families."""
    parts = [f"## {ORDER[module]}", markdown_of(module.__doc__)]
    for family in families(module):
        parts.append(f"### {family.heading} {{ #{family.anchor} }}")
        parts.append(markdown_of(family.docstring))
        parts.append(_traces(family))
    return [part for part in parts if part]


def _traces(family: Family) -> str:
    """Where the code is, and what the rows and columns are called in an exported model."""
    said = [f"`models/{family.module}.py`, `{cell(family.name)}`"]
    said += [f"rows {', '.join(f'`{name}(...)`' for name in family.rows)}"] if family.rows else []
    said += [f"columns {', '.join(f'`{name}(...)`' for name in family.columns)}"] if family.columns else []
    return f"<small>{'; '.join(said)}</small>"
