"""What was found about futures, in sentences; differences smaller than what is unproven are called no difference."""

from __future__ import annotations

from collections.abc import Sequence

from planner.explain.words import figure, listed, plural
from planner.futures.commitments import Commitment, begun
from planner.futures.found import CommittedPlan, Hedge, ValueDifference
from planner.futures.recourse import Followed
from planner.futures.reserve import Reserve
from planner.futures.sampling import Trial
from planner.ordering import even, place
from planner.run.stops import Stop

NOTHING = 5e-5
"""Shares below this are written as nothing."""


def share(value: float) -> str:
    """A share as people write it."""
    if value < NOTHING:
        return "0 %"
    value = even(value)
    return f"{100 * value:.2g} %" if value < 0.1 else f"{100 * value:.0f} %"


def answer(found: Hedge) -> str:
    """The answer in one sentence."""
    row, count = found.hedged, len(found.outlook.futures)
    if row is None or not row.whole:
        lost = [t for t, f in zip(found.outlook.titles, row.followed, strict=True) if not f.whole] if row else []
        where = f": they fail in {listed([quoted(t) for t in lost])}" if lost else ""
        if found.stopped:
            return f"Stopped ({found.stopped}) before a hedged plan was found."
        return f"No commitments found can be kept in all {count} futures{where}."
    worse = found.at_most_worse(row) or 0.0
    if worse < NOTHING:
        return f"Hedged plan: as good as hindsight in {each(count)}."
    return f"Hedged plan: never more than {share_up(worse)} worse than hindsight, in {each(count, any_of=True)}."


def each(count: int, *, any_of: bool = False) -> str:
    """'each of 3 futures', 'any of 3 futures', or the only one."""
    return "the one future that can be" if count == 1 else f"{'any' if any_of else 'each'} of {count} futures"


def share_up(value: float) -> str:
    """A share rounded up to a tenth of a percent, so that 'never more than' stays true."""
    tenths = int(1000 * value) + (1 if 1000 * value - int(1000 * value) > 1e-9 else 0)
    return f"{tenths / 10:g} %"


def quoted(name: str) -> str:
    """A name between quotation marks."""
    return f"'{name}'"


def sentences(found: Hedge) -> tuple[str, ...]:
    """What stands behind the answer: proof, hedging, knowing, regret, futures without any plan."""
    said = [_proof(found), _hedging(found), _knowing(found), _least(found)]
    said += [infeasible_sentence(found, number) for number in range(len(found.infeasible))]
    said += [row_sentence(found, r) for r in found.rows if r.kind in ("averaged", "own") and not r.whole]
    return tuple(s for s in said if s)


def _proof(found: Hedge) -> str:
    """How sure the hedged plan is."""
    if found.expected is None or found.gap is None:
        return ""
    mean = f"On average it brings {figure(found.expected)} points"
    if found.gap < NOTHING:
        return f"{mean}, and no other commitments can bring more."
    return f"{mean}; other commitments can bring at most {share_up(found.gap)} more."


def _size(found: Hedge, value: float) -> str:
    """Points, and the share of the mean."""
    base = abs(found.expected or 0.0)
    part = f" ({share(abs(value) / base)} of the mean)" if base > 0.0 else ""
    return f"{figure(value)} points{part}"


def _told(found: Hedge, worth: ValueDifference) -> str:
    """A difference with what it lies between."""
    if worth.high - worth.low <= 1e-6 * max(1.0, abs(worth.high)):
        return _size(found, worth.value)
    return f"{_size(found, worth.value)}, at least {figure(worth.low)} and at most {figure(worth.high)}"


def _hedging(found: Hedge) -> str:
    """Value of hedging (VSS)."""
    row, worth = found.row("averaged"), found.hedging_worth
    if row is None or found.hedged is None:
        return ""
    if worth is None:
        lost = [t for t, f in zip(found.outlook.titles, row.followed, strict=True) if not f.whole]
        return (
            f"A plan made from averaged numbers cannot be kept in {listed([quoted(t) for t in lost])}; the hedged plan "
            "can, and that is what hedging is worth."
        )
    if not worth.sure:
        none = worth.high < 1e-6 * max(1.0, abs(found.expected or 0.0))
        most = "" if none else f"; it is at most {_size(found, worth.high)}"
        return f"Between the hedged plan and one made from averaged numbers no difference can be told{most}."
    return f"Hedging brings {_told(found, worth)} on average over a plan made from averaged numbers."


def _knowing(found: Hedge) -> str:
    """Value of knowing the future (EVPI)."""
    worth = found.knowing_worth
    if worth is None:
        return ""
    if not worth.sure:
        most = _size(found, worth.high)
        return f"What knowing the future in advance would bring cannot be told from nothing; it is at most {most}."
    return f"Knowing in advance which future comes would bring {_told(found, worth)} on average."


def _least(found: Hedge) -> str:
    """The plan with the least regret, where it differs from the hedged one."""
    row, hedged = found.row("least regret"), found.hedged
    if row is None or not row.whole or hedged is None or not hedged.whole:
        return ""
    mine, theirs = found.largest_regret(row), found.largest_regret(hedged)
    if mine is None or theirs is None:
        return ""
    step = found.outlook.options.gap * max(abs(h.points) for h in found.hindsight)
    if theirs[1] - mine[1] <= max(step, 1e-6):
        return f"No plan has a clearly smaller largest regret than the hedged plan's {figure(theirs[1])} points."
    cost = (found.expected or 0.0) - (row.expected(found.outlook) or 0.0)
    return (
        f"The least-regret plan never loses more than {figure(mine[1])} points against hindsight (the hedged plan "
        f"loses {figure(theirs[1])} in {quoted(found.outlook.titles[theirs[0]])}); it costs "
        f"{figure(max(0.0, cost))} points on average."
    )


def infeasible_sentence(found: Hedge, number: int) -> str:
    """A future without any plan."""
    lost = found.infeasible[number]
    return f"In {quoted(lost.future.title)} no plan keeps all limits, even with hindsight: {broken_words(lost.broken)}."


def broken_words(followed: Followed, most: int = 3) -> str:
    """What breaks, rights first."""
    if not followed.breaks:
        if followed.stopped is Stop.IMPOSSIBLE:
            return "nothing would hold even if every rule and limit gave way"
        return "which limits break was not found in the time"
    parts = [f"{b.words} breaks by {figure(b.amount)} {plural(b.unit, b.amount)}".rstrip() for b in followed.breaks]
    return listed(parts, most)


def cut_words(followed: Followed, most: int = 3) -> str:
    """What has to be cut back, the largest part first."""
    cuts = sorted(followed.cuts, key=lambda c: (-place(c.share), str(c.decision)))
    return listed([f"{name_of(str(c.decision[1][0]))} by {share(c.share)}" for c in cuts], most)


def name_of(activity: str) -> str:
    """Row name of a kernel id."""
    return activity.partition(":")[2] or activity


def row_sentence(found: Hedge, row: CommittedPlan) -> str:
    """Where commitments fail, and how."""
    where: dict[str, list[str]] = {}
    for title, followed in zip(found.outlook.titles, row.followed, strict=True):
        if followed.kept == "broken":
            where.setdefault(broken_words(followed, 2), []).append(title)
        elif followed.kept == "cut back":
            where.setdefault(f"it has to be cut back ({cut_words(followed, 2)})", []).append(title)
    said = [f"in {listed([quoted(t) for t in titles])} {words}" for words, titles in where.items()]
    return f"The {row.name} fails: {'; '.join(said)}." if said else ""


def when(found: Hedge) -> str:
    """When futures show, and what is common until then."""
    outlook = found.outlook
    case, branching = outlook.case, outlook.branching
    common = (
        "reforms, sites, hires and programmes that begin before are the same in all of them; casework, visas and "
        "payments answer what happens"
        if branching.common == "commitments"
        else "everything that is done before is the same in all of them"
    )
    if branching.day >= case.horizon:
        return f"Futures never show in time to answer them: {common}."
    day = case.date(branching.day)
    said = f"Futures show on {day.day} {day:%B %Y}: {common}."
    for name, own in branching.own.items():
        later = case.date(own)
        said += f" {quoted(name or 'as it stands')} shows on {later.day} {later:%B %Y}."
    return said


def commitment_sentence(item: Commitment) -> str:
    """One decision in a sentence."""
    name = quoted(item.row)
    if item.verdict == "now":
        amount = "" if item.yes_or_no else f": {figure(item.least)} to {figure(item.most)} {plural(item.unit)}"
        if not item.yes_or_no and figure(item.least) == figure(item.most):
            amount = f": {figure(item.most)} {plural(item.unit)}"
        waits = item.hedged is not None and not begun(item)
        return f"{name}{amount}{_in_hedged(item) if waits else ''}"
    if item.verdict == "part now":
        return (
            f"{name}: at least {figure(item.least)} {plural(item.unit)} in every future; up to {figure(item.most)} "
            f"{_where(item)}{_in_hedged(item)}"
        )
    if item.verdict == "later":
        return f"{name}: decided later, and taken {_where(item)}"
    return f"{name}: begun {_where(item, 'in the plan for', 'in every plan but that for')}{_in_hedged(item)}"


def _where(item: Commitment, some: str = "if", most: str = "unless") -> str:
    """The futures that want it, or those that do not where they are fewer."""
    if not item.wanted or not item.others:
        return "in every future" if item.wanted else "in no future's own plan"
    if len(item.wanted) <= len(item.others):
        return f"{some} {_if(item.wanted, 'or' if some == 'if' else 'and')}" + (" comes" if some == "if" else "")
    return f"{most} {_if(item.others, 'or' if some == 'if' else 'and')}" + (" comes" if some == "if" else "")


def _if(titles: Sequence[str], last: str = "or") -> str:
    """Futures in words."""
    names = [quoted(t) for t in titles]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else "none"


def _in_hedged(item: Commitment) -> str:
    """What the hedged plan does about it, where there is one."""
    if item.hedged is None:
        return ""
    amount = item.hedged or 0.0
    if item.yes_or_no:
        return "; the hedged plan does" if amount > 0.5 else "; the hedged plan waits"
    if amount <= 1e-3 * max(item.most, 1e-9):
        return "; the hedged plan waits"
    return f"; the hedged plan does {figure(amount)} {plural(item.unit)}"


def reserve_answer(front: Reserve) -> str:
    """What better worst futures cost."""
    kinds = front.distinct
    worst = f"the worst {share(front.worst)} of futures"
    if len(kinds) < 2:
        return (
            f"The plan with the best mean is also the best that was found for {worst}: no reserve is worth its price."
        )
    first, last = kinds[0], kinds[-1]
    gained, paid = last.tail - first.tail, first.mean - last.mean
    if paid <= NOTHING * abs(first.mean):
        return f"In {worst} {figure(gained)} more points on average can be had at no cost to the mean that can be told."
    return (
        f"In {worst} up to {figure(gained)} more points on average can be had; that costs {figure(paid)} points of the "
        f"mean of all futures ({share(paid / max(abs(first.mean), 1e-9))})."
    )


def trial_answer(trial: Trial) -> str:
    """How commitments fare out of sample."""
    name = next(iter(trial.plans), "")
    samples = trial.plans.get(name, ())
    if not samples:
        return "No sample was tried."
    kept, mean = trial.frequency(name, "kept"), trial.mean(name)
    unkept = sum(s.kept != "kept" for s in samples)
    often = (
        f"can be kept in all {len(samples)} sampled futures (so in at least {share(kept.low)} of such futures, with "
        "95 % confidence)"
        if unkept == 0
        else f"can be kept in {share(kept.value)} of {len(samples)} sampled futures (95 %: {share(kept.low)} to "
        f"{share(kept.high)})"
    )
    return (
        f"The {name} {often}; it brings {figure(mean.value)} points (95 %: {figure(mean.low)} to {figure(mean.high)})."
    )


def trial_sentences(trial: Trial) -> tuple[str, ...]:
    """What breaks, how plans compare, what was drawn."""
    said = []
    for name, samples in trial.plans.items():
        cut, broken = (sum(s.kept == kept for s in samples) for kept in ("cut back", "broken"))
        if cut or broken:
            part = [s.cut for s in samples if s.kept == "cut back"]
            much = f", by {share(sum(part) / len(part))} of its commitments on average" if part else ""
            said.append(
                f"The {name} has to be cut back in {cut} of {len(samples)} samples{much}; limits break in {broken}."
            )
        if lost := sum(s.kept == "not found" for s in samples):
            said.append(
                f"For the {name} no plan was found in {lost} of {len(samples)} samples, nor that there is none."
            )
        said += [
            f"The {name}: {words} breaks in {count} of {len(samples)} samples."
            for words, count in trial.breaks(name)[:3]
        ]
    names = list(trial.plans)
    if len(names) > 1 and (apart := trial.difference(names[0], names[1])) is not None:
        more = "more" if apart.value >= 0 else "fewer"
        said.append(
            f"Sample by sample the {names[0]} brings {figure(abs(apart.value))} points {more} than the {names[1]} "
            f"where both have a plan (95 %: {figure(apart.low)} to {figure(apart.high)})."
        )
    said.append(
        f"Drawn: {len(trial.ranges)} figures with a range on sheet Evidence, each between its low and high end, in "
        f"{sum(len(r.cells) for r in trial.ranges)} cells; {trial.without_cell} more with a range reach no cell "
        "that may be drawn, and stay as they are."
    )
    if trial.left_out:
        said.append(f"{trial.left_out} samples were left out: their drawn figures contradict each other.")
    return tuple(said)
