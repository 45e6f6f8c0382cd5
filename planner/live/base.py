"""What all sessions share of one case: arrays and index maps, fitted once. No Pyomo object is kept."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.matrix import Integers
from planner.explain.soft_limits import soft_limits
from planner.live.case_factory import CaseFactory, CaseSpec
from planner.live.dials import Dial, complete
from planner.live.fit import LinearResponse, ResponseFitter
from planner.live.layout import ArrayLayout, Flat, Subject
from planner.live.readings import Label, Line, kinds_of, labels_of
from planner.live.shortages import ElasticModel, elastic_model_of
from planner.live.transfer import transfer
from planner.solve import Model
from planner.solver.carrying import IntegerColumn, integer_columns
from planner.solver.tie_breaking import TieRule
from planner.wording.figures import typed


class LiveUnavailableError(ValueError):
    """This case cannot be answered while a lever moves; the message says why and what to do instead."""


@dataclass(frozen=True)
class ModelStructure:
    """Everything about one shape of a model that does not move with a dial."""

    layout: ArrayLayout
    integer: Integers
    decided: tuple[IntegerColumn, ...]
    ties: TieRule
    labels: Mapping[Line, Label]
    kinds: Mapping[str, str]
    weights: Mapping[str, float]
    elastic: ElasticModel

    @classmethod
    def of(cls, subject: Subject, layout: ArrayLayout, spec: CaseSpec) -> ModelStructure:
        """Take from a built model what outlasts it. Raises LiveUnavailableError for several priority levels."""
        built, case = subject.built, subject.case
        if len(built.frame.network.priorities) > 1:
            message = (
                "This workbook settles its outcomes in several priorities, one after the other, so an answer needs a "
                "whole search. Press Solve."
            )
            raise LiveUnavailableError(message)
        model = Model(case, built, subject.matrix)
        home = layout.flat_of(subject)
        assert home is not None
        weights = {name: points for level in built.frame.network.priorities for name, points in level.weights}
        return cls(
            layout=layout,
            integer=np.flatnonzero(subject.matrix.integer).astype(np.int32),
            decided=integer_columns(built, subject.matrix),
            ties=TieRule.of(built, subject.matrix),
            labels=labels_of(built, case),
            kinds=kinds_of(built),
            weights=weights,
            elastic=elastic_model_of(layout, layout.numbers(home), soft_limits(model, spec.options)),
        )


@dataclass(frozen=True)
class LiveBase:
    """The numbers of a case at current policy, what each dial does to them, and how to make the case of settings."""

    spec: CaseSpec
    structure: ModelStructure
    response: LinearResponse
    builds: int

    @property
    def dials(self) -> tuple[Dial, ...]:
        """The dials, in order."""
        return self.spec.dials

    def numbers(self, settings: Mapping[str, float]) -> Flat | None:
        """All numbers at settings of every dial; None where they have to be compiled."""
        return self.response.at(settings)

    def reasons(self) -> tuple[str, ...]:
        """What has to be compiled when it is asked for, in words; nothing where every dial moves in straight lines."""
        bent = [key for key, effect in self.response.effects.items() if not effect.sure]
        said = [f"dial '{key}' does not move the model in straight lines" for key in bent]
        said += [f"dials '{a}' and '{b}' do not simply add up" for a, b in sorted(self.response.entangled)]
        short = [
            f"dial '{key}' can be moved from {typed(e.below.end)} to {typed(e.above.end)} only: beyond, the workbook "
            "is refused"
            for key, e in self.response.effects.items()
            if (e.below.end, e.above.end) != next((d.low, d.high) for d in self.dials if d.key == key)
        ]
        return (*said, *short)

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Settings of each dial that the workbook takes, all others at current policy."""
        return {key: (effect.below.end, effect.above.end) for key, effect in self.response.effects.items()}


def build_base(spec: CaseSpec, like: LiveBase | None = None) -> LiveBase:
    """Learn a case and its dials: a few dozen compilations, then arrays only.

    A base of nearly the same case (`like`: another scenario, a few changed cells) shortens that to a handful where what
    was fitted there holds here too, which is tried.

    Raises:
        InvalidCaseError: the workbook has errors.
        LiveUnavailableError: the case cannot be answered this way.
    """
    factory = CaseFactory(spec)
    known = None
    if like is not None:
        known = transfer(like.response, like.structure.layout, complete(spec.dials, {}), factory)
    if known is not None:
        subject, layout, response, builds = known
        structure = ModelStructure.of(subject, layout, spec)
    else:
        fitter = ResponseFitter(spec.dials, factory)
        structure = ModelStructure.of(fitter.subject, fitter.layout, spec)
        response, builds = fitter.learn(), fitter.builds
        del fitter
    base = LiveBase(spec, structure, response, builds)
    del factory, known
    settle_memory()
    return base


def settle_memory() -> None:
    """Collect what a build left behind, then keep what stays out of every later collection."""
    gc.collect()
    gc.freeze()
