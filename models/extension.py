"""What somebody does to a case's Pyomo model before it is read: carried out, checked, and said in words.

An extension is a function of the model. It may add variables and constraints, fix variables, deactivate constraints,
and give anything another value; it may not take anything of the case out of the model, since plans, prices and reasons
are read from there.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyomo.core as pyo

from models.builder import Laid
from models.errors import ExtensionError
from models.linear import BY_HAND, Form, LinearModel, RowSpec
from models.reader import quietly

PYOMO = str(Path(pyo.__file__).parents[1])
FIXED, CHANGED = "fixed in Pyomo: {}", "changed in Pyomo: {}"
"""Where limits come from that an extension gave to what is the case's own."""
MOST = 8
"""Names that a sentence lists; the rest are counted."""
EACH = 3
"""Members of one family that are listed; more are counted."""


@dataclass(frozen=True)
class Extended:
    """What an extension, by its `name`, did to a model: names in Pyomo of what it touched.

    `set_rows` and `set_columns` are the numbers of the case's own rows and columns that have other limits now.
    """

    name: str
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    deactivated: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    set_rows: frozenset[int] = frozenset()
    set_columns: frozenset[int] = frozenset()

    @property
    def changed_nothing(self) -> bool:
        """Whether the model is as it was."""
        return not any((self.rows, self.columns, self.deactivated, self.fixed, self.changed, self.objectives))

    @property
    def words(self) -> str:
        """All of it, named: 'added constraints cap; fixed level[x,0]'."""
        kinds = {
            "added constraints": self.rows,
            "added variables": self.columns,
            "deactivated": self.deactivated,
            "fixed": self.fixed,
            "changed": self.changed,
            "changed the objectives": self.objectives,
        }
        return "; ".join(f"{kind} {_listed(names)}" for kind, names in kinds.items() if names) or "changed nothing"


def carry_out(name: str, function: Any, model: pyo.ConcreteModel, laid: Laid) -> None:
    """Let a function extend a model, and see to it that all of the case is still there. Raises ExtensionError."""
    parts, keys = (*laid.variables, *laid.constraints), [*(c.key for c in laid.columns), *(r.key for r in laid.rows)]
    families = {id(f): f for f in (part.parent_component() for part in parts)}
    owners = [part.parent_component().local_name for part in parts]
    known = {id(family): family.local_name for family in families.values()}
    try:
        with quietly():
            returned = function(model)
    except (Exception, SystemExit) as error:
        message = f"The extension {name} failed{_place(error)}: {type(error).__name__}: {_plain(error)}"
        raise ExtensionError(message) from error
    if returned is not None and returned is not model:
        message = (
            f"The extension {name} returned {_kind(returned)}: it must change the model that it is given, "
            "and return nothing."
        )
        raise ExtensionError(message)
    for family in families.values():
        if model.component(known[id(family)]) is not family:
            raise ExtensionError(_removed(name, known[id(family)]))
    there = {id(part) for family in families.values() for part in family.values()}
    for part, owner, key in zip(parts, owners, keys, strict=True):
        if id(part) not in there:
            raise ExtensionError(_removed(name, f"{owner}[{','.join(map(repr, key))}]"))
    for objective in laid.objectives:
        if model.component(objective.local_name) is not objective:
            raise ExtensionError(_removed(name, "an objective of the case"))


def _removed(name: str, what: str) -> str:
    """What is said where something of the case is gone."""
    return (
        f"The extension {name} removed '{what}' from the model: plans and reasons are read from it. Let it stay, and "
        "switch constraints off with .deactivate(), or set bounds with .setlb() and .setub()."
    )


def _place(error: BaseException) -> str:
    """Line in which a function failed, the last one that is not Pyomo's own."""
    steps = [s for s in traceback.extract_tb(error.__traceback__)[1:] if not s.filename.startswith(PYOMO)]
    return f" in line {steps[-1].lineno}" if steps else ""


def _plain(error: BaseException) -> str:
    """An error's own words in one line."""
    return " ".join(str(error).split())[:300] or "no words"


def _kind(returned: Any) -> str:
    """What a function returned, in words."""
    return "another model" if isinstance(returned, pyo.Block) else f"a value of type {type(returned).__name__}"


def compared(name: str, before: LinearModel, after: LinearModel, laid: Laid) -> Extended:
    """What lies between a case's model and the same once it was extended, both as read.

    What has other limits now no longer has them from its cell: its origin says so in the model that was read.
    """
    rows = list(zip(before.rows, after.rows, laid.constraints, strict=False))
    columns = list(zip(before.columns, after.columns, laid.variables, strict=False))
    set_rows = [n for n, (old, new, c) in enumerate(rows) if c.active and not _same(old, new)]
    set_columns = [n for n, (old, new, v) in enumerate(columns) if v.fixed or old != new]
    for n in set_rows:
        after.rows[n] = after.rows[n]._replace(origin=CHANGED.format(laid.constraints[n].name))
    for n in set_columns:
        how = FIXED if laid.variables[n].fixed else CHANGED
        after.columns[n] = after.columns[n]._replace(origin=how.format(laid.variables[n].name))
    return Extended(
        name,
        tuple(str(r.key[0]) for r in after.rows if r.family == BY_HAND),
        tuple(str(c.key[0]) for c in after.columns if c.family == BY_HAND),
        tuple(c.name for old, _, c in rows if not c.active and (math.isfinite(old.lower) or math.isfinite(old.upper))),
        tuple(v.name for _, _, v in columns if v.fixed),
        (
            *(laid.constraints[n].name for n in set_rows),
            *(laid.variables[n].name for n in set_columns if not laid.variables[n].fixed),
        ),
        tuple(_moved(before.objectives, after.objectives, laid)),
        frozenset(set_rows),
        frozenset(set_columns),
    )


def _same(one: RowSpec, other: RowSpec) -> bool:
    """Whether two rows say the same."""
    return (one.form.terms, one.lower, one.upper) == (other.form.terms, other.lower, other.upper)


def _moved(before: list[Form], after: list[Form], laid: Laid) -> Iterator[str]:
    """Objectives that are others now."""
    for old, new, objective in zip(before, after, laid.objectives, strict=True):
        if (old.terms, old.constant) != (new.terms, new.constant):
            yield objective.local_name


def _listed(names: tuple[str, ...]) -> str:
    """Names; of a family with many of them its name and how many, of many families the first."""
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(name.partition("[")[0], []).append(name)
    told = [n for f, found in families.items() for n in (found if len(found) <= EACH else [f"{len(found)} of {f}"])]
    more = len(told) - MOST
    return ", ".join(told[:MOST]) + (f" and {more} more" if more > 0 else "")
