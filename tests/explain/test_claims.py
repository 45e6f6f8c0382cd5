"""More people come than reception can take, and their care eats the money: the answer names that, not only the payer."""

from __future__ import annotations

from typing import Any

import pytest

from planner.case import Case
from planner.case.problems import Problem
from planner.checks import check_case
from planner.checks.queues import CHECK
from planner.explain.conflicts import Explanation, explain_conflict
from planner.workbook import case_from
from tests.explain.small import PHASES, two
from tests.shuffled import shuffled


def river(
    *,
    arrivals: float = 900.0,
    first: float | None = None,
    places: float = 70.0,
    more_stages: bool = False,
    **stage: Any,
) -> Case:
    """A crossing with a reception centre of so many places, 45 days a person; care of those who wait must be paid."""
    stages: list[dict[str, Any]] = [{
        "Stage": "reception", "Pipeline": "reception", "Line of action": "protection", "Takes from": "at the river",
        "Place": "River centre", "Purpose": "care", "Unit cost": 120, "Site": "River centre", "Days at site": 45,
        "To 1": "received", "Share 1": 1, **{k.replace("_", " "): v for k, v in stage.items()},
    }]  # fmt: skip
    if more_stages:
        stages.append({**stages[0], "Stage": "hosted by families", "Site": None, "Days at site": None})
    return case_from({
        "Time": [{"Phase": "H1", "From": "2025-01-01", "Until": "2025-06-30"},
                 {"Phase": "H2", "From": "2025-07-01", "Until": "2026-12-31"}],
        "Places": [{"Place": "Hereland", "Kind": "country"}, {"Place": "Thereland", "Kind": "country"},
                   {"Place": "River centre", "Kind": "processing centre", "Country": "Hereland"}],
        "Groups": [{"Group": "everyone", "Label": "All", "Vulnerable": "no"}],
        "People": [{"People": "at the river", "Place": "River centre", "Origin": "Thereland", "State": "waiting",
                    "Pipeline": "reception", "At start": 300, "Care cost": 12, "Purpose": "care"},
                   {"People": "received", "Place": "Hereland", "Origin": "Thereland", "State": "protected"}],
        "Arrivals": [{"People": "at the river", "Phase": p, "Arrivals": n}
                     for p, n in (("H1", arrivals if first is None else first), ("H2", arrivals))],
        "Sites": [{"Site": "River centre", "Purpose": "care", "Open at start": "yes", "Capacity": places,
                   "Running cost": 500}],
        "Pipelines": stages,
        "Funding": [{"Account": "donor", "Owner": "Elsewhere", "Purposes": "care"}],
        "Appropriations": [{"Account": "donor", "Phase": "H1", "Amount": 0.5, "Release": "at once"},
                           {"Account": "donor", "Phase": "H2", "Amount": 1.5, "Release": "at once"}],
        "Outcomes": [{"Outcome": "received", "Unit": "people", "Weight": 1}],
        "Outcome terms": [{"Outcome": "received", "Line": "1", "Measure": "units", "Where": "kind: stage"}],
    })  # fmt: skip


def queues(case: Case) -> list[Problem]:
    """Warnings of queues that grow whatever is decided."""
    return [p for p in check_case(case) if p.check == CHECK]


@pytest.fixture(scope="module")
def told() -> Explanation:
    return explain_conflict(river(), PHASES)


def test_a_queue_that_only_grows_is_warned_of_with_its_cells() -> None:
    """70 places of 45 days are 568 cases a year, 614 with those who are still there on the last day."""
    (found,) = queues(river())
    assert found.severity == "warning"
    assert str(found.address) == "Arrivals!D3"
    assert "900 people a year" in found.found
    assert "614.3" in found.found
    assert "70 places at 'River centre', 45 days a person" in found.found
    assert "Sites!" in found.found
    assert "1.251 million USD" in found.found


def test_a_wave_that_can_never_be_worked_off_is_warned_of_where_it_comes() -> None:
    """2,200 a year for half a year and 300 after it are 775 a year over two years, in which 591 a year can be received."""
    (found,) = queues(river(arrivals=300.0, first=2200.0))
    assert str(found.address) == "Arrivals!D2"
    assert "from phase H1 to the end" in found.found


@pytest.mark.parametrize(
    "case",
    [river(arrivals=560.0), river(arrivals=200.0, first=700.0), river(places=120.0), river(more_stages=True)],
    ids=["fewer come", "a wave that passes", "more places", "work without a limit"],
)
def test_a_queue_that_can_be_worked_off_is_not(case: Case) -> None:
    assert not queues(case)


def test_a_largest_pace_limits_too() -> None:
    (found,) = queues(river(places=500.0, At_most=400.0))
    assert "its largest pace, Pipelines!" in found.found


def test_the_answer_begins_with_the_cause(told: Explanation) -> None:
    assert told.arithmetic[0].check == CHECK
    assert told.sentence.index("people a year come to 'at the river'") < told.sentence.index("cannot hold")


def test_what_claims_the_money_is_told_with_amounts_and_cells(told: Explanation) -> None:
    conflict = next(c for c in told.conflicts if any(m.id == "account:donor in H1" for m in c.members))
    (claims,) = conflict.claims
    first = claims.rows[0]
    assert (first.words, first.unit, first.cell.partition("!")[0]) == (
        "care of 'at the river'",
        "USD million",
        "People",
    )
    repaired = 2.0 + told.repairs[0].total
    assert sum(row.amount for row in claims.rows) == pytest.approx(repaired, rel=1e-3)
    assert "'donor' gets 2 (Appropriations!D2 and Appropriations!D3)" in conflict.sentence


def test_places_are_claimed_by_the_work_that_must_be_done() -> None:
    found = explain_conflict(river(At_least=900.0), PHASES)
    claims = {c.policy: c for conflict in found.conflicts for c in conflict.claims}
    site = next(c for name, c in claims.items() if name.startswith("site:River centre"))
    assert [(row.words, row.amount) for row in site.rows] == [
        ("'reception'", pytest.approx(900.0 * 2.0 * 45.0, rel=1e-3))
    ]


def test_a_shortage_of_one_phase_names_what_is_claimed_in_it() -> None:
    """With so much money later, the first phase alone is short, and only its own claims are told."""
    case = river(arrivals=500.0)
    rich = case_with(case, later=50.0, first=0.1)
    (conflict,) = explain_conflict(rich, PHASES).conflicts
    assert "in H1, and is claimed by" in conflict.sentence


def case_with(case: Case, *, first: float, later: float) -> Case:
    """The case with other appropriations."""
    from planner.explain.coefficient_limits import with_rows
    from planner.sheets import Appropriations

    rows = case.of(Appropriations)
    return with_rows(
        case, {(Appropriations, rows[0].id): {"amount": first}, (Appropriations, rows[1].id): {"amount": later}}
    )


@pytest.mark.parametrize("path", [(0, 0), (1, 0), (2, 11), (3, 5), (4, 77)])
def test_a_claim_is_the_least_over_all_plans_and_hangs_on_no_path_of_the_solver(path: tuple[int, int]) -> None:
    """15 units of x (at most 4) and y are asked of 10 hours: y takes 11 at the least, x may take none."""
    with shuffled(*path):
        (conflict,) = explain_conflict(two("less", floor=15.0), PHASES).conflicts
    (claims,) = conflict.claims
    assert [(row.words, row.amount) for row in claims.rows] == [("'y'", pytest.approx(11.0))]
    assert "claimed by (hours, at least): 'y' 11" in conflict.sentence
