"""A hedge kept as plain data, so that later questions about it need not search again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from planner.futures.errors import FuturesError
from planner.futures.found import CommittedPlan, Hedge, Hindsight
from planner.futures.outlook import Outlook
from planner.futures.recourse import Followed, commitments_of
from planner.plan import Status


def serialised(found: Hedge) -> dict[str, Any]:
    """Column values of hindsight, of the hedged plan and of the likeliest future's own plan."""
    rows = [found.hedged, found.row("least regret"), _likeliest(found)]
    return {
        "titles": list(found.outlook.titles),
        "bound": found.bound,
        "hindsight": [
            {"points": h.points, "bound": h.bound, "values": h.values.tolist(), "status": str(h.status)}
            for h in found.hindsight
        ],
        "rows": [
            {"name": row.name, "kind": row.kind, "followed": [_followed(f) for f in row.followed]}
            for row in rows if row is not None
        ],
    }  # fmt: skip


def _likeliest(found: Hedge) -> CommittedPlan | None:
    """The own plan of the likeliest future."""
    return found.row("own", f"plan for '{found.outlook.titles[found.outlook.likeliest]}'")


def _followed(followed: Followed) -> dict[str, Any]:
    """How commitments fare in one future, without what breaks."""
    values = None if followed.values is None else followed.values.tolist()
    return {"kept": followed.kept, "points": followed.points, "bound": followed.bound, "values": values}


def restored(outlook: Outlook, content: Mapping[str, Any]) -> Hedge:
    """The hedge again, for the futures that it was found for. Raises FuturesError where they do not fit."""
    futures = {f.title: f for f in outlook.futures}
    titles = list(content["titles"])
    if any(t not in futures for t in titles):
        message = "What was kept belongs to other futures: find the hedged plan again."
        raise FuturesError(message)
    chosen = [futures[t] for t in titles]
    total = sum(f.probability for f in chosen)
    outlook = replace(outlook, futures=tuple(replace(f, probability=f.probability / total) for f in chosen))
    hindsight = tuple(
        Hindsight(h["points"], h["bound"], np.array(h["values"]), Status(h["status"])) for h in content["hindsight"]
    )
    sizes = [len(f.matrix.cost) for f in outlook.futures]
    if [len(h.values) for h in hindsight] != sizes:
        message = "What was kept belongs to another workbook: find the hedged plan again."
        raise FuturesError(message)
    rows = []
    for line in content["rows"]:
        followed = tuple(
            Followed(f["kept"], f["points"], f["bound"], None if f["values"] is None else np.array(f["values"]))
            for f in line["followed"]
        )
        if line["kind"] == "own":
            own = outlook.likeliest
            values = followed[own].values
            begun = {} if values is None else commitments_of(outlook.futures[own], values)
            committed = (begun,) * len(followed)
        else:
            pairs = zip(outlook.futures, followed, strict=True)
            committed = tuple({} if f.values is None else commitments_of(future, f.values) for future, f in pairs)
        rows.append(CommittedPlan(line["name"], line["kind"], committed, followed))
    return Hedge(outlook, hindsight, tuple(rows), content["bound"])
