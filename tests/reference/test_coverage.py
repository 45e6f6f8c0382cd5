"""Every recommendation of the five documents is in the reference case, and a plan says what becomes of it."""

import csv
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from typer.testing import CliRunner

from planner.case import Case
from planner.case.carriers import carriers
from planner.cells.raw import as_text
from planner.cli import app
from planner.explain.limits import Catalogue
from planner.explain.prices import solve_shifted
from planner.explain.words import figure
from planner.plan import Plan, Status
from planner.reference.causes import Causes, ClosedPlanError, open_causes
from planner.reference.coverage import Coverage, cover, uncovered, write_copy
from planner.reference.row_status import ORDER
from planner.results import read_plan
from planner.results.facts import Facts
from planner.sheets import Funding, Programmes, Recommendations, Reforms
from planner.solver.basis import Shift
from planner.solver.session import Session
from planner.verify import verify
from planner.workbook import read, write_template
from planner.workbook.reader import load
from tests.reference.conftest import INPUTS
from tests.reference.small import frame

IDS = tuple(Path(__file__).with_name("ids.txt").read_text(encoding="utf-8").split())


def test_every_recommendation_is_carried_once(case: Case) -> None:
    listed = [row.recommendation for row in case.of(Recommendations)]
    assert len(IDS) == 241
    assert sorted(listed) == sorted(IDS)
    assert uncovered(cover(case), IDS) == ()


def test_context_has_a_reason_and_is_rare(case: Case) -> None:
    context = [row for row in case.of(Recommendations) if not carriers(row)]
    assert all(row.kind == "context" and row.reason for row in context)
    assert len(context) <= 5


def test_an_id_that_is_not_on_the_sheet_is_missing(case: Case) -> None:
    assert uncovered(cover(case), (*IDS, "X-1")) == ("X-1",)


def test_a_row_that_is_taken_away_leaves_its_recommendations_uncovered(case: Case) -> None:
    lost = "Safe spaces on the route"
    rows = {**case.rows, Programmes: tuple(r for r in case.of(Programmes) if r.programme != lost)}
    found = {item.id: item for item in cover(replace(case, rows=rows))}
    assert found["B-Y4-07"].missing == (f"Programmes: {lost}",)
    assert uncovered(tuple(found.values())) == ("B-Y4-07",)


def test_the_plan_is_proven_and_verified(case: Case, plan: Plan) -> None:
    assert plan.status is Status.OPTIMAL
    assert verify(case, plan).ok


def test_a_plan_gives_every_recommendation_a_word(case: Case, plan: Plan) -> None:
    found = cover(case, plan)
    words = {item.id: item.word for item in found}
    assert set(words.values()) <= {*ORDER, "context"}
    assert all(item.in_plan.startswith(item.word) for item in found)
    assert words["B-F2-01"] == "enacted"
    assert words["B-F3-26"] == "funded"
    assert words["A21-01"] == "binding"
    assert words["B-FR-22"] == "context"
    idle = [item for item in found if item.word == "idle"]
    assert len(idle) < 40
    assert all("idle because" in item.in_plan for item in idle)


def test_reasons_of_what_stays_idle_are_computed(case: Case, plan: Plan, causes: Causes) -> None:
    found = {item.id: item for item in cover(case, plan, causes)}
    plain = {item.id: item for item in cover(case, plan)}
    assert {name: item.word for name, item in found.items()} == {name: item.word for name, item in plain.items()}
    changed = [item.in_plan for name, item in found.items() if item.in_plan != plain[name].in_plan]
    assert changed
    assert not [text for text in changed if "it would not add more" in text or "other uses of the same" in text]
    reforms = [row for row in case.of(Reforms) if not bool(Facts(case, plan).taken(f"reform:{row.reform}"))]
    told = [causes.of(row) for row in reforms]
    assert reforms
    assert all(told)
    assert any("points more than it brings" in text for text in told)


def test_what_a_reform_would_bring_is_what_solving_with_it_says(case: Case, plan: Plan, causes: Causes) -> None:
    """The figure leaves the dates free and all else as it is, so that it can only be too good for the reform."""
    facts = Facts(case, plan)
    worths = {}
    for row in case.of(Reforms):
        name = f"reform:{row.reform}"
        if not facts.taken(name) and causes.solved.built.switches.taken(name).terms:
            worths[name] = causes.worth(name)
    name = min((n for n, w in worths.items() if w is not None), key=lambda n: worths[n] or 0.0)
    values = causes.solved.values.copy()
    best = None
    for column in causes.solved.built.switches.taken(name).terms:
        values[column] = 1.0
        session = Session(causes.solved.matrix, causes.solved.options)
        session.fix_integers(values)
        answer = session.run()
        values[column] = 0.0
        if answer.objective is not None:
            best = answer.objective if best is None else max(best, answer.objective)
    worth = worths[name]
    assert best is not None
    assert worth is not None
    gain = best - causes.solved.fixed.objective
    assert gain < 0.0
    assert gain <= worth + 1e-4 * abs(worth) + 1e-3
    again = causes.worth(name)  # asked twice, the programme is put back in between
    assert again == pytest.approx(worth, rel=1e-6, abs=1e-4)


def test_what_holds_the_money_of_firms_is_the_pace_of_public_money(case: Case, causes: Causes) -> None:
    account = case.find(Funding, "Private commitments")
    assert account is not None
    told = causes.of(account)
    limits = [m for m in Catalogue(causes.solved, causes.values).money() if "'Private commitments'" in m.words]
    fixed, step = causes.solved.fixed, 1e-3
    gains = []
    for limit in limits:
        more = solve_shifted(fixed, limit.shift, step)
        assert more is not None
        assert more.objective is not None
        gains.append((more.objective - fixed.objective) / step)
    bring = float(told.removeprefix("one USD million more of it would bring ").partition(" points")[0].replace(",", ""))
    assert bring == pytest.approx(max(gains), rel=1e-2)
    assert "it pays at most USD 1.5 beside each dollar" in told
    assert "rule 'Development money that can be disbursed in P3'" in told
    rule = "Development money that can be disbursed in P3"
    frame = causes.solved.built.frame
    numbers = [n for n, row in enumerate(frame.rows) if row.family == "rule" and row.key[0] == rule]
    shift = Shift(row_upper={n: 1.0 / frame.rows[n].scale for n in numbers})
    after = solve_shifted(causes.solved.fixed, shift, 1.0)
    assert after is not None
    assert after.objective is not None
    gain = after.objective - causes.solved.fixed.objective
    assert gain > 1.0
    assert f"'{rule}' ({figure(gain)} points" in told


def test_a_plan_of_another_state_of_the_case_is_not_opened(case: Case, plan: Plan) -> None:
    with pytest.raises(ClosedPlanError, match="another state"):
        open_causes(replace(case, sha256="0" * 64), plan)


def test_a_plan_that_takes_too_long_to_open_is_not_opened(case: Case, plan: Plan) -> None:
    with pytest.raises(ClosedPlanError, match="within"):
        open_causes(case, plan, seconds=0.0)


def small_workbook(path: Path) -> tuple[Coverage, ...]:
    """Write a workbook with two recommendations; what a plan does with them."""
    tables = frame()
    told = {"X-1": "funded: USD 3 million", "X-2": "=idle because of nothing"}
    tables["Recommendations"] = [
        {"Id": name, "Document": "Paper", "Kind": "context", "Reason": "no quantity", "Asks for": "more"}
        for name in told
    ]
    write_template(path, raw_tables=tables)
    return tuple(
        Coverage(name, "Paper", "", "context", "", (), (), text.partition(":")[0], text) for name, text in told.items()
    )


def filled(path: Path) -> list[str]:
    return [as_text(row.values.get("in_plan")) for row in load(path).tables[Recommendations].rows]


def test_the_copy_keeps_what_people_added_to_their_workbook(tmp_path: Path) -> None:
    mine, out = tmp_path / "mine.xlsx", tmp_path / "filled.xlsx"
    found = small_workbook(mine)
    book = openpyxl.load_workbook(mine)
    page = book[Recommendations.SHEET]
    page["B6"].fill = PatternFill("solid", start_color="FF00FF")
    page["C6"].comment = Comment("ask the ministry", "me")
    page["D6"].value = "=1+1"
    book.create_sheet("My notes")["A1"] = "keep me"
    book.save(mine)
    write_copy(mine, found, out)
    copy = openpyxl.load_workbook(out)
    page = copy[Recommendations.SHEET]
    assert page["B6"].fill.start_color.rgb.endswith("FF00FF")
    assert page["C6"].comment.text == "ask the ministry"
    assert page["D6"].value == "=1+1"
    assert copy["My notes"]["A1"].value == "keep me"
    assert filled(out) == [item.in_plan for item in found]
    assert page["G6"].data_type == "s"  # a text that begins with = stays a text


def test_a_workbook_without_the_column_gets_it(tmp_path: Path) -> None:
    bare, out = tmp_path / "bare.xlsx", tmp_path / "filled.xlsx"
    found = small_workbook(bare)
    book = openpyxl.load_workbook(bare)
    page = book[Recommendations.SHEET]
    for name in list(page.tables):
        del page.tables[name]
    page.delete_cols(next(cell.column for cell in page[4] if cell.value == "In the plan"))
    book.save(bare)
    write_copy(bare, found, out)
    assert filled(out) == [item.in_plan for item in found]


def test_a_folder_of_tables_becomes_a_workbook_with_the_column(plan_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.xlsx"
    write_copy(INPUTS / "blueprint", cover(read(INPUTS / "blueprint.xlsx"), read_plan(plan_file)), out)
    assert all(as_text(row.values.get("in_plan")) for row in load(out).tables[Recommendations].rows)


def test_the_command_writes_a_copy_with_the_column_filled_in(plan_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.xlsx"
    done = CliRunner().invoke(
        app, ["reference", "coverage", str(INPUTS / "blueprint.xlsx"), str(plan_file), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "241 recommendations, 241 carried" in done.stdout
    table = load(out).tables[Recommendations]
    assert all(as_text(row.values.get("in_plan")) for row in table.rows)
    assert read(out).of(Recommendations)[0].in_plan


def test_the_command_writes_csv_without_a_plan(tmp_path: Path) -> None:
    out = tmp_path / "coverage.csv"
    done = CliRunner().invoke(app, ["reference", "coverage", str(INPUTS / "blueprint.xlsx"), "-q", "--out", str(out)])
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["Id"] for line in lines] == list(IDS) or sorted(line["Id"] for line in lines) == sorted(IDS)


def test_a_case_without_recommendations_fails() -> None:
    done = CliRunner().invoke(app, ["reference", "coverage", str(INPUTS / "starter.xlsx")])
    assert done.exit_code == 6
    assert "is empty" in done.stdout


@pytest.mark.parametrize(
    "kind", ["programme", "reform", "visa stream", "slots", "site", "cadre", "account", "milestone"]
)
def test_every_kind_of_carrier_is_used(case: Case, kind: str) -> None:
    assert any(row.kind == kind for row in case.of(Recommendations))
