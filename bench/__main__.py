"""`python -m bench`: tables with ratios. Nothing here passes or fails; absolute times belong to one machine."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rich.console import Console

from bench import against, app_browser, app_engine, building, fronts, growth, reference
from bench.measure import setting

WIDTH = 130
"""Columns that the widest table needs, also where standard output is a file."""

PARTS = {
    "reference": reference.measure,
    "building": building.measure,
    "against": against.measure,
    "growth": growth.measure,
    "fronts": fronts.measure,
    "engine": app_engine.measure,
    "app": app_browser.measure,
}


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmarks and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes and shorter limits")
    parser.add_argument("--only", choices=sorted(PARTS), action="append", help="run this part only; may be repeated")
    parser.add_argument("--commit", default=against.BEFORE, help="the commit to build beside, in part 'against'")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the tables with date and versions")
    chosen = parser.parse_args(arguments)
    console = Console()
    console.width = max(console.width, WIDTH)
    about = setting()
    console.print(", ".join(f"{name} {value}" for name, value in about.items()), highlight=False)
    console.print()
    tables = []
    for name, measure in PARTS.items():
        if not chosen.only or name in chosen.only:
            more = {"commit": chosen.commit} if name == "against" else {}
            for table in measure(quick=chosen.quick, **more):
                table.print(console)
                tables.append(table.as_json() | {"part": name})
    if chosen.json is not None:
        chosen.json.write_text(json.dumps({"setting": about, "tables": tables}, indent=1) + "\n", encoding="utf-8")
        console.print(f"Written: {chosen.json}", highlight=False, markup=False)


if __name__ == "__main__":
    main()
