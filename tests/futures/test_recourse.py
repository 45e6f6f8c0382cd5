"""Commitments that cannot be kept: what is cut back, what breaks and by how much, and futures without any plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.futures.errors import FuturesError
from planner.futures.plans import plan_in
from planner.futures.telling import answer, row_sentence, sentences
from planner.futures.writing import hedge_json
from planner.options import Options
from tests.futures.small import CASES, STARTER, hedged, workbook

NO_EMERGENCY = "surge,Raw activities,emergency,At most,set,0"


def test_what_breaks_is_said_with_its_amount(tmp_path: Path) -> None:
    """Without an emergency the averaged reserve of 40 leaves 60 of 100 uncovered; the hedged plan reserves 100."""
    path = workbook(CASES / "surge", tmp_path, {"scenario_changes": [NO_EMERGENCY]})
    found = hedged(path)
    row = found.row("averaged")
    assert row is not None
    assert not row.whole
    assert found.hedging_worth is None
    lost = row.followed[1]
    assert lost.kept == "broken"
    assert [(b.amount, b.category) for b in lost.breaks] == [(pytest.approx(60.0, rel=1e-5), "preference")]
    assert "breaks by 60" in row_sentence(found, row)
    assert found.hedged is not None
    assert found.hedged.whole
    assert found.expected == pytest.approx(-100.0, rel=1e-6)


def test_a_floor_of_one_future_is_not_waived_by_another_plan(tmp_path: Path) -> None:
    """In the surge 365 places a year must be reserved; whoever reserved none breaks that floor, and it is said."""
    path = workbook(CASES / "surge", tmp_path, {"scenario_changes": ["surge,Raw activities,reserve,At least,set,365"]})
    found = hedged(path)
    row = found.row("own", "plan for 'as it stands'")
    assert row is not None
    lost = row.followed[1]
    assert lost.kept == "broken"
    assert [b.words for b in lost.breaks] == ["what must be done of 'reserve': 365 a year"]
    assert lost.breaks[0].amount == pytest.approx(365.0, rel=1e-5)
    assert found.hedged is not None
    assert found.expected == pytest.approx(-180.0, rel=1e-5)  # 180 days at 365 a year, needed or not


def test_a_future_without_any_plan_is_never_hidden(tmp_path: Path) -> None:
    added = ["surge,Raw activities,reserve,At most,set,50", NO_EMERGENCY, "calm,Raw ledgers,ready,Lower,set,10"]
    path = workbook(CASES / "surge", tmp_path, {"scenarios": ["calm,,0.3"], "scenario_changes": added})
    found = hedged(path)
    assert [lost.future.title for lost in found.infeasible] == ["surge"]
    breaks = found.infeasible[0].broken.breaks
    reach = 50.0 * 180.0 / 365.0  # the most that the first phase allows
    assert sum(b.amount for b in breaks) == pytest.approx(100.0 - reach, rel=1e-5)
    assert found.outlook.titles == ("as it stands", "calm")
    assert sum(f.probability for f in found.outlook.futures) == pytest.approx(1.0)
    told = hedge_json(found)
    said = {f["title"]: f["probability"] for f in (*told["futures"], *told["hopeless"])}
    assert sum(said.values()) == pytest.approx(1.0)  # as the workbook says them, also of the one left out
    assert said["calm"] == pytest.approx(0.3)
    assert any("'surge' no plan keeps all limits" in sentence for sentence in sentences(found))


def test_commitments_are_cut_back_before_anything_breaks(tmp_path: Path) -> None:
    """With half its budget the office of the first lesson cannot open the centre that other futures open."""
    found = hedged(workbook(STARTER, tmp_path), Options(gap=1e-4, grid="phases"))
    row = found.row("own", "plan for 'as it stands'")
    assert row is not None
    late = row.followed[found.outlook.titles.index("late budget")]
    assert late.kept == "cut back"
    assert [str(c.decision[1][0]) for c in late.cuts] == ["open:Harbour centre"]
    assert not late.breaks
    assert found.regret(row, 2) is not None


def test_no_common_commitments_at_all(tmp_path: Path) -> None:
    """One future forbids what the other needs at once: no hedged plan, and the answer says so."""
    opposite = [
        "surge,Raw activities,emergency,At most,set,0", "calm,Raw activities,reserve,At most,set,0",
        "calm,Raw activities,emergency,At least,set,10",
    ]  # fmt: skip
    added = {"scenarios": ["surge,,0.5", "calm,,0.5"], "scenario_changes": [
        "surge,Raw ledgers,ready,Lower,set,100", *opposite]}  # fmt: skip
    found = hedged(workbook(CASES / "surge", tmp_path, added, only=True))
    assert found.hedged is None
    assert found.outlook.titles == ("surge", "calm")
    assert answer(found).startswith("No commitments")
    assert any("cannot be kept" in note or "can be kept in all" in note for note in found.notes)


def test_every_plan_of_the_hedge_passes_the_independent_check(tmp_path: Path) -> None:
    found = hedged(workbook(STARTER, tmp_path), Options(gap=1e-3, grid="phases"))
    assert found.hedged is not None
    for s, future in enumerate(found.outlook.futures):
        plan = plan_in(found, found.hedged, s)
        assert plan.verified, future.title
        assert plan.objective == pytest.approx(found.hedged.points[s], rel=1e-6)
        assert plan.record.scenario == future.name
    own = found.row("own", "plan for 'as it stands'")
    assert own is not None
    with pytest.raises(FuturesError, match="cannot be kept"):
        plan_in(found, own, 2)


def test_hedged_plans_agree_before_futures_show(tmp_path: Path) -> None:
    """The tables of the plans of all futures hold the same hires, programmes and openings in the first phase."""
    found = hedged(workbook(STARTER, tmp_path), Options(gap=1e-3, grid="phases"), matrix=False)
    assert found.hedged is not None
    seen = []
    for s in range(3):
        tables = plan_in(found, found.hedged, s).tables
        acts = tables["activities"]
        first = acts[(acts["period"] == 0) & acts["kind"].isin(["hire", "programme"])]
        seen.append(dict(zip(first["activity"], first["level"], strict=True)))
        taken = tables["switches"]
        seen[-1] |= dict.fromkeys(taken.loc[taken["period"] == 0, "switch"], 1.0)
    assert seen[0] == pytest.approx(seen[1], rel=1e-5)
    assert seen[0] == pytest.approx(seen[2], rel=1e-5)
    assert len(seen[0]) >= 3
