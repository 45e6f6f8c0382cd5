"""What the worker answers besides plans: declared analyses, and what a plan is compared with.

Each answer is plain data for JSON. Everything is computed by `planner`; here it is only asked for and written down.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.session.store import save_answer
from app.tasks.analysed import Asked, RefusedError, Tell, analysed
from app.tasks.baselines import baselines
from planner.analyses import ANALYSES
from planner.declaring import OptionError
from planner.options import Options
from planner.tradeoffs import TradeoffError
from planner.workbook import check as check_workbook


def answer(request: Mapping[str, Any], tell: Tell, stop: threading.Event) -> dict[str, Any]:
    """Answer one request and keep the answer; what was interrupted is kept apart."""
    from planner.cli.words import problems_json

    tell({"kind": "progress", "stage": "read"})
    case, problems = check_workbook(Path(request["path"]), scenario=request["scenario"], sets=request["sets"])
    if case is None:
        return {"kind": "invalid", **problems_json(problems, False)}
    asked = Asked(request, case, Options(**request["options"]), tell, stop)
    try:
        found = analysed(asked) if request["do"] in ANALYSES else baselines(asked)
    except (OptionError, RefusedError, TradeoffError) as error:
        return {"kind": "refused", "sentence": str(error)}
    out = Path(request["out"])
    if stop.is_set():
        out, found = out.with_stem(f"{out.stem}-stopped"), {**found, "interrupted": True}
    save_answer(found, out)
    return {"kind": "answered", "key": out.stem}
