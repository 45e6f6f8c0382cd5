"""`python -m planner.manual PAGE...`: run the examples of pages of the manual and write down what they print now."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from planner.atomic_files import write_atomically
from planner.manual.examples import matches, renewed, run


def main(paths: list[str]) -> None:
    """Renew each page in place; differences are then seen in version control."""
    for name in paths:
        path = Path(name)
        page = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            outputs = list(run(page, Path(folder)))
        differing = sum(not matches(o.shown, o.printed) for o in outputs)
        write_atomically(path, renewed(page, outputs))
        sys.stdout.write(f"{path}: {len(outputs)} examples, {differing} renewed\n")


if __name__ == "__main__":
    main(sys.argv[1:])
