"""One small text LP a constraint family: a changed coefficient is a line that differs.

After a change on purpose: python -m tests.golden.test_lp writes them anew.
"""

from __future__ import annotations

import math
from pathlib import Path

import highspy
import pyomo.environ as pyo
import pytest

from models.build import build
from models.matrix import Matrix, extract
from models.network import Network
from planner.options import Options
from planner.solver.session import Session
from planner.workbook import read
from tests.golden.families import EFFECTS, FAMILIES, Example
from tests.golden.guarded import ROOT

LP = Path(__file__).parent / "lp"
EXAMPLES = {**FAMILIES, **EFFECTS}


def matrix_of(example: Example) -> tuple[Matrix, set[str]]:
    """The matrix of an example and the families of its rows."""
    built = build(example.network, example.grid)
    return extract(built), {row.family for row in built.frame.rows}


def number(value: float) -> str:
    """A figure with twelve digits: more than any change, fewer than rounding."""
    return f"{value:.12g}"


def form(matrix: Matrix, terms: list[tuple[int, float]]) -> str:
    """A sum of terms, wrapped so that a line says one term."""
    parts = [f"{'-' if v < 0 else '+'} {number(abs(v))} {matrix.column_names[c]}" for c, v in terms if v]
    return "\n    ".join(parts) or "+ 0 " + matrix.column_names[0]


def text_of(name: str, example: Example, matrix: Matrix) -> str:
    """The model in CPLEX's LP format, in the matrix's order (HiGHS writes it too, but each version in its own way)."""
    columns = range(len(matrix.cost))
    lines = [
        f"\\ {name}: {example.shows}",
        "Maximize",
        f" points:\n    {form(matrix, [(c, float(matrix.cost[c])) for c in columns])}",
    ]
    if matrix.offset:
        lines.append(f"    + {number(matrix.offset)}")
    lines.append("Subject To")
    for row, title in enumerate(matrix.row_names):
        inside = slice(matrix.starts[row], matrix.starts[row + 1])
        terms = [(int(c), float(v)) for c, v in zip(matrix.columns[inside], matrix.values[inside], strict=True)]
        low, high = float(matrix.row_lower[row]), float(matrix.row_upper[row])
        if low == high:
            lines.append(f" {title}:\n    {form(matrix, terms)}\n    = {number(low)}")
            continue
        both = math.isfinite(low) and math.isfinite(high)
        for sign, bound in ((">=", low), ("<=", high)):
            if math.isfinite(bound):
                side = ("_low" if sign == ">=" else "_high") if both else ""
                lines.append(f" {title}{side}:\n    {form(matrix, terms)}\n    {sign} {number(bound)}")
    lines.append("Bounds")
    for c in columns:
        low, high = float(matrix.column_lower[c]), float(matrix.column_upper[c])
        left = number(low) if math.isfinite(low) else "-inf"
        lines.append(f" {left} <= {matrix.column_names[c]} <= {number(high) if math.isfinite(high) else '+inf'}")
    whole = [f" {matrix.column_names[c]}" for c in columns if matrix.integer[c]]
    return "\n".join([*lines, *(["General", *whole] if whole else []), "End", ""])


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_model_of_each_family_is_as_it_was(name: str) -> None:
    matrix, families = matrix_of(EXAMPLES[name])
    if name in FAMILIES:
        assert name in families
    path = LP / f"{name}.lp"
    assert path.read_text(encoding="utf-8") == text_of(name, EXAMPLES[name], matrix)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_text_is_the_model(name: str) -> None:
    """A solver that reads the text finds the optimum of the model that was built."""
    matrix, _ = matrix_of(EXAMPLES[name])
    built = Session(matrix, Options(gap=0.0)).run()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(LP / f"{name}.lp")) in (highspy.HighsStatus.kOk, highspy.HighsStatus.kWarning)
    highs.run()
    assert built.objective is not None
    assert highs.getInfo().objective_function_value == pytest.approx(built.objective, rel=1e-9, abs=1e-9)


def test_every_family_of_the_mathematics_has_its_text() -> None:
    """Whoever adds a family to models/ adds its LP."""
    model = build(Network(), EXAMPLES["balance"].grid).model
    named = {family.local_name for family in model.component_objects(pyo.Constraint)}
    assert {"balance", "curve", "rule"} <= named
    assert named <= set(FAMILIES)
    assert {p.stem for p in LP.glob("*.lp")} == set(EXAMPLES)


def test_the_packaged_cases_use_no_other_family() -> None:
    from planner.solve import prepare

    model = prepare(read(ROOT / "inputs" / "starter.xlsx"), Options(grid="phases"))
    assert {row.family for row in model.built.frame.rows} <= set(FAMILIES)


if __name__ == "__main__":
    LP.mkdir(exist_ok=True)
    for title, one in EXAMPLES.items():
        (LP / f"{title}.lp").write_text(text_of(title, one, matrix_of(one)[0]), encoding="utf-8")
