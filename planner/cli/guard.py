"""How the command line ends: exit codes, and a sentence instead of a traceback."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer.core import TyperGroup

from planner.extras import lacking
from planner.signs import visible

if TYPE_CHECKING:
    from planner.plan import Status
    from planner.tradeoffs.errors import TradeoffError


class Code(IntEnum):
    """What the exit code says."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    INVALID = 3
    INFEASIBLE = 4
    GAP_OPEN = 5
    UNVERIFIED = 6
    NO_PLAN = 7
    DISPUTED = 8
    INTERRUPTED = 130


CODES = """Exit codes: 0 done, or proven within the gap; 2 wrong usage or a file that cannot be read or written; \
3 invalid input; 4 no plan can satisfy the case; 5 stopped with a plan whose gap is open; \
6 verification failed, or a plan that is not the accepted one; 7 no plan found in time; \
8 runs of the solver disagree, nothing is proven; 130 interrupted; \
1 an error inside the planner."""


CODE_WORDS = {
    Code.DONE: "Done. For `solve`: proven within the gap, and checked.",
    Code.UNEXPECTED: "An error inside the planner. Please report it; `--debug` shows the details.",
    Code.USAGE: "Wrong usage, or a file that cannot be read or written.",
    Code.INVALID: "Invalid input: every problem is listed with its cell.",
    Code.INFEASIBLE: "No plan keeps all hard limits at once. What contradicts what is said.",
    Code.GAP_OPEN: "Stopped with a plan whose gap is open: usable, but a better one may exist.",
    Code.UNVERIFIED: "The independent check, or the comparison with accepted figures, failed.",
    Code.NO_PLAN: "No plan was found in the time allowed. That does not mean that there is none.",
    Code.DISPUTED: "Runs of the solver disagree: nothing is proven. The best plan is written, with what disagrees.",
    Code.INTERRUPTED: "Interrupted; nothing was written.",
}
"""What each exit code means."""
QUIET = "planner.quiet"
"""Where a command's context notes that nothing but errors is to be printed."""
UNTOLD = (Code.INFEASIBLE, Code.GAP_OPEN, Code.NO_PLAN, Code.DISPUTED)
"""Endings of which `--quiet` says at least what the code means."""


class StopError(Exception):
    """Ends the command with a sentence for people and an exit code."""

    def __init__(self, sentence: str, code: Code = Code.USAGE) -> None:
        """Keep the sentence and the code."""
        super().__init__(sentence)
        self.code = code


def code_of(status: Status, verified: bool | None = None) -> Code:
    """Exit code of a solve; a plan that failed its check is never called a success."""
    from planner.plan import Status

    if verified is False:
        return Code.UNVERIFIED
    return {
        Status.OPTIMAL: Code.DONE,
        Status.FEASIBLE: Code.GAP_OPEN,
        Status.INFEASIBLE: Code.INFEASIBLE,
        Status.UNBOUNDED: Code.INVALID,
        Status.NO_PLAN: Code.NO_PLAN,
        Status.DISPUTED: Code.DISPUTED,
    }[status]


def refused(error: TradeoffError) -> StopError:
    """End the command with a question's sentence: by how its search ended, else as a question wrongly asked."""
    return StopError(str(error), Code.USAGE if error.status is None else code_of(error.status, error.verified))


GROUPS = {
    "Every day": ("template", "validate", "solve", "show", "memo", "compare", "app"),
    "Why, and what if": ("explain", "override", "sweep", "packages", "goal", "uncertain", "futures"),
    "Trade-offs": ("front", "steer", "weigh", "fairness", "equity", "alternatives"),
    "Files and checks": ("verify", "check", "diff", "freeze", "thaw", "textconv", "export", "library"),
    "More": ("reference", "version"),
}
"""The commands as people look for them; one that stands nowhere here is listed last."""


def first_sentence(text: str) -> str:
    """The first sentence of a help text, on one line."""
    return " ".join(text.split()).partition(". ")[0].rstrip(".") + "."


class ListedGroup(TyperGroup):
    """A group whose help says the whole first sentence of each command, never a cut one."""

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands by group, those of no group last."""
        grouped = {name for names in self.groups.values() for name in names}
        rest = tuple(name for name in self.list_commands(ctx) if name not in grouped)
        for title, names in {**self.groups, "Others" if self.groups else "Commands": rest}.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            rows = [(name, first_sentence(command.help or "")) for name, command in commands if command is not None]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class GuardedGroup(ListedGroup):
    """Turns everything that a command raises into one sentence and an exit code.

    `--debug` may stand anywhere on the line; it shows the traceback too. (Typer's context type is private: Any.)
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take `--debug` from wherever it stands (before a lone `--`)."""
        end = args.index("--") if "--" in args else len(args)
        if "--debug" in args[:end]:
            args = ["--debug", *(a for i, a in enumerate(args) if a != "--debug" or i > end)]
        ctx.meta[QUIET] = not {"--quiet", "-q"}.isdisjoint(args[:end])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; end with a sentence and a code whatever happens."""
        try:
            return super().invoke(ctx)
        except typer.Exit as error:
            if ctx.meta[QUIET] and error.exit_code in UNTOLD:
                typer.echo(first_sentence(CODE_WORDS[Code(error.exit_code)]), err=True)
                ctx.meta[QUIET] = False  # said once, though a group within a group hears it twice
            raise
        except (typer.Abort, typer.TyperException):
            raise
        except KeyboardInterrupt as error:
            self._end(ctx, error, "Interrupted; nothing was written.", Code.INTERRUPTED)
        except BrokenPipeError:
            # whoever read our output has gone: nobody is left to tell, and Python must not try again at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(Code.UNEXPECTED) from None
        except Exception as error:  # the last place before a user would see a traceback
            self._end(ctx, error, *explain(error))

    def _end(self, ctx: Any, error: BaseException, sentence: str, code: Code) -> None:
        """Say the sentence and leave."""
        if ctx.params.get("debug"):
            traceback.print_exception(error)
        typer.echo(visible(sentence), err=True)
        raise typer.Exit(code) from None


class RootGroup(GuardedGroup):
    """The whole command line: its verbs stand in the groups in which people look for them."""

    groups = GROUPS


def explain(error: Exception) -> tuple[str, Code]:
    """Sentence and exit code for whatever was raised."""
    from planner.declaring import OptionError

    if isinstance(error, StopError):
        return str(error), error.code
    from models.errors import ExtensionError
    from planner.plan.seal import SealError

    if isinstance(error, OptionError | SealError | ExtensionError):
        return str(error), Code.USAGE
    known = _explain_known(error)
    if known is not None:
        return known
    if isinstance(error, ModuleNotFoundError) and (sentence := lacking(error)):
        return sentence, Code.USAGE
    if isinstance(error, OSError):
        return explain_file(error), Code.USAGE
    if isinstance(error, MemoryError):
        return "There is not enough memory for this case; a coarser grid (--grid phases) needs less.", Code.UNEXPECTED
    return _explain_unexpected(error)


def _explain_known(error: Exception) -> tuple[str, Code] | None:
    """Errors of our own that speak for themselves; their modules are loaded if they were raised."""
    kind = type(error).__name__
    if kind == "InvalidCaseError":
        return str(error), Code.INVALID
    if kind in ("OutputError", "ThawError"):
        return str(error), Code.USAGE
    if kind == "SolverFailedError":
        return str(error), Code.NO_PLAN
    return None


def _explain_unexpected(error: Exception) -> tuple[str, Code]:
    """Ask for a report of an internal error."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    first = str(error).strip().splitlines()[:1]
    words = f": {first[0][:200]}" if first else ""
    sentence = (
        f"The planner made a mistake ({type(error).__name__}{words}{place}). This is not your workbook's fault: please "
        "report it with the workbook and the command. The same command with --debug shows the details."
    )
    return sentence, Code.UNEXPECTED


_REASONS = {
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "lies in something that is not a folder",
    errno.EISDIR: "is a folder, not a file",
    errno.EACCES: "may not be opened (no permission, or another program holds it open)",
    errno.EPERM: "may not be opened (no permission, or another program holds it open)",
    errno.EROFS: "lies on a disk that is read-only",
    errno.ENOSPC: "could not be written: the disk is full",
    errno.EDQUOT: "could not be written: your share of the disk is used up",
    errno.EFBIG: "could not be written: it would be larger than a file may be here",
    errno.ENAMETOOLONG: "has too long a name",
    errno.EBUSY: "is held open by another program; close it there first",
    errno.ETXTBSY: "is held open by another program; close it there first",
}


def explain_file(error: OSError) -> str:
    """Say in one sentence what is the matter with a file."""
    if error.errno is None and str(error):
        return str(error)
    name = error.filename if error.filename is not None else "A file"
    reason = _REASONS.get(error.errno or 0, f"could not be used: {error.strerror or error}")
    return f"'{name}' {reason}." if error.filename is not None else f"{name} {reason}."
