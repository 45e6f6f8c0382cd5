"""The verbs of kept plans: planner library list, show, export, import, and what else is done to one."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from planner.cli.consoles import results_console, say
from planner.cli.files import Output, check_outputs, write_json
from planner.cli.guard import Code, GuardedGroup, StopError
from planner.plan import Status
from planner.wording.dates import moment
from planner.wording.figures import figure
from planner.wording.figures import share as in_percent
from planner.wording.units import counted

if TYPE_CHECKING:
    from planner.library import Entry, Event, Library

library = typer.Typer(
    cls=GuardedGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Kept plans: list, show, export and import them, as the app's page Library does.",
)

PlaceOption = Annotated[
    str,
    typer.Option(
        "--library", metavar="PLACE", envvar="PLANNER_LIBRARY", show_envvar=False,
        help="A file, or postgresql://USER@HOST/DATABASE. Default: PLANNER_LIBRARY, else a file of yours.",
    ),
]  # fmt: skip
OwnerOption = Annotated[
    str, typer.Option("--owner", metavar="NAME", help="Whose plans: the name in the app. Default: your user name.")
]
JsonOption = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write JSON too; '-' prints it.")]
PlanArgument = Annotated[
    str, typer.Argument(metavar="PLAN", help="A kept plan: its number, the first letters of it, or its name.")
]
EverybodyOption = Annotated[
    bool, typer.Option("--everybody", help="Plans of every owner, for whoever looks after the library.")
]


@library.command("list")
def list_command(
    place: PlaceOption = "",
    owner: OwnerOption = "",
    everybody: EverybodyOption = False,
    deleted: Annotated[bool, typer.Option("--deleted", help="Deleted plans that can still be restored.")] = False,
    json: JsonOption = None,
) -> None:
    """List kept plans: yours and those that others share, the latest change first."""
    check_outputs(_files_of(place), Output(json))
    if everybody and deleted:
        message = "--everybody lists plans that are kept; --deleted lists your own."
        raise StopError(message)
    with _opened(place) as opened:
        entries = opened.everything() if everybody else opened.listed(_who(owner), deleted=deleted)
        where, until = opened.place.said, opened.retention.kept_until
    if json is not None:
        write_json({"library": where, "plans": [_entry_json(e) for e in entries]}, json)
    console = results_console(json)
    if not entries:
        say(console, f"No {'deleted' if deleted else 'kept'} plans in {where}.")
        return
    console.print(_table(entries, until if deleted else None))


@library.command()
def show(plan: PlanArgument, place: PlaceOption = "", owner: OwnerOption = "", json: JsonOption = None) -> None:
    """Show a kept plan: what it was made from and how, what came out, who did what to it when."""
    check_outputs(_files_of(place), Output(json))
    who = _who(owner)
    with _opened(place) as opened:
        entry = opened.find(who, plan)
        history = opened.history(who, entry.id)
    if json is not None:
        write_json({**_entry_json(entry), "history": [_event_json(e) for e in history]}, json)
    say(results_console(json), *_lines(entry), "", "History", *(f"  {_event_line(e)}" for e in history))


@library.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="File to write.")],
    plans: Annotated[
        list[str] | None, typer.Argument(metavar="[PLAN]...", help="Kept plans; none: all that are yours.")
    ] = None,
    place: PlaceOption = "",
    owner: OwnerOption = "",
    everybody: EverybodyOption = False,
    workbook: Annotated[
        Path | None, typer.Option("--workbook", metavar="FILE.xlsx", help="Write the workbook of the one PLAN too.")
    ] = None,
) -> None:
    """Write kept plans as one file: workbooks, settings, records, plans and their history."""
    check_outputs(_files_of(place), Output(out, (".zip",)), Output(workbook, (".xlsx",)))
    if workbook is not None and (len(plans or ()) != 1 or everybody):
        message = "--workbook writes the workbook of one plan: name that plan, and no other."
        raise StopError(message)
    if everybody and plans:
        message = "--everybody exports every plan; leave the names away."
        raise StopError(message)
    who = _who(owner)
    with _opened(place) as opened:
        from planner.atomic_files import write_atomically
        from planner.library import Packed, pack

        if everybody:
            entries = opened.everything()
        elif plans:
            entries = [opened.find(who, name) for name in plans]
        else:
            entries = [e for e in opened.listed(who) if e.owner == who]
        if not entries:
            message = f"There is nothing to export: {who} keeps no plans in {opened.place.said}."
            raise StopError(message)
        packed = []
        for entry in entries:
            person = entry.owner if everybody else who
            packed.append(Packed(opened.get(person, entry.id), opened.history(person, entry.id)))
    write_atomically(out, pack(packed))
    if workbook is not None:
        write_atomically(workbook, packed[0].kept.book.content)
    say(
        results_console(),
        f"Written: {out} ({counted(len(packed), 'plan')})",
        *([f"Written: {workbook}"] if workbook else []),
    )


@library.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="File that 'planner library export' wrote.")],
    place: PlaceOption = "",
    owner: OwnerOption = "",
    keep_owners: Annotated[
        bool, typer.Option("--keep-owners", help="Plans stay whose they were; without it they become yours.")
    ] = False,
) -> None:
    """Take in kept plans from such a file. Everything in it is checked first; plans that are there already stay."""
    if not file.is_file():
        message = f"There is no file '{file}'."
        raise StopError(message)
    who = _who(owner)
    with _opened(place) as opened:
        from planner.library import rechecked, unpack

        packed = rechecked(unpack(file.read_bytes()))
        added: list[Entry] = []
        there = 0
        for person in dict.fromkeys(one.kept.entry.owner if keep_owners else who for one in packed):
            more, known = opened.add(person, [o for o in packed if not keep_owners or o.kept.entry.owner == person])
            added, there = [*added, *more], there + known
    say(results_console(), *(f"Imported: {entry.name} ({entry.id})" for entry in added))
    if there:
        say(results_console(), f"Already there: {there}")


@library.command()
def rename(
    plan: PlanArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    place: PlaceOption = "",
    owner: OwnerOption = "",
) -> None:
    """Give a kept plan another name."""
    who = _who(owner)
    with _opened(place) as opened:
        entry = opened.find(who, plan)
        done = opened.rename(who, entry.id, name, entry.version)
    say(results_console(), f"{entry.name} is now called {done.name}.")


@library.command()
def note(
    plan: PlanArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The new note; '' takes it away.")],
    place: PlaceOption = "",
    owner: OwnerOption = "",
) -> None:
    """Write a note on a kept plan; the one before stays in its history."""
    who = _who(owner)
    with _opened(place) as opened:
        entry = opened.find(who, plan)
        opened.annotate(who, entry.id, text, entry.version)
    say(results_console(), f"The note on {entry.name} was written.")


@library.command()
def share(
    plan: PlanArgument,
    with_whom: Annotated[
        Literal["nobody", "read", "change"],
        typer.Argument(metavar="nobody|read|change", help="What everybody else who uses this library may do."),
    ],
    place: PlaceOption = "",
    owner: OwnerOption = "",
) -> None:
    """Share a kept plan with everybody who uses the library, or take that back."""
    who = _who(owner)
    with _opened(place) as opened:
        from planner.library import SHARING

        entry = opened.find(who, plan)
        done = opened.share(who, entry.id, "" if with_whom == "nobody" else with_whom, entry.version)
    say(results_console(), f"{entry.name}: {SHARING[done.sharing]}.")


@library.command()
def delete(
    plan: PlanArgument,
    place: PlaceOption = "",
    owner: OwnerOption = "",
    for_good: Annotated[bool, typer.Option("--for-good", help="Erase it now; that cannot be undone.")] = False,
) -> None:
    """Delete a kept plan; 'restore' undoes it for as many days as PLANNER_LIBRARY_DELETED_DAYS says (30)."""
    who = _who(owner)
    with _opened(place) as opened:
        entry = opened.find(who, plan)
        days = opened.retention.deleted_days
        (opened.erase if for_good else opened.delete)(who, entry.id)
    if for_good or not days:
        say(results_console(), f"{entry.name} was erased.")
        return
    undo = f"planner library restore {entry.id}"
    say(results_console(), f"{entry.name} was deleted. For {days} days this brings it back: {undo}")


@library.command()
def restore(plan: PlanArgument, place: PlaceOption = "", owner: OwnerOption = "") -> None:
    """Bring a deleted plan back."""
    who = _who(owner)
    with _opened(place) as opened:
        entry = opened.find(who, plan)
        if entry.deleted_at is None:
            message = f"'{entry.name}' is not deleted."
            raise StopError(message)
        done = opened.restore(who, entry.id)
    say(results_console(), f"{done.name} is back.")


@contextmanager
def _explained() -> Iterator[None]:
    """What a library refuses is said in its own sentence."""
    from planner.library import DamagedError, LibraryError

    try:
        yield
    except LibraryError as error:
        raise StopError(str(error), Code.INVALID if isinstance(error, DamagedError) else Code.USAGE) from error


@contextmanager
def _opened(place: str) -> Iterator[Library]:
    """The library, closed at the end."""
    with _explained():
        from planner.library import open_library

        opened = open_library(place)
        try:
            yield opened
        finally:
            opened.close()


def _files_of(place: str) -> tuple[Path, ...]:
    """The file of a library and those that SQLite keeps beside it; none for a database."""
    with _explained():
        from planner.library.location import place_of

        path = place_of(place).path
    return () if path is None else (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")))


def _who(owner: str) -> str:
    """Whose plans: as the option says, else those of the system's user."""
    from planner.access.owners import same_owner, this_user

    return same_owner(owner.strip()) or this_user()


def _table(entries: Sequence[Entry], until: Any) -> Any:
    """A row an entry; `until` says when deleted ones are erased."""
    from rich.box import SIMPLE
    from rich.table import Table

    heads = ["Number", "Name", "Workbook", "Plan", "Owner", "Deleted, kept until" if until else "Changed"]
    table = Table(box=SIMPLE)
    for head in heads:
        table.add_column(head, overflow="fold", min_width=12 if head == "Number" else None)
    for entry in entries:
        moment = until(entry) if until else entry.changed_at
        cells = (entry.id, entry.name, entry.workbook, _standing(entry), _owner(entry), _moment(moment))
        table.add_row(*cells)
    return table


def _owner(entry: Entry) -> str:
    """Whose it is, and whether others see it."""
    return f"{entry.owner}, shared" if entry.sharing else entry.owner


def _standing(entry: Entry) -> str:
    """How sure a plan is, and whether that is known of it at all."""
    if entry.damaged:
        return f"damaged: {entry.damaged}"
    return "imported, not proven" if entry.settings.get("imported") else _sure(entry.results)


def _sure(results: Mapping[str, Any]) -> str:
    """How sure a plan is, in a few words."""
    gap, status = results.get("gap"), str(results.get("status") or "not known")
    if gap is None or status != Status.OPTIMAL:
        return status
    return "proven best" if gap < 5e-6 else f"proven within {in_percent(gap)}"


def _lines(entry: Entry) -> list[str]:
    """Everything about an entry, for the screen."""
    from planner.library import SHARING

    settings, results = entry.settings, entry.results
    lines = [
        entry.name,
        *(f"  {line}" for line in entry.note.splitlines()),
        "",
        f"Number      {entry.id}",
        f"Owner       {entry.owner}; {SHARING[entry.sharing]}",
        f"Kept        {_moment(entry.made_at)} by {entry.made_by}; changed {_moment(entry.changed_at)} by "
        f"{entry.changed_by}",
        f"Workbook    {entry.workbook} (SHA-256 {entry.workbook_sha256})",
        f"Plan        {_standing(entry)}; verified: {'yes' if results.get('verified') else 'no'}",
    ]
    points = results.get("objective")
    lines += [] if points is None else [f"Points      {figure(points)}"]
    lines += [f"Same again  {command_of(entry.workbook, settings)}"]
    return lines


def command_of(workbook: str, settings: Mapping[str, Any]) -> str:
    """The command that makes a kept plan again."""
    from planner.library.exchange import safe_command

    if settings.get("remake"):
        return safe_command(str(settings["remake"]))
    parts = ["planner", "solve", workbook]
    for name in ("grid", "scenario", "gap"):
        if settings.get(name):
            parts += [f"--{name}", str(settings[name])]
    for change in settings.get("sets") or ():
        parts += ["--set", str(change)]
    return " ".join(shlex.quote(part) for part in parts)


def _event_line(event: Event) -> str:
    """One line of the history."""
    change = f": {event.before!r} -> {event.after!r}" if event.before else f": {event.after!r}" if event.after else ""
    return f"{_moment(event.at)}  {event.who}  {event.what}{change}"


def _entry_json(entry: Entry) -> dict[str, Any]:
    """An entry for programs."""
    names = (
        "id", "owner", "name", "note", "sharing", "version", "made_by", "changed_by", "workbook", "packaged",
        "workbook_sha256", "plan_sha256",
    )  # fmt: skip
    said: dict[str, Any] = {name: getattr(entry, name) for name in names}
    moments = {name: getattr(entry, name) for name in ("made_at", "changed_at", "deleted_at")}
    said |= {name: value.isoformat() if value else None for name, value in moments.items()}
    return said | {"settings": dict(entry.settings), "results": dict(entry.results)}


def _event_json(event: Event) -> dict[str, Any]:
    """A line of the history for programs."""
    return {
        "at": event.at.isoformat(), "who": event.who, "what": event.what, "before": event.before, "after": event.after,
    }  # fmt: skip


def _moment(when: datetime | None) -> str:
    """A moment as people here read it."""
    return "" if when is None else moment(when.astimezone())


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.add_typer(library, name="library")
