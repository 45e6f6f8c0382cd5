"""Accept the guarded plans: python -m tests.golden "why they change" [part of a name ...] [--missing]."""

from __future__ import annotations

import sys

from typer.testing import CliRunner

from planner.cli import app
from tests.golden.guarded import guarded


def main(arguments: list[str]) -> int:
    """Update every golden file whose name fits, or with --missing only those that are not there; 0 if all are proven."""
    words = [word for word in arguments if word != "--missing"]
    if not words or not words[0].strip():
        print('Say why: python -m tests.golden "why the figures change" [part of a name ...] [--missing]')
        return 2
    reason, parts, failed = words[0], words[1:], 0
    for one in guarded(everything=True):
        if parts and not any(part in one.name for part in parts):
            continue
        if one.nightly and one.name not in parts:
            print(f"{one.name}: left as it is; name it to accept it (it takes long)")
            continue
        if "--missing" in arguments and one.golden.exists():
            continue
        one.golden.parent.mkdir(exist_ok=True)
        result = CliRunner().invoke(app, [*one.update, "--reason", reason])
        print(f"{one.name}: {result.stdout.strip() or result.stderr.strip().splitlines()[-1]}")
        failed += result.exit_code != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
