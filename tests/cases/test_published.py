"""Published problems and hand-computable cases, typed as workbooks and solved through the public path.

Each case is a folder: one CSV file a sheet and `expected.toml`, whose variants change cells as `--set` does. `conflicts`
names the checks that find a case impossible before the solver proves it. A price is what one more natural unit of a
row's right-hand side is worth in points.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Plan, Status
from planner.solve import prepare, solve
from planner.solver.session import Session
from planner.verify import verify
from planner.workbook import read, read_folder, write_template

ROOT = Path(__file__).parent
EXACT = Options(gap=1e-9)


@dataclass(frozen=True)
class Variant:
    """One solve of a case with what must come out."""

    folder: Path
    tolerance: float
    wanted: dict[str, Any]

    def close(self, value: float) -> Any:
        """Equal within the case's tolerance, relative, or absolute below one."""
        return pytest.approx(value, rel=self.tolerance, abs=self.tolerance)


def variants() -> list[Any]:
    """List every variant of every case."""
    listed = []
    for path in sorted(ROOT.glob("*/expected.toml")):
        expected = tomllib.loads(path.read_text(encoding="utf-8"))
        for wanted in expected["variants"]:
            variant = Variant(path.parent, expected["tolerance"], wanted)
            listed.append(pytest.param(variant, id=f"{path.parent.name}: {wanted['name']}"))
    return listed


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a maker of workbooks: each case is written once."""
    made: dict[Path, Path] = {}

    def make(folder: Path) -> Path:
        if folder not in made:
            path = tmp_path_factory.mktemp("cases") / f"{folder.name}.xlsx"
            write_template(path, raw_tables=read_folder(folder))
            made[folder] = path
        return made[folder]

    return make


def cell(plan: Plan, table: str, where: dict[str, Any], column: str) -> float:
    """Sum of a column over the rows of a plan's table that have these values; a level of nothing has no row."""
    rows = plan.tables[table]
    chosen = pd.Series(data=True, index=rows.index)
    for name, value in where.items():
        chosen &= rows[name] == value
    return float(rows.loc[chosen, column].sum())


def prices(case: Case) -> dict[str, float]:
    """Duals of a linear case by the names of the matrix's rows, in natural units."""
    model = prepare(case, EXACT)
    session = Session(model.matrix, EXACT)
    session.run()
    duals = session.row_duals().tolist()
    rows = model.built.frame.rows
    return {name: dual / row.scale for name, dual, row in zip(model.matrix.row_names, duals, rows, strict=True)}


@pytest.mark.parametrize("variant", variants())
def test_known_numbers_come_out(variant: Variant, workbook: Any) -> None:
    wanted = variant.wanted
    case = read(workbook(variant.folder), sets=tuple(wanted.get("sets", ())))
    assert sorted(p.check for p in case.warnings if p.severity == "conflict") == wanted.get("conflicts", [])
    plan = solve(case, EXACT)
    assert plan.status == Status(wanted["status"])
    if not plan.found:
        return
    report = verify(case, plan)
    assert report.ok, str(report)
    if "objective" in wanted:
        assert plan.objective == variant.close(wanted["objective"])
    found = {name: plan.outcome(name) for name in wanted.get("outcomes", {})}
    assert found == {name: variant.close(value) for name, value in wanted.get("outcomes", {}).items()}
    for known in wanted.get("cells", ()):
        value = cell(plan, known["table"], known["where"], known["column"])
        assert value == variant.close(known["value"]), known["where"]
    if "prices" in wanted:
        known_prices = wanted["prices"]
        listed = prices(case)
        assert {row: listed[row] for row in known_prices} == {
            row: pytest.approx(price, rel=1e-4, abs=1e-12) for row, price in known_prices.items()
        }
