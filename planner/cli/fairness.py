"""The verbs `fairness` and `weigh`: one outcome shared out by several principles; one plan out of several outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.commands import (
    CaseArgument,
    GridOption,
    JsonOption,
    QuietOption,
    ScenarioOption,
    SetOption,
    load_case,
)
from planner.cli.consoles import console_of, say
from planner.cli.figures import figure_of
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.guard import Code, StopError, refused
from planner.options import GAP, Options
from planner.plan import Status
from planner.plan.standing import standing_of
from planner.run.progress import Display, Progress

if TYPE_CHECKING:
    from planner.case import Case
    from planner.solve import Model
    from planner.tradeoffs.model_extension import Solution

GapOption = Annotated[float, typer.Option("--gap", min=0.0, max=1.0, help="Gap to which each plan is proven.")]
LimitOption = Annotated[float, typer.Option("--time-limit", min=0.1, metavar="SECONDS", help="Time for each search.")]
Pairs = list[str] | None
MEANINGS = {
    "utilitarian": "greatest total, whoever gets it",
    "max-min": "best for the worst-off, then the total",
    "leximin": "best for the worst-off, then for the next, and so on",
    "least Gini": "most even, keeping a share of the total",
    "alpha-fair": "the more alpha, the more a gain of those who have little counts",
}


def fairness(
    case: CaseArgument,
    outcome: Annotated[str, typer.Option("--outcome", help="The outcome that is shared out; more of it is better.")],
    across: Annotated[str, typer.Option("--across", help="Between whom: country, origin or group.")] = "country",
    part: Annotated[Pairs, typer.Option("--part", metavar="NAME", help="Only between these; may be repeated.")] = None,
    need: Annotated[Pairs, typer.Option("--need", metavar="'NAME=NUMBER'", help="Fair over needs of parts.")] = None,
    alpha: Annotated[
        list[float] | None, typer.Option("--alpha", min=0.0, help="Alpha-fairness; default 1 and 2.")
    ] = None,
    keep: Annotated[str, typer.Option("--keep", help="Share of the total that the most even plan keeps.")] = "95%",
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    gap: GapOption = GAP,
    time_limit: LimitOption = 120.0,
    json: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Share one outcome out by several principles of fairness, and say what each costs in the total."""
    needs, share = numbers(need, "--need"), number(keep, "--keep")
    check_outputs((locate(case),), Output(json))
    options = Options(gap=gap, grid=grid, time_limit=time_limit)
    with Display(console_of(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        from planner.tradeoffs import fairness as ways
        from planner.tradeoffs.divisions import division

        with explained():
            model = _model(known, options, display)
            problem, notes = division(model, outcome, across, options, only=part or ())
            todo: list[Callable[[], Solution]] = [
                lambda: ways.utilitarian(problem, options=options),
                lambda: ways.max_min(problem, needs=needs, options=options),
                lambda: ways.leximin(problem, needs=needs, options=options),
                lambda: ways.least_gini(problem, needs=needs, keep=share, options=options),
            ]
            todo += [
                partial(ways.alpha_fair, problem, alpha=a, needs=needs, options=options) for a in alpha or (1.0, 2.0)
            ]
            found: list[Solution] = []
            for do in todo:
                display.show(Progress("solve", f"{len(found)} of {len(todo)} principles"))
                found.append(do())
    best = found[0].total
    rows = [_row(s, best, needs, ways) for s in found]
    if json is not None:
        write_json(
            {
                **standing_of(known, grid).to_json(),
                "outcome": outcome,
                "across": across,
                "needs": needs,
                "plans": rows,
                "notes": list(notes),
            },
            json,
        )
    if not quiet:
        say(console_of(stderr=json == STANDARD_OUTPUT), standing_of(known, grid).line)
        _print_fairness(rows, outcome, across, known, notes, json)


def _row(solution: Solution, best: float, needs: Mapping[str, float], ways: Any) -> dict[str, Any]:
    """One principle: what each part gets, and what it costs."""
    ratios = [value / needs.get(name, 1.0) for name, value in solution.values.items()]
    price = ways.price_of_fairness(best, solution.total)
    return {
        "principle": solution.principle, "parts": dict(solution.values), "total": solution.total,
        "worst": min(ratios), "gini": ways.gini(ratios), "price of fairness": price,
        "status": str(solution.status), "gap": solution.gap, "notes": list(solution.notes),
    }  # fmt: skip


def _print_fairness(
    rows: list[dict[str, Any]], outcome: str, across: str, case: Case, notes: tuple[str, ...], json: Path | None
) -> None:
    """Answer first: what the best for the worst-off costs; then all principles."""
    from planner.cli.wide import tables
    from planner.explain.words import figure, within
    from planner.ordering import place
    from planner.sheets import Outcomes

    console = console_of(stderr=json == STANDARD_OUTPUT)
    unit = next(o.unit for o in case.of(Outcomes) if o.outcome == outcome)
    worst = min(rows[0]["parts"], key=lambda name: place(rows[0]["parts"][name]))
    lines = [
        f"The greatest total of '{outcome}' is {figure(rows[0]['total'])} {unit}; {worst} then gets least "
        f"({figure(rows[0]['parts'][worst])}).",
        f"The best for the worst-off {across} costs {max(0.0, rows[1]['price of fairness']):.1%} of the total.",
    ]
    cells = []
    for row in rows:
        gap = "open" if row["gap"] is None else within(row["gap"])
        cells.append([row["principle"], *(figure(v) for v in row["parts"].values()), figure(row["total"]),
                      f"{row['gini']:.3f}", f"{max(0.0, row['price of fairness']):.1%}", gap])  # fmt: skip
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    heads = ["Principle", *rows[0]["parts"], "Total", "Gini", "Costs", "Proven within"]
    console.print(*tables(heads, cells, console.width))
    said = {name: words for name, words in MEANINGS.items() if any(r["principle"].startswith(name) for r in rows)}
    for line in (*(f"{name}: {words}." for name, words in said.items()), *notes):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def weigh(
    case: CaseArgument,
    weight: Annotated[Pairs, typer.Option("--weight", metavar="'OUTCOME=POINTS'", help="Points for a unit.")] = None,
    order: Annotated[
        Pairs, typer.Option("--order", metavar="'OUTCOME[=TOLERANCE]'", help="Settle in this order.")
    ] = None,
    target: Annotated[Pairs, typer.Option("--target", metavar="'OUTCOME=VALUE'", help="Come nearest to these.")] = None,
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    gap: GapOption = GAP,
    time_limit: LimitOption = 120.0,
    json: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Find one plan out of several outcomes: by weights, by an order with tolerances ('=2%'), or nearest to targets."""
    if sum(bool(x) for x in (weight, order, target)) != 1:
        message = "Give weights, an order or targets: one of --weight, --order and --target, each as often as needed."
        raise StopError(message)
    check_outputs((locate(case),), Output(json))
    options = Options(gap=gap, grid=grid, time_limit=time_limit)
    weights, targets = numbers(weight, "--weight"), numbers(target, "--target")
    tolerances = numbers([o for o in order or () if "=" in o], "--order")
    names = list(weights or targets) or [o.rpartition("=")[0] if "=" in o else o for o in order or ()]
    with Display(console_of(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        from planner.tradeoffs import goals
        from planner.tradeoffs.cases import problem_of_case

        with explained():
            model = _model(known, options, display)
            problem, notes = problem_of_case(model, names, options, fewest=1)
            display.show(Progress("solve"))
            if weight:
                found = goals.weighted(problem, None, weights, options=options)
            elif order:
                found = goals.lexicographic(problem, None, names, tolerances=tolerances, options=options)
            else:
                found = goals.reach_targets(problem, None, targets, options=options)
    rest = {o.id: model.built.outcomes.value[o.id].value(found.columns) for o in model.built.frame.network.outcomes}
    told = {"principle": found.principle, "values": dict(found.values), "figures": dict(found.figures),
            "status": str(found.status), "gap": found.gap, "notes": [*found.notes, *notes]}  # fmt: skip
    if json is not None:
        write_json(standing_of(known, grid).to_json() | told, json)
    if not quiet:
        say(console_of(stderr=json == STANDARD_OUTPUT), standing_of(known, grid).line)
        _print_weighed(told, rest, known, json)
    if found.status is not Status.OPTIMAL:
        raise typer.Exit(Code.GAP_OPEN)


def _print_weighed(told: Mapping[str, Any], rest: Mapping[str, float], case: Case, json: Path | None) -> None:
    """The outcomes asked for, what the principle says of them, then the other outcomes."""
    from planner.explain.words import figure, within
    from planner.sheets import Outcomes

    console = console_of(stderr=json == STANDARD_OUTPUT)
    units = {o.outcome: o.unit for o in case.of(Outcomes)}
    gap = "" if told["gap"] is None else f", proven within {within(told['gap'])}"
    console.print(f"Best plan by {told['principle']}{gap}:", highlight=False, markup=False)
    lines = [f"- {name}: {figure(value)} {units[name]}" for name, value in told["values"].items()]
    lines += [f"- {name}: {figure(value)}" for name, value in told["figures"].items()]
    others = [f"{name} {figure(v)} {units[name]}" for name, v in rest.items() if name not in told["values"]]
    lines += [f"Beside them, not sought: {'; '.join(others)}."] if others else []
    for line in (*lines, *told["notes"]):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _model(case: Case, options: Options, display: Display) -> Model:
    from planner.solve import StageClock, prepare

    return prepare(case, options, StageClock(display.show))


def number(words: str, flag: str) -> float:
    """A number or a percentage."""
    return figure_of(words, flag, "95% or 0.95")


def numbers(pairs: Pairs, flag: str) -> dict[str, float]:
    """Read 'NAME=NUMBER' pairs."""
    found = {}
    for pair in pairs or ():
        name, equals, value = pair.rpartition("=")
        if not equals or not name.strip():
            message = f"{flag} '{pair}' names no number: write 'NAME=NUMBER'."
            raise StopError(message)
        found[name.strip()] = number(value, flag)
    return found


@contextmanager
def explained() -> Iterator[None]:
    """Turn a question without an answer into its sentence and an exit code."""
    from planner.tradeoffs.errors import TradeoffError

    try:
        yield
    except TradeoffError as error:
        raise refused(error) from error


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.command("fairness")(fairness)
    app.command("weigh")(weigh)
