"""What no plan can feel is struck, with certainty; nothing else is touched."""

from __future__ import annotations

import math
from datetime import date

import pytest

from models.builder import Builder
from models.conditioning import SEEN, WIDE, Struck, condition, scale_of
from models.grid import even_grid
from models.linear import Form, LinearModel
from models.network import Network
from models.reader import read
from tests.models.kernel import phases


def empty() -> Builder:
    return Builder(Network(), even_grid(date(2025, 1, 1), phases(10.0), 10.0))


def as_read(builder: Builder, objective: Form) -> LinearModel:
    """The Pyomo model of what was laid down, as it is read before it is conditioned."""
    return read(builder.model([objective]), builder.laid, builder.network, builder.grid)


def conditioned(builder: Builder, objective: Form) -> tuple[LinearModel, Struck]:
    """The model as a solver gets it, and what was struck."""
    model = as_read(builder, objective)
    return model, condition(model, model.objectives)


def test_a_tiny_coefficient_has_no_say_in_the_scale_of_a_row() -> None:
    assert scale_of([1e3, 1e3]) == 1e3
    assert scale_of([1e3, 1e3, 7.3e-13]) == 1e3
    assert scale_of([]) == 1.0


def test_ordinary_rows_are_left_alone() -> None:
    builder = empty()
    x, y = builder.variable("x", ("a",), upper=1e6, scale=1e3), builder.variable("y", ("b",), upper=1.0, whole=True)
    builder.constraint("link", ("a",), x.times(1.0).add(y, -5e4), upper=0.0)
    frame = as_read(builder, x)
    before = list(frame.rows), list(frame.columns)
    assert condition(frame, frame.objectives).total == 0
    assert (frame.rows, frame.columns) == before


def test_noise_on_a_bounded_column_is_struck_and_the_scale_stays() -> None:
    builder = empty()
    x, y = builder.variable("x", ("a",), upper=100.0, scale=1e3), builder.variable("y", ("b",), upper=1.0, whole=True)
    builder.constraint("bill", ("a",), x.times(1.0).add(y, -7.3e-9), 0.0, 0.0)
    frame, struck = conditioned(builder, x)
    assert frame.rows[0].form.terms == {0: 1e3}
    assert frame.rows[0].scale == 1e3
    assert struck.coefficients == {"bill": 1}


def test_a_small_coefficient_that_can_matter_is_kept_and_seen() -> None:
    """A column without a limit may make up for its small coefficient, so the row is told apart more finely."""
    builder = empty()
    x, y = builder.variable("x", ("a",), upper=100.0, scale=1e3), builder.variable("y", ("b",))
    builder.constraint("bill", ("a",), x.times(1.0).add(y, -1e-8), 0.0, 0.0)
    frame, _ = conditioned(builder, x)
    row = frame.rows[0]
    assert set(row.form.terms) == {0, 1}
    assert min(abs(v) for v in row.form.terms.values()) / row.scale >= SEEN


def test_what_no_account_can_pay_never_starts() -> None:
    """A start-up cost of 1e15 against 1e8 of money: the decision is nought, and so is what hangs on it."""
    builder = empty()
    runs = builder.variable("runs", ("p",), upper=1.0, whole=True, origin="Programmes!A5")
    starts = builder.variable("starts", ("p",), upper=1.0, origin="Programmes!A5")
    pays = builder.variable("payment", ("a", "p"), scale=1e6)
    builder.constraint("start", ("p",), starts.times(1.0).add(runs, -1.0), 0.0)
    builder.constraint("start_runs", ("p",), starts.times(1.0).add(runs, -1.0), upper=0.0)
    builder.constraint("bill", ("p",), pays.times(1.0).add(starts, -1e15), 0.0, 0.0)
    builder.constraint("balance", ("a",), pays.times(1.0), upper=1e8)
    frame, struck = conditioned(builder, runs)
    assert struck.impossible == {"starts(p)": "Programmes!A5"}
    assert frame.columns[1].upper == 0.0
    assert frame.rows[2].form.terms == {2: 1e6}
    assert frame.rows[2].scale == 1e6


def test_a_big_m_shrinks_to_what_its_row_can_use() -> None:
    builder = empty()
    level = builder.variable("level", ("p",), upper=5e3, scale=1e3)
    runs = builder.variable("runs", ("p",), upper=1.0, whole=True)
    builder.constraint("at_most_if_running", ("p",), level.times(1.0).add(runs, -1e12), upper=0.0)
    frame, struck = conditioned(builder, level)
    assert frame.rows[0].form.terms[1] == pytest.approx(-5e3)
    assert struck.shrunk == {"at_most_if_running": 1}


def test_a_limit_that_nothing_reaches_draws_near() -> None:
    builder = empty()
    level = builder.variable("level", ("p",), upper=60.0, scale=1.0)
    free = builder.variable("level", ("q",), upper=1e12, scale=1.0)
    builder.constraint("occupancy", ("s",), level.times(1.0).add(free), upper=1e15)
    builder.constraint("use", ("s",), free.times(1.0), upper=20.0)
    frame, _ = conditioned(builder, level)
    assert frame.columns[1].upper == pytest.approx(40.0)
    assert frame.rows[0].upper == pytest.approx(160.0)
    assert frame.rows[1].upper == 20.0


def test_a_row_does_not_lose_what_it_alone_holds() -> None:
    """The bound by which a coefficient is struck may come from its own row: then the column keeps it."""
    builder = empty()
    taken = builder.variable("taken", ("e",), upper=1.0, whole=True)
    arrive = builder.variable("level", ("arrive",), scale=1e3)
    builder.constraint("balance", ("pulse",), arrive.times(1.0).add(taken, -1e12), 0.0, 0.0)
    builder.constraint("room", ("place",), arrive.times(1.0), upper=500.0)
    frame, _ = conditioned(builder, arrive)
    assert frame.columns[0].upper == 0.0
    assert frame.rows[0].form.terms == {1: 1e3} or frame.columns[1].upper == 0.0


def test_what_is_too_little_to_be_felt_is_no_limit_for_the_rest_of_its_row() -> None:
    """A reform whose effect needs a billion years may still be taken: nobody comes because of it, that is all."""
    builder = empty()
    taken = builder.variable("taken", ("e",), upper=1.0, whole=True)
    arrive, soften = (builder.variable("level", (name,), scale=1e3) for name in ("arrive", "soften"))
    builder.constraint("balance", ("pulse",), arrive.times(1.0).add(soften).add(taken, -7.65e-8), 0.0, 0.0)
    builder.constraint("room", ("place",), arrive.times(1.0).add(soften), upper=500.0)
    frame, struck = conditioned(builder, taken)
    assert set(struck.unfelt) == {"level(arrive)", "level(soften)"}
    assert frame.columns[0].upper == 1.0
    assert 0 not in frame.rows[0].form.terms
    assert struck.never == ()


def test_a_stock_that_is_always_empty_is_no_decision_that_can_never_be_taken() -> None:
    builder = empty()
    held = builder.variable("balance", ("pulse",), upper=0.0, scale=1e3, origin="Effects!H5")
    taken = builder.variable("taken", ("e",), upper=1.0, whole=True, origin="Effects!H5")
    builder.constraint("balance", ("pulse",), held.times(1.0).add(taken, -7.65e-8), upper=0.0)
    _, struck = conditioned(builder, taken)
    assert struck.impossible == {}
    assert struck.never == ()


def test_contradictions_are_left_to_the_solver() -> None:
    builder = empty()
    x, y = builder.variable("x", ("a",), upper=1.0), builder.variable("y", ("b",), upper=1e12)
    builder.constraint("floor", ("a",), x.times(1.0), lower=2.0)
    builder.constraint("wide", ("b",), x.times(1.0).add(y, 1e-9 / WIDE), upper=5.0)
    frame, _ = conditioned(builder, x)
    assert frame.rows[0].lower == 2.0
    assert not math.isinf(frame.columns[0].upper)


def test_nothing_is_struck_from_a_form_that_others_read() -> None:
    builder = empty()
    x, y = builder.variable("x", ("a",), upper=1.0), builder.variable("y", ("b",), upper=1.0)
    form = Form().add(x, 1e3).add(y, 1e-12)
    builder.constraint("r", ("a",), form, upper=5.0)
    conditioned(builder, x)
    assert set(form.terms) == {0, 1}
