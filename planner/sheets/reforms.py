"""Reforms, Effects and Milestones: yes-or-no decisions, what they change, what they wait for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from planner.sheets.declare import (
    REQUIRED,
    Row,
    choice,
    day,
    key,
    line_of_action,
    number,
    reference,
    references,
    text,
    yes,
)


@dataclass(frozen=True, kw_only=True)
class Reforms(Row):
    """A decision that is taken once or not at all.

    Kernel: switch `reform:<reform>`, in force `lead` days after it is taken. It charges political capital on the day
    that it is taken, costs `cost` then and `running_cost` a day in force. Reforms in `needs` must be in force, `wait`
    further days, when it is taken. Of it and those in `excludes` at most one is taken. Rows elsewhere that name it in
    their own Needs are possible only while it is in force.
    """

    SHEET: ClassVar[str] = "Reforms"
    PURPOSE: ClassVar[str] = "Decisions that open doors: when they can be taken, what they cost, what they need."
    GROUP = "basic"

    reform: str = key("Reform", help="Name of the decision")
    label: str = text("Label", help="What it does, in a sentence")
    lane: str = line_of_action()
    place: str = reference("Place", "Places", help="Country that it changes", blank="the whole region")
    decider: str = text("Decider", help="Who decides", blank="not stated")
    opens_from: date | None = day("From", help="First day on which it can be taken", blank="start of the plan")
    opens_until: date | None = day("Until", help="Last day on which it can be taken", blank="end of the plan")
    dates: str = choice("Dates", "phase", "period", help="Taken only as a phase begins, or as any period begins")
    lead: float = number(
        "Lead time", "days", low=0, default=0.0, blank="0", help="From the decision until it is in force"
    )
    political_capital: float = number(
        "Political capital", "points", low=0, default=0.0, blank="0", help="Charged when taken"
    )
    cost: float = number("Cost", "USD million", low=0, default=0.0, blank="0", help="Once, when taken")
    running_cost: float = number("Running cost", "USD a day", low=0, default=0.0, blank="0", help="While in force")
    purpose: str = text("Purpose", help="Purpose under which accounts pay it", blank="none: it costs nothing")
    actor: str = text("Actor", help="Who carries it out", default="government", blank="government")
    needs: tuple[str, ...] = references(
        "Needs", "Reforms", "Sites", help="Reforms in force, or sites open, before it can be taken"
    )
    wait: float = number(
        "Wait", "days", low=0, default=0.0, blank="0", help="Further days after what it needs is in force"
    )
    excludes: tuple[str, ...] = references("Excludes", "Reforms", help="Reforms that cannot be taken as well")
    must: bool = yes("Must happen", help="Whether it has to be taken inside its window")
    in_force: bool = yes("In force at start", help="Whether it already holds on day one")


@dataclass(frozen=True, kw_only=True)
class Effects(Row):
    """What a reform changes once in force, besides opening the rows that need it.

    *releases* puts `amount` (USD million for an account, else the target's unit) into an account, quota, caseload,
    indicator or the political capital, once, after `lag` days evenly over `spread`. *pulse* is the same for arrivals of
    people, but softened: of those who would come, as many stay orderly as `softening` times the volume of the stages
    named in `softened_by` in the same period; they never enter the books as arrivals. *adds capacity* gives a staff row
    or site more, for as long as the reform is in force, `lag` days later, building up over `spread` days. *raises
    limit* lifts the At most of a caseload. *requires* makes a stage, programme or visa stream run at `amount` a year
    or more.
    """

    SHEET: ClassVar[str] = "Effects"
    PURPOSE: ClassVar[str] = "What reforms release, add, require or set in motion."

    reform: str = key("Reform", refers=("Reforms",), help="Which reform")
    effect: str = choice(
        "Effect",
        "releases",
        "pulse",
        "adds capacity",
        "raises limit",
        "requires",
        help="What it does",
        default=REQUIRED,
    )
    target: str = key(
        "On",
        refers=(
            "Funding",
            "Quotas",
            "People",
            "Indicators",
            "Staff",
            "Sites",
            "Pipelines",
            "Programmes",
            "Visas",
            "Settings",
        ),
        help="Row that it acts on; 'political capital' for that",
    )
    amount: float = number(
        "Amount", "unit of the target (accounts: USD million)", low=0, help="How much", default=REQUIRED, blank=""
    )
    lag: float = number("Lag", "days", low=0, default=0.0, blank="0", help="Days after it is in force")
    spread: float = number("Spread", "days", low=0, default=0.0, blank="0", help="Days over which it arrives")
    softened_by: tuple[str, ...] = references(
        "Softened by", "Pipelines", help="Stages whose orderly work draws people from the pulse"
    )
    softening: float = number(
        "Softening", "people per case", low=0, default=0.0, blank="0", help="People kept orderly by each case"
    )


@dataclass(frozen=True, kw_only=True)
class Milestones(Row):
    """A reform that must wait until an indicator or caseload has reached a level (by the end of the period before).

    A third party's decision is a reform with a milestone on an effort indicator; a tranche is a reform with a
    milestone and an effect that releases money.
    """

    SHEET: ClassVar[str] = "Milestones"
    PURPOSE: ClassVar[str] = "Levels to reach before a decision, an adoption or a tranche."

    reform: str = key("Reform", refers=("Reforms",), help="Which reform waits")
    watches: str = key("Watches", refers=("Indicators", "People"), help="What is measured")
    at_least: float = number("At least", "points or people", low=0, help="Level to reach", default=REQUIRED, blank="")
