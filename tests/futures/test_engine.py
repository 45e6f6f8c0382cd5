"""The parts of the engine: chances and dates, the averaged model, the tail, samples, stopping, keeping."""

from __future__ import annotations

import itertools
import math
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.case.uncertain_inputs import uncertain_inputs
from planner.futures import Hedge, hedge, reserve_front, try_out
from planner.futures.average import average
from planner.futures.branching import branching_of, day_of
from planner.futures.commitments import commitments
from planner.futures.errors import FuturesError
from planner.futures.fans import percentile
from planner.futures.found import ValueDifference
from planner.futures.outlook import chances
from planner.futures.recourse import commitments_of
from planner.futures.risk import tail_mean
from planner.futures.sampling import CHOSEN, changed, drawn, futures_drawn, ranges_of, wilson
from planner.futures.serialisation import restored, serialised
from planner.futures.telling import answer, sentences, share, share_up
from planner.futures.tree import merge
from planner.options import Options
from planner.run.progress import Progress
from planner.solver.session import Session
from planner.workbook import read
from tests.futures.small import CASES, STARTER, hedged, outlook, workbook

LOOSE = Options(gap=1e-3, grid="phases", time_limit=60.0)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workbook(STARTER, tmp_path_factory.mktemp("starter"))


@pytest.fixture(scope="module")
def found(book: Path) -> Hedge:
    return hedged(book, LOOSE)


def test_what_is_left_to_one_is_the_case_as_it_stands(book: Path) -> None:
    listed, notes = chances(read(book))
    assert listed == pytest.approx({"": 0.5, "surge": 0.3, "late budget": 0.2})
    assert notes == []
    some, notes = chances(read(book), ["surge"])
    assert some == pytest.approx({"": 0.625, "surge": 0.375})
    assert "80%" in notes[0]


def test_futures_need_probabilities(tmp_path: Path) -> None:
    path = workbook(STARTER, tmp_path, {"scenarios": ["surge,,", "late budget,,"]}, only=True)
    with pytest.raises(FuturesError, match="No row of sheet Scenarios has a probability"):
        outlook(path)
    path = workbook(STARTER, tmp_path, {"scenarios": ["surge,,1", "late budget,,0"]}, only=True)
    with pytest.raises(FuturesError, match="only one future"):
        outlook(path)


def test_unknown_names_and_days_are_refused(book: Path) -> None:
    with pytest.raises(FuturesError, match="Did you mean 'surge'"):
        outlook(book, names=("surg",))
    with pytest.raises(FuturesError, match="no phase, date"):
        outlook(book, branch="spring")
    with pytest.raises(FuturesError, match="outside the plan"):
        outlook(book, branch="2031-01-01")
    with pytest.raises(FuturesError, match="among those weighed"):
        outlook(book, names=("surge",), own={"late budget": "P3"})


def test_phases_dates_and_days_say_when_futures_show(book: Path) -> None:
    case = read(book)
    assert [day_of(case, text) for text in ("P2", "p2", "2025-04-11", "100")] == [100.0] * 4
    assert branching_of(case).day == 100.0
    assert branching_of(case, own={"surge": "P3"}).shows("surge") == 365.0
    assert branching_of(case, "P3", {"surge": "P2"}).first == 100.0


def test_a_single_phase_is_never_answered(book: Path) -> None:
    one = read(book)
    only = type(one)(rows={k: v[:1] if k.SHEET == "Time" else v for k, v in one.rows.items()})
    assert math.isinf(branching_of(only).day)


def test_the_average_of_equal_models_is_that_model(book: Path) -> None:
    view = outlook(book, LOOSE, names=("surge",))
    alike = [replace(view.futures[1], probability=p) for p in (0.3, 0.7)]
    one = Session(view.futures[1].matrix, LOOSE).run()
    two = Session(average(alike).matrix, LOOSE).run()
    assert one.objective is not None
    assert two.objective == pytest.approx(one.objective, rel=1e-3)


def test_columns_of_the_tree_lead_back_to_each_future(found: Hedge) -> None:
    tree = merge(found.outlook.futures)
    row = found.hedged
    assert row is not None
    plans = [f.values for f in row.followed if f.values is not None]
    whole = tree.columns(plans)
    for s, values in enumerate(plans):
        assert tree.values(whole, s) == pytest.approx(values, abs=1e-5)
        future = found.outlook.futures[s]
        shared = set(tree.places[s][future.early].tolist())
        others = set(tree.places[(s + 1) % 3].tolist())
        assert shared <= others
        assert not set(tree.places[s][~future.early].tolist()) & others


@given(
    st.lists(st.tuples(st.floats(-1e3, 1e3), st.integers(1, 9)), min_size=1, max_size=6),
    st.floats(0.05, 1.0),
)
def test_the_tail_is_the_maximum_of_its_formula(pairs: list[tuple[float, int]], worst: float) -> None:
    """CVaR by its definition: the largest eta minus the mean shortfall below eta, over all eta (at some value)."""
    total = sum(w for _, w in pairs)
    points, weights = [v for v, _ in pairs], [w / total for _, w in pairs]
    formula = max(
        eta - sum(p * max(0.0, eta - v) for v, p in zip(points, weights, strict=True)) / worst for eta in points
    )
    assert tail_mean(points, weights, worst) == pytest.approx(formula, rel=1e-9, abs=1e-9)


def test_more_weight_on_the_worst_never_hurts_them(tmp_path: Path) -> None:
    """On the farmer the worst future gains as the mean gives, and the ends are the best of each."""
    path = workbook(CASES / "farmer", tmp_path)
    hedge_found = hedged(path, matrix=False)
    front = reserve_front(hedge_found, weights=(0.0, 0.2, 0.4, 0.6, 0.8, 0.99), worst=1.0 / 3.0)
    for one, two in itertools.pairwise(front.steps):
        assert two.tail >= one.tail - 1e-6
        assert two.mean <= one.mean + 1e-6
    assert front.steps[0].mean == pytest.approx(108_390.0, rel=1e-6)
    assert front.steps[-1].tail == pytest.approx(59_950.0, rel=1e-3)
    assert front.steps[-1].tail > front.steps[0].tail + 1_000.0


def test_a_share_of_the_worst_outside_its_range_is_refused(found: Hedge) -> None:
    with pytest.raises(FuturesError, match="more than 0 %"):
        reserve_front(found, worst=0.0)
    with pytest.raises(FuturesError, match="between 0 and 1"):
        reserve_front(found, weights=(0.5, 1.5))


def test_figures_with_a_range_are_those_that_explanations_move(book: Path) -> None:
    """Chosen numbers, as limits and weights, are left out; all else is one rule for both."""
    ranges, without = ranges_of(read(book))
    found, untied = uncertain_inputs(read(book))
    assert 0 < len(ranges) <= len(found)
    assert len(ranges) + without == len(found) + len(untied)
    cells = {one.id: set(one.cells) for one in found}
    for item in ranges:
        assert item.low <= item.central <= item.high
        assert set(item.cells) <= cells[item.id]
        assert not {c.sheet for c in item.cells} & set(CHOSEN)


def test_draws_keep_to_their_range_and_hit_the_mean(book: Path) -> None:
    ranges, _ = ranges_of(read(book))
    values = drawn(ranges, 4_000, seed=3)
    for k, item in enumerate(ranges):
        assert item.low - 1e-9 <= values[:, k].min()
        assert values[:, k].max() <= item.high + 1e-9
        assert values[:, k].mean() == pytest.approx((item.low + item.central + item.high) / 3.0, rel=1e-3)
    assert np.array_equal(drawn(ranges, 50, 1), drawn(ranges, 50, 1))
    assert not np.array_equal(drawn(ranges, 50, 1), drawn(ranges, 50, 2))
    assert abs(np.corrcoef(values.T)[0, 1]) < 0.1


def test_futures_are_drawn_as_often_as_they_are_likely() -> None:
    which = futures_drawn([0.5, 0.3, 0.2], 100, seed=1)
    assert [which.count(s) for s in range(3)] == [50, 30, 20]
    assert which != sorted(which)


def test_a_drawn_case_differs_only_in_those_cells(book: Path) -> None:
    case = read(book)
    ranges, _ = ranges_of(case)
    assert changed(case, ranges, np.array([item.central for item in ranges])).rows == case.rows
    cells = {(c.sheet, c.row) for item in ranges for c in item.cells}
    for end in ("low", "high"):
        other = changed(case, ranges, np.array([getattr(item, end) for item in ranges]))
        for kind, rows in case.rows.items():
            for row in rows:
                assert other.find(kind, row.id) == row or (kind, row.id) in cells
    for item in ranges:  # one alone, at its end: every cell is at its own end, and a stage's shares keep their sum
        alone = changed(case, [item], np.array([item.high]))
        for cell in item.cells:
            row, before = alone.find(cell.sheet, cell.row), case.find(cell.sheet, cell.row)
            assert getattr(row, cell.field) == pytest.approx(cell.high)
            if cell.field.startswith("share_"):
                names = [f"share_{k}" for k in (1, 2, 3, 4)]
                assert sum(getattr(row, n) or 0.0 for n in names) == pytest.approx(
                    sum(getattr(before, n) or 0.0 for n in names)
                )


def test_samples_are_the_same_for_all_plans_and_every_time(found: Hedge) -> None:
    one, two = try_out(found, samples=12, seed=5), try_out(found, samples=12, seed=5)
    assert list(one.plans) == ["hedged plan", "plan for 'as it stands'"]
    for name in one.plans:
        assert one.points(name) == two.points(name)
    first, second = one.plans.values()
    assert [s.future for s in first] == [s.future for s in second]
    assert sum(s.kept == "kept" for s in first) > sum(s.kept == "kept" for s in second)
    assert any(s.kept == "cut back" for s in second if s.future == 2)
    mean = one.mean("hedged plan")
    assert mean.low < mean.value < mean.high
    assert one.tail("hedged plan").value < mean.value


@pytest.mark.parametrize(("count", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)])
def test_wilson_interval(count: int, of: int, low: float, high: float) -> None:
    """Against published values of the interval for 0 and 5 of 10."""
    found = wilson(count, of)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_weighted_percentiles() -> None:
    assert percentile([3.0, 1.0, 2.0], [0.2, 0.5, 0.3], 0.5) == 1.0
    assert percentile([3.0, 1.0, 2.0], [0.2, 0.5, 0.3], 0.51) == 2.0
    assert percentile([3.0, 1.0, 2.0], [0.2, 0.5, 0.3], 1.0) == 3.0


def test_do_now_and_wait(found: Hedge) -> None:
    listed = {c.row: c for c in commitments(found)}
    assert listed["labour agreement"].verdict == "now"
    harbour = listed["Harbour centre"]
    assert (harbour.verdict, harbour.wanted, harbour.others) == ("depends", ("as it stands", "surge"), ("late budget",))
    assert harbour.hedged == 0.0
    assert harbour.probability == pytest.approx(0.8)


def test_a_stop_keeps_what_was_found(book: Path) -> None:
    stop, heard = threading.Event(), list[str]()

    def listen(news: Progress) -> None:
        heard.append(news.message)
        if news.message.startswith("hedged plan: what becomes"):
            stop.set()

    found = hedge(outlook(book, LOOSE), on_progress=listen, interrupt=stop)
    assert found.stopped == "interrupted"
    assert found.hedged is not None
    assert found.hedged.whole
    assert found.expected == pytest.approx(74_305.0, rel=1e-3)
    assert not [words for words in heard if "least regret" in words]


def test_a_stop_at_once_is_said(book: Path) -> None:
    stop = threading.Event()
    view = outlook(book, LOOSE)

    def listen(news: Progress) -> None:
        if news.message.startswith("plan for"):
            stop.set()

    found = hedge(view, on_progress=listen, interrupt=stop)
    assert found.hedged is None
    assert answer(found) == "Stopped (interrupted) before a hedged plan was found."


def test_differences_below_what_is_unproven_are_no_difference(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In models so large that a gap may stay open."""
    assert not ValueDifference(5.0, 0.0, 20.0).sure
    assert not ValueDifference(5.0, 1.0, 20.0, rounding=2.0).sure
    assert ValueDifference(5.0, 1.0, 20.0).sure
    monkeypatch.setattr("planner.solver.session.SMALL", 0)
    found = hedged(book, LOOSE)
    said = " ".join(sentences(found))
    assert found.hedging_worth is not None
    assert not found.hedging_worth.sure
    assert "no difference can be told" in said
    knowing = found.knowing_worth
    assert knowing is not None
    assert ("cannot be told from nothing" in said) != knowing.sure
    unsure = replace(found, bound=found.bound + 2.0 * knowing.high)  # as if the search had left so much open
    assert not unsure.knowing_worth.sure
    assert "cannot be told from nothing" in " ".join(sentences(unsure))


def test_shares_in_words() -> None:
    assert [share(v) for v in (0.0, 1e-6, 0.00012, 0.0123, 0.4)] == ["0 %", "0 %", "0.012 %", "1.2 %", "40 %"]
    assert [share_up(v) for v in (0.01, 0.0101, 0.01201)] == ["1 %", "1.1 %", "1.3 %"]


def test_a_kept_hedge_comes_back_whole(found: Hedge, book: Path) -> None:
    again = restored(outlook(book, LOOSE), serialised(found))
    assert again.expected == found.expected
    assert again.wait_and_see == found.wait_and_see
    one, two = found.hedged, again.hedged
    assert one is not None
    assert two is not None
    assert [dict(c) for c in two.committed] == [
        commitments_of(f, v.values)
        for f, v in zip(found.outlook.futures, one.followed, strict=True)
        if v.values is not None
    ]
    tried = try_out(again, samples=4).points("hedged plan")
    assert tried == pytest.approx(try_out(found, samples=4).points("hedged plan"), rel=1e-6)
    with pytest.raises(FuturesError, match="other futures"):
        restored(outlook(book, LOOSE, names=("surge",)), serialised(found))
