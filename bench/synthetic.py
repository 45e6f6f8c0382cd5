"""Invented regions of any size, as plain tables (sheet -> rows by column header) for `planner.workbook.case_from`.

Every country has the same blocks: compartments by group, sites with a chain of asylum stages for each group, a
resettlement chain for each group, cadres, programmes with curves, accounts, visas and reforms. Countries are tied
together by people who move on to the next country, by shared accounts and by shared ceilings. Numbers are drawn from a
seeded generator, so the same arguments give the same tables. Nothing done is always a plan: there are no hard floors,
and the accounts hold more than the salaries and running costs that fall due anyway.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from bench.blocks import PHASES, Blocks, Size, Tables

SIZES = {
    "lite": Size(
        groups=2, sites=1, stages=3, resettlement=3, cadres=3, programmes=6, stretches=2, accounts=3, visas=1, reforms=2
    ),
    "full": Size(
        groups=6,
        sites=3,
        stages=4,
        resettlement=5,
        cadres=4,
        programmes=10,
        stretches=3,
        accounts=5,
        visas=2,
        reforms=3,
    ),
}

START = date(2025, 1, 1)


def region(countries: int = 8, detail: str = "full", seed: int = 1) -> Tables:
    """Tables of a region of so many countries; `detail` names one of SIZES."""
    return _Region(countries, SIZES[detail], random.Random(seed)).tables(f"Synthetic: {countries} countries - {detail}")


class _Region(Blocks):
    """The frame, what countries share, and what the plan is for."""

    def tables(self, name: str) -> Tables:
        """All sheets."""
        self._frame(name)
        for number, country in enumerate(self.names):
            self.country(country, self.names[(number + 1) % len(self.names)])
        self._shared()
        self._judgement()
        return dict(self.sheets)

    def _frame(self, name: str) -> None:
        self.add("Settings", Setting="case name", Value=name)
        self.sheets["Evidence"].append(
            {"Id": "invented", "Statement": "Numbers drawn by a seeded generator", "Source": "bench", "Grade": "A"}
        )
        self.add("Settings", Setting="political capital at start", Value=str(4 * len(self.names)))
        self.add("Settings", Setting="political capital a year", Value=str(len(self.names)))
        day = START
        for phase, length in PHASES:
            last = day + timedelta(days=length - 1)
            self.add("Time", Phase=phase, Label=phase, From=day, Until=last)
            day = last + timedelta(days=1)
        for number, group in enumerate(self.groups):
            self.add("Groups", Group=group, Vulnerable="yes" if number == 0 else "no")

    def _shared(self) -> None:
        count = len(self.names)
        for purpose in ("protection", "pathways"):
            self.add(
                "Funding",
                Account=f"regional {purpose}",
                Purposes=purpose,
                Fiscal_year_starts="10-01",
                Carry__over_share=0.1,
            )
            self.appropriate(f"regional {purpose}", 4.0 * count, "yearly")
        pools = [("resettlement places", "resettlement", 900)] + [
            (f"visas {n}", "visas", 700) for n in range(1, self.size.visas + 1)
        ]
        for pool, kind, numbers in pools:
            self.add("Slots", Pool=pool, Kind=kind, Fiscal_year_starts="10-01", Carry__over_share=0.0)
            for phase, days in PHASES:
                self.add(
                    "Allotments", Pool=pool, Phase=phase, Numbers=round(numbers * count * days / 365), Release="yearly"
                )
        for one, other in zip(self.names, self.names[1:], strict=False):
            self.add(
                "Deployments",
                Cadre="cadre 1",
                From_station=f"{one} office",
                To_station=f"{other} office",
                At_most=0.3,
                Loss=0.1,
                Per_diem=120,
                Purpose="asylum",
            )

    def _judgement(self) -> None:
        safe = "state: protected, protected at home, durable"
        for outcome, better, weight, headline in (
            ("safe years", "more", 1.0, "protection"),
            ("pathways", "more", 1.0, "legal pathways"),
            ("years waiting", "less", 0.5, "waiting"),
            ("over the limit", "less", 1.0, ""),
        ):
            self.add("Outcomes", Outcome=outcome, Unit="person-years", Better=better, Weight=weight, Headline=headline)
        year = 1.0 / 365.0
        self.add("Outcome terms", Outcome="safe years", Line="1", Measure="person-days in", Where=safe, Per_unit=year)
        self.add("Outcome terms", Outcome="safe years", Line="2", Measure="people in", Where=safe, Per_unit=0.5)
        self.add(
            "Outcome terms", Outcome="pathways", Line="1", Measure="people served", Where="kind: visa", Per_unit=1.0
        )
        self.add(
            "Outcome terms",
            Outcome="years waiting",
            Line="1",
            Measure="person-days in",
            Where="state: waiting, in procedure",
            Per_unit=year,
        )
        self.add(
            "Outcome terms",
            Outcome="over the limit",
            Line="1",
            Measure="person-days over limit",
            Where="state: waiting",
            Per_unit=year,
        )
        self.add(
            "Rules",
            Rule="protection money grows slowly",
            Measure="money",
            Where="purpose: protection",
            Relation="falls at most",
            Value=0.5,
            Scope="period",
            Category="preference",
        )
        self.add(
            "Rules",
            Rule="equity between countries",
            Measure="people served",
            Where="kind: programme",
            Relation="within band",
            Value=0.8,
            Across="country",
            Scope="whole plan",
            Category="agreement",
        )
        self.add(
            "Rules",
            Rule="pathways at most two thirds",
            Measure="money",
            Where="purpose: pathways",
            Relation="at most share of",
            Value=0.67,
            Of_measure="money",
            Scope="phase",
            Category="preference",
        )
