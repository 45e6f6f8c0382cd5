"""The blocks of an invented country: cadres, sites, people, stages, programmes, visas, reforms, accounts."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

Tables = dict[str, list[dict[str, Any]]]

PHASES = (("P1", 100), ("P2", 265), ("P3", 1095))
PURPOSES = ("asylum", "reception", "protection", "pathways")
LANES = ("border", "protection", "pathways", "root causes")


@dataclass(frozen=True)
class Size:
    """How detailed a country is: numbers of groups, sites, asylum and resettlement stages, cadres, programmes, ..."""

    groups: int
    sites: int
    stages: int
    resettlement: int
    cadres: int
    programmes: int
    stretches: int
    accounts: int
    visas: int
    reforms: int


class Blocks:
    """Rows of a region in the making, and the blocks that every country has."""

    def __init__(self, countries: int, size: Size, chance: random.Random) -> None:
        self.size, self.chance = size, chance
        self.names = [f"Country {n:03d}" for n in range(1, countries + 1)]
        self.groups = [f"group {n}" for n in range(1, size.groups + 1)]
        self.sheets: Tables = defaultdict(list)

    def add(self, sheet: str, **cells: Any) -> None:
        """Add a row; `Unit_cost` stands for the header 'Unit cost', `Build__up` for 'Build-up'."""
        row = {header.replace("__", "-").replace("_", " "): value for header, value in cells.items()}
        self.sheets[sheet].append(row | {"Source": "invented", "Grade": "U"})

    def about(self, middle: float, spread: float = 0.3) -> float:
        """A number within `spread` of the middle, three digits long."""
        return float(f"{middle * (1.0 + spread * (2.0 * self.chance.random() - 1.0)):.3g}")

    def country(self, country: str, neighbour: str) -> None:
        size = self.size
        need = self.about(120_000)
        self.add("Places", Place=country, Kind="country", People_in_need=need)
        self.add("Places", Place=f"{country} office", Kind="station", Country=country)
        for cadre in range(1, size.cadres + 1):
            self._cadre(f"cadre {cadre}", f"{country} office")
        for site in range(1, size.sites + 1):
            self._site(f"{country} site {site}", country, opens_later=size.sites > 1 and site == size.sites)
        for group in self.groups:
            self._people(country, group, need / size.groups)
            self._moves_on(country, neighbour, group)
            for site in range(1, size.sites + 1):
                self._asylum(country, f"{country} site {site}", group)
            self._resettlement(country, group)
        for number in range(1, size.programmes + 1):
            self._programme(country, number)
        for number in range(1, size.visas + 1):
            self._visa(country, neighbour, number)
        for number in range(1, size.reforms + 1):
            self._reform(country, number)
        self._accounts(country)

    def _cadre(self, cadre: str, station: str) -> None:
        self.add(
            "Staff",
            Cadre=cadre,
            Station=station,
            Purpose="asylum",
            On_board=self.about(40),
            Ceiling=200,
            Hiring_limit=60,
            Hiring_lag=60,
            Training=60,
            Ramp=60,
            Attrition=self.about(0.1),
            Salary=90_000,
            Hiring_cost=5_000,
            Working_share=0.85,
        )

    def _site(self, site: str, country: str, *, opens_later: bool) -> None:
        self.add("Places", Place=site, Kind="port of entry", Country=country)
        later = {
            "Open_at_start": "no",
            "Opening_dates": "period",
            "Lead_time": 60,
            "Build__up": 60,
            "Opening_cost": 2.0,
        }
        self.add(
            "Sites",
            Site=site,
            Purpose="reception",
            Capacity=self.about(60),
            Use_ceiling=0.9,
            Running_cost=3_000,
            **(later if opens_later else {"Open_at_start": "yes"}),
        )

    def _people(self, country: str, group: str, need: float) -> None:
        for state, at_start in (
            ("at risk at home", need),
            ("displaced", 0.2 * need),
            ("protected at home", 0.0),
            ("protected", 0.0),
            ("refused", 0.0),
            ("durable", 0.0),
        ):
            self.add(
                "People",
                People=f"{state} - {country} - {group}",
                Place=country,
                Origin=country,
                Group=group,
                State=state,
                At_start=round(at_start),
            )
        self.add(
            "Movements",
            From=f"at risk at home - {country} - {group}",
            To=f"displaced - {country} - {group}",
            Share_a_year=self.about(0.1),
        )

    def _moves_on(self, country: str, neighbour: str, group: str) -> None:
        """The displaced drift to the first site of the next country."""
        self.add(
            "Movements",
            From=f"displaced - {country} - {group}",
            To=f"waiting - {neighbour} site 1 - {group}",
            Share_a_year=self.about(0.15),
        )

    def _asylum(self, country: str, site: str, group: str) -> None:
        """A queue and a chain of stages at one site; everyone ends protected or refused."""
        stages, queues = self.size.stages, self.size.groups * self.size.sites
        waiting = f"waiting - {site} - {group}"
        self.add(
            "People",
            People=waiting,
            Place=site,
            Group=group,
            State="waiting",
            Pipeline="asylum",
            At_start=round(self.about(7_000 / queues)),
            Waited_at_start=90,
            Time_limit=120,
            Limit_is="target",
        )
        for phase, _ in PHASES:
            self.add("Arrivals", People=waiting, Phase=phase, Arrivals=self.about(12_600 / queues))
        before = waiting
        for stage in range(1, stages + 1):
            last = stage == stages
            after = f"protected - {country} - {group}" if last else f"in procedure {stage} - {site} - {group}"
            if not last:
                self.add("People", People=after, Place=site, Group=group, State="in procedure", Pipeline="asylum")
            share = 0.6 if last else 0.9
            self.add(
                "Pipelines",
                Stage=f"stage {stage} - {site} - {group}",
                Pipeline="asylum",
                Lane="border",
                Takes_from=before,
                Place=site,
                Cadre=f"cadre {1 + (stage - 1) % self.size.cadres}",
                Station=f"{country} office",
                Cases_per_staff__year=self.about(400),
                Site=site if stage == 1 else "",
                Lag=self.about(40),
                Spread=30 if stage % 2 else 0,
                To_1=after,
                Share_1=share,
                To_2=f"refused - {country} - {group}",
                Share_2=round(1.0 - share, 6),
            )
            before = after

    def _resettlement(self, country: str, group: str) -> None:
        stages = self.size.resettlement
        before = f"displaced - {country} - {group}"
        for stage in range(1, stages + 1):
            last = stage == stages
            after = f"durable - {country} - {group}" if last else f"referred {stage} - {country} - {group}"
            if not last:
                self.add(
                    "People",
                    People=after,
                    Place=country,
                    Origin=country,
                    Group=group,
                    State="ready to travel",
                    Pipeline="resettlement",
                )
            self.add(
                "Pipelines",
                Stage=f"resettlement {stage} - {country} - {group}",
                Pipeline="resettlement",
                Lane="pathways",
                Takes_from=before,
                Place=country,
                Cadre=f"cadre {self.size.cadres}",
                Station=f"{country} office",
                Cases_per_staff__year=self.about(600),
                Lag=self.about(45),
                Spread=30,
                To_1=after,
                Growth=3 if stage == 1 else "",
                Starting_pace=200 if stage == 1 else "",
                Slots_from="resettlement places" if last else "",
            )
            before = after

    def _programme(self, country: str, number: int) -> None:
        group = self.groups[number % len(self.groups)]
        scaled = {"Least_scale": 300, "Start__up_cost": 0.1, "Running_cost": 500} if number <= 2 else {}
        name = f"programme {number} - {country}"
        self.add(
            "Programmes",
            Programme=name,
            Lane=LANES[number % 4],
            Place=country,
            Group=group,
            Actor="civil society",
            Purpose=PURPOSES[2 + number % 2],
            Unit="person supported",
            Unit_cost=self.about(900),
            Growth=3,
            Starting_pace=800,
            Moves_from=f"{'displaced' if number % 2 else 'at risk at home'} - {country} - {group}",
            Moves_to=f"protected at home - {country} - {group}",
            Lag=self.about(60),
            Spread=60,
            **scaled,
        )
        width = self.about(4_000)
        for stretch in range(1, self.size.stretches + 1):
            self.add(
                "Curves", Programme=name, Stretch=stretch, Width=width, Effect=round(1.0 - 0.25 * (stretch - 1), 2)
            )

    def _visa(self, country: str, host: str, number: int) -> None:
        group = self.groups[number % len(self.groups)]
        self.add(
            "Visas",
            Stream=f"visa {number} - {country}",
            Class=f"class {number}",
            Lane="pathways",
            Nationality=country,
            Host=host,
            Purpose="pathways",
            Slots_from=f"visas {number}",
            Demand=self.about(2_000),
            Takes_from=f"at risk at home - {country} - {group}",
            Goes_to=f"durable - {country} - {group}",
            Unit_cost=self.about(200),
            Lag=45,
            Needs=f"reform 1 - {country}" if number == 1 else "",
        )

    def _reform(self, country: str, number: int) -> None:
        self.add(
            "Reforms",
            Reform=f"reform {number} - {country}",
            Lane=LANES[number % 4],
            Place=country,
            Dates="period",
            Lead_time=30,
            Political_capital=number,
            Cost=0.2,
            Purpose="protection",
            Needs=f"reform {number - 1} - {country}" if number == 3 else "",
        )
        if number >= 2:
            self.add(
                "Effects",
                Reform=f"reform {number} - {country}",
                Effect="adds capacity",
                On=f"cadre 1 / {country} office",
                Amount=self.about(15),
                Lag=30,
                Spread=60,
            )

    def _accounts(self, country: str) -> None:
        """Accounts of a country; the first two hold what falls due anyway, twice over."""
        size = self.size
        yearly = 2.0 * (size.cadres * 55 * 0.09 + size.sites * 3_000 * 365 / 1e6)
        plan = [
            ("office", "asylum", yearly),
            ("sites", "reception; asylum", yearly),
            ("donor", "protection; pathways", 6.0),
        ]
        plan += [(f"extra {n}", PURPOSES[2 + n % 2], 3.0) for n in range(size.accounts - len(plan))]
        for number, (account, purposes, amount) in enumerate(plan):
            self.add(
                "Funding",
                Account=f"{account} - {country}",
                Purposes=purposes,
                Places=country,
                Fiscal_year_starts="10-01",
                Carry__over_share=1.0 if number < 2 else 0.2,
            )
            self.appropriate(f"{account} - {country}", amount, "at once" if number < 2 else "yearly")

    def appropriate(self, account: str, yearly: float, release: str) -> None:
        for phase, days in PHASES:
            self.add(
                "Appropriations", Account=account, Phase=phase, Amount=round(yearly * days / 365.0, 3), Release=release
            )
