"""From a case to the kernel's network: each sheet's rows become a few kernel rows that keep their cell's address."""

from __future__ import annotations

from models.network import Network
from planner.case import Case
from planner.compile.continuing import compile_continuing
from planner.compile.draft import Draft
from planner.compile.funding import compile_accounts, compile_payments
from planner.compile.outcomes import compile_outcomes
from planner.compile.overrides import compile_overrides, compile_previous
from planner.compile.people import compile_people
from planner.compile.pipelines import compile_pipelines
from planner.compile.programmes import compile_indicators, compile_needs, compile_programmes
from planner.compile.raw import compile_raw
from planner.compile.reforms import compile_effects, compile_milestones, compile_reforms
from planner.compile.rules import compile_coalition, compile_rules
from planner.compile.sites import compile_sites
from planner.compile.slots import compile_slots
from planner.compile.staff import compile_deployments, compile_staff
from planner.compile.visas import compile_visas

STEPS = (
    compile_people,
    compile_staff,
    compile_sites,
    compile_slots,
    compile_indicators,
    compile_reforms,
    compile_pipelines,
    compile_programmes,
    compile_visas,
    compile_effects,
    compile_milestones,
    compile_deployments,
    compile_needs,
    compile_raw,
    compile_accounts,
    compile_payments,
    compile_rules,
    compile_coalition,
    compile_outcomes,
    compile_overrides,
    compile_previous,
    compile_continuing,
)
"""In this order: what is selected or changed must be there before; accounts and rules look at everything else."""


def draft_case(case: Case) -> Draft:
    """Compile a checked case into a draft, in which bills and tags can still be looked up."""
    draft = Draft(case)
    for step in STEPS:
        step(draft)
    return draft


def compile_case(case: Case) -> Network:
    """Compile a checked case into the kernel's network.

    Raises KeyError or ValueError where the case names what does not exist: `planner.checks` finds such faults first.
    """
    return draft_case(case).freeze()
