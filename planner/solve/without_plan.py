"""What a plan is compared with, as column values of a model: what goes on without it, else doing nothing."""

from __future__ import annotations

from dataclasses import dataclass

from models.build import Built
from models.matrix import Floats
from planner.case.continuing import anything_goes_on
from planner.options import Options
from planner.solve import Model, undecided
from planner.solve.baseline import nothing_values
from planner.solve.continuation import continuing_values

CONTINUATION = "continuation"


@dataclass(frozen=True)
class Without:
    """Columns of what a plan is compared with, the model that they belong to, and its name in sentences."""

    word: str
    built: Built
    values: Floats | None

    @property
    def floors(self) -> bool:
        """Whether what must be done at least is done: not in what goes on, where it binds nobody."""
        return self.word != CONTINUATION


def continuing(model: Model, options: Options) -> Without | None:
    """What goes on without the plan; None where nothing does, or no such state was found."""
    if not anything_goes_on(model.case):
        return None
    plain = undecided(model, options)
    kept = continuing_values(plain.built, plain.matrix, options)
    return None if kept is None else Without(CONTINUATION, plain.built, kept.values)


def compared_with(model: Model, options: Options) -> Without:
    """What differences are taken against."""
    nothing = "doing nothing"
    return continuing(model, options) or Without(
        nothing, model.built, nothing_values(model.built, model.matrix, options)
    )
