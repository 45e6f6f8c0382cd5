"""Advanced: raw kernel rows for whatever the other sheets do not foresee, and for textbook cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from planner.sheets.declare import (
    NO_LIMIT,
    REQUIRED,
    Row,
    choice,
    day,
    goes_on_at,
    key,
    last_actual,
    number,
    reference,
    references,
    share,
    text,
    yes,
)


@dataclass(frozen=True, kw_only=True)
class RawLedgers(Row):
    """A ledger. Its kernel id is `raw:<ledger>`; its tag `kind` is *raw*, its tag `row` its name.

    `loss_share` per `loss_days` falls on what a period opens with. `pays`: a money ledger (USD) that may pay every
    raw activity listed in `pays_for` (blank: all raw activities). Capacities are occupied, stocks used up.
    """

    SHEET: ClassVar[str] = "Raw ledgers"
    PURPOSE: ClassVar[str] = "Advanced: amounts with a balance over time."
    GROUP = "advanced"

    ledger: str = key("Ledger", help="Name")
    kind: str = choice("Kind", "stock", "capacity", help="Used up, or occupied and given back")
    unit: str = text("Unit", help="Unit", default="units", blank="units")
    opening: float = number("Opening", "units", default=0.0, blank="0", help="Amount on day one")
    inflow: float = number("Inflow", "units a day", default=0.0, blank="0", help="Steady inflow (stocks)")
    lower: float | None = number("Lower", "units", default=0.0, blank="0", help="Least balance at every period end")
    upper: float | None = number("Upper", "units", help="Largest balance at every period end", blank="not limited")
    lower_from: date | None = day(
        "Lower from", help="Day from which the lower limit holds (0 before)", blank="start of the plan"
    )
    upper_from: date | None = day(
        "Upper from", help="Day from which the upper limit holds (none before)", blank="start of the plan"
    )
    loss_share: float = share("Loss share", help="Natural loss per stated period", default=0.0, high=0.99)
    loss_days: float = number(
        "Loss period", "days", positive=True, low=0, default=365.0, blank="365", help="Length of the stated period"
    )
    loss_to: str = reference("Loss to", "Raw ledgers", help="Where the lost go", blank="nowhere")
    carry_on: date | None = day("Carry-over date", help="Day on which only a share is kept", blank="none")
    carry_share: float = share("Carry-over share", help="Share kept on that day", default=1.0, blank="1")
    disposable: bool = yes("Disposable", help="Whether some may be thrown away")
    use_ceiling: float = share("Use ceiling", help="Share of a capacity that can be used", default=1.0, blank="1")
    time_limit: float | None = number("Time limit", "days", low=0, help="First in, first out", blank=NO_LIMIT)
    limit_is: str = choice("Limit is", "target", "right", help="A right always holds")
    age_at_start: float = number(
        "Waited at start", "days", low=0, default=0.0, blank="0", help="Opening amount arrived over so many days"
    )
    pays: bool = yes("Pays", help="Whether it is an account")
    pays_for: tuple[str, ...] = references(
        "Pays for", "Raw activities", help="Which activities it may pay", blank="all raw activities"
    )
    match_ratio: float | None = number(
        "Match ratio",
        "USD per USD",
        low=0,
        blank="no match",
        help="At most this much per dollar of the match ledgers, on the same activities",
    )
    match_basis: tuple[str, ...] = references("Match ledgers", "Raw ledgers", help="Ledgers whose spending is matched")


@dataclass(frozen=True, kw_only=True)
class RawActivities(Row):
    """An activity, kernel id `raw:<activity>`; tag `kind` *raw*, tag `row` its name. Curves as on sheet Curves."""

    SHEET: ClassVar[str] = "Raw activities"
    PURPOSE: ClassVar[str] = "Advanced: things done at a rate."
    GROUP = "advanced"

    activity: str = key("Activity", help="Name")
    unit: str = text("Unit", help="Unit", default="units", blank="units")
    at_least: float | None = number("At least", "units a year", default=0.0, low=0, blank="0", help="Least pace")
    at_most: float | None = number("At most", "units a year", low=0, help="Largest pace", blank="not limited")
    at_most_in_all: float | None = number(
        "At most in all", "units", low=0, help="Most over the whole plan", blank="not limited"
    )
    starts: date | None = day("From", help="First day", blank="start of the plan")
    ends: date | None = day("Until", help="Last day", blank="end of the plan")
    unit_cost: float = number(
        "Unit cost", "USD a unit", low=0, default=0.0, blank="0", help="Paid by accounts that may"
    )
    whole_units: bool = yes("Whole units", help="Only whole numbers")
    timing: str = choice("Timing", "spread", "start", help="Spread over each period, or all as it begins")
    decided: str = choice("Decided", "period", "phase", "horizon", help="How often the pace may change")
    growth: float | None = number("Growth", "factor a year", low=1, help="Fastest growth", blank="not limited")
    growth_base: float = number(
        "Starting pace", "units a year", low=0, default=0.0, blank="0", help="As on sheet Programmes"
    )
    decline: float | None = share("Decline", help="Largest share cut in a year", default=None, blank="not limited")
    least_scale: float = number(
        "Least scale", "units a year", low=0, default=0.0, blank="0", help="Smallest pace that makes sense"
    )
    start_cost: float = number("Start-up cost", "USD", low=0, default=0.0, blank="0", help="Each time it starts")
    needs: tuple[str, ...] = references("Needs", "Reforms", help="Reforms that must be in force")
    last_actual: float | None = last_actual("units a year")
    goes_on_at: float | None = goes_on_at("units a year")


@dataclass(frozen=True, kw_only=True)
class RawRecipes(Row):
    """A recipe line: what one unit uses, makes, occupies or provides, `lag` days later, over `spread` days.

    For occupies and provides, `stays` is how long one unit holds its place; blank means the quantity is plain
    unit-days at the time of the work.
    """

    SHEET: ClassVar[str] = "Raw recipes"
    PURPOSE: ClassVar[str] = "Advanced: what an activity takes and gives."
    GROUP = "advanced"

    activity: str = key("Activity", refers=("Raw activities",), help="Which activity")
    verb: str = choice(
        "Verb", "use", "make", "occupy", "provide", help="What it does to the ledger", default=REQUIRED, key=True
    )
    ledger: str = key("Ledger", refers=("Raw ledgers",), help="Which ledger")
    line: str = key("Line", help="Tells several lines apart", blank="one line only")
    quantity: float = number("Quantity", "units a unit", help="How much for one unit", default=REQUIRED, blank="")
    lag: float = number("Lag", "days", low=0, default=0.0, blank="0", help="Days after the work")
    spread: float = number("Spread", "days", low=0, default=0.0, blank="0", help="Days over which it arrives")
    stays: float | None = number(
        "Stays", "days", positive=True, low=0, help="How long a place is held", blank="plain unit-days"
    )


@dataclass(frozen=True, kw_only=True)
class RawEffects(Row):
    """What a reform does to a raw ledger: release into a stock, raise its limit, provide capacity, or charge it.

    A charge falls on the day of the decision; the others `lag` days after it is in force, over `spread` days.
    """

    SHEET: ClassVar[str] = "Raw effects"
    PURPOSE: ClassVar[str] = "Advanced: what a reform does to a raw ledger."
    GROUP = "advanced"

    reform: str = key("Reform", refers=("Reforms",), help="Which reform")
    verb: str = choice(
        "Verb", "release", "raise", "provide", "charge", help="What it does to the ledger", default=REQUIRED, key=True
    )
    ledger: str = key("Ledger", refers=("Raw ledgers",), help="Which ledger")
    quantity: float = number("Quantity", "units", low=0, help="How much", default=REQUIRED, blank="")
    lag: float = number("Lag", "days", low=0, default=0.0, blank="0", help="Days after it is in force")
    spread: float = number("Spread", "days", low=0, default=0.0, blank="0", help="Days over which it arrives")
