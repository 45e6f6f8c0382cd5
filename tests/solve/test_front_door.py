"""`import planner` is the front door: each of its names loads when it is used, says what it takes, and its example runs."""

from __future__ import annotations

import doctest
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import planner

ROOT = Path(__file__).parents[2]
FUNCTIONS = ("build", "explain", "front", "read", "solve", "validate", "verify")


def function_of(name: str) -> Callable[..., Any]:
    """A function of the front door, also where a room stands for it."""
    found = getattr(planner, name)
    return getattr(found, name) if inspect.ismodule(found) else found  # type: ignore[no-any-return]


def test_the_front_door_offers_what_it_says() -> None:
    for name in planner.__all__:
        assert callable(getattr(planner, name)), name
        assert name in dir(planner)
        assert f"`{name}`" in (planner.__doc__ or "") or f":class:`{name}`" in (planner.__doc__ or ""), name
    assert set(planner.__all__) == {*FUNCTIONS, "Case", "Options", "Plan"}
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        planner.solv  # noqa: B018


@pytest.mark.parametrize("name", FUNCTIONS)
def test_its_docstring_is_whole_and_its_example_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    function = function_of(name)
    text = inspect.getdoc(function) or ""
    parts = ["Args:", "Returns:", "Example:"] + (["Raises:"] if name not in ("validate", "verify") else [])
    assert [part for part in parts if part not in text] == []
    said = text.partition("Args:")[2].partition("Returns:")[0]
    assert [p for p in inspect.signature(function).parameters if f"{p}: " not in said] == []
    ran(text, name)


def test_the_example_of_the_package_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran(planner.__doc__ or "", "planner")


def ran(text: str, name: str) -> None:
    """Run the example in a docstring."""
    test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    assert test.examples
    told: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(test, out=told.append)
    assert runner.failures == 0, "".join(told)


def test_nothing_slow_is_loaded_before_it_is_used() -> None:
    code = "import sys, planner; print(sorted({'pyomo', 'pandas', 'highspy', 'openpyxl'} & set(sys.modules)))"
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # a shuffled solver loads early
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=plain)
    assert done.stdout.strip() == "[]"


def test_a_room_is_called_like_its_function_however_it_was_loaded() -> None:
    code = (
        "import planner.solve, planner.verify, planner.explain, planner\n"
        "from planner.solve import solve\n"
        "print(planner.solve.solve is solve, callable(planner.solve), callable(planner.explain))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["True"] * 3
