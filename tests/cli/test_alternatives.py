"""The verbs alternatives and override, fairness and weigh, as people type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from planner.analyses.declare import pairs
from planner.analyses.overriding import read_hand
from planner.declaring import OptionError, figure_of

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "inputs" / "starter.xlsx"
CONFLICT = ROOT / "tests" / "cases" / "t10_conflict"
Planner = Callable[..., Result]


def words(result: Result) -> str:
    """What was printed, on one line."""
    return " ".join(result.output.split())


def test_the_answer_comes_first_and_plans_are_written(planner: Planner, tmp_path: Path) -> None:
    out, told = tmp_path / "plans", tmp_path / "told.json"
    done = planner(
        "alternatives", STARTER, "--grid", "phases", "--plans", 3, "--out", out, "--json", told, "--within", "2%"
    )
    assert done.exit_code == 0
    assert "(grid phases, no scenario, no changes)" in done.stdout.partition("\n")[0]
    assert done.stdout.partition("\n")[2].startswith("All plans within 2 % of the best (")
    assert "Must have" in done.stdout
    assert sorted(p.name for p in out.iterdir()) == [f"alternative_{n}.xlsx" for n in (1, 2, 3)]
    found = json.loads(told.read_text())
    assert found["verified"] == [True, True, True]
    assert {c["verdict"] for c in found["choices"]} <= {"must have", "free choice", "must avoid", "not settled"}
    checked = planner("verify", STARTER, out / "alternative_3.xlsx")
    assert checked.exit_code == 0


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [(("--within", "2"), 2, "write a percentage"), (("--plans", "0"), 2, "--plans"),
     (("--out", "no/such/folder"), 2, "Make it first"), (("--out", STARTER), 2, "is a file")],
)  # fmt: skip
def test_bad_questions_are_refused_before_any_work(
    planner: Planner, more: tuple[object, ...], code: int, says: str
) -> None:
    done = planner("alternatives", STARTER, "--grid", "phases", *more)
    assert done.exit_code == code
    assert says in words(done)
    assert "Searching" not in done.output


def test_without_a_plan_there_is_nothing_to_choose_from(planner: Planner) -> None:
    done = planner("alternatives", CONFLICT)
    assert done.exit_code == 4
    assert "no plan at all" in words(done)


def test_a_hand_is_checked_at_once(planner: Planner) -> None:
    done = planner("override", STARTER, "--grid", "phases", "--fix", "Programmes!recruitment support=12000@P2")
    assert done.exit_code == 0
    assert "'recruitment support' is over its largest pace" in done.stdout
    assert "The best plan around them" not in done.stdout


def test_the_best_plan_around_a_hand(planner: Planner, tmp_path: Path) -> None:
    plan, out = tmp_path / "before.xlsx", tmp_path / "after.xlsx"
    assert planner("solve", STARTER, "--grid", "phases", "--out", plan, "--quiet").exit_code == 0
    done = planner(
        "override", STARTER, "--grid", "phases", plan, "--forbid", "Sites!Harbour centre", "--solve", "--out", out
    )
    assert done.exit_code == 0
    assert "Harbour centre (Sites!M6): 2025-01-01 -> no" in words(done)
    assert "worse" in done.stdout
    assert planner("show", out).exit_code == 0


def test_a_hand_that_cannot_be_kept_comes_with_its_repair(planner: Planner) -> None:
    done = planner(
        "override", STARTER, "--grid", "phases", "--raise", "Programmes!recruitment support=1,000,000", "--solve"
    )
    assert done.exit_code == 4
    assert "proven by solving with it" in words(done)


@pytest.mark.parametrize(
    ("more", "says"),
    [((), "Name at least one decision"), (("--raise", "Programmes!recruitment support"), "needs a pace a year"),
     (("--fix", "recruitment support=3"), "names no row"), (("--forbid", "Programmes!recruitmant"), "decides nothing"),
     (("--fix", "Reforms!labour agreement@P9"), "decides nothing"), (("--out", "x.xlsx", "--forbid", "a!b"), "--solve"),
     (("--fix", "Programmes!recruitment support=many"), "is not a number")],
)  # fmt: skip
def test_bad_hands_are_refused(planner: Planner, more: tuple[str, ...], says: str) -> None:
    done = planner("override", STARTER, "--grid", "phases", *more)
    assert done.exit_code == 2
    assert says in words(done)


def test_a_hand_is_read() -> None:
    hand = read_hand("Visas!row = with sign=1,200,000@P2", "at least", ["P1", "P2"])
    assert (hand.sheet, hand.row, hand.value, hand.phase) == ("Visas", "row = with sign", 1_200_000.0, "P2")
    with pytest.raises(OptionError, match=r"may mean 1200 or 1\.2"):
        read_hand("Visas!row = with sign=1,200@P2", "at least", ["P1", "P2"])
    hand = read_hand("Reforms!one@two", "forbid", ["P1"])
    assert (hand.row, hand.value, hand.phase) == ("one@two", None, "")


def test_principles_of_fairness_and_their_price(planner: Planner, tmp_path: Path) -> None:
    told = tmp_path / "fair.json"
    done = planner(
        "fairness",
        STARTER,
        "--grid",
        "phases",
        "--outcome",
        "safe years",
        "--json",
        told,
        "--alpha",
        1,
        "--keep",
        "90%",
    )
    assert done.exit_code == 0
    standing, greatest, price = done.stdout.splitlines()[:3]
    assert "grid phases" in standing
    assert "The greatest total of 'safe years' is 73,133 person-years" in greatest
    assert "costs 0 % of the total" in price
    plans = json.loads(told.read_text())["plans"]
    assert [p["principle"] for p in plans] == ["utilitarian", "max-min", "leximin", "least Gini", "alpha-fair 1"]
    assert plans[0]["price of fairness"] == 0.0
    assert plans[3]["total"] >= 0.9 * plans[0]["total"] * (1 - 1e-6)
    assert plans[1]["worst"] >= plans[0]["worst"] * (1 - 1e-6)


def test_weights_an_order_and_targets(planner: Planner) -> None:
    done = planner(
        "weigh",
        STARTER,
        "--grid",
        "phases",
        "--order",
        "safe years=2%",
        "--order",
        "public money",
        "--json",
        "-",
        "--quiet",
    )
    assert done.exit_code == 0
    figures = json.loads(done.stdout)
    assert figures["values"]["safe years"] == pytest.approx(0.98 * figures["figures"]["best safe years"], rel=1e-3)
    done = planner("weigh", STARTER, "--grid", "phases", "--target", "safe years=1e9", "--target", "public money=50")
    assert done.exit_code == 0
    assert "shortfall safe years" in done.stdout
    assert (
        planner(
            "weigh", STARTER, "--grid", "phases", "--weight", "safe years=1", "--weight", "public money=50"
        ).exit_code
        == 0
    )


@pytest.mark.parametrize(
    ("more", "says"),
    [((), "one of --weight"), (("--weight", "safe years"), "NAME=NUMBER"), (("--weight", "safe yeers=1"), "Did you mean"),
     (("--order", "safe years", "--target", "safe years=3"), "one of --weight"), (("--weight", "safe years=-1"), "never")],
)  # fmt: skip
def test_bad_weights_are_refused(planner: Planner, more: tuple[str, ...], says: str) -> None:
    done = planner("weigh", STARTER, "--grid", "phases", *more)
    assert done.exit_code == 2
    assert says in words(done)


def test_numbers_are_read() -> None:
    assert figure_of("95%", "--keep", "95%") == pytest.approx(0.95)
    assert pairs(["a=b=1,000,000"], "--need") == {"a=b": 1_000_000.0}
    with pytest.raises(OptionError, match="may mean 1000 or 1:"):
        pairs(["a=b=1,000"], "--need")
    with pytest.raises(OptionError, match="is not a number"):
        figure_of("some", "--keep", "95%")
