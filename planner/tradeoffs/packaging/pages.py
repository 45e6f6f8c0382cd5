"""Decision packages in words and tables: an overview, then a page a package."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from planner.explain import ComparedCase, gains_between
from planner.explain.compare import OutcomeChange, changed_outcomes
from planner.ordering import ranked
from planner.plan import Plan
from planner.results.answer_pages import Page, Part
from planner.results.capacities import staff_use
from planner.results.frames import MILLION, as_date, say_date
from planner.results.money import paid
from planner.results.rules import not_kept
from planner.sheets import Outcomes
from planner.tradeoffs.packaging.packages import Package, Packages
from planner.tradeoffs.sweeping.nested import GIVEN
from planner.wording.figures import figure, part_of, signed, within
from planner.wording.lists import listed

TOLD = (*GIVEN, "hire")
"""Kinds of decisions that are told one by one: what is given, and the staff hired for it."""
LEAST = 0.01
"""Share by which a level has to move before it is told."""
MOST_NAMED, MOST_PEOPLE = 4, 12
"""Rows named in a sentence; lines of who loses and gains."""
NESTED_MEANS = (
    "Nested: of two packages the larger one gives every programme, visa stream and raw activity at least as much in "
    "each phase, and takes every reform and opens every site of the smaller one, at the latest on the same date. "
    "Staff, work on cases and transfers are means: they follow."
)
COST_MEANS = (
    "USD for one unit of an outcome that is counted in people or time. Average: what the base spends of that money, by "
    "its outcome. Marginal: by how much the budget changes in the step from the next package, by what the outcome "
    "changes; blank where it does not follow the money. A dollar works for several outcomes: these costs do not add up."
)


@dataclass(frozen=True)
class Moved:
    """A decision that differs between two neighbouring packages: levels, or the `dates` of a yes, blank for never.

    `money` is what is paid for it more than before, USD million. What is `closing` is more of a cut.
    """

    row: str
    cell: str
    unit: str
    levels: tuple[float, float] | None
    dates: tuple[str, str]
    money: float
    closing: bool = False

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return f"hiring {self.row}" if self.unit == "hires" else f"{'closing ' * self.closing}{self.row}"

    @property
    def grows(self) -> bool:
        """Whether there is more of it, sooner, or at all what there was not; else there is less of it."""
        if self.levels is not None:
            return self.levels[1] > self.levels[0]
        before, after = self.dates
        sooner = bool(after) and (not before or after < before)
        return sooner != self.closing


class Told:
    """The packages, and what is said of them."""

    def __init__(self, found: Packages) -> None:
        """Keep the packages."""
        self.found = found
        self.rows = {row.outcome: row for row in found.case.of(Outcomes)}
        assert found.anchor.plan is not None
        self.base = found.anchor.plan

    def pages(self) -> list[Page]:
        """The overview, then a page a package, cuts first."""
        return [self.overview(), *(self.page(p) for p in self.found.rows if p.part != 1.0)]

    @cached_property
    def moved(self) -> Mapping[float, list[Moved]]:
        """What each package gives more or less than the one that it was held to, the dearest first."""
        found: dict[float, list[Moved]] = {}
        for package in self.found.found:
            before = self.found.before(package)
            if before is not None and before.plan is not None and package.plan is not None:
                found[package.part] = moved_between(before.plan, package.plan)
        return found

    def overview(self) -> Page:
        """What the packages are, what goes first and comes first, outcomes, costs, staff."""
        found = self.found
        parts = [
            Part("", [self.sentence(p) for p in found.rows if p.part != 1.0], strong=True),
            Part("What a step is", self.meaning()),
            Part("The packages", frame=self.budgets()),
            *self.order(found.rows[::-1], "What goes first", cut=True),
            *self.order(found.rows, "What comes first", cut=False),
            Part("Outcomes of each package", frame=self.outcomes()),
            *([Part("What one more costs", [COST_MEANS], costs)] if len(costs := self.costs()) else []),
            self.staff(found.found),
        ]
        return Page("Packages", f"Decision packages: {found.case.name or 'case'}", "", parts)

    def meaning(self) -> list[str]:
        """Of which money a step is a share, what the base is, and what nested means."""
        found = self.found
        cells = found.group.cells
        last = f" to {cells[-1].address.rpartition('!')[2]}" if len(cells) > 1 else ""
        said = [
            f"A step is a share of USD {figure(found.group.total)} million: column Amount of sheet Appropriations for "
            f"{listed(found.accounts)} ({cells[0].address}{last}, {len(cells)} cells), all by the same share."
        ]
        if found.left_out:
            said.append(f"The money of {listed(found.left_out)} stays as it is.")
        spent = figure(_spent(self.base, found.accounts))
        said.append(f"In the base USD {spent} million of it is spent; the rest lapses or stays unspent.")
        kind = "the plan" if found.base == "plan" else "what goes on without the plan"
        said.append(f"The base is {kind}; each package was sought from there outwards. {NESTED_MEANS}")
        return said

    def sentence(self, package: Package) -> str:
        """A package in one or two sentences: its money, who feels it, what goes or comes, what being nested costs."""
        money = f"{package.name} (USD {signed(package.budget - self.found.anchor.budget)} million)"
        if package.plan is None:
            return f"{money} cannot be kept. {package.cannot[0]}"
        cut = package.part < 1.0
        rows = [m.name for m in self.moved[package.part] if m.grows != cut]
        verb = "goes" if cut else "comes"
        first = f"What {verb} first: {listed(rows, MOST_NAMED)}." if rows else f"Nothing {verb}."
        return f"{money}: {self._headline(package)}. {first} {self.regret(package)}"

    def _headline(self, package: Package) -> str:
        """Changes of the headline outcomes against the base, costs left out."""
        rows = self.changes(package)
        some = [c for c in rows if self.rows[c.outcome].headline not in ("", "cost")]
        told = [
            f"{c.outcome} {signed(c.after - c.before, c.unit)} {c.unit}".rstrip()
            + (f" ({part})" if (part := part_of(c.after - c.before, c.before, sign=True)) else "")
            for c in (some or rows) if not c.same
        ]  # fmt: skip
        return "; ".join(told) if told else "no outcome differs by more than the searches left open"

    def regret(self, package: Package) -> str:
        """What being nested costs against the best plan for the same budget."""
        regret, most = package.regret, package.most_regret
        if regret is None or most is None or package.free is None:
            return "What being nested costs is not known."
        size = max(1.0, abs(package.free))
        if most <= 1e-7 * size:
            return "Being nested costs nothing: no plan for this budget scores more."
        proven = f"at most {figure(most)} points ({within(most / size)})"
        if regret <= 1e-7 * size:
            return f"Being nested costs {proven}: no better plan for this budget was found."
        return f"Being nested costs {figure(regret)} points, {proven}, against the best plan for this budget."

    def changes(self, package: Package) -> list[OutcomeChange]:
        """Outcomes against the base, headlines first."""
        order = [name for name, _ in self._sorted()]
        found = [c for c in _changes(self.found.anchor, package) if c.outcome in self.rows]
        return sorted(found, key=lambda c: order.index(c.outcome))

    def budgets(self) -> pd.DataFrame:
        """Money, points and proof of each package."""
        records = []
        for p in self.found.rows:
            gap = "" if p.gap is None else "exact" if p.gap <= 1e-9 else within(p.gap)
            spent = None if p.plan is None else _spent(p.plan, self.found.accounts)
            records.append((p.name, p.budget, spent, p.objective, p.regret if p.held_to else None,
                            "no plan" if p.plan is None else gap))  # fmt: skip
        heads = ["Package", "Budget, USD million", "Spent of it, USD million", "Score, points",
                 "Being nested costs, points", "Proven within"]  # fmt: skip
        return pd.DataFrame(records, columns=heads).astype(dict.fromkeys(heads[1:5], float))

    def order(self, packages: tuple[Package, ...], title: str, *, cut: bool) -> Iterator[Part]:
        """What goes or comes, package by package from the base outwards, the dearest first; then what moves instead."""
        rows = [(p.name, m) for p in packages if (p.part < 1.0) == cut for m in self.moved.get(p.part, [])]
        heads = ("Package before", "This package")
        if any(p.plan is not None and p.part != 1.0 and (p.part < 1.0) == cut for p in packages):
            yield from _moves(rows, f"{title}, in this order", heads, cut=cut)

    def outcomes(self) -> pd.DataFrame:
        """Every outcome in every package, headlines first, beside what goes on without the plan."""
        records = []
        for name, row in self._sorted():
            values = {p.name: p.plan.outcome(name) for p in self.found.found if p.plan is not None}
            records.append({"Outcome": name, "Unit": row.unit, "What goes on": self.found.against.get(name), **values})
        frame = pd.DataFrame(records)
        frame = frame.astype(dict.fromkeys(frame.columns[2:], float))
        return frame if self.found.against else frame.drop(columns="What goes on")

    def _sorted(self) -> list[tuple[str, Outcomes]]:
        """Outcomes, headlines first."""
        return sorted(self.rows.items(), key=lambda pair: not pair[1].headline)

    def costs(self) -> pd.DataFrame:
        """Average and marginal cost of each outcome that is counted in people or time; USD."""
        records = []
        for name, row in self._sorted():
            if row.headline == "cost" or row.kind != "sum" or row.unit == "points":
                continue
            value = self.base.outcome(name)
            bought = row.better == "more" and value > 1e-6
            average = _spent(self.base, self.found.accounts) * MILLION / value if bought else None
            steps = {f"Marginal {p.name}, USD": self.marginal(p, name) for p in self.found.found if p.part != 1.0}
            records.append({"Outcome": name, "Unit": row.unit, "Average in the base, USD": average, **steps})
        frame = pd.DataFrame(records)
        return frame.astype(dict.fromkeys(frame.columns[2:], float))

    def marginal(self, package: Package, outcome: str) -> float | None:
        """USD of budget for one unit more (less, where less is better) in the step to a package; None without one."""
        before = self.found.before(package)
        if before is None:
            return None
        change = next((c for c in _changes(before, package) if c.outcome == outcome), None)
        if change is None or change.same or change.better != (package.budget > before.budget):
            return None
        return abs(package.budget - before.budget) * MILLION / abs(change.after - change.before)

    def staff(self, packages: tuple[Package, ...]) -> Part:
        """Staff at work and people hired by cadre, a column a package."""
        found = {p.name: _staff(p.plan) for p in packages if p.plan is not None}
        rows = sorted({key for one in found.values() for key in one})
        laid = {name: [one.get(key, 0.0) for key in rows] for name, one in found.items()}
        names = {"Staff": [f"{cadre}, {what}" for cadre, what, _ in rows], "Unit": [unit for _, _, unit in rows]}
        return Part("Staff", frame=pd.DataFrame({**names, **laid}))

    def page(self, package: Package) -> Page:
        """One package on one page."""
        title = f"Decision package {package.name}: USD {figure(package.budget)} million"
        sheet = package.name.replace(" ", "")
        if package.plan is None:
            return Page(sheet, title, "This budget cannot be kept; the other packages stand all the same.",
                        [Part("What cannot hold", [line.strip() for line in package.cannot])])  # fmt: skip
        before, anchor = self.found.before(package), self.found.anchor
        assert before is not None
        cut = package.part < 1.0
        moved = self.moved[package.part]
        parts = [Part("", [self.sentence(package)], strong=True)]
        title_moved = f"What {'goes' if cut else 'comes'} after {'' if before is anchor else 'package '}{before.name}"
        parts += _moves([("", m) for m in moved], title_moved, (f"In {before.name}", f"In {package.name}"), cut=cut)
        parts += self._people(package.plan)
        parts.append(Part("Outcomes against the base", frame=self._outcome_frame(package)))
        parts.append(self.staff((anchor, package)))
        known = not_kept(anchor.case, self.base)
        broken = [line for line in not_kept(package.case, package.plan) if line not in known]
        parts += [Part("Promises not kept, or broken further than in the base", broken)] if broken else []
        where = "inside" if cut else "around"
        lead = f"Nested {where} {'the base' if before is anchor else f'package {before.name}'}."
        return Page(sheet, title, lead, parts)

    def _outcome_frame(self, package: Package) -> pd.DataFrame:
        """Outcomes of the base and of a package, with the marginal cost of this step."""
        changes = self.changes(package)
        frame = pd.DataFrame(
            {
                "Outcome": [c.outcome for c in changes],
                "Unit": [c.unit for c in changes],
                "Base": [c.before for c in changes],
                "This package": [c.after for c in changes],
                "Difference": [c.after - c.before for c in changes],
                "So it is": ["within the gap" if c.same else "better" if c.better else "worse" for c in changes],
                "Marginal cost, USD": [self.marginal(package, c.outcome) for c in changes],
            }
        )
        return frame.astype({"Marginal cost, USD": float})

    def _people(self, plan: Plan) -> Iterator[Part]:
        """Who loses and who gains against the base, by country and by group."""
        lines: dict[bool, list[str]] = {False: [], True: []}
        for across in ("country", "group"):
            found = gains_between(
                self.found.case, plan.tables["outcome_terms"], self.base.tables["outcome_terms"], across=across,
                word="the base",
            )  # fmt: skip
            for gain in ranked(found, lambda g: abs(g.value - g.before) / max(1.0, abs(g.before))):
                if abs(gain.value - gain.before) > 1e-3 * max(1.0, abs(gain.before)):
                    lines[gain.better].append(gain.sentence)
        for better, title in ((False, "Who loses"), (True, "Who gains")):
            told = list(dict.fromkeys(lines[better]))
            more = [f"... and {len(told) - MOST_PEOPLE} more in the JSON."] if len(told) > MOST_PEOPLE else []
            if told:
                yield Part(title, [*told[:MOST_PEOPLE], *more])


def _changes(before: Package, after: Package) -> list[OutcomeChange]:
    """Outcomes of two packages; what their searches left open is no difference."""
    sides = []
    for package in (before, after):
        assert package.plan is not None
        plan = replace(package.plan, objective=package.objective, gap=package.gap)
        sides.append(ComparedCase(package.name, package.case, plan))
    return changed_outcomes(*sides)


def moved_between(before: Plan, after: Plan) -> list[Moved]:
    """Decisions that differ between two plans, the most money first."""
    sides, paid_for = (_decided(before), _decided(after)), (_money(before), _money(after))
    found = []
    for key in sorted({*sides[0], *sides[1]}):
        sheet, row, unit, cell = key
        one, other = (side.get(key) for side in sides)
        money = paid_for[1].get((sheet, row), 0.0) - paid_for[0].get((sheet, row), 0.0)
        if isinstance(one, str) or isinstance(other, str):
            if one != other:
                dates = str(one or ""), str(other or "")
                found.append(Moved(row, cell, "", None, dates, money, closing=bool(unit)))
            continue
        levels = one or 0.0, other or 0.0
        if abs(levels[1] - levels[0]) > max(LEAST * max(levels), 1e-6):
            found.append(Moved(row, cell, unit, levels, ("", ""), money))
    return ranked(found, lambda m: abs(m.money))


def _decided(plan: Plan) -> dict[tuple[str, str, str, str], float | str]:
    """Level, or date of a yes, by sheet, row, unit (blank for a yes, or that it closes) and cell."""
    found: dict[tuple[str, str, str, str], float | str] = {}
    done, switches = plan.tables["activities"], plan.tables["switches"]
    for kind, sheet, row, unit, cell, level in zip(
        *(done[c] for c in ("kind", "sheet", "row", "unit", "cell", "level")), strict=True
    ):
        if kind in TOLD and kind != "site":
            key = (str(sheet), str(row), str(unit), str(cell))
            found[key] = float(found.get(key, 0.0)) + float(level)
    for switch, kind, sheet, row, cell, date in zip(
        *(switches[c] for c in ("switch", "kind", "sheet", "row", "cell", "date")), strict=True
    ):
        if kind in GIVEN and not pd.isna(date):
            unit = "closing" if str(switch).startswith("close:") else ""
            found[str(sheet), str(row), unit, str(cell)] = str(as_date(date))
    return found


def _money(plan: Plan) -> dict[tuple[str, str], float]:
    """USD million that a plan pays for each row of the workbook."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    bills = plan.tables["bills"]
    for sheet, row, cost in zip(bills["sheet"], bills["row"], bills["cost"], strict=True):
        found[str(sheet), str(row)] += float(cost) / MILLION
    return found


def _moves(rows: list[tuple[str, Moved]], title: str, heads: tuple[str, str], *, cut: bool) -> Iterator[Part]:
    """What goes (comes, where it is no cut), and below it the means that move the other way; each with its package."""
    ways = [pair for pair in rows if pair[1].grows != cut], [pair for pair in rows if pair[1].grows == cut]
    yield (
        Part(title, frame=_frame(ways[0], heads))
        if ways[0]
        else Part(title, ["Nothing: the money is not what holds it."])
    )
    if ways[1]:
        yield Part("What takes its place" if cut else "What gives way to it", frame=_frame(ways[1], heads))


def _frame(rows: list[tuple[str, Moved]], heads: tuple[str, str]) -> pd.DataFrame:
    """Decisions that move as a table, with their packages where they have names."""
    moved = [m for _, m in rows]
    frame = pd.DataFrame({"Row": [f"{'closing ' * m.closing}{m.row}" for m in moved], "Unit": [m.unit for m in moved]})
    if any(name for name, _ in rows):
        frame["Package"] = [name for name, _ in rows]
    for n, head in enumerate(heads):
        frame[head] = pd.Series([None if m.levels is None else m.levels[n] for m in moved], dtype=float)
    frame["Money difference, USD million"] = [m.money for m in moved]
    dated = ["" if m.levels is not None else " -> ".join(say_date(date) or "no" for date in m.dates) for m in moved]
    if any(dated):
        frame["Decided"] = dated
    return frame.assign(Cell=[m.cell for m in moved])


def _spent(plan: Plan, accounts: tuple[str, ...]) -> float:
    """USD million that accounts pay."""
    found = paid(plan)
    return float(found[found["account"].isin([f"account:{a}" for a in accounts])]["money"].sum())


def _staff(plan: Plan) -> dict[tuple[str, str, str], float]:
    """By cadre: FTE at work on average, lent staff counted once, and people hired."""
    use, done = staff_use(plan), plan.tables["activities"]
    days = float(plan.tables["periods"]["days"].sum())
    at_work = use.assign(fte=(use["available"] - use["lent_out"]) / days).groupby("cadre")["fte"].sum()
    hired = done[done["kind"] == "hire"].groupby("cadre")["level"].sum()
    found = {(str(cadre), "at work on average", "FTE"): float(v) for cadre, v in at_work.items()}
    return found | {(str(cadre), "hired", "hires"): float(v) for cadre, v in hired.items()}
