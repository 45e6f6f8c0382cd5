"""Sheets Outcomes and Outcome terms."""

from __future__ import annotations

from datetime import date

import pytest

from models.network import Activity, Priority, Stock, Term
from planner.case import Case
from planner.compile.draft import Draft
from planner.compile.outcomes import compile_outcomes
from planner.sheets.declare import Row
from planner.sheets.frame import Groups, Places, Time
from planner.sheets.outcomes import Outcomes, OutcomeTerms

FRAME: tuple[Row, ...] = (
    Time(phase="P1", starts=date(2021, 1, 1), ends=date(2021, 12, 31)),
    Places(place="Honduras", need=100.0),
    Places(place="Guatemala", need=300.0),
    Places(place="Mexico"),
    Groups(group="children", need=40.0),
)


def compiled(*rows: Row) -> Draft:
    kinds = dict.fromkeys(type(row) for row in (*FRAME, *rows))
    draft = Draft(Case(rows={kind: tuple(r for r in (*FRAME, *rows) if type(r) is kind) for kind in kinds}))
    for place in ("Honduras", "Guatemala", "Mexico"):
        tags = {"kind": "stage", "country": place, "origin": place, "group": "children" if place == "Mexico" else ""}
        draft.activity(Activity(f"stage:{place}", "people", scale=1e3, tags=tags))
    draft.stock(Stock("people:queue", "people", scale=1e3, tags={"kind": "people", "country": "Mexico"}))
    compile_outcomes(draft)
    return draft


def outcome(name: str = "O", **values: object) -> Outcomes:
    return Outcomes(outcome=name, unit="people", **values)  # type: ignore[arg-type]


SERVED = OutcomeTerms(outcome="O", line="1", measure="people served", per_unit=2.0)
WAITING = OutcomeTerms(outcome="O", line="2", measure="person-days in", per_unit=-0.5)


def test_a_sum_adds_its_terms_with_what_each_counts() -> None:
    (made,) = compiled(outcome(discount=0.03, row_number=4, cells={"weight": "G"}), SERVED, WAITING).outcomes
    assert made.kind == "sum"
    assert Term("effective", "stage:Mexico", 2.0) in made.terms
    assert Term("presence", "people:queue", -0.5) in made.terms
    assert (made.discount, made.origin, made.tags["row"], made.parts) == (0.03, "Outcomes!G4", "O", ())


def test_two_lines_over_the_same_subject_add_up() -> None:
    again = OutcomeTerms(outcome="O", line="2", measure="people served", where="country: Mexico", per_unit=-2.0)
    (made,) = compiled(outcome(), SERVED, again).outcomes
    assert {t.subject for t in made.terms} == {"stage:Honduras", "stage:Guatemala"}


@pytest.mark.parametrize(("kind", "kernel"), [("worst-off", "worst_off"), ("gini", "gini")])
def test_fairness_has_a_part_for_each_country_in_need(kind: str, kernel: str) -> None:
    (made,) = compiled(outcome(kind=kind, across="origin", total=1.5), SERVED).outcomes
    assert (made.kind, made.total, made.terms, made.scale) == (kernel, 1.5, (), 1.0)
    assert [(part.label, part.need) for part in made.parts] == [("Guatemala", 300.0), ("Honduras", 100.0)]
    assert made.parts[1].terms == (Term("effective", "stage:Honduras", 2.0),)


def test_fairness_between_groups() -> None:
    (made,) = compiled(outcome(kind="worst-off", across="group"), SERVED).outcomes
    assert [(part.label, [t.subject for t in part.terms]) for part in made.parts] == [("children", ["stage:Mexico"])]


@pytest.mark.parametrize(("line", "scale"), [(SERVED, 1e3), (WAITING, 1e5)])
def test_values_stay_moderate(line: OutcomeTerms, scale: float) -> None:
    assert compiled(outcome(), line).outcomes[0].scale == scale


def test_levels_are_settled_in_order_and_less_is_minus() -> None:
    draft = compiled(
        outcome("cost", weight=2.0, priority=5, better="less"),
        outcome("lives", weight=1.0, priority=1, tolerance=0.01),
        outcome("rights", weight=4.0, priority=1),
        outcome("shown", weight=0.0, priority=3),
    )
    assert draft.priorities == [Priority((("lives", 1.0), ("rights", 4.0)), 0.01), Priority((("cost", -2.0),), 0.0)]
    assert [o.id for o in draft.outcomes] == ["cost", "lives", "rights", "shown"]


def test_without_any_weight_there_is_nothing_to_seek() -> None:
    assert compiled(outcome()).priorities == []
