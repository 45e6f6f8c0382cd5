"""The glossary: what planners read, what the field calls it, and where it stands in the code."""

from __future__ import annotations

import dataclasses
from importlib import import_module
from typing import Any, NamedTuple

from planner.manual.docstrings import cell
from planner.manual.tables import table


class Term(NamedTuple):
    """A word of screens and workbooks, the field's term, and the names in the code that stand for it."""

    planners: str
    field: str
    names: tuple[str, ...]


TERMS = {
    "The model": (
        Term("figure, number of the workbook", "parameter", ("models.network.Network",)),
        Term("amount that a plan decides", "variable", ("models.linear.ColumnSpec", "models.builder.VariableSpec")),
        Term("yes-or-no decision", "binary variable", ("models.matrix.Matrix.integer", "models.network.Switch")),
        Term(
            "whole people, whole units",
            "integer variable",
            ("models.network.Activity.integer_unit", "planner.solver.carrying.IntegerColumn"),
        ),
        Term("rule, limit, balance", "constraint", ("models.linear.RowSpec", "models.network.Rule")),
        Term("caseload", "compartment", ("planner.sheets.People",)),
        Term("quota, quota by phase", "shared capacity", ("planner.sheets.Slots", "planner.sheets.Allotments")),
        Term("goes with", "co-requisite", ("planner.sheets.Needs",)),
        Term(
            "in post, authorised posts",
            "stock and its bound",
            ("planner.sheets.Staff.on_board", "planner.sheets.Staff.ceiling"),
        ),
        Term("line of action", "tag", ("planner.sheets.Programmes.lane",)),
        Term("points of a plan", "objective value", ("planner.plan.Plan.objective",)),
        Term("money, people, places, with a balance", "inventory, stock", ("models.network.Stock",)),
        Term("officers, rooms, beds", "renewable capacity", ("models.network.Capacity",)),
        Term("programme, hire, procedure", "activity, process", ("models.network.Activity",)),
        Term("periods in which a plan counts", "time discretisation", ("models.grid.Grid",)),
        Term(
            "added by an analyst",
            "model extension",
            ("planner.tradeoffs.model_extension.ModelExtension", "models.extension.Extended"),
        ),
    ),
    "The search": (
        Term("proven within 1 %", "optimality gap", ("planner.solver.answers.relative_gap",)),
        Term("a score that no plan can pass", "dual bound", ("planner.solver.answers.Answer.bound",)),
        Term("the best plan so far", "incumbent", ("planner.solve.rescue.Incumbent",)),
        Term("begin from a plan on a coarser grid", "warm start", ("planner.solve.warm_start.warm_start",)),
        Term(
            "the stated rule among equal plans",
            "tie-breaking, lexicographic refinement",
            ("planner.solver.tie_breaking.break_ties", "planner.solver.tie_breaking.tie_breaking_cost"),
        ),
        Term(
            "the same model with other numbers",
            "snapshot, sparsity pattern",
            ("planner.solver.snapshots.ModelSnapshot", "planner.solver.snapshots.SparsityPattern"),
        ),
        Term("doing nothing", "baseline", ("planner.solve.baseline.doing_nothing",)),
    ),
    "Reasons": (
        Term("a plan opened for questions", "solved instance", ("planner.explain.solved_case.SolvedCase",)),
        Term(
            "what one more is worth",
            "dual value, shadow price",
            ("planner.explain.prices", "planner.explain.solved_case.FixedIntegerLP"),
        ),
        Term("reached, left", "binding, slack", ("planner.explain.limits.Limit",)),
        Term(
            "what gives way",
            "elastic relaxation",
            ("planner.explain.soft_limits.SoftLimit", "planner.explain.soft_limits.Relaxation"),
        ),
        Term("what cannot hold together", "irreducible infeasible subset", ("planner.explain.cores.irreducible",)),
        Term("what follows from a decision by hand", "propagation", ("planner.explain.propagation.propagate",)),
        Term(
            "what a wrong figure does",
            "one-at-a-time sensitivity, tornado chart",
            ("planner.explain.sensitivity.Sensitivity", "planner.explain.sensitivity.TornadoBar"),
        ),
        Term(
            "figure with a range",
            "uncertain input",
            ("planner.case.uncertain_inputs.UncertainInput", "planner.case.uncertain_inputs.AffectedCell"),
        ),
        Term("stays at nothing", "inactive", ("planner.reference.inactive.inactive_because",)),
    ),
    "Trade-offs": (
        Term(
            "one aim against another",
            "multi-objective problem, non-dominated points",
            ("planner.tradeoffs.problem.MultiObjectiveProblem", "planner.tradeoffs.points.Front"),
        ),
        Term(
            "improve, keep, may worsen, free", "classification (NIMBUS)", ("planner.tradeoffs.steering.Classification",)
        ),
        Term(
            "options of equal merit",
            "near-optimal set, modelling to generate alternatives",
            (
                "planner.tradeoffs.near_optimal.near_optimal_set.NearOptimalSet",
                "planner.tradeoffs.near_optimal.survey.RangeSurvey",
            ),
        ),
        Term(
            "a cell goes through a range",
            "parametric programme",
            (
                "planner.tradeoffs.sweeping.parametric_model.ParametricModel",
                "planner.tradeoffs.sweeping.parametric_solver.ParametricSolver",
            ),
        ),
        Term("what each row gets", "allocation", ("planner.tradeoffs.sweeping.curves.Allocation",)),
        Term("what sharing out costs", "price of fairness", ("planner.tradeoffs.fairness.price_of_fairness",)),
    ),
    "Futures": (
        Term("future", "scenario", ("planner.futures.outlook.Future",)),
        Term("hedged plan", "first stage of a stochastic programme", ("planner.futures.risk.StochasticSolver",)),
        Term("had it been known", "hindsight, wait and see", ("planner.futures.found.Hindsight",)),
        Term("a future without any plan", "infeasible scenario", ("planner.futures.found.InfeasibleScenario",)),
        Term("what a plan can still do", "recourse", ("planner.futures.recourse.follow",)),
        Term("mean of the worst futures", "conditional value at risk", ("planner.futures.risk.tail_mean",)),
    ),
    "Answers while a lever moves": (
        Term("what a lever does", "linear response", ("planner.live.fit.LinearResponse",)),
        Term("the case at settings", "case specification", ("planner.live.case_factory.CaseSpec",)),
        Term("the plan that breaks least", "nearest feasible point", ("planner.live.shortages.NearestFeasible",)),
    ),
}
"""Terms by the part of the planner that they belong to."""


def found(name: str) -> Any:
    """What a name of the code stands for; of a field of a dataclass its declaration.

    Raises:
        ModuleNotFoundError: No module begins the name.
        AttributeError: The module or class has nothing of that name.
    """
    parts = name.split(".")
    thing: Any = import_module(parts[0])
    for number, part in enumerate(parts[1:], 2):
        fields = {f.name: f for f in dataclasses.fields(thing)} if dataclasses.is_dataclass(thing) else {}
        if part in fields:
            thing = fields[part]
        elif hasattr(thing, part):
            thing = getattr(thing, part)
        else:
            try:
                thing = import_module(".".join(parts[:number]))
            except ModuleNotFoundError:
                message = f"{name}: there is no '{part}'"
                raise AttributeError(message) from None
    return thing


def page() -> str:
    """The glossary as a page of the manual."""
    parts = [
        "# Glossary",
        "Screens and workbooks speak as planners do, the code as the field does. What the planners' words mean is on "
        "the page [Words](../explanations/words.md).",
    ]
    for title, terms in TERMS.items():
        parts.append(f"## {title}")
        rows = [(cell(t.planners), cell(t.field), ", ".join(f"`{n}`" for n in t.names)) for t in terms]
        parts.append(table(("In plans and workbooks", "In the field", "In the code"), rows))
    return "\n\n".join(parts)
