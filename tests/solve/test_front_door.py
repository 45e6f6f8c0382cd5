"""`import planner` is the front door: each of its names loads when it is used, says what it takes, and its example runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import planner

ROOT = Path(__file__).parents[2]
FUNCTIONS = ("build", "explain", "front", "read", "solve", "validate", "verify")
ROOMS = ("explain", "futures", "results", "solve", "tradeoffs", "verify", "workbook")
"""Packages whose functions are public."""


def function_of(name: str) -> Callable[..., Any]:
    """A function of the front door, also where a room stands for it."""
    found = getattr(planner, name)
    return getattr(found, name) if inspect.ismodule(found) else found  # type: ignore[no-any-return]


def public_functions() -> dict[str, Callable[..., Any]]:
    """Every function that the packages of the front door offer, by its full name."""
    rooms = [importlib.import_module(f"planner.{room}") for room in ROOMS]
    offered = {f"{room.__name__}.{name}": getattr(room, name) for room in rooms for name in room.__all__}
    offered |= {f"planner.{name}": function_of(name) for name in FUNCTIONS}
    return {name: found for name, found in offered.items() if inspect.isfunction(found)}


PUBLIC = public_functions()
TYPES = (planner.Case, planner.Options, planner.Plan)


def test_the_front_door_offers_what_it_says() -> None:
    for name in planner.__all__:
        assert callable(getattr(planner, name)), name
        assert name in dir(planner)
        assert f"`{name}`" in (planner.__doc__ or "") or f":class:`{name}`" in (planner.__doc__ or ""), name
    assert set(planner.__all__) == {*FUNCTIONS, "Case", "Options", "Plan"}
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        planner.solv  # noqa: B018


def lacking(name: str, function: Callable[..., Any]) -> list[str]:
    """Parts of a docstring that are not there: arguments, what is returned, errors that it raises, an example."""
    text, signature = inspect.getdoc(function) or "", inspect.signature(function)
    said = text.partition("Args:")[2].partition("Returns:")[0]
    parts = [p for p in signature.parameters if p != "self" and f"{p}: " not in said]
    parts += ["Returns:"] if signature.return_annotation not in (None, "None") and "Returns:" not in text else []
    parts += ["Raises:"] if "raise " in inspect.getsource(function) and "Raises:" not in text else []
    return parts + ([] if ">>> " in text else ["Example:"])


@pytest.mark.parametrize("name", PUBLIC)
def test_the_docstring_of_every_public_function_is_whole(name: str) -> None:
    assert lacking(name, PUBLIC[name]) == []


def test_what_is_missing_is_seen() -> None:
    def half(case: object, gap: float) -> float:
        """Do.

        Args:
            case: A case.
        """
        raise ValueError

    assert lacking("half", half) == ["gap", "Returns:", "Raises:", "Example:"]
    assert len(PUBLIC) > 60


@pytest.fixture(scope="module")
def opened() -> dict[str, Any]:
    """What examples stand on: the starter on phases, its plan, and the plan opened for questions."""
    case, options = planner.read(ROOT / "inputs" / "starter.xlsx"), planner.Options(grid="phases")
    plan = planner.solve(case, options)
    return {"planner": planner, "case": case, "options": options, "plan": plan,
            "solved": planner.explain(case, plan, options)}  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_the_example_of_every_public_function_runs(
    name: str, opened: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    ran(inspect.getdoc(PUBLIC[name]) or "", name, **opened, folder=tmp_path)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_what_a_type_offers_is_told_and_shown(
    kind: type, opened: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    text = inspect.getdoc(kind) or ""
    for name, member in vars(kind).items():
        if (
            not name.startswith("_")
            and (callable(member) or hasattr(member, "__get__"))
            and not inspect.ismemberdescriptor(member)
        ):
            assert inspect.getdoc(member), name
            assert re.search(rf"\.{name}\b", text), f"{kind.__name__}.{name} stands in no example"
            if inspect.isfunction(member):
                assert set(lacking(name, member)) <= {"Example:"}, name
    ran(text, kind.__name__, **opened, folder=tmp_path)


def test_the_example_of_the_package_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran(planner.__doc__ or "", "planner")


def ran(text: str, name: str, **known: Any) -> None:
    """Run the example in a docstring, with what it may stand on."""
    test = doctest.DocTestParser().get_doctest(text, dict(known), name, name, 0)
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
