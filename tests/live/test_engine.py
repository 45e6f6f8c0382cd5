"""First answers: equal to the changed workbook solved from scratch, whatever came before, with a true bound."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from functools import partial

import pytest

from planner.analyses.declare import Subject
from planner.analyses.moving import live_of
from planner.analyses.telling import Listing, Sentence
from planner.declaring import OptionError
from planner.live import CaseSpec, Dial, LiveAnswer, LiveEngine, build_base
from planner.options import Options
from planner.plan import Status
from planner.results.summary import status_sentence
from planner.sheets import Appropriations
from planner.solve import solve
from planner.solver.runs import RunContext
from planner.verify import verify
from planner.wording.figures import digits
from planner.workbook import read
from tests.live import oracle
from tests.live.conftest import STARTER, Lab, dial

ALONE = [(d.key, value) for d in STARTER for value in (60.0, 93.0, 117.5, 150.0)]
TOGETHER = [
    {"money": 90.0, "asylum money": 120.0},
    {"arrivals": 130.0, "visas": 70.0},
    {"officers": 140.0, "hiring": 75.0, "weight of safety": 60.0},
    {d.key: 100.0 + 7.0 * n for n, d in enumerate(STARTER)},
]


def _same(lab: Lab, answer: LiveAnswer, settings: dict[str, float]) -> None:
    """Hold an answer against the oracle."""
    expected = oracle.held(lab, settings)
    if expected is None:
        assert answer.status in ("short", "none")
        return
    assert answer.status == "found"
    assert answer.objective == pytest.approx(expected[0], rel=1e-6)
    for name, value in expected[1].items():
        assert answer.outcomes[name] == pytest.approx(value, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize(("key", "value"), ALONE)
def test_each_dial_answers_as_the_changed_workbook_does(starter: Lab, key: str, value: float) -> None:
    """Points and outcomes are those of a cold solve with the decisions held; no setting was compiled."""
    answer = starter.engine().answer({key: value})
    assert answer.route == "lines"
    _same(starter, answer, {key: value})


@pytest.mark.parametrize("settings", TOGETHER)
def test_dials_together_answer_as_the_changed_workbook_does(starter: Lab, settings: dict[str, float]) -> None:
    """Two dials may even multiply the same cells."""
    answer = starter.engine().answer(settings)
    assert answer.route == "lines"
    _same(starter, answer, settings)


@pytest.mark.parametrize("settings", [{"money": 110.0}, {"arrivals": 140.0}, {"visas": 60.0}, {"money": 90.0}])
def test_no_plan_passes_the_bound(starter: Lab, settings: dict[str, float]) -> None:
    """The best of a whole search lies between the answer and its bound, and certifying keeps it there."""
    engine = starter.engine()
    answer = engine.answer(settings)
    assert answer.objective is not None
    assert answer.bound is not None
    best, _ = oracle.best(starter, settings)
    assert answer.objective <= best * (1.0 + 1e-9) <= answer.bound * (1.0 + 1e-9)
    closer = engine.certify(answer)
    assert closer.bound is not None
    assert best <= closer.bound * (1.0 + 1e-9)
    assert closer.bound <= answer.bound


def test_17_the_way_to_a_setting_does_not_matter(starter: Lab) -> None:
    """Away and back gives identical figures, and so does an engine that never moved (26)."""
    engine, settings = starter.engine(), {"money": 104.0, "arrivals": 108.0}
    straight = starter.engine().answer(settings)
    for n in range(12):
        engine.answer({"money": 70.0 + 7.0 * n, "weight of safety": 140.0 - 6.0 * n, "hiring": 60.0 + 5.0 * n})
    again = engine.answer(settings)
    assert (again.outcomes, again.meters, again.objective, again.bound) == (
        straight.outcomes, straight.meters, straight.objective, straight.bound,
    )  # fmt: skip


def test_22_of_forty_quick_settings_the_last_one_counts(starter: Lab) -> None:
    """Forty settings in a row leave nothing behind."""
    engine = starter.engine()
    for n in range(40):
        last = engine.answer({"arrivals": 100.0 + n})
    _same(starter, last, {"arrivals": 139.0})


def test_23_three_engines_in_three_threads_answer_as_one_does(starter: Lab) -> None:
    """Each session has its own solver objects; what they share never changes."""
    ways = [[{"money": 90.0 + n} for n in range(20)], [{"visas": 80.0 + n} for n in range(20)],
            [{"arrivals": 100.0 + n} for n in range(20)]]  # fmt: skip
    alone = starter.engine()
    expected = [[alone.answer(s).outcomes for s in way] for way in ways]
    found: list[list[object]] = [[], [], []]

    def work(place: int) -> None:
        engine = starter.engine()
        found[place].extend(engine.answer(s).outcomes for s in ways[place])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


def test_one_engine_may_be_asked_from_two_threads(starter: Lab) -> None:
    """Its lock keeps a fragment and a full run apart."""
    engine, found = starter.engine(), {}

    def work(value: float) -> None:
        for _ in range(15):
            found[value] = engine.answer({"arrivals": value}).objective

    threads = [threading.Thread(target=work, args=(value,)) for value in (80.0, 125.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {value: starter.engine().answer({"arrivals": value}).objective for value in (80.0, 125.0)}


def test_at_current_policy_the_answer_is_the_proven_plan(starter: Lab) -> None:
    """The same outcomes, and the proven bound instead of the looser one."""
    answer = starter.engine().answer({})
    assert answer.objective == pytest.approx(starter.plan.objective, rel=1e-9)
    assert answer.bound == pytest.approx(starter.plan.bound, rel=1e-9)
    for name, value in answer.outcomes.items():
        assert value == pytest.approx(starter.plan.outcome(name), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("key", [d.key for d in STARTER])
@pytest.mark.parametrize("settings", [{}, {"money": 93.0, "arrivals": 104.0}])
def test_the_worth_of_one_more_is_what_one_more_brings(starter: Lab, key: str, settings: dict[str, float]) -> None:
    """Prices along a dial's line are slopes: a small step up brings as much."""
    engine, step = starter.engine(), 1e-3
    answer = engine.answer(settings)
    more = engine.answer({**settings, key: settings.get(key, 100.0) + step})
    assert answer.objective is not None
    assert more.objective is not None
    slope = (more.objective - answer.objective) / step
    assert answer.worth[key].points == pytest.approx(slope, rel=2e-3, abs=2e-2)


def test_a_dial_that_leaves_no_plan_is_answered_with_who_is_short(starter: Lab) -> None:
    """The nearest plan says by how much, in the planners' words, and is not called a plan."""
    answer = starter.engine().answer({"money": 50.0})
    assert answer.status == "none"
    assert answer.objective is None
    assert answer.shortages
    assert all(s.amount > 0.0 for s in answer.shortages)
    assert any("asylum budget" in s.name for s in answer.shortages)
    assert answer.sentence.startswith("These limits cannot all hold.")
    assert "infeasible" not in answer.sentence
    assert answer.meters
    with pytest.raises(ValueError, match="no plan"):
        starter.engine().plan_of(answer)


def test_money_that_is_short_makes_a_plan_once_it_is_there(starter: Lab) -> None:
    """Exactly what was short, added, is enough."""
    answer = starter.engine().answer({"money": 80.0})
    assert answer.status in ("short", "none")
    short = [s for s in answer.shortages if "money of asylum budget" in s.name]
    assert len(short) == len(answer.shortages)
    sets = list(starter.base.spec.sets({"money": 80.0}))
    case = read(starter.path, sets=sets)
    for shortage in short:
        phase = shortage.name.rpartition(" in ")[2]
        now = next(a.amount for a in case.of(Appropriations) if (a.account, a.phase) == ("asylum budget", phase))
        sets.append(f"Appropriations!asylum budget / {phase}.Amount={digits(now + shortage.amount * 1.0001, 9)}")
    assert solve(read(starter.path, sets=sets), Options(grid="phases")).found


def test_the_whole_plan_of_an_answer_is_verified_and_not_called_proven(starter: Lab) -> None:
    """Its tables pass the independent check, and its words are those of a plan that is not proven."""
    engine, settings = starter.engine(), {"money": 93.0}
    answer = engine.answer(settings)
    plan = engine.plan_of(answer)
    assert plan.status is Status.FEASIBLE
    assert "not proven" in status_sentence(plan)
    assert plan.unproven == (answer.sentence,)
    assert plan.objective == pytest.approx(answer.objective, rel=1e-9)
    assert verify(starter.base.spec.case(settings), plan).ok
    assert plan.record.changes == starter.base.spec.sets(settings)


def test_29_the_last_change_is_told_by_its_largest_differences(starter: Lab) -> None:
    """Up to five figures with their direction; nothing where nothing moved; against a plan as against an answer."""
    engine = starter.engine()
    before = engine.answer({})
    after = engine.answer({"money": 90.0}, before)
    assert 1 <= len(after.moves) <= 5
    for move in after.moves:
        if move.kind == "outcome":
            assert move.change == pytest.approx(after.outcomes[move.name] - before.outcomes[move.name])
    against_plan = engine.answer({"money": 90.0}, starter.plan)
    assert [(m.name, round(m.change, 3)) for m in against_plan.moves] == [
        (m.name, round(m.change, 3)) for m in after.moves
    ]
    assert engine.answer({"money": 90.0}, after).moves == ()


def test_settings_that_the_workbook_refuses_are_answered_with_its_reason(starter: Lab) -> None:
    """Outside of the range the workbook is compiled, and its own words come back."""
    answer = starter.engine().answer({"money": -10.0})
    assert answer.status == "failed"
    assert "Appropriations!" in answer.sentence


def test_outside_its_range_a_dial_is_compiled_and_right(starter: Lab) -> None:
    """Slower, never wrong."""
    answer = starter.engine().answer({"arrivals": 155.0})
    assert answer.route == "compiled"
    _same(starter, answer, {"arrivals": 155.0})


def test_without_a_plan_nothing_is_answered(starter: Lab) -> None:
    """Decisions come from a plan; a plan of another grid does not fit."""
    engine = LiveEngine(starter.base)
    assert engine.answer({}).status == "failed"
    engine.hold(replace(starter.plan, record=replace(starter.plan.record, grid="months")))
    assert not engine.ready_plan


def test_the_best_of_several_plans_counts(starter: Lab) -> None:
    """With the decisions of two plans held the answer is at least as good as with either."""
    settings = {"money": 85.0}
    other = solve(read(starter.path, sets=starter.base.spec.sets(settings)), Options(grid="phases", gap=0.0))
    engine = starter.engine()
    one = engine.answer(settings)
    engine.hold(starter.plan, other)
    both = engine.answer(settings)
    assert both.objective is not None
    assert both.objective == pytest.approx(other.objective, rel=1e-7)
    assert one.objective is None or both.objective >= one.objective - 1e-6
    assert both.bound == pytest.approx(other.bound, rel=1e-6)


def squared(percent: float) -> tuple[str, ...]:
    """A dial that no line follows: the square of its setting."""
    return () if percent == 100.0 else (f"Arrivals!*.Arrivals=*{digits((percent / 100.0) ** 2, 12)}",)


def test_a_dial_that_is_no_line_is_compiled(starter: Lab) -> None:
    """It is found out, told, and answered right."""
    bent = Dial("arrivals", squared, 50.0, 140.0, 100.0)
    lab = Lab(starter.path, build_base(CaseSpec(str(starter.path), (bent, dial("visas", "Quota by phase!*.Places")))),
              starter.plan)  # fmt: skip
    assert any("arrivals" in reason for reason in lab.base.reasons())
    answer = lab.engine().answer({"arrivals": 110.0})
    assert answer.route == "compiled"
    _same(lab, answer, {"arrivals": 110.0})
    assert lab.engine().answer({"visas": 110.0}).route == "lines"


def adding(percent: float) -> tuple[str, ...]:
    """A dial that turns a cell into another number whatever stands there: it replaces what others made."""
    return () if percent == 100.0 else (f"Appropriations!asylum budget / P3.Amount={digits(0.4 * percent, 9)}",)


def test_dials_that_get_in_each_others_way_are_compiled_together(starter: Lab) -> None:
    """One sets the cell that the other scales: alone both are lines, together neither sum nor product."""
    lab = Lab(
        starter.path,
        build_base(CaseSpec(str(starter.path), (dial("money", "Appropriations!*.Amount"), Dial("last", adding, 80.0, 120.0, 100.0)))),
        starter.plan,
    )  # fmt: skip
    both = {"money": 110.0, "last": 115.0}
    _same(lab, lab.engine().answer(both), both)
    assert lab.engine().answer({"money": 110.0}).route == "lines"


def test_a_ceiling_that_holds_a_cell_bends_the_line(starter: Lab) -> None:
    """On both sides of the bend the numbers are those of the compiled workbook."""
    bent = Dial("officers", partial(_clipped, 13.5), 50.0, 150.0, 100.0)
    lab = Lab(starter.path, build_base(CaseSpec(str(starter.path), (bent,))), starter.plan)
    for value in (70.0, 105.0, 112.4, 112.6, 140.0):
        answer = lab.engine().answer({"officers": value})
        assert answer.route == "lines"
        _same(lab, answer, {"officers": value})


def _clipped(most: float, percent: float) -> tuple[str, ...]:
    """Officers at the border post up to a ceiling."""
    value = min(12.0 * percent / 100.0, most)
    return () if percent == 100.0 else (f"Staff!asylum officer / Border post.In post={digits(value, 9)}",)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [{"money": 112.0}, {"hiring": 137.0, "arrivals": 106.0}, {"visas": 61.0}, {"arrivals": 143.0}]
)
def test_the_reference_answers_as_its_changed_workbook_does(reference: Lab, settings: dict[str, float]) -> None:
    """The same on a case with hundreds of decisions; the bound holds against the bound of a whole search."""
    answer = reference.engine().answer(settings)
    assert answer.route == "lines"
    _same(reference, answer, settings)
    if answer.bound is not None:
        found, _ = oracle.best(reference, settings, gap=0.01)
        assert found <= answer.bound * (1.0 + 1e-9)


def test_a_first_answer_is_one_of_a_declared_analysis(starter: Lab) -> None:
    """Levers are options with help, unit, range and default; the answer has sentences and JSON."""
    engine = starter.engine()
    live = live_of(engine)
    hiring = live.option("hiring")
    assert (hiring.low, hiring.high, hiring.default, hiring.unit) == (50.0, 150.0, 100.0, "percent")
    with pytest.raises(OptionError, match="--asylum-money must be at most 150 percent, not 200"):
        live.question(asylum_money=200.0)
    asked = live.question(hiring=120.0)
    assert asked.words() == ["--hiring", "120"]
    answer = live.answer(Subject(read(starter.path), starter.plan), asked, RunContext())
    found = engine.answer({"hiring": 120.0}, starter.plan)
    content = json.loads(json.dumps(answer.to_json(), allow_nan=False))
    assert (content["objective"], content["outcomes"]) == (found.objective, dict(found.outcomes))
    first, *rest = answer.tell(())
    assert first == Sentence(found.sentence, strong=True)
    assert [block.title for block in rest if isinstance(block, Listing)] == ["What the last change does"]
