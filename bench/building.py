"""Building the matrix: ours against linopy with the same arrays."""

from __future__ import annotations

import importlib.util
from functools import partial

from bench.measure import best_of
from bench.synthetic import region
from bench.table import Table
from bench.with_pyomo import pyomo_model
from models.build import build
from models.matrix import extract
from models.reader import read
from planner.compile import compile_case
from planner.options import Options
from planner.solve import Model, prepare
from planner.solver.session import Session
from planner.workbook import case_from

CASES = ((8, "full", "phases"), (8, "lite", "default"), (8, "full", "default"))


def measure(*, quick: bool) -> list[Table]:
    """One table: seconds of each way."""
    columns = (
        "region",
        "nonzeros",
        "compile",
        "build",
        "objects",
        "read",
        "linopy",
        "Pyomo : linopy",
        "pass",
        "linopy pass",
    )
    table = Table("Building the matrix (processor seconds, best of three)", columns)
    linopy = importlib.util.find_spec("linopy") is not None
    for countries, detail, grid in CASES[:2] if quick else CASES:
        case = case_from(region(countries, detail))
        model = prepare(case, Options(grid=grid))
        compiling, _ = best_of(3, lambda case=case: compile_case(case))
        building, _ = best_of(3, lambda model=model: extract(build(model.built.frame.network, model.built.frame.grid)))
        ours = model.built
        read_it = partial(read, ours.model, ours.builder.laid, ours.frame.network, ours.frame.grid)
        reading, _ = best_of(3, read_it)
        extracting, _ = best_of(3, lambda ours=ours: extract(ours))
        objects, _ = best_of(3, lambda model=model: pyomo_model(model))
        reading += extracting
        passing, _ = best_of(3, lambda model=model: Session(model.matrix, Options()))
        name = f"{countries} countries, {detail}, {grid}"
        if not linopy:
            table.add(name, len(model.matrix.values), compiling, building, objects, reading, None, None, passing, None)
            continue
        from bench.with_linopy import as_highspy, linopy_model

        linopy_model(model)  # loads its parts
        other, built = best_of(3, lambda model=model: linopy_model(model))
        handing, highs = best_of(3, lambda built=built: as_highspy(built))
        _same(model, highs)
        table.add(
            name,
            len(model.matrix.values),
            compiling,
            building,
            objects,
            reading,
            other,
            (objects + reading) / other,
            passing,
            handing,
        )
    table.notes = [
        "build: equations and lag integrals from the network, the Pyomo model, its matrix with readable names.",
        "objects: a Pyomo model of the same finished rows; read: columns, rows and matrix from it.",
        "linopy: the same finished rows, already as arrays, a block a family; Pyomo is objects and read.",
        "What is left of build are equations and lag integrals. pass: into a HiGHS object.",
    ]
    if not linopy:
        table.notes.append("linopy is not installed: pip install -e '.[bench]'")
    return [table]


def _same(model: Model, highs: object) -> None:
    """Both ways must give a matrix of one size."""
    matrix = model.matrix
    ours = (len(matrix.row_lower), len(matrix.cost), len(matrix.values))
    theirs = (highs.getNumRow(), highs.getNumCol(), highs.getNumNz())
    if ours != theirs:
        message = f"linopy's matrix is another: {theirs} instead of {ours} rows, columns, nonzeros"
        raise RuntimeError(message)
