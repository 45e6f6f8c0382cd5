"""From a network and a grid to a Pyomo model, in reading order."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from models import conditioning
from models.conditioning import Struck
from models.errors import ExtensionError, UnreadableModelError
from models.grid import Grid
from models.linear import LinearModel
from models.network import Network

Extend: TypeAlias = Callable[..., object]
"""A function that changes the Pyomo model that it is given, and returns nothing."""

if TYPE_CHECKING:
    import pyomo.core as pyo

    from models.activities import Activities
    from models.builder import Builder
    from models.extension import Extended
    from models.ledgers import Ledgers
    from models.outcomes import Outcomes
    from models.payments import Payments
    from models.rules import Measures, Rules
    from models.switches import Switches


@dataclass(frozen=True)
class Nouns:
    """A case's Pyomo model and the nouns that it was built from, in reading order."""

    builder: Builder
    model: pyo.ConcreteModel
    activities: Activities
    switches: Switches
    ledgers: Ledgers
    payments: Payments
    measures: Measures
    rules: Rules
    outcomes: Outcomes


@dataclass(frozen=True)
class Built(Nouns):
    """The same with what was read out of the model for a solver.

    `frame` has the columns and rows as the solver gets them: read from `model`, scaled, conditioned. `struck` is what
    conditioning took out because no plan can feel it, `extended` what somebody did to the model, if anybody did.
    """

    frame: LinearModel
    struck: Struck
    extended: Extended | None


def build(network: Network, grid: Grid, extend: Extend | None = None) -> Built:
    """Lay out decisions and constraint families of a case on a grid as a Pyomo model, and read it for a solver.

    `extend` may change the Pyomo model before it is read.

    Raises:
        ValueError: a switchable or start-cost activity has no largest pace.
        ExtensionError: what `extend` did cannot be used.
    """
    from models import reader  # noqa: PLC0415 - Pyomo is loaded where a model is built, not where one is read

    with uncollected():
        nouns = lay_down(network, grid)
        frame = reader.read(nouns.model, nouns.builder.laid, network, grid)
        extended = None
        if extend is not None:
            frame, extended = _extend(extend, nouns, frame)
        nouns.outcomes.objectives = frame.objectives
        struck = conditioning.condition(frame, frame.objectives)
    return Built(**vars(nouns), frame=frame, struck=struck, extended=extended)


def _extend(extend: Extend, nouns: Nouns, before: LinearModel) -> tuple[LinearModel, Extended]:
    """Let somebody change the model, and read it anew. Raises ExtensionError."""
    from models import reader  # noqa: PLC0415 - as in build
    from models.expressions import dress  # noqa: PLC0415 - as in build
    from models.extension import carry_out, compared  # noqa: PLC0415 - as in build

    model, laid, name = nouns.model, nouns.builder.laid, name_of_function(extend)
    dress(nouns, before)
    carry_out(name, extend, model, laid)
    try:
        with reader.quietly():
            reader.refuse_unreadable(model)
            after = reader.read(model, laid, before.network, before.grid)
    except UnreadableModelError as error:
        message = f"The extension {name} cannot be used. {error}"
        raise ExtensionError(message) from error
    return after, compared(name, before, after, laid)


def name_of_function(function: Any) -> str:
    """Name of an extension in sentences: the file that it came from, else its own."""
    return str(getattr(function, "extension_name", "") or getattr(function, "__name__", "") or type(function).__name__)


def handed_over(network: Network, grid: Grid) -> pyo.ConcreteModel:
    """The Pyomo model of a case for somebody to read, solve or change, with measures as named Expressions."""
    from models import reader  # noqa: PLC0415 - as in build
    from models.expressions import dress  # noqa: PLC0415 - as in build

    with uncollected():
        nouns = lay_down(network, grid)
        dress(nouns, reader.read(nouns.model, nouns.builder.laid, network, grid))
    return nouns.model


def lay_down(network: Network, grid: Grid) -> Nouns:
    """Every noun of a network on a grid: variables first, in the order of a solver's columns, then constraints."""
    from models.activities import Activities  # noqa: PLC0415 - as in build
    from models.builder import Builder  # noqa: PLC0415 - as in build
    from models.ledgers import Ledgers  # noqa: PLC0415 - as in build
    from models.milestones import Milestones  # noqa: PLC0415 - as in build
    from models.outcomes import Outcomes  # noqa: PLC0415 - as in build
    from models.payments import Payments  # noqa: PLC0415 - as in build
    from models.rules import Measures, Rules  # noqa: PLC0415 - as in build
    from models.switches import Switches  # noqa: PLC0415 - as in build

    builder = Builder(network, grid)
    activities = Activities(builder)
    switches = Switches(builder)
    ledgers = Ledgers(builder, activities, switches)
    activities.lay_curves_and_runs()
    payments = Payments(builder, activities, switches, ledgers)
    payments.lay_steps()
    ledgers.queues.lay()
    measures = Measures(builder, activities, switches, ledgers, payments)
    rules = Rules(builder, measures)
    outcomes = Outcomes(builder, measures, rules)
    model = builder.model()
    activities.constrain(model)
    switches.constrain(model, activities)
    ledgers.constrain(model, payments.paid())
    payments.constrain(model)
    Milestones(builder, switches, ledgers).constrain(model)
    rules.constrain(model)
    outcomes.constrain(model)
    return Nouns(builder, model, activities, switches, ledgers, payments, measures, rules, outcomes)


@contextmanager
def uncollected() -> Iterator[None]:
    """While it lasts Python does not look for garbage: a model in the making has none, and is large to look through."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
