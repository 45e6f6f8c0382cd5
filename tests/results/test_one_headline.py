"""One headline for all fronts: terminal, JSON, workbook and the app's views say the same figures of a plan."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console

from planner.case import Case
from planner.inputs_path import inputs_path
from planner.options import Options
from planner.plan import Plan
from planner.results import PlanFile, headlines, show, to_json, write_workbook
from planner.results.bridges import bridges
from planner.results.headlines import Headlines
from planner.results.views import division, headline, streams, unspent
from planner.solve import solve
from planner.wording.figures import figure
from planner.workbook import read

Solved = tuple[Case, Plan, Headlines, Path]


@pytest.fixture(scope="module", params=["starter", pytest.param("blueprint", marks=pytest.mark.slow)])
def solved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Solved:
    """A packaged case on phases, with its plan workbook."""
    case = read(inputs_path(request.param))
    plan = replace(solve(case, Options(grid="phases")), verified=True)
    path = tmp_path_factory.mktemp("headline") / "plan.xlsx"
    write_workbook(case, plan, path)
    return case, plan, headlines(case, plan), path


def screen(found: Headlines) -> str:
    """What the terminal prints."""
    console = Console(width=160)
    with console.capture() as captured:
        console.print(show(found))
    return captured.get()


def test_show_of_the_file_alone_says_what_the_run_said(solved: Solved) -> None:
    _, _, found, path = solved
    assert screen(PlanFile.open(path).headlines) == screen(found)


def test_the_terminal_says_every_figure_of_the_headline(solved: Solved) -> None:
    text = screen(solved[2])
    for row in solved[2].divided:
        assert figure(row["Plan total or average"], str(row["Unit"])) in text, row
    for row in solved[2].outcomes:
        assert figure(row["Plan total"], str(row["Unit"])) in text, row
    flat = re.sub(r"\s+", " ", text)
    assert all(line in flat for line in solved[2].not_kept)


def test_json_says_the_same(solved: Solved) -> None:
    case, plan, found, _ = solved
    said = to_json(case, plan)
    totals = {row["What"]: row["Plan total or average"] for row in found.divided}
    assert said["totals"]["money_total"] == pytest.approx(totals["Money by country"], rel=1e-12)
    assert sum(sum(p.values()) for p in said["totals"]["money"].values()) == pytest.approx(totals["Money by country"])
    for part, what in (("visas", "Visas by nationality"), ("slots", "Resettlement places by country of origin")):
        assert said["totals"][part]["plan"] == totals[what]
    assert said["totals"]["officers"]["plan"] == totals["Officers and other staff by country"]
    values = {row["name"]: row["value"] for row in said["outcomes"]}
    assert all(values[row["Outcome"]] == row["Plan total"] for row in found.outcomes)
    assert said["promises_not_kept"] == list(found.not_kept)
    assert said["status_sentence"] == found.answer


def test_the_views_of_the_app_say_the_same(solved: Solved) -> None:
    case, plan, found, _ = solved
    head = headline(plan, case).set_index("Outcome")["Plan total"]
    assert all(head[row["Outcome"]] == row["Plan total"] for row in found.outcomes)
    for frame, row in zip(division(case, plan).values(), found.divided, strict=True):
        whole = "Plan average" if "Plan average" in frame else "Plan total"
        assert float(frame[whole].sum()) == row["Plan total or average"]


def test_the_summary_holds_every_figure(solved: Solved) -> None:
    _, _, found, path = solved
    sheet = openpyxl.load_workbook(path)["Summary"]
    values = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    for row in (*found.outcomes, *found.divided):
        for name, value in row.items():
            assert value is None or value in values, (name, value)
    text = " ".join(str(v) for v in values)
    first, achieves = text.find("Promises that are not kept"), text.find("What the plan achieves")
    assert (0 < first < achieves) == bool(found.not_kept)


def test_totals_that_differ_are_bridged_and_bridges_add_up(solved: Solved) -> None:
    """Legal moves on the division, on the page of streams and in the outcome; money in all bills and in the outcome."""
    case, plan, found, _ = solved
    made = bridges(case, plan)
    for bridge in made:
        assert math.fsum(step.value for step in bridge.steps) == bridge.total
        assert len(bridge.steps) > 1
    reached = {bridge.end: bridge.total for bridge in made}
    divided = {row["What"]: row["Plan total or average"] for row in found.divided}
    legal = divided["Visas by nationality"] + divided["Resettlement places by country of origin"]
    money, values = divided["Money by country"], {row["Outcome"]: row["Plan total"] for row in found.outcomes}
    pairs = [("Streams on sheet 'Visas and quotas'", float(streams(case, plan)["Plan total"].sum()), legal)]
    pairs += [("Paid by all accounts (sheet 'Money')", float(unspent(case, plan)["Paid"].sum()), money)]
    for row in found.outcomes:
        kind = {("legal pathways", "people"): legal, ("cost", "USD million"): money}.get((row["Headline"], row["Unit"]))
        if kind is not None:
            pairs.append((f"{row['Outcome']} (sheet Outcomes)", values[row["Outcome"]], kind))
    for end, total, begin in pairs:
        if abs(total - begin) <= 1e-9 * max(1.0, abs(total)):
            assert end not in reached, end
        else:
            assert reached[end] == pytest.approx(total, rel=1e-12), end


def test_promises_that_are_broken_come_first() -> None:
    """A soft rule that cannot be kept: in words, with its figures and its cell."""
    sets = (
        "Rules!no abrupt cuts in protection at home.Relation=at least",
        "Rules!no abrupt cuts in protection at home.Measure=units",
        "Rules!no abrupt cuts in protection at home.Value=1000000",
        "Rules!no abrupt cuts in protection at home.Strength=soft",
        "Rules!no abrupt cuts in protection at home.Penalty=0.001",
    )
    case = read(inputs_path("starter"), sets=sets)
    plan = solve(case, Options(grid="phases"))
    found = headlines(case, plan)
    assert len(found.not_kept) == 1
    assert re.search(r"no abrupt cuts in protection at home \(preference, Donors\)", found.not_kept[0])
    assert "at least 1,000,000; BROKEN by" in found.not_kept[0]
    assert "Rules!" in found.not_kept[0]
    lines = screen(found).splitlines()
    assert lines.index("Promises that are not kept") < next(i for i, s in enumerate(lines) if "achieves" in s)


def test_a_plan_without_a_comparison_says_why() -> None:
    """With a fifth less money even doing nothing is too dear: the missing columns are told, not left out in silence."""
    case = read(inputs_path("starter"), sets=("Appropriations!*.Amount=*0.8",))
    plan = solve(case, Options(grid="default"))
    assert plan.found
    assert not plan.doing_nothing
    assert "Doing nothing is not compared" in " ".join(screen(headlines(case, plan)).split())
