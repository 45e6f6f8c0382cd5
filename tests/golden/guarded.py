"""The plans of this project that are guarded, each with its golden file. `make golden` accepts them as they are now."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
TEXTBOOK = ROOT / "tests" / "cases"


@dataclass(frozen=True)
class Guarded:
    """A case, how it is solved, and its golden file. `slow` ones take more than about five seconds."""

    name: str
    case: Path
    golden: Path
    grid: str = ""
    gap: float = 0.0
    sets: tuple[str, ...] = ()
    slow: bool = False
    nightly: bool = False

    @property
    def words(self) -> list[str]:
        """The command that checks it; the golden file knows the rest."""
        return ["check", str(self.case), "--golden", str(self.golden), "--time-limit", "3600"]

    @property
    def update(self) -> list[str]:
        """The command that accepts it, without the reason."""
        changes = [word for change in self.sets for word in ("--set", change)]
        grid = ["--grid", self.grid] if self.grid else []
        return [*self.words, *grid, "--gap", str(self.gap), *changes, "--update"]


def guarded(*, everything: bool = False) -> list[Guarded]:
    """Every guarded plan: starter, the reference case on its grids, and every variant of the textbook cases.

    The finest grid takes long to prove and is guarded, in the nightly run, once its file is there (`everything` lists
    it before).
    """
    inputs = ROOT / "inputs"
    found = [
        Guarded(f"starter, {grid}", inputs / "starter.xlsx", HERE / f"starter_{grid}.json", grid)
        for grid in ("phases", "default", "months")
    ]
    reference = inputs / "blueprint.xlsx"
    found += [
        Guarded("reference, phases", reference, HERE / "reference_phases.json", "phases", 0.01, slow=True),
        Guarded("reference, default", reference, HERE / "reference_default.json", "default", 0.01, slow=True),
    ]
    finest = Guarded("reference, months", reference, HERE / "reference_months.json", "months", 0.05, nightly=True)
    if finest.golden.exists() or everything:
        found.append(finest)
    return found + textbook()


def textbook() -> list[Guarded]:
    """Every variant of every textbook case."""
    found = []
    for path in sorted(TEXTBOOK.glob("*/expected.toml")):
        for variant in tomllib.loads(path.read_text(encoding="utf-8"))["variants"]:
            slug = re.sub(r"[^a-z0-9]+", "_", variant["name"].lower()).strip("_")
            golden = HERE / "textbook" / f"{path.parent.name}__{slug}.json"
            name = f"{path.parent.name}: {variant['name']}"
            found.append(Guarded(name, path.parent, golden, "", 0.0, tuple(variant.get("sets", ()))))
    return found
