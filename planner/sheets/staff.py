"""Staff, Deployments and Teams: who can do the work, where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from planner.sheets.declare import REQUIRED, Row, goes_on_at, key, last_actual, number, reference, share, text, yes


@dataclass(frozen=True, kw_only=True)
class Staff(Row):
    r"""A cadre at a station.

    Kernel: a capacity `staff:<id>` in FTE-days that starts at `on_board`, shrinks at the attrition rate
    :math:`\alpha = -\ln(1 - attrition)` per year, and of which `working_share` can be used; an activity `hire:<id>`
    (hires) that provides it along :func:`models.profiles.lasting` (lag = hiring + training days, then the ramp, loss
    :math:`\alpha`); a stock `headcount:<id>` that starts at `on_board`, loses :math:`\alpha`, gains hires after the
    hiring lag alone, is at most `ceiling`, and costs salary / 365 a head and day (bill `headcount:<id>`), so that
    trainees cost before they produce. A hire costs `hiring_cost` and takes `trainer_days` of the cadre at the station
    as it starts work. Effective staff on day d: on board survivors plus ramped survivors of hires.
    """

    SHEET: ClassVar[str] = "Staff"
    PURPOSE: ClassVar[str] = "Officers, judges, interpreters and other cadres by duty station."
    GROUP = "basic"

    cadre: str = key("Cadre", help="Profession, as 'asylum officer'")
    station: str = key("Duty station", refers=("Places",), help="Where they belong", was="Station")
    purpose: str = text("Purpose", help="Purpose under which accounts pay it", default=REQUIRED)
    actor: str = text("Actor", help="Who employs it", default="government", blank="government")
    on_board: float = number(
        "In post", "FTE", low=0, help="People on day one", default=REQUIRED, blank="", was="On board"
    )
    ceiling: float | None = number(
        "Authorised posts", "FTE", low=0, help="Most that can be in post", blank="not limited", was="Ceiling"
    )
    hiring_limit: float | None = number(
        "Hiring limit", "hires a year", low=0, help="Most that can be hired", default=0.0, blank="0: no hiring"
    )
    hiring_lag: float = number(
        "Hiring lag", "days", low=0, default=0.0, blank="0", help="From the decision to the first day in post"
    )
    training: float = number("Training", "days", low=0, default=0.0, blank="0", help="In post before any output")
    ramp: float = number(
        "Ramp", "days", low=0, default=0.0, blank="0", help="From first to full output, a straight line"
    )
    attrition: float = share(
        "Attrition", help="Share that leaves in a year", default=0.0, unit="share a year", high=0.95
    )
    salary: float = number(
        "Salary",
        "USD a year",
        low=0,
        default=0.0,
        blank="0: not paid from the plan",
        help="All-in cost of a post for a year",
    )
    hiring_cost: float = number(
        "Hiring cost", "USD a hire", low=0, default=0.0, blank="0", help="Recruitment and academy"
    )
    working_share: float = share(
        "Working share", help="Share of paid time that goes into cases", default=1.0, blank="1"
    )
    trainer_days: float = number(
        "Trainer days",
        "days a hire",
        low=0,
        default=0.0,
        blank="0",
        help="Time of experienced staff that each new hire takes",
    )
    whole_people: bool = yes("Whole people", help="Hire in whole numbers (only for very small cadres)")
    goes_on_at: float | None = number(
        "Goes on at",
        "FTE",
        low=0,
        help="Posts that are filled again without any decision as people leave",
        blank="those in post on day one are replaced as they leave",
    )


@dataclass(frozen=True, kw_only=True)
class Deployments(Row):
    r"""Staff of one station lent to another, or to another cadre's work (cross-skilling).

    Kernel: activity `deploy:<id>` in paid FTE-days. A day lent occupies the sender's working share of a day (so that
    paid time is counted once), provides :math:`1 - loss` FTE-days to the receiver in the same period, costs the per
    diem, and is at most `share_at_most` of the sender's available days in each period (rule `deploy:<id>`). With
    `training_days` only trained people count: activity `train:<id>` (people) occupies the sender for that long and
    provides one place of capacity `trained:<id>` ever after (attrition applies).
    """

    SHEET: ClassVar[str] = "Deployments"
    PURPOSE: ClassVar[str] = "Which staff may be lent where, with what loss."

    cadre: str = key("Cadre", help="Cadre that is lent (as on sheet Staff)")
    from_station: str = key("From duty station", refers=("Places",), help="Where they belong", was="From station")
    to_station: str = key("To duty station", refers=("Places",), help="Where they help", was="To station")
    to_cadre: str = key("As cadre", help="Cadre whose work they do there", blank="their own")
    share_at_most: float = share(
        "At most",
        help="Share of the sender's available time in each period",
        default=REQUIRED,
        blank="",
        unit="share of staff time",
    )
    loss: float = share("Loss", help="Share of time lost to travel or to doing another's work", default=0.0)
    per_diem: float = number("Per diem", "USD a day", low=0, default=0.0, blank="0", help="Travel and lodging")
    training_days: float = number(
        "Training days", "days", low=0, default=0.0, blank="0: none needed", help="Training before a person can be lent"
    )
    purpose: str = text(
        "Purpose", help="Purpose under which accounts pay the per diem", default="travel", blank="travel"
    )
    needs: str = reference("Needs", "Reforms", help="Reform that permits it")
    last_actual: float | None = last_actual("FTE")
    goes_on_at: float | None = goes_on_at("FTE")


@dataclass(frozen=True, kw_only=True)
class Teams(Row):
    """Support staff that each worker needs: every FTE-day of the cadre also occupies `ratio` days of the other.

    Applies wherever a stage, programme or visa occupies the cadre at the station, at the same station.
    """

    SHEET: ClassVar[str] = "Teams"
    PURPOSE: ClassVar[str] = "How many interpreters, clerks or attorneys go with each officer or judge."

    cadre: str = key("Cadre", help="Who needs support")
    support: str = key("Support cadre", help="Who supports")
    station: str = key(
        "Duty station", refers=("Places",), help="Where", blank="every duty station that has both", was="Station"
    )
    ratio: float = number("Ratio", "FTE per FTE", low=0, help="Support staff per worker", default=REQUIRED, blank="")
