"""The mathematics, read from the docstrings of `models` in the order in which :mod:`models.build` lays them down."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from models import (
    activities,
    build,
    grid,
    ledgers,
    linear,
    milestones,
    network,
    outcomes,
    payments,
    portions,
    profiles,
    queues,
    rules,
    switches,
)
from models.builder import Variables
from models.grid import Phase, even_grid
from planner.manual.docstrings import cell, markdown_of
from planner.manual.tables import table

ORDER: dict[ModuleType, str] = {
    grid: "Periods",
    profiles: "Delivery profiles",
    activities: "Activities",
    switches: "Switches",
    ledgers: "Ledgers",
    queues: "Queues",
    payments: "Payments",
    portions: "Portions of a period",
    milestones: "Milestones",
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

_LABEL = re.compile(r"\bK\d+\b")


@dataclass(frozen=True)
class Family:
    """A function that lays down constraints or says how a quantity is worked out."""

    module: str
    name: str
    docstring: str
    rows: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Numbers of the families that its docstring names: K1 to K13."""
        return tuple(dict.fromkeys(_LABEL.findall(self.docstring)))

    @property
    def heading(self) -> str:
        """Title of its section."""
        what = ", ".join(self.rows) or self.name.rsplit(".", 1)[-1].strip("_")
        return ": ".join([*([" ".join(self.labels)] if self.labels else []), what.replace("_", " ")])

    @property
    def anchor(self) -> str:
        """Address of its section on the page."""
        return f"{self.module}-{self.name.rsplit('.', 1)[-1].strip('_')}".replace("_", "-").lower()


def families(module: ModuleType) -> list[Family]:
    """Functions of a module with an equation or with constraints of their own, in the order of the source."""
    tree = ast.parse(Path(inspect.getfile(module)).read_text(encoding="utf-8"))
    found, rules = [], _rules(tree)
    for owner, function in _functions(tree):
        docstring = ast.get_docstring(function) or ""
        rows = rules.get(function.name, ()) if owner else ()
        if ":math:" in docstring or _LABEL.search(docstring) or rows:
            name = f"{owner}.{function.name}" if owner else function.name
            found.append(Family(module.__name__.rsplit(".", 1)[-1], name, docstring, rows))
    return [f for f in found if f.module != "linear" or ":math:" in f.docstring]


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of a module with the class that it belongs to."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        elif isinstance(node, ast.ClassDef):
            yield from ((node.name, item) for item in node.body if isinstance(item, ast.FunctionDef))


def _rules(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    """Families of constraints by the method that is their rule: `model.NAME = Constraint(SET, rule=self.METHOD)`."""
    found: dict[str, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.targets[0], ast.Attribute)
        ):
            for word in node.value.keywords:
                if word.arg == "rule" and isinstance(word.value, ast.Attribute):
                    found[word.value.attr] = (*found.get(word.value.attr, ()), node.targets[0].attr)
    return found


@cache
def _empty() -> build.Built:
    """A model without any noun: it has every family, with its words."""
    grid = even_grid(date(2021, 1, 20), [Phase("P1", "Phase 1", 0.0, 1.0)], 1.0)
    return build.build(network.Network(), grid)


def variables() -> list[Variables[Any]]:
    """Families of variables, in the order in which a solver gets them."""
    return _empty().builder.families


def page() -> str:
    """The whole mathematics on one page."""
    parts = [
        "# Mathematics",
        "The model is a mixed-integer linear programme. This page is made from the docstrings of `models/`, in the "
        "order in which the model is built; the code beneath each equation is the code that runs. "
        "`planner export CASE model.lp` writes a case's model with the names of rows and columns used here.",
        "## Notation",
        table(("Symbol", "Meaning"), [(f":math:`{symbol}`", meaning) for symbol, meaning in NOTATION]),
        "## Families of variables",
        table(
            ("In Pyomo", "In exported models", "By", "What"),
            [(f"`{v.name}`", f"`{v.family}`", v.index, cell(v.doc)) for v in variables()],
        ),
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
    """Families of constraints, in Pyomo and in exported models."""
    found = ((name, family) for module in ORDER for family in families(module) for name in family.rows)
    rows = [(f"[`{name}`](#{f.anchor})", cell(_empty().model.component(name).doc)) for name, f in found]
    return table(("Name", "What"), rows)


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
    """Where the code is, and what the rows are called in an exported model."""
    said = [f"`models/{family.module}.py`, `{cell(family.name)}`"]
    said += [f"rows {', '.join(f'`{name}(...)`' for name in family.rows)}"] if family.rows else []
    return f"<small>{'; '.join(said)}</small>"
