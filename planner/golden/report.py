"""A report for the terminal, for a pull request and for a CI system."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from planner.golden.compare import FigureChange, GoldenReport
from planner.golden.tolerances import GROUPS
from planner.wording.figures import count

SHOWN = 25
"""Changes that are told one by one; files for machines hold all of them."""
CELLS = 20
"""Input cells that are told one by one."""

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def headline(report: GoldenReport) -> str:
    """One sentence: the same plan, or how many figures differ."""
    title = f"{report.case} (grid '{report.grid}')"
    accepted = f", accepted {report.accepted}" if report.accepted else ""
    if report.ok:
        figures = sum(report.compared.values())
        return f"{title}: no difference in {count(figures)} figures{accepted}."
    number = len(report.differences)
    return f"{title}: {count(number)} {'figure differs' if number == 1 else 'figures differ'}{accepted}."


def text(report: GoldenReport) -> str:
    """The whole report as lines, the largest changes first."""
    return "\n".join(_lines(report))


def _lines(report: GoldenReport) -> Iterator[str]:
    yield headline(report)
    yield from _listed(report.differences, told_before=())
    if report.open:
        yield ""
        yield _open_heading(report)
        yield from (f"  {change.sentence}" for change in report.open[:SHOWN])
        yield from _rest(len(report.open))
    if report.inputs:
        yield ""
        yield f"Input cells that differ from the accepted ones ({count(len(report.inputs))}):"
        yield from (f"  {cell.sentence}" for cell in report.inputs[:CELLS])
        yield from _rest(len(report.inputs), CELLS)
    elif report.changes:
        yield ""
        yield "No input cell differs from the accepted ones."
    if report.around and report.changes:
        yield ""
        yield "Options and packages that differ:"
        yield from (f"  {line}" for line in report.around)
    yield from report.notes


def _open_heading(report: GoldenReport) -> str:
    """What stands above figures that moved less than the gaps left open."""
    number = len(report.open)
    figures = "One figure" if number == 1 else f"{count(number)} figures"
    return f"{figures} moved by less than the searches left open, which is no difference:"


def _listed(changes: Sequence[FigureChange], told_before: tuple[str, ...]) -> Iterator[str]:
    """Changes with their causes; causes are told again only where they differ from the line before."""
    for change in changes[:SHOWN]:
        yield f"  {change.sentence}"
        if change.causes != told_before:
            yield from (f"      likely cause: {cause}" for cause in change.causes)
        told_before = change.causes
    yield from _rest(len(changes))


def _rest(number: int, shown: int = SHOWN) -> Iterator[str]:
    """How many are not told."""
    if number > shown:
        yield f"  ... and {count(number - shown)} more"


def markdown(report: GoldenReport) -> str:
    """The report as a comment on a pull request."""
    lines = [f"### {'✅' if report.ok else '❌'} {_escaped(headline(report))}", ""]
    if report.differences:
        lines += ["| figure | accepted | now | change | likely cause |", "|---|---:|---:|---:|---|"]
        lines += [_row(change) for change in report.differences[:SHOWN]]
        lines += [f"\n… and {count(len(report.differences) - SHOWN)} more"] if len(report.differences) > SHOWN else []
        lines.append("")
    for title, rows in (
        (_open_heading(report) if report.open else "", [c.sentence for c in report.open]),
        (f"Input cells that differ ({count(len(report.inputs))})", [c.sentence for c in report.inputs]),
        ("Options and packages that differ", list(report.around)),
    ):
        if rows:
            lines += ["<details>", f"<summary>{_escaped(title)}</summary>", ""]
            lines += [f"- {_escaped(row)}" for row in rows[: 4 * SHOWN]]
            lines += [f"- … and {count(len(rows) - 4 * SHOWN)} more"] if len(rows) > 4 * SHOWN else []
            lines += ["", "</details>", ""]
    if not report.inputs and report.changes:
        lines += ["No input cell differs from the accepted ones.", ""]
    if not report.ok:
        lines.append('To accept this plan: `planner check CASE --golden FILE --update --reason "..."`.')
    return "\n".join(lines).rstrip() + "\n"


def _row(change: FigureChange) -> str:
    """One line of the table."""
    before, _, after = change.moved.partition(" -> ")
    now, mark, difference = after.partition(" (")
    cells = (change.name, before, now, difference.rstrip(")") if mark else "", "; ".join(change.causes))
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(words: str) -> str:
    """Text that a table of Markdown takes as text."""
    plain = re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", words)
    return " ".join(plain.split())


def junit(report: GoldenReport, seconds: float = 0.0) -> str:
    """The report as JUnit XML: one test a group of figures, failed where a figure of it differs."""
    failed = {change.group for change in report.differences}
    groups = [g for g in GROUPS if report.compared.get(g) or g in failed]
    suite = _suite(f"planner check: {report.case} ({report.grid})", len(groups), len(failed), 0, seconds)
    for group in groups:
        test = SubElement(suite, "testcase", name=group, classname=_clean(f"golden.{report.case}.{report.grid}"))
        if group in failed:
            changes = [c for c in report.differences if c.group == group]
            failure = SubElement(test, "failure", message=_clean(changes[0].sentence), type="difference")
            failure.text = _clean("\n".join(_all_of(changes)))
    SubElement(suite, "system-out").text = _clean(text(report))
    return _document(suite)


def _all_of(changes: Sequence[FigureChange]) -> Iterator[str]:
    for change in changes:
        yield change.sentence
        yield from (f"    likely cause: {cause}" for cause in change.causes)


def junit_error(case: str, message: str, seconds: float = 0.0) -> str:
    """JUnit XML of a check that could not be made."""
    suite = _suite(f"planner check: {case}", 1, 0, 1, seconds)
    test = SubElement(suite, "testcase", name="plan", classname=_clean(f"golden.{case}"))
    SubElement(test, "error", message=_clean(message), type="no verdict").text = _clean(message)
    return _document(suite)


def _suite(name: str, tests: int, failures: int, errors: int, seconds: float) -> Element:
    """A suite with its counts."""
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors), "time": str(round(seconds, 3))}
    return Element("testsuite", {"name": _clean(name), **counts})


def _document(suite: Element) -> str:
    """The XML document of one suite."""
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _clean(words: str) -> str:
    """Text without signs that XML cannot hold."""
    return _NO_XML.sub("?", words)
