"""What no plan can feel is struck, with certainty; nothing else is touched."""

from __future__ import annotations

import math
from datetime import date
from functools import partial
from typing import Any

import pyomo.environ as pyo
import pytest

from models.builder import Builder
from models.conditioning import SEEN, WIDE, Struck, condition, scale_of
from models.grid import even_grid
from models.linear import Form, Limits, LinearModel
from models.network import Network
from models.reader import read
from tests.models.kernel import phases


class Sketch:
    """A few variables and constraints, as a case's nouns lay them down."""

    def __init__(self) -> None:
        self.builder = Builder(Network(), even_grid(date(2025, 1, 1), phases(10.0), 10.0))
        self.limits: dict[str, dict[tuple[str, ...], Limits]] = {}

    def variable(self, name: str, key: tuple[str, ...], upper: float = math.inf, **more: Any) -> Form:
        found = {family.family: family for family in self.builder.families}
        index = ", ".join("part" for _ in key)
        family = found.get(name) or self.builder.variables(f"{name}_variable", f"{name}_keys", index, "", family=name)
        return family.add(key, 0.0, upper, **more)

    def constraint(
        self, name: str, key: tuple[str, ...], form: Form, lower: float = -math.inf, upper: float = math.inf
    ) -> None:
        self.limits.setdefault(name, {})[key] = Limits(form, lower, upper)

    def model(self, objective: Form) -> pyo.ConcreteModel:
        model = self.builder.model()
        for name, rows in self.limits.items():
            rule = partial(lambda _, *key, rows: self.builder.relation(rows[key]), rows=rows)
            model.add_component(name, pyo.Constraint(list(rows), rule=rule))
            self.builder.rows(model.component(name), cell=lambda *_: "")
        self.builder.objective(model, objective)
        return model


def empty() -> Sketch:
    return Sketch()


def as_read(sketch: Sketch, objective: Form) -> LinearModel:
    """The Pyomo model of what was laid down, as it is read before it is conditioned."""
    builder = sketch.builder
    return read(sketch.model(objective), builder.laid, builder.network, builder.grid)


def conditioned(sketch: Sketch, objective: Form) -> tuple[LinearModel, Struck]:
    """The model as a solver gets it, and what was struck."""
    model = as_read(sketch, objective)
    return model, condition(model, model.objectives)


def test_a_tiny_coefficient_has_no_say_in_the_scale_of_a_row() -> None:
    assert scale_of([1e3, 1e3]) == 1e3
    assert scale_of([1e3, 1e3, 7.3e-13]) == 1e3
    assert scale_of([]) == 1.0


def test_ordinary_rows_are_left_alone() -> None:
    sketch = empty()
    x, y = sketch.variable("x", ("a",), upper=1e6, scale=1e3), sketch.variable("y", ("b",), upper=1.0, integer=True)
    sketch.constraint("link", ("a",), x.times(1.0).add(y, -5e4), upper=0.0)
    frame = as_read(sketch, x)
    before = list(frame.rows), list(frame.columns)
    assert condition(frame, frame.objectives).total == 0
    assert (frame.rows, frame.columns) == before


def test_noise_on_a_bounded_column_is_struck_and_the_scale_stays() -> None:
    sketch = empty()
    x, y = sketch.variable("x", ("a",), upper=100.0, scale=1e3), sketch.variable("y", ("b",), upper=1.0, integer=True)
    sketch.constraint("bill", ("a",), x.times(1.0).add(y, -7.3e-9), 0.0, 0.0)
    frame, struck = conditioned(sketch, x)
    assert frame.rows[0].form.terms == {0: 1e3}
    assert frame.rows[0].scale == 1e3
    assert struck.coefficients == {"bill": 1}


def test_a_small_coefficient_that_can_matter_is_kept_and_seen() -> None:
    """A column without a limit may make up for its small coefficient, so the row is told apart more finely."""
    sketch = empty()
    x, y = sketch.variable("x", ("a",), upper=100.0, scale=1e3), sketch.variable("y", ("b",))
    sketch.constraint("bill", ("a",), x.times(1.0).add(y, -1e-8), 0.0, 0.0)
    frame, _ = conditioned(sketch, x)
    row = frame.rows[0]
    assert set(row.form.terms) == {0, 1}
    assert min(abs(v) for v in row.form.terms.values()) / row.scale >= SEEN


def test_what_no_account_can_pay_never_starts() -> None:
    """A start-up cost of 1e15 against 1e8 of money: the decision is nought, and so is what hangs on it."""
    sketch = empty()
    runs = sketch.variable("runs", ("p",), upper=1.0, integer=True, origin="Programmes!A5")
    starts = sketch.variable("starts", ("p",), upper=1.0, origin="Programmes!A5")
    pays = sketch.variable("payment", ("a", "p"), scale=1e6)
    sketch.constraint("start", ("p",), starts.times(1.0).add(runs, -1.0), 0.0)
    sketch.constraint("start_runs", ("p",), starts.times(1.0).add(runs, -1.0), upper=0.0)
    sketch.constraint("bill", ("p",), pays.times(1.0).add(starts, -1e15), 0.0, 0.0)
    sketch.constraint("balance", ("a",), pays.times(1.0), upper=1e8)
    frame, struck = conditioned(sketch, runs)
    assert struck.impossible == {"starts(p)": "Programmes!A5"}
    assert frame.columns[1].upper == 0.0
    assert frame.rows[2].form.terms == {2: 1e6}
    assert frame.rows[2].scale == 1e6


def test_a_big_m_shrinks_to_what_its_row_can_use() -> None:
    sketch = empty()
    level = sketch.variable("level", ("p",), upper=5e3, scale=1e3)
    runs = sketch.variable("runs", ("p",), upper=1.0, integer=True)
    sketch.constraint("at_most_if_running", ("p",), level.times(1.0).add(runs, -1e12), upper=0.0)
    frame, struck = conditioned(sketch, level)
    assert frame.rows[0].form.terms[1] == pytest.approx(-5e3)
    assert struck.shrunk == {"at_most_if_running": 1}


def test_a_limit_that_nothing_reaches_draws_near() -> None:
    sketch = empty()
    level = sketch.variable("level", ("p",), upper=60.0, scale=1.0)
    free = sketch.variable("level", ("q",), upper=1e12, scale=1.0)
    sketch.constraint("occupancy", ("s",), level.times(1.0).add(free), upper=1e15)
    sketch.constraint("use", ("s",), free.times(1.0), upper=20.0)
    frame, _ = conditioned(sketch, level)
    assert frame.columns[1].upper == pytest.approx(40.0)
    assert frame.rows[0].upper == pytest.approx(160.0)
    assert frame.rows[1].upper == 20.0


def test_a_row_does_not_lose_what_it_alone_holds() -> None:
    """The bound by which a coefficient is struck may come from its own row: then the column keeps it."""
    sketch = empty()
    taken = sketch.variable("taken", ("e",), upper=1.0, integer=True)
    arrive = sketch.variable("level", ("arrive",), scale=1e3)
    sketch.constraint("balance", ("pulse",), arrive.times(1.0).add(taken, -1e12), 0.0, 0.0)
    sketch.constraint("room", ("place",), arrive.times(1.0), upper=500.0)
    frame, _ = conditioned(sketch, arrive)
    assert frame.columns[0].upper == 0.0
    assert frame.rows[0].form.terms == {1: 1e3} or frame.columns[1].upper == 0.0


def test_what_is_too_little_to_be_felt_is_no_limit_for_the_rest_of_its_row() -> None:
    """A reform whose effect needs a billion years may still be taken: nobody comes because of it, that is all."""
    sketch = empty()
    taken = sketch.variable("taken", ("e",), upper=1.0, integer=True)
    arrive, soften = (sketch.variable("level", (name,), scale=1e3) for name in ("arrive", "soften"))
    sketch.constraint("balance", ("pulse",), arrive.times(1.0).add(soften).add(taken, -7.65e-8), 0.0, 0.0)
    sketch.constraint("room", ("place",), arrive.times(1.0).add(soften), upper=500.0)
    frame, struck = conditioned(sketch, taken)
    assert set(struck.unfelt) == {"level(arrive)", "level(soften)"}
    assert frame.columns[0].upper == 1.0
    assert 0 not in frame.rows[0].form.terms
    assert struck.never == ()


def test_a_stock_that_is_always_empty_is_no_decision_that_can_never_be_taken() -> None:
    sketch = empty()
    held = sketch.variable("balance", ("pulse",), upper=0.0, scale=1e3, origin="Effects!H5")
    taken = sketch.variable("taken", ("e",), upper=1.0, integer=True, origin="Effects!H5")
    sketch.constraint("balance", ("pulse",), held.times(1.0).add(taken, -7.65e-8), upper=0.0)
    _, struck = conditioned(sketch, taken)
    assert struck.impossible == {}
    assert struck.never == ()


def test_contradictions_are_left_to_the_solver() -> None:
    sketch = empty()
    x, y = sketch.variable("x", ("a",), upper=1.0), sketch.variable("y", ("b",), upper=1e12)
    sketch.constraint("floor", ("a",), x.times(1.0), lower=2.0)
    sketch.constraint("wide", ("b",), x.times(1.0).add(y, 1e-9 / WIDE), upper=5.0)
    frame, _ = conditioned(sketch, x)
    assert frame.rows[0].lower == 2.0
    assert not math.isinf(frame.columns[0].upper)


def test_nothing_is_struck_from_a_form_that_others_read() -> None:
    sketch = empty()
    x, y = sketch.variable("x", ("a",), upper=1.0), sketch.variable("y", ("b",), upper=1.0)
    form = Form().add(x, 1e3).add(y, 1e-12)
    sketch.constraint("r", ("a",), form, upper=5.0)
    conditioned(sketch, x)
    assert set(form.terms) == {0, 1}
