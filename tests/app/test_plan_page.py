"""Page Plan: figures against the plan's own tables, the comparison with current policy, the map, everybody conserved."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from app.charts import map_data, widgets
from app.charts.widgets import POLICY
from app.session.store import Source
from app.shell import state
from app.shell.compared import headline_policy
from app.views import plan_money, plan_why
from app.views.plan_map import map_spec
from app.views.plan_people import biggest_loss, loss_share
from app.views.plan_time import ramp_spec
from planner.case import Case
from planner.explain.gains import gains_between
from planner.inputs_path import inputs_path
from planner.options import Options
from planner.plan import TABLES, Plan, Record, Status
from planner.plan.frames import tidy
from planner.results import headline, views
from planner.results.csv_files import csv_text, csv_zip
from planner.results.frames import countries
from planner.results.links import served
from planner.results.workbook import workbook_bytes
from planner.sheets import Places, Visas, columns
from planner.solve import prepare, solve
from planner.solve.baseline import as_plan
from planner.solve.without_plan import continuing
from planner.wording.figures import change, figure
from planner.workbook import case_from, load, read
from tests.app.conftest import read_words, settle, words

Open = Callable[..., AppTest]
PARTS = [
    "What people get", "Map", "The division", "Money", "Officers", "Queues", "Visas and quotas", "Reforms", "People",
    "Rules",
]  # fmt: skip
CHARTED = [part for part in PARTS if part not in ("What people get", "Rules")]


@pytest.fixture(scope="module")
def case(source: Source) -> Case:
    """The starter."""
    return read(source.path)


@pytest.fixture(scope="module")
def without(case: Case, solved: Plan) -> Plan:
    """What goes on in the starter without a plan, as the worker makes it."""
    found = continuing(prepare(case, Options()), Options())
    assert found is not None
    assert found.values is not None
    return tidy(as_plan(solved, found.built, found.values, floors=False))


@pytest.fixture
def part(opened: Open) -> Callable[[str], AppTest]:
    """Open a part of the page with the comparison worked out."""

    def open_part(name: str) -> AppTest:
        at = settle(opened("Plan", part=name), "baselines").run()
        assert not at.exception
        assert not at.error
        return at

    return open_part


def charts(at: AppTest) -> Iterator[tuple[str, dict[str, Any]]]:
    """Text alternative and specification of every chart of a page."""
    for kind in ("vega_lite_chart", "arrow_vega_lite_chart", "echarts_chart"):
        for element in at.main.get(kind):
            proto = element.proto
            yield proto.alt, json.loads(proto.spec) if getattr(proto, "spec", "") else {}


def test_the_comparison_is_a_whole_plan_with_the_same_outcomes(solved: Plan, without: Plan) -> None:
    assert without.outcome("public money") == pytest.approx(solved.continuation["public money"], rel=1e-9)
    assert {o: without.outcome(o) for o in solved.continuation} == pytest.approx(dict(solved.continuation), rel=1e-9)
    assert without.verified is None
    assert without.gap is None


def test_28_an_axis_stays_until_a_figure_leaves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(widgets.st, "session_state", kept)
    first = widgets.axis_top("money", 97.0)
    assert first >= 97.0
    assert [widgets.axis_top("money", top) for top in (90.0, 60.0, first)] == [first] * 3
    assert widgets.axis_top("money", first * 1.01) > first
    assert widgets.axis_top("money", 1.0) < first


def test_30_four_headline_numbers_with_their_difference_in_words(part: Callable[[str], AppTest], solved: Plan) -> None:
    said = read_words(part("What people get"))
    for name in ("legal admissions", "public money"):
        value, before = solved.outcome(name), solved.continuation[name]
        unit = "people" if name == "legal admissions" else "USD million"
        assert f"**{figure(value, unit)}**" in said
        assert f"{change(value - before, unit)}** against continuation" in said
    assert said.count("** against continuation") == 4
    assert said.count("*better*") + said.count("*worse: the price of the rest*") == 4


@pytest.mark.parametrize("value", [0.0, -0.0, 0.0004, -0.0004])
def test_31_no_difference_is_said_in_words(value: float) -> None:
    assert change(value) == "no change"
    assert change(0.4, "people") == "no change"
    assert change(-0.6, "people") == "-1"


@pytest.mark.parametrize("name", ["Map", "The division", "Money", "Officers", "Queues", "Visas and quotas", "People"])
def test_32_current_policy_is_in_the_legend_of_every_chart(part: Callable[[str], AppTest], name: str) -> None:
    found = [spec for _, spec in charts(part(name)) if "series" not in spec and "title" not in spec]
    legends = [json.dumps(spec) for spec in found if "pace of the plan" not in json.dumps(spec)]
    legends = [text for text in legends if "geoshape" not in text]
    assert legends
    assert all(f'"{POLICY}"' in text for text in legends)


def test_33_accounts_add_up_and_equal_the_workbook_to_the_cent(case: Case, solved: Plan) -> None:
    left = views.unspent(case, tidy(solved))
    rest = left["Came in"] + left["Moved in or out"] - left["Paid"] - left["Lapsed"] - left["Left at the end"]
    assert rest.abs().max() < 1e-8
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(case, solved)), read_only=True)
    lines = list(book["Money"].iter_rows(values_only=True))
    start = next(i for i, r in enumerate(lines) if r[0] == "Account" and "Paid" in r)
    header, body = lines[start], lines[start + 1 : start + 3 + len(left)]
    cells = {row[0]: row for row in body if row[0] in set(left["Account"])}
    assert len(cells) == len(left)
    for row in left.itertuples(index=False):
        for column in ("Came in", "Paid", "Lapsed", "Left at the end"):
            shown = float(left.loc[left["Account"] == row[0], column].iloc[0])
            assert abs(float(cells[row[0]][header.index(column)]) - shown) < 1e-8, (row[0], column)


def test_33_pools_add_up(solved: Plan) -> None:
    pools = views.pools(tidy(solved))
    offered = pools["Opening"] + pools["Came in"]
    spent = pools["Used"] + pools["Released to other quota"] + pools["Lapsed"] + pools["Left"]
    assert len(pools)
    assert (offered - spent).abs().max() < 1e-6


def test_34_countries_and_phases_add_up_to_the_headline(case: Case, solved: Plan) -> None:
    plan, head = tidy(solved), headline(solved, case).set_index("What it is")
    for measure in views.by_country(case, plan):
        if measure.whole and measure.name in head.index:
            assert float(measure.values["Value"].sum()) == pytest.approx(head.loc[measure.name, "Plan total"], rel=1e-9)
    paid = float(plan.tables["payments"]["amount"].sum()) / 1e6
    assert float(views.money_links(case, plan)["USD million"].sum()) == pytest.approx(paid, rel=1e-12)
    assert float(views.money_by_lane(plan)["Plan total"].sum()) == pytest.approx(paid, rel=1e-9)
    for name, laid in views.division(case, plan).items():
        total = "Plan average" if name == "officers" else "Plan total"
        for country, value in laid[["Country", total]].itertuples(index=False):
            assert views.behind(case, plan, name, country)["Amount"].sum() == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", CHARTED)
def test_35_89_every_chart_has_words_units_and_a_source(part: Callable[[str], AppTest], name: str) -> None:
    at = part(name)
    found = list(charts(at))
    assert found
    assert read_words(at).count("Source: ") >= len(found)
    for alt, spec in found:
        assert len(alt) > 20, name
        assert "**" not in alt
        for layer in spec.get("layer", [spec]):
            for axis in ("x", "y"):
                encoded = layer.get("encoding", {}).get(axis, {})
                if encoded.get("type") == "quantitative":
                    assert encoded["title"], (name, axis)


@pytest.mark.parametrize("name", ["blueprint", "starter"])
def test_36_every_country_is_drawn_or_listed(name: str) -> None:
    case = read(inputs_path(name))
    plan = views.by_country(case, _empty())
    for measure in plan:
        assert set(countries(case)) <= set(measure.values["Country"])
    known = map_data.countries(case)
    assert [c.name for c in known] == countries(case)
    drawn = [c for c in known if c.code]
    assert all(map_data.box_of(c.code) for c in drawn)
    assert len(drawn) == (9 if name == "blueprint" else 0)
    assert (map_data.view(case) is None) == (name == "starter")


def _empty() -> Plan:
    """A plan that gives nobody anything."""
    record = Record("", "", "phases", "", (), {}, {}, 0, 0, 0, 0, (0.0, 0.0), {})
    return tidy(Plan(Status.OPTIMAL, record, tables={n: pd.DataFrame(columns=list(c)) for n, c in TABLES.items()}))


def test_36_names_of_the_united_nations_are_found_and_drawn() -> None:
    names = ("Côte d’Ivoire", "Venezuela (Bolivarian Republic of)", "Türkiye", "Viet Nam", "USA", "Congo", "Malta")
    codes = [map_data.code_of(name) for name in names]
    assert codes == ["384", "862", "792", "704", "840", "178", "470"]
    assert all(map_data.box_of(str(code)) for code in codes)
    assert map_data.code_of("Northland") is None
    assert map_data.code_of("Kosovo") == ""


def test_36_the_frame_of_the_map_holds_every_place() -> None:
    case = read(inputs_path("blueprint"))
    seen = map_data.view(case)
    assert seen is not None
    for place in case.of(Places):
        if place.longitude is None or place.latitude is None:
            continue
        x, y = map_data.flat((place.longitude - seen.meridian, place.latitude))
        assert abs(x - seen.middle[0]) <= seen.width / 2
        assert abs(y - seen.middle[1]) <= seen.height / 2


def test_36_invented_countries_get_a_list_and_a_sentence(part: Callable[[str], AppTest]) -> None:
    at = part("Map")
    said = read_words(at)
    assert "There is no map" in said
    assert "Northland" in said
    assert "Southland" in said


def test_38_map_bars_and_table_show_the_same_figures(part: Callable[[str], AppTest], case: Case, solved: Plan) -> None:
    at = part("Map")
    measure = views.by_country(case, tidy(solved))[0]
    shown = at.main.table[0].value.reset_index()
    for country, value in measure.values.itertuples(index=False):
        row = shown[shown["Country"] == country].iloc[0]
        assert row["Plan"] == figure(value, measure.unit).replace(",", "") or row["Plan"] == figure(value, measure.unit)
    rows = [{"code": "1", "country": c, "value": v, "said": ""} for c, v in measure.values.itertuples(index=False)]
    spec = map_spec(rows, measure.unit, map_data.View(0.0, (0.0, 0.0), 1.0, 1.0))
    lookup = next(t for t in spec["transform"] if "lookup" in t)
    assert lookup["from"]["data"]["values"] == rows
    assert spec["data"]["url"] == "app/static/countries-50m.json"
    assert [layer["params"][0]["name"] for layer in spec["layer"]] == ["grey", "land"]


def test_40_gainers_and_losers_with_the_biggest_loser(
    part: Callable[[str], AppTest], case: Case, solved: Plan, without: Plan
) -> None:
    rows = gains_between(case, solved.tables["outcome_terms"], without.tables["outcome_terms"])
    assert rows
    assert all(g.better for g in rows) == (biggest_loss(rows) is None)
    turned = gains_between(case, without.tables["outcome_terms"], solved.tables["outcome_terms"])
    worst = biggest_loss(turned)
    assert worst is not None
    assert loss_share(turned, worst) == max(loss_share(turned, g) for g in turned if not g.better)
    said = read_words(part("What people get"))
    assert ("biggest loser" in said) == (biggest_loss(rows) is not None)
    assert all(g.name in said for g in rows[:4])


def test_41_limits_of_growth_are_marked_where_they_bind(
    part: Callable[[str], AppTest], case: Case, solved: Plan
) -> None:
    found = views.ramps(case, tidy(solved))
    assert len(found)
    assert (found["Pace"] <= found["Fastest pace allowed"] * (1 + 1e-6)).all()
    held = found[found["At the limit"] != ""]
    assert len(held)
    assert (held["Pace"] >= held["Fastest pace allowed"] * 0.999).all()
    name = str(held["What"].iloc[0])
    spec = ramp_spec(found[found["What"] == name], "people a year")
    assert sum(row["held"] for row in spec["data"]["values"]) == int((held["What"] == name).sum())
    at = part("Officers")
    assert f"**{held['What'].nunique()}** of them are at that limit" in read_words(at)


def test_41_the_limit_of_growth_is_that_of_the_workbook() -> None:
    case = read(inputs_path("blueprint"))
    visa = next(v for v in case.of(Visas) if v.growth is not None and v.growth_base > 0)
    assert visa.growth is not None
    days = [100.0, 265.0]
    spans = [(0.0, 100.0), (100.0, 365.0)]
    periods = [
        {"period": n, "name": f"P{n + 1}", "phase": f"P{n + 1}", "start_day": a, "end_day": b, "days": b - a}
        for n, (a, b) in enumerate(spans)
    ]
    base = visa.growth_base
    grown = visa.growth ** ((232.5 - 50.0) / 365.0)
    most = base * grown + base * (grown - 1.0) / (visa.growth - 1.0)
    levels = [base / 365.0 * days[0], 0.5 * most / 365.0 * days[1]]
    done = [{"activity": f"visa:{visa.id}", "period": n, "level": level} for n, level in enumerate(levels)]
    tables = {**_empty().tables, "periods": pd.DataFrame(periods), "activities": pd.DataFrame(done)}
    found = views.ramps(case, replace(_empty(), tables=_whole(tables)))
    assert list(found["Fastest pace allowed"]) == pytest.approx([base, most])
    assert list(found["At the limit"]) == ["at the limit", ""]


def _whole(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The same tables with every column."""
    return {name: frame.reindex(columns=list(TABLES[name])) for name, frame in tables.items()}


@pytest.mark.parametrize("name", PARTS)
def test_42_people_are_whole_numbers(part: Callable[[str], AppTest], name: str) -> None:
    at = part(name)
    said = "\n".join(str(p.value) for p in [*at.main.markdown, *at.header, *at.subheader, *at.warning, *at.success])
    assert not re.findall(r"\d\.\d+\*{0,2} people\b", said)
    assert not re.findall(r"(?<![\d.,/])\d{5,}(?![\w,])", re.sub(r"[0-9a-f]{10}", "", said))


def test_43_small_counts_are_hidden_in_files_where_asked(case: Case, solved: Plan) -> None:
    frame = pd.DataFrame({"Place": ["a", "b", "c"], "Waiting": [3.2, 0.0, 7.0], "Share": [0.2, 0.0, 0.5]})
    lines = list(csv.reader(io.StringIO(csv_text(frame, "people", 5))))
    assert lines[1:] == [["a", "<5", "0.2"], ["b", "0.0", "0.0"], ["c", "7.0", "0.5"]]
    assert _counts(workbook_bytes(case, solved), 300)
    book = workbook_bytes(replace(case, book=b"secret"), solved, hide_below=300)
    assert not _counts(book, 300)
    names = openpyxl.load_workbook(io.BytesIO(book), read_only=True).sheetnames
    assert not [n for n in names if n.startswith("Table ")]


def _counts(data: bytes, below: int) -> list[float]:
    """Counts of people above nought and below a limit on the sheet of queues."""
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True)["Queues"]
    rows = list(sheet.iter_rows(values_only=True))
    start = next(i for i, row in enumerate(rows) if row[0] == "Caseload" and "Period" in row)
    header = rows[start]
    wanted = [header.index(n) for n in ("Entered", "Left", "Waiting at the end", "Over the limit")]
    cells = [row[i] for row in rows[start + 1 :] for i in wanted if i < len(row)]
    return [float(v) for v in cells if isinstance(v, int | float) and 0 < abs(v) < below]


def test_77_texts_of_the_workbook_are_no_formulas_in_any_file(case: Case, solved: Plan) -> None:
    frame = pd.DataFrame({"Note": ['=HYPERLINK("x")', "+1", "-2", "@a", "plain"], "Figure": [-1.5, 2, 3, 4, 5]})
    lines = list(csv.reader(io.StringIO(csv_text(frame))))
    assert [row[0] for row in lines[1:]] == ['\'=HYPERLINK("x")', "'+1", "'-2", "'@a", "plain"]
    assert lines[1][1] == "-1.5"
    with zipfile.ZipFile(io.BytesIO(csv_zip(case, solved))) as archive:
        assert {"headline.csv", "payments.csv", "record.csv"} <= set(archive.namelist())
        for name in archive.namelist():
            for row in csv.reader(io.StringIO(archive.read(name).decode())):
                assert not [c for c in row if c.startswith(("=", "+", "@", "\t"))], name


def test_78_the_plan_workbook_says_how_it_was_made(case: Case, solved: Plan) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(case, solved, link="http://here/?grid=phases")))
    found = {row[0]: row[1] for row in book["Record"].iter_rows(values_only=True) if row[0]}
    assert found["Hash of the workbook"] == solved.record.input_sha256
    assert found["Link"] == "http://here/?grid=phases"
    assert found["To solve again"].startswith("planner solve")
    assert found["Status"] == str(solved.status)
    assert found["Gap between them"] == pytest.approx(solved.gap, abs=1e-12)
    assert any(str(name).startswith("Time: ") for name in found)
    assert found["Version: highspy"] == solved.record.versions["highspy"]


def test_79_weak_rows_that_carry_much_are_named_first(case: Case, solved: Plan) -> None:
    found = views.weak_rows(case, tidy(solved))
    assert len(found)
    assert set(found["Grade"]) <= {"assumption", "unverified"}
    heavy = found[["Share of all money", "Share of all people moved"]].max(axis=1)
    assert (heavy >= 0.01).all()
    assert heavy.is_monotonic_decreasing
    bills = solved.tables["bills"]
    first = found.sort_values("Money, USD million", ascending=False).iloc[0]
    mine = bills[(bills["sheet"] == first["Sheet"]) & (bills["row"] == first["Row"])]["cost"].sum() / 1e6
    assert first["Money, USD million"] == pytest.approx(mine)


def test_79_the_page_names_the_heaviest_weak_row(part: Callable[[str], AppTest], case: Case, solved: Plan) -> None:
    said = read_words(part("What people get"))
    assert "What rests on weak evidence" in said
    assert str(views.weak_rows(case, tidy(solved))["Row"].iloc[0]) in said


def test_people_balance_to_nobody_missing(part: Callable[[str], AppTest], case: Case, solved: Plan) -> None:
    plan = tidy(solved)
    found = views.balance(plan)
    assert float(found["Check: should be 0"].sum()) < 1e-3
    assert "balances to 0 persons" in words(part("People"))
    where = views.whereabouts(plan)
    last = str(found["Period"].iloc[-1])
    assert float(where[last].sum()) == pytest.approx(float(found["Closing"].iloc[-1]))
    assert float(where["At the start"].sum()) == pytest.approx(float(found["Opening"].iloc[0]))


def test_people_who_are_missing_are_told(solved: Plan) -> None:
    stocks = solved.tables["stocks"].copy()
    row = stocks.index[stocks["kind"] == "people"][0]
    stocks.loc[row, "closing"] = float(stocks.loc[row, "closing"]) - 7.0
    broken = tidy(replace(solved, tables={**solved.tables, "stocks": stocks}))
    assert float(views.balance(broken)["Check: should be 0"].sum()) == pytest.approx(7.0)


def test_money_flows_through_the_picture_without_loss(case: Case, solved: Plan) -> None:
    links = views.money_links(case, tidy(solved))
    total = float(links["USD million"].sum())
    spec = plan_money.sankey(plan_money.joined(links))["series"][0]
    depth = {node["name"]: node["depth"] for node in spec["data"]}
    for level in range(3):
        through = sum(link["value"] for link in spec["links"] if depth[link["source"]] == level)
        assert through == pytest.approx(total, abs=1e-4)
    assert all(depth[link["target"]] == depth[link["source"]] + 1 for link in spec["links"])


def test_money_serves_what_the_outcomes_count(case: Case, solved: Plan) -> None:
    plan = tidy(solved)
    assert served(case, plan)["visa:seasonal work from Southland"] == "protection, legal pathways"


def test_a_figure_leads_to_the_reasons_of_its_row(part: Callable[[str], AppTest]) -> None:
    at = part("Visas and quotas")
    chosen = at.selectbox(key="pick_stream").value
    at.button(key="ask_stream").click().run()
    assert at.title[0].value == "Explain"
    assert not at.exception
    at._page_hash = calc_hash("explain")  # AppTest does not follow by itself
    settle(at, "explain").run()
    assert at.session_state["question"] == plan_why.WHY
    assert at.session_state["why_sheet"] == chosen[0]
    assert at.selectbox(key=f"why_row_{chosen[0]}").value == chosen[1]


def test_only_rows_that_the_plan_decides_can_be_asked_about(case: Case, solved: Plan) -> None:
    plan = tidy(solved)
    assert plan_why.can_ask(case, plan, "Visas", case.of(Visas)[0].id)
    assert not plan_why.can_ask(case, plan, "Appropriations", "any")
    assert not plan_why.can_ask(case, plan, "Reforms", "no such reform")


def test_a_previous_plan_goes_on_where_there_is_one(source: Source) -> None:
    tables = load(Path(source.path)).tables
    plain = {t.name: [{c.name: r.values.get(c.field) for c in _columns(t)} for r in t.rows] for t in tables.values()}
    visa = read(source.path).of(Visas)[0].id
    plain["Previous plan"] = [{"Sheet": "Visas", "Row": visa, "Phase": "P1", "Level": 100.0}]
    case = case_from(
        {k: [{n: v for n, v in row.items() if v is not None} for row in rows] for k, rows in plain.items()}
    )
    plan = solve(case, Options(grid="phases"))
    assert plan.previous
    assert headline_policy(plan) == ("continuation", dict(plan.continuation))
    without = plan.tables["continuation"].query(f"item == 'level' and subject == 'visa:{visa}'")
    assert float(without["amount"].sum()) <= 100.0


def _columns(table: Any) -> Any:
    """Columns of a raw table's sheet."""
    return columns(table.sheet)


def test_the_page_keeps_its_part_in_the_address(opened: Open) -> None:
    at = opened("Plan", part="Money")
    assert state is not None
    assert "Money" in at.header[0].value
